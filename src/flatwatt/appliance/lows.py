"""The LOWs of a run going on: when one begins, what it may be, when it was only a pause."""

from flatwatt.appliance.changes import DetectorState
from flatwatt.appliance.pauses import (
    BREAK_S,
    DRIED_S,
    ENDED,
    FOUND_S,
    NEVER,
    Past,
    Quiet,
    remembered,
)
from flatwatt.appliance.phases import Phase, Signal
from flatwatt.appliance.profiles import Profile
from flatwatt.appliance.verdict import verdict

HELD_MS = 120_000
"""A LOW this soon after a HIGH means that the power was held until then."""
FILLS_MS = 120_000
"""A machine that fills after its first turn is quiet for up to so long."""


def lowered(state: DetectorState, at_ms: int, total_mwh: int) -> None:
    """Begin a LOW: where it begins, the run ends if this is the last."""
    held = at_ms - state.high_ms <= HELD_MS
    state.end_ms = state.low_ms = at_ms if held else state.high_ms
    state.end_mwh = total_mwh if held else state.high_mwh
    state.likely_ms = None


def judged(state: DetectorState, profile: Profile, at_ms: int) -> Signal:
    """Return what a LOW that has lasted until now means."""
    if state.low_ms is None:
        return Signal.LOW
    quiet_ms = at_ms - state.low_ms
    if state.phase is Phase.RISING:
        long_ms = profile.rising_off_s * 1000
        return Signal.LONG_LOW if quiet_ms >= long_ms else Signal.LOW
    likely_ms = asked(state, profile)
    if quiet_ms >= state.certain_ms:
        return Signal.LONG_LOW
    return Signal.LIKELY if quiet_ms >= likely_ms else Signal.LOW


def asked(state: DetectorState, profile: Profile) -> int:
    """Ask once a LOW from when on it is an end; return from when on it probably is, in ms."""
    if state.likely_ms is None:
        found = verdict(profile, state.memory, state.quiets, quiet_of(state, ENDED), state.step_ms)
        state.likely_ms, state.likely = found.likely_ms, found.likely
        state.certain_ms, state.certain = found.certain_ms, found.certain
    return state.likely_ms


def quiet_of(state: DetectorState, length_s: int) -> Quiet:
    """Return where in the run this LOW is."""
    heat_s = NEVER if state.heat_ms is None else max(0, (state.end_ms - state.heat_ms) // 1000)
    return Quiet(
        elapsed_s=(state.end_ms - state.start_ms) // 1000,
        energy_mwh=state.end_mwh - state.start_mwh,
        longest_s=state.longest_s,
        length_s=length_s,
        heat_s=heat_s,
        stroke_s=max(0, (state.end_ms - state.stroke_ms) // 1000),
    )


def resumed(state: DetectorState, burst_ms: float, at_ms: int) -> bool:
    """Take a HIGH within a LOW in; True when it ends the LOW, which a short burst does not."""
    if state.low_ms is None:
        return True
    if state.burst_ms is None:
        state.burst_ms, state.burst_mwh = at_ms, state.last_mwh
    if at_ms - state.burst_ms < burst_ms:
        return False
    length_ms = state.burst_ms - state.low_ms
    length_s = length_ms // 1000
    if length_s >= FOUND_S:
        remembered(state.quiets, quiet_of(state, length_s))
        state.longest_s = max(state.longest_s, length_s)
    if length_s >= BREAK_S or state.phase is Phase.ENDING:
        state.stroke_ms = state.burst_ms
    if state.phase is Phase.RISING and _anew(state, length_ms, state.low_ms):
        state.start_ms, state.start_mwh = state.burst_ms, state.burst_mwh
        state.quiets, state.longest_s = [], 0
    state.low_ms = state.burst_ms = state.likely_ms = None
    return True


def _anew(state: DetectorState, length_ms: int, low_ms: int) -> bool:
    """Whether what was before a quiet was too little to belong to what comes after it."""
    return length_ms > max(low_ms - state.start_ms, FILLS_MS, 4 * state.step_ms)


def corrected(state: DetectorState, blip_s: float) -> None:
    """Take a stroke that was no run, soon after one, for that run's last."""
    if state.ended_ms is None or not state.memory:
        return
    gap_s = (state.start_ms - state.ended_ms) // 1000
    past = state.memory[-1]
    end = past.end
    if not 0 < gap_s <= blip_s or end.longest_s >= DRIED_S:
        return
    stroke_s = (state.end_ms - state.start_ms) // 1000
    last_s = end.elapsed_s + gap_s + stroke_s
    heat_s = NEVER if end.heat_s == NEVER else end.heat_s + gap_s + stroke_s
    went_on = Quiet(end.elapsed_s, end.energy_mwh, end.longest_s, gap_s, end.heat_s, end.stroke_s)
    last = Quiet(last_s, end.energy_mwh, max(end.longest_s, gap_s), ENDED, heat_s, stroke_s)
    state.memory[-1] = Past(past.start_ms, [*past.quiets[:-1], went_on, last])
    state.ended_ms = state.end_ms


def shifted(state: DetectorState, by_ms: int) -> None:
    """Take a step of the clock out of all durations; an announced start keeps its name."""
    if state.phase is Phase.RISING:
        state.start_ms += by_ms
    state.high_ms += by_ms
    state.busy_ms += by_ms
    state.stroke_ms += by_ms
    if state.low_ms is not None:
        state.low_ms += by_ms
        state.end_ms += by_ms
    for name in ("burst_ms", "ended_ms", "zero_ms", "finished_ms", "heat_ms"):
        moment_ms = getattr(state, name)
        if moment_ms is not None:
            setattr(state, name, moment_ms + by_ms)
