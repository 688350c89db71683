"""Quarter-hours as a table, and the hours, days and months they add up to."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import timedelta, tzinfo
from decimal import Decimal

from msgspec import Struct

from flatwatt.flat import Flat
from flatwatt.money.cost import cost_of
from flatwatt.report.periods import Period, day_start_ms, local_day, local_time
from flatwatt.store.home import Home
from flatwatt.store.quarters import Quarter
from flatwatt.store.readings import days as days_of
from flatwatt.tables.shape import Kind, Table, columns

HOUR_MS = 3_600_000
COLUMNS = columns(
    start=Kind.TIME,
    appliance=Kind.TEXT,
    plug=Kind.TEXT,
    energy_wh=Kind.NUMBER,
    cost_eur=Kind.NUMBER,
    power_min_w=Kind.NUMBER,
    power_max_w=Kind.NUMBER,
    readings=Kind.INTEGER,
    missing_s=Kind.INTEGER,
)
StartOf = Callable[[int], int]
"""Begin of a quarter-hour in ms -> begin of the stretch it belongs to."""


def quarters(home: Home, flat: Flat, period: Period, only: Collection[str] = ()) -> Table:
    """Return the quarter-hours of some local days, priced, by time.

    Args:
        home: of the flat.
        flat: caught up.
        period: local days.
        only: of these appliances; empty for all.
    """
    return sums(by_day(home, flat, period, only), flat, lambda start_ms: start_ms)


def hours(home: Home, flat: Flat, period: Period, only: Collection[str] = ()) -> Table:
    """Return hours; see `quarters`."""
    found = by_day(home, flat, period, only)
    return sums(found, flat, lambda start_ms: start_ms - start_ms % HOUR_MS)


def days(home: Home, flat: Flat, period: Period, only: Collection[str] = ()) -> Table:
    """Return local days; see `quarters`."""
    return sums(by_day(home, flat, period, only), flat, start_of_day(flat.zone))


def months(home: Home, flat: Flat, period: Period, only: Collection[str] = ()) -> Table:
    """Return calendar months, as far as the period has days of them; see `quarters`."""
    return sums(by_day(home, flat, period, only), flat, start_of_month(flat.zone))


def start_of_day(zone: tzinfo) -> StartOf:
    """Return what finds the local midnight before a quarter-hour."""
    return lambda start_ms: day_start_ms(local_day(start_ms, zone), zone)


def start_of_month(zone: tzinfo) -> StartOf:
    """Return what finds the first local midnight of a quarter-hour's month."""
    return lambda start_ms: day_start_ms(local_time(start_ms, zone).date().replace(day=1), zone)


class _Sum(Struct, gc=False):
    energy_mwh: int = 0
    eur: Decimal = Decimal(0)
    priced: bool = True
    low_mw: int | None = None
    high_mw: int | None = None
    readings: int = 0
    missing_ms: int = 0

    def take(self, each: Quarter, eur: Decimal | None) -> None:
        self.energy_mwh += each.energy_mwh
        self.readings += each.readings
        self.missing_ms += each.missing_ms
        if eur is None:
            self.priced = False
        else:
            self.eur += eur
        low_mw, high_mw = each.power_min_mw, each.power_max_mw
        if low_mw is not None:
            self.low_mw = low_mw if self.low_mw is None else min(self.low_mw, low_mw)
        if high_mw is not None:
            self.high_mw = high_mw if self.high_mw is None else max(self.high_mw, high_mw)

    def row(self, start_ms: int, appliance: str, plug: str) -> Sequence[object]:
        low_mw, high_mw = self.low_mw, self.high_mw
        return (
            start_ms, appliance, plug, self.energy_mwh / 1000,
            float(self.eur) if self.priced else None,
            None if low_mw is None else low_mw / 1000,
            None if high_mw is None else high_mw / 1000,
            self.readings, self.missing_ms // 1000,
        )  # fmt: skip


def sums(found: Iterable[Quarter], flat: Flat, start_of: StartOf) -> Table:
    """Return the sums of the stretches that quarter-hours belong to, given by time."""
    return Table(COLUMNS, _sums(found, flat, start_of))


def _sums(found: Iterable[Quarter], flat: Flat, start_of: StartOf) -> Iterator[Sequence[object]]:
    now_ms: int | None = None
    open_: dict[tuple[str, str], _Sum] = {}
    for each in found:
        start_ms = start_of(each.start_ms)
        if start_ms != now_ms:
            yield from _rows(now_ms, open_)
            now_ms, open_ = start_ms, {}
        cost = cost_of([(each.start_ms, each.energy_mwh)], flat.tariff)
        total = open_.setdefault((each.appliance, each.plug), _Sum())
        total.take(each, cost.eur if cost.known else None)
    yield from _rows(now_ms, open_)


def _rows(start_ms: int | None, open_: dict[tuple[str, str], _Sum]) -> Iterator[Sequence[object]]:
    for key in sorted(open_):
        yield open_[key].row(start_ms or 0, *key)


def by_day(
    home: Home, flat: Flat, period: Period, only: Collection[str] = ()
) -> Iterator[Quarter]:
    """Yield quarter-hours by time; a local day of them is in memory at once."""
    recorded = days_of(home.readings)
    if not recorded:
        return
    day, last = max(period.first, recorded[0]), min(period.last, recorded[-1])
    while day <= last:
        bounds = Period(day, day).bounds_ms(flat.zone)
        found = (each for each in flat.quarters(*bounds) if not only or each.appliance in only)
        yield from sorted(found, key=lambda each: (each.start_ms, each.appliance, each.plug))
        day += timedelta(days=1)
