"""The runs of one appliance: what `phases` means by HIGH and LOW, and what a run is.

What a detector remembers is a plain record, so a restart at any reading goes on where it was.
"""

from flatwatt.appliance.changes import Change, Changes, DetectorState, Finished, Started
from flatwatt.appliance.counters import GAP_MS
from flatwatt.appliance.levels import STEPS, busy, raised, spent
from flatwatt.appliance.pauses import (
    DRIED_S,
    ENDED,
    FOUND_S,
    SURE_MS,
    Quiet,
    learned,
    remembered,
    wait_ms,
)
from flatwatt.appliance.phases import TRANSITIONS, Action, Phase, Signal
from flatwatt.appliance.profiles import Profile
from flatwatt.model import Flag, Reading, State

__all__ = [
    "TRANSITIONS",
    "Action",
    "Change",
    "Detector",
    "DetectorState",
    "Finished",
    "Phase",
    "Signal",
    "Started",
]
OFF_AFTER_MS = 60_000
HELD_MS = 120_000
"""A LOW this soon after a HIGH means that the power was held until then."""
LOST_MS = 2_400_000
"""A hole of up to 40 minutes between two HIGHs does not part a run by itself."""
MAX_W = 1e6
"""More is no power; nor is NaN."""
PACE = 1.05
"""The usual step follows this much a reading, so half the steps are shorter."""
_CLOCK = int(Flag.CLOCK)


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
        self._on_w = self.state.on_w or profile.on_power_w
        self._min_on_ms = profile.min_on_s * 1000
        self._min_mwh = profile.min_energy_wh * 1000
        self._hold_ms = profile.finished_hold_s * 1000
        self._burst_ms = profile.burst_s * 1000

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
    def start_mwh(self) -> int:
        """Booked total at the start of the run or of the candidate."""
        return self.state.start_mwh

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
        state, at_ms, power_w, hole_ms = self.state, reading.at_ms, reading.power_w, 0
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
        if not self._profile.makes_runs or (state.phase is Phase.REST and not state.high):
            return ()
        if state.phase is not Phase.REST:
            if self._profile.longest_s:
                spent(state, power_w, hole_ms)
            state.step_ms *= PACE if hole_ms > state.step_ms else 1 / PACE
            if hole_ms > HELD_MS:
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
        state.holed |= hole_ms > GAP_MS
        if total_mwh - state.last_mwh > self._on_w * hole_ms / 3600:
            state.high_ms, state.high_mwh = at_ms, total_mwh
            state.low_ms = state.burst_ms = None
        elif state.high and self._parted(hole_ms, at_ms):
            if state.low_ms is None:
                state.end_ms, state.end_mwh = state.high_ms, state.high_mwh
            state.phase, action = TRANSITIONS[state.phase, Signal.LOST]
            ended = self._act(action, at_ms, power_w, total_mwh)
            return ended + self._move(at_ms, power_w, total_mwh)
        return self._move(at_ms, power_w, total_mwh)

    def _parted(self, hole_ms: int, at_ms: int) -> bool:
        """Whether a HIGH after a hole is another run's."""
        if hole_ms > max(LOST_MS, self._profile.min_off_s * 1000):
            return True
        low_ms = self.state.low_ms
        return low_ms is not None and hole_ms <= GAP_MS and at_ms - low_ms >= self._wait_ms()

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
        if state.phase is Phase.REST:
            return Signal.HIGH
        if state.low_ms is not None and not self._resumes(at_ms, state.low_ms):
            return Signal.LOW
        state.high_ms, state.high_mwh = at_ms, total_mwh
        state.peak_w = max(state.peak_w, power_w)
        if raised(state, self._profile, power_w, at_ms, total_mwh):
            self._on_w = state.on_w
            return Signal.LONG_LOW
        long_enough = at_ms - state.start_ms >= self._min_on_ms
        proven = long_enough and total_mwh - state.start_mwh >= self._min_mwh
        return Signal.PROVEN if proven else Signal.HIGH

    def _resumes(self, at_ms: int, low_ms: int) -> bool:
        """Whether a HIGH ends a LOW; a burst does not."""
        state = self.state
        if state.burst_ms is None:
            state.burst_ms, state.burst_mwh = at_ms, state.last_mwh
        if at_ms - state.burst_ms < self._burst_ms:
            return False
        length_s = (state.burst_ms - low_ms) // 1000
        if length_s >= FOUND_S:
            remembered(state.quiets, self._quiet(length_s))
            state.longest_s = max(state.longest_s, length_s)
        if state.phase is Phase.RISING and self._burst_ms > low_ms - state.start_ms:
            state.start_ms, state.start_mwh = state.burst_ms, state.burst_mwh
            state.quiets, state.longest_s = [], 0
        state.low_ms = state.burst_ms = state.wait_ms = None
        return True

    def _low(self, at_ms: int, total_mwh: int) -> Signal:
        state = self.state
        if state.burst_ms is not None and state.low_ms is not None:
            if at_ms - state.burst_ms >= self._burst_ms and at_ms - state.high_ms <= HELD_MS:
                self._resumes(at_ms, state.low_ms)
                state.high_ms, state.high_mwh = at_ms, total_mwh
            state.burst_ms = None
        if state.low_ms is None:
            held = at_ms - state.high_ms <= HELD_MS
            state.end_ms = state.low_ms = at_ms if held else state.high_ms
            state.end_mwh = total_mwh if held else state.high_mwh
            state.wait_ms = None
        quiet_ms = at_ms - state.low_ms
        if quiet_ms < SURE_MS:
            return Signal.LOW
        return Signal.LONG_LOW if quiet_ms >= self._wait_ms() else Signal.LOW

    def _wait_ms(self) -> int:
        """How long this LOW must last to be an end."""
        state = self.state
        if state.phase is Phase.RISING:
            return round(self._profile.rising_off_s * 1000)
        if state.wait_ms is None:
            now = self._quiet(ENDED)
            state.wait_ms = wait_ms(self._profile, state.memory, state.quiets, now, state.step_ms)
        return state.wait_ms

    def _quiet(self, length_s: int) -> Quiet:
        """Where in the run this LOW is."""
        state = self.state
        elapsed_s = (state.end_ms - state.start_ms) // 1000
        return Quiet(elapsed_s, state.end_mwh - state.start_mwh, state.longest_s, length_s)

    def _act(self, action: Action, at_ms: int, power_w: float, total_mwh: int) -> Changes:
        if action is Action.BEGIN:
            self._begin(at_ms, power_w, total_mwh)
        elif action is Action.ANNOUNCE:
            self.state.finished_ms = None  # a mere candidate leaves it finished
            return (Started(self.state.start_ms, self.state.start_mwh, at_ms),)
        elif action is Action.DROP:
            self._correct()
        elif action is Action.FINISH:
            return (self._finish(at_ms),)
        return ()

    def _begin(self, at_ms: int, power_w: float, total_mwh: int) -> None:
        state = self.state
        state.start_ms, state.start_mwh, state.peak_w = at_ms, total_mwh, power_w
        busy(state, at_ms, total_mwh)
        state.spent_ms = [0] * (STEPS + 1)
        state.high_ms, state.high_mwh = at_ms, total_mwh
        state.low_ms = state.burst_ms = state.wait_ms = None
        state.quiets, state.longest_s, state.holed = [], 0, False

    def _finish(self, at_ms: int) -> Finished:
        state = self.state
        state.finished_ms = at_ms
        end_ms = max(state.end_ms, state.start_ms)  # the clock may have been set back
        state.ended_ms = None
        if not state.holed:
            learned(state.memory, state.quiets, self._quiet(ENDED))
            state.ended_ms = end_ms
        energy_mwh = state.end_mwh - state.start_mwh
        return Finished(state.start_ms, end_ms, energy_mwh, state.peak_w, at_ms)

    def _correct(self) -> None:
        """Take a stroke that was no run, soon after one, for that run's last."""
        state = self.state
        if state.ended_ms is None:
            return
        gap_s = (state.start_ms - state.ended_ms) // 1000
        end = state.memory[-1][-1]
        if not 0 < gap_s <= self._profile.blip_s or end.longest_s >= DRIED_S:
            return
        last_s = end.elapsed_s + gap_s + (state.end_ms - state.start_ms) // 1000
        state.memory[-1][-1] = Quiet(end.elapsed_s, end.energy_mwh, end.longest_s, gap_s)
        state.memory[-1].append(Quiet(last_s, end.energy_mwh, max(end.longest_s, gap_s)))
        state.ended_ms = state.end_ms

    def _shift(self, by_ms: int) -> None:
        """Take a step of the clock out of all durations; an announced start keeps its name."""
        state = self.state
        if state.phase is Phase.RISING:
            state.start_ms += by_ms
        state.high_ms += by_ms
        state.busy_ms += by_ms
        if state.burst_ms is not None:
            state.burst_ms += by_ms
        if state.ended_ms is not None:
            state.ended_ms += by_ms
        if state.low_ms is not None:
            state.low_ms += by_ms
            state.end_ms += by_ms
        if state.zero_ms is not None:
            state.zero_ms += by_ms
        if state.finished_ms is not None:
            state.finished_ms += by_ms
