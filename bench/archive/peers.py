"""The year's and the archive's questions beside other engines, on the same rows in one run.

    python -m bench.archive.peers [--plugs 10] [--days 30]

A year of quarter-hours of `bench.archive.quarters` under hourly rates, and a month of
readings every 10 s of `bench.archive.twin_rows`. Each engine reads what lies on the disk in
a form of its own: flatwatt and SQLite the book, DuckDB a database, Polars and pandas
Parquet, the servers what they imported. One thread each, but for the servers. Printed:
milliseconds of CPU (a server's and its client's together), the middle of three after one
that is not counted; the most memory; the ratio to flatwatt; a checksum of all rows of the
answer, which are whole numbers. Absent engines are named:

    pip install duckdb polars pandas pyarrow
    apt-get install victoria-metrics influxdb
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from bench.archive import peers_raw, peers_servers, peers_year
from bench.archive.peers_year import Asks, Rows
from bench.archive.quarters import Hourly, fill
from bench.archive.twin import peak_mib
from bench.archive.twin_rows import readings, write_record
from flatwatt.store.home import Home
from flatwatt.store.quarters import Quarters
from flatwatt.store.twin.questions import ask
from flatwatt.store.twin.twin import Twin

ROUNDS = 3
RAW = """
COPY (SELECT plug, at_ms, power_w, energy_wh FROM lean ORDER BY plug, at_ms)
TO '{file}' (FORMAT parquet, COMPRESSION zstd)
"""
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
NEEDED = {"DuckDB": ("duckdb",), "Polars": ("polars",), "pandas": ("pandas", "pyarrow")}
EMBEDDED = {"year": peers_year.ENGINES, "raw": peers_raw.ENGINES}
Table: TypeAlias = Any
"""DuckDB's connection; it may be absent."""
Found = dict[str, tuple[float, float, str]]
"""Question -> (CPU ms, MiB, checksum)."""


def checksum(rows: Rows) -> str:
    """Return eight digits of all rows in order; whole numbers and text only."""
    plain = sorted(
        tuple(cell if isinstance(cell, str) else int(cell) for cell in row) for row in rows
    )
    return sha256(repr(plain).encode()).hexdigest()[:8]


def measured(
    asks: Asks, cpu_s: Callable[[], float], peak: Callable[[], float], repeat: int = 1
) -> Found:
    """Ask all; `repeat` times a round where the clock is coarse."""
    found = {}
    for name, question in asks.items():
        total = checksum(question())
        times = []
        for _ in range(ROUNDS):
            began = cpu_s()
            for _ in range(repeat):
                question()
            times.append((cpu_s() - began) / repeat)
        found[name] = (statistics.median(times) * 1000, peak(), total)
    return found


def lay_out(folder: Path, plugs: int, days: int) -> None:
    """Write the year and the month in every form."""
    fill(Home(folder / "home"), plugs, Hourly())
    duck = import_module("duckdb").connect(str(folder / "year.duckdb"))
    book = Quarters(Home(folder / "home").quarters, read_only=True)
    with book.asking() as lite:
        for table in ("quarter", "slot"):
            copied(lite, duck, table, folder)
    book.close()
    duck.close()
    month = folder / "month"
    write_record(month / "readings", readings(days, 10))
    twin = Twin(month / "sealed", month / "readings")
    with twin.lock():
        for day in twin.unsealed(date(2026, 11, 1)):
            twin.seal(day)
        twin.merge("2026-06")
    with ask(twin, peers_raw.FIRST, peers_raw.LAST, memory_mb=500) as raw:
        raw.engine.run(RAW.format(file=folder / "raw.parquet"))


def copied(lite: sqlite3.Connection, duck: Table, table: str, folder: Path) -> None:
    """Copy a table of the book into DuckDB and Parquet."""
    cursor = lite.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
    names = [name for name, *_ in cursor.description]
    kinds = ["VARCHAR" if name in ("appliance", "plug") else "BIGINT" for name in names]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, kinds, strict=True))
    file = folder / f"{table}.csv"
    with file.open("w", encoding="ascii") as out:
        for row in cursor:
            out.write(",".join("" if cell is None else str(cell) for cell in row) + "\n")
    duck.execute(f"CREATE TABLE {table} ({columns})")
    duck.execute(f"COPY {table} FROM '{file}' (HEADER false)")
    duck.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def of_embedded(subject: str, name: str, folder: Path) -> Found:
    """Ask each question in a process of its own, so that memory is the question's."""
    env = os.environ | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    env |= {"ARROW_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    found: Found = {}
    questions = (
        (*peers_year.TEXTS,) if subject == "year" else (peers_raw.DAILY, peers_raw.QUARTERS)
    )
    for question in questions:
        command = [sys.executable, "-m", "bench.archive.peers", "--ask", subject, name, question,
                   str(folder)]  # fmt: skip
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=env).stdout
        found |= {key: tuple(value) for key, value in json.loads(out).items()}
    return found


def child(subject: str, name: str, question: str, folder: Path) -> None:
    with EMBEDDED[subject][name](folder) as asks:
        found = measured({question: asks[question]}, time.process_time, peak_mib)
    print(json.dumps(found))


def of_server(name: str, folder: Path, days: int) -> Found:
    with peers_servers.SERVERS[name][1](folder, days) as (pid, asks):
        process = Path("/proc") / str(pid)
        (process / "clear_refs").write_text("5")  # its peak begins anew, without the import

        def cpu_s() -> float:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) * TICK_S + time.process_time()

        def peak() -> float:
            lines = (process / "status").read_text().splitlines()
            return int(next(x.split()[1] for x in lines if x.startswith("VmHWM"))) / 1024

        return measured(asks, cpu_s, peak, repeat=10)


def compare(folder: Path, days: int) -> dict[str, Found]:
    """Return what each engine took; names the absent ones."""
    found: dict[str, Found] = {}
    for subject, engines in EMBEDDED.items():
        for name in engines:
            if all(find_spec(module) for module in NEEDED.get(name, ())):
                found[name] = found.get(name, {}) | of_embedded(subject, name, folder)
            elif subject == "year":
                print(f"absent: {name} (pip install {' '.join(NEEDED[name])})")
    for name in peers_servers.SERVERS:
        if peers_servers.installed(name):
            found[name] = of_server(name, folder, days)
        else:
            print(f"absent: {name} (apt-get install victoria-metrics influxdb)")
    return found


def show(found: dict[str, Found]) -> None:
    ours = found["flatwatt"]
    print("| question | engine | CPU ms | to flatwatt | peak MiB | checksum |")
    print("|---|---|---|---|---|---|")
    for question, (our_ms, _, our_sum) in ours.items():
        for name, answers in found.items():
            if question in answers:
                ms, mib, total = answers[question]
                same = "" if total == our_sum else " DIFFERS"
                print(f"| {question} | {name} | {ms:.1f} | {ms / our_ms:.2f} | {mib:.0f} | "
                      f"{total}{same} |")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plugs", type=int, default=10)
    parser.add_argument("--days", type=int, default=30, choices=range(1, 31))
    parser.add_argument("--ask", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.ask:
        subject, name, question, folder = asked.ask
        child(subject, name, question, Path(folder))
        return
    if find_spec("duckdb") is None:
        sys.exit("the archive and the copies need DuckDB: pip install duckdb")
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(Path(scratch), asked.plugs, asked.days)
        show(compare(Path(scratch), asked.days))


if __name__ == "__main__":
    main()
