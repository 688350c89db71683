"""What is noticed of appliances, as events.

docs/events.md and store/event.schema.json describe the same fields.
"""

from datetime import UTC, datetime
from decimal import Decimal

from flatwatt.appliance.happenings import Happening
from flatwatt.model import Event, Run
from flatwatt.money.cost import cents, cost_of
from flatwatt.money.tariff import Prices

REPEATED = ("probably_finished", "resumed", "stage_changed")
"""Kinds that one run can have more than once."""
PLAIN = ("stage_changed", "kind_guessed")
"""Kinds that are not called `device_…`."""


def event_of(told: Happening, prices: Prices) -> Event:
    """Return the event of something that was noticed of an appliance.

    Its id is made of the run and, where one run can have several of a kind, of their number.
    """
    run = told.run
    data: dict[str, object] = {"run": run.id, "started_at": utc_text(run.start_ms)}
    last = run.id
    if told.kind in REPEATED:
        last = f"{run.id}/{told.count}"
    if told.kind in ("finished", "probably_finished"):
        data |= _outcome(run, told.at_ms, prices)
    if told.probability is not None:
        data["probability"] = round(told.probability, 3)
    if told.kind == "resumed":
        data["resumed_at"] = utc_text(told.at_ms)
    if told.kind == "emptied":
        data["emptied_at"] = utc_text(told.at_ms)
    if told.kind == "stage_changed":
        data |= {"stage": told.what, "stage_started_at": utc_text(told.at_ms)}
    if told.kind == "kind_guessed":
        data["kind"] = told.what
    kind = told.kind if told.kind in PLAIN else f"device_{told.kind}"
    return Event(f"{kind}/{last}", kind, told.at_ms, run.appliance, data)


def _outcome(run: Run, end_ms: int, prices: Prices) -> dict[str, object]:
    """Return energy, cost, duration and peak of a run that is over."""
    eur = cost_eur(run, prices)
    return {
        "finished_at": utc_text(end_ms),
        "duration_s": (end_ms - run.start_ms) // 1000,
        "energy_wh": run.energy_mwh / 1000,
        "cost_eur": None if eur is None else f"{Decimal(cents(eur)) / 100:.2f}",
        "peak_w": run.peak_w,
        "missing_s": run.missing_ms // 1000,
    }


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
