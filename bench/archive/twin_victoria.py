"""VictoriaMetrics beside the twin: the same rows, on loopback, and its bytes on the disk."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
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
        base = f"http://127.0.0.1:{port}"
        _wait_for(f"{base}/health")
        for day in days:
            _import(base, day)
        for order in ("force_flush", "force_merge"):
            _get(f"{base}/internal/{order}")
        time.sleep(10)
    finally:
        server.terminate()
        server.wait(60)
    return sum(each.stat().st_size for each in (folder / "data").rglob("*") if each.is_file())


def _import(base: str, day: list[Reading]) -> None:
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
    request = urllib.request.Request(f"{base}/api/v1/import", "\n".join(lines).encode())
    with urllib.request.urlopen(request) as answer:
        assert answer.status < 300


def _get(url: str) -> None:
    with urllib.request.urlopen(url, timeout=600) as answer:
        answer.read()


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            _get(url)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(url)
