"""`report`: questions about what is written down."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console

from flatwatt.answers import summary_of
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, watching
from flatwatt.cli.plain_csv import write_csv
from flatwatt.cli.view import report_table
from flatwatt.config import Config
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.model import Run
from flatwatt.money.cost import cents
from flatwatt.report.daily import Line, Summary
from flatwatt.report.events import cost_eur, utc_text
from flatwatt.report.periods import Period, day_period, local_day, month_period, week_period
from flatwatt.report.wording import day as day_words
from flatwatt.report.wording import word

JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="CSV on standard output.")]


def report(
    home: HomeOption = None,
    day: Annotated[
        str, typer.Option("--day", help="A day: 2026-11-22, today, yesterday.", metavar="DAY")
    ] = "",
    week: Annotated[
        str, typer.Option("--week", help="The week around a day.", metavar="DAY")
    ] = "",
    month: Annotated[
        str, typer.Option("--month", help="A month: 2026-11, or the one around a day.")
    ] = "",
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Energy, cost, peak, standby and hours of a day, week or month (default: today).

    Examples: flatwatt report --week today · flatwatt report --month 2026-11 --csv
    """
    where = home_of(home)
    loaded = load_home(where)
    language = loaded.config.flat.language
    with watching(where, loaded) as flat:
        moment_ms = max(now_ms(), flat.newest_ms)
        today = local_day(moment_ms, flat.zone)
        period = _period(day, week, month, today)
        summary = summary_of(flat, period, moment_ms)
        bounds = f"{period.first.isoformat()} … {period.last.isoformat()}"
        if as_json:
            typer.echo(json.dumps(summary_json(summary, period), indent=2))
        elif as_csv:
            write_csv(*report_rows(summary))
        elif not summary.total.energy_mwh and not any(line.peak_w for line in summary.lines):
            typer.echo(f"{bounds}: {word('nothing', language)}")
        else:
            first = day_words(_noon(period.first), language)
            last = day_words(_noon(period.last), language)
            title = first if period.first == period.last else f"{first} – {last}"
            Console().print(report_table(summary, f"{flat.config.flat.name} · {title}", language))


def _noon(day: date) -> Any:  # noqa: ANN401 - datetime, kept short
    from datetime import datetime  # noqa: PLC0415

    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - only its date is read


def _period(day: str, week: str, month: str, today: date) -> Period:
    chosen = [(text, make) for text, make in _choices(day, week, month) if text]
    if len(chosen) > 1:
        raise UsageError("say only one of --day, --week and --month")
    if not chosen:
        return day_period(today)
    text, make = chosen[0]
    return make(parse_day(text, today))


def _choices(day: str, week: str, month: str) -> list[tuple[str, Callable[[date], Period]]]:
    return [(day, day_period), (week, week_period), (month, month_period)]


def parse_day(text: str, today: date) -> date:
    """Return the day a person means: an ISO date or month, `today`, `yesterday`.

    Raises:
        UsageError: none of these.
    """
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    words |= {"heute": words["today"], "gestern": words["yesterday"]}
    if text in words:
        return words[text]
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no day; write 2026-11-22, 2026-11, today or yesterday"
        ) from error


def report_rows(summary: Summary) -> tuple[list[str], list[list[object]]]:
    """Return a summary as columns and rows for CSV."""
    lines = [*summary.lines, summary.total]
    columns = list(line_json(summary.total))
    return columns, [list(line_json(line).values()) for line in lines]


def line_json(line: Line) -> dict[str, object]:
    """Return a line as JSON-ready fields, units in their names."""
    year = line.standby_eur_year
    return {
        "appliance": line.appliance or "total",
        "name": line.name,
        "energy_kwh": line.energy_mwh / 1_000_000,
        "cost_eur": None if line.cost_cents is None else line.cost_cents / 100,
        "peak_w": line.peak_w,
        "standby_w": None if line.standby_w is None else round(line.standby_w, 2),
        "standby_eur_year": None if year is None else cents(year) / 100,
        "active_s": line.active_s,
        "runs": line.runs,
        "missing_s": line.missing_s,
    }


def summary_json(summary: Summary, period: Period) -> dict[str, object]:
    """Return a summary as JSON-ready fields."""
    return {
        "first_day": period.first.isoformat(),
        "last_day": period.last.isoformat(),
        "appliances": [line_json(line) for line in summary.lines],
        "total": line_json(summary.total),
        "base_fee_eur": None if summary.base_fee_cents is None else summary.base_fee_cents / 100,
    }


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


def known(config: Config, appliance: str) -> None:
    """Raise UsageError where an appliance that was named is none; empty is all."""
    from flatwatt.drivers import nearest  # noqa: PLC0415 - only for the hint

    if appliance and appliance not in config.plugs:
        raise UsageError(
            f"no appliance is called {appliance!r}{nearest(appliance, list(config.plugs))}"
        )
