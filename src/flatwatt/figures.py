"""Questions to the book of a flat: a year's summary, and a period broken down."""

from contextlib import closing
from datetime import date

from flatwatt.appliance.profiles import PROFILES
from flatwatt.looking import Figures
from flatwatt.report.breakdown import KEYS, Breakdown, By, Grouped, Key, breakdown
from flatwatt.report.calendar import day_number
from flatwatt.report.daily import Summary
from flatwatt.report.periods import Period, local_day, week_period
from flatwatt.report.yearly import Asked, long_summary


def long_summary_of(flat: Figures, period: Period, moment_ms: int) -> Summary:
    """Return a long period's summary; raises StoreError."""
    bounds_ms = period.bounds_ms(flat.zone)
    with closing(flat.page(period)) as page:
        sums = {str(key): each for (key,), each in page.sums(("appliance",)).items()}
        peaks = page.peaks()
        standby = page.standby()
    asked = Asked(
        sums,
        standby,
        max((mwh for _, _, mwh in peaks), default=None),
        flat.runs(*bounds_ms),
    )
    last = min(period.last, local_day(moment_ms, flat.zone))
    fee = None
    if flat.config.tariff and last >= period.first:
        fee = flat.tariff.base_fee_eur(period.first, last)
    return long_summary(bounds_ms, asked, _named(flat), flat.tariff, fee, moment_ms)


def _named(flat: Figures) -> dict[str, tuple[str, bool]]:
    """Return id -> (name, whether it makes runs)."""
    other = PROFILES["other"]
    return {
        id_: (plug.name or id_, PROFILES.get(flat.kind(id_), other).makes_runs)
        for id_, plug in flat.config.plugs.items()
    }


def breakdown_of(
    flat: Figures, period: Period, earlier: Period | None, by: By, moment_ms: int
) -> Breakdown:
    """Return a period by groups, beside an earlier one if there is one; raises StoreError."""
    today = local_day(moment_ms, flat.zone)
    before, before_order = None, tuple[Key, ...]()
    if earlier is not None:
        before, before_order = _grouped(flat, earlier, by), _order(flat, earlier, by, today)
    return breakdown(
        by, _grouped(flat, period, by), before, _order(flat, period, by, today), before_order
    )


def _grouped(flat: Figures, period: Period, by: By) -> Grouped:
    with closing(flat.page(period)) as page:
        return {key: each for (key,), each in page.sums((KEYS[by],)).items()}


def _order(flat: Figures, period: Period, by: By, today: date) -> tuple[Key, ...]:
    """Return the groups that are shown in any case: all up to today."""
    if by == "appliance":
        return tuple(flat.config.plugs)
    if by == "hour":
        return tuple(range(24))
    if by == "tariff":
        return ()
    days = [
        date.fromordinal(number)
        for number in range(period.first.toordinal(), min(period.last, today).toordinal() + 1)
    ]
    if by == "month":
        return tuple(dict.fromkeys(day.year * 100 + day.month for day in days))
    if by == "week":
        return tuple(dict.fromkeys(day_number(week_period(day).first) for day in days))
    return tuple(day_number(day) for day in days)
