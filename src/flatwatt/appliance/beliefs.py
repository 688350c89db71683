"""What a run going on may be, and how much of it is still to come.

A kept run's word counts the less the more runs came after it, down to a floor; times how well
it explains the run going on (`follow`), summed over a programme's runs, is how likely that
programme is. Within a programme its runs agree on what comes, so they are weighed more evenly
there. A programme never seen has a share, too: one run's word at the beginning.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from flatwatt.appliance.clusters import KeptRun
from flatwatt.appliance.eta import Left, Span, new_left, span
from flatwatt.appliance.follow import STEP_MS, Follower, levels

HALF_LIFE = 12.0
"""After so many more runs a run's word counts half."""
FLOOR = 1 / 32
EVEN = 0.3
LEAST_SHARE = 1e-5
BEYOND = 2
BEYOND_MIN = 60


class Belief(Struct):
    """What a run going on may be.

    Attributes:
        programmes: id -> how likely; with `new` they add up to one.
        new: how likely it is a programme never seen.
        span: time left, when it is one of the known.
    """

    programmes: Mapping[str, float]
    new: float
    span: Span

    @property
    def programme(self) -> str:
        """The likeliest; of equals the one learned first."""
        return max(self.programmes, key=lambda each: self.programmes[each])


class Watch:
    """Compares a run going on with kept runs.

    What is kept between two calls only saves time: a new watch says the same.

    Args:
        kind: the appliance's.
        runs: kept ones, at least one.
    """

    def __init__(self, kind: str, runs: Sequence[KeptRun]) -> None:
        self._kind = kind
        self._runs = list(runs)
        newest = max(run.number for run in runs)
        self._words = [max(FLOOR, 0.5 ** ((newest - run.number) / HALF_LIFE)) for run in runs]
        self._chains = [levels(run.curve.step_ms, run.curve.mwh[:-1]) for run in runs]
        self._follower = Follower(self._chains)

    def is_beyond(self, seen: Sequence[int]) -> bool:
        """Whether a run lasts far longer than any kept one, so that following it tells nothing."""
        return len(seen) > BEYOND * max(map(len, self._chains)) + BEYOND_MIN

    def belief(self, seen: Sequence[int], elapsed_ms: int) -> Belief:
        """Return what is believed of a run.

        Args:
            seen: its `levels` so far.
            elapsed_ms: since its start.
        """
        before = self._follower.seen
        if before != seen[: len(before)]:
            self._follower = Follower(self._chains)
        self._follower.follow(seen)
        shares, new = self._shares()
        programmes: defaultdict[str, float] = defaultdict(float)
        for run, share in zip(self._runs, shares, strict=True):
            programmes[run.programme] += share
        late_ms = elapsed_ms - len(seen) * STEP_MS
        unseen = [(left, share * new) for left, share in new_left(self._kind, elapsed_ms)]
        return Belief(programmes, new, span(elapsed_ms, list(self._left(shares, late_ms)), unseen))

    def _shares(self) -> tuple[list[float], float]:
        """Return how likely each kept run is, and a programme never seen."""
        evidence = [path.evidence for path in self._follower.paths]
        most = max(*evidence, self._follower.new_evidence)
        new = math.exp(self._follower.new_evidence - most)
        total = new
        sums: defaultdict[str, float] = defaultdict(float)
        tops: defaultdict[str, float] = defaultdict(lambda: -math.inf)
        for run, word, each in zip(self._runs, self._words, evidence, strict=True):
            share = word * math.exp(each - most)
            sums[run.programme] += share
            total += share
            tops[run.programme] = max(tops[run.programme], each)
        even = [
            word * math.exp(EVEN * (each - tops[run.programme]))
            for run, word, each in zip(self._runs, self._words, evidence, strict=True)
        ]
        within: defaultdict[str, float] = defaultdict(float)
        for run, share in zip(self._runs, even, strict=True):
            within[run.programme] += share
        shares = [
            sums[run.programme] / total * share / within[run.programme]
            for run, share in zip(self._runs, even, strict=True)
        ]
        return shares, new / total

    def _left(self, shares: Sequence[float], late_ms: int) -> Iterator[Left]:
        """Yield the times that the kept runs leave."""
        least = LEAST_SHARE * max(shares)
        for run, share, path in zip(self._runs, shares, self._follower.paths, strict=True):
            if share <= least:
                continue
            after_ms = run.duration_ms - late_ms - path.first * STEP_MS
            for place, belief in enumerate(path.belief):
                if share * belief > least:
                    yield max(0, after_ms - place * STEP_MS), share * belief
