"""Where a run is, by following the runs it may be repeating.

A run of a known programme is a past run played at a slightly other pace: cold water and a
low mains voltage make heating longer, a heavy load spins twice. So each past run is a chain
of minutes, and the run going on moves along it: in a minute it mostly moves one on, now and
then it stays or skips one. How well a place explains the power just seen decides how much
of the belief goes there (a hidden Markov model's forward filter). After each minute there is

- the belief over places: how much of that past run is still to come,
- the evidence of the whole way: how well that run explains this one.

So time is set right again at each event, the end of heating, a spin, without naming any.
Powers are compared as logarithms, since a drum's 100 W vary as a heater's 2000 W do. Minutes
of the same run are not independent: evidence is tempered, else one odd minute would decide.
What lies behind the end of a past run is silence. Beside the past runs stands one more
explanation, a programme never seen, which explains every minute equally badly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

STEP_MS = 60_000
"""One place of a chain."""
STAYS, SKIPS = 0.1, 0.1
"""In 100 minutes a run gets four or five out of step at most."""
SPREAD = 0.6
"""Usual difference between the natural logarithms of two powers at the same place."""
ODD = 0.03
"""A minute that fits nowhere is as likely as this."""
NEW = 0.5
"""How well a programme never seen explains a minute."""
TEMPER = 0.5
NOISE_W = 10.0
"""Differences far below this are standby."""
LEVELS_PER_OCTAVE = 8
HIGHEST = 16 * LEVELS_PER_OCTAVE
"""More than any socket carries."""
NEGLIGIBLE = 1e-5
START = (0.8, 0.15, 0.05)
"""A start may be seen a minute or two late."""
_TABLE = [
    (math.exp(-step * math.log(2) / LEVELS_PER_OCTAVE / SPREAD) + ODD) ** TEMPER
    for step in range(HIGHEST + 1)
]
NEW_LOG = math.log(NEW) * TEMPER


def level(power_w: float) -> int:
    """Return a power's step on the logarithmic scale."""
    return min(HIGHEST, int(LEVELS_PER_OCTAVE * math.log2(max(0.0, power_w) + NOISE_W)))


SILENT = level(0.0)


def levels(step_ms: int, mwh: Sequence[int]) -> list[int]:
    """Return the power level of every whole minute.

    Args:
        step_ms: between two points, half a minute times a power of two.
        mwh: energy since the start, the first point at the start.
    """
    minutes = max(1, step_ms // STEP_MS)
    points = mwh[:: max(1, STEP_MS // step_ms)]
    found: list[int] = []
    for before, after in pairwise(points):
        power_w = (after - before) * 3600 / (STEP_MS * minutes)
        found += [level(power_w)] * minutes
    return found


@dataclass(slots=True)
class Path:
    """A past run, and how the run going on moved along it.

    Attributes:
        levels: of the past run, by minute.
        evidence: logarithm of how well it explains what was seen.
        first: place of the first belief.
        belief: over consecutive places; place n is n minutes after the past run's start.
    """

    levels: list[int]
    evidence: float = 0.0
    first: int = 0
    belief: list[float] = field(default_factory=lambda: list(START))

    def follow(self, seen: int) -> None:
        """Take a minute's power level in."""
        moved = self._moved(seen)
        total = sum(moved)
        least = total * NEGLIGIBLE
        first, end = 0, len(moved)
        while moved[first] <= least:
            first += 1
        while moved[end - 1] <= least:
            end -= 1
        self.evidence += math.log(total)
        self.first += first
        self.belief = [share / total for share in moved[first:end]]

    def _moved(self, seen: int) -> list[float]:
        """Return the belief after a minute, not yet adding up to one."""
        first, count, table = self.first, len(self.levels), _TABLE
        goes = 1 - STAYS - SKIPS
        moved = [0.0] * (len(self.belief) + 2)
        ahead = self.levels[first : first + len(self.belief) + 1]
        fits = [table[abs(seen - each)] for each in ahead]
        silent = table[abs(seen - SILENT)]
        for index, share in enumerate(self.belief):
            left = count - first - index
            if left <= 0:
                moved[index] += share * silent
                continue
            here = share * fits[index]
            moved[index] += here * STAYS
            moved[index + 1] += here * goes
            if left > 1:
                moved[index + 2] += share * fits[index + 1] * SKIPS
            else:
                moved[index + 1] += here * SKIPS
        return moved


class Follower:
    """Follows one run along many past ones, given by their levels."""

    def __init__(self, chains: Sequence[list[int]]) -> None:
        self.paths = [Path(chain) for chain in chains]
        self.seen: list[int] = []

    @property
    def new_evidence(self) -> float:
        """Logarithm of how well a programme never seen explains what was seen."""
        return NEW_LOG * len(self.seen)

    def follow(self, seen: Sequence[int]) -> None:
        """Catch up with the levels of all whole minutes, of which it saw the first."""
        for each in seen[len(self.seen) :]:
            for path in self.paths:
                path.follow(each)
            self.seen.append(each)
