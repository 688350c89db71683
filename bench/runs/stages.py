"""Stages found in recorded runs, strictly streaming, and how far their boundaries are off.

    .venv/bin/python -m bench.runs.stages --data DIR [--only TRACE,TRACE] [--list]

DIR is as for `bench.runs`, with `phases.csv` (`trace,start_ms,end_ms,phase`) beside the labels:
heating, printing, pause of printers, drying of dryers. It is read after the last run is found.
Traces without it count in what is said live: how much of it the whole run bears out.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bench.runs.finders import COUNTER, LOOK
from bench.runs.markdown import laid_out
from bench.runs.score import quantile
from bench.runs.traces import Trace, readings, rows, traces
from flatwatt.appliance.energy import Meter
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.stages import Mark, Marks, Stager
from flatwatt.appliance.states import Detector, Finished
from flatwatt.model import Counter, CounterKind, Reading

WHOLE = 60_000
"""What is labelled is a run's when it begins at most so many ms outside it."""
COLUMNS = ("runs", "bounds", "found", "med s", "p95 s", "said", "right", "time", "us")


@dataclass
class Staged:
    """A run with its stages, and what was said live: (when, stage)."""

    start_ms: int
    end_ms: int
    marks: Marks
    said: list[tuple[int, str]]

    def name_at(self, at_ms: float) -> str:
        return next((each.name for each in reversed(self.marks) if each.at_ms <= at_ms), "")


@dataclass
class Tally:
    """Of a group of traces: errors in seconds, sayings, shares of time, cost."""

    runs: int = 0
    errors_s: list[float] = field(default_factory=list)
    missed: int = 0
    said: int = 0
    right: int = 0
    told_ms: int = 0
    true_ms: int = 0
    fed: int = 0
    seconds: float = 0.0


class Watch:
    """Feeds one appliance's readings to meter, detector and stager as they come."""

    def __init__(self, kind: str, counter: Counter) -> None:
        self.meter = Meter(counter)
        self.detector = Detector("bench", PROFILES[kind])
        self.stager = Stager(kind)
        self.said: list[tuple[int, str]] = []
        self.fed, self.seconds = 0, 0.0

    def feed(self, reading: Reading) -> Iterator[Staged]:
        detector, meter = self.detector, self.meter
        meter.feed(reading)
        before_ms, start_mwh = detector.since_ms, detector.start_mwh
        changes = detector.feed(reading, meter.total_mwh)
        for change in changes:
            if isinstance(change, Finished):
                yield self._finished(change, start_mwh)
        if reading.power_w is None or detector.since_ms is None:
            return
        began = time.perf_counter()
        fresh = before_ms is None or detector.since_ms == reading.at_ms != before_ms
        if fresh:
            self.stager.begin(reading.at_ms, reading.power_w, meter.total_mwh)
            self.said = []
        elif self.stager.feed(reading.at_ms, reading.power_w, meter.total_mwh):
            self.said.append((reading.at_ms, self.stager.now))
        self.seconds += time.perf_counter() - began
        self.fed += 1

    def _finished(self, run: Finished, start_mwh: int) -> Staged:
        marks = self.stager.marks(run.start_ms, start_mwh, run.end_ms, start_mwh + run.energy_mwh)
        said = [each for each in self.said if each[0] < run.end_ms]
        return Staged(run.start_ms, run.end_ms, marks, said)


def watched(kind: str, told: Iterable[Reading]) -> tuple[list[Staged], Watch]:
    stream = iter(told)
    head = list(islice(stream, LOOK))
    counts = any(reading.energy_wh is not None for reading in head)
    watch = Watch(kind, COUNTER if counts else Counter(CounterKind.NONE))
    found = [run for each in (head, stream) for reading in each for run in watch.feed(reading)]
    return found, watch


def boundaries(data: Path) -> dict[str, list[tuple[int, str]]]:
    """Read where stages begin, by trace, in our words: printing after heating and after a
    pause, a pause itself, and the end of drying.
    """
    spans: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for row in rows(data / "phases.csv"):
        spans[row["trace"]].append((int(row["start_ms"]), int(row["end_ms"]), row["phase"]))
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for trace, each in spans.items():
        before_ms = -1
        for start_ms, end_ms, phase in sorted(each):
            if phase == "printing" and start_ms == before_ms:
                found[trace].append((start_ms, "printing"))
            elif phase == "pause":
                found[trace].append((start_ms, "idle_hot"))
            elif phase == "drying":
                found[trace].append((end_ms, "dried"))
            before_ms = end_ms
    return found


def off_s(run: Staged, at_ms: int, name: str) -> float | None:
    """Return how far the nearest beginning of a stage is from where it should be."""
    own = [each.at_ms for each in run.marks[1:] if each.name == name]
    if name == "dried":
        creased = [each.at_ms for each in run.marks if each.name == "anti_crease"]
        own = creased[:1] or [run.end_ms]
    return min((abs(each - at_ms) / 1000 for each in own), default=None)


def weigh(tally: Tally, run: Staged) -> None:
    """Compare what was said live with what the whole run says."""
    tally.runs += 1
    ends = [*(at_ms for at_ms, _ in run.said[1:]), run.end_ms]
    for (at_ms, name), until_ms in zip(run.said, ends, strict=False):  # it may have said nothing
        tally.said += 1
        tally.right += run.name_at(at_ms) == name
        tally.told_ms += until_ms - at_ms
        tally.true_ms += _borne_out(run, Mark(name, at_ms, 0), until_ms)


def _borne_out(run: Staged, said: Mark, until_ms: int) -> int:
    ends = [*(each.at_ms for each in run.marks[1:]), run.end_ms]
    return sum(
        max(0, min(until_ms, end_ms) - max(said.at_ms, each.at_ms))
        for each, end_ms in zip(run.marks, ends, strict=True)
        if each.name == said.name
    )


def tally_up(
    tallies: list[Tally], found: list[Staged], watch: Watch, truth: list[tuple[int, str]]
) -> None:
    for tally in tallies:
        tally.fed += watch.fed
        tally.seconds += watch.seconds
        for run in found:
            weigh(tally, run)
            for at_ms, name in truth:
                if not run.start_ms < at_ms <= run.end_ms + WHOLE:
                    continue
                error_s = off_s(run, at_ms, name)
                tally.missed += error_s is None
                tally.errors_s += [] if error_s is None else [error_s]


def cells(tally: Tally) -> list[str]:
    bounds = len(tally.errors_s) + tally.missed
    times = [quantile(tally.errors_s, 0.5), quantile(tally.errors_s, 0.95)]
    return [
        str(tally.runs),
        str(bounds) if bounds else "",
        f"{len(tally.errors_s) / bounds:.3f}" if bounds else "",
        *("" if value is None else f"{value:.0f}" for value in times),
        f"{tally.said / max(1, tally.runs):.1f}",
        f"{tally.right / max(1, tally.said):.3f}",
        f"{tally.true_ms / max(1, tally.told_ms):.3f}",
        f"{tally.seconds / max(1, tally.fed) * 1e6:.1f}",
    ]


def table(groups: dict[str, Tally]) -> str:
    """Return the table as Markdown."""
    return laid_out(COLUMNS, {name: cells(groups[name]) for name in sorted(groups)}, 6)


def show(trace: str, found: list[Staged]) -> None:
    """Print the stages of every run, in minutes since its start."""
    for run in found:
        minutes = [f"{each.name} {(each.at_ms - run.start_ms) / 6e4:.1f}" for each in run.marks]
        print(trace, *minutes, f"end {(run.end_ms - run.start_ms) / 6e4:.1f}")


def options() -> argparse.Namespace:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", type=lambda text: set(text.split(",")))
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def main() -> None:
    told = options()
    chosen: list[Trace] = [
        each for each in traces(told.data) if told.only is None or each.name in told.only
    ]
    results = {each.name: watched(each.kind, readings(told.data, each.name)) for each in chosen}
    truth = boundaries(told.data)
    groups: dict[str, Tally] = defaultdict(Tally)
    for trace in chosen:
        found, watch = results[trace.name]
        names = (trace.name, f"{trace.kind}, {trace.source}")
        tally_up([groups[name] for name in names], found, watch, truth.get(trace.name, []))
        if told.list:
            show(trace.name, found)
    print(table(groups))


if __name__ == "__main__":
    main()
