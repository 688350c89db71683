"""The views that `flatwatt sql` asks: the same names and columns on every engine.

docs/sql.md explains each column. Times are ms of Unix time, and local text beside them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from flatwatt.flat import Flat
from flatwatt.model import QUARTER_MS
from flatwatt.report.periods import Period, local_time
from flatwatt.store.home import Home
from flatwatt.store.readings import days
from flatwatt.tables import happenings
from flatwatt.tables.cells import clock_time
from flatwatt.tables.quarters import by_day
from flatwatt.tables.readings import flag_names, raw
from flatwatt.tables.shape import Kind, Table, columns

QUARTERS = columns(
    start_ms=Kind.INTEGER,
    appliance=Kind.TEXT,
    plug=Kind.TEXT,
    energy_mwh=Kind.INTEGER,
    power_min_w=Kind.NUMBER,
    power_max_w=Kind.NUMBER,
    readings=Kind.INTEGER,
    missing_s=Kind.INTEGER,
    flags=Kind.TEXT,
)
SLOTS = columns(
    start_ms=Kind.INTEGER,
    day=Kind.TEXT,
    dow=Kind.INTEGER,
    hour=Kind.INTEGER,
    rate_ueur_kwh=Kind.INTEGER,
)
NAMES = ("readings", "quarters", "slots", "runs", "events")


class Asked(NamedTuple):
    """Of what a question is asked: the files, the flat caught up with them, and local days."""

    home: Home
    flat: Flat
    period: Period


def everything(home: Home, fallback: Period) -> Period:
    """Return all local days that are recorded; `fallback` where there are none."""
    recorded = days(home.readings)
    return Period(recorded[0], recorded[-1]) if recorded else fallback


def named_in(sql: str) -> frozenset[str]:
    """Return the views that a question may mean: those whose names stand in it."""
    words = set(re.findall(r"\w+", sql.lower()))
    return frozenset(name for name in NAMES if name in words)


def table_of(name: str, asked: Asked) -> Table:
    """Return a view's columns and rows, times as numbers with local text beside them."""
    return _plain(_TABLES[name](asked), asked)


def _readings(asked: Asked) -> Table:
    return raw(asked.home, asked.period)


def _quarters(asked: Asked) -> Table:
    rows = (
        (
            each.start_ms, each.appliance, each.plug, each.energy_mwh,
            None if each.power_min_mw is None else each.power_min_mw / 1000,
            None if each.power_max_mw is None else each.power_max_mw / 1000,
            each.readings, each.missing_ms // 1000, flag_names(each.flags),
        )
        for each in by_day(asked.home, asked.flat, asked.period)
    )  # fmt: skip
    return Table(QUARTERS, rows)


def _slots(asked: Asked) -> Table:
    return Table(SLOTS, slot_rows(asked.flat, asked.period))


def slot_rows(flat: Flat, period: Period) -> Iterator[Sequence[object]]:
    """Yield the quarter-hours of some local days: begin, day, weekday 1 to 7, hour, rate.

    The rate is in µEUR/kWh, None where no contract covers the time.
    """
    start_ms, end_ms = period.bounds_ms(flat.zone)
    for at_ms in range(start_ms, end_ms, QUARTER_MS):
        at, rate = local_time(at_ms, flat.zone), flat.tariff.rate_at(at_ms)
        micro = None if rate is None else round(rate.eur_kwh * 1_000_000)
        yield at_ms, at.date().isoformat(), at.isoweekday(), at.hour, micro


def _runs(asked: Asked) -> Table:
    return happenings.runs(asked.flat, asked.period.bounds_ms(asked.flat.zone))


def _events(asked: Asked) -> Table:
    return happenings.events(asked.home, asked.period.bounds_ms(asked.flat.zone))


_TABLES: Mapping[str, Callable[[Asked], Table]] = {
    "readings": _readings,
    "quarters": _quarters,
    "slots": _slots,
    "runs": _runs,
    "events": _events,
}


def _plain(table: Table, asked: Asked) -> Table:
    """Return a table whose times are `…_ms` numbers, with local text beside them."""
    found: dict[str, Kind] = {}
    for column in table.columns:
        if column.kind is Kind.TIME:
            found[_ms_name(column.name)] = Kind.INTEGER
            found[_local_name(column.name)] = Kind.TEXT
        else:
            found[column.name] = Kind.TEXT if column.kind is Kind.JSON else column.kind
    return Table(columns(**found), (_plain_row(table, row, asked) for row in table.rows))


def _ms_name(name: str) -> str:
    return "at_ms" if name == "time" else f"{name}_ms"


def _local_name(name: str) -> str:
    return "time" if name == "time" else f"{name}_time"


def _plain_row(table: Table, row: Sequence[object], asked: Asked) -> list[object]:
    cells: list[object] = []
    for column, value in zip(table.columns, row, strict=True):
        cells.append(value)
        if column.kind is Kind.TIME:
            cells.append(clock_time(value, asked.flat.zone)[0] if isinstance(value, int) else None)
    return cells
