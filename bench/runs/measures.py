"""What the table of runs does not say: the first word, its probability, starts, energies.

- `probably`: when a run was first and for good said to be probably over, against its true end;
  how often that was taken back; and for each tenth of probability how often it was right.
- From the third run of a programme on, at 1 to 5 s: how late the certain end is told.
- Starts against the label's nearest start; energy against the label's, where the plug counts:
  right within 1 Wh or 0.5 %.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bench.runs.markdown import laid_out
from bench.runs.score import Label, Prediction, Scored, quantile
from bench.runs.traces import Trace

BINS = (0.75, 0.8, 0.85, 0.9, 0.95, 1.01)
THIRD = 3
FAST_S = 10.0
LEAST_WH, SHARE = 1.0, 0.005


@dataclass
class Supposal:
    """One "probably finished": of which run (its place among the found), when, how probable."""

    run: int
    noticed_ms: float
    probability: float
    taken_back: bool = False


@dataclass
class Measures:
    """What came out of a group of runs; seconds."""

    probably_s: list[float] = field(default_factory=list)
    starts_s: list[float] = field(default_factory=list)
    third_s: list[float] = field(default_factory=list)
    energies_ok: list[bool] = field(default_factory=list)
    supposed: int = 0
    taken_back: int = 0


def measured(
    trace: Trace,
    scored: Scored,
    runs: Sequence[Prediction],
    told: Sequence[Supposal],
    *,
    counts: bool,
) -> Measures:
    """Measure one trace; `counts` says that its plug has a counter."""
    found = Measures(supposed=len(told), taken_back=sum(each.taken_back for each in told))
    first = {each.run: each.noticed_ms for each in told if not each.taken_back}
    seen: Counter[str] = Counter()
    for label, run in scored.outcomes:
        seen[label.programme] += 1
        if run is None:
            continue
        said_ms = min(run.noticed_ms, first.get(runs.index(run), run.noticed_ms))
        found.probably_s.append((said_ms - label.end_ms) / 1000)
        starts = {start_ms for start_ms, _ in label.spans}
        found.starts_s.append(min(abs(run.start_ms - each) for each in starts) / 1000)
        if label.programme and seen[label.programme] >= THIRD and trace.step_s < FAST_S:
            found.third_s.append((run.noticed_ms - label.end_ms) / 1000)
        if counts:
            found.energies_ok += energy_ok(label, run)
    return found


def energy_ok(label: Label, run: Prediction) -> list[bool]:
    """Whether a run's energy is right; nothing where it is not labelled."""
    if not label.energy_wh or run.energy_wh is None:
        return []
    allowed_wh = max(LEAST_WH, SHARE * label.energy_wh)
    return [abs(run.energy_wh - label.energy_wh) <= allowed_wh]


def together(traces: Sequence[Trace], found: Mapping[str, Measures]) -> dict[str, Measures]:
    """Sum up: group -> measures."""
    groups: dict[str, Measures] = {}
    for trace in traces:
        one = found[trace.name]
        for name in ("all", f"data: {trace.source}", f"{trace.kind}, {trace.source}"):
            group = groups.setdefault(name, Measures())
            group.probably_s += one.probably_s
            group.starts_s += one.starts_s
            group.third_s += one.third_s
            group.energies_ok += one.energies_ok
            group.supposed += one.supposed
            group.taken_back += one.taken_back
    return groups


HEADS = ("prob med", "prob p95", "said", "taken b", "start p95", "3rd med", "3rd p95", "energy")


def table(groups: Mapping[str, Measures]) -> str:
    """Return the measures as Markdown; seconds, and the share of right energies."""
    return laid_out(HEADS, {name: _cells(groups[name]) for name in sorted(groups)}, 9)


def _cells(group: Measures) -> list[str]:
    ok = group.energies_ok
    return [
        *(_at(group.probably_s, share) for share in (0.5, 0.95)),
        str(group.supposed),
        str(group.taken_back),
        _at(group.starts_s, 0.95),
        *(_at(group.third_s, share) for share in (0.5, 0.95)),
        f"{sum(ok)}/{len(ok)}" if ok else "",
    ]


def _at(values: Sequence[float], share: float) -> str:
    found = quantile(values, share)
    return "" if found is None else f"{found:.0f}"


def calibration(supposals: Iterable[Supposal]) -> str:
    """Return how often "probably finished" was right, by the probability that was said."""
    told = list(supposals)
    lines = ["| said     | how often | mean said | was right |", "|---|--:|--:|--:|"]
    for low, high in pairwise(BINS):
        those = [each for each in told if low <= each.probability < high]
        if those:
            mean = sum(each.probability for each in those) / len(those)
            right = sum(not each.taken_back for each in those) / len(those)
            upto = min(high, 1.0)
            lines.append(f"| {low:.2f}–{upto:.2f} | {len(those)} | {mean:.3f} | {right:.3f} |")
    return "\n".join(lines)
