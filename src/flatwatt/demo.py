"""A whole flat on loopback: emulated plugs, weeks of history, then life at speed.

The plugs are served by real servers and read by the same drivers as bought ones. The
history is made by feeding the plugs' own answers of the past through the same parsers,
record, meters and detectors, without the sockets between, so weeks take seconds.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flatwatt.clock import FastClock
from flatwatt.config import Loaded, load
from flatwatt.daemon import Daemon
from flatwatt.emulator import EmulatedPlug, Served, ShellyGen1, ShellyGen3, Tasmota, serve
from flatwatt.flat import Flat
from flatwatt.loads import Forced, load_of
from flatwatt.model import Reading
from flatwatt.opening import open_all
from flatwatt.plugs import shelly, shelly1, tasmota
from flatwatt.report.periods import local_time
from flatwatt.store.home import Home

STEP_MS = 30_000
"""Between two readings of the history."""
CHUNK = 120
WEEK_MS = 7 * 86_400_000
MINUTE_MS = 60_000
PASSWORD = "loopback-only"  # noqa: S105 - guards an emulated plug on this computer
ZONE = "Europe/Berlin"
REAL_INTERVAL_S = 0.5
WASH_ENDS_MS = 3 * MINUTE_MS
"""After the live part begins: a person sees the laundry finish."""
PRINT_BEGAN_MS = 50 * MINUTE_MS
"""Before the live part begins."""

Parse = Callable[..., Reading]

CONFIG = """\
# Made by `flatwatt demo`: emulated plugs on this computer, invented prices.
[flat]
name = "WG Lindenstraße"
timezone = "{zone}"
language = "en"

[[tariff]]
valid_from = 2020-01-01
rate_eur_kwh = 0.2999
base_fee_eur_month = 11.90

[[tariff]]
valid_from = {since}
rate_eur_kwh = 0.3298
base_fee_eur_month = 12.90
"""
PLUG = """
[plugs.{id}]
family = "{family}"
host = "{host}"
appliance = "{kind}"
name = "{name}"
interval_s = {interval_s}
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One emulated plug of the cast."""

    id: str
    name: str
    kind: str
    family: str
    plug: EmulatedPlug
    parse: Parse
    secret: bool


@dataclass(slots=True)
class Scene:
    """A demo ready to be performed.

    Attributes:
        parts: the cast.
        loaded: its configuration; ports are filled in by `perform`.
        clock: the demo's time.
        start_ms: when the live part begins.
    """

    home: Home
    parts: list[Part]
    loaded: Loaded
    clock: FastClock
    start_ms: int
    speed: float


@contextmanager
def stage(home: Home, speed: float, start_ms: int, weeks: int = 3) -> Iterator[Scene]:
    """Set a home and its emulated plugs up; nothing runs yet.

    Args:
        home: written to.
        speed: demo seconds a real second.
        start_ms: when the live part begins, ms of Unix time.
        weeks: of history before it.
    """
    home.create()
    clock = FastClock(start_ms, speed)
    parts = _cast(start_ms, weeks, clock)
    scene = Scene(home, parts, _write_config(home, parts, start_ms, {}), clock, start_ms, speed)
    yield scene


def _cast(start_ms: int, weeks: int, clock: FastClock) -> list[Part]:
    origin_ms = start_ms - weeks * WEEK_MS - 86_400_000
    utc_offset = local_time(start_ms, ZoneInfo(ZONE)).utcoffset()
    offset_ms = int(utc_offset.total_seconds() * 1000) if utc_offset else 0
    common: dict[str, Any] = {"now_ms": clock.now_ms, "boot_ms": origin_ms}

    def of(kind: str, seed: int, *forced: Forced) -> Any:  # noqa: ANN401 - loads.Curve
        return load_of(
            kind,
            seed,
            origin_ms,
            offset_ms,
            forced=forced,
            planned_until_ms=start_ms - 4 * 3_600_000 if forced else None,
        )

    printing = Forced("medium", start_ms=start_ms - PRINT_BEGAN_MS)
    washing = Forced("40", end_ms=start_ms + WASH_ENDS_MS)
    return [
        Part(
            "printer", "3D printer", "printer_3d", "shelly",
            ShellyGen3(of("printer_3d", 7, printing), mac="543204A1B201", password=PASSWORD,
                       push_s=0.1, **common),
            shelly.parse_status, secret=True,
        ),
        Part(
            "washer", "Washing machine", "washing_machine", "tasmota",
            Tasmota(of("washing_machine", 3, washing), mac="A4CF12A1B202", **common),
            partial(tasmota.parse_status, mac="a4cf12a1b202"), secret=False,
        ),
        Part(
            "fridge", "Fridge", "fridge", "shelly1",
            ShellyGen1(of("fridge", 5), mac="E868E7A1B203", password=PASSWORD, **common),
            shelly1.parse_status, secret=True,
        ),
        Part(
            "desk", "Desk", "other", "shelly",
            ShellyGen3(of("desk", 2), mac="543204A1B204", component="pm1:0", push_s=0.1, **common),
            shelly.parse_status, secret=False,
        ),
        Part(
            "router", "Router", "other", "tasmota",
            Tasmota(of("standby", 4), mac="A4CF12A1B205", **common),
            partial(tasmota.parse_status, mac="a4cf12a1b205"), secret=False,
        ),
    ]  # fmt: skip


def _write_config(home: Home, parts: list[Part], start_ms: int, hosts: dict[str, str]) -> Loaded:
    since = local_time(start_ms - 10 * 86_400_000, ZoneInfo(ZONE)).date()
    tables = [
        PLUG.format(
            id=part.id,
            family=part.family,
            host=hosts.get(part.id, "127.0.0.1:1"),
            kind=part.kind,
            name=part.name,
            interval_s=REAL_INTERVAL_S,
        )
        for part in parts
    ]
    text = CONFIG.format(zone=ZONE, since=since.isoformat()) + "".join(tables)
    secrets = "".join(
        f'[plugs.{part.id}]\npassword = "{PASSWORD}"\n' for part in parts if part.secret
    )
    home.config.write_text(text, encoding="utf-8")
    home.secrets.touch(mode=0o600)
    home.secrets.write_text(secrets, encoding="utf-8")
    return load(home.config, home.secrets, {})


def history_steps(weeks: int) -> int:
    """Return how many readings a plug has in its history."""
    return weeks * WEEK_MS // STEP_MS


def fill(scene: Scene, flat: Flat, weeks: int, progress: Callable[[int], None]) -> None:
    """Tell the flat what the plugs would have said in the weeks before."""
    steps = history_steps(weeks)
    batch: list[Reading] = []
    for step in range(steps):
        at_ms = scene.start_ms - (steps - step) * STEP_MS
        batch.extend(
            part.parse(part.plug.status(at_ms), name=part.id, at_ms=at_ms) for part in scene.parts
        )
        if (step + 1) % CHUNK == 0 or step + 1 == steps:
            flat.feed(batch)
            batch = []
            progress(min(CHUNK, step % CHUNK + 1))
        if (step + 1) % (CHUNK * 24) == 0:
            flat.persist(flat.capture())
    flat.persist(flat.capture())


async def perform(scene: Scene, flat: Flat) -> None:
    """Serve the plugs on loopback ports and read them until cancelled."""
    served: dict[str, Served] = {}
    try:
        for part in scene.parts:
            served[part.id] = await serve(part.plug.app())
        hosts = {id_: server.address for id_, server in served.items()}
        scene.loaded = _write_config(scene.home, scene.parts, scene.start_ms, hosts)
        scene.clock.restart(scene.start_ms)
        daemon = Daemon(
            flat,
            open_all(scene.loaded, scene.clock.now_ms),
            scene.clock,
            sync_s=5.0,
            speed=scene.speed,
        )
        await daemon.run()
    finally:
        await asyncio.gather(*(server.close() for server in served.values()))
