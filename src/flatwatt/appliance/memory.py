"""What is kept of an appliance's programmes, and what is given up when it is too much.

Of a programme with many runs the oldest goes first, so that one used once a month outlives
the single runs of one used every day.
"""

from collections import Counter
from statistics import median

from msgspec import Struct, field

from flatwatt.appliance.clusters import NEWEST, KeptRun
from flatwatt.appliance.eta import Score

RUNS = 40
"""So many runs are kept,"""
ENOUGH = 12
"""of one programme so many before any other gives one up."""
ASIDE = 6
SCORED = 24
PROGRAMMES = 60


class Programme(Struct):
    """A programme.

    Attributes:
        id: `p1`, `p2` …, given once and for good.
        name: what a person calls it; empty when nobody did.
        count: runs it ever had.
        duration_s, energy_mwh: of the middle one of its newest runs.
        last_ms: when one last started.
    """

    id: str
    name: str = ""
    count: int = 0
    duration_s: int = 0
    energy_mwh: int = 0
    last_ms: int = 0


class ProgramsState(Struct):
    """All that is known of an appliance's programmes; at most about 200 KB.

    Attributes:
        programmes: id -> programme.
        runs: kept runs, oldest first.
        aside: runs that looked cut short or like two in a row, oldest first.
        scores: run id -> how good its estimates were, oldest first.
        learned: runs ever learned.
        last_number: of the newest programme's id.
    """

    programmes: dict[str, Programme] = field(default_factory=dict)
    runs: list[KeptRun] = field(default_factory=list)
    aside: list[KeptRun] = field(default_factory=list)
    scores: dict[str, list[Score]] = field(default_factory=dict)
    learned: int = 0
    last_number: int = 0


def runs_of(state: ProgramsState, programme_id: str) -> list[KeptRun]:
    """Return a programme's kept runs, oldest first."""
    return [run for run in state.runs if run.programme == programme_id]


def added(state: ProgramsState) -> str:
    """Make a new programme; return its id."""
    state.last_number += 1
    name = f"p{state.last_number}"
    state.programmes[name] = Programme(name)
    return name


def measure(state: ProgramsState, programme_id: str) -> None:
    """Take a programme's figures from its newest runs, if any is kept."""
    newest = runs_of(state, programme_id)[-NEWEST:]
    if not newest:
        return
    programme = state.programmes[programme_id]
    programme.duration_s = round(median(run.duration_ms for run in newest) / 1000)
    programme.energy_mwh = round(median(run.energy_mwh for run in newest))
    programme.last_ms = max(run.start_ms for run in newest)


def left(state: ProgramsState, programme_id: str) -> None:
    """Note that a run left a programme; a nameless one without any is gone."""
    programme = state.programmes[programme_id]
    programme.count -= 1
    if programme.count <= 0 and not programme.name:
        del state.programmes[programme_id]
    else:
        measure(state, programme_id)


def trim(state: ProgramsState) -> None:
    """Give up what is too much."""
    while len(state.runs) > RUNS:
        state.runs.remove(_least_worth(state))
    for old in list(state.scores)[:-SCORED]:
        del state.scores[old]
    every = state.programmes.values()
    spare = [each for each in every if not each.name and not runs_of(state, each.id)]
    for programme in spare[: max(0, len(state.programmes) - PROGRAMMES)]:
        del state.programmes[programme.id]


def _least_worth(state: ProgramsState) -> KeptRun:
    """Return the oldest run of a programme with many; else the oldest that is not the last."""
    kept = Counter(run.programme for run in state.runs)

    def worth(run: KeptRun) -> tuple[bool, bool]:
        last_of_many = kept[run.programme] == 1 and state.programmes[run.programme].count > 1
        return kept[run.programme] <= ENOUGH, last_of_many

    return min(state.runs, key=worth)
