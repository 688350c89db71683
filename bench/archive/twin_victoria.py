"""VictoriaMetrics beside the twin: the same rows, on loopback, and its bytes on the disk."""

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flatwatt.model import Reading

PROGRAM = "victoria-metrics"
FIELDS = ("power_w", "energy_wh", "voltage_v")


def bytes_of(days: Iterable[list[Reading]], folder: Path) -> int | None:
    """Store readings and return the bytes of its data; None where it is not installed."""
    if not installed():
        return None
    with serving(folder) as (_, port):
        for day in days:
            put(port, day)
        flush(port)
    return sum(each.stat().st_size for each in (folder / "data").rglob("*") if each.is_file())


def installed() -> bool:
    return shutil.which(PROGRAM) is not None


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """Run it on loopback; give its process and its port."""
    port = free_port()
    server = subprocess.Popen(
        [PROGRAM, f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}",
         "-retentionPeriod=100y", "-memory.allowedPercent=10"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port, "/health")
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(60)


def flush(port: int) -> None:
    """Let it write and merge what it holds."""
    for order in ("force_flush", "force_merge"):
        call(port, "GET", f"/internal/{order}")
    time.sleep(10)


def put(port: int, day: list[Reading]) -> None:
    series: dict[tuple[str, str], tuple[list[int], list[float]]] = {}
    for each in day:
        for field in FIELDS:
            times, values = series.setdefault((field, each.plug), ([], []))
            times.append(each.at_ms)
            values.append(getattr(each, field))
    lines = [
        json.dumps({"metric": {"__name__": field, "plug": plug}, "values": values,
                    "timestamps": times})
        for (field, plug), (times, values) in series.items()
    ]  # fmt: skip
    call(port, "POST", "/api/v1/import", "\n".join(lines).encode())


def call(port: int, how: str, path: str, body: bytes = b"") -> bytes:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        line.request(how, path, body)
        answer = line.getresponse()
        found = answer.read()
        assert answer.status < 300, (path, found)
    finally:
        line.close()
    return found


def wait_for(port: int, path: str) -> None:
    for _ in range(100):
        try:
            call(port, "GET", path)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")
