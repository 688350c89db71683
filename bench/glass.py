"""From a plug's reading to the LCD's glass: how late is what the desk shows?

    .venv/bin/python -m bench.glass --seconds 60

An emulated Shelly that draws another watt each second is polled by the real daemon; the
display's firmware runs in the simulated UNO on a pseudo-terminal. Measured is the time
from the collector's stamp on a reading to the first moment its watts stand on the glass.
"""

import argparse
import asyncio
import contextlib
import re
import statistics
import tempfile
from pathlib import Path

from tests.sinks.uno_on_pc import Uno, build

from flatwatt.cli.jobs import record
from flatwatt.clock import Clock
from flatwatt.config import load
from flatwatt.emulator import ShellyGen1, serve
from flatwatt.flat import Flat
from flatwatt.opening import counters
from flatwatt.store.home import Home
from flatwatt.store.readings import read

CONFIG = """
[display]
port = "{port}"

[plugs.lamp]
family = "shelly1"
host = "{host}"
interval_s = 1.0
"""


class Stairs:
    """One watt more each second."""

    def __init__(self, start_ms: int) -> None:
        self.start_ms = start_ms

    def power_w(self, at_ms: int) -> float:
        return 100.0 + (at_ms - self.start_ms) // 1000

    def energy_wh(self, at_ms: int) -> float:
        seconds = (at_ms - self.start_ms) / 1000
        return (100 * seconds + seconds * seconds / 2) / 3600


async def watch(uno: Uno, clock: Clock, seen: dict[int, int]) -> None:
    while True:
        found = re.search(r"(\d+) W", uno.glass())
        if found:
            seen.setdefault(int(found[1]), clock.now_ms())
        await asyncio.sleep(0.002)


async def live(folder: Path, seconds: float) -> list[int]:
    clock = Clock()
    plug = ShellyGen1(Stairs(clock.now_ms()), clock.now_ms, mac="E868E7000001")
    served = await serve(plug.app())
    home = Home(folder / "home")
    home.create()
    text = CONFIG.format(port=folder / "tty", host=served.address)
    home.config.write_text(text, encoding="utf-8")
    loaded = load(home.config, home.secrets, {})
    flat = Flat(home, loaded.config, counters())
    seen: dict[int, int] = {}
    with contextlib.closing(Uno(build(folder), folder / "tty")) as uno:
        jobs = [record(flat, loaded, clock, asyncio.Event().wait), watch(uno, clock, seen)]
        tasks = [asyncio.create_task(job) for job in jobs]
        await asyncio.sleep(seconds + 5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    flat.close()
    await served.close()
    stamped: dict[int, int] = {}
    for rows, _ in read(home.readings):
        for row in rows:
            stamped.setdefault(int(row.power_w), row.at_ms)
    settled = min(seen) + 3  # the board had to boot first
    return [seen[watt] - at for watt, at in stamped.items() if watt in seen and watt > settled]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        late = sorted(asyncio.run(live(Path(folder), asked.seconds)))
    print(f"{len(late)} readings seen on the glass")
    print(f"reading -> glass: median {statistics.median(late):.0f} ms, p99 "
          f"{late[int(len(late) * 0.99)]} ms, worst {late[-1]} ms")  # fmt: skip


if __name__ == "__main__":
    main()
