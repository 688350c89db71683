"""What another detector would have found: two lists of runs beside each other."""

from collections.abc import Sequence

from msgspec import Struct

from flatwatt.model import Run

ALIKE = 0.5
"""Two runs that share this part of the time they take together are one, found elsewhere."""
SAME_MS = 1000
"""Less is no move."""


class Pair(Struct, frozen=True):
    """A run in both lists, or in one.

    Attributes:
        stored: as it is.
        new: as it would be.
    """

    stored: Run | None
    new: Run | None

    @property
    def start_ms(self) -> int:
        """When it began."""
        run = self.stored or self.new
        return run.start_ms if run else 0


class WhatIf(Struct, frozen=True):
    """The difference, by start.

    Attributes:
        same: found again with the same start and end.
        moved: found again, but starting or ending elsewhere.
        gone: not found again.
        added: found anew.
    """

    same: list[Pair]
    moved: list[Pair]
    gone: list[Pair]
    added: list[Pair]

    @property
    def changes(self) -> list[Pair]:
        """Everything that would change."""
        return sorted([*self.moved, *self.gone, *self.added], key=lambda pair: pair.start_ms)


def what_if(stored: Sequence[Run], new: Sequence[Run]) -> WhatIf:
    """Compare finished runs; each belongs to at most one of the other list.

    Args:
        stored: as they are.
        new: as they would be.
    """
    free = {run.id: run for run in new}
    pairs = [Pair(run, _take(free, run)) for run in stored]
    both = [pair for pair in pairs if pair.new is not None]
    return WhatIf(
        same=[pair for pair in both if not _moved(pair)],
        moved=[pair for pair in both if _moved(pair)],
        gone=[pair for pair in pairs if pair.new is None],
        added=[Pair(None, run) for run in free.values()],
    )


def _take(free: dict[str, Run], run: Run) -> Run | None:
    nearest = max(
        (each for each in free.values() if each.appliance == run.appliance),
        key=lambda each: _shared(each, run),
        default=None,
    )
    if nearest is None or _shared(nearest, run) < ALIKE:
        return None
    return free.pop(nearest.id)


def _shared(one: Run, other: Run) -> float:
    """Return the part of the time of both that they share."""
    one_end, other_end = _end(one), _end(other)
    both_ms = min(one_end, other_end) - max(one.start_ms, other.start_ms)
    whole_ms = max(one_end, other_end) - min(one.start_ms, other.start_ms)
    return both_ms / whole_ms if whole_ms else 1.0


def _moved(pair: Pair) -> bool:
    if pair.stored is None or pair.new is None:
        return False
    start_ms = abs(pair.stored.start_ms - pair.new.start_ms)
    return start_ms >= SAME_MS or abs(_end(pair.stored) - _end(pair.new)) >= SAME_MS


def _end(run: Run) -> int:
    return run.start_ms if run.end_ms is None else run.end_ms
