"""Points of foreign files, in order, checked against each other.

A counter that falls by a tenth or more began again; one that falls by less was noise, and that
row is left out (Home Assistant judges the same way). Stretches of energy stay stretches: no
power is made of them.
"""

from collections import Counter as Counts
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from flatwatt.errors import UsageError
from flatwatt.intake.points import Bad, OnBad, Point

OLDEST_MS = 946_684_800_000
"""2000-01-01: a plug that was never told the time counts from 1970."""
MAX_W = 25_000.0
"""More than the mains connection of a flat gives: three phases of 35 A."""
HOLD_STEP_MS = 600_000
"""How often a state that held is written down, so that the meter hears of it in time."""
HOLD_MAX_MS = 3_600_000
"""How long a state is believed without a word: what stopped by force does not say so."""
FALL = 0.9


class Cleaned(Struct, frozen=True):
    """What is sound, by time.

    Attributes:
        instants: points of power and counter.
        boots: times at which the counter had begun again.
        parts: stretches of energy, each with its start; none overlaps another.
    """

    instants: list[Point]
    boots: frozenset[int]
    parts: list[Point]


def clean(
    points: Sequence[Point], newest_ms: int, bad: OnBad, *, stamp: str, hold: bool
) -> Cleaned:
    """Put points in order and leave out what cannot be.

    Args:
        points: of all files, in any order.
        newest_ms: now; nothing was measured later.
        bad: told of what is left out.
        stamp: whether a stretch without its other end is labelled by `start` or `end`.
        hold: whether a power holds until the next point (states that are said on change).

    Raises:
        UsageError: stretches of energy come with powers or counters.
    """
    sound = [each for each in points if not _told_bad(each, newest_ms, bad)]
    sound.sort(key=lambda each: each.at_ms)
    parts = [each for each in sound if each.part_wh is not None]
    instants = [each for each in sound if each.part_wh is None]
    if parts and not all(map(_silent, instants)):
        raise UsageError(
            "the files hold energy of stretches and also powers or counters; take one at a time "
            "(--map, --entity)"
        )
    if parts:
        return Cleaned([], frozenset(), _apart(_closed(parts, stamp), newest_ms, bad))
    single = list(_single(instants, bad))
    if hold:
        single = list(_held(single))
    kept, boots = _counted([each for each in single if not _silent(each)], bad)
    return Cleaned(kept, boots, [])


def _silent(each: Point) -> bool:
    return each.power_w is None and each.counter_wh is None


def _told_bad(each: Point, newest_ms: int, bad: OnBad) -> bool:
    reason = ""
    if each.at_ms < OLDEST_MS:
        reason = "its time is before 2000: a clock that was not set"
    elif each.at_ms > newest_ms:
        reason = "its time is in the future"
    elif each.power_w is not None and abs(each.power_w) > MAX_W:
        reason = f"{each.power_w:g} W is more than a flat can draw; is the unit right?"
    elif (each.counter_wh or 0) < 0 or (each.part_wh or 0) < 0:
        reason = "its energy is negative"
    if reason:
        bad(Bad(each.file, each.line, reason))
    return bool(reason)


def _single(points: Sequence[Point], bad: OnBad) -> Iterator[Point]:
    """Yield one point an instant; what says the same twice is said once."""
    held: Point | None = None
    for each in points:
        if held is None or held.at_ms != each.at_ms:
            if held is not None:
                yield held
            held = each
            continue
        for what in ("power_w", "counter_wh", "voltage_v"):
            old, new = getattr(held, what), getattr(each, what)
            if old is None and new is not None:
                held = replace(held, **{what: new})
            elif new is not None and old != new:
                bad(Bad(each.file, each.line, f"says {new:g} where {held.file}, line {held.line}, "
                        f"says {old:g} of the same instant"))  # fmt: skip
    if held is not None:
        yield held


def _held(points: Sequence[Point]) -> Iterator[Point]:
    """Yield points, and a power again where it is known to have held."""
    power: Point | None = None
    for each in points:
        if power is not None:
            until_ms = min(each.at_ms, power.at_ms + HOLD_MAX_MS + 1)
            for at_ms in range(power.at_ms + HOLD_STEP_MS, until_ms, HOLD_STEP_MS):
                yield replace(power, at_ms=at_ms, counter_wh=None)
        if power is None or _silent(each) or each.power_w is not None:
            power = each if each.power_w is not None else None
        else:
            power = replace(power, at_ms=each.at_ms)
        yield each


def _counted(points: Sequence[Point], bad: OnBad) -> tuple[list[Point], frozenset[int]]:
    kept: list[Point] = []
    boots: set[int] = set()
    last_wh: float | None = None
    for each in points:
        point, counter_wh = each, each.counter_wh
        if counter_wh is not None:
            if last_wh is None or counter_wh >= last_wh:
                last_wh = counter_wh
            elif counter_wh < FALL * last_wh:
                boots.add(each.at_ms)
                last_wh = counter_wh
            else:
                reason = f"its counter falls from {last_wh:g} Wh to {counter_wh:g} Wh"
                bad(Bad(each.file, each.line, reason))
                point = replace(each, counter_wh=None)
        if not _silent(point):
            kept.append(point)
    return kept, frozenset(boots)


def _closed(parts: Sequence[Point], stamp: str) -> list[Point]:
    """Give each stretch both ends: those that have one are as long as most steps."""
    steps = Counts(later.at_ms - one.at_ms for one, later in pairwise(parts))
    steps.pop(0, None)
    open_ = [each for each in parts if each.start_ms is None]
    if open_ and not steps:
        raise UsageError("one stretch alone does not say how long it is; say --map end=NAME")
    usual_ms = steps.most_common(1)[0][0] if steps else 0
    closed: list[Point] = []
    for index, each in enumerate(parts):
        if each.start_ms is not None:
            closed.append(each)
        elif stamp == "end":
            before_ms = parts[index - 1].at_ms if index else 0
            length_ms = _length(each.at_ms - before_ms, usual_ms)
            closed.append(replace(each, start_ms=each.at_ms - length_ms))
        else:
            after_ms = parts[index + 1].at_ms if index + 1 < len(parts) else 0
            length_ms = _length(after_ms - each.at_ms, usual_ms)
            closed.append(replace(each, start_ms=each.at_ms, at_ms=each.at_ms + length_ms))
    return closed


def _length(step_ms: int, usual_ms: int) -> int:
    """Return how long a stretch is: days have 23 to 25 hours, months 28 to 31 days."""
    return step_ms if step_ms > 0 and abs(step_ms - usual_ms) * 8 <= usual_ms else usual_ms


def _apart(parts: Sequence[Point], newest_ms: int, bad: OnBad) -> list[Point]:
    kept: list[Point] = []
    for each in sorted(parts, key=lambda one: (one.start_ms or 0, one.at_ms)):
        start_ms, last_ms = each.start_ms or 0, kept[-1].at_ms if kept else 0
        hours = (each.at_ms - start_ms) / 3_600_000
        if hours <= 0:
            reason = "its end is not after its start"
        elif each.at_ms > newest_ms:
            reason = "its stretch is not over yet"
        elif start_ms < last_ms:
            if kept and (kept[-1].start_ms, kept[-1].at_ms, kept[-1].part_wh) == (
                each.start_ms, each.at_ms, each.part_wh,
            ):  # fmt: skip
                continue  # said twice
            reason = f"its stretch overlaps that of {kept[-1].file}, line {kept[-1].line}"
        elif (each.part_wh or 0.0) > MAX_W * hours:
            reason = f"{each.part_wh:g} Wh is more than a flat can draw; is the unit right?"
        else:
            kept.append(each)
            continue
        bad(Bad(each.file, each.line, reason))
    return kept
