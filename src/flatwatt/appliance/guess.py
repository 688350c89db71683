"""What kind of appliance is it? Guessed from its first runs, by what physics makes of each kind.

A washing machine heats early and spins late. A dishwasher heats twice, at last for its rinse,
and nothing strong follows. A dryer heats from its first minute, or its heat pump draws an even
half kilowatt. A washer that dries does both. A printer warms its cold bed at full power, then
draws less, evenly, for as long as its thing takes. A refrigerator comes and goes in every three
hours of the day and the night.

Each row of `_KINDS` says between which values a figure of a run (`shape`) lies for a kind:
impossible below the first, usual between the second and third, impossible beyond the fourth.
A run's figures multiply to how well it fits; runs multiply in turn, but none counts for more
than others can outvote. What fits nothing is "other". Where two kinds fit alike, it is unsure.
"""

import math

from msgspec import Struct, field

from flatwatt.appliance.regular import RegularState, regular, seen
from flatwatt.appliance.shape import Shape, shape_of
from flatwatt.model import Run

UNSURE = "unsure"
SURE = 0.9
LEAST_RUNS = 2
FLOOR = 0.04
"""How far a figure beyond all bounds speaks against a kind: labels and laundry may be odd."""
UNKNOWN = 0.5
"""Of a figure that a run does not have: when it heated, if it did not."""
WEIGHT = 0.7
"""Figures of one run are not independent."""
MOST = 4.0
"""So much, as a logarithm, may one run speak for one kind against another."""
ODD = 1.25 * math.log(FLOOR)
"""What fits no kind is off in more than one figure."""
RARE = -2.0
"""One washer in eight can dry, at most."""
WHOLE_S, WHOLE_WH = 1500.0, 50.0
"""Runs shorter or smaller, a rinse or a cancelled print, say less."""
ALONE = math.log(1 / 3)
"""A washer that dries washes only, dries only, or does both."""
HOLED = 0.1

Bounds = tuple[float, float, float, float]
_NO = -1.0
_KINDS: tuple[tuple[str, dict[str, Bounds]], ...] = (
    (
        "washing_machine",
        {
            "heat_share": (_NO, _NO, 0.30, 0.42),
            "heat_first": (_NO, _NO, 0.25, 0.50),
            "heat_last": (_NO, 0.02, 0.62, 0.88),
            "spin": (1.3, 1.9, 12, 30),
            "late_w": (80, 140, 1000, 1500),
            "middle_w": (20, 40, 200, 300),
            "minutes": (15, 28, 240, 600),
            "energy_wh": (20, 80, 1500, 3500),
        },
    ),
    (
        "dishwasher",
        {
            "heat_share": (0.05, 0.12, 0.78, 0.90),
            "heat_first": (_NO, _NO, 0.40, 0.70),
            "heat_last": (0.70, 0.88, 1.00, 1.01),
            "blocks": (0.5, 2, 4, 8),
            "top": (_NO, _NO, 1.6, 2.5),
            "middle_w": (15, 25, 180, 300),
            "minutes": (20, 35, 240, 420),
            "energy_wh": (250, 450, 2000, 3000),
        },
    ),
    (
        "dryer",
        {
            "heat_share": (0.12, 0.28, 0.95, 1.01),
            "heat_first": (_NO, _NO, 0.04, 0.10),
            "heat_last": (0.15, 0.28, 0.90, 0.96),
            "top": (_NO, _NO, 2.0, 3.0),
            "top_w": (90, 150, 350, 500),
            "minutes": (10, 18, 180, 420),
            "energy_wh": (150, 400, 4500, 7000),
        },
    ),
    (
        "dryer",
        {
            "heat_share": (_NO, _NO, 0.02, 0.10),
            "begins": (_NO, _NO, 1.3, 1.8),
            "even": (0.3, 0.5, 1.0, 1.01),
            "spin": (_NO, _NO, 1.3, 1.8),
            "middle_w": (250, 330, 900, 1100),
            "minutes": (15, 30, 240, 420),
            "energy_wh": (150, 300, 2500, 4000),
        },
    ),
    (
        "washer_dryer",
        {
            "heat_share": (0.18, 0.27, 0.70, 0.85),
            "heat_first": (_NO, _NO, 0.20, 0.40),
            "heat_last": (0.55, 0.65, 0.97, 1.01),
            "blocks": (0, 2, 40, 80),
            "top": (1.3, 1.8, 12, 30),
            "middle_w": (40, 70, 250, 350),
            "minutes": (80, 120, 480, 700),
            "energy_wh": (600, 900, 4500, 6500),
        },
    ),
    (
        "printer_3d",
        {
            "heat_share": (_NO, _NO, 0.08, 0.25),
            "begins": (1.2, 1.7, 9, 14),
            "first": (0.7, 0.9, 1.0, 1.01),
            "even": (0.25, 0.45, 1.0, 1.01),
            "spin": (_NO, _NO, 1.7, 2.6),
            "middle_w": (30, 45, 300, 420),
            "minutes": (8, 12, 6000, 9000),
        },
    ),
)


class GuessState(Struct):
    """What a guess remembers.

    Attributes:
        runs: how many were looked at.
        fits: kind -> how well they fit, a logarithm relative to the best.
        regular: of the hours of the day.
    """

    runs: int = 0
    fits: dict[str, float] = field(default_factory=dict)
    regular: RegularState = field(default_factory=RegularState)


class Guess:
    """Guesses an appliance's kind.

    Args:
        state: from a checkpoint.
    """

    def __init__(self, state: GuessState | None = None) -> None:
        self.state = state or GuessState()

    @property
    def kind(self) -> str:
        """The kind, `other` for what fits none, or `unsure`."""
        best, probability = self.best
        known = self.state.runs >= LEAST_RUNS or best == "fridge"
        return best if known and probability >= SURE else UNSURE

    @property
    def best(self) -> tuple[str, float]:
        """The likeliest kind and its probability; `unsure` and 0 before the first run."""
        shares = self.probabilities()
        kind = max(shares, key=lambda each: shares[each], default=UNSURE)
        return kind, shares.get(kind, 0.0)

    def probabilities(self) -> dict[str, float]:
        """Return kind -> probability; together 1, empty before anything was seen."""
        fridge = regular(self.state.regular)
        weights = {kind: math.exp(fit) for kind, fit in self.state.fits.items()}
        total = sum(weights.values())
        shares = {kind: (1 - fridge) * weight / total for kind, weight in weights.items()}
        return {**shares, "fridge": fridge} if fridge else shares

    def feed_run(self, run: Run, *, holed: bool = False) -> None:
        """Take a finished run in; one with a hole in it says nothing.

        Args:
            run: with its curve.
            holed: nothing was heard for long within it.
        """
        shape = None if holed else shape_of(run)
        if shape is None or run.missing_ms > HOLED * shape.duration_s * 1000:
            return
        state, told = self.state, fits(shape)
        state.runs += 1
        before = state.fits or {"washer_dryer": RARE}
        sums = {kind: before.get(kind, 0.0) + fit for kind, fit in told.items()}
        best = max(sums.values())
        state.fits = {kind: fit - best for kind, fit in sums.items()}

    def feed_quarter(
        self, start_ms: int, energy_mwh: int, power_min_mw: int | None, power_max_mw: int | None
    ) -> None:
        """Take a whole quarter-hour in, each once and in order; powers None when not heard."""
        seen(self.state.regular, start_ms, energy_mwh, power_min_mw, power_max_mw)


def fits(shape: Shape) -> dict[str, float]:
    """Return kind -> how well a run fits, as a logarithm; 0 the best, -MOST the least."""
    found = {"other": WEIGHT * ODD}
    for kind, bounds in _KINDS:
        fit = WEIGHT * sum(math.log(_within(shape, *each)) for each in bounds.items())
        found[kind] = max(fit, found.get(kind, fit))
    halves = max(found["washing_machine"], found["dryer"])
    found["washer_dryer"] = max(found["washer_dryer"], halves + ALONE)
    best = max(found.values())
    share = min(1.0, shape.duration_s / WHOLE_S, shape.energy_wh / WHOLE_WH)
    return {kind: share * max(fit - best, -MOST) for kind, fit in found.items()}


def _within(shape: Shape, name: str, bounds: Bounds) -> float:
    value = shape.figure(name)
    if value is None:
        return UNKNOWN
    least, low, high, most = bounds
    if low <= value <= high:
        return 1.0
    part = (value - least) / (low - least) if value < low else (most - value) / (most - high)
    return max(FLOOR, part)
