"""A long period's summary, from sums instead of quarter-hours."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median_low

from msgspec import Struct

from flatwatt.model import Run
from flatwatt.money.tariff import Prices
from flatwatt.report.breakdown import PEUR
from flatwatt.report.daily import Line, Summary, a_year, active_s, mean_w, summed_up
from flatwatt.store.questions import Sums

_NONE = Sums(0, 0, 0, 0, None, None, 0, 0)


class Asked(Struct, frozen=True):
    """What the book says of a period.

    Attributes:
        sums: by appliance.
        standby: by appliance, each day's standby in mWh a quarter-hour.
        peak_mwh: of the highest quarter-hour of the flat; None without any.
        runs: that touch the period.
    """

    sums: Mapping[str, Sums]
    standby: Mapping[str, Sequence[int]]
    peak_mwh: int | None
    runs: Sequence[Run]


def long_summary(
    bounds_ms: tuple[int, int],
    asked: Asked,
    appliances: Mapping[str, tuple[str, bool]],
    prices: Prices,
    base_fee_eur: Decimal | None,
    now_ms: int,
) -> Summary:
    """Make the summary of a long period.

    It says what `daily.summarise` says, but for standby: the middle one of its days', where a
    day's is what a tenth of its quarter-hours stay below, runs included.

    Args:
        bounds_ms: the period's start and end.
        asked: what the book says of it.
        appliances: id -> (name, whether it makes runs), in the order to show.
        prices: rates by instant.
        base_fee_eur: of the period, exact; None without a contract.
        now_ms: where the period is cut if it lies ahead.
    """
    until_ms = min(bounds_ms[1], now_ms)
    names = {**appliances, **{id_: (id_, True) for id_ in asked.sums if id_ not in appliances}}
    lines = [_line(id_, names[id_], asked, prices, (bounds_ms[0], until_ms)) for id_ in names]
    sums = [asked.sums.get(id_, _NONE) for id_ in names]
    last = prices.rate_at(max(bounds_ms[0], until_ms - 1))
    known = last is not None and not any(each.unpriced_mwh for each in sums)
    exact = [Decimal(each.cost_peur) / PEUR for each in sums] if known else None
    return summed_up(bounds_ms, lines, exact, asked.peak_mwh, base_fee_eur)


def _line(
    id_: str,
    named: tuple[str, bool],
    asked: Asked,
    prices: Prices,
    bounds_ms: tuple[int, int],
) -> Line:
    sums, days = asked.sums.get(id_, _NONE), asked.standby.get(id_, ())
    runs = [run for run in asked.runs if run.appliance == id_]
    idle_w = mean_w(median_low(days)) if days else None
    return Line(
        appliance=id_,
        name=named[0],
        energy_mwh=sums.energy_mwh,
        cost_cents=None,
        peak_w=None if sums.power_max_mw is None else sums.power_max_mw / 1000,
        standby_w=idle_w,
        standby_eur_year=a_year(idle_w, prices.rate_at(bounds_ms[1] - 1)),
        active_s=active_s(runs, bounds_ms) if named[1] else None,
        runs=sum(run.end_ms is not None and run.end_ms < bounds_ms[1] for run in runs),
        missing_s=sums.missing_ms // 1000,
    )
