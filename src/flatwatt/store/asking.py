"""Asking the book: sums where days are over, quarter-hours for the rest.

What is newer than the sums, what differs from them in memory, and days whose tariff has
changed since they were summed are copied into a page of their own and asked by the same text.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from flatwatt.store import database, questions, slots, sums
from flatwatt.store.quarter_rows import (
    PUT_QUARTER,
    QUARTER_TABLE,
    Quarter,
    QuarterRow,
    quarter_row,
)
from flatwatt.store.quarters import Quarters
from flatwatt.store.questions import Sums
from flatwatt.store.slots import SlotMaker

Key: TypeAlias = tuple[int | str | None, ...]
Row: TypeAlias = tuple[Any, ...]
Ask: TypeAlias = Callable[[int, int], str]
"""First and end day -> a text."""
_COPY = "SELECT * FROM quarter WHERE start_s >= ? AND start_s < ?"
_STORED = "SELECT * FROM quarter WHERE start_s = ? AND appliance = ? AND plug = ?"


class Page:
    """Some local days of a book, ready to be asked; not for two threads at once.

    Args:
        store: the book's derived figures; stays open while the page is asked.
        maker: of the slot calendar, with today's tariff.
        days: first one, and the first not included, since 1970.
        newer: quarter-hours in memory; they count instead of those stored.

    Raises:
        StoreError: the figures cannot be read.
    """

    def __init__(
        self,
        store: Quarters,
        maker: SlotMaker,
        days: tuple[int, int],
        newer: Iterable[Quarter] = (),
    ) -> None:
        self._store = store
        self._maker = maker
        self._first, self._end = days
        rows = [quarter_row(each) for each in newer]
        with store.asking() as book:
            self._edge = self._edge_of(book, rows)
            self._open = self._copied(book, rows)

    def close(self) -> None:
        """Let go of what was copied."""
        self._open.close()

    def sums(self, by: Sequence[str]) -> dict[Key, Sums]:
        """Return energy, cost and extremes by `questions.KEYS`."""
        found: dict[Key, Sums] = {}
        for row in self._both(
            lambda first, end: sums.regrouped(first, end, by) or questions.energy(first, end, by),
            lambda first, end: questions.energy(first, end, by),
        ):
            key, more = row[: len(by)], Sums(*row[len(by) :])
            if more.quarters:
                found[key] = found[key].plus(more) if key in found else more
        return found

    def peaks(self) -> list[tuple[int, int, int]]:
        """Return (local day, start in s, mWh) of each day's highest quarter-hour of the flat."""
        return sorted(self._both(_all_of("peak"), questions.peaks))

    def standby(self) -> dict[str, list[int]]:
        """Return, by appliance, the standby of each day with enough to say: mWh a quarter-hour."""
        found: dict[str, list[int]] = {}
        for _, appliance, standby_mwh, _ in self._both(_all_of("calm"), questions.standby):
            found.setdefault(appliance, []).append(standby_mwh)
        return found

    def _both(self, of_sums: Ask, of_quarters: Ask) -> list[Row]:
        """Return the rows of the days that are summed and of those that are not."""
        rows: list[Row] = []
        if self._first < self._edge:
            with self._store.asking() as book:
                rows += book.execute(of_sums(self._first, self._edge))
        if self._edge < self._end:
            rows += self._open.execute(of_quarters(self._edge, self._end))
        return rows

    def _edge_of(self, book: sqlite3.Connection, rows: Sequence[QuarterRow]) -> int:
        """Return the first day whose sums cannot be taken as they are."""
        before = sums.summed_before(book)
        edge = self._first if before is None else max(self._first, min(before, self._end))
        for month, fingerprint in slots.months(book).items():
            first = max(self._first, slots.first_day(month))
            touched = first < min(edge, slots.end_day(month))
            if touched and fingerprint != self._maker.fingerprint(month):
                edge = first
        for row in rows:
            day = self._maker.day(row[0])
            if self._first <= day < edge and book.execute(_STORED, row[:3]).fetchone() != row:
                edge = day
        return edge

    def _copied(self, book: sqlite3.Connection, rows: Sequence[QuarterRow]) -> sqlite3.Connection:
        """Return the days from the edge on as a database of their own."""
        page = database.connect(Path(":memory:"), durable=False)
        for statement in (QUARTER_TABLE, *slots.SCHEMA):
            page.execute(statement)
        if self._edge < self._end:
            span = (self._maker.begins_s(self._edge), self._maker.begins_s(self._end))
            found: list[QuarterRow] = book.execute(_COPY, span).fetchall()
            found += [row for row in rows if span[0] <= row[0] < span[1]]
            page.executemany(PUT_QUARTER, found)
            for month in {self._maker.month(at_s) for at_s in {row[0] for row in found}}:
                page.executemany(slots.PUT_SLOT, self._maker.slots(month))
        return page


def _all_of(table: str) -> Ask:
    return lambda first, end: (
        f"SELECT * FROM {table} "  # noqa: S608 - our own names
        f"WHERE local_day >= {first:d} AND local_day < {end:d}"
    )
