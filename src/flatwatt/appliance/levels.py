"""How much an appliance draws at rest: learned from what cannot be a run.

A kind's `on_power_w` is where it begins; three things that no run does raise it for good.

- An hour without more than its kind draws switched on and idle: an appliance with a noisy or
  high standby. Its level is a little above the highest of that hour.
- A run longer than any programme of its kind: another load shares the plug, a refrigerator on
  the same strip. Its level is above what was drawn in nearly all of that time, so that only
  the appliance itself stands out.

- Four stretches in a day that never heat, last some minutes and draw the same: a refrigerator,
  too, where the appliance's level is low enough to tell them apart. Its level is above theirs.

The level never falls: a lower one would find a run in the standby again.

3D printers differ by more than that: one draws 60 W at full heat, another 40 W with only its
fans on. Between rest and work lies their geometric mean, as far from the one as from the other
in factors. Rest is the mean of ten minutes without a run, slow to rise and quick to fall, and
never the nothing of a printer that is switched off; work is the mean of its runs.
"""

from math import sqrt

from flatwatt.appliance.changes import DetectorState
from flatwatt.appliance.profiles import Profile

IDLE_MS = 3_600_000
IDLE_MARGIN = 1.2
STEP_W = 20.0
STEPS = 16
"""Time is counted by power in so many steps; more is no base load."""
NEARLY_ALL = 0.85
"""An appliance works for less than the rest of a third of a day."""
FLATS = 4
FLAT_WITHIN_MS = 86_400_000
FLAT_MS = (300_000, 2_700_000)
FLAT_W = 150.0
FLAT_ALIKE = 1.35
FLAT_MARGIN = 1.3
BLOCK_MS = 600_000
REST_W = 1.0
REST_PACE = (0.05, 0.3)
WORK_PACE = 0.3
TIMES_REST = 4.0
LEAST_ON_W = 10.0
OTHER_LEVEL = 1.25
ABOVE_REST = 1.3
ABOVE_REST_W = 3.0


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


def flat(state: DetectorState, profile: Profile, end_ms: int, end_mwh: int) -> bool:
    """Note a stretch that ended; True when it is one of several of another load's."""
    lasted_ms = end_ms - state.start_ms
    if not profile.longest_s or state.heat_ms is not None:
        return False
    if not FLAT_MS[0] <= lasted_ms <= FLAT_MS[1]:
        return False
    mean_w = (end_mwh - state.start_mwh) * 3600 / lasted_ms
    if mean_w > FLAT_W:
        return False
    state.flats = [*state.flats, (end_ms, mean_w)][-FLATS:]
    since_ms = end_ms - FLAT_WITHIN_MS
    means = [each_w for each_ms, each_w in state.flats if each_ms >= since_ms]
    if len(means) < FLATS or max(means) > FLAT_ALIKE * min(means):
        return False
    state.shared_w = sum(means) / FLATS
    state.on_w = max(state.on_w, FLAT_MARGIN * max(means))
    state.flats = []
    return True


def rested(state: DetectorState, profile: Profile, power_w: float, for_ms: int) -> None:
    """Count time at rest; after ten minutes without a run the level is settled anew."""
    state.block_mws += power_w * for_ms
    state.block_ms += for_ms
    if state.block_ms < BLOCK_MS:
        return
    mean_w = state.block_mws / state.block_ms
    state.block_mws, state.block_ms = 0.0, 0
    if mean_w < REST_W:
        return
    pace = REST_PACE[mean_w < state.rest_w] if state.rest_w else 1.0
    state.rest_w += pace * (mean_w - state.rest_w)
    _settle(state, profile)


def settled(state: DetectorState, profile: Profile, end_ms: int) -> None:
    """Learn the level from a run that ended at `end_ms`."""
    lasted_ms = end_ms - state.start_ms
    if not profile.heats_w:
        flat(state, profile, end_ms, state.end_mwh)
    elif lasted_ms > 0:
        mean_w = (state.end_mwh - state.start_mwh) * 3600 / lasted_ms
        state.work_w += (WORK_PACE if state.work_w else 1.0) * (mean_w - state.work_w)
        _settle(state, profile)


def _settle(state: DetectorState, profile: Profile) -> None:
    if not state.rest_w:
        return
    before_w = state.on_w or profile.on_power_w
    least_w = max(LEAST_ON_W, ABOVE_REST * state.rest_w + ABOVE_REST_W)
    if state.work_w:
        state.on_w = max(least_w, sqrt(state.rest_w * state.work_w))
    else:
        state.on_w = max(least_w, min(profile.on_power_w, TIMES_REST * state.rest_w))
    if max(before_w, state.on_w) > OTHER_LEVEL * min(before_w, state.on_w):
        state.memory = []  # what was quiet below another level says nothing of this one
