"""Quarter-hours that are being filled: energy, extremes of power, what is missing."""

from collections.abc import Iterator

from msgspec import Struct

from flatwatt.appliance.slots import split
from flatwatt.model import QUARTER_MS, Basis, Flag, Interval, Reading, Slice


class QuarterNow(Struct, gc=False):
    """A quarter-hour of one plug that is still being filled, or was just filled.

    Attributes:
        energy_mwh: booked in it.
        power_min_mw, power_max_mw: of the readings in it; None without any.
        readings: how many.
        missing_ms: time in which nothing could be measured.
        flags: all flags of its intervals together.
        dirty: changed since it was last written down.
    """

    energy_mwh: int = 0
    power_min_mw: int | None = None
    power_max_mw: int | None = None
    readings: int = 0
    missing_ms: int = 0
    flags: int = 0
    dirty: bool = True


OfPlug = dict[int, QuarterNow]
"""Start in ms -> quarter-hour."""


def first_of(at_ms: int) -> OfPlug:
    """Return the quarter-hours of a plug heard for the first time."""
    # Its beginning was never heard.
    return {at_ms - at_ms % QUARTER_MS: QuarterNow(flags=Flag.GAP)}


def _at(quarters: OfPlug, start_ms: int) -> QuarterNow:
    quarter = quarters.get(start_ms)
    if quarter is None:
        quarter = quarters[start_ms] = QuarterNow()
    return quarter


def book(quarters: OfPlug, interval: Interval) -> tuple[Slice, ...]:
    """Add an interval; return its energy by quarter-hour."""
    slices: tuple[Slice, ...]
    start_ms = interval.start_ms - interval.start_ms % QUARTER_MS
    if interval.end_ms <= start_ms + QUARTER_MS:
        slices = ((start_ms, interval.energy_mwh),)
    else:
        slices = split(interval)
    for slot_ms, energy_mwh in slices:
        quarter = _at(quarters, slot_ms)
        quarter.energy_mwh += energy_mwh
        quarter.flags |= interval.flags
        quarter.dirty = True
    if interval.basis is Basis.MISSING:
        _book_missing(quarters, interval)
    return slices


def _book_missing(quarters: OfPlug, interval: Interval) -> None:
    from_ms = interval.start_ms
    while from_ms < interval.end_ms:
        slot_ms = from_ms - from_ms % QUARTER_MS
        until_ms = min(interval.end_ms, slot_ms + QUARTER_MS)
        _at(quarters, slot_ms).missing_ms += until_ms - from_ms
        from_ms = until_ms


def note(quarters: OfPlug, reading: Reading) -> None:
    """Count a reading and its power."""
    quarter = _at(quarters, reading.at_ms - reading.at_ms % QUARTER_MS)
    quarter.readings += 1
    quarter.dirty = True
    if reading.power_w is not None:
        power_mw = round(reading.power_w * 1000)
        if quarter.power_max_mw is None or power_mw > quarter.power_max_mw:
            quarter.power_max_mw = power_mw
        if quarter.power_min_mw is None or power_mw < quarter.power_min_mw:
            quarter.power_min_mw = power_mw


def kept(quarters: OfPlug, before_ms: int) -> OfPlug:
    """Return what must stay: unwritten ones, those since `before_ms`, and the newest."""
    newest_ms = max(quarters, default=0)
    return {
        start_ms: quarter
        for start_ms, quarter in quarters.items()
        if quarter.dirty or start_ms >= before_ms or start_ms == newest_ms
    }


def listed(all_quarters: dict[str, OfPlug]) -> Iterator[tuple[str, int, QuarterNow]]:
    """Yield (plug, start in ms, quarter)."""
    for plug, quarters in all_quarters.items():
        for start_ms, quarter in quarters.items():
            yield plug, start_ms, quarter
