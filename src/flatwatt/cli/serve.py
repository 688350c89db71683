"""`run` and `live`: the collector, and looking at what it writes."""

import asyncio
import contextlib
import logging
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from flatwatt.care import RoomWatch
from flatwatt.cli.common import (
    HomeOption,
    PlainOption,
    errors,
    home_of,
    load_home,
    now_ms,
    watching,
)
from flatwatt.cli.jobs import catch_up, log_to_terminal, quiet, record, viewer
from flatwatt.cli.view import live_view, plain_line
from flatwatt.clock import Clock
from flatwatt.daemon import ROOM_S
from flatwatt.errors import StoreError, UsageError
from flatwatt.flat import Flat
from flatwatt.opening import counters
from flatwatt.sealing import sealing_of

log = logging.getLogger("flatwatt")


def run(
    home: HomeOption = None,
    show: Annotated[bool, typer.Option("--live", help="Show the live table here.")] = False,
    plain: PlainOption = False,
) -> None:
    """Read the plugs, write the record, tell events; until Ctrl-C or SIGTERM.

    Examples: flatwatt run · flatwatt run --live · flatwatt run --home /srv/flatwatt
    """
    log_to_terminal(plain)
    where = home_of(home)
    loaded = load_home(where)
    if not loaded.config.plugs:
        raise UsageError(f"{loaded.file} names no plug yet; add one: [plugs.printer]")
    with where.lock() as lock:
        if lock.trouble:
            log.warning("%s", lock.trouble)
        flat = Flat(where, loaded.config, counters())
        try:
            catch_up(flat)
            clock = Clock()
            view = viewer(flat, clock.now_ms, plain) if show else quiet
            log.info("recording %d plugs under %s", len(loaded.config.plugs), where.path)
            sealing = sealing_of(where, loaded.config, clock.now_ms)
            asyncio.run(record(flat, loaded, clock, view, beside=[sealing.run]))
        finally:
            flat.close()
    left = flat.store_troubles()
    if left:
        raise StoreError(f"stopped, but not everything could be written down: {'; '.join(left)}")
    log.info("stopped; everything is written down")


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
            _look_at_room(flat, _room_watch(flat))
            snapshot = flat.snapshot(now_ms())
            view = plain_line if plain else live_view
            Console().print(view(snapshot, flat.zone, language))
            return
        with contextlib.suppress(KeyboardInterrupt):
            _follow(flat, plain)


def _follow(flat: Flat, plain: bool) -> None:
    language = flat.config.flat.language
    clock, room, due = Clock(), _room_watch(flat), 0.0
    with (
        Live(console=Console(), auto_refresh=False)
        if not plain
        else contextlib.nullcontext() as view
    ):
        while True:
            flat.catch_up()
            if time.perf_counter() >= due:
                _look_at_room(flat, room)
                due = time.perf_counter() + ROOM_S
            snapshot = flat.snapshot(clock.now_ms())
            if view is None:
                typer.echo(plain_line(snapshot, flat.zone, language))
            else:
                view.update(live_view(snapshot, flat.zone, language), refresh=True)
            time.sleep(1)


def _room_watch(flat: Flat) -> RoomWatch:
    return RoomWatch(flat.home, flat.zone, flat.config.flat.language)


def _look_at_room(flat: Flat, room: RoomWatch) -> None:
    """Warn here too: the collector beside this process cannot."""
    with contextlib.suppress(OSError, StoreError):
        flat.room_trouble = room.look(now_ms())
