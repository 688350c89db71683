"""The runs as people corrected them: a layer over what was derived.

Corrections are applied in the order they were made, each to what the ones before left. A run
is known by its id, else by its time: a better detector may find its start some seconds
elsewhere. What cannot be found any more changes nothing and is said.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from flatwatt.correction import ON_RUNS, Correction, Kind, Span, in_force
from flatwatt.model import Run
from flatwatt.report.pieces import joined, parted

ALIKE = 0.5
"""A run that shares this part of the shorter one's time with what was corrected is that run."""
LEAST_MS = 1000
"""Ids tell seconds apart, so no part of a run is shorter."""


class Outcome(StrEnum):
    """What became of a correction.

    APPLIED: it changed runs. ALREADY: the runs are found that way by themselves. LOST: no run
    fits it any more; it is kept.
    """

    APPLIED = "applied"
    ALREADY = "already"
    LOST = "lost"


class Corrected(Struct, frozen=True):
    """What people see.

    Attributes:
        runs: by start.
        outcomes: number of the correction -> what became of it; only those on runs.
    """

    runs: list[Run]
    outcomes: dict[int, Outcome]


def corrected(runs: Iterable[Run], corrections: Iterable[Correction]) -> Corrected:
    """Apply corrections to derived runs.

    Args:
        runs: any appliances'; those going on are left alone.
        corrections: in force, by number; those not on runs are passed over.
    """
    found = {run.id: run for run in runs}
    outcomes: dict[int, Outcome] = {}
    for each in corrections:
        if each.kind in ON_RUNS:
            outcomes[each.seq] = _CHANGES[each.kind](found, each)
    return Corrected(sorted(found.values(), key=lambda run: (run.start_ms, run.id)), outcomes)


def reach(
    corrections: Iterable[Correction], start_ms: int, end_ms: int
) -> tuple[list[Correction], int, int]:
    """Return what must be known to correct the runs of a stretch.

    Returns:
        (corrections that touch it, start and end of the stretch that these touch together).
    """
    rest = [each for each in corrections if each.kind in ON_RUNS]
    near: list[Correction] = []
    while touching := [each for each in rest if _touches(each, start_ms, end_ms)]:
        near.extend(touching)
        rest = [each for each in rest if each not in touching]
        start_ms = min(start_ms, *(span.start_ms for each in touching for span in spans(each)))
        end_ms = max(end_ms, *(span.end_ms + 1 for each in touching for span in spans(each)))
    return sorted(near, key=lambda each: each.seq), start_ms, end_ms


def spans(correction: Correction) -> tuple[Span, ...]:
    """Return the runs a correction is about, as they stood."""
    return correction.payload.runs


def change_of(
    runs: Sequence[Run], rows: Sequence[Correction], seq: int
) -> tuple[list[Run], list[Run]]:
    """Return what correction number `seq` made of the runs.

    Args:
        runs: derived ones of its reach.
        rows: all corrections, by number.
        seq: the newest that counts; it may be an undoing.

    Returns:
        (runs that are no more, runs that are new).
    """
    before = corrected(runs, in_force(rows, seq - 1)).runs
    after = corrected(runs, in_force(rows, seq)).runs
    return (
        [run for run in before if run not in after],
        [run for run in after if run not in before],
    )


def _touches(each: Correction, start_ms: int, end_ms: int) -> bool:
    return any(span.start_ms < end_ms and span.end_ms >= start_ms for span in spans(each))


def _find(found: dict[str, Run], appliance: str, span: Span) -> Run | None:
    """Return the finished run that a span stood for."""
    known = found.get(span.run)
    if known is not None and known.end_ms is not None and _shared_ms(known, span) > 0:
        return known
    nearest = max(
        (run for run in found.values() if run.appliance == appliance and run.end_ms is not None),
        key=lambda run: _shared_ms(run, span),
        default=None,
    )
    if nearest is None or nearest.end_ms is None:
        return None
    shorter_ms = min(nearest.end_ms - nearest.start_ms, span.end_ms - span.start_ms)
    shared_ms = _shared_ms(nearest, span)
    return nearest if shared_ms > 0 and shared_ms >= ALIKE * shorter_ms else None


def _shared_ms(run: Run, span: Span) -> int:
    end_ms = run.start_ms if run.end_ms is None else run.end_ms
    return min(end_ms, span.end_ms) - max(run.start_ms, span.start_ms)


def _merge(found: dict[str, Run], each: Correction) -> Outcome:
    ones = [_find(found, each.appliance, span) for span in spans(each)]
    there = {run.id: run for run in ones if run is not None}
    if None in ones:
        return Outcome.LOST
    if len(there) == 1:
        return Outcome.ALREADY
    first, *others = sorted(there.values(), key=lambda run: run.start_ms)
    last_ms = max(run.end_ms or 0 for run in others)
    between = [
        run
        for run in found.values()
        if run.appliance == each.appliance
        and run.end_ms is not None
        and first.start_ms < run.start_ms < last_ms
    ]
    whole = first
    for number, run in enumerate(sorted(between, key=lambda run: run.start_ms)):
        del found[run.id]
        whole = joined(whole, run, each.payload.missing_ms if number == 0 else 0)
    found[whole.id] = whole
    return Outcome.APPLIED


def _split(found: dict[str, Run], each: Correction) -> Outcome:
    at_ms = each.payload.at_ms
    (span,) = spans(each)
    run = next(
        (run for run in found.values() if run.appliance == each.appliance and _holds(run, at_ms)),
        None,
    )
    if run is None:
        return Outcome.ALREADY if _find(found, each.appliance, span) else Outcome.LOST
    first, second = parted(run, at_ms, each.payload.peaks_w, each.payload.missing_ms)
    found[first.id], found[second.id] = first, second
    return Outcome.APPLIED


def _holds(run: Run, at_ms: int) -> bool:
    return run.end_ms is not None and run.start_ms + LEAST_MS <= at_ms <= run.end_ms - LEAST_MS


def _discard(found: dict[str, Run], each: Correction) -> Outcome:
    (span,) = spans(each)
    run = _find(found, each.appliance, span)
    if run is None:
        return Outcome.ALREADY
    del found[run.id]
    return Outcome.APPLIED


def _assign(found: dict[str, Run], each: Correction) -> Outcome:
    (span,) = spans(each)
    run = _find(found, each.appliance, span)
    if run is None:
        return Outcome.LOST
    if run.programme == each.payload.programme:
        return Outcome.ALREADY
    found[run.id] = replace(run, programme=each.payload.programme)
    return Outcome.APPLIED


_CHANGES = {
    Kind.MERGE: _merge,
    Kind.SPLIT: _split,
    Kind.DISCARD: _discard,
    Kind.ASSIGN: _assign,
}
