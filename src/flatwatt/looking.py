"""Looking at figures that are written down, without following anybody.

A year's report needs no trackers, no plugs and no memory of theirs. What was measured since
the last keeping, a minute or so, is left out of a year; where it would be missed, or where
there is more of it, the record has to be walked by a `Flat`.
"""

from collections.abc import Sequence
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from flatwatt.config import Config
from flatwatt.correction import in_force, kind_in_force
from flatwatt.model import Run
from flatwatt.money.tariff import Contract, FixedTariff
from flatwatt.report.calendar import Calendar, day_number
from flatwatt.report.corrected import corrected, reach
from flatwatt.report.periods import Period
from flatwatt.store.asking import Page
from flatwatt.store.book import Book
from flatwatt.store.home import Home
from flatwatt.store.quarters import Quarter
from flatwatt.store.readings import Position, read

DERIVATION = "6"
"""Changes when the same record would tell another story; older checkpoints are dropped."""
BEHIND_MOST_MS = 180_000
"""How much may be left out of a year: three keepings of the collector."""
BEHIND_MOST_READINGS = 100_000
LONG_DAYS = 300


def tariff_of(config: Config, zone: ZoneInfo) -> FixedTariff:
    """Return what energy costs."""
    return FixedTariff(
        [
            Contract(each.valid_from, each.rate_eur_kwh, each.base_fee_eur_month)
            for each in config.tariff
        ],
        zone,
    )


def page_of(book: Book, calendar: Calendar, period: Period, newer: Sequence[Quarter] = ()) -> Page:
    """Return a period's days, ready to be asked; raises StoreError."""
    days = (day_number(period.first), day_number(period.last) + 1)
    return Page(book.derived, calendar, days, [*book.unkept()[0], *newer])


def is_long(period: Period) -> bool:
    """Return whether a minute more or less does not matter to a period."""
    return (period.last - period.first).days >= LONG_DAYS


class Figures(Protocol):
    """What can be asked for figures: `Light`, and `Flat`, which knows the newest too."""

    config: Config
    zone: ZoneInfo
    tariff: FixedTariff
    newest_ms: int

    def page(self, period: Period) -> Page:
        """Return a period's days, ready to be asked; raises StoreError."""
        ...

    def runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Return the runs that touch a stretch as people corrected them."""
        ...

    def kind(self, id_: str) -> str:
        """Return the kind an appliance is taken for."""
        ...


class Light:
    """A flat's figures as they were last kept; a context manager.

    Attributes:
        config, zone, tariff: of the flat.
        newest_ms: how far the figures reach.
    """

    def __init__(self, home: Home, config: Config) -> None:
        self.config = config
        self.zone = ZoneInfo(config.flat.timezone)
        self.tariff = tariff_of(config, self.zone)
        self._calendar = Calendar(self.zone, self.tariff)
        self._readings = home.readings
        self._book = Book(home, self.zone, watch=True)
        span = self._book.derived.span()
        self.newest_ms = 0 if span is None else span[1] - 1

    def reaches(self, period: Period) -> bool:
        """Return whether the figures of a period are whole, as far as the period needs.

        Raises:
            StoreError: the record cannot be read.
        """
        saved = self._book.checkpoint(DERIVATION)
        if saved is None:
            return False
        return self._behind_ms(saved.position) <= (BEHIND_MOST_MS if is_long(period) else -1)

    def _behind_ms(self, position: Position) -> int:
        """Return how much time the record leads on; -1 when not at all."""
        seen, times = 0, list[int]()
        for readings, _ in read(self._readings, position):
            seen += len(readings)
            times += [each.at_ms for each in (*readings[:1], *readings[-1:])]
            if seen > BEHIND_MOST_READINGS:
                return BEHIND_MOST_MS + 1
        return max(times) - min(times) if times else -1

    def page(self, period: Period) -> Page:
        """Return a period's days, ready to be asked; raises StoreError."""
        return page_of(self._book, self._calendar, period)

    def kind(self, id_: str) -> str:
        """Return the kind an appliance is, as people said."""
        rows = self._book.corrections()
        said = kind_in_force(rows, id_, rows[-1].seq if rows else 0)
        return said or self.config.plugs[id_].appliance

    def runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Return the finished runs that touch a stretch as people corrected them."""
        near, from_ms, until_ms = reach(in_force(self._book.corrections()), start_ms, end_ms)
        runs = corrected(self._book.runs(from_ms, until_ms).values(), near).runs
        return [
            run
            for run in runs
            if run.start_ms < end_ms and (run.end_ms is None or run.end_ms >= start_ms)
        ]

    def close(self) -> None:
        """Let go of the files."""
        self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
