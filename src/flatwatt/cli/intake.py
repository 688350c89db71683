"""`import`: what other programs measured, taken into the record."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from flatwatt.cli.asked import known
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, out, progress
from flatwatt.cli.intake_view import bad_rows, plan_table
from flatwatt.config import Loaded
from flatwatt.errors import UsageError
from flatwatt.intake.plan import plug_of
from flatwatt.intake.points import Asked, Bad
from flatwatt.intake.sources import Source, read
from flatwatt.intake.take import Target, look, take
from flatwatt.intake.text import UNITS
from flatwatt.opening import counters
from flatwatt.report.wording import word


def import_(  # noqa: PLR0913, PLR0917 - the options of a command are its parameters
    files: Annotated[list[Path], typer.Argument(help="What the other program wrote.")],
    source: Annotated[Source, typer.Option("--from", help="Which program wrote it.")],
    appliance: Annotated[str, typer.Option(help="The appliance it was, by its id.", metavar="ID")],
    home: HomeOption = None,
    entity: Annotated[
        list[str] | None,
        typer.Option(help="Which series of the file; may be given several times.", metavar="NAME"),
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            "--map", help="Columns: time=Zeit,power_w=Leistung.", metavar="OURS=THEIRS,…"
        ),
    ] = "",
    unit: Annotated[
        list[str] | None, typer.Option(help=f"Of the figures: {', '.join(UNITS)}.")
    ] = None,
    timezone: Annotated[
        str, typer.Option(help="Of times without an offset; else the flat's.", metavar="ZONE")
    ] = "",
    stamp: Annotated[
        Literal["start", "end"], typer.Option(help="Which end of a stretch its time is.")
    ] = "start",
    yes: Annotated[bool, typer.Option("--yes", help="Write it; else it is only shown.")] = False,
) -> None:
    """Take what other programs measured into the record; without --yes it is only shown.

    Examples: flatwatt import history.csv --from homeassistant --appliance washer ·
    flatwatt import strom.csv --from csv --appliance fridge --map time=Zeit,part_wh=Verbrauch
    --unit kWh --yes
    """
    where = home_of(home)
    loaded = load_home(where)
    known(loaded.config, appliance)
    asked = _asked(loaded, entity, columns, unit, (timezone, stamp))
    wrong: list[Bad] = []
    moment_ms = now_ms()
    cleaned = read(source, files, asked, moment_ms, wrong.append)
    target = Target(appliance, plug_of(source, appliance, asked.entities))
    language = loaded.config.flat.language
    plan = look(where, _zone(loaded.config.flat.timezone), cleaned, target)
    for note in asked.notes:
        out.print(note, markup=False, highlight=False)
    out.print(plan_table(plan, _zone(loaded.config.flat.timezone), language))
    if wrong:
        out.print(bad_rows(wrong, language))
    if not plan.rows:
        typer.echo(word("import_nothing", language))
    elif not yes:
        typer.echo(word("import_dry", language))
    else:
        with progress(word("import_writing", language), None) as bar:
            done = take(where, loaded.config, counters(), cleaned, target, moment_ms,
                        lambda _what, rows: bar.advance(bar.task_ids[0], rows))  # fmt: skip
        typer.echo(f"{len(done.rows)} {word('import_done', language)}")


def _asked(
    loaded: Loaded,
    entity: Sequence[str] | None,
    columns: str,
    unit: Sequence[str] | None,
    time: tuple[str, str],
) -> Asked:
    for each in unit or ():
        if each.lower() not in (one.lower() for one in UNITS):
            raise UsageError(f"--unit knows no {each!r}; known: {', '.join(UNITS)}")
    return Asked(
        zone=_zone(time[0] or loaded.config.flat.timezone),
        units=tuple(unit or ()),
        entities=tuple(entity or ()),
        columns=_columns(columns),
        stamp=time[1],
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"there is no time zone {name!r}; write Europe/Berlin or UTC") from error


def _columns(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in text.split(",") if text else ():
        ours, equals, theirs = each.partition("=")
        if not equals or not theirs:
            raise UsageError(f"--map {each!r} is no OURS=THEIRS; write time=Zeit,power_w=Leistung")
        found[ours.strip()] = theirs.strip()
    return found
