"""Which finished runs are the same programme, and which are no run of a programme at all.

Two runs are the same programme when they took about as long, drew about as much and did so
at the same places. A programme is as long as the middle one of its newest runs, so it may
drift with the seasons without becoming another one.

Once is an accident, twice is a programme: a run that looks cut short (it rose as a longer
programme does and stopped well before its end), and one that looks like two in a row, are set
aside until a second one like it comes.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct

from flatwatt.appliance.curve import at
from flatwatt.model import Curve

NEWEST = 9
ALIKE_TIME = 0.08
"""A programme keeps its minutes well; in natural logarithms, as the next."""
ALIKE_ENERGY = 0.15
"""Its energy only as well as laundry and water are the same."""
ALIKE_SHAPE = 0.4
"""Difference of the shares of the energy drawn by a quarter, half and three quarters."""
CUT = 0.75
"""A run shorter than this share of one that began alike was cut short."""
SAME = 0.15
LONG = 1.8
RELOAD_MS = 600_000


class KeptRun(Struct):
    """A finished run that is remembered.

    Attributes:
        id, start_ms, duration_ms, energy_mwh, curve: as in `model.Run`.
        programme: id of its programme.
        number: it was the appliance's so many-th.
    """

    id: str
    start_ms: int
    duration_ms: int
    energy_mwh: int
    curve: Curve
    programme: str = ""
    number: int = 0

    def mwh(self, after_ms: float) -> float:
        """Return what it had drawn `after_ms` after its start."""
        return at(self.curve, self.duration_ms, after_ms)

    @property
    def shape(self) -> tuple[float, ...]:
        """Shares of its energy drawn by a quarter, half and three quarters of its time."""
        whole = max(1, self.energy_mwh)
        return tuple(self.mwh(self.duration_ms * part / 4) / whole for part in (1, 2, 3))


def distance(run: KeptRun, programme: Sequence[KeptRun]) -> float:
    """Return how far a run is from a programme's runs, oldest first; below 1 it is one."""
    newest = programme[-NEWEST:]
    in_time = math.log(run.duration_ms / median(each.duration_ms for each in newest))
    usual_mwh = max(1, median(each.energy_mwh for each in newest))
    in_energy = math.log(max(1, run.energy_mwh) / usual_mwh)
    shapes = zip(*(each.shape for each in newest), strict=True)
    in_shape = max(
        abs(own - median(theirs)) for own, theirs in zip(run.shape, shapes, strict=True)
    )
    return math.hypot(in_time / ALIKE_TIME, in_energy / ALIKE_ENERGY, in_shape / ALIKE_SHAPE)


def like(one: KeptRun, other: KeptRun) -> bool:
    """Whether two runs are the same programme."""
    return distance(one, [other]) < 1


def cut_short(run: KeptRun, known: Iterable[KeptRun]) -> bool:
    """Whether it began as a run that took much longer."""
    return any(
        run.duration_ms < CUT * past.duration_ms
        and all(
            _same(run.mwh(after_ms), past.mwh(after_ms))
            for after_ms in (run.duration_ms / 2, run.duration_ms)
        )
        for past in known
    )


def two_in_a_row(run: KeptRun, known: Sequence[KeptRun]) -> bool:
    """Whether it is long, and two known runs and a break make it up."""
    usual_ms = median(past.duration_ms for past in known) if known else 0
    if run.duration_ms < LONG * usual_ms or not known:
        return False
    return any(
        _same(run.mwh(first.duration_ms), first.energy_mwh) and _is_rest(run, first, second)
        for first in known
        for second in known
    )


def _is_rest(run: KeptRun, first: KeptRun, second: KeptRun) -> bool:
    """Whether the second is what the first leaves of the run."""
    rest_ms = run.duration_ms - first.duration_ms
    rest_mwh = run.energy_mwh - first.energy_mwh
    in_time = (1 - ALIKE_TIME) * second.duration_ms < rest_ms
    in_time = in_time and rest_ms < (1 + ALIKE_TIME) * second.duration_ms + RELOAD_MS
    return in_time and abs(rest_mwh - second.energy_mwh) < 2 * SAME * second.energy_mwh


def _same(one_mwh: float, other_mwh: float) -> bool:
    return abs(one_mwh - other_mwh) <= SAME * max(one_mwh, other_mwh)
