"""A run as JSON, for every command that gives one."""

from collections.abc import Mapping

from flatwatt.flat import Flat
from flatwatt.model import Run
from flatwatt.money.cost import cents
from flatwatt.report.events import cost_eur, utc_text


def run_json(
    run: Run, flat: Flat, called: Mapping[tuple[str, str], str] | None = None
) -> dict[str, object]:
    """Return a run as JSON-ready fields; `called` says what people call programmes."""
    cost = cost_eur(run, flat.tariff)
    return {
        "run": run.id,
        "appliance": run.appliance,
        "started_at": utc_text(run.start_ms),
        "finished_at": None if run.end_ms is None else utc_text(run.end_ms),
        "duration_s": None if run.end_ms is None else (run.end_ms - run.start_ms) // 1000,
        "energy_wh": run.energy_mwh / 1000,
        "cost_eur": None if cost is None else cents(cost) / 100,
        "peak_w": run.peak_w,
        "missing_s": run.missing_ms // 1000,
        "programme": run.programme or None,
        "programme_name": (called or {}).get((run.appliance, run.programme)),
    }
