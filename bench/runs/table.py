"""The outcome by appliance, by data class, by hard case, by trace."""

from collections.abc import Mapping, Sequence

from bench.runs.markdown import laid_out
from bench.runs.score import Label, Prediction, Scored, Tally, quantile
from bench.runs.traces import Trace

MINUTE_S = 30.0
NEAR_MS = 900_000
HEADS = ("runs", "F1", "found", "lat med", "lat p95", "early", "end p95", "false/wk")
DERIVED = {
    "_poll60": "case: asked every 60 s",
    "_onchange": "case: reports on change",
    "_outage": "case: holes and resets",
    "_strip": "case: shared strip",
}


def of_trace(trace: Trace, by_trace: bool) -> list[str]:
    """Return the groups a whole trace counts in."""
    if by_trace:
        return ["all", trace.name]
    groups = ["all", f"data: {trace.source}", f"{trace.kind}, {trace.source}"]
    if trace.source == "real":
        groups.append(f"case: real, {'60 s' if trace.step_s >= MINUTE_S else '1 to 5 s'}")
    return groups + [case for end, case in DERIVED.items() if trace.name.endswith(end)]


def of_run(labels: Sequence[Label], label: Label) -> list[str]:
    """Return the hard cases one run is."""
    groups = []
    others = (each for each in labels if each is not label and each.flag != "truncated")
    if any(
        0 <= gap_ms <= NEAR_MS
        for each in others
        for gap_ms in (each.start_ms - label.end_ms, label.start_ms - each.end_ms)
    ):
        groups.append("run: another within 15 min")
    if label.tail_end_ms is not None:
        groups.append("run: anti-crease after it")
    if label.flag == "gap":
        groups.append("run: hole inside")
    return groups


def tallies(
    traces: Sequence[Trace],
    labels: Mapping[str, Sequence[Label]],
    outcomes: Mapping[str, Scored],
    *,
    by_trace: bool = False,
) -> dict[str, Tally]:
    """Sum up: group -> tally, groups of runs without what needs a whole trace."""
    groups: dict[str, Tally] = {}
    for trace in traces:
        outcome = outcomes[trace.name]
        of_all = of_trace(trace, by_trace)
        for name in of_all:
            tally = groups.setdefault(name, Tally())
            tally.hours += trace.hours
            tally.extra += outcome.extra
        for label, prediction in outcome.outcomes:
            single = [] if by_trace else of_run(labels[trace.name], label)
            _add(groups, of_all + single, label, prediction)
    return groups


def _add(
    groups: dict[str, Tally], names: list[str], label: Label, prediction: Prediction | None
) -> None:
    for name in names:
        groups.setdefault(name, Tally()).add(label, prediction)


def cells(tally: Tally) -> list[str]:
    total = tally.found + tally.missed
    rates = [tally.f1 if tally.hours else None, tally.found / total if total else None]
    times = [quantile(tally.latencies_s, 0.5), quantile(tally.latencies_s, 0.95)]
    return [
        str(total),
        *(f"{rate:.3f}" if rate is not None else "" for rate in rates),
        *(f"{value:.0f}" if value is not None else "" for value in times),
        str(tally.early),
        *(f"{value:.0f}" for value in (quantile(tally.end_errors_s, 0.95),) if value is not None),
        *([""] if not tally.end_errors_s else []),
        f"{tally.false_a_week:.2f}" if tally.false_a_week is not None else "",
    ]


def table(groups: Mapping[str, Tally]) -> str:
    """Return the table as Markdown; seconds."""
    names = sorted(groups, key=lambda each: (each != "all", ":" in each, each))
    return laid_out(HEADS, {name: cells(groups[name]) for name in names})
