"""Many flats for a year, on every engine: equal integers, and how long each takes.

    python -m bench.fleet                         50 flats on DuckDB and PostgreSQL
    python -m bench.fleet --spark sail            … and Sail, a local cluster of two workers
    python -m bench.fleet --spark sc://host:port  … and a Spark Connect server that runs
    python -m bench.fleet --flats 1000 --engines duckdb

Sail and the Spark client are half a gigabyte, so they have their own environment:
`make fleet` makes it and runs the whole acceptance.
"""

import argparse
import hashlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from tests.fakes.postgresql import postgresql

from bench.fleet_data import Made, generate
from flatwatt.fleet.engines import Engine
from flatwatt.fleet.load import load
from flatwatt.fleet.on_duckdb import OnDuckdb
from flatwatt.fleet.on_postgresql import OnPostgresql
from flatwatt.fleet.on_spark import OnSpark
from flatwatt.fleet.report import By, fleet_report, months_of, year_period
from flatwatt.fleet.shelf import Shelf
from flatwatt.report.periods import Period

YEAR = 2026
MONTH = Period(date(YEAR, 10, 1), date(YEAR, 10, 31))
QUESTIONS: tuple[tuple[str, Period, By], ...] = (
    ("month by flat", MONTH, "flat"),
    ("month by day", MONTH, "day"),
    ("year by appliance", year_period(YEAR), "appliance"),
    ("year by day", year_period(YEAR), "day"),
    ("year by tariff", year_period(YEAR), "tariff"),
)


@contextmanager
def sail(workers: int = 2) -> Iterator[str]:
    """Run Sail as a cluster on this machine; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    count = str(workers)
    env = os.environ | {
        "SAIL_MODE": "local-cluster",
        "SAIL_CLUSTER__WORKER_INITIAL_COUNT": count,
        "SAIL_CLUSTER__WORKER_MAX_COUNT": count,
        "RUST_LOG": "error",
    }
    program = Path(sys.executable).with_name("sail")
    server = subprocess.Popen([program, "spark", "server", "--port", str(port)], env=env)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert server.poll() is None, "Sail did not start"
                time.sleep(0.05)
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def peak_mb() -> int:
    """Return the highest memory of this process since its peak began anew (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def measure(name: str, engine: Engine, rounds: int) -> dict[str, str]:
    """Print the medians of one engine; return a checksum a question."""
    sums = {}
    for words, period, by in QUESTIONS:
        walls, cpu = [], time.process_time()
        for _ in range(rounds):
            start = time.perf_counter()
            report = fleet_report(engine, period, by)
            walls.append(time.perf_counter() - start)
        assert not report.differing
        assert not report.broken
        sums[words] = hashlib.sha256(msgspec.json.encode(report)).hexdigest()[:16]
        total = f"{Decimal(report.total.cost_cents) / 100} EUR"
        own = f"{(time.process_time() - cpu) / rounds:6.2f} CPU s here"
        wall = f"{name:12} {words:18} {statistics.median(walls):8.2f} s"
        print(f"{wall}  {own}  {sums[words]}  {total}", flush=True)
    return sums


def run(options: argparse.Namespace, folder: Path) -> None:
    made: Made = generate(folder, options.flats, YEAR, ZoneInfo("Europe/Berlin"))
    print(
        f"{options.flats} flats, {made.rows:,} quarter-hours, {made.total_bytes / 1e6:,.1f} MB "
        f"({made.total_bytes / options.flats / 1e6:.3f} MB a flat), made in {made.seconds:.0f} s"
    )
    shelf = Shelf(folder)
    found: dict[str, dict[str, str]] = {}
    with ExitStack() as stack:
        if "duckdb" in options.engines:
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
            with closing(OnDuckdb(shelf)) as engine:
                found["DuckDB"] = measure("DuckDB", engine, options.rounds)
            print(f"DuckDB: {peak_mb()} MB at the peak")
        if "postgresql" in options.engines:
            dsn = stack.enter_context(postgresql("shared_buffers=512MB", "work_mem=64MB"))
            target = stack.enter_context(closing(OnPostgresql(dsn)))
            print(f"PostgreSQL: loaded in {timed(lambda: list(load(shelf, target))):.0f} s")
            size = target.ask("SELECT pg_total_relation_size('fleet.quarter')")[0][0]
            print(f"PostgreSQL: {size / made.rows:.0f} bytes a row with its index")
            found["PostgreSQL"] = measure("PostgreSQL", target, options.rounds)
        if options.spark:
            url = stack.enter_context(sail()) if options.spark == "sail" else options.spark
            engine = stack.enter_context(closing(OnSpark(url, shelf)))
            found["Spark"] = measure("Spark", engine, options.rounds)
    for words in (words for words, _, _ in QUESTIONS):
        assert len({sums[words] for sums in found.values()}) == 1, f"{words}: engines differ"
    print(f"equal on {', '.join(found)}; months: {', '.join(months_of(MONTH))} and {YEAR}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flats", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", nargs="*", default=["duckdb", "postgresql"])
    parser.add_argument("--spark", default="", help="`sail`, or the address of a server")
    parser.add_argument("--folder", type=Path, help="where; gone afterwards")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="flatwatt-fleet-", dir=options.folder))
    try:
        run(options, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
