"""A period's energy and cost by appliance, day, hour or tariff, beside an earlier one's.

Made of sums that are asked from the book, in milliwatt-hours and exact fractions of a euro;
whole cents appear here, and add up.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct

from flatwatt.money.cost import cents
from flatwatt.report.daily import apportion_signed
from flatwatt.store.questions import Sums

PEUR = 10**12
By: TypeAlias = Literal["appliance", "day", "week", "month", "hour", "tariff"]
KEYS: Mapping[By, str] = {
    "appliance": "appliance",
    "day": "local_day",
    "week": "local_week",
    "month": "local_month",
    "hour": "local_hour",
    "tariff": "rate_ueur_kwh",
}
"""What a person groups by -> `store.questions.KEYS`."""
DATED: tuple[By, ...] = ("day", "week", "month")
"""Groups that two periods share by their place, not by their key."""

Key: TypeAlias = int | str | None
Grouped: TypeAlias = Mapping[Key, Sums]


class Part(Struct, frozen=True):
    """One group of a period.

    Attributes:
        key: appliance's id, day since 1970, month as 202611, local hour or µEUR/kWh; None for
            energy without a rate, for the total, and where only the earlier period has one.
        energy_mwh: booked; None where nothing was measured.
        cost_cents: None when a rate is missing.
        peak_w: highest reading.
        missing_s: in which nothing could be measured.
        earlier_key, earlier_mwh, earlier_cents: of the earlier period; None without one.
    """

    key: Key
    energy_mwh: int | None
    cost_cents: int | None
    peak_w: float | None = None
    missing_s: int = 0
    earlier_key: Key = None
    earlier_mwh: int | None = None
    earlier_cents: int | None = None


class Breakdown(Struct, frozen=True):
    """A period's groups, their total, and whether there is an earlier period beside it."""

    by: By
    parts: tuple[Part, ...]
    total: Part
    compared: bool


def breakdown(
    by: By,
    now: Grouped,
    earlier: Grouped | None,
    order: Sequence[Key] = (),
    earlier_order: Sequence[Key] = (),
) -> Breakdown:
    """Break a period down.

    Args:
        by: what the groups are.
        now: the period's.
        earlier: the earlier period's; None for no comparison.
        order: keys that come first, and also when they have nothing.
        earlier_order: the same of the earlier period.
    """
    rows, total = _costed(now, order)
    if earlier is None:
        return Breakdown(by, tuple(rows.values()), total, compared=False)
    before, before_total = _costed(earlier, earlier_order)
    if by in DATED:
        pairs = _by_place(list(rows.values()), list(before.values()))
    else:
        keys = list(dict.fromkeys((*rows, *before)))
        pairs = [(rows.get(key), before.get(key)) for key in keys]
    parts = tuple(_beside(*pair) for pair in pairs)
    return Breakdown(by, parts, _beside(total, before_total), compared=True)


def _costed(grouped: Grouped, order: Sequence[Key]) -> tuple[dict[Key, Part], Part]:
    """Return the groups in order with cents that add up, and the total."""
    first = {key: place for place, key in enumerate(order)}
    keys = sorted(
        {*grouped, *order},
        key=lambda key: (first.get(key, len(first)), key is None, _sortable(key)),
    )
    found = [grouped.get(key, _NONE) for key in keys]
    whole = _NONE
    for each in found:
        whole = whole.plus(each)
    costs: list[int | None] = [None] * len(keys)
    total_cents = None
    if not whole.unpriced_mwh and whole.quarters:
        exact = [Decimal(each.cost_peur) / PEUR for each in found]
        total_cents = cents(sum(exact, Decimal(0)))
        costs = [*apportion_signed(total_cents, exact)]
    parts = {
        key: _part(key, each, cost) for key, each, cost in zip(keys, found, costs, strict=True)
    }
    return parts, _part(None, whole, total_cents)


def _sortable(key: Key) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, key or "")


_NONE = Sums(0, 0, 0, 0, None, None, 0, 0)


def _part(key: Key, sums: Sums, cost_cents: int | None) -> Part:
    if not sums.quarters:
        return Part(key, None, None)
    peak_mw = sums.power_max_mw
    peak_w = None if peak_mw is None else peak_mw / 1000
    return Part(key, sums.energy_mwh, cost_cents, peak_w, sums.missing_ms // 1000)


def _by_place(
    now: Sequence[Part], before: Sequence[Part]
) -> list[tuple[Part | None, Part | None]]:
    """Pair first day with first day; days that nothing was measured on count too."""
    count = max(len(now), len(before))
    return [
        (
            now[place] if place < len(now) else Part(None, None, None),
            before[place] if place < len(before) else None,
        )
        for place in range(count)
    ]


def _beside(now: Part | None, before: Part | None) -> Part:
    one = now or Part(None if before is None else before.key, None, None)
    if before is None:
        return one
    return Part(
        one.key, one.energy_mwh, one.cost_cents, one.peak_w, one.missing_s,
        before.key, before.energy_mwh, before.cost_cents,
    )  # fmt: skip
