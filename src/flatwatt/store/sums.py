"""Sums of whole days, so that a year is asked in a blink.

Each table here holds the answer of one of the `questions`, a day's rows at a time, made by
that question's own text. A day is summed once it is over, and again when something of it
changes: late readings, a correction of the clock, a new tariff. So what was summed day by day
equals what is summed at once, and the disk is not written each minute for the day going on.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from flatwatt.store import questions, slots
from flatwatt.store.slots import SlotMaker

_SUM_COLUMNS = ", ".join(f"{each} INTEGER" for each in questions.SUMS)
DAILY = ("local_day", "appliance", "local_week", "local_month", "local_year", "weekday")
FLAT_HOURLY = ("local_day", "weekday", "local_hour")
HOURLY = ("appliance", "hour_s", "local_day", "weekday", "local_hour")
RATED = ("local_day", "rate_ueur_kwh")


class Table(NamedTuple):
    """A table of sums.

    Attributes:
        name: the table's.
        keys: what its rows are told apart by, for those that can be summed further.
        question: (first day, end day) -> the text whose answer it holds.
    """

    name: str
    keys: tuple[str, ...]
    question: Callable[[int, int], str]


TABLES = (
    Table("daily", DAILY, lambda first, end: questions.energy(first, end, DAILY)),
    Table("rated", RATED, lambda first, end: questions.energy(first, end, RATED)),
    Table("hours", FLAT_HOURLY, lambda first, end: questions.energy(first, end, FLAT_HOURLY)),
    Table("hourly", HOURLY, lambda first, end: questions.energy(first, end, HOURLY)),
    Table("peak", (), questions.peaks),
    Table("calm", (), questions.standby),
)
"""Smallest first: the first that has the keys answers."""

SCHEMA = (
    f"""CREATE TABLE daily (
        local_day INTEGER NOT NULL, appliance TEXT NOT NULL, local_week INTEGER NOT NULL,
        local_month INTEGER NOT NULL, local_year INTEGER NOT NULL, weekday INTEGER NOT NULL,
        {_SUM_COLUMNS}, PRIMARY KEY (local_day, appliance)
    ) WITHOUT ROWID""",
    f"CREATE TABLE rated (local_day INTEGER NOT NULL, rate_ueur_kwh INTEGER, {_SUM_COLUMNS})",
    "CREATE INDEX rated_day ON rated (local_day)",
    f"""CREATE TABLE hours (
        local_day INTEGER NOT NULL, weekday INTEGER NOT NULL, local_hour INTEGER NOT NULL,
        {_SUM_COLUMNS}, PRIMARY KEY (local_day, local_hour)
    ) WITHOUT ROWID""",
    f"""CREATE TABLE hourly (
        appliance TEXT NOT NULL, hour_s INTEGER NOT NULL, local_day INTEGER NOT NULL,
        weekday INTEGER NOT NULL, local_hour INTEGER NOT NULL,
        {_SUM_COLUMNS}, PRIMARY KEY (appliance, hour_s, local_hour)
    ) WITHOUT ROWID""",
    """CREATE TABLE peak (
        local_day INTEGER PRIMARY KEY, start_s INTEGER NOT NULL, energy_mwh INTEGER NOT NULL
    )""",
    """CREATE TABLE calm (
        local_day INTEGER NOT NULL, appliance TEXT NOT NULL, standby_mwh INTEGER NOT NULL,
        quarters INTEGER NOT NULL, PRIMARY KEY (local_day, appliance)
    ) WITHOUT ROWID""",
    """CREATE TABLE summed (
        one INTEGER PRIMARY KEY CHECK (one = 1), before_day INTEGER NOT NULL
    )""",
)
CLEARED = ("slot", "slot_month", "summed", *(table.name for table in TABLES))
_AGAIN = {"power_min_mw": "MIN", "power_max_mw": "MAX"}


def regrouped(first: int, end: int, by: Sequence[str]) -> str | None:
    """Return `questions.energy` asked of sums; None when no table has the keys."""
    table = next((each for each in TABLES if set(by) <= set(each.keys)), None)
    if table is None:
        return None
    sums = (f"{_AGAIN.get(each, 'SUM')}({each})" for each in questions.SUMS)
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    return (
        f"SELECT {', '.join((*by, *sums))} FROM {table.name} "  # noqa: S608 - our own names
        f"WHERE local_day >= {int(first)} AND local_day < {int(end)}{grouped}"
    )


def summed_before(connection: sqlite3.Connection) -> int | None:
    """Return the local day before which every day is summed; None when nothing is."""
    row = connection.execute("SELECT before_day FROM summed").fetchone()
    return None if row is None else int(row[0])


def keep_up(
    connection: sqlite3.Connection, maker: SlotMaker, touched_s: Iterable[int], *, whole: bool
) -> None:
    """Bring calendar and sums up to quarter-hours that were just written.

    Args:
        connection: in the transaction that wrote them.
        maker: of the calendar.
        touched_s: beginnings of the quarter-hours written.
        whole: look at every month that is kept, not only at those written to.
    """
    before = summed_before(connection)
    if before is None:
        found = connection.execute("SELECT DISTINCT start_s FROM quarter")
        touched_s = [each for (each,) in found]
    touched = set(touched_s)
    wanted = {maker.month(each) for each in touched}
    if whole:
        wanted |= set(slots.months(connection))
    dirty = slots.refresh(connection, maker, wanted) | {maker.day(each) for each in touched}
    (newest_s,) = connection.execute("SELECT max(start_s) FROM quarter").fetchone()
    if newest_s is None:
        return
    end = maker.day(newest_s)
    if before is not None and before < end:  # the days that are over since
        dirty |= {before, *_days_since(connection, before)}
    for first, after in _stretches(each for each in dirty if each < end):
        _sum_up(connection, first, after)
    if before != end:
        connection.execute("INSERT OR REPLACE INTO summed VALUES (1, ?)", (end,))


def _days_since(connection: sqlite3.Connection, day: int) -> set[int]:
    found = connection.execute("SELECT DISTINCT local_day FROM slot WHERE local_day > ?", (day,))
    return {each for (each,) in found}


def _stretches(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, end) of days that follow one another."""
    first = last = None
    for day in sorted(days):
        if last is not None and first is not None and day > last + 1:
            yield first, last + 1
            first = None
        first, last = day if first is None else first, day
    if first is not None and last is not None:
        yield first, last + 1


def _sum_up(connection: sqlite3.Connection, first: int, end: int) -> None:
    for table in TABLES:
        connection.execute(
            f"DELETE FROM {table.name} WHERE local_day >= ? AND local_day < ?",  # noqa: S608
            (first, end),
        )
        connection.execute(f"INSERT INTO {table.name} {table.question(first, end)}")
