"""A folder of traces: which there are, their readings, their labels.

Labels have a function of their own, which only the scoring calls, after the last prediction.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.runs.score import Label
from flatwatt.model import Reading

REQUIRED = {"ok", "gap"}


@dataclass(frozen=True)
class Trace:
    """One row of `traces.csv`."""

    name: str
    kind: str
    data: str
    hours: float
    step_s: float

    @property
    def source(self) -> str:
        """Return "real", "derived" or "synthetic"."""
        return "real" if self.data.startswith("real") else self.data


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def traces(data: Path) -> list[Trace]:
    """Read what there is; a folder without it is refused by the name of the missing file."""
    return [
        Trace(
            row["trace"],
            row["kind"],
            row["data"],
            float(row["observed_h"]),
            float(row["median_dt_s"]),
        )
        for row in rows(data / "traces.csv")
    ]


def number(text: str | None) -> float | None:
    return float(text) if text else None


def readings(data: Path, trace: str) -> Iterator[Reading]:
    """Yield a trace's readings in order."""
    path = data / "samples" / f"{trace}.csv.gz"
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            power_w, energy_wh = number(row["power_w"]), number(row.get("energy_wh"))
            yield Reading(int(row["ts_ms"]), "bench", "bench", power_w, energy_wh)


def labels(data: Path) -> dict[str, list[Label]]:
    """Read the labels: trace -> its runs in order."""
    found: dict[str, list[Label]] = defaultdict(list)
    for row in rows(data / "labels.csv"):
        label = Label(
            float(row["start_ms"]),
            float(row["end_ms"]),
            row["flag"] in REQUIRED,
            row["flag"],
            number(row["alt_start_ms"]),
            number(row["tail_end_ms"]),
            row.get("program") or "",
            number(row.get("energy_wh")),
        )
        found[row["trace"]].append(label)
    return found
