"""Energy times rate, and cents that add up."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from flatwatt.model import Slice
from flatwatt.money.tariff import Prices

MWH_PER_KWH = 1_000_000


class Cost(Struct, frozen=True):
    """What energy cost.

    Attributes:
        eur: exact, of the energy that has a rate.
        unpriced_mwh: energy no contract covers; its cost is unknown, not zero.
    """

    eur: Decimal
    unpriced_mwh: int

    @property
    def known(self) -> bool:
        """Whether every milliwatt-hour has a rate."""
        return self.unpriced_mwh == 0


def cost_of(slices: Iterable[Slice], prices: Prices) -> Cost:
    """Price energy, quarter-hour by quarter-hour.

    Args:
        slices: (start of the quarter-hour in ms, milliwatt-hours).
        prices: rates by instant; asked once a rate's stretch.
    """
    eur = Decimal(0)
    unpriced_mwh = 0
    rate = None
    for start_ms, energy_mwh in slices:
        held = rate is not None and rate.start_ms <= start_ms
        if not (held and rate is not None and (rate.end_ms is None or start_ms < rate.end_ms)):
            rate = prices.rate_at(start_ms)
        if rate is None:
            unpriced_mwh += energy_mwh
        else:
            eur += rate.eur_kwh * energy_mwh
    return Cost(eur / MWH_PER_KWH, unpriced_mwh)


def cents(eur: Decimal) -> int:
    """Round an exact amount in EUR to whole cents, half away from zero."""
    return int((eur * 100).to_integral_value(rounding=ROUND_HALF_UP))


def apportion(total_cents: int, weights: Sequence[Decimal]) -> list[int]:
    """Split whole cents in proportion to weights, by largest remainder.

    Args:
        total_cents: what the parts must add up to.
        weights: not negative; all zero splits evenly. Ties go to the earlier one.

    Returns:
        Whole cents per weight, summing to `total_cents`; no part is a cent or more off.
    """
    if not weights:
        return []
    whole = sum(weights)
    shares = (
        [total_cents * weight / whole for weight in weights]
        if whole
        else [Decimal(total_cents) / len(weights)] * len(weights)
    )
    floors = [int(share.to_integral_value(rounding="ROUND_FLOOR")) for share in shares]
    short = total_cents - sum(floors)
    by_remainder = sorted(
        range(len(shares)), key=lambda index: (floors[index] - shares[index], index)
    )
    for index in by_remainder[:short]:
        floors[index] += 1
    return floors
