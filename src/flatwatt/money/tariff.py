"""What a kilowatt-hour costs, and when.

The seam for other tariffs is `Prices`: whoever answers `rate_at` prices every
quarter-hour, so a time-of-use or hourly tariff is one more class here.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Protocol

from msgspec import Struct


class Rate(Struct, frozen=True):
    """A price for a stretch of time.

    Attributes:
        start_ms: from, ms of Unix time.
        end_ms: to, not included; None for until further notice.
        eur_kwh: working price.
    """

    start_ms: int
    end_ms: int | None
    eur_kwh: Decimal


class Prices(Protocol):
    """Anything that knows what a kilowatt-hour costs at an instant."""

    def rate_at(self, at_ms: int) -> Rate | None:
        """Return the rate at `at_ms`; None when nobody knows: missing is not zero."""
        ...


class Contract(Struct, frozen=True):
    """A supply contract with one fixed price.

    Attributes:
        valid_from: first local day.
        rate_eur_kwh: working price (Arbeitspreis).
        base_fee_eur_month: base fee (Grundpreis) of one calendar month.
    """

    valid_from: date
    rate_eur_kwh: Decimal
    base_fee_eur_month: Decimal = Decimal(0)


class FixedTariff:
    """Contracts one after another; each ends where the next begins.

    Args:
        contracts: in any order.
        zone: of the flat; a contract begins at local midnight.
    """

    def __init__(self, contracts: Sequence[Contract], zone: tzinfo) -> None:
        self._contracts = sorted(contracts, key=lambda contract: contract.valid_from)
        starts = [
            int(datetime.combine(each.valid_from, datetime.min.time(), zone).timestamp() * 1000)
            for each in self._contracts
        ]
        self._starts = starts
        self._rates = [
            Rate(start, end, contract.rate_eur_kwh)
            for contract, start, end in zip(
                self._contracts, starts, [*starts[1:], None], strict=False
            )
        ]

    def rate_at(self, at_ms: int) -> Rate | None:
        """Return the rate at an instant; None before the first contract."""
        index = bisect_right(self._starts, at_ms) - 1
        return self._rates[index] if index >= 0 else None

    def base_fee_eur(self, first: date, last: date) -> Decimal:
        """Return the base fees of local days `first` to `last`, both included, in EUR.

        A month's fee is spread evenly over its days, so whole months cost exactly it.
        """
        total = Decimal(0)
        day = first
        while day <= last:
            month_days = monthrange(day.year, day.month)[1]
            end = min(last, day.replace(day=month_days))
            total += self._fee_within_month(day, end, month_days)
            day = end + timedelta(days=1)
        return total

    def _fee_within_month(self, first: date, last: date, month_days: int) -> Decimal:
        total = Decimal(0)
        for index, contract in enumerate(self._contracts):
            until = last
            if index + 1 < len(self._contracts):
                until = min(last, self._contracts[index + 1].valid_from - timedelta(days=1))
            days = (until - max(first, contract.valid_from)).days + 1
            if days > 0:
                total += contract.base_fee_eur_month * days / month_days
        return total
