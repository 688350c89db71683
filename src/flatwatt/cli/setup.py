"""`init`, `check`, `plugs`: getting a home right before anything is recorded."""

import asyncio
import os
import shutil
from typing import Annotated

import typer

from flatwatt import plugs as plug_package
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms
from flatwatt.cli.health import examine
from flatwatt.config import EXAMPLE, EXAMPLE_SECRETS
from flatwatt.drivers import driver_of, families, nearest
from flatwatt.errors import StoreError, UsageError
from flatwatt.model import CounterKind
from flatwatt.opening import open_one
from flatwatt.report.wording import NOTHING, watt


def init(home: HomeOption = None) -> None:
    """Make a home with a commented flatwatt.toml; never overwrites one.

    Example: flatwatt init --home ~/flatwatt
    """
    where = home_of(home)
    if where.config.exists():
        raise UsageError(f"{where.config} exists already; edit it, or choose another --home")
    where.create()
    try:
        where.config.write_text(EXAMPLE, encoding="utf-8")
        if not where.secrets.exists():
            descriptor = os.open(where.secrets, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(EXAMPLE_SECRETS)
    except OSError as error:
        raise StoreError(f"{where.path} cannot be written: {error}") from error
    typer.echo(f"Wrote {where.config}\nEdit it, then: flatwatt check, flatwatt run")


def check(home: HomeOption = None) -> None:
    """Look at configuration, permissions, clock and disk, and say what is wrong.

    Exit code 0 when all is well, 3 or 4 otherwise.
    """
    where = home_of(home)
    loaded = load_home(where)
    typer.echo(f"ok       {loaded.file}: {len(loaded.config.plugs)} plugs")
    findings = examine(where, loaded.config, now_ms(), shutil.disk_usage)
    for finding in findings:
        typer.echo(f"{finding.verdict:8} {finding.text}")
    if any(finding.verdict == "wrong" for finding in findings):
        raise typer.Exit(4)


def plugs_families() -> None:
    """List the families of plugs and what their energy counters do."""
    for family in families(plug_package):
        driver = driver_of(plug_package, family)
        kind = driver.counter.kind
        counter = "no counter" if kind is CounterKind.NONE else f"counter {kind.value}"
        typer.echo(f"{family:10} {counter}, asked every {driver.interval_s:g} s")


def plugs_test(
    name: Annotated[str, typer.Argument(help="The plug's id in flatwatt.toml.", metavar="NAME")],
    home: HomeOption = None,
) -> None:
    """Ask one plug who it is and what it measures; nothing is recorded or switched.

    Example: flatwatt plugs test printer
    """
    loaded = load_home(home_of(home))
    if name not in loaded.config.plugs:
        raise UsageError(f"no plug is called {name!r}{nearest(name, list(loaded.config.plugs))}")
    opened = open_one(loaded, name, now_ms)
    language = loaded.config.flat.language

    async def ask() -> None:
        try:
            identity = await opened.plug.identify()
            typer.echo(f"{name}: {identity.plug}")
            typer.echo(
                f"  model     {identity.model or NOTHING}  firmware {identity.firmware or NOTHING}"
            )
            readings = await asyncio.wait_for(opened.plug.read(), opened.patience_s)
        finally:
            await opened.plug.close()
        for reading in readings[:1]:
            counter = NOTHING if reading.energy_wh is None else f"{reading.energy_wh:.3f} Wh"
            voltage = NOTHING if reading.voltage_v is None else f"{reading.voltage_v:.1f} V"
            typer.echo(f"  power     {watt(reading.power_w, language)}")
            typer.echo(f"  counter   {counter}")
            typer.echo(f"  voltage   {voltage}")

    asyncio.run(ask())
