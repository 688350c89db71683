"""`export`: what is written down, as CSV."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from flatwatt.cli.asked import known, parse_day
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, watching
from flatwatt.cli.export import QUARTER_COLUMNS, RAW_COLUMNS, quarter_rows, raw_rows, write_csv
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.model import Run
from flatwatt.money.cost import cents
from flatwatt.report.events import cost_eur, utc_text
from flatwatt.report.periods import Period, local_day


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


def export(
    home: HomeOption = None,
    appliance: Annotated[str, typer.Option(help="Only this appliance's.", metavar="ID")] = "",
    first: Annotated[str, typer.Option("--from", help="First day.", metavar="DAY")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day.", metavar="DAY")] = "",
    resolution: Annotated[
        Literal["raw", "quarter"], typer.Option(help="Readings, or quarter-hours.")
    ] = "raw",
    german: Annotated[
        bool, typer.Option("--german", help="Semicolons and decimal commas, for German Excel.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File; else standard output.")
    ] = None,
) -> None:
    """Write readings or quarter-hours of some days as CSV (default: today).

    Examples: flatwatt export --appliance printer -o printer.csv ·
    flatwatt export --from 2026-11-01 --to 2026-11-30 --resolution quarter --german -o nov.csv
    """
    where = home_of(home)
    loaded = load_home(where)
    known(loaded.config, appliance)
    with watching(where, loaded) as flat:
        today = local_day(max(now_ms(), flat.newest_ms), flat.zone)
        first_day = parse_day(first, today) if first else today
        period = Period(first_day, parse_day(last, today) if last else max(today, first_day))
        if period.last < period.first:
            raise UsageError("--to lies before --from")
        if resolution == "quarter":
            rows = quarter_rows(flat, period, appliance, german=german)
            write_csv(QUARTER_COLUMNS, rows, out=out, german=german)
        else:
            rows = raw_rows(where, flat.zone, period, appliance, german=german)
            write_csv(RAW_COLUMNS, rows, out=out, german=german)
