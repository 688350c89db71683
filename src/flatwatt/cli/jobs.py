"""What commands that keep going share: recording, showing, and stopping when told."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import typer
from rich.live import Live
from rich.logging import RichHandler

from flatwatt.cli.common import errors, out, progress
from flatwatt.cli.view import live_view, plain_line
from flatwatt.config import DisplayTable, Loaded
from flatwatt.daemon import ClockLike, Daemon, Job
from flatwatt.flat import Flat
from flatwatt.opening import Opened, open_all
from flatwatt.sinks import Display
from flatwatt.sinks.lcd import LcdDisplay, Options

log = logging.getLogger("flatwatt")


async def record(
    flat: Flat,
    loaded: Loaded,
    clock: ClockLike,
    view: Job,
    opened: Sequence[Opened] | None = None,
    beside: Sequence[Job] = (),
) -> None:
    """Read a home's plugs, or those that are opened, and show the flat until told to stop.

    Args:
        flat: where readings go.
        loaded: plugs and display.
        clock: shared by all.
        view: what a person sees meanwhile.
        opened: instead of the configured plugs.
        beside: jobs that run in the background.
    """
    displays = [] if loaded.config.display is None else [_lcd(flat, loaded.config.display, clock)]
    daemon = Daemon(
        flat,
        open_all(loaded, clock.now_ms) if opened is None else opened,
        clock,
        sync_s=loaded.config.record.sync_s,
        displays=displays,
    )
    daemon.jobs.extend(beside)
    await until_told(daemon.run(), view())


def _lcd(flat: Flat, table: DisplayTable, clock: ClockLike) -> Display:
    """Return the display on the desk; its buttons become events."""
    return LcdDisplay(
        Options(table.port),
        language=flat.config.flat.language,
        zone=flat.zone,
        buttons=lambda button, action: flat.tell_button(button, action, clock.now_ms()),
    )


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


async def quiet() -> None:
    """Show nothing."""
    await asyncio.Event().wait()


def viewer(flat: Flat, moment_ms: Callable[[], int], plain: bool) -> Job:
    """Return a job that shows the flat each second."""
    language = flat.config.flat.language

    async def show_plain() -> None:
        while True:
            await asyncio.sleep(1)
            typer.echo(plain_line(flat.snapshot(moment_ms()), flat.zone, language))

    async def show_table() -> None:
        with Live(console=out, auto_refresh=False) as live:
            while True:
                live.update(
                    live_view(flat.snapshot(moment_ms()), flat.zone, language), refresh=True
                )
                await asyncio.sleep(1)

    return show_plain if plain else show_table


def catch_up(flat: Flat) -> None:
    """Walk through what the record says beyond the checkpoint, with a progress bar."""
    with progress("Reading the record", None) as bar:
        rows = flat.catch_up(lambda count: bar.advance(bar.task_ids[0], count))
    if rows:
        log.info("went on from %d rows of the record", rows)


def log_to_terminal(plain: bool) -> None:
    """Send flatwatt's log to standard error, coloured where somebody looks."""
    handler: logging.Handler = (
        logging.StreamHandler()
        if plain or not errors.is_terminal
        else RichHandler(console=errors, show_path=False, show_level=False, markup=False)
    )
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
