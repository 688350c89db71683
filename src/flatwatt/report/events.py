"""Runs as events: what `device_started` and `device_finished` say.

docs/events.md and store/event.schema.json describe the same fields.
"""

from datetime import UTC, datetime
from decimal import Decimal

from flatwatt.model import Event, Run
from flatwatt.money.cost import cents, cost_of
from flatwatt.money.tariff import Prices


def event_of(run: Run, prices: Prices) -> Event:
    """Return the event of a run that has just been found to have started or finished."""
    return started_event(run) if run.end_ms is None else finished_event(run, run.end_ms, prices)


def started_event(run: Run) -> Event:
    """Return `device_started`."""
    return Event(
        id=f"device_started/{run.id}",
        kind="device_started",
        at_ms=run.start_ms,
        appliance=run.appliance,
        data={"run": run.id, "started_at": utc_text(run.start_ms)},
    )


def finished_event(run: Run, end_ms: int, prices: Prices) -> Event:
    """Return `device_finished`: energy, cost, duration and peak of the run."""
    eur = cost_eur(run, prices)
    return Event(
        id=f"device_finished/{run.id}",
        kind="device_finished",
        at_ms=end_ms,
        appliance=run.appliance,
        data={
            "run": run.id,
            "started_at": utc_text(run.start_ms),
            "finished_at": utc_text(end_ms),
            "duration_s": (end_ms - run.start_ms) // 1000,
            "energy_wh": run.energy_mwh / 1000,
            "cost_eur": None if eur is None else f"{Decimal(cents(eur)) / 100:.2f}",
            "peak_w": run.peak_w,
            "missing_s": run.missing_ms // 1000,
        },
    )


def button_event(button: str, action: str, at_ms: int) -> Event:
    """Return `display_button`: somebody pressed, released or held a button of the display."""
    return Event(
        id=f"display_button/{button.lower()}-{action}-{at_ms}",
        kind="display_button",
        at_ms=at_ms,
        appliance="display",
        data={"button": button, "action": action},
    )


def cost_eur(run: Run, prices: Prices) -> Decimal | None:
    """Return a run's exact cost in EUR; None where a rate is missing."""
    cost = cost_of(run.slices, prices)
    return cost.eur if cost.known and run.slices else None


def utc_text(at_ms: int) -> str:
    """Return an instant as RFC 3339 text in UTC with milliseconds."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"
