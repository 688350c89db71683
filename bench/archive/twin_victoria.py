"""VictoriaMetrics beside the twin: the same rows, on loopback, and its bytes on the disk."""

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from flatwatt.model import Reading

FIELDS = ("power_w", "energy_wh", "voltage_v")


def bytes_of(days: Iterable[list[Reading]], folder: Path) -> int | None:
    """Store readings and return the bytes of its data; None where it is not installed."""
    program = shutil.which("victoria-metrics")
    if program is None:
        return None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}",
         "-retentionPeriod=100y", "-memory.allowedPercent=10"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        for day in days:
            _import(port, day)
        for order in ("force_flush", "force_merge"):
            _ask(port, "GET", f"/internal/{order}")
        time.sleep(10)
    finally:
        server.terminate()
        server.wait(60)
    return sum(each.stat().st_size for each in (folder / "data").rglob("*") if each.is_file())


def _import(port: int, day: list[Reading]) -> None:
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
    _ask(port, "POST", "/api/v1/import", "\n".join(lines).encode())


def _ask(port: int, how: str, path: str, body: bytes = b"") -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        line.request(how, path, body)
        answer = line.getresponse()
        answer.read()
        assert answer.status < 300, path
    finally:
        line.close()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            _ask(port, "GET", "/health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("VictoriaMetrics does not answer")
