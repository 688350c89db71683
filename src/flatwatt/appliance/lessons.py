"""What a correction does to what an appliance's detector remembers.

Every correction, and every undoing of one, says that some runs are no more and others took
their place. The quiets of the former are put together on the line of time and dealt out to
the latter: between two runs that were one, the quiet went on; where one run was two, it was an
end; a run that was none leaves nothing behind. What the detector itself had learned is laid on
a shelf, so that undoing brings it back as it was.

All of it follows from the record and the corrections alone, so a replay learns the same.
"""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple, Protocol

from msgspec import Struct, field

from flatwatt.appliance.changes import DetectorState
from flatwatt.appliance.pauses import ENDED, RUNS, Memory, Past, Quiet, joined, parted
from flatwatt.correction import Correction, Kind
from flatwatt.model import Run

NEAR_MS = 300_000
"""A person's "at 17:40" means the quiet that is nearest, if one is this near."""
SECOND_MS = 1000
KEPT = 200
"""So many corrected runs keep the programme they were found to be."""


class Forgotten(Struct, array_like=True):
    """What was known when a person said that learning begins anew.

    Attributes:
        seq: number of that correction.
        memory: of pauses.
        on_w: the learned quiet level.
    """

    seq: int
    memory: Memory
    on_w: float


class Lessons(Struct):
    """What was taken in, for a checkpoint.

    Attributes:
        heard: number of the newest correction taken in.
        kind: what a person says the appliance is; empty while the configuration holds.
        shelf: what the detector had learned of runs that were corrected.
        forgotten: newest last, two at most.
        programmes: id of a run that a correction made -> the programme it was found to be.
    """

    heard: int = 0
    kind: str = ""
    shelf: Memory = field(default_factory=list)
    forgotten: list[Forgotten] = field(default_factory=list)
    programmes: dict[str, str] = field(default_factory=dict)


class Programmes(Protocol):
    """What learns an appliance's programmes."""

    def learn(self, run: Run, *, holed: bool) -> str:
        """Take a finished run in; return the id of its programme, empty for none."""
        ...

    def forget(self, run_id: str) -> object:
        """Take a run out."""
        ...

    def assign(self, run_id: str, programme_id: str) -> object:
        """Move a run to a programme."""
        ...


class Taught(NamedTuple):
    """A correction as the detector hears it.

    Attributes:
        correction: what was said, or undone.
        removed: runs that are no more.
        added: runs that took their place.
        undoes: the correction that no longer counts, if this undoes one.
    """

    correction: Correction
    removed: Sequence[Run] = ()
    added: Sequence[Run] = ()
    undoes: Correction | None = None


def take_in(taught: Taught, state: DetectorState, lessons: Lessons) -> None:
    """Change what is remembered by what a person said.

    The kind is not looked after here.

    Args:
        taught: newer than what was taken in before.
        state: changed in place.
        lessons: changed in place.
    """
    correction, undoes = taught.correction, taught.undoes
    lessons.heard = correction.seq
    if correction.kind is Kind.FORGET:
        lessons.forgotten.append(Forgotten(correction.seq, state.memory, state.on_w))
        del lessons.forgotten[:-2]
        state.memory, state.on_w = [], 0.0
    elif undoes is not None and undoes.kind is Kind.FORGET:
        _remember_again(undoes.seq, state, lessons)
    else:
        relearn(state.memory, lessons.shelf, *_differing(taught.removed, taught.added))
    # A last stroke is added to the run that was learned last, and a wait was worked out with
    # what was known then: both may be gone.
    state.ended_ms = state.likely_ms = None


def teach_programmes(taught: Taught, programmes: Programmes, lessons: Lessons) -> None:
    """Let the programmes follow: forget what is no run, learn what is, move what was assigned.

    Args:
        taught: as `take_in`.
        programmes: changed.
        lessons: changed in place.
    """
    removed, added = _differing(taught.removed, taught.added)
    for run in removed:
        programmes.forget(run.id)
        lessons.programmes.pop(run.id, None)
    for run in added:
        lessons.programmes[run.id] = programmes.learn(run, holed=False)
    for run in taught.added:
        if run in added:
            continue
        lessons.programmes.pop(run.id, None)
        if run.programme:
            programmes.assign(run.id, run.programme)
        else:
            programmes.forget(run.id)
    for run_id in list(lessons.programmes)[:-KEPT]:
        del lessons.programmes[run_id]


def _differing(
    removed: Sequence[Run], added: Sequence[Run]
) -> tuple[Sequence[Run], Sequence[Run]]:
    """Leave out the runs whose time stays the same: only their programme is another."""
    gone = {(run.start_ms, run.end_ms) for run in removed}
    new = {(run.start_ms, run.end_ms) for run in added}
    return (
        [run for run in removed if (run.start_ms, run.end_ms) not in new],
        [run for run in added if (run.start_ms, run.end_ms) not in gone],
    )


def _remember_again(seq: int, state: DetectorState, lessons: Lessons) -> None:
    for each in lessons.forgotten:
        if each.seq == seq:
            state.memory = [*each.memory, *state.memory][-RUNS:]
            state.on_w = max(state.on_w, each.on_w)
            lessons.forgotten.remove(each)
            return


def relearn(memory: Memory, shelf: Memory, removed: Sequence[Run], added: Sequence[Run]) -> None:
    """Exchange the quiets of runs for those of the runs that took their place.

    Args:
        memory: of the detector; changed in place.
        shelf: what was remembered of runs that are no more; changed in place.
        removed: by start.
        added: by start.
    """
    old = [past for past in memory if any(_within(past, run) for run in removed)]
    memory[:] = [past for past in memory if past not in old]
    line = _in_one(removed, old)
    for run in added:
        own = _laid_aside(shelf, run)
        if own:
            memory.extend(own)
            shelf[:] = [past for past in shelf if past not in own]
        elif line is not None:
            memory.append(_cut_out(line, run, removed))
    shelf.extend(old)
    _in_order(shelf)
    _in_order(memory)


def _in_order(memory: Memory) -> None:
    memory.sort(key=lambda past: past.start_ms)
    del memory[:-RUNS]


def _within(past: Past, run: Run) -> bool:
    return run.end_ms is not None and run.start_ms <= past.start_ms <= run.end_ms


def _laid_aside(shelf: Memory, run: Run) -> Memory:
    """Return what was remembered of this very run, if it was one before."""
    own = [past for past in shelf if _within(past, run)]
    for kept in (*([past] for past in own), own):
        if kept and _spans(kept, run):
            return kept
    return []


def _spans(pasts: Memory, run: Run) -> bool:
    """Whether pasts begin and end with a run; a machine that was reloaded left two."""
    near = abs(pasts[0].start_ms - run.start_ms) < SECOND_MS
    return near and abs(pasts[-1].end_ms - (run.end_ms or 0)) <= SECOND_MS


def _in_one(removed: Sequence[Run], old: Memory) -> Past | None:
    """Return the quiets of all runs that are no more on one line; None without any."""
    if not old:
        return None
    bare = [run for run in removed if not any(_within(past, run) for past in old)]
    return reduce(joined, sorted([*old, *map(_bare, bare)], key=lambda past: past.start_ms))


def _bare(run: Run) -> Past:
    """Return a run of which nothing but its end is known."""
    duration_s = ((run.end_ms or run.start_ms) - run.start_ms) // SECOND_MS
    return Past(run.start_ms, [Quiet(duration_s, run.energy_mwh, 0)])


def _cut_out(line: Past, run: Run, removed: Sequence[Run]) -> Past:
    """Return what a run has of a line, parted at the quiets that were meant."""
    piece, end_ms = line, run.end_ms or run.start_ms
    drawn_mwh = run.total_mwh - min(each.total_mwh for each in removed)
    if run.start_ms >= line.start_ms + SECOND_MS:
        piece = parted(*_with_quiet(piece, run.start_ms, drawn_mwh))[1]
        drawn_mwh = 0
    if end_ms <= piece.end_ms - SECOND_MS:
        piece = parted(*_with_quiet(piece, end_ms, drawn_mwh + run.energy_mwh))[0]
    return piece


def _with_quiet(past: Past, at_ms: int, drawn_mwh: int) -> tuple[Past, Quiet]:
    """Return a past and its quiet at an instant, else the nearest one near; else one is made.

    Args:
        past: to be parted.
        at_ms: where.
        drawn_mwh: since the start of the past, for a quiet that is made.
    """

    def away_ms(quiet: Quiet) -> int:
        begin_ms = past.start_ms + quiet.elapsed_s * SECOND_MS
        return max(begin_ms - at_ms, at_ms - begin_ms - quiet.length_s * SECOND_MS, 0)

    near = [each for each in past.quiets if each.length_s != ENDED and away_ms(each) <= NEAR_MS]
    if near:
        return past, min(near, key=lambda each: (away_ms(each), -each.length_s))
    elapsed_s = (at_ms - past.start_ms) // SECOND_MS
    before = [each for each in past.quiets if each.elapsed_s < elapsed_s]
    longest_s = max((each.length_s for each in before), default=0)
    made = Quiet(elapsed_s, drawn_mwh, longest_s, 0)
    return Past(past.start_ms, [*before, made, *past.quiets[len(before) :]]), made
