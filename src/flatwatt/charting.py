"""A chart of any stretch in a few hundred buckets, from the coarsest level that suffices.

Four levels: minutes of the last month, quarter-hours, hours, days. Each bucket has the lowest
and the highest reading in it, so no peak is lost however far one looks back, and its energy,
which says the mean. The finest level is the minute; below are the readings themselves.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct

from flatwatt.model import QUARTER_MS
from flatwatt.packing import NONE, numbers_of
from flatwatt.report.calendar import Calendar
from flatwatt.store import levels, minutes
from flatwatt.store.book import Book
from flatwatt.store.sums import summed_before
from flatwatt.tracking import Tracking

BUCKETS = 1500
MINUTE_S, QUARTER_S, HOUR_S, DAY_S = 60, QUARTER_MS // 1000, 3600, 86_400
MINUTES_MOST = 10
"""Minutes in a bucket, above which quarter-hours are fine enough."""
QUARTERS_MOST_S = 32 * DAY_S
HOURS_MOST_S = 500 * DAY_S
CLOCK_PART = 12
"""The part of a cell by which it may begin early or late: two hours of a day, for the clock."""
Cell: TypeAlias = tuple[int, int, int | None, int | None, int]
"""Beginning and end in s, lowest and highest mW, mWh."""


class Bucket(Struct, frozen=True):
    """A stretch of a chart in which something was measured.

    Attributes:
        start_ms, end_ms: from, to.
        low_mw, high_mw: of the readings in it; None when none says power.
        energy_mwh: booked in it.
    """

    start_ms: int
    end_ms: int
    low_mw: int | None
    high_mw: int | None
    energy_mwh: int

    @property
    def mean_w(self) -> float:
        """Mean power over the whole bucket in W."""
        return self.energy_mwh * 3600 / (self.end_ms - self.start_ms)


class Charts:
    """Charts of a flat's appliances.

    Args:
        book: what is kept.
        tracking: what is not kept yet.
        calendar: knows local days.
    """

    def __init__(self, book: Book, tracking: Tracking, calendar: Calendar) -> None:
        self._book = book
        self._tracking = tracking
        self._calendar = calendar

    def chart(
        self, appliance: str, start_ms: int, end_ms: int, buckets: int = BUCKETS
    ) -> list[Bucket]:
        """Return a stretch of an appliance's power, both edges widened to whole cells.

        Args:
            appliance: id.
            start_ms: from.
            end_ms: to.
            buckets: at most so many; where nothing was measured there is none.

        Raises:
            StoreError: the figures cannot be read.
        """
        start_s, end_s = start_ms // 1000, -(-end_ms // 1000)
        span_s = end_s - start_s
        if span_s <= 0 or buckets < 1:
            return []
        if span_s < buckets * MINUTES_MOST * MINUTE_S and self._has_minutes(appliance, start_s):
            cells, cell_s = self._minutes(appliance, start_s, end_s), MINUTE_S
        elif span_s <= QUARTERS_MOST_S:
            cells, cell_s = iter(self._quarters(appliance, start_s, end_s)), QUARTER_S
        elif span_s <= HOURS_MOST_S:
            cells, cell_s = self._hours(appliance, start_s, end_s), HOUR_S
        else:
            cells, cell_s = self._days(appliance, start_s, end_s), DAY_S
        return gathered(cells, cell_s, buckets)

    def _has_minutes(self, appliance: str, start_s: int) -> bool:
        with self._book.derived.asking() as book:
            kept = minutes.oldest_s(book, appliance)
        in_memory = [hour_s for hour_s, _ in self._tracking.minutes.hours(appliance)]
        oldest_s = min([*in_memory, *([] if kept is None else [kept])], default=None)
        return oldest_s is not None and oldest_s <= start_s

    def _minutes(self, appliance: str, start_s: int, end_s: int) -> Iterator[Cell]:
        first_s, first_hour_s = start_s - start_s % MINUTE_S, start_s - start_s % HOUR_S
        with self._book.derived.asking() as book:
            hours = minutes.between(book, appliance, first_hour_s, end_s)
        hours += [each[1:] for each in self._book.unkept()[1] if each[0] == appliance]
        hours += self._tracking.minutes.hours(appliance)
        for hour_s, data in sorted(hours, key=lambda each: each[0]):
            numbers = numbers_of(data)
            skip = max(0, (first_s - hour_s) // MINUTE_S)
            for minute in range(skip, min(60, -((hour_s - end_s) // MINUTE_S))):
                low, energy_mwh = numbers[minute], numbers[120 + minute]
                at_s = hour_s + minute * MINUTE_S
                if low != NONE:
                    yield at_s, at_s + MINUTE_S, low, numbers[60 + minute], energy_mwh
                elif energy_mwh:
                    yield at_s, at_s + MINUTE_S, None, None, energy_mwh

    def _quarters(self, appliance: str, start_s: int, end_s: int) -> list[Cell]:
        first_ms, end_ms = (start_s - start_s % QUARTER_S) * 1000, end_s * 1000
        found = self._book.quarters(first_ms, end_ms, appliance)
        for each in self._tracking.quarters(dirty_only=False):
            if each.appliance == appliance and first_ms <= each.start_ms < end_ms:
                found[each.appliance, each.plug, each.start_ms] = each
        return [
            (at_s, at_s + QUARTER_S, each.power_min_mw, each.power_max_mw, each.energy_mwh)
            for each in sorted(found.values(), key=lambda each: each.start_ms)
            for at_s in (each.start_ms // 1000,)
        ]

    def _hours(self, appliance: str, start_s: int, end_s: int) -> Iterator[Cell]:
        """Yield hours that are summed, then the quarter-hours since."""
        edge_s = self._edge_s(start_s, end_s)
        with self._book.derived.asking() as book:
            kept = levels.cells(book, levels.HOURS, appliance, start_s - HOUR_S + 1, edge_s)
        for at_s, low_mw, high_mw, energy_mwh in kept:
            yield at_s, at_s + HOUR_S, low_mw, high_mw, energy_mwh
        yield from self._quarters(appliance, edge_s, end_s)

    def _days(self, appliance: str, start_s: int, end_s: int) -> Iterator[Cell]:
        edge_s = self._edge_s(start_s, end_s)
        begins_s = self._calendar.begins_s
        first, end = self._calendar.day(start_s), self._calendar.day(edge_s - 1) + 1
        with self._book.derived.asking() as book:
            kept = levels.cells(book, levels.DAYS, appliance, first, end)
        for day, low_mw, high_mw, energy_mwh in kept:
            yield begins_s(day), begins_s(day + 1), low_mw, high_mw, energy_mwh
        yield from self._quarters(appliance, edge_s, end_s)

    def _edge_s(self, start_s: int, end_s: int) -> int:
        """Return up to where sums can be taken: a beginning of a local day."""
        with self._book.derived.asking() as book:
            day = summed_before(book)
        begins_s = self._calendar.begins_s
        return start_s if day is None else min(begins_s(day), begins_s(self._calendar.day(end_s)))


def gathered(cells: Iterable[Cell], cell_s: int, buckets: int) -> list[Bucket]:
    """Gather cells in at most so many buckets of equal width.

    Args:
        cells: by beginning; some may be shorter than the others, or begin together.
        cell_s: how long the longest are, but for a day with a clock change.
        buckets: at most.
    """
    kept = list(cells)
    if not kept:
        return []
    origin_s = kept[0][0] - cell_s // CLOCK_PART
    count = (kept[-1][0] - origin_s) // cell_s + 1
    width_s = -(-count // buckets) * cell_s
    found: dict[int, list[Cell]] = {}
    for cell in kept:
        found.setdefault((cell[0] - origin_s) // width_s, []).append(cell)
    return [_bucket(each) for each in found.values()]


def _bucket(cells: list[Cell]) -> Bucket:
    lows = [low for _, _, low, _, _ in cells if low is not None]
    highs = [high for _, _, _, high, _ in cells if high is not None]
    return Bucket(
        cells[0][0] * 1000,
        max(cells[-1][1], cells[0][1]) * 1000,
        min(lows, default=None),
        max(highs, default=None),
        sum(cell[4] for cell in cells),
    )
