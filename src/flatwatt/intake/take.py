"""Doing what was planned: rows into the record, and everything derived anew."""

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flatwatt.config import Config
from flatwatt.flat import Flat
from flatwatt.intake.clean import Cleaned
from flatwatt.intake.cover import Cover, cover_of
from flatwatt.intake.plan import Plan, plan_of
from flatwatt.model import Counter, Event
from flatwatt.report.events import utc_text
from flatwatt.report.periods import local_day
from flatwatt.store.events import EventLog
from flatwatt.store.home import Home
from flatwatt.store.quarters import Quarters
from flatwatt.store.rewrite import add

Progress = Callable[[str, int], None]
"""Told of (what is done, how many rows more)."""


class Target(NamedTuple):
    """To whom rows are added: the appliance, and the plug id of the source."""

    appliance: str
    plug: str


def look(home: Home, zone: ZoneInfo, cleaned: Cleaned, target: Target) -> Plan:
    """Return what would be added now; raises StoreError where the record cannot be read."""
    instants = [(each.at_ms, each.at_ms) for each in cleaned.instants]
    spans = instants or [(each.start_ms or each.at_ms, each.at_ms) for each in cleaned.parts]
    if not spans:
        return plan_of(cleaned, *target, Cover((), {}))
    first, last = local_day(spans[0][0], zone), local_day(spans[-1][1], zone)
    cover = cover_of(home.readings, target.appliance, target.plug, (first, last))
    return plan_of(cleaned, *target, cover)


def take(
    home: Home,
    config: Config,
    counters: Mapping[str, Counter],
    cleaned: Cleaned,
    target: Target,
    now_ms: int,
    progress: Progress,
) -> Plan:
    """Add what is new to the record and derive everything again; return what was added.

    What lies in the past is not told: an event `record_imported`, dated now, is written down
    before the first row, and what happened before the newest event is not told on the next
    walk through the record, also after a power cut in the midst of all this.

    Raises:
        HomeBusyError: the collector runs. StoreError: a file cannot be written; what was
            added stays, and the same import goes on from there.
    """
    zone = ZoneInfo(config.flat.timezone)
    with home.lock():
        plan = look(home, zone, cleaned, target)
        if not plan.rows:
            return plan
        _derive(home, config, counters, lambda rows: progress("record", rows))
        _tell(home, config, plan, now_ms)
        with closing(Quarters(home.quarters)) as derived:
            derived.clear()
        add(home.readings, zone, plan.rows, lambda rows: progress("rows", rows))
        _derive(home, config, counters, lambda rows: progress("derived", rows))
    return plan


def _derive(
    home: Home, config: Config, counters: Mapping[str, Counter], progress: Callable[[int], None]
) -> None:
    flat = Flat(home, config, counters)
    try:
        flat.catch_up(progress)
    finally:
        flat.close()


def _tell(home: Home, config: Config, plan: Plan, now_ms: int) -> None:
    first_ms, last_ms = plan.rows[0].at_ms, plan.rows[-1].at_ms
    event = Event(
        id=f"record_imported/{plan.plug}-{first_ms}-{last_ms}-{len(plan.rows)}",
        kind="record_imported",
        at_ms=now_ms,
        appliance=plan.appliance,
        data={
            "plug": plan.plug,
            "rows": len(plan.rows),
            "first_at": utc_text(first_ms),
            "last_at": utc_text(last_ms),
            "energy_wh": plan.energy_mwh / 1000,
        },
    )
    with closing(EventLog(home.events)) as log:
        log.append([event], config.flat.name)
