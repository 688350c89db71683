"""Ten plugs at 1 Hz for ten minutes: memory over time, and CPU.

.venv/bin/python -m bench.steady --minutes 10
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.two_hundred import cpu_s, rss_mb
from flatwatt.clock import Clock
from flatwatt.config import load
from flatwatt.daemon import Daemon
from flatwatt.flat import Flat
from flatwatt.opening import counters, open_all
from flatwatt.store.home import Home


async def record(addresses: list[str], minutes: float, folder: Path) -> None:
    home = Home(folder)
    home.create()
    home.config.write_text(
        "\n".join(
            f'[plugs.p{n}]\nfamily = "shelly1"\nhost = "{address}"\ninterval_s = 1.0\n'
            for n, address in enumerate(addresses)
        ),
        encoding="utf-8",
    )
    loaded = load(home.config, home.secrets, {})
    flat = Flat(home, loaded.config, counters())
    clock = Clock()
    task = asyncio.create_task(Daemon(flat, open_all(loaded, clock.now_ms), clock).run())
    await asyncio.sleep(10)
    start, before = time.perf_counter(), cpu_s()
    for minute in range(int(minutes)):
        await asyncio.sleep(60)
        share = (cpu_s() - before) / (time.perf_counter() - start)
        print(
            f"minute {minute + 1}: {rss_mb():.1f} MB, CPU {share * 100:.2f} % of a core",
            flush=True,
        )
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    flat.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    asked = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.two_hundred", "--role", "serve", "--plugs", "10"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        addresses = json.loads(server.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(record(addresses, asked.minutes, Path(folder)))
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
