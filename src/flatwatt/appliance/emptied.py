"""When somebody opened the door or switched it off after a run, from the standby alone.

A machine that waits to be emptied shows a display or a lamp, one to ten watts. When that falls
to nearly nothing and stays there, somebody was there, or the machine has switched itself off.
The two are told apart by when it happens: a person comes at any time, a timer always after the
same one. So nothing is said before an appliance has shown different times, and never at a time
that has become its habit.
"""

from msgspec import Struct, field

SETTLE_MS = 30_000
"""The motor's inverter needs so long to fall asleep."""
LEVEL_MS = 120_000
"""Over so long the waiting power is averaged."""
LEVEL_W = 1.0
FALLEN = 0.25
NOTHING_W = 0.3
STAYS_MS = 300_000
"""Standby of one watt flickers for minutes; switched off it does not."""
FORGET_MS = 86_400_000
ALIKE_S = 60
HABIT = 3
KEPT = 8


class EmptiedState(Struct):
    """What is known of an appliance's waits.

    Attributes:
        end_ms: of the run it waits after; None while it does not wait.
        last_ms, last_w: the reading before; None when it was the run's last.
        level_mws, level_ms: waiting power summed in milliwatt-seconds, and over how long.
        low_ms: since when it draws nearly nothing.
        delays_s: of past waits, the newest last.
    """

    end_ms: int | None = None
    last_ms: int = 0
    last_w: float | None = None
    level_mws: float = 0.0
    level_ms: int = 0
    low_ms: int | None = None
    delays_s: list[int] = field(default_factory=list)


def wait_for(state: EmptiedState, end_ms: int, at_ms: int) -> None:
    """Begin to wait after a run that was found at `at_ms` to have ended."""
    state.end_ms, state.last_ms, state.last_w = end_ms, at_ms, None
    state.level_mws, state.level_ms, state.low_ms = 0.0, 0, None


def watch(state: EmptiedState, at_ms: int, power_w: float) -> int | None:
    """Take a reading in; return when it was emptied, once, if it was."""
    if state.end_ms is None:
        return None
    held_ms = at_ms - state.last_ms
    before_w, state.last_ms, state.last_w = state.last_w, at_ms, power_w
    if not 0 < held_ms <= STAYS_MS or at_ms - state.end_ms > FORGET_MS:
        state.end_ms = None  # nothing was heard for long: it could have been anything
        return None
    if state.level_ms < LEVEL_MS:
        if before_w is not None and at_ms - held_ms >= state.end_ms + SETTLE_MS:
            state.level_mws += before_w * held_ms
            state.level_ms += held_ms
        return None
    return _fallen(state, at_ms, power_w)


def _fallen(state: EmptiedState, at_ms: int, power_w: float) -> int | None:
    level_w = state.level_mws / state.level_ms
    if level_w < LEVEL_W:
        state.end_ms = None  # it shows no waiting, so nothing can end
        return None
    if power_w > max(NOTHING_W, FALLEN * level_w):
        state.low_ms = None
        return None
    if state.low_ms is None:
        state.low_ms = at_ms
    if at_ms - state.low_ms < STAYS_MS or state.end_ms is None:
        return None
    delay_s = (state.low_ms - state.end_ms) // 1000
    told = somebody(state.delays_s, delay_s)
    state.delays_s = [*state.delays_s, delay_s][-KEPT:]
    state.end_ms = None
    return state.low_ms if told else None


def somebody(delays_s: list[int], delay_s: int) -> bool:
    """Whether a wait ended by a person: past waits differ, and this one is no habit."""
    if len(delays_s) < 2 or max(delays_s) - min(delays_s) <= 2 * ALIKE_S:
        return False
    return sum(abs(past_s - delay_s) <= ALIKE_S for past_s in delays_s) < HABIT
