"""When a run will be over: one figure, and an interval that holds it nine times of ten.

`follow` says how much of every past run may still be to come, and how much that run is worth
believing. Together with what a programme never seen may take (its kind's usual duration,
widely spread, as long as it already runs) this is a distribution of the time left.

The figure is the one with the least expected error, an error counting up to a twelfth of the
run and no more: with two programmes in question it stays with the likelier one and does not
fall between them. The interval begins as the middle nine tenths of the distribution and is
then corrected by this appliance's own past (conformal prediction): whenever a run was over,
the estimates it would have had on its way were compared with its end, in units of their own
interval. The interval is stretched or narrowed so that nine tenths of those at about the same
share of the run would have held. While there are few of them a handful of made-up ones, which
ask for no correction, are counted in. How sure a programme is, is corrected likewise: by how
often one that seemed so likely was the right one.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeAlias

from msgspec import Struct

COVERED = 0.9
CAP = 0.08
"""Of a run's duration: an error beyond it is no worse."""
GRAIN_MS = 15_000
LEAST_MS = 30_000
LEAST = 0.03
"""An interval reaches at least so far on either side: by itself, and of the time left."""
BUCKETS = 10
REACH = 2
"""Errors count for the same tenth of the run and so many next to it."""
MADE_UP = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.95, 1.25)
MOST = 4.0
AS_LIKELY = 0.15
TAKEN = 10.0
"""A share is taken for what it says as if so many estimates had borne it out."""
USUAL_MIN = {"washing_machine": 75.0, "dishwasher": 85.0, "dryer": 60.0, "washer_dryer": 120.0}
USUAL_LOG = 0.5
"""Spread of the logarithm of durations in a kind: from less than half to more than double."""
_NORMAL = [(-1.645 + 3.29 * index / 8) for index in range(9)]

Left: TypeAlias = tuple[float, float]
"""A time left in ms, and how much it is believed."""


class Estimate(Struct, frozen=True):
    """What is expected of a run going on; times in ms from its start.

    Attributes:
        programme: id of the likeliest programme; empty when none fits.
        confidence: how likely it is that one, 0 to 1.
        end_after_ms: the run's duration, never less than it already lasts; None when no
            programme fits.
        low_ms, high_ms: the end lies between them nine times of ten.
    """

    programme: str
    confidence: float
    end_after_ms: int | None = None
    low_ms: int | None = None
    high_ms: int | None = None


class Score(Struct, array_like=True, frozen=True, gc=False):
    """A past estimate's error.

    Attributes:
        bucket: tenth of the run it was made in, as it was known then.
        error: in units of the interval's half on that side.
        share: how likely its programme seemed.
        right: it was that programme.
    """

    bucket: int
    error: float
    share: float = 0.0
    right: bool = False


class Span(Struct, frozen=True):
    """Time left, in ms: the figure, and how far the interval reaches before any correction."""

    left_ms: float
    down_ms: float
    up_ms: float

    def bucket(self, elapsed_ms: float) -> int:
        """Return the tenth of the run it was made in."""
        whole_ms = max(1.0, elapsed_ms + self.left_ms)
        return min(BUCKETS - 1, int(elapsed_ms / whole_ms * BUCKETS))

    def score(
        self, elapsed_ms: float, left_ms: float, share: float = 0.0, *, right: bool = False
    ) -> Score:
        """Return its error, once time really left and programme are known."""
        off_ms = left_ms - self.left_ms
        error = off_ms / self.up_ms if off_ms > 0 else -off_ms / self.down_ms
        bucket = self.bucket(elapsed_ms)
        return Score(bucket, round(min(MOST, error), 3), round(share, 3), right)


def new_left(kind: str, elapsed_ms: float) -> list[Left]:
    """Return what a programme never seen may still take; its shares add up to one."""
    usual_ms = USUAL_MIN.get(kind, 60.0) * 60_000
    found = [
        (usual_ms * math.exp(USUAL_LOG * place) - elapsed_ms, math.exp(-place * place / 2))
        for place in _NORMAL
    ]
    ahead = [(left_ms, share) for left_ms, share in found if left_ms > 0]
    total = sum(share for _, share in ahead)
    if not ahead:
        return [(elapsed_ms * CAP, 1.0)]
    return [(left_ms, share / total) for left_ms, share in ahead]


def span(elapsed_ms: float, known: Sequence[Left], new: Iterable[Left]) -> Span:
    """Return figure and raw interval.

    Args:
        elapsed_ms: since the start.
        known: what the past runs leave; not empty.
        new: what a programme never seen leaves; counts in the interval only.
    """
    left_ms = best(known, elapsed_ms)
    ordered = sorted([*known, *new])
    total = sum(share for _, share in ordered)
    tail = (1 - COVERED) / 2 * total
    low_ms = quantile(ordered, tail)
    high_ms = quantile(ordered, total - tail)
    least_ms = LEAST * left_ms + LEAST_MS
    return Span(
        left_ms, max(0.0, left_ms - low_ms) + least_ms, max(0.0, high_ms - left_ms) + least_ms
    )


def quantile(ordered: Sequence[Left], share: float) -> float:
    """Return the time left below which `share` lies."""
    for left_ms, each in ordered:
        share -= each
        if share <= 0:
            return left_ms
    return ordered[-1][0]


def best(known: Sequence[Left], elapsed_ms: float) -> float:
    """Return the time left with the least expected capped error, to a quarter of a minute."""
    grains: dict[int, float] = {}
    for left_ms, share in known:
        grain = int(left_ms // GRAIN_MS)
        grains[grain] = grains.get(grain, 0.0) + share
    places = sorted(grains)
    shares = [0.0, *accumulate(grains[place] for place in places)]
    moments = [0.0, *accumulate(grains[place] * place for place in places)]
    middle = places[bisect_left(shares, shares[-1] / 2) - 1]
    cap = CAP * (elapsed_ms / GRAIN_MS + middle)

    def error(index: int) -> float:
        place = places[index]
        low = bisect_left(places, place - cap)
        high = bisect_right(places, place + cap)
        below = place * (shares[index] - shares[low]) - (moments[index] - moments[low])
        above = moments[high] - moments[index] - place * (shares[high] - shares[index])
        return below + above + cap * (shares[-1] - shares[high] + shares[low])

    index = min(range(len(places)), key=error)
    return float(places[index] * GRAIN_MS + GRAIN_MS // 2)


def stretch(bucket: int, scores: Iterable[Score]) -> float:
    """Return by how much an interval must be stretched to have held nine times of ten."""
    near = [score.error for score in scores if abs(score.bucket - bucket) <= REACH]
    ordered = sorted([*near, *MADE_UP])
    place = (len(ordered) - 1) * COVERED
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def trusted(share: float, scores: Iterable[Score]) -> float:
    """Return how often a programme that seemed so likely was the right one.

    While few did, it is believed to be as often as it seemed.
    """
    near = [score.right for score in scores if abs(score.share - share) <= AS_LIKELY]
    return (sum(near) + TAKEN * share) / (len(near) + TAKEN)
