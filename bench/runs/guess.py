"""How soon and how well the kind of an appliance is guessed, when nobody told it.

    .venv/bin/python -m bench.runs.guess --data DIR [--data DIR]

Every trace is taken through a tracker of kind `auto`. Then every row of one, two, three and five
runs that follow one another is given to a guess that knows nothing yet, and what it says is
counted: by kind, and "unsure" where it would not ask. Quarter-hours are given to another guess,
which may say "fridge" from half a day on. No bound belongs to a household; see `appliance.guess`.
"""

import argparse
from collections import Counter as Count
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from bench.runs.finders import COUNTER, LOOK
from bench.runs.traces import Trace, readings, traces
from flatwatt.appliance.guess import UNSURE, Guess
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.quarters import QuarterNow
from flatwatt.appliance.tracker import Tracker
from flatwatt.model import QUARTER_MS, Counter, CounterKind, Reading, Run

ROWS = (1, 2, 3, 5)
BENCH = "bench"


@dataclass
class Lived:
    """What a tracker of kind `auto` saw of a trace."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    quarters: list[tuple[int, QuarterNow]] = field(default_factory=list)


def lived(kind: str, heard: Iterable[Reading]) -> Lived:
    """Take a trace's readings through a tracker that does not know its kind."""
    stream = iter(heard)
    head = list(islice(stream, LOOK))
    counts = any(reading.energy_wh is not None for reading in head)
    counter = COUNTER if counts else Counter(CounterKind.NONE)
    tracker = Tracker(BENCH, PROFILES["auto"], {BENCH: counter})
    seen = Lived(kind)
    slot_ms = None
    for reading in chain(head, stream):
        now_ms = reading.at_ms // QUARTER_MS * QUARTER_MS
        if slot_ms is not None and now_ms > slot_ms:
            seen.quarters.extend(_whole(tracker, slot_ms, now_ms))
        slot_ms = now_ms
        seen.runs.extend(told.run for told in tracker.feed(reading) if told.kind == "finished")
    return seen


def _whole(tracker: Tracker, from_ms: int, now_ms: int) -> Iterator[tuple[int, QuarterNow]]:
    """Yield the quarter-hours that are over, and let them be forgotten."""
    whole = [(at_ms, each) for _, at_ms, each in tracker.quarters() if from_ms <= at_ms < now_ms]
    for _, each in whole:
        each.dirty = False
    tracker.forget(now_ms)
    return iter(sorted(whole, key=lambda one: one[0]))


def after(runs: Sequence[Run], row: int) -> Iterator[tuple[str, str]]:
    """Yield the likeliest kind, and what would be said, after each `row` runs in a row."""
    for first in range(len(runs) - row + 1):
        guess = Guess()
        for run in runs[first : first + row]:
            guess.feed_run(run)
        yield guess.best[0], guess.kind


def fridge_after_h(seen: Lived) -> float | None:
    """Return after how many hours it was called a refrigerator; None when never."""
    guess = Guess()
    for start_ms, each in seen.quarters:
        guess.feed_quarter(start_ms, each.energy_mwh, each.power_min_mw, each.power_max_mw)
        if guess.kind == "fridge":
            return (start_ms + QUARTER_MS - seen.quarters[0][0]) / 3_600_000
    return None


def confusion(all_seen: Sequence[Lived], row: int) -> str:
    """Return the table of one row length as Markdown, and how good it is."""
    counted = Count((seen.kind, said) for seen in all_seen for _, said in after(seen.runs, row))
    likeliest = [best == seen.kind for seen in all_seen for best, _ in after(seen.runs, row)]
    kinds = sorted({kind for kind, _ in counted})
    said = [*sorted({said for _, said in counted} - {UNSURE}), UNSURE]
    total = max(1, len(likeliest))
    sure = sum(count for (_, each), count in counted.items() if each != UNSURE)
    right = sum(count for (kind, each), count in counted.items() if kind == each)
    rates = f"right {right / total:.3f}, wrong {(sure - right) / total:.4f}"
    lines = [
        f"after {row}: the likeliest is right {sum(likeliest) / total:.3f}; told {rates}",
        "| is, said | " + " | ".join(said) + " |",
        "|---|" + "---:|" * len(said),
        *(
            f"| {kind} | " + " | ".join(str(counted[kind, one]) for one in said) + " |"
            for kind in kinds
        ),
    ]
    return "\n".join(lines)


def by_trace(trace: Trace, seen: Lived) -> str:
    """Return a line about one trace."""
    found_h = fridge_after_h(seen)
    parts = [f"{trace.name} ({seen.kind}): {len(seen.runs)} runs"]
    for row in ROWS[1:]:
        said = Count(each for _, each in after(seen.runs, row))
        parts.append(
            f"{row}: " + ", ".join(f"{each} {count}" for each, count in said.most_common())
        )
    parts += [f"a fridge after {found_h:.0f} h"] if found_h is not None else []
    return "; ".join(parts)


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, action="append")
    told = parser.parse_args()
    all_seen = []
    for data in told.data:
        for trace in traces(data):
            seen = lived(trace.kind, readings(data, trace.name))
            all_seen.append(seen)
            print(by_trace(trace, seen), flush=True)
    for row in ROWS:
        print(f"\n{confusion(all_seen, row)}")


if __name__ == "__main__":
    main()
