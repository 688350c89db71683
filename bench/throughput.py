"""Readings a second through parse -> record -> meter -> state, and where the time goes.

    .venv/bin/python -m bench.throughput [--file RECORDING] [--rounds 5]

Without a file a month of a simulated washing machine at 1 s is written first. Each round
runs the whole path in a fresh home; the parts are then timed alone on the same rows.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.appliance.energy import Meter
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.states import Detector
from flatwatt.appliance.tracker import Tracker
from flatwatt.clock import Clock
from flatwatt.config import Config, Loaded, PlugTable, TariffTable
from flatwatt.daemon import Daemon
from flatwatt.drivers import Context
from flatwatt.flat import Flat
from flatwatt.loads import load_of
from flatwatt.model import Reading
from flatwatt.opening import counters, open_all
from flatwatt.plugs import replay
from flatwatt.store.home import Home
from flatwatt.store.readings import Record

ORIGIN_MS = 1_767_225_600_000


def write_month(file: Path, seconds: int) -> None:
    curve = load_of("washing_machine", 3, ORIGIN_MS)
    with file.open("w", encoding="utf-8") as out:
        out.write("ts_ms,power_w,energy_wh\n")
        for second in range(seconds):
            at_ms = ORIGIN_MS + second * 1000
            out.write(f"{at_ms},{curve.power_w(at_ms):.1f},{int(curve.energy_wh(at_ms))}\n")


def whole_path(file: Path, folder: Path) -> tuple[int, float]:
    home = Home(folder)
    home.create()
    plug = PlugTable(family="replay", appliance="washing_machine", options={"path": str(file)})
    config = Config(tariff=(TariffTable(date(1970, 1, 1), Decimal("0.32")),), plugs={"w": plug})
    loaded = Loaded(config, home.config, "")
    flat = Flat(home, config, counters())
    clock = Clock()
    daemon = Daemon(flat, open_all(loaded, clock.now_ms), clock)
    start = time.process_time()
    asyncio.run(daemon.run())
    flat.persist(flat.capture())
    spent = time.process_time() - start
    rows = sum(each.readings for each in flat.quarters(0, 1 << 53))
    flat.close()
    return rows, spent


def parts(file: Path, folder: Path) -> dict[str, float]:
    """Return microseconds a reading of each part alone."""
    context = Context("w", lambda: 0, 1.0)
    plug = replay.driver.plug(replay.driver.options(path=str(file)), context)
    readings = []
    start = time.process_time()

    async def decode() -> None:
        while batch := await plug.read():
            readings.extend(batch)
        await plug.close()

    asyncio.run(decode())
    spent = {"parse": time.process_time() - start}
    counter = replay.driver.counter
    meter, detector = Meter(counter), Detector("w", PROFILES["washing_machine"])
    tracker = Tracker("w", PROFILES["washing_machine"], {"replay": counter})
    for name, work in {
        "record": lambda: _record(folder, readings),
        "meter": lambda: [meter.feed(each) for each in readings],
        "detector": lambda: [detector.feed(each, 0) for each in readings],
        "tracker (meter, detector, quarter-hours)": lambda: [tracker.feed(r) for r in readings],
    }.items():
        start = time.process_time()
        work()
        spent[name] = time.process_time() - start
    return {name: 1e6 * seconds / len(readings) for name, seconds in spent.items()}


def _record(folder: Path, readings: list[Reading]) -> None:
    record = Record(folder, ZoneInfo("Europe/Berlin"))
    for start in range(0, len(readings), 4096):
        record.append(readings[start : start + 4096])
    record.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--days", type=float, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        file = asked.file
        if file is None:
            file = Path(scratch) / "month.csv"
            write_month(file, int(asked.days * 86_400))
        rates = []
        for number in range(asked.rounds):
            rows, spent = whole_path(file, Path(scratch) / f"home{number}")
            rates.append(rows / spent)
            print(f"round {number + 1}: {rows} readings, {rows / spent:,.0f} a CPU second")
        print(f"median: {statistics.median(rates):,.0f} readings a CPU second on one core")
        for name, microseconds in parts(file, Path(scratch) / "parts").items():
            print(f"  {name}: {microseconds:.2f} us a reading")


if __name__ == "__main__":
    main()
