"""How much an appliance draws at rest: learned from what cannot be a run.

A kind's `on_power_w` is where it begins; two things that no run does raise it for good.

- An hour without more than its kind draws switched on and idle: an appliance with a noisy or
  high standby. Its level is a little above the highest of that hour.
- A run longer than any programme of its kind: another load shares the plug, a refrigerator on
  the same strip. Its level is above what was drawn in nearly all of that time, so that only
  the appliance itself stands out.

The level never falls: a lower one would find a run in the standby again.
"""

from flatwatt.appliance.changes import DetectorState
from flatwatt.appliance.profiles import Profile

IDLE_MS = 3_600_000
IDLE_MARGIN = 1.2
STEP_W = 20.0
STEPS = 16
"""Time is counted by power in so many steps; more is no base load."""
NEARLY_ALL = 0.85
"""An appliance works for less than the rest of a third of a day."""


def busy(state: DetectorState, at_ms: int, total_mwh: int) -> None:
    """Note that it draws more than idle power."""
    state.busy_ms, state.busy_mwh, state.idle_peak_w = at_ms, total_mwh, 0.0


def raised(
    state: DetectorState, profile: Profile, power_w: float, at_ms: int, total_mwh: int
) -> bool:
    """Take a HIGH; True when the level rose, so that the run is over where `end_ms` says."""
    if power_w >= profile.idle_cap_w:
        busy(state, at_ms, total_mwh)
    elif _idles(state, profile, power_w, at_ms):
        return True
    longest_ms = profile.longest_s * 1000
    return 0 < longest_ms < at_ms - state.start_ms and _shared(state, at_ms, total_mwh)


def spent(state: DetectorState, power_w: float, for_ms: int) -> None:
    """Count time at a power within a run."""
    if power_w >= 0:
        state.spent_ms[min(int(power_w / STEP_W), STEPS)] += for_ms


def _idles(state: DetectorState, profile: Profile, power_w: float, at_ms: int) -> bool:
    """Take a HIGH of idle power; True when it has been idle for an hour and the level rose."""
    state.idle_peak_w = max(state.idle_peak_w, power_w)
    if at_ms - state.busy_ms < IDLE_MS:
        return False
    state.on_w = max(state.on_w, min(profile.idle_cap_w, state.idle_peak_w * IDLE_MARGIN))
    state.end_ms, state.end_mwh = state.busy_ms, state.busy_mwh
    return True


def _shared(state: DetectorState, at_ms: int, total_mwh: int) -> bool:
    """Whether a run too long is another load's, whose level was just learned."""
    most_ms = NEARLY_ALL * sum(state.spent_ms)
    for step, for_ms in enumerate(state.spent_ms[:STEPS]):
        most_ms -= for_ms
        if most_ms <= 0:
            state.on_w = max(state.on_w, (step + 1) * STEP_W)
            state.end_ms, state.end_mwh, state.holed = at_ms, total_mwh, True
            return True
    return False
