"""200 emulated plugs polled each second by one flatwatt process, against a bare loop.

    .venv/bin/python -m bench.two_hundred --seconds 60 --rounds 2

The plugs are served by one process; flatwatt and a bare aiohttp loop, which fetches the
same addresses at the same pace and throws the answers away, take turns in fresh
processes. CPU is user plus system of the polling process alone, after start-up.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp

from flatwatt.clock import Clock
from flatwatt.config import load
from flatwatt.daemon import Daemon
from flatwatt.emulator import ShellyGen1, serve
from flatwatt.flat import Flat
from flatwatt.loads import KINDS, load_of
from flatwatt.opening import counters, open_all
from flatwatt.store.home import Home
from flatwatt.store.readings import read

WARM_S = 5.0


async def serve_plugs(count: int) -> None:
    clock = Clock()
    origin_ms = clock.now_ms() - 86_400_000
    served = []
    for number in range(count):
        curve = load_of(KINDS[number % len(KINDS)], number, origin_ms)
        plug = ShellyGen1(curve, clock.now_ms, mac=f"E868E7{number:06X}", boot_ms=origin_ms)
        served.append(await serve(plug.app()))
    print(json.dumps([each.address for each in served]), flush=True)
    await asyncio.Event().wait()


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def rss_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def measured(work: Coroutine[Any, Any, Any], seconds: float) -> dict[str, float]:
    task = asyncio.create_task(work)
    await asyncio.sleep(WARM_S)
    before, start = cpu_s(), time.perf_counter()
    await asyncio.sleep(seconds)
    result = {"cpu_s": cpu_s() - before, "wall_s": time.perf_counter() - start, "rss_mb": rss_mb()}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return result


async def bare(addresses: list[str], seconds: float) -> dict[str, float]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def poll(address: str, index: int) -> None:
            loop = asyncio.get_running_loop()
            due = loop.time() + index / len(addresses)
            while True:
                await asyncio.sleep(due - loop.time())
                async with session.get(f"http://{address}/status") as response:
                    await response.read()
                due += 1.0

        return await measured(
            asyncio.wait([asyncio.create_task(poll(each, n)) for n, each in enumerate(addresses)]),
            seconds,
        )


async def with_flatwatt(addresses: list[str], seconds: float, folder: Path) -> dict[str, float]:
    home = Home(folder)
    home.create()
    plugs = [
        f'[plugs.p{n:03d}]\nfamily = "shelly1"\nhost = "{address}"\ninterval_s = 1.0\n'
        for n, address in enumerate(addresses)
    ]
    home.config.write_text("\n".join(plugs), encoding="utf-8")
    loaded = load(home.config, home.secrets, {})
    flat = Flat(home, loaded.config, counters())
    clock = Clock()
    daemon = Daemon(flat, open_all(loaded, clock.now_ms), clock)
    result = await measured(daemon.run(), seconds)
    flat.close()
    return {**result, **lateness(home, WARM_S, seconds)}


def lateness(home: Home, warm_s: float, seconds: float) -> dict[str, float]:
    """Late: how far behind the plug's own one-second grid a reading was stamped."""
    times = defaultdict(list)
    for rows, _position in read(home.readings):
        for row in rows:
            times[row.appliance].append(row.at_ms)
    start_ms = min(each[0] for each in times.values()) + warm_s * 1000
    late, readings, lost = [], 0, 0
    for each in times.values():
        inside = [at for at in each if start_ms <= at < start_ms + seconds * 1000]
        readings += len(inside)
        lost += sum(round((after - at) / 1000) - 1 for at, after in pairwise(inside))
        off = [(at - inside[0] + 500) % 1000 - 500 for at in inside]
        late += [each - min(off) for each in off]
    late.sort()
    return {
        "readings": readings,
        "lost": lost,
        "late_median_ms": statistics.median(late),
        "late_p99_ms": late[int(len(late) * 0.99)],
    }


def child(*words: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.two_hundred", *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plugs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--role", choices=["serve", "bare", "flatwatt"])
    parser.add_argument("--addresses", default="[]")
    asked = parser.parse_args()
    addresses = json.loads(asked.addresses)
    if asked.role == "serve":
        asyncio.run(serve_plugs(asked.plugs))
    elif asked.role == "bare":
        print(json.dumps(asyncio.run(bare(addresses, asked.seconds))))
    elif asked.role == "flatwatt":
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(asyncio.run(with_flatwatt(addresses, asked.seconds, Path(folder)))))
    else:
        compare(asked)


def compare(asked: argparse.Namespace) -> None:
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "bench.two_hundred",
            "--role",
            "serve",
            "--plugs",
            str(asked.plugs),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        addresses = server.stdout.readline().strip()
        ratios = []
        for _round in range(asked.rounds):
            found = {
                role: child(
                    "--role", role, "--addresses", addresses, "--seconds", str(asked.seconds)
                )
                for role in ("bare", "flatwatt")
            }
            ratios.append(found["flatwatt"]["cpu_s"] / found["bare"]["cpu_s"])
            for role, figures in found.items():
                print(role, {key: round(value, 2) for key, value in figures.items()})
        print(
            f"CPU flatwatt / bare: {statistics.median(ratios):.2f} {[round(r, 2) for r in ratios]}"
        )
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
