"""Readings as a table: each one, or what a minute holds of them."""

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from flatwatt.model import Flag, Reading
from flatwatt.report.periods import Period
from flatwatt.store.home import Home
from flatwatt.store.readings import read_days
from flatwatt.tables.shape import Kind, Table, columns

MINUTE_MS = 60_000
RAW = columns(
    time=Kind.TIME,
    appliance=Kind.TEXT,
    plug=Kind.TEXT,
    power_w=Kind.NUMBER,
    energy_wh=Kind.NUMBER,
    voltage_v=Kind.NUMBER,
    flags=Kind.TEXT,
)
MINUTES = columns(
    start=Kind.TIME,
    appliance=Kind.TEXT,
    plug=Kind.TEXT,
    power_mean_w=Kind.NUMBER,
    power_min_w=Kind.NUMBER,
    power_max_w=Kind.NUMBER,
    counter_wh=Kind.NUMBER,
    readings=Kind.INTEGER,
)


def flag_names(flags: int) -> str:
    """Return a flag set as `boot|gap`; empty for none."""
    return "|".join(each.name.lower() for each in Flag(flags) if each.name)


def readings_in(home: Home, period: Period, only: Collection[str] = ()) -> Iterator[Reading]:
    """Yield the readings of some local days as they are written down; raises StoreError.

    Args:
        home: where the record is.
        period: local days.
        only: of these appliances; empty for all.
    """
    for readings in read_days(home.readings, period.first, period.last):
        for each in readings:
            if not only or each.appliance in only:
                yield each


def raw(home: Home, period: Period, only: Collection[str] = ()) -> Table:
    """Return every reading; see `readings_in`."""
    rows = (
        (
            each.at_ms, each.appliance, each.plug, each.power_w, each.energy_wh, each.voltage_v,
            flag_names(each.flags),
        )
        for each in readings_in(home, period, only)
    )  # fmt: skip
    return Table(RAW, rows)


class _Minute(Struct, gc=False):
    start_ms: int
    powers: int = 0
    sum_w: float = 0.0
    min_w: float | None = None
    max_w: float | None = None
    counter_wh: float | None = None
    readings: int = 0

    def take(self, reading: Reading) -> None:
        self.readings += 1
        if reading.energy_wh is not None:
            self.counter_wh = reading.energy_wh
        power_w = reading.power_w
        if power_w is not None:
            self.powers += 1
            self.sum_w += power_w
            self.min_w = power_w if self.min_w is None else min(self.min_w, power_w)
            self.max_w = power_w if self.max_w is None else max(self.max_w, power_w)

    def row(self, appliance: str, plug: str) -> Sequence[object]:
        mean_w = self.sum_w / self.powers if self.powers else None
        return (
            self.start_ms, appliance, plug, mean_w, self.min_w, self.max_w, self.counter_wh,
            self.readings,
        )  # fmt: skip


def minutes(home: Home, period: Period, only: Collection[str] = ()) -> Table:
    """Return a row for each minute in which a plug was heard; see `readings_in`."""
    return Table(MINUTES, _minutes(readings_in(home, period, only)))


def _minutes(readings: Iterator[Reading]) -> Iterator[Sequence[object]]:
    # One minute a plug is kept, so a long stretch needs no more memory than a short one.
    open_: dict[tuple[str, str], _Minute] = {}
    for each in readings:
        key = (each.appliance, each.plug)
        start_ms = each.at_ms - each.at_ms % MINUTE_MS
        minute = open_.get(key)
        if minute is None or minute.start_ms != start_ms:
            if minute is not None:
                yield minute.row(*key)
            minute = open_[key] = _Minute(start_ms)
        minute.take(each)
    for key, minute in open_.items():
        yield minute.row(*key)
