"""A folder of the very shape `bench.runs` reads (bench/runs/README.md)."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from bench.runs.synthetic.plugs import Hole, hit, holes, told
from bench.runs.synthetic.scenes import ORIGIN_MS, Scene
from bench.runs.synthetic.track import Track, TrueRun

TRACES = ("trace", "kind", "data", "observed_h", "median_dt_s", "runs", "seed")
LABELS = (
    "trace", "kind", "start", "end", "start_ms", "end_ms", "energy_wh", "program", "flag",
    "alt_start_ms", "tail_end_ms",
)  # fmt: skip
STAGES = ("trace", "start_ms", "end_ms", "phase")
Cells: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Rows:
    """What one trace adds to the three tables."""

    trace: Cells
    labels: list[Cells]
    stages: list[Cells]


def written(out: Path, scenes: Sequence[Scene], seed: int, days: int) -> Iterator[str]:
    """Write the folder trace by trace; yields a line for each."""
    (out / "samples").mkdir(parents=True, exist_ok=True)
    all_rows = []
    for scene in scenes:
        track = scene.live(seed, days)
        gaps = holes(track, scene.plug, seed)
        count = _samples(out / "samples" / f"{scene.name}.csv.gz", scene, track, gaps, seed)
        all_rows.append(_rows(scene, track, gaps, seed))
        yield f"{scene.name}: {len(track.runs)} runs, {count} readings"
    _table(out / "traces.csv", TRACES, (each.trace for each in all_rows))
    _table(out / "labels.csv", LABELS, (row for each in all_rows for row in each.labels))
    _table(out / "phases.csv", STAGES, (row for each in all_rows for row in each.stages))


def _samples(path: Path, scene: Scene, track: Track, gaps: Sequence[Hole], seed: int) -> int:
    count = 0
    # No name and no time in the header: the same samples are the same bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 3, raw, 0) as packed:
        text = io.TextIOWrapper(packed, encoding="ascii", newline="")
        text.write("ts_ms,power_w,energy_wh\n")
        for into_ms, power_w, energy_wh in told(track, scene.plug, gaps, seed):
            text.write(f"{ORIGIN_MS + into_ms},{power_w:.1f},{energy_wh:.1f}\n")
            count += 1
        text.close()
    return count


def _rows(scene: Scene, track: Track, gaps: Sequence[Hole], seed: int) -> Rows:
    step_s = 10 if scene.plug.on_change else scene.plug.step_s
    hours = round(track.now_s / 3600, 2)
    name = scene.name
    return Rows(
        (name, scene.kind, "synthetic", hours, step_s, len(track.runs), seed),
        [(name, scene.kind, *_label(track, run, gaps)) for run in track.runs],
        [(name, _ms(each.start_s), _ms(each.end_s), each.name) for each in track.stages],
    )


def _label(track: Track, run: TrueRun, gaps: Sequence[Hole]) -> Cells:
    energy_wh = sum(track.powers_w[run.start_s : run.end_s]) / 3600
    start_ms, end_ms = _ms(run.start_s), _ms(run.end_s)
    flag = "gap" if run.flag == "ok" and hit(run, gaps) else run.flag
    tail_ms = "" if run.tail_end_s is None else _ms(run.tail_end_s)
    times = (_iso(start_ms), _iso(end_ms), start_ms, end_ms)
    return (*times, round(energy_wh, 1), run.programme, flag, "", tail_ms)


def _ms(second: int) -> int:
    return ORIGIN_MS + second * 1000


def _iso(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _table(path: Path, heads: Sequence[str], rows: Iterable[Cells]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)
