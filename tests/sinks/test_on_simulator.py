"""Host and firmware together: the flatmate's .hex in a cycle-true UNO with an LCD."""

import asyncio
import contextlib
import time
from datetime import UTC

import pytest
from tests.sinks.flats import AT_MS, EXTRAS, flat
from tests.sinks.uno_on_pc import Uno, build

from flatwatt.sinks.lcd import LcdDisplay, Options
from flatwatt.sinks.lcd.cells import BITMAPS
from flatwatt.sinks.lcd.flasher import flash, shipped_hex
from flatwatt.sinks.lcd.hexfile import parse_hex


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("simulator"))


@pytest.fixture
def uno(built, tmp_path):
    with contextlib.closing(Uno(built, tmp_path / "ttyACM0")) as each:
        yield each


@contextlib.asynccontextmanager
async def running(port, presses=None):
    def pressed(button, kind):
        presses.append((button, kind))

    display = LcdDisplay(Options(str(port)), language="en", zone=UTC, buttons=pressed)
    task = asyncio.create_task(display.run())
    try:
        yield display
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(done, seconds=8.0):
    start = time.monotonic()
    while not done():
        assert time.monotonic() - start < seconds, "it never happened"
        await asyncio.sleep(0.01)
    return time.monotonic() - start


async def test_the_flats_watts_stand_on_the_glass(uno, tmp_path):
    async with running(tmp_path / "ttyACM0") as display:
        display.show(flat(), EXTRAS)
        await until(lambda: display.talk.settled)
        await until(lambda: uno.glass() == "ⓐⓗⓗⓗⓗⓔ    2042 W|  0.92kWh  0.30ⓑ")
        cgram = bytes.fromhex(uno.ask("cgram").split()[0])
        assert cgram == bytes(bits for rows in BITMAPS for bits in rows)
        display.show(flat(AT_MS + 1000, total_w=7.0), EXTRAS)
        await until(lambda: uno.glass().startswith("ⓐ            7 W|"))
        assert display.talk.refused == 0
        assert display.talk.decoder.bad == 0


async def test_the_buttons_turn_pages_and_are_told_once(uno, tmp_path):
    presses = []
    async with running(tmp_path / "ttyACM0", presses) as display:
        display.show(flat(), EXTRAS)
        await until(lambda: display.talk.settled)
        uno.ask("press A")
        await asyncio.sleep(0.1)
        uno.ask("release A")
        await until(lambda: display.talk.visible == 1)
        await until(lambda: uno.glass() == "ⓐWaschma  2034 W|active    1:52 h")
        uno.ask("press B")
        await asyncio.sleep(1.0)
        uno.ask("release B")
        await until(lambda: len(presses) == 5)
        await asyncio.sleep(0.6)
        assert presses == [("A", "pressed"), ("A", "released"), ("B", "pressed"),
                           ("B", "held"), ("B", "released")]  # fmt: skip


async def test_a_reset_and_a_replug_are_survived(uno, tmp_path):
    async with running(tmp_path / "ttyACM0") as display:
        display.show(flat(), EXTRAS)
        await until(lambda: "2042 W" in uno.glass())
        uno.ask("reset")
        await until(lambda: display.talk.pushes == 2)
        await until(lambda: "2042 W" in uno.glass())
        uno.ask("unplug")
        await until(lambda: display.trouble is not None)
        uno.ask("plug")
        assert await until(lambda: "2042 W" in uno.glass()) < 3


async def test_the_shipped_firmware_goes_through_optiboot_and_starts(built, tmp_path):
    image = parse_hex(shipped_hex())
    with contextlib.closing(Uno(built, tmp_path / "tty", bootloader=True)) as uno:
        done = await asyncio.to_thread(flash, str(tmp_path / "tty"), image, lambda *_: None)
        assert done.size == len(image)
        assert done.baud == 115200
        assert done.hello is not None
        assert bytes.fromhex(uno.ask(f"flash 0 {len(image):X}")) == image
        await until(lambda: "waiting for host" in uno.glass())
