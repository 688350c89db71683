"""Energy of an interval, cut at the quarter-hours of UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime

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


def run_id(appliance: str, start_ms: int) -> str:
    """Return a run's name: the same whenever and however often it is derived."""
    start = datetime.fromtimestamp(start_ms // 1000, UTC)
    return f"{appliance}-{start:%Y%m%dT%H%M%SZ}"


def trimmed(slices: Mapping[int, int], energy_mwh: int) -> tuple[Slice, ...]:
    """Cut collected quarter-hours to a run's energy.

    What was collected after the back-dated end is taken off the last ones; a shortage
    (the start was back-dated past the first) is given to the first.
    """
    kept = dict(sorted(slices.items()))
    excess = sum(kept.values()) - energy_mwh
    for start_ms in reversed(list(kept)):
        if excess <= 0:
            break
        cut = min(excess, kept[start_ms])
        kept[start_ms] -= cut
        excess -= cut
    if excess < 0 and kept:
        kept[min(kept)] -= excess
    return tuple((start_ms, mwh) for start_ms, mwh in kept.items() if mwh)
