"""VictoriaMetrics and InfluxDB 1.x on loopback, asked about the same raw readings.

Both are asked for the counter at the edges of days only, which suffices as no generated
counter falls; the other engines look at every quarter-hour and would notice a reset.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.archive import twin_victoria
from bench.archive.peers_raw import DAILY, QUARTERS
from bench.archive.peers_year import Asks, Rows
from bench.archive.twin_rows import DAY_MS, ORIGIN_MS, readings
from bench.archive.twin_victoria import call, free_port, wait_for
from flatwatt.model import QUARTER_MS, Reading

_INFLUX = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
cache-snapshot-write-cold-duration = "1s"
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
[monitor]
store-enabled = false
"""


def _edges(firsts: dict[tuple[str, int], float], lasts: dict[str, float]) -> Rows:
    """Return each day's rise from the counter's first value of days and its very last."""
    found = []
    for (plug, day), low in firsts.items():
        rise = round(1000 * (firsts.get((plug, day + 1), lasts[plug]) - low))
        if rise > 0:
            found.append((plug, day, rise))
    return found


@contextmanager
def victoria(folder: Path, days: int) -> Iterator[tuple[int, Asks]]:
    with twin_victoria.serving(folder / "vm") as (pid, port):
        for day in readings(days, 10):
            twin_victoria.put(port, day)
        twin_victoria.flush(port)
        end_ms = ORIGIN_MS + days * DAY_MS - 1

        def of(text: str, step_ms: int) -> dict[tuple[str, int], float]:
            # A window holds its end but not its beginning: a millisecond before the hour.
            asked = {"query": f"{text}[{step_ms}ms])", "step": f"{step_ms}ms", "nocache": 1,
                     "start": (ORIGIN_MS + step_ms - 1) / 1000, "end": end_ms / 1000}  # fmt: skip
            answer = json.loads(call(port, "GET", f"/api/v1/query_range?{urlencode(asked)}"))
            return {
                (each["metric"]["plug"], round(at * 1000) + 1 - step_ms): float(value)
                for each in answer["data"]["result"]
                for at, value in each["values"]
            }

        def daily() -> Rows:
            firsts, lasts = (of(f"{end}_over_time(energy_wh", DAY_MS) for end in ("first", "last"))
            numbered = {(p, (at - ORIGIN_MS) // DAY_MS): v for (p, at), v in firsts.items()}
            return _edges(numbered, {plug: value for (plug, _), value in lasts.items()})

        def highs() -> Rows:
            counts = of("count_over_time(power_w", QUARTER_MS)
            tops = of("max_over_time(power_w", QUARTER_MS)
            return [(*key, int(n), round(10 * tops[key])) for key, n in counts.items()]

        yield pid, {DAILY: daily, QUARTERS: highs}


def _lines(day: list[Reading]) -> bytes:
    return "\n".join(
        f"raw,plug={each.plug} power_w={each.power_w},energy_wh={each.energy_wh} {each.at_ms}"
        for each in day
    ).encode()


@contextmanager
def _influx_serving(folder: Path) -> Iterator[tuple[int, int]]:
    folder.mkdir()
    port, config = free_port(), folder / "influx.conf"
    config.write_text(_INFLUX.format(rpc=free_port(), port=port, folder=folder))
    server = subprocess.Popen(
        ["influxd", "-config", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, "/ping")
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(60)


@contextmanager
def influx(folder: Path, days: int) -> Iterator[tuple[int, Asks]]:
    with _influx_serving(folder / "influx") as (pid, port):
        call(port, "POST", "/query?" + urlencode({"q": "CREATE DATABASE flat"}))
        for day in readings(days, 10):
            call(port, "POST", "/write?db=flat&precision=ms", _lines(day))
        time.sleep(10)  # until its cache is written
        span = f"time >= {ORIGIN_MS}ms AND time < {ORIGIN_MS + days * DAY_MS}ms"

        def of(what: str, every: str) -> Iterator[tuple[str, list[Any]]]:
            text = f"SELECT {what} FROM raw WHERE {span} GROUP BY plug{every}"  # noqa: S608
            asked = urlencode({"db": "flat", "epoch": "ms", "q": text})
            answer = json.loads(call(port, "GET", f"/query?{asked}"))
            for each in answer["results"][0]["series"]:
                for row in each["values"]:
                    yield each["tags"]["plug"], row

        def daily() -> Rows:
            every = f", time(1d, {ORIGIN_MS % DAY_MS}ms)"
            firsts = {(plug, (row[0] - ORIGIN_MS) // DAY_MS): row[1]
                      for plug, row in of("first(energy_wh)", every)}  # fmt: skip
            return _edges(firsts, {plug: row[1] for plug, row in of("last(energy_wh)", "")})

        def highs() -> Rows:
            found = of("count(power_w), max(power_w)", ", time(15m)")
            return [(plug, at, n, round(10 * top)) for plug, (at, n, top) in found]

        yield pid, {DAILY: daily, QUARTERS: highs}


Server = Callable[[Path, int], Any]
SERVERS: dict[str, tuple[str, Server]] = {
    "VictoriaMetrics": (twin_victoria.PROGRAM, victoria),
    "InfluxDB 1": ("influxd", influx),
}


def installed(name: str) -> bool:
    return shutil.which(SERVERS[name][0]) is not None
