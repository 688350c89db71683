"""`sql`: a question in SQL about everything that is written down; nothing is ever written."""

import csv
import json
import sys
from contextlib import AbstractContextManager
from datetime import date
from itertools import islice
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from flatwatt.cli.asked import CsvOption, JsonOption, parse_day
from flatwatt.cli.common import HomeOption, errors, home_of, load_home, now_ms, out, watching
from flatwatt.errors import UsageError
from flatwatt.report.periods import Period, local_day
from flatwatt.report.wording import Language, word
from flatwatt.tables import duck, lite
from flatwatt.tables.answer import Answer, Limits
from flatwatt.tables.cells import cell
from flatwatt.tables.engine import duckdb_or_none
from flatwatt.tables.views import Asked, everything, named_in


def sql(  # noqa: PLR0913, PLR0917 - the options of a command are its parameters
    question: Annotated[str, typer.Argument(help="One SELECT.", metavar="SELECT")],
    home: HomeOption = None,
    first: Annotated[str, typer.Option("--from", help="First day.", metavar="DAY")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day.", metavar="DAY")] = "",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option(help="Most rows of a table; 0 for all.", min=0)] = 200,
    timeout_s: Annotated[
        float, typer.Option("--timeout", help="Seconds until it is broken off.", min=0.1)
    ] = 60.0,
    memory_mb: Annotated[int, typer.Option("--memory", help="Most memory, MB.", min=32)] = 256,
    sqlite: Annotated[
        bool, typer.Option("--sqlite", help="Without DuckDB, also where it is installed.")
    ] = False,
) -> None:
    """Ask the views readings, quarters, slots, runs and events; docs/sql.md names the columns.

    Examples: flatwatt sql "SELECT appliance, sum(energy_mwh) / 1e6 AS kwh FROM quarters
    GROUP BY appliance"
    """
    if as_csv and as_json:
        raise UsageError("say only one of --csv and --json")
    where = home_of(home)
    loaded = load_home(where)
    with watching(where, loaded) as flat:
        today = local_day(max(now_ms(), flat.newest_ms), flat.zone)
        recorded = everything(where, Period(today, today))
        days = (first, last)
        asked = Asked(where, flat, _period(days, recorded, today))
        limits = Limits(timeout_s, memory_mb)
        with _answer(question, asked, limits, days, sqlite=sqlite) as answer:
            _show(answer, loaded.config.flat.language, limit, (as_csv, as_json))


def _period(days: tuple[str, str], recorded: Period, today: date) -> Period:
    first = parse_day(days[0], today) if days[0] else recorded.first
    last = parse_day(days[1], today) if days[1] else max(recorded.last, today)
    if last < first:
        raise UsageError("--to lies before --from")
    return Period(first, last)


def _answer(
    question: str, asked: Asked, limits: Limits, days: tuple[str, str], *, sqlite: bool
) -> AbstractContextManager[Answer]:
    if not sqlite and duckdb_or_none() is not None:
        return duck.ask(question, asked, limits)
    if "readings" in named_in(question) and not any(days):
        newest = asked.period.last
        asked = asked._replace(period=Period(newest, newest))
        errors.print(
            f"readings of {newest} only; choose days with --from and --to, or install the extra "
            "for all of them: pip install 'flatwatt[archive]'",
            markup=False,
        )
    return lite.ask(question, asked, limits)


def _show(answer: Answer, language: Language, limit: int, wanted: tuple[bool, bool]) -> None:
    as_csv, as_json = wanted
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.names)
        writer.writerows([cell(value) for value in row] for row in answer.rows)
    elif as_json:
        _json(answer)
    else:
        _table(answer, language, limit)


def _json(answer: Answer) -> None:
    separator = "[\n"
    for row in answer.rows:
        named = dict(zip(answer.names, row, strict=True))
        typer.echo(f"{separator}{json.dumps(named, ensure_ascii=False, default=str)}", nl=False)
        separator = ",\n"
    typer.echo("[]" if separator == "[\n" else "\n]")


def _table(answer: Answer, language: Language, limit: int) -> None:
    rows = list(islice(answer.rows, limit + 1 if limit else None))
    shown = rows[:limit] if limit else rows
    if not shown:
        typer.echo(word("sql_none", language))
        return
    table = Table()
    for index, name in enumerate(answer.names):
        figures = all(isinstance(row[index], int | float | None) for row in shown)
        table.add_column(Text(name), justify="right" if figures else "left")
    for row in shown:
        table.add_row(*(Text(str(cell(value))) for value in row))
    out.print(table)
    if len(rows) > len(shown):
        typer.echo(f"{len(shown)} {word('sql_more', language)}")
