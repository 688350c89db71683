"""The calendar of quarter-hours: which local day and hour each is, and what it costs.

Time zone and tariff become a table here, so that no question about energy needs either.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from flatwatt.model import QUARTER_MS
from flatwatt.money.tariff import Prices, Rate
from flatwatt.report.periods import day_start_ms
from flatwatt.store.questions import Slot

EPOCH = date(1970, 1, 1).toordinal()
QUARTER_S = QUARTER_MS // 1000
DAY_S = 86_400


def day_number(day: date) -> int:
    """Return a day as days since 1970-01-01."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    """Return the day of `day_number`."""
    return date.fromordinal(number + EPOCH)


def rate_ueur(rate: Rate | None) -> int | None:
    """Return a rate in whole millionths of a euro a kWh, half away from zero."""
    if rate is None:
        return None
    return int((rate.eur_kwh * Decimal(1_000_000)).to_integral_value(rounding=ROUND_HALF_UP))


class Calendar:
    """Makes the slots of any month.

    Args:
        zone: of the flat.
        prices: rates by instant.
    """

    def __init__(self, zone: tzinfo, prices: Prices) -> None:
        self._zone = zone
        self._prices = prices

    def month(self, start_s: int) -> int:
        """Return the local month an instant falls in, as 202611."""
        at = datetime.fromtimestamp(start_s, self._zone)
        return at.year * 100 + at.month

    def day(self, start_s: int) -> int:
        """Return the local day an instant falls in, as days since 1970."""
        return datetime.fromtimestamp(start_s, self._zone).toordinal() - EPOCH

    def begins_s(self, day: int) -> int:
        """Return when a local day begins, in s of Unix time."""
        return day_start_ms(day_of(day), self._zone) // 1000

    def fingerprint(self, month: int) -> str:
        """Return what changes when zone or rates of a month do."""
        start_s, end_s = self._bounds_s(month)
        digest = sha256(f"{self._zone} {start_s} {end_s}".encode())
        for day_s in range(start_s, end_s, DAY_S):  # the zone's rules themselves may change
            digest.update(f" {datetime.fromtimestamp(day_s, self._zone).utcoffset()}".encode())
        for since_s, _, rate in self._stretches(start_s, end_s):
            digest.update(f" {since_s} {rate}".encode())
        return digest.hexdigest()[:16]

    def slots(self, month: int) -> list[Slot]:
        """Return the quarter-hours of a local month in order."""
        start_s, end_s = self._bounds_s(month)
        made: list[Slot] = []
        for since_s, until_s, rate in self._stretches(start_s, end_s):
            made.extend(self._slot(at_s, rate) for at_s in range(since_s, until_s, QUARTER_S))
        return made

    def _bounds_s(self, month: int) -> tuple[int, int]:
        first = date(month // 100, month % 100, 1)
        after = first + timedelta(days=monthrange(first.year, first.month)[1])
        return (day_start_ms(first, self._zone) // 1000, day_start_ms(after, self._zone) // 1000)

    def _stretches(self, start_s: int, end_s: int) -> Iterator[tuple[int, int, int | None]]:
        """Yield (from, to, µEUR/kWh or None), whole quarter-hours of one rate."""
        at_s = start_s
        while at_s < end_s:
            rate = self._prices.rate_at(at_s * 1000)
            until_s = at_s + QUARTER_S
            if rate is not None and rate.end_ms is None:
                until_s = end_s
            elif rate is not None and rate.end_ms is not None:
                quarters = -(-(rate.end_ms - at_s * 1000) // QUARTER_MS)
                until_s = at_s + max(1, quarters) * QUARTER_S
            until_s = min(until_s, end_s)
            yield at_s, until_s, rate_ueur(rate)
            at_s = until_s

    def _slot(self, at_s: int, rate: int | None) -> Slot:
        at = datetime.fromtimestamp(at_s, self._zone)
        day, weekday = at.toordinal() - EPOCH, at.weekday()
        return (
            at_s,
            at_s - at.minute * 60 - at.second,
            day,
            day - weekday,
            at.year * 100 + at.month,
            at.year,
            weekday,
            at.hour,
            rate,
        )
