"""Runs found in recorded households, strictly streaming, and how good they are.

    .venv/bin/python -m bench.runs --data DIR --out PRED.csv [--eta ETA.csv] [--by-trace]

DIR holds `traces.csv`, `labels.csv` and `samples/<trace>.csv.gz` (bench/runs/README.md says
where public data comes from). Labels are read after the last prediction is written.
"""

import argparse
import csv
import sys
from functools import partial
from pathlib import Path

from bench.runs import endings, measures
from bench.runs.finders import FINDERS, Found, detector
from bench.runs.score import Scored, scored
from bench.runs.table import table, tallies
from bench.runs.traces import Trace, labels, readings, traces

COLUMNS = ("trace", "start", "end", "energy_wh", "detected_at")


def predict(data: Path, chosen: list[Trace], finder: str, *, ends: bool) -> dict[str, Found]:
    find = partial(detector, ends=True) if ends and finder == "detector" else FINDERS[finder]
    return {trace.name: find(trace.kind, readings(data, trace.name)) for trace in chosen}


def write(path: Path, found: dict[str, Found]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for trace, each in found.items():
            for run in each.runs:
                energy_wh = "" if run.energy_wh is None else run.energy_wh
                writer.writerow((trace, run.start_ms, run.end_ms, energy_wh, run.noticed_ms))


def write_eta(path: Path, found: dict[str, Found]) -> None:
    """Write when which end was expected."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("trace", "at", "eta_end"))
        for trace, each in found.items():
            rows = ((trace, told.at_ms, told.end_ms) for told in each.told)
            writer.writerows(row for row in rows if row[2] is not None)


def tell_measures(
    chosen: list[Trace], found: dict[str, Found], outcomes: dict[str, Scored]
) -> None:
    ones = {
        trace.name: measures.measured(
            trace,
            outcomes[trace.name],
            found[trace.name].runs,
            found[trace.name].supposals,
            counts=found[trace.name].counts,
        )
        for trace in chosen
    }
    print(measures.table(measures.together(chosen, ones)))
    print(measures.calibration(each for one in found.values() for each in one.supposals))


def options() -> argparse.Namespace:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--eta", type=Path)
    parser.add_argument("--finder", choices=sorted(FINDERS), default="detector")
    parser.add_argument("--only", type=lambda text: set(text.split(",")))
    parser.add_argument("--by-trace", action="store_true")
    return parser.parse_args()


def main() -> None:
    told = options()
    try:
        known = traces(told.data)
    except FileNotFoundError as error:
        sys.exit(f"{error.filename}: not there; bench/runs/README.md says what a folder holds")
    chosen = [trace for trace in known if told.only is None or trace.name in told.only]
    if not chosen:
        sys.exit(f"none of these traces is in {told.data / 'traces.csv'}: {told.only}")
    found = predict(told.data, chosen, told.finder, ends=told.eta is not None)
    write(told.out, found)
    if told.eta is not None:
        write_eta(told.eta, found)
    try:
        truth = labels(told.data)
    except FileNotFoundError as error:
        sys.exit(f"{error.filename}: not there, so nothing is scored; {told.out} is written")
    outcomes = {name: scored(truth.get(name, []), each.runs) for name, each in found.items()}
    print(table(tallies(chosen, truth, outcomes, by_trace=told.by_trace)))
    if told.finder == "detector":
        tell_measures(chosen, found, outcomes)
    if told.eta is not None:
        ends = {
            name: endings.endings(truth.get(name, []), each.runs, each.programmes, each.told)
            for name, each in found.items()
        }
        print(endings.table(endings.groups(chosen, ends)))
    count = sum(each.readings for each in found.values())
    seconds = sum(each.seconds for each in found.values())
    print(f"{count} readings, {count / max(seconds, 1e-9) / 1e6:.2f} M a second with meter")


if __name__ == "__main__":
    main()
