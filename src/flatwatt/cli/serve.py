"""`demo`, `run`, `live`, `replay`: commands that keep going until told to stop."""

import asyncio
import contextlib
import logging
import signal
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.logging import RichHandler
from rich.text import Text

from flatwatt import demo as demo_room
from flatwatt.appliance.profiles import PROFILES
from flatwatt.cli.common import (
    HomeOption,
    PlainOption,
    errors,
    home_of,
    load_home,
    now_ms,
    progress,
    watching,
)
from flatwatt.cli.look import summary_of
from flatwatt.cli.view import live_view, plain_line, report_table, runs_table
from flatwatt.clock import Clock
from flatwatt.config import Config, Loaded, PlugTable, TariffTable
from flatwatt.daemon import ClockLike, Daemon, counters, open_all
from flatwatt.drivers import nearest
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.model import Event
from flatwatt.report.periods import Period, day_period, local_day, local_time
from flatwatt.report.wording import eur, kwh, span
from flatwatt.store.home import Home

log = logging.getLogger("flatwatt")


def run(
    home: HomeOption = None,
    show: Annotated[bool, typer.Option("--live", help="Show the live table here.")] = False,
    plain: PlainOption = False,
) -> None:
    """Read the plugs, write the record, tell events; until Ctrl-C or SIGTERM.

    Examples: flatwatt run · flatwatt run --live · flatwatt --home /srv/flatwatt run
    """
    _log_to_terminal(plain)
    where = home_of(home)
    loaded = load_home(where)
    if not loaded.config.plugs:
        raise UsageError(f"{loaded.file} names no plug yet; add one: [plugs.printer]")
    with where.lock():
        flat = Flat(where, loaded.config, counters())
        try:
            _catch_up(flat)
            clock = Clock()
            view = _viewer(flat, clock.now_ms, plain) if show else _quiet
            log.info("recording %d plugs under %s", len(loaded.config.plugs), where.path)
            asyncio.run(_serve(flat, loaded, clock, view))
        finally:
            flat.close()
    log.info("stopped; everything is written down")


async def _serve(
    flat: Flat, loaded: Loaded, clock: ClockLike, view: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    daemon = Daemon(
        flat, open_all(loaded, clock.now_ms), clock, sync_s=loaded.config.record.sync_s
    )
    await until_told(daemon.run(), view())


async def until_told(*jobs: Coroutine[Any, Any, None], seconds: float | None = None) -> None:
    """Run until the first job ends, SIGINT or SIGTERM comes, or time is up."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt comes instead
            loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(job) for job in jobs]
    told = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait(
            [*tasks, told], timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        for task in (*tasks, told):
            task.cancel()
        await asyncio.gather(*tasks, told, return_exceptions=True)
    for task in done:
        if task is not told:
            task.result()


async def _quiet() -> None:
    await asyncio.Event().wait()


def _viewer(
    flat: Flat, moment_ms: Callable[[], int], plain: bool
) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return a job that shows the flat each second."""
    language = flat.config.flat.language

    async def show_plain() -> None:
        while True:
            await asyncio.sleep(1)
            typer.echo(plain_line(flat.snapshot(moment_ms()), flat.zone, language))

    async def show_table() -> None:
        with Live(console=Console(), auto_refresh=False) as live:
            while True:
                live.update(
                    live_view(flat.snapshot(moment_ms()), flat.zone, language), refresh=True
                )
                await asyncio.sleep(1)

    return show_plain if plain else show_table


def live(
    home: HomeOption = None,
    plain: PlainOption = False,
    once: Annotated[bool, typer.Option("--once", help="Show it once and leave.")] = False,
) -> None:
    """Watch the flat: state, W, today's kWh and EUR per appliance, each second.

    Shows what `flatwatt run` writes down, from any terminal of the same computer.
    """
    where = home_of(home)
    loaded = load_home(where)
    language = loaded.config.flat.language
    with watching(where, loaded) as flat:
        if not where.busy():
            errors.print("No flatwatt is recording here; start one with: flatwatt run")
        if once:
            snapshot = flat.snapshot(now_ms())
            view = plain_line if plain else live_view
            Console().print(view(snapshot, flat.zone, language))
            return
        with contextlib.suppress(KeyboardInterrupt):
            _follow(flat, plain)


def _follow(flat: Flat, plain: bool) -> None:
    language = flat.config.flat.language
    clock = Clock()
    with (
        Live(console=Console(), auto_refresh=False)
        if not plain
        else contextlib.nullcontext() as view
    ):
        while True:
            flat.catch_up()
            snapshot = flat.snapshot(clock.now_ms())
            if view is None:
                typer.echo(plain_line(snapshot, flat.zone, language))
            else:
                view.update(live_view(snapshot, flat.zone, language), refresh=True)
            time.sleep(1)


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
    _log_to_terminal(plain)
    where = Home(home or Path(tempfile.mkdtemp(prefix="flatwatt-demo-")))
    console = Console()
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


async def _perform(
    scene: demo_room.Scene, flat: Flat, *, plain: bool, seconds: float | None
) -> None:
    view = _viewer(flat, scene.clock.now_ms, plain)
    await until_told(demo_room.perform(scene, flat), view(), seconds=seconds)


def _teller(flat: Flat, console: Console) -> Callable[[Event], None]:
    """Return a listener that says what happened in one line."""
    language = flat.config.flat.language

    def tell(event: Event) -> None:
        plug = flat.config.plugs.get(event.appliance)
        name = plug.name if plug and plug.name else event.appliance
        at = local_time(event.at_ms, flat.zone)
        words = f"{at:%H:%M} {event.kind} {name}"
        if event.kind == "device_finished":
            data = event.data
            cost = data["cost_eur"]
            paid = eur(None if cost is None else Decimal(str(cost)), language)
            energy = kwh(round(float(str(data["energy_wh"])) * 1000), language)
            words = f"{words}: {energy}, {paid}, {span(float(str(data['duration_s'])))}"
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
    _log_to_terminal(plain=True)
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
        asyncio.run(_serve(flat, loaded, Clock(), _quiet))
        flat.persist(flat.capture())
        _tell_replay(flat, where if home else None)


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


def _catch_up(flat: Flat) -> None:
    with progress("Reading the record", None) as bar:
        rows = flat.catch_up(lambda count: bar.advance(bar.task_ids[0], count))
    if rows:
        log.info("went on from %d rows of the record", rows)


def _log_to_terminal(plain: bool) -> None:
    handler: logging.Handler = (
        logging.StreamHandler()
        if plain or not errors.is_terminal
        else RichHandler(console=errors, show_path=False, show_level=False, markup=False)
    )
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
