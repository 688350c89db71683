"""A flat's local months as rows that may leave it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from flatwatt.fleet.layout import QuarterRow
from flatwatt.report.periods import Period, month_period
from flatwatt.store.quarters import Quarter

Detail = Literal["flat", "kinds", "ids"]
"""What a row's `appliance` tells: nothing, the kind, or the id of the configuration."""
WHOLE_FLAT = "flat"


def months_between(first: date, last: date) -> Iterator[Period]:
    """Yield the calendar months that touch some days, both ends included."""
    month = month_period(first)
    while month.first <= last:
        yield month
        month = month_period(date.fromordinal(month.last.toordinal() + 1))


def quarter_rows(quarters: Iterable[Quarter], called: Callable[[str], str]) -> list[QuarterRow]:
    """Return quarter-hours without plugs, one row an appliance's new name and start.

    Args:
        quarters: of any plugs.
        called: appliance id -> what leaves the flat in its place.
    """
    together: dict[tuple[str, int], list[Quarter]] = defaultdict(list)
    for each in quarters:
        together[called(each.appliance), each.start_ms // 1000].append(each)
    return [_added(name, start_s, together[name, start_s]) for name, start_s in sorted(together)]


def _added(name: str, start_s: int, quarters: Sequence[Quarter]) -> QuarterRow:
    flags = 0
    for each in quarters:
        flags |= each.flags
    one = len({each.appliance for each in quarters}) == 1
    lows = [each.power_min_mw for each in quarters if each.power_min_mw is not None]
    highs = [each.power_max_mw for each in quarters if each.power_max_mw is not None]
    return QuarterRow(
        start_s,
        name,
        sum(each.energy_mwh for each in quarters),
        min(lows) if one and lows else None,
        max(highs) if one and highs else None,
        sum(each.readings for each in quarters),
        sum(each.missing_ms for each in quarters),
        flags,
    )


def caller(detail: Detail, kind_of: Callable[[str], str]) -> Callable[[str], str]:
    """Return what names appliances at a level of detail.

    Args:
        detail: how much may leave the flat.
        kind_of: appliance id -> kind.
    """
    if detail == "ids":
        return str
    return kind_of if detail == "kinds" else (lambda _id: WHOLE_FLAT)
