"""An appliance whose kind nobody has told: what it is taken for, until somebody does."""

from collections.abc import Iterable

from msgspec import Struct, field

from flatwatt.appliance.changes import DetectorState
from flatwatt.appliance.guess import UNSURE, Guess, GuessState
from flatwatt.appliance.phases import Phase
from flatwatt.appliance.profiles import PROFILES, Profile
from flatwatt.appliance.quarters import QuarterNow
from flatwatt.model import Run

AUTO = "auto"


class GuessingState(Struct):
    """What is remembered of it.

    Attributes:
        open: nobody has told the kind.
        kind: what it is taken for; empty while that is not sure.
        guess: from its runs and quarter-hours.
    """

    open: bool = False
    kind: str = ""
    guess: GuessState = field(default_factory=GuessState)


class Guessing:
    """Takes an appliance for what its runs look like.

    Args:
        profile: its kind as told, or `auto`.
        state: from a checkpoint.
    """

    def __init__(self, profile: Profile, state: GuessingState) -> None:
        self.state = state
        self._told = profile
        self._guess = Guess(state.guess)
        state.open = profile.kind == AUTO
        if not state.open:
            state.kind = ""

    @property
    def open(self) -> bool:
        """Whether nobody has told the kind."""
        return self.state.open

    @property
    def profile(self) -> Profile:
        """What it is taken for."""
        return PROFILES.get(self.state.kind, self._told)

    @property
    def probability(self) -> float:
        """How probable the likeliest kind is."""
        return self._guess.best[1]

    def run(self, run: Run, *, holed: bool) -> bool:
        """Take a finished run in; True when it is taken for another kind now."""
        self._guess.feed_run(run, holed=holed)
        return self._decided()

    def quarters(self, whole: Iterable[tuple[int, QuarterNow]]) -> bool:
        """Take quarter-hours that are over in; True when it is taken for another kind now."""
        for start_ms, each in whole:
            self._guess.feed_quarter(
                start_ms, each.energy_mwh, each.power_min_mw, each.power_max_mw
            )
        return self._decided()

    def _decided(self) -> bool:
        kind = self._guess.kind
        if kind in (UNSURE, self.state.kind):
            return False
        self.state.kind = kind
        return True


def taken_over(state: DetectorState, profile: Profile) -> DetectorState:
    """Return what a detector remembers, as far as it holds for another kind.

    A quiet level that was learned counts up to what the new kind draws idle; a run of what
    makes none has no end.
    """
    state.on_w = min(state.on_w, profile.idle_cap_w)
    if not profile.makes_runs:
        state.phase = Phase.REST
    return state
