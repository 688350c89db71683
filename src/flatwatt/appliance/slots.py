"""Energy of an interval, cut at the quarter-hours of UTC."""

from flatwatt.model import QUARTER_MS, Interval, Slice


def split(interval: Interval) -> tuple[Slice, ...]:
    """Return an interval's energy by quarter-hour, spread evenly over its time.

    Every quarter-hour the interval touches is listed, one without energy too, and the
    parts add up to `energy_mwh` exactly. An interval without length belongs to the
    quarter-hour it stands in.
    """
    start_ms, end_ms, energy_mwh = interval.start_ms, interval.end_ms, interval.energy_mwh
    slot_ms = start_ms - start_ms % QUARTER_MS
    if end_ms <= slot_ms + QUARTER_MS:
        return ((slot_ms, energy_mwh),)
    slices = []
    before_mwh = 0
    while slot_ms < end_ms:
        until_ms = min(slot_ms + QUARTER_MS, end_ms)
        upto_mwh = energy_mwh * (until_ms - start_ms) // (end_ms - start_ms)
        slices.append((slot_ms, upto_mwh - before_mwh))
        before_mwh = upto_mwh
        slot_ms += QUARTER_MS
    return tuple(slices)
