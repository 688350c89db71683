"""`demo` and `replay`: flatwatt without plugs of one's own."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from flatwatt.answers import summary_of
from flatwatt.appliance.profiles import PROFILES
from flatwatt.cli.common import PlainOption, errors, out, progress
from flatwatt.cli.jobs import log_to_terminal, record, until_told, viewer
from flatwatt.cli.view import report_table, runs_table
from flatwatt.clock import Clock
from flatwatt.config import Config, Loaded, PlugTable, TariffTable
from flatwatt.daemon import Job
from flatwatt.drivers import Plug, nearest
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.model import Event
from flatwatt.opening import counters, open_all
from flatwatt.plugs.replay import ReplayPlug
from flatwatt.report.periods import Period, day_period, local_day, local_time
from flatwatt.report.telling import told_words
from flatwatt.store.home import Home

if TYPE_CHECKING:
    from flatwatt.demo import Scene


def demo(
    home: Annotated[
        Path | None, typer.Option("--home", help="Where to write; else a temporary folder.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Leave after so many seconds; else on Ctrl-C.")
    ] = None,
    speed: Annotated[float, typer.Option(help="How many times faster than real.", min=1)] = 60.0,
    weeks: Annotated[int, typer.Option(help="Weeks of history to fill.", min=0, max=52)] = 3,
    plain: PlainOption = False,
) -> None:
    """See all of flatwatt without any hardware.

    Starts emulated plugs (Shelly Gen1 and Gen3, Tasmota) that speak the real protocols on
    loopback sockets, fills weeks of history, then runs live with a print and a wash.

    Examples: flatwatt demo · flatwatt demo --seconds 20 --plain --home ./demo
    """
    log_to_terminal(plain)
    # Its plugs are web servers: no other command should wait for aiohttp to load.
    from flatwatt import demo as demo_room  # noqa: PLC0415

    where = Home(home or Path(tempfile.mkdtemp(prefix="flatwatt-demo-")))
    console = out
    with demo_room.stage(where, speed, Clock().now_ms(), weeks) as scene:
        console.print(
            f"A flat with {len(scene.parts)} emulated plugs, recorded under {where.path}"
        )
        with where.lock():
            flat = Flat(where, scene.loaded.config, counters())
            try:
                with progress("Filling history", demo_room.history_steps(weeks)) as bar:
                    demo_room.fill(scene, flat, weeks, lambda n: bar.advance(bar.task_ids[0], n))
                flat.listeners.append(_teller(flat, console))
                asyncio.run(_perform(scene, flat, plain=plain, seconds=seconds))
                _closing(flat, console, scene.clock.now_ms(), where)
            finally:
                flat.close()


async def _perform(scene: "Scene", flat: Flat, *, plain: bool, seconds: float | None) -> None:
    view = viewer(flat, scene.clock.now_ms, plain)
    from flatwatt.demo import perform  # noqa: PLC0415 - as above

    await until_told(perform(scene, flat), view(), seconds=seconds)


def _teller(flat: Flat, console: Console) -> Callable[[Event], None]:
    """Return a listener that says what happened in one line."""
    language = flat.config.flat.language

    def tell(event: Event) -> None:
        plug = flat.config.plugs.get(event.appliance)
        name = plug.name if plug and plug.name else event.appliance
        at = local_time(event.at_ms, flat.zone)
        words = f"{at:%H:%M} {told_words(event, name, language)}"
        console.print(Text(words))

    return tell


def _closing(flat: Flat, console: Console, moment_ms: int, where: Home) -> None:
    """Say what the demo leaves behind."""
    language = flat.config.flat.language
    today = local_day(moment_ms, flat.zone)
    week = Period(date.fromordinal(today.toordinal() - 6), today)
    summary = summary_of(flat, week, moment_ms)
    console.print(
        report_table(summary, f"{flat.config.flat.name} · {week.first} – {today}", language)
    )
    names = {id_: plug.name or id_ for id_, plug in flat.config.plugs.items()}
    newest = flat.runs(*day_period(today).bounds_ms(flat.zone))[-5:]
    if newest:
        console.print(runs_table(newest, names, flat.tariff, flat.zone, language))
    console.print(
        f"Ask it more: flatwatt report --month today --home {where.path}", soft_wrap=True
    )


def replay(
    file: Annotated[Path, typer.Argument(help="A recording: CSV or CSV.gz.", metavar="FILE")],
    appliance: Annotated[
        str, typer.Option(help="Kind: washing_machine, dryer, printer_3d …", metavar="KIND")
    ] = "other",
    rate: Annotated[str, typer.Option(help="EUR per kWh.", metavar="EUR")] = "0.32",
    home: Annotated[
        Path | None, typer.Option("--home", help="Keep the record there; else nowhere.")
    ] = None,
    speed: Annotated[
        float, typer.Option(help="Times real time; 0 is as fast as it goes.", min=0)
    ] = 0.0,
) -> None:
    """Run a recording through the very path plugs take: record, meter, states, cost.

    Example: flatwatt replay wash.csv.gz --appliance washing_machine --rate 0.32
    """
    log_to_terminal(plain=True)
    if appliance not in PROFILES:
        raise UsageError(f"unknown appliance {appliance!r}{nearest(appliance, list(PROFILES))}")
    if not file.is_file():
        raise UsageError(f"{file} is no file; give a CSV or CSV.gz recording")
    with contextlib.ExitStack() as stack:
        folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        where = Home(folder)
        where.create()
        loaded = _replay_config(where, file, appliance, rate, speed)
        stack.enter_context(where.lock())
        flat = Flat(where, loaded.config, counters())
        stack.callback(flat.close)
        clock = Clock()
        opened = open_all(loaded, clock.now_ms)
        with progress("Replaying", None) as bar:
            asyncio.run(record(flat, loaded, clock, _day_on(bar, flat), opened))
        flat.persist(flat.capture())
        _tell_bad_rows(opened[0].plug)
        _tell_replay(flat, where if home else None)


def _tell_bad_rows(plug: Plug) -> None:
    """Name the rows of a recording that were skipped."""
    if isinstance(plug, ReplayPlug) and plug.bad_row_count:
        errors.print(f"{plug.bad_row_count} rows of the recording were skipped:", style="yellow")
        for text in plug.bad_rows[:5]:
            errors.print(f"  {text}", markup=False)


def _day_on(bar: Progress, flat: Flat) -> Job:
    """Return a job that shows how far a replay has come."""

    async def show() -> None:
        while True:
            await asyncio.sleep(0.2)
            if flat.newest_ms:
                day = local_day(flat.newest_ms, flat.zone)
                bar.update(bar.task_ids[0], description=f"Replaying {day}")

    return show


def _replay_config(where: Home, file: Path, kind: str, rate: str, speed: float) -> Loaded:
    try:
        price = Decimal(rate.replace(",", "."))
    except InvalidOperation as error:
        raise UsageError(f"--rate {rate!r} is no price; 32 ct/kWh is written 0.32") from error
    plug = PlugTable(
        family="replay",
        appliance=kind,
        name=file.name,
        options={"path": str(file.resolve()), "speed": speed},
    )
    config = Config(tariff=(TariffTable(date(1970, 1, 1), price),), plugs={"recording": plug})
    return Loaded(config, where.config, "")


def _tell_replay(flat: Flat, kept: Home | None) -> None:
    console = Console()
    language = flat.config.flat.language
    found = flat.runs(0, 1 << 53)
    if not flat.newest_ms:
        raise UsageError("the recording has no readings")
    console.print(runs_table(found, {"recording": "recording"}, flat.tariff, flat.zone, language))
    quarters = flat.quarters(0, 1 << 53)
    first = local_day(quarters[0].start_ms, flat.zone)
    period = Period(first, local_day(flat.newest_ms, flat.zone))
    summary = summary_of(flat, period, flat.newest_ms)
    console.print(
        report_table(summary, f"{len(found)} runs, {period.first} – {period.last}", language)
    )
    if kept:
        console.print(f"The record is under {kept.path}", soft_wrap=True)
