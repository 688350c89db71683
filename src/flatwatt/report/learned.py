"""Everything that was learned of an appliance, for whoever wants to look."""

from collections.abc import Mapping, Sequence
from statistics import median

from msgspec import Struct

from flatwatt.appliance.guess import Guess
from flatwatt.appliance.pauses import ENDED, Past
from flatwatt.appliance.tracker import Tracker
from flatwatt.model import Run


class PastRun(Struct, frozen=True):
    """What is remembered of a run's quiets.

    Attributes:
        start_ms: when it began.
        end_after_s: since then; None when it only says where it went on.
        pauses: (seconds since the start, length in seconds).
    """

    start_ms: int
    end_after_s: int | None
    pauses: tuple[tuple[int, int], ...]


class Programme(Struct, frozen=True):
    """The runs of a programme.

    Attributes:
        id: `p1` …; empty for runs whose programme is not known.
        name: what people call it, else empty.
        runs: how many.
        duration_s, energy_mwh: the median run's.
    """

    id: str
    name: str
    runs: int
    duration_s: int
    energy_mwh: int


class Learned(Struct, frozen=True):
    """What was learned of an appliance.

    Attributes:
        appliance, kind: id, and what it is taken for.
        told: whether a person said so.
        quiet_w: below this it is quiet.
        quiet_learned: whether that is its own, not its kind's.
        step_ms: usual time between two readings of a run.
        standby_w: mean power outside runs; None when too little is known.
        rest_w, work_w: mean power at rest and in runs, between which the quiet level of a
            printer lies; None for other kinds and while not known.
        shared_w: what another load on the same plug draws; None while none is known.
        waits_s: how long it waited to be emptied or switched off after its runs.
        guesses: what its runs look like, for an appliance whose kind nobody told: kind and
            probability, likeliest first.
        pasts: remembered runs, oldest first.
        programmes: by id, unknown last.
    """

    appliance: str
    kind: str
    told: bool
    quiet_w: float
    quiet_learned: bool
    step_ms: float
    standby_w: float | None
    rest_w: float | None
    work_w: float | None
    shared_w: float | None
    waits_s: tuple[int, ...]
    guesses: tuple[tuple[str, float], ...]
    pasts: tuple[PastRun, ...]
    programmes: tuple[Programme, ...]


def learned_of(
    tracker: Tracker, *, standby_w: float | None, programmes: Sequence[Programme]
) -> Learned:
    """Return what was learned of an appliance; for the arguments see `Learned`."""
    whole, profile = tracker.state, tracker.profile
    state, guessing = whole.detector, whole.guessing
    shares = Guess(guessing.guess).probabilities() if guessing.open else {}
    return Learned(
        appliance=tracker.appliance,
        kind=profile.kind,
        told=bool(whole.lessons.kind),
        quiet_w=state.on_w or profile.on_power_w,
        quiet_learned=bool(state.on_w),
        step_ms=state.step_ms,
        standby_w=standby_w,
        rest_w=state.rest_w or None,
        work_w=state.work_w or None,
        shared_w=state.shared_w or None,
        waits_s=tuple(whole.emptied.delays_s),
        guesses=tuple(sorted(shares.items(), key=lambda each: -each[1])),
        pasts=tuple(map(_past, state.memory)),
        programmes=tuple(programmes),
    )


def _past(past: Past) -> PastRun:
    ends = [each.elapsed_s for each in past.quiets if each.length_s == ENDED]
    pauses = [(each.elapsed_s, each.length_s) for each in past.quiets if each.length_s != ENDED]
    return PastRun(past.start_ms, ends[-1] if ends else None, tuple(pauses))


def programmes_of(runs: Sequence[Run], names: Mapping[str, str]) -> list[Programme]:
    """Return the programmes that an appliance's finished runs belong to.

    Args:
        runs: of one appliance.
        names: id -> what people call it; those without a run are listed, too.
    """
    found: dict[str, list[Run]] = {id_: [] for id_ in names}
    for run in runs:
        if run.end_ms is not None:
            found.setdefault(run.programme, []).append(run)
    return [
        Programme(
            id=id_,
            name=names.get(id_, ""),
            runs=len(own),
            duration_s=round(median((_end(run) - run.start_ms) // 1000 for run in own or _NONE)),
            energy_mwh=round(median(run.energy_mwh for run in own or _NONE)),
        )
        for id_, own in sorted(found.items(), key=lambda each: (not each[0], _number(each[0])))
    ]


_NONE = (Run("", "", 0, 0, 0, 0.0),)


def _number(id_: str) -> tuple[int, str]:
    digits = id_.lstrip("p")
    return (int(digits) if digits.isdecimal() else 0, id_)


def _end(run: Run) -> int:
    return run.start_ms if run.end_ms is None else run.end_ms
