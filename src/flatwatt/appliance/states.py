"""When a run starts and ends: an automaton of four phases, written as a table.

A reading is HIGH at or above the profile's `on_power_w`, else LOW. A HIGH begins a
candidate (RISING). A candidate that has lasted `min_on_s` and drawn `min_energy_wh` is
PROVEN: it becomes a run (RUNNING), back-dated to its first HIGH. A LOW in a run is at
first only a pause (PAUSED); when it has lasted `min_off_s` it is LONG_LOW and the run is
over, back-dated to when the LOW began. A candidate that goes LONG_LOW was nothing.
Shorter pauses do not end it, so a washing machine that fills before it heats is seen
from its first turn. Durations are between readings; a clock that was set is taken out.

After a hole in the readings the booked total tells: when it rose by more than a LOW could
use, the run went on. Otherwise a HIGH after a hole longer than any pause is LOST: what was
before the hole is over, and the HIGH begins anew.
"""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from flatwatt.appliance.counters import GAP_MS
from flatwatt.appliance.profiles import Profile
from flatwatt.model import Flag, Reading, State

OFF_AFTER_MS = 60_000
HELD_MS = 120_000
"""A LOW this soon after a HIGH means that the power was held until then."""
LOST_MS = 2_400_000
"""A hole of up to 40 minutes between two HIGHs does not part a run by itself."""
MAX_W = 1e6
"""More is no power; nor is NaN."""
_CLOCK = int(Flag.CLOCK)


class Phase(StrEnum):
    """Where the automaton is."""

    __hash__ = str.__hash__  # an enum's own is slow, and this is looked up at every reading

    REST = "rest"
    RISING = "rising"
    RUNNING = "running"
    PAUSED = "paused"


class Signal(StrEnum):
    """What a reading means."""

    __hash__ = str.__hash__

    HIGH = "high"
    PROVEN = "proven"
    LOW = "low"
    LONG_LOW = "long_low"
    LOST = "lost"


class Action(StrEnum):
    """What a transition does."""

    NOTHING = "nothing"
    BEGIN = "begin"
    ANNOUNCE = "announce"
    FINISH = "finish"
    DROP = "drop"


TRANSITIONS: dict[tuple[Phase, Signal], tuple[Phase, Action]] = {
    (Phase.REST, Signal.HIGH): (Phase.RISING, Action.BEGIN),
    (Phase.REST, Signal.PROVEN): (Phase.RISING, Action.BEGIN),
    (Phase.REST, Signal.LOW): (Phase.REST, Action.NOTHING),
    (Phase.REST, Signal.LONG_LOW): (Phase.REST, Action.NOTHING),
    (Phase.REST, Signal.LOST): (Phase.REST, Action.NOTHING),
    (Phase.RISING, Signal.HIGH): (Phase.RISING, Action.NOTHING),
    (Phase.RISING, Signal.PROVEN): (Phase.RUNNING, Action.ANNOUNCE),
    (Phase.RISING, Signal.LOW): (Phase.RISING, Action.NOTHING),
    (Phase.RISING, Signal.LONG_LOW): (Phase.REST, Action.DROP),
    (Phase.RISING, Signal.LOST): (Phase.REST, Action.DROP),
    (Phase.RUNNING, Signal.HIGH): (Phase.RUNNING, Action.NOTHING),
    (Phase.RUNNING, Signal.PROVEN): (Phase.RUNNING, Action.NOTHING),
    (Phase.RUNNING, Signal.LOW): (Phase.PAUSED, Action.NOTHING),
    (Phase.RUNNING, Signal.LONG_LOW): (Phase.REST, Action.FINISH),
    (Phase.RUNNING, Signal.LOST): (Phase.REST, Action.FINISH),
    (Phase.PAUSED, Signal.HIGH): (Phase.RUNNING, Action.NOTHING),
    (Phase.PAUSED, Signal.PROVEN): (Phase.RUNNING, Action.NOTHING),
    (Phase.PAUSED, Signal.LOW): (Phase.PAUSED, Action.NOTHING),
    (Phase.PAUSED, Signal.LONG_LOW): (Phase.REST, Action.FINISH),
    (Phase.PAUSED, Signal.LOST): (Phase.REST, Action.FINISH),
}


class Started(Struct, frozen=True):
    """A run is certain: it began at `at_ms` with the total at `total_mwh`."""

    at_ms: int
    total_mwh: int
    noticed_ms: int


class Finished(Struct, frozen=True):
    """A run is over: back-dated start and end, energy between them, highest power."""

    start_ms: int
    end_ms: int
    energy_mwh: int
    peak_w: float
    noticed_ms: int


Change: TypeAlias = Started | Finished
Changes: TypeAlias = tuple[Change, ...]


class DetectorState(Struct):
    """What a detector remembers.

    Attributes:
        phase: of the automaton.
        last_ms: last reading; None before the first.
        last_mwh: booked total at the last reading of a candidate or run.
        start_ms, start_mwh: of the candidate or run.
        peak_w: highest power in it.
        high_ms, high_mwh: last HIGH.
        low_ms: since when it is LOW; None while HIGH.
        end_ms, end_mwh: where the run ends if this LOW is the last.
        zero_ms: since when it draws exactly nothing.
        finished_ms: when the last run was found to be over; None once it is idle.
    """

    phase: Phase = Phase.REST
    last_ms: int | None = None
    last_mwh: int = 0
    high: bool = False
    start_ms: int = 0
    start_mwh: int = 0
    peak_w: float = 0.0
    high_ms: int = 0
    high_mwh: int = 0
    low_ms: int | None = None
    end_ms: int = 0
    end_mwh: int = 0
    zero_ms: int | None = None
    finished_ms: int | None = None


class Detector:
    """Finds the runs of one appliance.

    Args:
        appliance: its id.
        profile: its kind.
        state: from a checkpoint.
    """

    def __init__(
        self, appliance: str, profile: Profile, state: DetectorState | None = None
    ) -> None:
        self.appliance = appliance
        self.state = state or DetectorState()
        self._profile = profile
        self._on_w = profile.on_power_w
        self._min_on_ms = profile.min_on_s * 1000
        self._min_off_ms = profile.min_off_s * 1000
        self._min_mwh = profile.min_energy_wh * 1000
        self._hold_ms = profile.finished_hold_s * 1000

    @property
    def state_now(self) -> State:
        """What the appliance was doing at its last reading."""
        state = self.state
        if state.last_ms is None:
            return State.UNKNOWN
        if not self._profile.makes_runs:
            return State.ACTIVE if state.high else State.IDLE
        if state.phase in (Phase.RUNNING, Phase.PAUSED):
            return State.ACTIVE
        if state.finished_ms is not None:
            return State.FINISHED
        off = state.zero_ms is not None and state.last_ms - state.zero_ms >= OFF_AFTER_MS
        return State.OFF if off else State.IDLE

    @property
    def since_ms(self) -> int | None:
        """Start of the run or of the candidate; None while there is neither."""
        return None if self.state.phase is Phase.REST else self.state.start_ms

    @property
    def run_start_ms(self) -> int | None:
        """Start of the announced run going on, else None."""
        running = self.state.phase in (Phase.RUNNING, Phase.PAUSED)
        return self.state.start_ms if running else None

    @property
    def peak_w(self) -> float:
        """Highest power since the start."""
        return self.state.peak_w

    def feed(self, reading: Reading, total_mwh: int) -> Changes:
        """Take a reading in; power that was not said changes nothing.

        Args:
            reading: newer than the one before, unless flagged CLOCK.
            total_mwh: the appliance's never-decreasing booked total at that moment.
        """
        state = self.state
        at_ms, power_w, hole_ms = reading.at_ms, reading.power_w, 0
        if state.last_ms is not None:
            if reading.flags & _CLOCK:
                self._shift(at_ms - state.last_ms)
            elif at_ms <= state.last_ms:
                return ()
            else:
                hole_ms = at_ms - state.last_ms
        state.last_ms = at_ms
        if power_w is None or not -MAX_W < power_w < MAX_W:
            return ()
        self._watch_rest(power_w, at_ms)
        state.high = power_w >= self._on_w
        if not self._profile.makes_runs:
            return ()
        if state.phase is Phase.REST and not state.high:
            return ()
        if hole_ms > GAP_MS and state.phase is not Phase.REST:
            return self._after_hole(hole_ms, at_ms, power_w, total_mwh)
        return self._move(at_ms, power_w, total_mwh)

    def _move(self, at_ms: int, power_w: float, total_mwh: int) -> Changes:
        """Take a reading's way through the table."""
        state = self.state
        high = state.high
        signal = self._high(power_w, at_ms, total_mwh) if high else self._low(at_ms, total_mwh)
        state.last_mwh = total_mwh
        state.phase, action = TRANSITIONS[state.phase, signal]
        return () if action is Action.NOTHING else self._act(action, at_ms, power_w, total_mwh)

    def _after_hole(self, hole_ms: int, at_ms: int, power_w: float, total_mwh: int) -> Changes:
        """Tell by the booked total what happened in a hole, then take the reading in."""
        state = self.state
        if total_mwh - state.last_mwh > self._on_w * hole_ms / 3600:
            state.high_ms, state.high_mwh, state.low_ms = at_ms, total_mwh, None
        elif state.high and hole_ms > max(LOST_MS, self._min_off_ms):
            if state.low_ms is None:
                state.end_ms, state.end_mwh = state.high_ms, state.high_mwh
            state.phase, action = TRANSITIONS[state.phase, Signal.LOST]
            ended = self._act(action, at_ms, power_w, total_mwh)
            return ended + self._move(at_ms, power_w, total_mwh)
        return self._move(at_ms, power_w, total_mwh)

    def _watch_rest(self, power_w: float, at_ms: int) -> None:
        state = self.state
        if power_w != 0:
            state.zero_ms = None
        elif state.zero_ms is None:
            state.zero_ms = at_ms
        if state.finished_ms is not None and at_ms - state.finished_ms >= self._hold_ms:
            state.finished_ms = None

    def _high(self, power_w: float, at_ms: int, total_mwh: int) -> Signal:
        state = self.state
        state.high_ms, state.high_mwh, state.low_ms = at_ms, total_mwh, None
        state.peak_w = max(state.peak_w, power_w)
        long_enough = at_ms - state.start_ms >= self._min_on_ms
        proven = long_enough and total_mwh - state.start_mwh >= self._min_mwh
        return Signal.PROVEN if proven else Signal.HIGH

    def _low(self, at_ms: int, total_mwh: int) -> Signal:
        state = self.state
        if state.low_ms is None:
            held = at_ms - state.high_ms <= HELD_MS
            state.end_ms = state.low_ms = at_ms if held else state.high_ms
            state.end_mwh = total_mwh if held else state.high_mwh
        return Signal.LONG_LOW if at_ms - state.low_ms >= self._min_off_ms else Signal.LOW

    def _act(self, action: Action, at_ms: int, power_w: float, total_mwh: int) -> Changes:
        state = self.state
        if action is Action.BEGIN:
            state.start_ms, state.start_mwh, state.peak_w = at_ms, total_mwh, power_w
            state.finished_ms = None
        if action is Action.ANNOUNCE:
            return (Started(state.start_ms, state.start_mwh, at_ms),)
        if action is not Action.FINISH:
            return ()
        state.finished_ms = at_ms
        end_ms = max(state.end_ms, state.start_ms)  # the clock may have been set back
        energy_mwh = state.end_mwh - state.start_mwh
        return (Finished(state.start_ms, end_ms, energy_mwh, state.peak_w, at_ms),)

    def _shift(self, by_ms: int) -> None:
        """Take a step of the clock out of all durations; an announced start keeps its name."""
        state = self.state
        if state.phase is Phase.RISING:
            state.start_ms += by_ms
        state.high_ms += by_ms
        if state.low_ms is not None:
            state.low_ms += by_ms
            state.end_ms += by_ms
        if state.zero_ms is not None:
            state.zero_ms += by_ms
        if state.finished_ms is not None:
            state.finished_ms += by_ms
