"""3D printers: heating, printing, and hot without printing, whatever printer it is.

A print begins with the heaters at full power (FULL): the most its run has drawn so far, kept
up and even. When they cease, one of two things shows that the print itself begins.

- A bed that switches (it pulses to full power again): between two pulses the nozzle still heats at
  full power; when less is drawn than then, it is hot.
- A bed that is regulated: it settles while the printer measures its bed (SETTLING), then the
  nozzle heats to its last degrees and the print draws more for good. A printer that does not
  measure never draws more, and has printed since its heaters ceased.

From then on (WORKING) the median of three minutes is compared with the print's own usual power;
neither pulses nor single moves count in a median of the lowest powers. Clearly less and much
more even than usual is HOLDING: a pause, a change of filament. Less than half without any pulse
is COLD. What never was anything but even was no print.
"""

from statistics import median

from flatwatt.appliance.stages.base import (
    PrinterState,
    StagerState,
    Window,
    add,
    mean_w,
    roughness,
    since,
    spread,
)

FULL, SETTLING, WORKING, HOLDING, COLD = "full", "settling", "working", "holding", "cold"
CEASED, PULSE = 0.6, 0.75
"""Shares of full power: less is a heater at its temperature, more a bed switched on."""
CEASED_MS = 20_000
ROUGH = 0.03
"""Heaters at full power do not change from window to window, a print does."""
NOT_FULL = 0.9
"""A nozzle at its temperature draws less than before, by more than a fan."""
STEP, STEP_MS, LEVEL_MS = 1.18, 90_000, 180_000
"""A step up is at least this much, for this time, over the time before it."""
KNOWN_MS = 50_000
UNDER_MS = 90_000
"""A bed that was too hot for a moment draws less than it needs so long at most."""
REACHED = 0.9
"""The nozzle is hot when its power has nearly reached its peak."""
HOT_MS = 180_000
"""A nozzle is hot so long after its bed at the latest."""
SETTLED_MS = 600_000
"""Measuring a bed takes three to five minutes."""
LONG_MS = 180_000
"""Usual power is a median of so much time."""
PAUSED, MUCH = 0.88, 0.7
"""A pause draws less than these shares of the usual: evenly, or anyhow."""
EVEN, UNEVEN = 0.5, 0.02
"""Even is half as uneven as usual and less than this share; moves and fans are more uneven."""
RESUMED, CHANCE = 0.06, 4
"""It prints again when it draws more by this share, and by so many times its spread."""
STILL, WANDER = 0.012, 1.01
"""Without any move power is more even than this, in three minutes and in ten."""
SEEN_MS, PACE = 30_000, 1.02
"""A bed may pulse once a minute: when no reading lately (forgotten by this factor a window)
came sooner than this, any level may be chance."""
MOVES_MS = 12_000
"""Readings further apart average moves away, so a print looks still, and may take the last
degrees of its nozzle for what is usual."""
ASK_MS = 30_000
"""So often it is asked whether it still prints."""
SLOW_MS = 300_000
"""What is usual follows in about this time."""


def follow(state: StagerState, window: Window) -> bool:
    """Take the newest of `state.recent` in; True when a piece began."""
    mind = state.printer
    if not state.pieces:
        add(state.pieces, FULL, window.start_ms, window.start_mwh)
        mind.top_w = window.mean_w
        return True
    what = state.pieces[-1].what
    if what == FULL:
        return _heating(state, mind, window)
    if what == SETTLING:
        return _settling(state, mind, window)
    if window.end_ms - mind.asked_ms < ASK_MS:
        return False
    since_ms, mind.asked_ms = window.end_ms - mind.asked_ms, window.end_ms
    if what != WORKING:
        return _holding(state, mind)
    long = since(state.recent, LONG_MS)
    return (
        bool(long)
        and long[0].start_ms >= state.pieces[-1].at_ms
        and _working(state, mind, long, since_ms)
    )


def _heating(state: StagerState, mind: PrinterState, window: Window) -> bool:
    mind.top_w = max(mind.top_w, min(state.recent[-2].mean_w, window.mean_w))
    newest = since(state.recent, CEASED_MS)
    if newest and all(each.mean_w < CEASED * mind.top_w for each in newest):
        add(state.pieces, SETTLING, newest[0].start_ms, newest[0].start_mwh)
        mind.base_w = min(each.low_w for each in newest)
        mind.drop_ms, mind.pulses, mind.pulsing = None, 0, False
        return True
    long = since(state.recent, LONG_MS)
    if long and roughness([each.mean_w for each in long]) > ROUGH:
        return _print(state, mind, state.pieces[-1].at_ms, state.pieces[-1].mwh)
    return False


def _settling(state: StagerState, mind: PrinterState, window: Window) -> bool:
    start = state.pieces[-1]
    _pulse(mind, window)
    if mind.drop_ms is None and window.low_w < NOT_FULL * mind.base_w:
        mind.drop_ms, mind.drop_mwh = window.start_ms, window.start_mwh
    settled_ms = window.end_ms - start.at_ms
    if mind.pulses > 1:
        return _pulsed(state, mind, settled_ms)
    risen = _risen(state.recent, _before(state.recent, start.at_ms + UNDER_MS))
    if risen is not None:
        return _print(state, mind, risen.start_ms, risen.start_mwh)
    return settled_ms >= SETTLED_MS and _print(state, mind, start.at_ms, start.mwh)


def _pulse(mind: PrinterState, window: Window) -> None:
    """Count how often the bed switches on."""
    if window.high_w >= PULSE * mind.top_w:
        mind.pulses += not mind.pulsing
        mind.pulsing = True
    elif window.mean_w < CEASED * mind.top_w:
        mind.pulsing = False


def _pulsed(state: StagerState, mind: PrinterState, settled_ms: int) -> bool:
    """Whether the nozzle beside a bed that switches is hot."""
    start = state.pieces[-1]
    if mind.drop_ms is not None:
        return _print(state, mind, mind.drop_ms, mind.drop_mwh)
    long = since(state.recent, LONG_MS)
    if settled_ms < HOT_MS or not long:
        return False
    lows = [each.low_w for each in long]
    if spread(lows) >= UNEVEN:
        return _print(state, mind, start.at_ms, start.mwh)
    mind.hold_w, mind.hold_uneven = median(lows), None
    add(state.pieces, HOLDING, start.at_ms, start.mwh)
    return True


def _before(recent: list[Window], from_ms: int) -> list[float]:
    """Return the powers before a step that may just have happened; none when too few."""
    end_ms = recent[-1].end_ms - STEP_MS
    from_ms = max(from_ms, end_ms - LEVEL_MS)
    before = [
        each
        for each in recent
        if 2 * from_ms <= each.start_ms + each.end_ms and each.end_ms <= end_ms
    ]
    known = bool(before) and before[-1].end_ms - before[0].start_ms >= KNOWN_MS
    return [each.mean_w for each in before] if known else []


def _risen(recent: list[Window], before: list[float]) -> Window | None:
    """Return where the power had risen for good from what it was before, if it has."""
    newest = since(recent, STEP_MS)
    if not before or not newest:
        return None
    level_w = median(before)
    step = max(STEP, 1 + 2 * spread(before))
    if min(each.mean_w for each in newest) < (1 + step) / 2 * level_w:
        return None
    if mean_w(newest) < step * level_w:
        return None
    peak_w = max(each.mean_w for each in newest)
    return next(each for each in newest if each.mean_w >= REACHED * peak_w)


def _print(state: StagerState, mind: PrinterState, at_ms: int, mwh: int) -> bool:
    mind.work_w = mind.uneven = mind.least_w = mind.most_w = mind.widest = 0.0
    add(state.pieces, WORKING, at_ms, mwh)
    return True


def _working(state: StagerState, mind: PrinterState, long: list[Window], since_ms: int) -> bool:
    lows = _lows(mind, long)
    level_w, uneven = median(lows), spread(lows)
    if not mind.work_w:
        mind.work_w = mind.least_w = mind.most_w = level_w
        mind.uneven = mind.widest = uneven
        mind.pace_ms = float(long[-1].end_ms - long[-1].start_ms)
    span_ms = long[-1].end_ms - long[-1].start_ms
    mind.pace_ms = min(PACE * mind.pace_ms, span_ms)
    share = min(1.0, since_ms / SLOW_MS)
    if level_w < PAUSED * mind.work_w and mind.pace_ms <= SEEN_MS:
        cold = max(each.high_w for each in long) < mind.work_w / 2
        slow = mind.pace_ms > MOVES_MS
        even = not slow and uneven < min(UNEVEN, EVEN * mind.uneven)
        early = slow and long[-1].end_ms - state.pieces[-1].at_ms < SETTLED_MS
        much = not early and level_w < min(MUCH, 1 - 2 * mind.uneven) * mind.work_w
        if cold or even or much:
            mind.hold_w, mind.hold_uneven = level_w, None
            return _hold(state, mind, COLD if cold else HOLDING)
        share /= 4
    mind.work_w += (level_w - mind.work_w) * share
    mind.uneven += (uneven - mind.uneven) * share
    return _still(state, mind, level_w, uneven)


def _lows(mind: PrinterState, windows: list[Window]) -> list[float]:
    """Return the lowest powers of windows, without a switching bed's pulses."""
    lows = [each.low_w for each in windows]
    if mind.pulses < 2:
        return lows
    return [low_w for low_w in lows if low_w < PULSE * mind.top_w] or lows


def _still(state: StagerState, mind: PrinterState, level_w: float, uneven: float) -> bool:
    """Take a first print that did not move for ten minutes for none."""
    mind.least_w, mind.most_w = min(mind.least_w, level_w), max(mind.most_w, level_w)
    mind.widest = max(mind.widest, uneven)
    start = state.pieces[-1]
    if mind.widest >= STILL or mind.most_w > WANDER * mind.least_w:
        return False
    if len(state.pieces) > 3 or mind.pace_ms > MOVES_MS:
        return False
    if state.recent[-1].end_ms - start.at_ms < SETTLED_MS:
        return False
    mind.hold_w, mind.hold_uneven = level_w, None
    add(state.pieces, HOLDING, start.at_ms, start.mwh)
    return True


def _hold(state: StagerState, mind: PrinterState, what: str) -> bool:
    """Let a pause begin where the power fell through the middle of the two levels."""
    middle_w, first = (mind.hold_w + mind.work_w) / 2, state.recent[-1]
    for each in reversed(state.recent):
        if each.low_w >= middle_w and each.low_w < PULSE * mind.top_w:
            break
        first = each
    add(state.pieces, what, first.start_ms, first.start_mwh)
    return True


def _holding(state: StagerState, mind: PrinterState) -> bool:
    """Whether it prints again: it draws more than could be chance."""
    start, newest = state.pieces[-1], since(state.recent, STEP_MS)
    if mind.hold_uneven is None and state.recent[-1].end_ms - start.at_ms >= LONG_MS:
        long = since(state.recent, LONG_MS)  # all within the pause
        held = _lows(mind, long)
        mind.hold_w, mind.hold_uneven = median(held), spread(held)
        if max(each.high_w for each in long) < mind.work_w / 2:
            start.what = COLD
            return True
    chance = STEP - 1 if mind.hold_uneven is None else CHANCE * mind.hold_uneven
    step = 1 + max(RESUMED, chance)
    middle_w = (1 + step) / 2 * mind.hold_w
    lows = sorted(_lows(mind, newest))
    if newest[0].start_ms < start.at_ms or lows[len(lows) // 4] < middle_w:
        return False
    if median(lows) < step * mind.hold_w:
        return False
    first = next(each for each in newest if each.low_w >= middle_w)
    return _print(state, mind, first.start_ms, first.start_mwh)
