"""Runs the meter and the detector find in recordings, in the form a scorer reads.

    .venv/bin/python -m bench.detector_first --data DIR [--out pred.csv] [--only TRACE,TRACE]

DIR holds `traces.csv` (columns `trace`, `kind`) and `samples/<trace>.csv.gz` with columns
`ts_ms,power_w[,energy_wh]`. The output has `trace,start,end,energy_wh,detected_at` in ms of
Unix time. A recording without a counter is metered by its power alone.
"""

import argparse
import csv
import gzip
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from flatwatt.appliance.energy import Meter
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.states import Detector, Finished
from flatwatt.model import Counter, CounterKind, Reading

Row = tuple[str, int, int, float, int]
COUNTER = Counter(CounterKind.SINCE_BOOT, resolution_wh=1.0)


def number(text: str | None) -> float | None:
    return float(text) if text else None


def readings(path: Path) -> Iterator[Reading]:
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            power_w, energy_wh = number(row["power_w"]), number(row.get("energy_wh"))
            yield Reading(int(row["ts_ms"]), "bench", "bench", power_w, energy_wh)


def runs(trace: str, kind: str, path: Path) -> tuple[list[Row], int, float]:
    """Return the runs of a recording, its readings, and seconds spent after parsing."""
    told = list(readings(path))
    counts = any(each.energy_wh is not None for each in told[:100])
    meter = Meter(COUNTER if counts else Counter(CounterKind.NONE))
    detector = Detector("bench", PROFILES[kind])
    found: list[Row] = []
    started = time.perf_counter()
    for reading in told:
        meter.feed(reading)
        for change in detector.feed(reading, meter.total_mwh):
            if isinstance(change, Finished):
                energy_wh = change.energy_mwh / 1000
                row = (trace, change.start_ms, change.end_ms, energy_wh, change.noticed_ms)
                found.append(row)
    return found, len(told), time.perf_counter() - started


def walk(data: Path, only: set[str] | None, out: TextIO) -> None:
    writer = csv.writer(out)
    writer.writerow(("trace", "start", "end", "energy_wh", "detected_at"))
    with (data / "traces.csv").open(newline="") as file:
        traces = [(row["trace"], row["kind"]) for row in csv.DictReader(file)]
    count, spent_s = 0, 0.0
    for trace, kind in traces:
        if only is None or trace in only:
            path = data / "samples" / f"{trace}.csv.gz"
            found, readings_count, seconds = runs(trace, kind, path)
            writer.writerows(found)
            count, spent_s = count + readings_count, spent_s + seconds
    print(f"{count} readings, {count / max(spent_s, 1e-9) / 1e6:.2f} M a second", file=sys.stderr)


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", type=lambda text: set(text.split(",")))
    options = parser.parse_args()
    if options.out is None:
        walk(options.data, options.only, sys.stdout)
    else:
        with options.out.open("w", newline="") as file:
            walk(options.data, options.only, file)


if __name__ == "__main__":
    main()
