"""What an appliance still does after its run: a drum turns now and then, fans cool a printer.

For the live display only; its energy belongs to no run. How much a printer draws once it is cold
is learned from the time after its runs, so nothing is said after the first.
"""

from msgspec import Struct

TURNS = 0.5
"""A drum that turns draws at least this share of what it usually does."""
SELDOM_MS = 600_000
"""Longer than any pause between two turns."""
TURNS_MS = 3_600_000
"""No drum turns for longer than this."""
ABOVE, ABOVE_W = 1.2, 1.0
"""Fans draw so much more than a printer at rest."""
COOLS_MS = 1_200_000
"""A bed is cold after this time."""
COOLED_MS = 60_000
FOLLOWS, HEATS = 1.01, 4.0
"""A cold printer's power is followed by this factor; so many times as much begins a run."""


class AfterState(Struct):
    """What is known since a run was over.

    Attributes:
        since_ms: when it was found to be over; None before the first.
        least_w: power from which on it still does something; 0 when not known.
        did_ms: when it did last; None when not at all.
        cold_w: what it usually draws once it must be cold; None while not known.
    """

    since_ms: int | None = None
    least_w: float = 0.0
    did_ms: int | None = None
    cold_w: float | None = None


class AfterStage:
    """Tells what an appliance does between its run and its rest.

    Args:
        kind: the configuration's word.
        state: from a checkpoint.
    """

    def __init__(self, kind: str, state: AfterState | None = None) -> None:
        self.state = state or AfterState()
        self._cools = kind == "printer_3d"
        self._turns = kind in ("dryer", "washer_dryer", "washing_machine")

    def begin(self, at_ms: int, drum_w: float) -> None:
        """Begin when a run was found to be over.

        Args:
            at_ms: that moment.
            drum_w: what the drum usually drew in the run (`Stager.drum_w`); 0 when unknown.
        """
        cold_w, least_w = self.state.cold_w, 0.0
        if self._turns:
            least_w = TURNS * drum_w
        elif self._cools and cold_w is not None:
            least_w = max(ABOVE * cold_w, cold_w + ABOVE_W)
        self.state = AfterState(at_ms, least_w, None, cold_w)

    def feed(self, at_ms: int, power_w: float) -> str:
        """Return `anti_crease`, `cooling` or "" at a reading that is in no run."""
        state = self.state
        if state.since_ms is None:
            return ""
        after_ms = at_ms - state.since_ms
        if after_ms > (COOLS_MS if self._cools else TURNS_MS):
            if self._cools and power_w > 0:
                state.cold_w = _followed(state.cold_w, power_w)
            return ""
        if not state.least_w or power_w > HEATS * state.least_w:
            return ""
        if power_w >= state.least_w:
            state.did_ms = at_ms
        quiet_ms = COOLED_MS if self._cools else SELDOM_MS
        if state.did_ms is None or at_ms - state.did_ms >= quiet_ms:
            return ""
        return "cooling" if self._cools else "anti_crease"


def _followed(cold_w: float | None, power_w: float) -> float:
    """Follow what a cold printer draws; one that is off or heats again tells nothing."""
    if cold_w is None:
        return power_w
    if power_w > HEATS * cold_w:
        return cold_w
    return cold_w * (FOLLOWS if power_w > cold_w else 1 / FOLLOWS)
