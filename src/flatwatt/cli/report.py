"""`report`: energy and cost of a day, a week, a month or a year."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flatwatt.cli.asked import CsvOption, JsonOption, parse_day
from flatwatt.cli.asked_json import breakdown_json, breakdown_rows, report_rows, summary_json
from flatwatt.cli.common import HomeOption, home_of, load_alone, load_home, now_ms, watching
from flatwatt.cli.plain_csv import write_csv
from flatwatt.config import Loaded
from flatwatt.errors import UsageError
from flatwatt.figures import breakdown_of, long_summary_of
from flatwatt.looking import Figures, Light, is_long
from flatwatt.report.breakdown import Breakdown
from flatwatt.report.daily import Summary
from flatwatt.report.periods import (
    Period,
    day_period,
    local_day,
    month_period,
    previous,
    week_period,
    year_period,
)
from flatwatt.report.wording import day_text, word
from flatwatt.store.home import Home

if TYPE_CHECKING:
    from flatwatt.flat import Flat

ByOption = Literal["appliance", "day", "week", "month", "hour", "tariff"]


def report(  # noqa: PLR0913, PLR0917 - a command's options
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
    year: Annotated[
        str, typer.Option("--year", help="A year: 2026, or the one around a day.")
    ] = "",
    by: Annotated[
        ByOption | None, typer.Option("--by", help="Energy and cost by what; else a summary.")
    ] = None,
    compare: Annotated[
        Literal["previous"] | None,
        typer.Option("--compare", help="Put the period before beside it."),
    ] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Energy, cost, peak, standby and hours of a day, week, month or year (default: today).

    Examples: flatwatt report --week today · flatwatt report --month 2026-11 --csv ·
    flatwatt report --year 2026 --by month --compare previous
    """
    where = home_of(home)
    loaded = load_alone(where)
    asked = (("day", day), ("week", week), ("month", month), ("year", year))
    choose = _chosen([(kind, text) for kind, text in asked if text])
    form = "json" if as_json else "csv" if as_csv else ""
    with _figures(where, loaded, choose, summary=not (by or compare)) as (flat, period, at_ms):
        if by or compare:
            earlier = previous(period) if compare else None
            found = breakdown_of(flat, period, earlier, by or "appliance", at_ms)
            _show_parts(flat, found, (period, earlier), form)
        else:
            _show(flat, _summary(flat, period, at_ms), period, form)


Choice = Callable[[date], Period]
"""Today -> the period a person means."""
_PERIODS: dict[str, Choice] = {
    "day": day_period,
    "week": week_period,
    "month": month_period,
    "year": year_period,
}


def _chosen(said: list[tuple[str, str]]) -> Choice:
    if len(said) > 1:
        raise UsageError("say only one of --day, --week, --month and --year")
    if not said:
        return day_period
    kind, text = said[0]
    whole = f"{text}-01-01" if kind == "year" and re.fullmatch(r"\d{4}", text) else text
    return lambda today: _PERIODS[kind](parse_day(whole, today))


@contextmanager
def _figures(
    home: Home, loaded: Loaded, choose: Choice, *, summary: bool
) -> Iterator[tuple["Light | Flat", Period, int]]:
    """Open what a report needs: no more than the figures as kept, where they suffice."""
    with Light(home, loaded.config) as look:
        moment_ms = max(now_ms(), look.newest_ms)
        period = choose(local_day(moment_ms, look.zone))
        if (is_long(period) or not summary) and look.reaches(period):
            yield look, period, moment_ms
            return
    with watching(home, load_home(home)) as flat:
        moment_ms = max(now_ms(), flat.newest_ms)
        yield flat, choose(local_day(moment_ms, flat.zone)), moment_ms


def _summary(flat: "Light | Flat", period: Period, moment_ms: int) -> Summary:
    if is_long(period) or isinstance(flat, Light):
        return long_summary_of(flat, period, moment_ms)
    from flatwatt.answers import summary_of  # noqa: PLC0415 - needs those who follow

    return summary_of(flat, period, moment_ms)


def _title(flat: Figures, period: Period) -> str:
    language = flat.config.flat.language
    first, last = (day_text(day, language) for day in (period.first, period.last))
    when = first if period.first == period.last else f"{first} – {last}"
    return f"{flat.config.flat.name} · {when}"


def _nothing(flat: Figures, period: Period) -> str:
    bounds = f"{period.first.isoformat()} … {period.last.isoformat()}"
    return f"{bounds}: {word('nothing', flat.config.flat.language)}"


def _show(flat: Figures, summary: Summary, period: Period, form: str) -> None:
    if form == "json":
        typer.echo(json.dumps(summary_json(summary, period), indent=2))
    elif form == "csv":
        write_csv(*report_rows(summary))
    elif not summary.total.energy_mwh and not any(line.peak_w for line in summary.lines):
        typer.echo(_nothing(flat, period))
    else:
        from rich.console import Console  # noqa: PLC0415 - only for people

        from flatwatt.cli.view import report_table  # noqa: PLC0415

        Console().print(report_table(summary, _title(flat, period), flat.config.flat.language))


def _show_parts(
    flat: Figures, found: Breakdown, periods: tuple[Period, Period | None], form: str
) -> None:
    names = {id_: plug.name or id_ for id_, plug in flat.config.plugs.items()}
    language = flat.config.flat.language
    if form == "json":
        typer.echo(json.dumps(breakdown_json(found, *periods, names), indent=2))
    elif form == "csv":
        write_csv(*breakdown_rows(found, names))
    elif found.total.energy_mwh is None and found.total.earlier_mwh is None:
        typer.echo(_nothing(flat, periods[0]))
    else:
        from rich.console import Console  # noqa: PLC0415 - only for people

        from flatwatt.cli.report_view import breakdown_table  # noqa: PLC0415

        title = _title(flat, periods[0])
        Console().print(breakdown_table(found, title, names, language))
