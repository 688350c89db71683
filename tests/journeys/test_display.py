"""From a plug on a socket to the glass of an LCD: the product's first promise, whole.

An emulated Shelly, the real `flatwatt run` in its own process, a serial line, and the
firmware's own .hex in a cycle-true UNO.
"""

import asyncio
import contextlib
import re
import signal
import time

import pytest
from tests.sinks.uno_on_pc import Uno, build

from flatwatt.clock import Clock
from flatwatt.emulator import ShellyGen3, serve
from flatwatt.store.events import EventLog

CONFIG = """
[flat]
timezone = "Europe/Berlin"

[[tariff]]
valid_from = 2020-01-01
rate_eur_kwh = 10

[display]
port = "{port}"

[plugs.kettle]
family = "shelly"
host = "{host}"
interval_s = 0.5
name = "Kettle"
"""


class Steady:
    """A load of 3456 W that began 10 s ago."""

    def __init__(self, now_ms: int) -> None:
        self.start_ms = now_ms - 10_000

    def power_w(self, _at_ms: int) -> float:
        return 3456.0

    def energy_wh(self, at_ms: int) -> float:
        return max(0, at_ms - self.start_ms) * 3456.0 / 3_600_000


async def until(done, seconds: float):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("simulator"))


async def test_the_plugs_watts_and_todays_kwh_stand_on_the_glass(built, flatwatt, tmp_path):
    clock = Clock()
    plug = ShellyGen3(Steady(clock.now_ms()), clock.now_ms, mac="543204000001", push_s=0.5)
    served = await serve(plug.app())
    port = tmp_path / "ttyACM0"
    flatwatt.home.mkdir()
    text = CONFIG.format(port=port, host=served.address).replace("= 10\n", "= 0.30\n")
    (flatwatt.home / "flatwatt.toml").write_text(text)
    with contextlib.closing(Uno(built, port)) as uno:
        process = flatwatt.start("run")
        try:
            await until(lambda: "3456 W" in uno.glass(), 15)
            await until(lambda: kwh_on(uno.glass()) >= 0.01, 15)
            uno.ask("press A")
            await asyncio.sleep(0.1)
            uno.ask("release A")
            await until(lambda: uno.glass().startswith("Today"), 5)
            await until(lambda: len(presses(flatwatt.home)) == 2, 5)
        finally:
            process.send_signal(signal.SIGTERM)
            _, said = await asyncio.to_thread(process.communicate, timeout=20)
    await served.close()
    assert process.returncode == 0, said
    assert presses(flatwatt.home) == [
        {"button": "A", "action": "pressed"},
        {"button": "A", "action": "released"},
    ]


def presses(home) -> list[dict[str, str]]:
    log = EventLog(home / "state.sqlite", read_only=True)
    buttons = [event["data"] for _, event in log.after(0) if "display_button" in event["type"]]
    log.close()
    return buttons


def kwh_on(glass: str) -> float:
    found = re.search(r"([\d.]+)kWh", glass)
    return float(found[1]) if found else 0.0
