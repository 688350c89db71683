"""The flat at this moment, for whoever shows it."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal

from flatwatt.appliance.eta import Estimate
from flatwatt.appliance.tracker import Tracker
from flatwatt.model import ApplianceNow, Ending, Run, Snapshot, State
from flatwatt.money.cost import cost_of
from flatwatt.money.tariff import Prices
from flatwatt.report.events import cost_eur
from flatwatt.report.periods import day_start_ms, local_day

STALE_MS = 90_000
"""Older readings are shown with their age but no longer count as what is drawn now."""


def appliance_now(  # noqa: PLR0913 - what is known of an appliance
    tracker: Tracker | None,
    *,
    id_: str,
    name: str,
    kind: str,
    prices: Prices,
    zone: tzinfo,
    now_ms: int,
    trouble: str | None,
    last_run: Run | None = None,
    stale_ms: int = STALE_MS,
) -> ApplianceNow:
    """Return one appliance at `now_ms`; without a tracker nothing was ever heard of it.

    `last_run` is the newest finished run as people corrected it.
    """
    if tracker is None or tracker.last is None:
        return ApplianceNow(id_, name, kind, State.UNKNOWN, None, None, 0, None, trouble=trouble)
    age_ms = max(0, now_ms - tracker.last.at_ms)
    today = tracker.today(day_start_ms(local_day(now_ms, zone), zone))
    cost = cost_of(today, prices)
    priced = prices.rate_at(now_ms) is not None and cost.known
    run, expected = tracker.run_now(), tracker.estimate
    return ApplianceNow(
        id=id_,
        name=name,
        kind=kind,
        state=tracker.doing if age_ms <= stale_ms else State.UNKNOWN,
        power_w=tracker.last.power_w,
        age_ms=age_ms,
        today_mwh=sum(mwh for _, mwh in today),
        today_eur=cost.eur if priced else None,
        run_start_ms=run.start_ms if run else None,
        run_mwh=run.energy_mwh if run else None,
        run_eur=cost_eur(run, prices) if run else None,
        last_run=last_run,
        drift_percent=tracker.drift_percent(),
        trouble=trouble,
        stage=tracker.stage,
        probably_finished=tracker.probably_finished,
        programme=expected.programme if expected else "",
        end=_ending(run, expected, now_ms),
        guessed=tracker.guessed,
        shared_w=tracker.shared_w,
    )


def _ending(run: Run | None, expected: Estimate | None, now_ms: int) -> Ending | None:
    """Return when a run will be over; never in the past."""
    if run is None or expected is None or expected.end_after_ms is None:
        return None
    low_ms, high_ms = expected.low_ms or 0, expected.high_ms or 0
    after_ms = (expected.end_after_ms, low_ms, max(high_ms, expected.end_after_ms))
    return Ending(*(max(now_ms, run.start_ms + each) for each in after_ms))


def flat_now(
    name: str,
    appliances: Sequence[ApplianceNow],
    prices: Prices,
    now_ms: int,
    troubles: Sequence[str],
    stale_ms: Mapping[str, int],
) -> Snapshot:
    """Return the flat's totals over its appliances."""
    fresh = [
        each.power_w
        for each in appliances
        if each.power_w is not None
        and each.age_ms is not None
        and each.age_ms <= stale_ms.get(each.id, STALE_MS)
    ]
    costs = [each.today_eur for each in appliances if each.age_ms is not None]
    known = [eur for eur in costs if eur is not None]
    rate = prices.rate_at(now_ms)
    return Snapshot(
        at_ms=now_ms,
        name=name,
        appliances=tuple(appliances),
        total_w=sum(fresh) if fresh else None,
        today_mwh=sum(each.today_mwh for each in appliances),
        today_eur=sum(known, Decimal(0)) if costs and len(known) == len(costs) else None,
        rate_eur_kwh=rate.eur_kwh if rate else None,
        troubles=tuple(troubles),
    )
