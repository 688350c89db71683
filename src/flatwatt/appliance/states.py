"""The runs of one appliance: what `phases` means by HIGH and LOW, and what a run is.

What a detector remembers is a plain record, so a restart at any reading goes on where it was.
"""

from flatwatt.appliance.changes import (
    Change,
    Changes,
    DetectorState,
    Finished,
    Resumed,
    Started,
    Supposed,
)
from flatwatt.appliance.counters import GAP_MS
from flatwatt.appliance.levels import STEPS, busy, flat, raised, rested, settled, spent
from flatwatt.appliance.lows import (
    HELD_MS,
    asked,
    corrected,
    judged,
    lowered,
    quiet_of,
    resumed,
    shifted,
)
from flatwatt.appliance.pauses import ENDED, HEATS_W, Past, learned
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
    "Resumed",
    "Signal",
    "Started",
    "Supposed",
]
OFF_AFTER_MS = 60_000
LOST_MS = 2_400_000
"""A hole of up to 40 minutes between two HIGHs does not part a run by itself."""
MAX_W = 1e6
"""More is no power; nor is NaN."""
PACE = 1.05
"""The usual step follows this much a reading, so half the steps are shorter."""
_CLOCK = int(Flag.CLOCK)
_GOING_ON = (Phase.RUNNING, Phase.PAUSED, Phase.ENDING)


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
        if state.phase in _GOING_ON:
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
        running = self.state.phase in _GOING_ON
        return self.state.start_ms if running else None

    @property
    def probably_finished(self) -> float | None:
        """Probability that the run going on is over; None while nobody supposes so."""
        return self.state.likely if self.state.phase is Phase.ENDING else None

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
                shifted(state, at_ms - state.last_ms)
            elif at_ms <= state.last_ms:
                return ()
            else:
                hole_ms = at_ms - state.last_ms
        state.last_ms = at_ms
        if power_w is None or not self._makes_sense(power_w, at_ms):
            return ()
        if state.phase is Phase.REST:
            if not state.high:
                return self._rest(power_w, hole_ms)
            return self._move(at_ms, power_w, total_mwh)
        if self._profile.longest_s:
            spent(state, power_w, hole_ms)
        state.step_ms *= PACE if hole_ms > state.step_ms else 1 / PACE
        if hole_ms > HELD_MS:
            return self._after_hole(hole_ms, at_ms, power_w, total_mwh)
        return self._move(at_ms, power_w, total_mwh)

    def _rest(self, power_w: float, hole_ms: int) -> Changes:
        """Stay at rest, which tells of a kind with a level of its own where that lies."""
        if self._profile.heats_w and hole_ms <= GAP_MS:
            rested(self.state, self._profile, power_w, hole_ms)
            self._on_w = self.state.on_w or self._on_w
        return ()

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
            state.low_ms = state.burst_ms = state.likely_ms = None
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
        if low_ms is None or hole_ms > GAP_MS:
            return False
        if self.state.phase is Phase.RISING:
            return at_ms - low_ms >= self._profile.rising_off_s * 1000
        asked(self.state, self._profile)
        return at_ms - low_ms >= self.state.certain_ms

    def _makes_sense(self, power_w: float, at_ms: int) -> bool:
        """Note what needs no run; whether the power can tell of one."""
        state = self.state
        if not -MAX_W < power_w < MAX_W:
            return False
        state.high = power_w >= self._on_w
        if power_w != 0:
            state.zero_ms = None
        elif state.zero_ms is None:
            state.zero_ms = at_ms
        if state.finished_ms is not None and at_ms - state.finished_ms >= self._hold_ms:
            state.finished_ms = None
        return self._profile.makes_runs

    def _high(self, power_w: float, at_ms: int, total_mwh: int) -> Signal:
        state = self.state
        if state.phase is Phase.REST:
            return Signal.HIGH
        if not resumed(state, self._burst_ms, at_ms):
            return Signal.LOW
        if power_w >= self._profile.idle_cap_w:
            state.worked_mwh += total_mwh - state.last_mwh
        state.high_ms, state.high_mwh = at_ms, total_mwh
        if power_w >= HEATS_W:
            state.heat_ms = at_ms
        state.peak_w = max(state.peak_w, power_w)
        if raised(state, self._profile, power_w, at_ms, total_mwh):
            self._on_w = state.on_w
            return Signal.LONG_LOW
        return Signal.PROVEN if self._proven(at_ms, total_mwh) else Signal.HIGH

    def _proven(self, at_ms: int, total_mwh: int) -> bool:
        """Whether a candidate has lasted, drawn and done enough for its kind."""
        state, profile = self.state, self._profile
        if at_ms - state.start_ms < self._min_on_ms:
            return False
        if total_mwh - state.start_mwh < self._min_mwh or 2 * state.worked_mwh < self._min_mwh:
            return False
        return state.peak_w - state.rest_w >= profile.heats_w

    def _low(self, at_ms: int, total_mwh: int) -> Signal:
        state = self.state
        if state.burst_ms is not None and state.low_ms is not None:
            if at_ms - state.burst_ms >= self._burst_ms and at_ms - state.high_ms <= HELD_MS:
                resumed(state, self._burst_ms, at_ms)
                state.high_ms, state.high_mwh = at_ms, total_mwh
            state.burst_ms = None
        if state.low_ms is None:
            lowered(state, at_ms, total_mwh)
        return judged(state, self._profile, at_ms)

    def _act(self, action: Action, at_ms: int, power_w: float, total_mwh: int) -> Changes:
        state = self.state
        if action is Action.BEGIN:
            self._begin(at_ms, power_w, total_mwh)
        elif action is Action.ANNOUNCE:
            state.finished_ms = None  # a mere candidate leaves it finished
            return (Started(state.start_ms, state.start_mwh, at_ms),)
        elif action is Action.SUPPOSE:
            return (Supposed(state.end_ms, state.end_mwh, state.likely, state.supposed, at_ms),)
        elif action is Action.RESUME:
            state.supposed += 1
            return (Resumed(state.stroke_ms, state.supposed - 1, at_ms),)
        elif action is Action.DROP:
            corrected(state, self._profile.blip_s)
            if flat(state, self._profile, state.end_ms, state.end_mwh):
                self._on_w = state.on_w
        elif action is Action.FINISH:
            return (self._finish(at_ms),)
        return ()

    def _begin(self, at_ms: int, power_w: float, total_mwh: int) -> None:
        state = self.state
        state.start_ms, state.start_mwh, state.peak_w = at_ms, total_mwh, power_w
        state.worked_mwh = 0
        busy(state, at_ms, total_mwh)
        state.spent_ms = [0] * (STEPS + 1)
        state.high_ms, state.high_mwh, state.stroke_ms = at_ms, total_mwh, at_ms
        state.heat_ms = at_ms if power_w >= HEATS_W else None
        state.low_ms = state.burst_ms = state.likely_ms = None
        state.quiets, state.longest_s, state.holed, state.supposed = [], 0, False, 0

    def _finish(self, at_ms: int) -> Finished:
        state = self.state
        state.finished_ms = at_ms
        end_ms = max(state.end_ms, state.start_ms)  # the clock may have been set back
        state.ended_ms = None
        if not state.holed:
            past = Past(state.start_ms, [*state.quiets, quiet_of(state, ENDED)])
            learned(state.memory, past, repeats=self._profile.repeats)
            state.ended_ms = end_ms
        energy_mwh = state.end_mwh - state.start_mwh
        settled(state, self._profile, end_ms)
        self._on_w = state.on_w or self._on_w
        return Finished(
            state.start_ms,
            end_ms,
            energy_mwh,
            state.peak_w,
            at_ms,
            state.certain,
            state.holed,
            state.start_mwh,
        )
