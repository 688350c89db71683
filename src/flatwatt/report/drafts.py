"""Corrections a person may make, checked before they are written down."""

from collections.abc import Sequence
from itertools import pairwise

from flatwatt.correction import Correction, Draft, Kind, Payload, Span
from flatwatt.errors import UsageError
from flatwatt.model import Run
from flatwatt.report.corrected import LEAST_MS

APART_MS = 86_400_000
"""No run pauses for a day: who merges over more has named the wrong ones."""


def merging(runs: Sequence[Run], missing_ms: int = 0) -> Draft:
    """Two or more runs were one.

    Args:
        runs: as people see them.
        missing_ms: time between them in which nothing could be measured.

    Raises:
        UsageError: fewer than two, of several appliances, a day apart, or one goes on.
    """
    ones = sorted({run.id: run for run in runs}.values(), key=lambda run: run.start_ms)
    if len(ones) < 2:
        raise UsageError("merging takes two different runs or more")
    appliances = {run.appliance for run in ones}
    if len(appliances) > 1:
        raise UsageError(
            f"runs of different appliances are never one ({', '.join(sorted(appliances))})"
        )
    payload = Payload(runs=tuple(map(span_of, ones)), missing_ms=missing_ms)
    for one, other in pairwise(payload.runs):
        if other.start_ms - one.end_ms > APART_MS:
            raise UsageError(f"more than a day lies between {one.run} and {other.run}")
    return Draft(Kind.MERGE, ones[0].appliance, payload)


def splitting(
    run: Run, at_ms: int, peaks_w: tuple[float, float] | None = None, missing_ms: int = 0
) -> Draft:
    """One run was two.

    Args:
        run: as people see it.
        at_ms: where the second began.
        peaks_w: highest reading before and after.
        missing_ms: time before `at_ms` in which nothing could be measured.

    Raises:
        UsageError: the instant is outside the run, or it goes on.
    """
    span = span_of(run)
    if not span.start_ms + LEAST_MS <= at_ms <= span.end_ms - LEAST_MS:
        raise UsageError(f"{run.id}: that time is not within the run; see `flatwatt runs`")
    payload = Payload(runs=(span,), at_ms=at_ms, peaks_w=peaks_w, missing_ms=missing_ms)
    return Draft(Kind.SPLIT, run.appliance, payload)


def discarding(run: Run) -> Draft:
    """It was no run; raises UsageError when it goes on."""
    return Draft(Kind.DISCARD, run.appliance, Payload(runs=(span_of(run),)))


def assigning(run: Run, programme: str) -> Draft:
    """It was that programme; empty for none that is known. Raises UsageError when it goes on."""
    return Draft(Kind.ASSIGN, run.appliance, Payload(runs=(span_of(run),), programme=programme))


def renaming(appliance: str, programme: str, name: str) -> Draft:
    """People call a programme so.

    Raises:
        UsageError: the name is empty, too long or not printable.
    """
    name = name.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise UsageError("a programme's name has 1 to 60 printable characters")
    return Draft(Kind.RENAME, appliance, Payload(programme=programme, name=name))


def undoing(rows: Sequence[Correction], number: int | None = None) -> Draft:
    """A correction no longer counts.

    Args:
        rows: all corrections.
        number: which; None for the newest that counts.

    Raises:
        UsageError: there is no such correction, or it is undone already.
    """
    standing = [row for row in rows if row.kind is not Kind.UNDO and not row.undone]
    if not standing:
        raise UsageError("there is no correction to undo")
    for row in reversed(standing):
        if number in (None, row.seq):
            return Draft(Kind.UNDO, row.appliance, Payload(undoes=row.seq))
    raise UsageError(f"there is no correction {number} to undo; see `flatwatt runs corrections`")


def span_of(run: Run) -> Span:
    """Return a finished run's place.

    Raises:
        UsageError: it goes on.
    """
    if run.end_ms is None:
        raise UsageError(f"{run.id} still goes on; correct it when it has ended")
    return Span(run.id, run.start_ms, run.end_ms)
