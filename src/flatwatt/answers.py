"""Questions that need the whole flat: a period's summary, and what a display shows beside it."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from flatwatt.appliance.profiles import PROFILES
from flatwatt.correction import Draft, programme_names
from flatwatt.flat import Flat
from flatwatt.model import QUARTER_MS, Run
from flatwatt.report.daily import Summary, standby_w, summarise
from flatwatt.report.drafts import merging, splitting
from flatwatt.report.learned import Learned, learned_of, programmes_of
from flatwatt.report.periods import Period, local_day, week_period
from flatwatt.sinks import Extras
from flatwatt.sinks.lcd.extras import extras_from

RECENT_DAYS = 7
"""Days whose quiet quarter-hours tell the standby."""


def summary_of(flat: Flat, period: Period, moment_ms: int) -> Summary:
    """Return a period's summary of a flat."""
    start_ms, end_ms = bounds = period.bounds_ms(flat.zone)
    makes_runs = {
        id_: (plug.name or id_, PROFILES[flat.kind(id_)].makes_runs)
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


def split_draft(flat: Flat, run: Run, at_ms: int) -> Draft:
    """Return the correction that a run was two, with what only the record knows of its parts.

    Raises:
        UsageError: see `drafts.splitting`. StoreError: the record cannot be read.
    """
    splitting(run, at_ms)  # before the record is read
    until_ms = at_ms if run.end_ms is None else run.end_ms
    peaks = [0.0, 0.0]
    for reading in flat.readings(run.start_ms, until_ms):
        if reading.appliance == run.appliance and reading.power_w is not None:
            later = reading.at_ms >= at_ms
            peaks[later] = max(peaks[later], reading.power_w)
    missing_ms = _missing_ms(flat, run.appliance, run.start_ms, at_ms)
    return splitting(run, at_ms, (peaks[0], peaks[1]), missing_ms)


def merge_draft(flat: Flat, runs: Sequence[Run]) -> Draft:
    """Return the correction that runs were one; raises as `drafts.merging`."""
    draft = merging(runs)
    missing_ms = sum(
        _missing_ms(flat, draft.appliance, one.end_ms, other.start_ms)
        for one, other in pairwise(draft.payload.runs)
    )
    return merging(runs, missing_ms)


def _missing_ms(flat: Flat, appliance: str, start_ms: int, end_ms: int) -> int:
    """Return the time in a stretch that was not measured, as well as quarter-hours tell."""
    quarters = flat.quarters(start_ms - QUARTER_MS, end_ms)
    missing_ms = sum(each.missing_ms for each in quarters if each.appliance == appliance)
    return max(0, min(end_ms - start_ms, missing_ms))


def learned_by(flat: Flat, id_: str) -> Learned | None:
    """Return what was learned of an appliance; None when nothing was heard of it."""
    tracker = flat.tracker(id_)
    if tracker is None:
        return None
    names = {
        programme: name
        for (appliance, programme), name in programme_names(flat.correcting.rows).items()
        if appliance == id_
    }
    runs = [run for run in flat.runs(0, flat.newest_ms + 1) if run.appliance == id_]
    recent_ms = flat.newest_ms - RECENT_DAYS * 86_400_000
    quarters = flat.quarters(recent_ms, flat.newest_ms - QUARTER_MS)
    return learned_of(
        tracker,
        standby_w=standby_w([each for each in quarters if each.appliance == id_], runs),
        programmes=programmes_of(runs, names),
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
