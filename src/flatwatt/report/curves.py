"""Curves of runs, laid over each other from their starts, and where they part.

A start is back-dated to a reading and a curve has a point each half minute or slower, so
two like runs may lie a step apart. They count as alike while their energies are the same, but
for a share too small to see in a drawing, with one start shifted a little for all of the run.
"""

from collections.abc import Sequence

from msgspec import Struct

from flatwatt.appliance.curve import at
from flatwatt.model import Run

SLACK_MS = 60_000
"""How far apart two starts may be though the same thing happened: readings a minute apart."""
SHIFTS = 4
"""So many shifts are tried to either side; the one under which runs are alike longest counts."""
SHARE_OF_ALL = 0.02
SHARE_SO_FAR = 0.03
"""Differences below so much of the run and of its energy so far are not called different."""
BEGINS = 0.25
"""A difference begins where it had a quarter of the size from which it counts."""
WORTH_MS = 300_000
WORTH_SHARE = 0.1
"""A beginning that is alike is worth a word when it is so long, in time and of the run."""
HOLE_SHARE = 0.02
"""With more of a run not measured, its curve tells too little of when."""


class Aligned(Struct, frozen=True):
    """Curves at a common step.

    Attributes:
        step_ms: between two points; 0 when no run has a curve.
        watts: per run, mean power in W of each step since its start. The last step ends with
            the run and may be shorter. Empty for a run without a curve.
    """

    step_ms: int
    watts: tuple[tuple[float, ...], ...]


class Parting(Struct, frozen=True):
    """Until when a run went like another.

    Attributes:
        after_ms: since the start; 0 when they differ from the beginning; None when they are
            alike as long as both lasted.
        compared_ms: how long both lasted.
        more: whether the run then draws more than the other; None while alike.
    """

    after_ms: int | None
    compared_ms: int
    more: bool | None = None


def curve_ms(run: Run, now_ms: int) -> int:
    """Return how far a run's curve reaches; 0 without one."""
    if len(run.curve.mwh) < 2 or run.curve.step_ms <= 0:
        return 0
    return max(0, (now_ms if run.end_ms is None else run.end_ms) - run.start_ms)


def aligned(runs: Sequence[Run], now_ms: int, step_ms: int | None = None) -> Aligned:
    """Return the runs' power since their starts.

    Args:
        runs: any.
        now_ms: where a run going on is cut.
        step_ms: between two points; None for the finest all of them know.
    """
    lengths_ms = [curve_ms(run, now_ms) for run in runs]
    known = [run.curve.step_ms for run, length_ms in zip(runs, lengths_ms, strict=True)
             if length_ms]  # fmt: skip
    step_ms = step_ms or max(known, default=0)
    watts = [
        tuple(_watts(run, length_ms, step_ms))
        for run, length_ms in zip(runs, lengths_ms, strict=True)
    ]
    return Aligned(step_ms, tuple(watts))


def _watts(run: Run, length_ms: int, step_ms: int) -> list[float]:
    found = []
    before_mwh = 0.0
    for from_ms in range(0, length_ms, step_ms or 1):
        until_ms = min(from_ms + step_ms, length_ms)
        after_mwh = at(run.curve, length_ms, until_ms)
        found.append((after_mwh - before_mwh) * 3600 / (until_ms - from_ms))
        before_mwh = after_mwh
    return found


def parting(first: Run, run: Run, now_ms: int) -> Parting | None:
    """Return until when `run` went like `first`.

    Returns:
        None where it cannot be said: no curve, too much of a run not measured, or runs of
        different appliances, which are alike by chance only.
    """
    first_ms, run_ms = curve_ms(first, now_ms), curve_ms(run, now_ms)
    both_ms = min(first_ms, run_ms)
    if not both_ms or first.appliance != run.appliance:
        return None
    if any(each.missing_ms > HOLE_SHARE * length_ms
           for each, length_ms in ((first, first_ms), (run, run_ms))):  # fmt: skip
        return None
    found = _longest(_Pair(first, run, first_ms, run_ms))
    swapped = _longest(_Pair(run, first, run_ms, first_ms))
    if found is None or swapped is None:
        return Parting(None, both_ms)
    begins_ms, more = max(found, (swapped[0], not swapped[1]))  # the same whoever comes first
    worth = begins_ms >= max(WORTH_MS, WORTH_SHARE * both_ms)
    return Parting(begins_ms if worth else 0, both_ms, more)


class _Pair(Struct, frozen=True):
    first: Run
    run: Run
    first_ms: int
    run_ms: int

    @property
    def step_ms(self) -> int:
        return max(self.first.curve.step_ms, self.run.curve.step_ms)


def _longest(pair: _Pair) -> tuple[int, bool] | None:
    """Return the latest parting over all shifts; None when they do not part under one."""
    slack_ms = max(SLACK_MS, pair.step_ms)
    shifts_ms = range(-slack_ms, slack_ms + 1, slack_ms // SHIFTS)
    partings = [_parted(pair, shift_ms) for shift_ms in shifts_ms]
    known = [each for each in partings if each is not None]
    return max(known) if len(known) == len(partings) else None


def _parted(pair: _Pair, shift_ms: int) -> tuple[int, bool] | None:
    """Return from when the energies part if one start is shifted, and whether to more."""
    least_mwh = SHARE_OF_ALL * max(pair.first.energy_mwh, pair.run.energy_mwh)
    until_ms = min(pair.run_ms, pair.first_ms - max(0, shift_ms))
    begins_ms = 0
    for after_ms in range(pair.step_ms, until_ms + 1, pair.step_ms):
        here_mwh = at(pair.run.curve, pair.run_ms, after_ms)
        over_mwh = here_mwh - at(pair.first.curve, pair.first_ms, after_ms + shift_ms)
        counts_mwh = least_mwh + SHARE_SO_FAR * here_mwh
        if abs(over_mwh) > counts_mwh:
            return begins_ms, over_mwh > 0
        if abs(over_mwh) <= BEGINS * counts_mwh:
            begins_ms = after_ms
    return None


def stage_at(run: Run, after_ms: int) -> str | None:
    """Return the name of the stage a run was in so long after its start."""
    at_ms = run.start_ms + after_ms
    return next((each.name for each in run.stages if each.start_ms <= at_ms < each.end_ms), None)
