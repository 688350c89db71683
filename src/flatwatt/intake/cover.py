"""What the record already knows of an appliance: stretches whose energy is booked.

A plug that goes on counting through a gap has counted the gap: filling it from elsewhere would
book its energy twice. So two rows of one plug cover what lies between them when they are close,
or when both show its counter; unless the counter had just begun again at nothing, which says
nothing of the time before.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from flatwatt.appliance.energy import GAP_MS
from flatwatt.model import Flag, Reading
from flatwatt.store.readings import days, read_days


class Cover:
    """Stretches that are covered by rows of others, and what was imported before.

    Args:
        blocks: (start, end) in ms; in any order, may overlap.
        own: readings that an earlier import of the same source wrote, by time.
    """

    def __init__(self, blocks: Iterable[tuple[int, int]], own: dict[int, Reading]) -> None:
        joined: list[tuple[int, int]] = []
        for start_ms, end_ms in sorted(blocks):
            if joined and start_ms <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end_ms, joined[-1][1]))
            else:
                joined.append((start_ms, end_ms))
        self._starts = [block[0] for block in joined]
        self._ends = [block[1] for block in joined]
        self.own = own

    def holds(self, at_ms: int) -> bool:
        """Whether an instant is covered."""
        index = bisect_right(self._starts, at_ms) - 1
        return index >= 0 and at_ms <= self._ends[index]

    def touches(self, start_ms: int, end_ms: int) -> bool:
        """Whether any of a stretch is covered; touching ends do not count."""
        index = bisect_right(self._ends, start_ms)
        return index < len(self._starts) and self._starts[index] < end_ms

    def before(self, at_ms: int) -> int | None:
        """Return the end of the newest covered stretch before an instant; None without one."""
        index = bisect_left(self._ends, at_ms) - 1
        return self._ends[index] if index >= 0 else None


class _Blocks:
    def __init__(self, appliance: str, own: str) -> None:
        self.own: dict[int, Reading] = {}
        self.blocks: list[list[int]] = []
        self._appliance = appliance
        self._own = own
        self._last: dict[str, tuple[Reading, list[int]]] = {}

    def take(self, readings: Iterable[Reading]) -> bool:
        """Take rows in order; return whether any was of the appliance and of others."""
        found = False
        for each in readings:
            if each.appliance != self._appliance:
                continue
            if each.plug == self._own or each.plug.startswith(f"{self._own}-"):
                self.own[each.at_ms] = each
                continue
            found = True
            last = self._last.get(each.plug)
            if last is not None and _bridged(last[0], each):
                block = last[1]
                block[0], block[1] = min(block[0], each.at_ms), max(block[1], each.at_ms)
            else:
                block = [each.at_ms, each.at_ms]
                self.blocks.append(block)
            self._last[each.plug] = (each, block)
        return found


def _bridged(one: Reading, other: Reading) -> bool:
    if other.flags & Flag.BOOT and other.energy_wh == 0 and one.at_ms < other.at_ms - GAP_MS:
        return False
    counted = one.energy_wh is not None and other.energy_wh is not None
    return counted or other.at_ms - one.at_ms <= GAP_MS


def cover_of(folder: Path, appliance: str, own: str, span: tuple[date, date]) -> Cover:
    """Return what the record covers of an appliance around some days.

    Args:
        folder: of the record.
        appliance: its id.
        own: plug id of the rows that an earlier import wrote, without its ending.
        span: first and last local day that matter; the nearest rows outside are read too.

    Raises:
        StoreError: the record cannot be read.
    """
    recorded = days(folder)
    first = _nearest([day for day in reversed(recorded) if day < span[0]], folder, appliance, own)
    last = _nearest([day for day in recorded if day > span[1]], folder, appliance, own)
    blocks = _Blocks(appliance, own)
    for readings in read_days(folder, first or span[0], last or span[1]):
        blocks.take(readings)
    return Cover([(block[0], block[1]) for block in blocks.blocks], blocks.own)


def _nearest(candidates: list[date], folder: Path, appliance: str, own: str) -> date | None:
    """Return the first of some days that has rows of others of the appliance."""
    for day in candidates:
        blocks = _Blocks(appliance, own)
        if any([blocks.take(readings) for readings in read_days(folder, day, day)]):  # noqa: C419 - one may be enough, but a day is short
            return day
    return None
