"""`display`: flash the board, look at its pages, try it out, list ports."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flatwatt.answers import extras_of
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, progress, watching
from flatwatt.errors import UsageError
from flatwatt.sinks.lcd import ports
from flatwatt.sinks.lcd.cells import framed
from flatwatt.sinks.lcd.flasher import flash as write_firmware
from flatwatt.sinks.lcd.flasher import shipped_hex
from flatwatt.sinks.lcd.hexfile import parse_hex
from flatwatt.sinks.lcd.pages import NO_SEATS, all_pages, names_of, seated
from flatwatt.sinks.lcd.trial import Trial

PortOption = Annotated[
    str,
    typer.Option("--port", help="Serial port; else the one board that is found.", metavar="PORT"),
]


def flash(
    port: PortOption = "",
    hex_file: Annotated[
        Path | None,
        typer.Option("--hex", help="Another firmware file; else the one of this flatwatt."),
    ] = None,
) -> None:
    """Write flatwatt's firmware to the Arduino, verify it and start it.

    Needs no Arduino IDE. Stop `flatwatt run` first.
    Examples: flatwatt display flash · flatwatt display flash --port /dev/ttyACM0
    """
    image = parse_hex(_hex_text(hex_file))
    device = ports.choose(ports.list_ports(), port).device
    with progress(f"Writing {device}", 2 * len(image)) as bar:

        def show(what: str, done: int, total: int) -> None:
            shift = total if what == "verify" else 0
            bar.update(bar.task_ids[0], completed=shift + done)

        done = write_firmware(device, image, show)
    typer.echo(f"{device}: {done.size} bytes written and verified at {done.baud} baud")
    if done.hello is None:
        typer.echo("The sketch has not said hello yet; try: flatwatt display test")
    else:
        typer.echo(f"It runs: {done.hello.name} {done.hello.version}")


def _hex_text(hex_file: Path | None) -> str:
    if hex_file is None:
        return shipped_hex()
    try:
        return hex_file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{hex_file}: no Intel HEX file can be read there ({error})") from error


def show(
    home: HomeOption = None,
    page: Annotated[int | None, typer.Option(help="Only this page, 0 to 7.", min=0, max=7)] = None,
    lang: Annotated[
        Literal["de", "en"] | None, typer.Option(help="Language; else the flat's.")
    ] = None,
) -> None:
    """Print the pages the LCD shows as boxes of 2x16; no board is needed.

    Examples: flatwatt display show · flatwatt display show --page 0 --lang de
    """
    where = home_of(home)
    loaded = load_home(where)
    language = lang or loaded.config.flat.language
    with watching(where, loaded) as flat:
        moment_ms = now_ms()
        now = flat.snapshot(moment_ms)
        seats = seated(NO_SEATS, now)
        pages = all_pages(now, extras_of(flat, moment_ms), language, flat.zone, seats)
        if page is not None and page not in pages:
            known = ", ".join(map(str, pages))
            raise UsageError(f"there is no page {page} now; there are {known}")
        wanted = [page] if page is not None else list(pages)
        for slot, name in zip(wanted, names_of(wanted, seats), strict=True):
            typer.echo(f"{slot} {name}\n{framed(pages[slot])}")


def try_out(
    port: PortOption = "",
    seconds: Annotated[
        float, typer.Option(help="How long to wait for each button.", min=0.1)
    ] = 20.0,
    lang: Annotated[Literal["de", "en"], typer.Option(help="Language of the pages.")] = "en",
) -> None:
    """Try the board out: glyphs, pages, and each button pressed by you.

    Stop `flatwatt run` first. Says what was seen; exit code 1 when something was not.
    """
    trial = Trial(port, lang, say=typer.echo, patience_s=seconds)
    if not asyncio.run(trial.run()):
        raise typer.Exit(1)


def list_ports() -> None:
    """List the serial ports and which of them looks like a board."""
    found = ports.list_ports()
    if not found:
        typer.echo("There is no serial port; plug the board in (some cables only charge).")
        return
    Console().print(_port_table(found))


def _port_table(found: Sequence[ports.Port]) -> Table:
    table = Table("Port", "USB", "Looks like", "The system calls it")
    for port in found:
        ids = "" if port.vid is None else f"{port.vid:04x}:{port.pid or 0:04x}"
        cells = (port.device, ids, port.board or "no board", port.text)
        table.add_row(*(Text("".join(filter(str.isprintable, each))) for each in cells))
    return table


def register(app: typer.Typer) -> None:
    """Give an app the commands of `display`."""
    app.command("flash")(flash)
    app.command("show")(show)
    app.command("test")(try_out)
    app.command("ports")(list_ports)


app = typer.Typer(help="The display on the desk: Arduino UNO and LCD1602.", no_args_is_help=True)
register(app)
