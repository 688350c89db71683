"""What the pages show beyond the snapshot, from summaries and runs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flatwatt.model import Run
from flatwatt.money.tariff import Prices
from flatwatt.report.daily import Summary
from flatwatt.report.events import cost_eur
from flatwatt.sinks import Extras, LastEvent


def extras_from(
    week: Summary,
    recent: Summary,
    runs: Sequence[Run],
    names: Mapping[str, str],
    prices: Prices,
) -> Extras:
    """Return a display's extras.

    Args:
        week: Monday until now.
        recent: some days until now, for the standby power.
        runs: of about the same days; the newest start or end is the last event.
        names: appliance -> what people call it.
        prices: rates by instant.
    """
    spent = week.total.cost_cents
    return Extras(
        week_mwh=week.total.energy_mwh,
        week_eur=None if spent is None else Decimal(spent) / 100,
        standby_w=recent.total.standby_w,
        standby_eur_year=recent.total.standby_eur_year,
        last_event=last_of(runs, names, prices),
    )


def last_of(runs: Sequence[Run], names: Mapping[str, str], prices: Prices) -> LastEvent | None:
    """Return the newest start or end of a run; None where there is none."""
    if not runs:
        return None
    run = max(runs, key=lambda each: (_moment_ms(each), each.id))
    name = names.get(run.appliance, run.appliance)
    if run.end_ms is None:
        return LastEvent(run.start_ms, name, "device_started")
    duration_s = (run.end_ms - run.start_ms) // 1000
    eur = cost_eur(run, prices)
    return LastEvent(run.end_ms, name, "device_finished", run.energy_mwh, eur, duration_s)


def _moment_ms(run: Run) -> int:
    return run.start_ms if run.end_ms is None else run.end_ms
