"""The columnar twin: bytes a reading, sealing, verifying, and a raw year.

    .venv/bin/python -m bench.archive.twin [--days 30] [--fine-days 2] [--jitter-ms 40]

Ten plugs every 10 s, and some days every second, of `bench.archive.twin_rows`. The peers
see the same rows in the same run. VictoriaMetrics: `apt-get install victoria-metrics`.
The raw year is the month twelve times, one after the other.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from bench.archive.twin_limit import limit
from bench.archive.twin_rows import DAY_MS, readings, write_record
from bench.archive.twin_victoria import bytes_of
from flatwatt.store.twin.columns import FORMAT, STORED, fill
from flatwatt.store.twin.engine import engine, quoted
from flatwatt.store.twin.manifest import Manifest, save
from flatwatt.store.twin.questions import ask
from flatwatt.store.twin.twin import Twin, hashed

FIRST = date(2026, 6, 1)
LATER = date(2026, 11, 1)
MONTHS = 12


@contextmanager
def spent(what: str, per: int = 1) -> Iterator[None]:
    start, clock = time.process_time(), time.perf_counter()
    yield
    cpu, wall = time.process_time() - start, time.perf_counter() - clock
    print(f"  {what}: {cpu / per:.3f} s of CPU, {wall / per:.3f} s by the clock")


def trial(folder: Path, days: int, seconds: int, jitter_ms: int, peers: bool) -> Twin:
    print(f"{days} days, 10 plugs, every {seconds} s, heard within {jitter_ms} ms:")
    csv = write_record(folder / "readings", readings(days, seconds, jitter_ms=jitter_ms))
    rows = days * 86_400 // seconds * 10
    twin = Twin(folder / "sealed", folder / "readings")
    with twin.lock():
        waiting = twin.unsealed(LATER)
        with spent("sealing a day", len(waiting)):
            for day in waiting:
                twin.seal(day)
        loose = sum(each.size for each in twin.manifest().files.values())
        with spent("merging the month"):
            twin.merge(f"{FIRST:%Y-%m}")
        with spent("verifying a day"):
            twin.verify(waiting[0])
    size = sum(each.size for each in twin.manifest().files.values())
    print(f"  bytes a reading: CSV {csv / rows:.1f}, days {loose / rows:.3f}, "
          f"month {size / rows:.3f} (1/{csv / size:.0f} of the CSV)")  # fmt: skip
    if peers:
        packed, entropy = limit(readings(days, seconds, jitter_ms=jitter_ms))
        print(f"  limit: xz -9e {packed:.3f}, conditional entropy {entropy:.3f}; "
              f"twin / limit {size / rows / min(packed, entropy):.2f}")  # fmt: skip
        other = bytes_of(readings(days, seconds, jitter_ms=jitter_ms), folder / "vm")
        if other is None:
            print("  VictoriaMetrics is not installed")
        else:
            print(f"  VictoriaMetrics {other / rows:.3f}; twin / VictoriaMetrics "
                  f"{size / other:.2f}")  # fmt: skip
    return twin


def year_of(twin: Twin, folder: Path) -> Twin:
    """Return a twin that holds a month's file twelve times, each later than the one before."""
    found = twin.manifest()
    [name] = found.files
    length = len(found.days)
    year = Twin(folder / "sealed", folder / "readings")
    days, files = {}, {}
    for number in range(MONTHS):
        new = f"2026/year-{number:02d}.parquet"
        path = year.folder / new
        path.parent.mkdir(parents=True, exist_ok=True)
        shift = number * length
        later = f"day + {shift} AS day, at_ms + {shift * DAY_MS}::BIGINT AS at_ms"
        columns = STORED.replace("day, at_ms", later, 1)
        copy = "COPY (SELECT $columns FROM $old) TO $new ($format)"
        with engine(folder / "work") as at:
            at.run(
                fill(
                    copy,
                    columns=columns,
                    old=quoted(twin.folder / name),
                    new=quoted(path),
                    format=FORMAT,
                )
            )
        files[new] = hashed(path)
        for each in found.days.values():
            day = (date.fromisoformat(each.day) + timedelta(days=shift)).isoformat()
            days[day] = type(each)(day, new, (), 0, ())
    save(year.folder, Manifest(days, files))
    return year


def peak_mib() -> float:
    """Return the most memory this program had, not what its parent had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(each.split()[1] for each in lines if each.startswith("VmHWM"))) / 1024


def question(folder: Path, what: str) -> None:
    """Ask one question in this process and say what it cost."""
    year = Twin(folder / "sealed", folder / "readings")
    start = time.process_time()
    with ask(year, FIRST, date(2028, 1, 1), memory_mb=100) as raw:
        if what == "energy":
            answer = sum(each.energy_mwh for each in raw.energy())
        else:
            answer = len(raw.quantiles([0.05, 0.5, 0.95]))
    peak = peak_mib()
    print(f"  {what}: {time.process_time() - start:.2f} s of CPU, {peak:.0f} MiB; answer {answer}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--fine-days", type=int, default=2)
    parser.add_argument("--jitter-ms", type=int, default=40)
    parser.add_argument("--jitter-days", type=int, default=5)
    parser.add_argument("--ask", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.ask:
        question(Path(asked.ask[0]), asked.ask[1])
        return
    with tempfile.TemporaryDirectory() as scratch:
        at = Path(scratch)
        month = trial(at / "month", asked.days, 10, 0, peers=True)
        trial(at / "jitter", asked.jitter_days, 10, asked.jitter_ms, peers=True)
        trial(at / "fine", asked.fine_days, 1, 0, peers=True)
        year_of(month, at / "year")
        rows = MONTHS * asked.days * 86_400
        print(f"raw year, {rows} readings, engine held to 100 MB:")
        for what in ("energy", "quantiles"):
            subprocess.run(
                [sys.executable, "-m", "bench.archive.twin", "--ask", str(at / "year"), what],
                check=True,
            )


if __name__ == "__main__":
    main()
