"""What an appliance still does after its run: a drum turns now and then, fans cool a printer.

For the live display only; its energy belongs to no run.
"""

from msgspec import Struct

TURNS = 0.5
"""A drum that turns draws at least this share of what it usually does."""
SELDOM_MS = 600_000
"""Longer than any pause between two turns."""
ABOVE, ABOVE_W = 1.2, 1.0
"""Fans draw so much more than a printer at rest."""
COOLED_MS = 60_000
LONGEST_MS = 3_600_000
"""Nothing turns or cools for longer than an hour."""


class AfterState(Struct):
    """What is known since a run was over.

    Attributes:
        since_ms: when it was found to be over; None before the first.
        least_w: power from which on it still does something; 0 when not known.
        did_ms: when it did last; None when not at all.
    """

    since_ms: int | None = None
    least_w: float = 0.0
    did_ms: int | None = None


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

    def begin(self, at_ms: int, drum_w: float, rest_w: float | None) -> None:
        """Begin when a run was found to be over.

        Args:
            at_ms: that moment.
            drum_w: what the drum usually drew in the run (`Stager.drum_w`); 0 when unknown.
            rest_w: what was drawn just before the run; None when that is not known.
        """
        least_w = TURNS * drum_w if self._turns else 0.0
        if self._cools and rest_w is not None:
            least_w = max(ABOVE * rest_w, rest_w + ABOVE_W)
        self.state = AfterState(at_ms, least_w)

    def feed(self, at_ms: int, power_w: float) -> str:
        """Return `anti_crease`, `cooling` or "" at a reading after the run."""
        state = self.state
        if state.since_ms is None or not state.least_w:
            return ""
        if at_ms - state.since_ms > LONGEST_MS:
            state.since_ms = None
            return ""
        if power_w >= state.least_w:
            state.did_ms = at_ms
        quiet_ms = COOLED_MS if self._cools else SELDOM_MS
        if state.did_ms is None or at_ms - state.did_ms >= quiet_ms:
            return ""
        return "cooling" if self._cools else "anti_crease"
