"""What a run looks like: figures of its curve that physics explains, whatever appliance it was."""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from msgspec import Struct

from flatwatt.model import Run

HEATING_W = 900.0
"""Water, and air that dries, are heated with 1.3 to 3 kW; nothing else draws so much for long."""
SILENT_W = 12.0
DRIES_S = 300
"""A silence from here on is no part of the working time: drying, soaking, a reload."""
APART_S = 90
BEGINNING = 20
LEAST_STEPS = 6
MWS_PER_MWH = 3600.0


class Shape(Struct, frozen=True):
    """Figures of one run; times in s, shares of its duration, powers of curve steps in W.

    Attributes:
        duration_s, energy_wh, peak_w: of the run.
        heat_s: time at heating power.
        blocks: how often it was heated, neighbours within 90 s being one.
        heat_share: share of the working time (without long silences) at heating power.
        heat_first, heat_last: where in the working time the first heating began and the last
            one ended, 0 to 1; None without any.
        middle_w: median power of the steps that are neither silent nor heating.
        even: share of those steps within a quarter of their median.
        begins: highest of its first twenty steps against that median.
        first: the same against the highest of all its steps.
        top_w: highest step that is not within 90 s of heating.
        late_w: the highest of them in the last quarter of the working time.
        silent_s: longest silence.
    """

    duration_s: float
    energy_wh: float
    peak_w: float
    heat_s: float
    blocks: int
    heat_share: float
    heat_first: float | None
    heat_last: float | None
    middle_w: float
    even: float
    begins: float
    first: float
    top_w: float
    late_w: float
    silent_s: float

    @property
    def minutes(self) -> float:
        """How long it took."""
        return self.duration_s / 60

    @property
    def spin(self) -> float:
        """Its late peak against its usual power."""
        return self.late_w / max(self.middle_w, 1.0)

    @property
    def top(self) -> float:
        """Its peak without heating against its usual power."""
        return self.top_w / max(self.middle_w, 1.0)

    def figure(self, name: str) -> float | None:
        """Return a figure by its name; None when this run does not have it."""
        value: float | None = getattr(self, name)
        return value


def shape_of(run: Run) -> Shape | None:
    """Return the shape of a finished run; None when its curve is too short to tell."""
    powers_w, step_s = powers(run)
    working_w = working(powers_w, step_s)
    if run.end_ms is None or len(working_w) < LEAST_STEPS:
        return None
    hot = [place for place, power_w in enumerate(working_w) if power_w >= HEATING_W]
    warm = [power_w for power_w in working_w if SILENT_W <= power_w < HEATING_W]
    cool = _cool(working_w, APART_S / step_s)
    count, middle_w = len(working_w), _median(warm)
    return Shape(
        duration_s=(run.end_ms - run.start_ms) / 1000,
        energy_wh=run.energy_mwh / 1000,
        peak_w=run.peak_w,
        heat_s=len(hot) * step_s,
        blocks=_blocks(hot, APART_S / step_s),
        heat_share=len(hot) / count,
        heat_first=hot[0] / count if hot else None,
        heat_last=(hot[-1] + 1) / count if hot else None,
        middle_w=middle_w,
        even=_near(warm, middle_w),
        begins=max(working_w[:BEGINNING]) / max(middle_w, 1.0),
        first=max(working_w[:BEGINNING]) / max(*working_w, 1.0),
        top_w=max(cool),
        late_w=max(cool[count * 3 // 4 :]),
        silent_s=max(_silences(powers_w), default=0) * step_s,
    )


def powers(run: Run) -> tuple[list[float], float]:
    """Return the mean power in W of each whole step of a run's curve, and the step in s."""
    step_s = run.curve.step_ms / 1000
    rises = [after - before for before, after in pairwise(run.curve.mwh[:-1])]
    return [rise * MWS_PER_MWH / 1000 / step_s for rise in rises], step_s


def working(powers_w: Sequence[float], step_s: float) -> list[float]:
    """Return the steps without those of silences from five minutes on."""
    kept: list[float] = []
    for silent, group in groupby(powers_w, key=_silent):
        steps = list(group)
        if not silent or len(steps) * step_s < DRIES_S:
            kept.extend(steps)
    return kept


def _cool(working_w: Sequence[float], apart: float) -> list[float]:
    """Return the steps, those at heating power or beside it as nothing."""
    hot = [place for place, power_w in enumerate(working_w) if power_w >= HEATING_W]
    cool = list(working_w)
    reach = math.ceil(apart)
    for place in hot:
        for beside in range(max(0, place - reach), min(len(cool), place + reach + 1)):
            cool[beside] = 0.0
    return cool


def _silent(power_w: float) -> bool:
    return power_w < SILENT_W


def _silences(powers_w: Iterable[float]) -> list[int]:
    return [len(list(group)) for silent, group in groupby(powers_w, key=_silent) if silent]


def _blocks(places: Sequence[int], apart: float) -> int:
    """Return how many groups there are of places further than `apart` from one another."""
    return bool(places) + sum(after - one > apart for one, after in pairwise(places))


def _near(powers_w: Sequence[float], middle_w: float) -> float:
    near = sum(0.75 * middle_w <= power_w <= 1.25 * middle_w for power_w in powers_w)
    return near / len(powers_w) if powers_w else 0.0


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
