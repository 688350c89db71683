"""How good predicted runs are against labelled ones.

A prediction is a label's when their overlap is at least half of their union; a label may
begin at its pre-rinse and end at its anti-crease tumbling instead, whichever fits best. Every
label and every prediction is used once, the best fits first. A label that need not be found
(optional, truncated) takes away the predictions that lie on it. Errors of end and latency are
against the label's own end. A false finish is a prediction without a label, or one announced
more than two minutes before its run was over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

EARLY_S = 120.0
HALF = 0.5
WEEK_H = 168.0


@dataclass(frozen=True)
class Label:
    """A run that happened, in ms; `required` says that missing it counts.

    `programme` is empty where the labels do not name one, `energy_wh` None where they do not.
    """

    start_ms: float
    end_ms: float
    required: bool = True
    flag: str = "ok"
    early_start_ms: float | None = None
    tail_end_ms: float | None = None
    programme: str = ""
    energy_wh: float | None = None

    @property
    def spans(self) -> list[tuple[float, float]]:
        starts = [self.start_ms, self.early_start_ms]
        ends = [self.end_ms, self.tail_end_ms]
        return [(a, b) for a in starts if a is not None for b in ends if b is not None]


@dataclass(frozen=True)
class Prediction:
    """A run that was announced at `noticed_ms`."""

    start_ms: float
    end_ms: float
    noticed_ms: float
    energy_wh: float | None = None


def overlap(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the length of the intersection over that of the union."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both / (max(one[1], other[1]) - min(one[0], other[0])) if both > 0 else 0.0


def fit(label: Label, prediction: Prediction) -> float:
    span = (prediction.start_ms, prediction.end_ms)
    return max(overlap(each, span) for each in label.spans)


def pairs(labels: Sequence[Label], told: Sequence[Prediction]) -> dict[int, int]:
    """Return label index -> prediction index."""
    fits = [
        (fit(label, prediction), row, column)
        for row, label in enumerate(labels)
        for column, prediction in enumerate(told)
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for value, row, column in sorted(fits, reverse=True):
        if value >= HALF and row not in found and column not in taken:
            found[row] = column
            taken.add(column)
    return found


def excused(prediction: Prediction, labels: Iterable[Label]) -> bool:
    """Whether it lies on a label that need not be found."""
    for label in labels:
        end_ms = label.end_ms if label.tail_end_ms is None else label.tail_end_ms
        both = min(prediction.end_ms, end_ms) - max(prediction.start_ms, label.start_ms)
        shorter = min(
            max(prediction.end_ms - prediction.start_ms, 1), label.end_ms - label.start_ms
        )
        if not label.required and both > 0 and both >= HALF * shorter:
            return True
    return False


def quantile(values: Iterable[float], share: float) -> float | None:
    """Return the interpolated quantile; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass
class Tally:
    """What came out of a group of runs; seconds."""

    found: int = 0
    missed: int = 0
    extra: int = 0
    early: int = 0
    hours: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    end_errors_s: list[float] = field(default_factory=list)
    start_errors_s: list[float] = field(default_factory=list)

    def add(self, label: Label, prediction: Prediction | None) -> None:
        if prediction is None:
            self.missed += 1
            return
        self.found += 1
        latency_s = (prediction.noticed_ms - label.end_ms) / 1000
        self.early += latency_s < -EARLY_S
        self.latencies_s.append(latency_s)
        self.end_errors_s.append(abs(prediction.end_ms - label.end_ms) / 1000)
        starts = {start_ms for start_ms, _ in label.spans}
        off_s = min(abs(prediction.start_ms - start_ms) for start_ms in starts) / 1000
        self.start_errors_s.append(off_s)

    @property
    def f1(self) -> float:
        total = 2 * self.found + self.extra + self.missed
        return 2 * self.found / total if total else 0.0

    @property
    def false_a_week(self) -> float | None:
        return (self.extra + self.early) / self.hours * WEEK_H if self.hours else None


@dataclass(frozen=True)
class Scored:
    """A trace's outcome: every required label with what was said of it, and the rest."""

    outcomes: tuple[tuple[Label, Prediction | None], ...]
    extra: int


def scored(labels: Sequence[Label], told: Sequence[Prediction]) -> Scored:
    """Score one trace."""
    found = pairs(labels, told)
    used = set(found.values())
    extra = sum(
        column not in used and not excused(prediction, labels)
        for column, prediction in enumerate(told)
    )
    outcomes = tuple(
        (label, told[found[row]] if row in found else None)
        for row, label in enumerate(labels)
        if label.required
    )
    return Scored(outcomes, extra)
