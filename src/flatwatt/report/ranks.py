"""Whether later figures are truly higher or lower than earlier ones, or only by chance.

The rank-sum test of Wilcoxon, Mann and Whitney, counted out exactly (also where figures are
equal), and the shift of Hodges and Lehmann: no figure far off can make or hide a trend, and
nothing is assumed about how figures scatter.
"""

from collections.abc import Sequence
from math import erfc, exp, log, sqrt
from statistics import median

MOST_EXACT = 40
"""Figures up to which every arrangement is counted; beyond, a normal law is as good."""


def doubled_ranks(values: Sequence[float]) -> list[int]:
    """Return twice the rank of each value; equal ones share the mean of their ranks."""
    order = sorted(range(len(values)), key=lambda index: values[index])
    ranks = [0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for index in order[first : last + 1]:
            ranks[index] = first + last + 2
        first = last + 1
    return ranks


def chance(earlier: Sequence[float], later: Sequence[float]) -> float:
    """Return how often mere chance sets two groups at least so far apart (two-sided).

    Args:
        earlier: figures in any order; none gives 1.
        later: the same.
    """
    if not earlier or not later:
        return 1.0
    ranks = doubled_ranks([*earlier, *later])
    observed = sum(ranks[len(earlier) :])
    if len(ranks) > MOST_EXACT:
        return _normal(ranks, len(later), observed)
    return _exact(ranks, len(later), observed)


def _exact(ranks: Sequence[int], size: int, observed: int) -> float:
    """Count the choices of `size` ranks whose sum is as far from the middle or farther."""
    counts: list[dict[int, int]] = [{0: 1}, *({} for _ in range(size))]
    for rank in ranks:
        for chosen in range(size, 0, -1):
            target = counts[chosen]
            for total, ways in counts[chosen - 1].items():
                target[total + rank] = target.get(total + rank, 0) + ways
    every, middle = len(ranks), size * sum(ranks)  # all times `every`: whole numbers compare
    far = abs(every * observed - middle)
    as_far = sum(
        ways for total, ways in counts[size].items() if abs(every * total - middle) >= far
    )
    return as_far / sum(counts[size].values())


def _normal(ranks: Sequence[int], size: int, observed: int) -> float:
    every = len(ranks)
    mean = sum(ranks) / every
    variance = sum((rank - mean) ** 2 for rank in ranks) / every
    spread = sqrt(size * (every - size) * variance / (every - 1))
    if not spread:
        return 1.0
    return erfc(max(0.0, abs(observed - size * mean) - 1.0) / spread / sqrt(2))


def change_percent(earlier: Sequence[float], later: Sequence[float]) -> float:
    """Return by how much later figures lie above earlier ones, in percent.

    The median over all pairs of their ratio.

    Args:
        earlier: positive figures.
        later: the same.
    """
    return (exp(median(log(late / early) for early in earlier for late in later)) - 1) * 100
