"""A run's energy shared out to its stages, to the milliwatt-hour in both directions."""

from collections.abc import Iterable
from itertools import pairwise

from flatwatt.appliance.stages.base import Mark, Marks
from flatwatt.model import Slice, Stage


def stages_of(
    marks: Marks, end_ms: int, end_mwh: int, slices: Iterable[Slice]
) -> tuple[Stage, ...]:
    """Return the stages of a run with their energy.

    Energy is taken from the quarter-hours in the order in which it was drawn, so a quarter-hour
    that several stages share is divided where the booked total was at the marks. The energies
    add up to the run's, and in every quarter-hour to the run's slice.

    Args:
        marks: in order, the first at the run's start.
        end_ms: the run's end.
        end_mwh: the booked total then.
        slices: the run's, in order; they add up to `end_mwh` less the first mark's total.
    """
    rest = [each for each in reversed(tuple(slices)) if each[1]]
    stages = []
    for mark, until in pairwise((*marks, Mark("", end_ms, end_mwh))):
        energy_mwh = until.total_mwh - mark.total_mwh
        taken = _take(rest, energy_mwh)
        stages.append(Stage(mark.name, mark.at_ms, until.at_ms, energy_mwh, taken))
    return tuple(stages)


def _take(rest: list[Slice], energy_mwh: int) -> tuple[Slice, ...]:
    """Take energy from the earliest quarter-hours, which are at the end of the list."""
    taken = []
    while energy_mwh and rest:
        start_ms, left_mwh = rest.pop()
        part_mwh = min(energy_mwh, left_mwh)
        taken.append((start_ms, part_mwh))
        energy_mwh -= part_mwh
        if left_mwh > part_mwh:
            rest.append((start_ms, left_mwh - part_mwh))
    return tuple(taken)
