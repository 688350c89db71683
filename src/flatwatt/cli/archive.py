"""`archive`: the columnar twin of the record: its state, made anew, verified, CSV put away."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from flatwatt.cli.asked import JsonOption
from flatwatt.cli.common import HomeOption, errors, home_of, load_home, now_ms, progress
from flatwatt.cli.screen import Screen, screen_of
from flatwatt.errors import StoreError
from flatwatt.report.wording import Language, number, word
from flatwatt.sealing import keeping_of, sealable, twin_of
from flatwatt.store.twin.keep import Keeping, due, prune
from flatwatt.store.twin.manifest import Day, Manifest
from flatwatt.store.twin.source import files_by_day
from flatwatt.store.twin.twin import Twin

app = typer.Typer(help="Past days as Parquet, verified against the CSV.", no_args_is_help=True)
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class _Archive:
    """What every command here needs."""

    twin: Twin
    keeping: Keeping
    today: date
    language: Language


def _archive(home: HomeOption) -> _Archive:
    where = home_of(home)
    config = load_home(where).config
    today = sealable(now_ms(), ZoneInfo(config.flat.timezone))
    return _Archive(twin_of(where, config), keeping_of(where, config), today, config.flat.language)


@contextmanager
def _bar(text: str, total: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    with progress(text, total, quiet=quiet) as bar:
        yield lambda _day: bar.advance(bar.task_ids[0])


def _failed(failed: Sequence[str]) -> None:
    """Say what went wrong, each on a line, and end with the exit code of files."""
    for text in failed[:-1]:
        errors.print(text, markup=False)
    if failed:
        raise StoreError(failed[-1])


@app.command()
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What is archived, how small it is, what waits, and what becomes of the CSV.

    Examples: flatwatt archive status · flatwatt archive status --json
    """
    it = _archive(home)
    present = it.twin.manifest()
    waiting = it.twin.unsealed(it.today)
    old = due(it.twin, it.today, it.keeping)
    if as_json:
        typer.echo(json.dumps(_status_json(it, present, waiting, old), indent=2))
        return
    if present.days:
        screen = screen_of(plain=False)
        screen.console.print(_table(screen, present, it.language))
    else:
        typer.echo(word("archive_empty", it.language))
    if waiting:
        said = word("archive_waiting", it.language)
        typer.echo(said.format(n=len(waiting), first=waiting[0], last=waiting[-1]))
    said = word(f"archive_csv_{it.keeping.csv}", it.language)
    typer.echo(said.format(n=it.keeping.after_days, folder=it.keeping.folder))
    if old:
        typer.echo(word("archive_due", it.language).format(n=len(old)))


def _months(present: Manifest) -> dict[str, list[Day]]:
    months: dict[str, list[Day]] = {}
    for day, each in sorted(present.days.items()):
        months.setdefault(day[:7], []).append(each)
    return months


def _sizes(present: Manifest, days: Sequence[Day]) -> tuple[int, int, int, int]:
    """Return (readings, bytes of CSV, bytes of Parquet, bad lines)."""
    return (
        sum(each.rows for each in days),
        sum(source.size for each in days for source in each.sources),
        sum(present.files[name].size for name in {each.file for each in days}),
        sum(each.bad_rows for each in days),
    )


def _table(screen: Screen, present: Manifest, language: Language) -> Table:
    table = screen.table()
    table.add_column(word("archive_month", language))
    for key in ("days", "readings", "csv", "sealed", "each", "bad"):
        table.add_column(word(f"archive_{key}", language), justify="right")
    for month, days in [*_months(present).items(), ("", list(present.days.values()))]:
        rows, csv, sealed, bad = _sizes(present, days)
        each = number(sealed / rows if rows else None, 2, language)
        sizes = (number(csv / MB, 1, language), number(sealed / MB, 2, language), each)
        name = month or word("total", language)
        table.add_row(name, str(len(days)), str(rows), *sizes, str(bad))
    return table


def _status_json(
    it: _Archive, present: Manifest, waiting: Sequence[str], old: Sequence[str]
) -> dict[str, object]:
    keys = ("readings", "csv_bytes", "archive_bytes", "bad_lines")
    return {
        "months": [
            {"month": month, "days": len(days)}
            | dict(zip(keys, _sizes(present, days), strict=True))
            for month, days in _months(present).items()
        ],
        "waiting_days": list(waiting),
        "csv": it.keeping.csv,
        "after_days": it.keeping.after_days,
        "due_days": list(old),
    }


@app.command()
def rebuild(
    home: HomeOption = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Only days that are not archived yet.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the archive anew from the CSV: every past day, then months; nothing else changes.

    Examples: flatwatt archive rebuild · flatwatt archive rebuild --missing
    """
    it = _archive(home)
    with it.twin.lock():
        days = it.twin.unsealed(it.today)
        if not missing:
            last = (it.today - timedelta(days=1)).isoformat()
            days = sorted(files_by_day(it.twin.folders, last=last))
        with _bar(word("archive_sealing", it.language), len(days), quiet=as_json) as tick:
            failed = it.twin.work(days, it.today, tick)
    sealed = [day for day in days if day in it.twin.manifest().days]
    if as_json:
        typer.echo(json.dumps({"days": sealed, "failed": failed}, indent=2))
    else:
        typer.echo(word("archive_rebuilt", it.language).format(n=len(sealed)))
    _failed(failed)


@app.command()
def verify(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Compare every archived day with its CSV, value by value, and the files with their hashes.

    Examples: flatwatt archive verify · flatwatt archive verify --json
    """
    it = _archive(home)
    failed: dict[str, str] = {}
    with it.twin.lock():
        days = sorted(it.twin.manifest().days)
        with _bar(word("archive_verifying", it.language), len(days), quiet=as_json) as tick:
            for day in days:
                try:
                    it.twin.verify(day)
                except StoreError as error:
                    failed[day] = str(error)
                tick(day)
    if as_json:
        sound = [day for day in days if day not in failed]
        typer.echo(json.dumps({"sound_days": sound, "failed": failed}, indent=2))
    elif not failed:
        typer.echo(word("archive_verified", it.language).format(n=len(days)))
    _failed(list(failed.values()))


@app.command("prune")
def prune_(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Compress or move old CSV files as `[archive]` says, each day verified before.

    Examples: flatwatt archive prune · flatwatt archive prune --json
    """
    it = _archive(home)
    freed, failed = 0, []
    with it.twin.lock():
        days = due(it.twin, it.today, it.keeping)
        with _bar(word("archive_pruning", it.language), len(days), quiet=as_json) as tick:
            for day in days:
                try:
                    freed += prune(it.twin, day, it.keeping)
                except StoreError as error:
                    failed.append(str(error))
                tick(day)
    if as_json:
        typer.echo(json.dumps({"days": days, "freed_bytes": freed, "failed": failed}, indent=2))
    elif days:
        text = word("archive_pruned", it.language)
        typer.echo(text.format(n=len(days), mb=number(freed / MB, 1, it.language)))
    else:
        key = "archive_keeps" if it.keeping.csv == "keep" else "archive_nothing_due"
        typer.echo(word(key, it.language))
    _failed(failed)
