"""Washing machines, dryers and dishwashers: what their power does.

FULL: the heater is on. No motor draws that much for long, so for what heats water a fixed height
tells; a dryer's is half of the most its own run has drawn, since a heat pump needs little.
STEADY: the drum turns without a pause and harder than in the wash, so it spins. BLOWING: a fan
goes on evenly where a washer-dryer's heat ends. QUIET: next to nothing. TURNING: all else.

A change counts when it has lasted its time (`DWELL_MS`), back-dated to where it began: a heater
that goes off for a minute to let the water mix is still heating.
"""

from statistics import median

from flatwatt.appliance.stages.base import (
    HeaterState,
    StagerState,
    Window,
    add,
    mean_w,
    roughness,
    since,
)

FULL, STEADY, BLOWING, TURNING, QUIET = "full", "steady", "blowing", "turning", "quiet"
WASHER_W = 800.0
FULL_W = {
    "washing_machine": WASHER_W,
    "washer_dryer": WASHER_W,
    "dishwasher": 400.0,
    "dryer": 0.0,
}
"""Above any motor of its kind that runs for minutes, below any heater; a dryer's is its own."""
HALF = 0.5
STEADY_MS, SEEN = (60_000, 180_000), 9
"""A drum that washes stands more often than this; not every reading meets it standing."""
HARDER, AS_HARD = 1.4, 0.75
"""A spin draws so much more than the wash on average, and nearly as much as its single strokes."""
KNOWN_MS = 300_000
"""So long it must have washed since it heated before it can be said to turn harder."""
USUAL_MS = 300_000
"""What is usual follows in about this time."""
FOLLOWS = 1.04
SLOW_MS = 30_000
"""A mean over this time is no mere peak."""
BLOWING_MS = 120_000
EVEN = 0.03
STOOD, RESTS = 0.4, {"dryer": 30.0, "dishwasher": 40.0}
"""A pump or drum at rest draws less than this share of what it usually does; of these kinds it
rests for long, and draws more than this when it does not."""
DWELL_MS = {
    "washing_machine": {FULL: 90_000, TURNING: 90_000},
    "washer_dryer": {FULL: 90_000, TURNING: 90_000},
    "dishwasher": {FULL: 60_000, TURNING: 30_000, QUIET: 30_000},
    "dryer": {FULL: 30_000, QUIET: 30_000},
}
OFF_MS = {
    "washing_machine": 150_000,
    "washer_dryer": 150_000,
    "dishwasher": 90_000,
    "dryer": 120_000,
}
"""A heater's shorter pauses are part of heating; a dryer's may be twice its longest so far."""


def follow(kind: str, state: StagerState, window: Window) -> bool:
    """Take the newest of `state.recent` in; True when a piece began."""
    mind, recent = state.heater, state.recent
    before_w = recent[-2].mean_w if len(recent) > 1 else 0.0
    mind.top_w = max(mind.top_w, window.mean_w if _held(window) else min(before_w, window.mean_w))
    last = state.pieces[-1].what if state.pieces else ""
    full_w = FULL_W[kind] or HALF * mind.top_w
    if last != STEADY:
        _usual(mind, recent, full_w, RESTS.get(kind, 0.0))
    what = FULL if window.mean_w >= full_w else _without_heat(kind, state, window)
    if what == last:
        if mind.left_ms is not None:
            mind.longest_ms = max(mind.longest_ms, window.start_ms - mind.left_ms)
        mind.what, mind.left_ms = "", None
        return False
    _left(state, window, what)
    if not _sure(kind, mind, last, window.end_ms):
        return False
    _settle(kind, state, last, window.end_ms)
    return True


def _without_heat(kind: str, state: StagerState, window: Window) -> str:
    mind = state.heater
    stands = window.mean_w < STOOD * mind.turned_w
    if kind in RESTS:
        return QUIET if stands and window.mean_w < RESTS[kind] else TURNING
    if state.pieces and state.pieces[-1].what == BLOWING:
        return TURNING if stands else BLOWING
    return STEADY if _steady(state, mind, window) else TURNING


def _steady(state: StagerState, mind: HeaterState, window: Window) -> bool:
    if mind.turned_ms < KNOWN_MS or window.low_w < HALF * HARDER * mind.turned_w:
        return False
    newest = _uninterrupted(state.recent)
    if not newest:
        return False
    level_w = mean_w(newest)
    if level_w < max(HARDER * mind.turned_w, AS_HARD * mind.stroke_w):
        return False
    if max(each.mean_w for each in newest) >= WASHER_W:
        return False
    return min(each.low_w for each in newest) >= HALF * level_w


def _uninterrupted(recent: list[Window]) -> list[Window]:
    """Return windows so long that a washing drum would have been seen standing in them."""
    window = recent[-1]
    step_ms = (window.end_ms - window.start_ms) // max(1, window.readings)
    return since(recent, min(STEADY_MS[1], max(STEADY_MS[0], SEEN * step_ms)))


def _usual(mind: HeaterState, recent: list[Window], full_w: float, rest_w: float) -> None:
    """Take in the window before this one, unless the heater was on in it or beside it.

    What draws less than `rest_w` is no usual power; a washing drum's short stops are.
    """
    if rest_w and not mind.turned_w and _held(recent[-1]) and recent[-1].mean_w < full_w:
        mind.turned_w = mind.stroke_w = recent[-1].mean_w
    if len(recent) < 3:
        return
    if max(recent[-1].mean_w, recent[-2].mean_w, recent[-3].mean_w) >= full_w:
        mind.turned_ms = 0
        return
    usual = recent[-2]
    span_ms = usual.end_ms - usual.start_ms
    mind.turned_ms += span_ms
    if not mind.stroke_w:
        mind.stroke_w, mind.turned_w = usual.high_w, usual.mean_w
    mind.stroke_w *= FOLLOWS if usual.high_w > mind.stroke_w else 1 / FOLLOWS
    if usual.mean_w >= min(rest_w, STOOD * mind.turned_w):
        mind.turned_w += (usual.mean_w - mind.turned_w) * min(1.0, span_ms / USUAL_MS)


def _held(window: Window) -> bool:
    return window.end_ms - window.start_ms >= SLOW_MS


def _left(state: StagerState, window: Window, what: str) -> None:
    """Note since when it is no longer what it was, and what it is instead."""
    mind = state.heater
    if mind.left_ms is None:
        mind.left_ms, mind.left_mwh = window.start_ms, window.start_mwh
    if what != mind.what:
        first = _uninterrupted(state.recent)[0] if what == STEADY else window
        mind.what, mind.what_ms, mind.what_mwh = what, first.start_ms, first.start_mwh


def _sure(kind: str, mind: HeaterState, last: str, at_ms: int) -> bool:
    """Whether the change has lasted long enough."""
    if not last or mind.left_ms is None:
        return True
    if last == FULL:
        longest_ms = 2 * mind.longest_ms if kind == "dryer" else 0
        return at_ms - mind.left_ms >= max(OFF_MS[kind], longest_ms)
    return at_ms - mind.what_ms >= DWELL_MS[kind].get(mind.what, 0)


def _settle(kind: str, state: StagerState, last: str, at_ms: int) -> None:
    """Let the piece begin; what changes too often after the heat is TURNING since it ended."""
    mind = state.heater
    left_ms = mind.what_ms if mind.left_ms is None else mind.left_ms
    if last == FULL and kind == "washer_dryer" and _blowing(state, left_ms):
        add(state.pieces, BLOWING, left_ms, mind.left_mwh)
    elif at_ms - mind.what_ms >= DWELL_MS[kind].get(mind.what, 0):
        add(state.pieces, mind.what, mind.what_ms, mind.what_mwh)
    else:
        add(state.pieces, TURNING, left_ms, mind.left_mwh)
    mind.what, mind.left_ms = "", None


def _blowing(state: StagerState, left_ms: int) -> bool:
    """Whether what followed the heat was even from window to window and within them."""
    newest = [each for each in state.recent if each.start_ms >= left_ms]
    newest = newest[1:] or newest  # the heat may have ended within the first
    if not newest or newest[-1].end_ms - newest[0].start_ms < BLOWING_MS:
        return False
    if roughness([each.mean_w for each in newest]) > EVEN:
        return False
    return median(each.low_w / max(1.0, each.high_w) for each in newest) >= 1 - 2 * EVEN
