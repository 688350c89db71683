"""How good announced ends and programmes are: error, availability, coverage, likeliest programme.

Our programmes are numbered by ourselves, the labels' by theirs. A programme of ours stands for
the label that most of its earlier finished runs had, so nothing is compared that was not
known at that moment. A run's programme is known when an earlier finished run had its label.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.runs.markdown import laid_out
from bench.runs.score import Label, Prediction, pairs, quantile
from bench.runs.traces import Trace

PARTS = (0.25, 0.5, 0.75, 1.0)
PROMPT_MS = 120_000
"""Available from the first minute: said at the second reading a minute after the start."""
HEADS = (
    "known",
    "error",
    "median",
    "at once",
    *(f"in {part:.0%}" for part in PARTS[:-1]),
    "in 90 %",
    "width",
    *(f"top {part:.0%}" for part in PARTS),
)


@dataclass(frozen=True)
class Told:
    """What was said of a run going on, in ms; no end when its programme is unknown."""

    at_ms: int
    programme: str
    confidence: float
    end_ms: int | None = None
    low_ms: int | None = None
    high_ms: int | None = None


@dataclass
class Ends:
    """What came out of a group of runs; errors and widths in percent of a run."""

    known: int = 0
    prompt: int = 0
    errors: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    held_at: dict[float, list[bool]] = field(default_factory=lambda: defaultdict(list))
    right_at: dict[float, list[bool]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Ending:
    """A labelled run, what was said of it, and what our programmes stood for by then."""

    label: Label
    told: Sequence[Told]
    meant: Mapping[str, str]

    def until(self, part: float) -> Told | None:
        """Return what was said last at a part of the run."""
        upto_ms = self.label.start_ms + part * (self.label.end_ms - self.label.start_ms)
        return next((each for each in reversed(self.told) if each.at_ms <= upto_ms), None)

    def held(self, told: Told) -> bool | None:
        """Whether the interval holds the end; None without one."""
        if told.low_ms is None or told.high_ms is None:
            return None
        return told.low_ms <= self.label.end_ms <= told.high_ms


def endings(
    labels: Sequence[Label],
    runs: Sequence[Prediction],
    programmes: Sequence[str],
    told: Sequence[Told],
) -> list[tuple[Ending, bool]]:
    """Return a trace's required runs, and whether their programme was known by then."""
    found = pairs(labels, runs)
    votes = sorted(
        (runs[column].noticed_ms, programmes[column], labels[row].programme)
        for row, column in found.items()
        if labels[row].programme
    )
    rows = []
    for label in sorted(labels, key=lambda each: each.start_ms):
        if not label.required or not label.programme:
            continue
        before = [vote for vote in votes if vote[0] <= label.start_ms]
        said = [each for each in told if label.start_ms <= each.at_ms <= label.end_ms]
        known = any(vote[2] == label.programme for vote in before)
        rows.append((Ending(label, said, _meant(before)), known))
    return rows


def _meant(votes: Iterable[tuple[float, str, str]]) -> dict[str, str]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, ours, theirs in votes:
        if ours:
            counts[ours][theirs] += 1
    return {ours: count.most_common(1)[0][0] for ours, count in counts.items()}


def add(group: Ends, ending: Ending, *, known: bool) -> None:
    """Count a run: intervals always, the rest when its programme is known."""
    label = ending.label
    group.held += [held for each in ending.told if (held := ending.held(each)) is not None]
    for part in PARTS[:-1]:
        last = ending.until(part)
        if last is not None and (held := ending.held(last)) is not None:
            group.held_at[part].append(held)
    if not known:
        return
    hundredth_ms = (label.end_ms - label.start_ms) / 100
    said = [each for each in ending.told if each.end_ms is not None]
    group.known += 1
    group.prompt += bool(said) and said[0].at_ms <= label.start_ms + PROMPT_MS
    off = [abs((each.end_ms or 0) - label.end_ms) / hundredth_ms for each in said]
    if off:
        group.errors.append(sum(off) / len(off))
    group.widths += [((e.high_ms or 0) - (e.low_ms or 0)) / hundredth_ms for e in said]
    for part in PARTS:
        last = ending.until(part)
        right = last is not None and ending.meant.get(last.programme) == label.programme
        group.right_at[part].append(right)


def groups(
    traces: Sequence[Trace], found: Mapping[str, Sequence[tuple[Ending, bool]]]
) -> dict[str, Ends]:
    """Sum up by kind, data class and trace; printers, which get no end, are left out."""
    summed: dict[str, Ends] = {}
    for trace in traces:
        if trace.kind == "printer_3d":
            continue
        names = [f"data: {trace.source}", f"{trace.kind}, {trace.source}", f"trace: {trace.name}"]
        for name in names:
            group = summed.setdefault(name, Ends())
            for ending, known in found[trace.name]:
                add(group, ending, known=known)
    return summed


def share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.2f}" if values else ""


def cells(group: Ends) -> list[str]:
    errors, width = group.errors, quantile(group.widths, 0.5)
    return [
        str(group.known),
        f"{sum(errors) / len(errors):.1f}" if errors else "",
        f"{quantile(errors, 0.5):.1f}" if errors else "",
        f"{group.prompt / group.known:.2f}" if group.known else "",
        *(share(group.held_at[part]) for part in PARTS[:-1]),
        share(group.held),
        f"{width:.0f}" if width is not None else "",
        *(share(group.right_at[part]) for part in PARTS),
    ]


def table(summed: Mapping[str, Ends]) -> str:
    """Return the table as Markdown; errors and widths in percent of the run."""
    return laid_out(HEADS, {name: cells(summed[name]) for name in sorted(summed)})
