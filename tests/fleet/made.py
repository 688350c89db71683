"""Flats of a fleet, made of a few numbers."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.fleet.edge import Edge
from flatwatt.fleet.layout import Part, QuarterRow
from flatwatt.fleet.push import Month, Sent, push
from flatwatt.fleet.shelf import Shelf
from flatwatt.money.tariff import Contract, FixedTariff
from flatwatt.report.calendar import Calendar
from flatwatt.report.periods import Period, day_start_ms
from flatwatt.store.quarters import Quarter

BERLIN = ZoneInfo("Europe/Berlin")
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
QUARTER_MS = 900_000
SEVEN_EUR_CENTS = Decimal("0.2837")


def ms(day: date, zone: ZoneInfo = BERLIN) -> int:
    return day_start_ms(day, zone)


def quarter(start_ms: int, energy_mwh: int, appliance: str = "washer", **more) -> Quarter:
    values = {"power_min_mw": 0, "power_max_mw": 4 * energy_mwh, "readings": 90} | more
    return Quarter(appliance, values.pop("plug", "p-0"), start_ms, energy_mwh, **values)


class House:
    """A flat with a tariff that changes in mid-month; every quarter-hour has its own energy."""

    def __init__(
        self, number: int = 1, zone: ZoneInfo = BERLIN, rate: Decimal = SEVEN_EUR_CENTS
    ) -> None:
        self.id = f"f{number:011d}"
        self.zone = zone
        contracts = [
            Contract(date(2026, 1, 1), rate),
            Contract(date(2026, 10, 15), rate + Decimal("0.0413")),
        ]
        self.prices = FixedTariff(contracts, zone)
        self.calendar = Calendar(zone, self.prices)
        self.quarters: dict[tuple[str, int], Quarter] = {}
        self._number = number

    def measure(
        self, first: date, end: date, appliances: tuple[str, ...] = ("fridge", "washer")
    ) -> "House":
        for index, appliance in enumerate(appliances):
            for at_ms in range(ms(first, self.zone), ms(end, self.zone), QUARTER_MS):
                energy_mwh = (at_ms // QUARTER_MS * (index + 3) * self._number) % 54_321
                self.put(quarter(at_ms, energy_mwh, appliance))
        return self

    def put(self, each: Quarter) -> None:
        self.quarters[each.appliance, each.start_ms] = each

    def between(self, start_ms: int, end_ms: int) -> list[Quarter]:
        return [each for each in self.quarters.values() if start_ms <= each.start_ms < end_ms]

    def months(self, closed: date, called=str) -> list[Month]:
        first_ms = min(start_ms for _, start_ms in self.quarters)
        edge = Edge(self.calendar, self.between, called)
        return list(edge.months(first_ms, ms(closed, self.zone)))

    def push(self, shelf: Shelf, closed: date, called=str) -> Sent:
        *_, last = push(shelf, self.id, str(self.zone), self.months(closed, called))
        return last


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


def rows_of(shelf: Shelf, part: Part) -> list[QuarterRow]:
    """Read a part's Parquet as any tool would."""
    import duckdb

    names = ", ".join(QuarterRow.__struct_fields__)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT {names} FROM read_parquet(?, hive_partitioning = false)",  # noqa: S608
            [str(shelf.path / part.folder / "quarter.parquet")],
        ).fetchall()
    return [QuarterRow(*row) for row in found]
