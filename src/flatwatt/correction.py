"""What a person says about runs that the power alone did not tell.

A correction is kept for good, an undone one too: the log of them is part of what cannot be
derived. Each is taken in at a definite place of its appliance's record, so that what was
learned live is learned again by a replay.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What a correction does."""

    MERGE = "merge"
    SPLIT = "split"
    DISCARD = "discard"
    ASSIGN = "assign"
    RENAME = "rename"
    KIND = "kind"
    FORGET = "forget"
    UNDO = "undo"


ON_RUNS = (Kind.MERGE, Kind.SPLIT, Kind.DISCARD, Kind.ASSIGN)
"""These change the list of runs."""
FROM_START = -1
"""The place of a kind that counts from the first reading on."""


class Span(Struct, frozen=True):
    """A run as it stood when it was corrected.

    Attributes:
        run: its id.
        start_ms, end_ms: from, to; should the run be found elsewhere later, these tell which.
    """

    run: str
    start_ms: int
    end_ms: int


class Payload(Struct, frozen=True, omit_defaults=True):
    """What belongs to a correction; each kind uses its own part.

    Attributes:
        runs: merge: two or more; split, discard, assign: one.
        at_ms: split: where.
        peaks_w: split: highest reading before and after `at_ms`, as the record has them.
        missing_ms: merge: time between the runs in which nothing could be measured;
            split: such time before `at_ms`.
        programme: assign, rename: its id; assign: empty for unknown.
        name: rename: what people call the programme.
        kind: kind: the configuration's word.
        undoes: undo: the number of the correction that no longer counts.
    """

    runs: tuple[Span, ...] = ()
    at_ms: int = 0
    peaks_w: tuple[float, float] | None = None
    missing_ms: int = 0
    programme: str = ""
    name: str = ""
    kind: str = ""
    undoes: int = 0


class Draft(Struct, frozen=True):
    """A correction that is not yet written down."""

    kind: Kind
    appliance: str
    payload: Payload


class Correction(Struct, frozen=True):
    """A correction.

    Attributes:
        seq: its number; later ones build on earlier ones.
        made_ms: when the person said it.
        kind, appliance, payload: what was said.
        taken_ms: time of the appliance's newest reading when the detector took it in; None
            while it has not.
        undone: whether a later one undid it.
    """

    seq: int
    made_ms: int
    kind: Kind
    appliance: str
    payload: Payload
    taken_ms: int | None = None
    undone: bool = False


def in_force(rows: Iterable[Correction], upto_seq: int | None = None) -> list[Correction]:
    """Return the corrections that count, oldest first.

    Args:
        rows: all, undone ones and undoings too, by number.
        upto_seq: as it stood when this one was the newest; None for now.
    """
    known = [row for row in rows if upto_seq is None or row.seq <= upto_seq]
    undone = {row.payload.undoes for row in known if row.kind is Kind.UNDO}
    return [row for row in known if row.kind is not Kind.UNDO and row.seq not in undone]


def kind_in_force(rows: Iterable[Correction], appliance: str, upto_seq: int = 0) -> str:
    """Return the kind a person gave an appliance; empty when none.

    Args:
        rows: all corrections, by number.
        appliance: its id.
        upto_seq: newest that counts, beside those that count from the start.
    """
    kept = list(rows)
    there = {row.seq for row in in_force(kept, upto_seq)}
    said = [
        row.payload.kind
        for row in kept
        if row.appliance == appliance
        and row.kind is Kind.KIND
        and (not row.undone if row.taken_ms == FROM_START else row.seq in there)
    ]
    return said[-1] if said else ""


def programme_names(rows: Iterable[Correction]) -> dict[tuple[str, str], str]:
    """Return (appliance, programme) -> what people call it."""
    return {
        (row.appliance, row.payload.programme): row.payload.name
        for row in in_force(rows)
        if row.kind is Kind.RENAME
    }
