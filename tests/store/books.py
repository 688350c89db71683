"""Books of quarter-hours made by hand, and calendars for them."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.model import QUARTER_MS
from flatwatt.money.tariff import Rate
from flatwatt.report.calendar import Calendar, day_number
from flatwatt.report.periods import day_start_ms
from flatwatt.store.quarters import Quarter, Quarters

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_MS = 3_600_000
TABLES = ("slot", "slot_month", "summed", "daily", "rated", "hours", "hourly", "peak", "calm",
          "minutes", "quarter")  # fmt: skip
FIRST = date(2026, 10, 24)
"""The day before one of 25 hours."""
DAYS = (day_number(FIRST), day_number(FIRST) + 4)
START_MS = day_start_ms(FIRST, BERLIN)


class Hourly:
    """Another rate each hour; none at noon, below zero at one; `shift` makes other ones."""

    def __init__(self, shift: int = 0) -> None:
        self.shift = shift

    def rate_at(self, at_ms: int) -> Rate | None:
        hour = at_ms // HOUR_MS
        if hour % 24 == 12:
            return None
        milli_eur = (hour * 7 + self.shift) % 24 * 10 - 20
        return Rate(hour * HOUR_MS, (hour + 1) * HOUR_MS, Decimal(milli_eur) / 1000)


def calendar(shift: int = 0) -> Calendar:
    return Calendar(BERLIN, Hourly(shift))


def opened(folder: Path, shift: int = 0) -> Quarters:
    return Quarters(folder / "derived/quarters.sqlite", maker=calendar(shift))


def quarter(slot: int, energy_mwh: int, appliance: str = "washer", **more) -> Quarter:
    facts = {"power_min_mw": energy_mwh, "power_max_mw": energy_mwh * 5, "readings": 90}
    start_ms = START_MS + slot * QUARTER_MS
    return Quarter(appliance, f"simulated-{appliance}", start_ms, energy_mwh, **{**facts, **more})


_ALL = "SELECT * FROM {}"


def dump(store: Quarters) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is kept, told apart by nothing but its values."""
    with store.asking() as book:
        return {table: sorted(book.execute(_ALL.format(table)), key=str) for table in TABLES}
