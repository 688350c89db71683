"""`fleet push`, `fleet load`, `fleet report`: many flats, on engines that exist."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from flatwatt.cli.common import HomeOption, errors, home_of, load_home, progress, watching
from flatwatt.cli.fleet_view import fleet_json, fleet_rows, fleet_table, notes_of
from flatwatt.cli.plain_csv import write_csv
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.fleet.edge import Edge, flat_id
from flatwatt.fleet.engines import Engine, Name
from flatwatt.fleet.load import Loaded, load
from flatwatt.fleet.months import Detail, caller
from flatwatt.fleet.on_duckdb import OnDuckdb
from flatwatt.fleet.on_postgresql import OnPostgresql
from flatwatt.fleet.on_spark import OnSpark
from flatwatt.fleet.push import Month, Sent, push
from flatwatt.fleet.report import By, FleetReport, fleet_report, year_period
from flatwatt.fleet.shelf import Shelf, folder_of
from flatwatt.report.calendar import Calendar
from flatwatt.report.periods import Period, day_start_ms, local_day, month_period
from flatwatt.report.wording import Language, word
from flatwatt.store.home import Home
from flatwatt.store.quarters import Quarters
from flatwatt.store.reader import days

app = typer.Typer(
    help="Many flats: send quarter-hours, add them up on DuckDB, PostgreSQL or Spark.",
    no_args_is_help=True,
)
SourceOption = Annotated[
    str, typer.Option("--source", help="The fleet's folder.", metavar="DIR|DSN|URL")
]


@app.command("push")
def push_(
    home: HomeOption = None,
    to: Annotated[
        str,
        typer.Option("--to", help="The fleet's folder; else the configuration's.", metavar="DIR"),
    ] = "",
    detail: Annotated[
        Detail | None,
        typer.Option(help="What leaves beside energy: nothing, kinds, or ids of appliances."),
    ] = None,
) -> None:
    """Send the quarter-hours of closed days to a fleet's folder; only what changed.

    Example: flatwatt fleet push --to /mnt/fleet
    """
    where = home_of(home)
    loaded = load_home(where)
    table = loaded.config.fleet
    target = to or table.to
    if not target:
        raise UsageError("say where to: --to DIR, or to = … under [fleet] in flatwatt.toml")
    shelf = Shelf(folder_of(target))
    name = flat_id(where.path, table.flat)
    with watching(where, loaded) as flat, progress("Sending months", None) as bar:
        sent = Sent((), 0, 0)
        for sent in push(shelf, name, str(flat.zone), _months(where, flat, detail)):  # noqa: B007
            bar.advance(bar.task_ids[0])
    language = loaded.config.flat.language
    months = ", ".join(sent.months) or word("fleet_none", language)
    size = f"{sent.sent_bytes / 1000:.1f} kB"
    typer.echo(
        word("fleet_sent", language).format(months=months, size=size, same=sent.same, flat=name)
    )


def _months(home: Home, flat: Flat, detail: Detail | None) -> Iterator[Month]:
    called = caller(detail or flat.config.fleet.detail, flat.kind)
    edge = Edge(Calendar(flat.zone, flat.tariff), flat.quarters, called)
    with closing(Quarters(home.quarters, read_only=True)) as kept:
        span = kept.span()
    # What is kept may begin before the record, which people thin out, or behind it.
    begins = [day_start_ms(day, flat.zone) for day in days(home.readings)[:1]]
    first_ms = min([*begins, *(span or ())], default=flat.newest_ms)
    closed_ms = day_start_ms(local_day(flat.newest_ms, flat.zone), flat.zone)
    if first_ms < closed_ms:
        yield from edge.months(first_ms, closed_ms)


@app.command("load")
def load_(
    source: SourceOption,
    to: Annotated[str, typer.Option("--to", help="Database to fill.", metavar="postgresql://…")],
) -> None:
    """Load a fleet's folder into PostgreSQL; only months that changed, each whole.

    Example: flatwatt fleet load --source /mnt/fleet --to postgresql://operator@db/energy
    """
    done = Loaded(0, 0, ())
    with closing(OnPostgresql(to)) as target, progress("Loading months", None) as bar:
        for done in load(Shelf(folder_of(source)), target):  # noqa: B007
            bar.advance(bar.task_ids[0])
    language = _language()
    typer.echo(word("fleet_loaded", language).format(months=done.months, same=done.same))
    if done.broken:
        names = ", ".join(f"{part.flat} {part.month}" for part in done.broken)
        errors.print(
            word("fleet_broken", language).format(n=len(done.broken), names=names), markup=False
        )


@app.command("report")
def report_(
    source: SourceOption,
    month: Annotated[
        str, typer.Option("--month", help="A month, 2026-10, or a whole year, 2026.")
    ],
    engine: Annotated[Name, typer.Option(help="Who adds up.")] = "duckdb",
    files: Annotated[
        str, typer.Option("--files", help="For Spark: the fleet's folder.", metavar="DIR")
    ] = "",
    by: Annotated[By, typer.Option("--by", help="What a line is.")] = "flat",
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on standard output.")] = False,
) -> None:
    """Energy and cost of all flats, each under its own tariff; the same cents on any engine.

    Examples: flatwatt fleet report --month 2026-10 --source /mnt/fleet ·
    flatwatt fleet report --month 2026-10 --engine spark --source sc://sail:50051
    --files /mnt/fleet --by appliance
    """
    period = _period(month)
    with _engine(engine, source, files) as opened:
        report = fleet_report(opened, period, by)
    _show(report, month, _language(), as_json=as_json, as_csv=as_csv)


def _show(
    report: FleetReport, period: str, language: Language, *, as_json: bool, as_csv: bool
) -> None:
    if as_json:
        typer.echo(json.dumps(fleet_json(report), indent=2))
    elif as_csv:
        write_csv(*fleet_rows(report))
        for note in notes_of(report, language):
            errors.print(note, markup=False)
    else:
        Console().print(fleet_table(report, period, language))


def _language() -> Language:
    """Return the terminal's language: an operator has no flat that could say one."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "de" if next(filter(None, names), "").startswith("de") else "en"


def _period(text: str) -> Period:
    try:
        if re.fullmatch(r"[1-9]\d{3}", text):
            return year_period(int(text))
        if re.fullmatch(r"[1-9]\d{3}-\d{2}", text):
            return month_period(date.fromisoformat(f"{text}-01"))
    except ValueError:
        pass
    raise UsageError(f"{text!r} is no month; write 2026-10, or 2026 for the year")


@contextmanager
def _engine(name: Name, source: str, files: str) -> Iterator[Engine]:
    opened: Engine
    if name == "postgresql":
        opened = OnPostgresql(source)
    elif name == "spark":
        if not files:
            raise UsageError("Spark reads files: say --files DIR, as its servers see it")
        opened = OnSpark(source, Shelf(folder_of(files)))
    else:
        opened = OnDuckdb(Shelf(folder_of(source)))
    with closing(opened):
        yield opened
