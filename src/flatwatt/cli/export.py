"""`export`: what is written down, as a file other programs open."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from flatwatt.cli.asked import known, parse_day
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, watching
from flatwatt.config import Config
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.report.periods import Period, local_day, month_period
from flatwatt.store.home import Home
from flatwatt.tables import Table, happenings, quarters, readings
from flatwatt.tables.writing import ENDINGS, Format, write

What = Literal["readings", "runs", "events"]
Resolution = Literal["raw", "minute", "quarter", "hour", "day", "month"]
_SUMS = {
    "quarter": quarters.quarters,
    "hour": quarters.hours,
    "day": quarters.days,
    "month": quarters.months,
}


def export(  # noqa: PLR0913, PLR0917 - the options of a command are its parameters
    home: HomeOption = None,
    appliance: Annotated[
        list[str] | None,
        typer.Option(help="Only this appliance's; may be given several times.", metavar="ID"),
    ] = None,
    first: Annotated[str, typer.Option("--from", help="First day.", metavar="DAY")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day.", metavar="DAY")] = "",
    month: Annotated[str, typer.Option("--month", help="A month: 2026-11.")] = "",
    year: Annotated[str, typer.Option("--year", help="A year: 2026.")] = "",
    what: Annotated[What, typer.Option(help="Readings, runs or events.")] = "readings",
    resolution: Annotated[
        Resolution, typer.Option(help="Readings as they are, or summed up.")
    ] = "raw",
    as_: Annotated[
        Format | None, typer.Option("--format", help="Else by the file's ending, else CSV.")
    ] = None,
    german: Annotated[
        bool, typer.Option("--german", help="Semicolons and decimal commas, for German Excel.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File; else standard output.")
    ] = None,
) -> None:
    """Write readings, runs or events of some days to a file (default: today's readings).

    Examples: flatwatt export --appliance printer -o printer.csv ·
    flatwatt export --month 2026-11 --resolution quarter --german -o nov.csv ·
    flatwatt export --year 2026 --resolution hour -o 2026.parquet
    """
    where = home_of(home)
    loaded = load_home(where)
    only = _chosen(loaded.config, appliance)
    format_ = _format(as_, out, german=german)
    if what != "readings" and resolution != "raw":
        raise UsageError(f"--resolution is for readings; --what {what} has none")
    with watching(where, loaded) as flat:
        today = local_day(max(now_ms(), flat.newest_ms), flat.zone)
        period = _period((first, last), month, year, today)
        table = _table(where, flat, (what, resolution), period, only)
        write(table, format_, flat.zone, out, force=force)


def _chosen(config: Config, appliances: Sequence[str] | None) -> frozenset[str]:
    for each in appliances or ():
        known(config, each)
    return frozenset(each for each in appliances or () if each)


def _format(as_: Format | None, out: Path | None, *, german: bool) -> Format:
    if german:
        if as_ not in (None, Format.CSV, Format.GERMAN):
            raise UsageError(f"--german is for CSV, not for {as_}")
        return Format.GERMAN
    if as_ is not None:
        return as_
    return Format.CSV if out is None else ENDINGS.get(out.suffix.lower(), Format.CSV)


def _period(days: tuple[str, str], month: str, year: str, today: date) -> Period:
    if sum(map(bool, (any(days), month, year))) > 1:
        raise UsageError("say only one of --from/--to, --month and --year")
    if month:
        return month_period(parse_day(month, today))
    if year:
        if not (year.isdigit() and 1970 <= int(year) <= 9998):
            raise UsageError(f"{year!r} is no year; write 2026")
        return Period(date(int(year), 1, 1), date(int(year), 12, 31))
    first = parse_day(days[0], today) if days[0] else today
    period = Period(first, parse_day(days[1], today) if days[1] else max(today, first))
    if period.last < period.first:
        raise UsageError("--to lies before --from")
    return period


def _table(
    home: Home, flat: Flat, wanted: tuple[str, str], period: Period, only: frozenset[str]
) -> Table:
    what, resolution = wanted
    bounds_ms = period.bounds_ms(flat.zone)
    if what == "runs":
        return happenings.runs(flat, bounds_ms, only)
    if what == "events":
        return happenings.events(home, bounds_ms, only)
    if resolution == "raw":
        return readings.raw(home, period, only)
    if resolution == "minute":
        return readings.minutes(home, period, only)
    return _SUMS[resolution](home, flat, period, only)
