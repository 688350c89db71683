"""Questions that need the whole flat: a period's summary, and what a display shows beside it."""

from datetime import date

from flatwatt.appliance.profiles import PROFILES
from flatwatt.flat import Flat
from flatwatt.report.daily import Summary, summarise
from flatwatt.report.periods import Period, local_day, week_period
from flatwatt.sinks import Extras
from flatwatt.sinks.lcd.extras import extras_from

RECENT_DAYS = 7
"""Days whose quiet quarter-hours tell the standby."""


def summary_of(flat: Flat, period: Period, moment_ms: int) -> Summary:
    """Return a period's summary of a flat."""
    start_ms, end_ms = bounds = period.bounds_ms(flat.zone)
    makes_runs = {
        id_: (plug.name or id_, PROFILES[plug.appliance].makes_runs)
        for id_, plug in flat.config.plugs.items()
    }
    last_day = min(period.last, local_day(moment_ms, flat.zone))
    fee = None
    if flat.config.tariff and last_day >= period.first:
        fee = flat.tariff.base_fee_eur(period.first, last_day)
    return summarise(
        bounds,
        flat.quarters(start_ms, end_ms),
        flat.runs(start_ms, end_ms),
        makes_runs,
        flat.tariff,
        fee,
        moment_ms,
    )


def extras_of(flat: Flat, moment_ms: int) -> Extras:
    """Return what a display shows beside the snapshot."""
    today = local_day(moment_ms, flat.zone)
    week = Period(week_period(today).first, today)
    recent = Period(date.fromordinal(today.toordinal() - RECENT_DAYS), today)
    start_ms, end_ms = recent.bounds_ms(flat.zone)
    names = {id_: plug.name or id_ for id_, plug in flat.config.plugs.items()}
    return extras_from(
        summary_of(flat, week, moment_ms),
        summary_of(flat, recent, moment_ms),
        flat.runs(start_ms, end_ms),
        names,
        flat.tariff,
    )
