"""What a print or a wash costs: many runs in a few figures.

Only runs that have ended are counted. Few runs say little, so every figure comes with the
number of runs behind it, and there are no quartiles below four.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct

from flatwatt.model import QUARTER_MS, Run
from flatwatt.money.cost import cost_of
from flatwatt.money.tariff import Prices
from flatwatt.report.compare import Figures, stage_figures
from flatwatt.report.daily import QuarterLike
from flatwatt.report.events import cost_eur

QUARTILES_FROM = 4
Number = TypeVar("Number", float, Decimal)


class Spread(Struct, Generic[Number], frozen=True):
    """How a figure lies over runs.

    Attributes:
        count: runs behind it.
        total, mean, median, least, most: in the figure's unit.
        quartiles: lower and upper; None below `QUARTILES_FROM` runs.
    """

    count: int
    total: Number
    mean: Number
    median: Number
    least: Number
    most: Number
    quartiles: tuple[Number, Number] | None


class Group(Struct, frozen=True):
    """Runs of one programme, or all.

    Attributes:
        programme: its id; empty for runs whose programme is not known, and for all.
        energy_wh, duration_s: over all its runs.
        cost_eur: over the runs that have a rate; None when none has.
        missing: how many of the runs were not measured throughout; their energy is the least
            it can have been.
    """

    programme: str
    energy_wh: Spread[float]
    duration_s: Spread[float]
    cost_eur: Spread[Decimal] | None
    missing: int

    @property
    def count(self) -> int:
        """How many runs."""
        return self.energy_wh.count

    @property
    def mean_w(self) -> float | None:
        """Wh for each hour of running; None when the runs have no length."""
        hours = self.duration_s.total / 3600
        return self.energy_wh.total / hours if hours else None

    @property
    def eur_hour(self) -> Decimal | None:
        """EUR for each hour of running; None unless every run has a rate."""
        cost = self.cost_eur
        if cost is None or cost.count < self.count or not self.duration_s.total:
            return None
        return cost.total * 3600 / Decimal(repr(self.duration_s.total))


class Share(Struct, frozen=True):
    """A stage's part of the runs whose stages are known.

    Attributes:
        name: the stage's; `compare.REST` for what no stage covers.
        runs: that had it.
        energy_share, duration_share: 0 to 1.
        cost_share: 0 to 1; None when a rate is missing or nothing was paid.
    """

    name: str
    runs: int
    energy_share: float
    duration_share: float
    cost_share: float | None


class Between(Struct, frozen=True):
    """What an appliance drew between its runs.

    Attributes:
        energy_mwh: booked outside runs.
        measured_ms: time outside runs that was measured.
        cost_eur: exact; None when a rate is missing.
    """

    energy_mwh: int
    measured_ms: int
    cost_eur: Decimal | None

    @property
    def mean_w(self) -> float | None:
        """Mean power between runs; None when nothing was measured."""
        return self.energy_mwh * 3600 / self.measured_ms if self.measured_ms > 0 else None


class Statistics(Struct, frozen=True):
    """One appliance's runs of a period.

    Attributes:
        appliance: its id.
        every: all runs together; None when none has ended.
        programmes: by programme, most runs first; empty while no programme is known.
        stages: shares, in order; empty while no run's stages are known.
        staged: how many runs the shares are of.
        going_on: runs that have not ended, counted nowhere else.
        between: between the runs.
    """

    appliance: str
    every: Group | None
    programmes: tuple[Group, ...]
    stages: tuple[Share, ...]
    staged: int
    going_on: int
    between: Between


def statistics_of(
    appliance: str,
    runs: Sequence[Run],
    quarters: Iterable[QuarterLike],
    prices: Prices,
    bounds_ms: tuple[int, int],
) -> Statistics:
    """Make one appliance's statistics.

    Args:
        appliance: id.
        runs: all that touch the period, of any appliance; those that ended in it count.
        quarters: of the period, of any appliance.
        prices: rates by instant.
        bounds_ms: the period's start, and its end or now, whichever comes first.
    """
    own = [run for run in runs if run.appliance == appliance]
    ended = [run for run in own if run.end_ms is not None
             and bounds_ms[0] <= run.end_ms < bounds_ms[1]]  # fmt: skip
    staged = [run for run in ended if run.stages]
    return Statistics(
        appliance,
        _group("", ended, prices) if ended else None,
        _programmes(ended, prices),
        _shares(staged, prices),
        len(staged),
        sum(run.end_ms is None for run in own),
        between([each for each in quarters if each.appliance == appliance], own, prices,
                bounds_ms),
    )  # fmt: skip


def spread(values: Sequence[Number], zero: Number) -> Spread[Number]:
    """Return how values lie.

    Args:
        values: one or more.
        zero: of their type, to add to.
    """
    ordered = sorted(values)
    total = sum(ordered, zero)
    quartiles = None
    if len(ordered) >= QUARTILES_FROM:
        low, _, high = statistics.quantiles(ordered, n=4, method="inclusive")
        quartiles = (low, high)
    return Spread(
        len(ordered),
        total,
        total / len(ordered),
        statistics.median(ordered),
        ordered[0],
        ordered[-1],
        quartiles,
    )


def _group(programme: str, runs: Sequence[Run], prices: Prices) -> Group:
    costs = [cost for run in runs if (cost := cost_eur(run, prices)) is not None]
    return Group(
        programme,
        spread([run.energy_mwh / 1000 for run in runs], 0.0),
        spread([_length_ms(run) / 1000 for run in runs], 0.0),
        spread(costs, Decimal(0)) if costs else None,
        sum(run.missing_ms > 0 for run in runs),
    )


def _length_ms(run: Run) -> int:
    return 0 if run.end_ms is None else run.end_ms - run.start_ms


def _programmes(runs: Sequence[Run], prices: Prices) -> tuple[Group, ...]:
    by_programme: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_programme[run.programme].append(run)
    if not any(by_programme):
        return ()
    order = sorted(by_programme, key=lambda each: (not each, -len(by_programme[each]), each))
    return tuple(_group(each, by_programme[each], prices) for each in order)


def _shares(runs: Sequence[Run], prices: Prices) -> tuple[Share, ...]:
    parts: dict[str, list[Figures]] = {}
    for run in runs:
        whole = Figures(run.energy_mwh, _length_ms(run), cost_eur(run, prices))
        for name, figures in stage_figures(run, whole, prices).items():
            if figures.energy_mwh or figures.duration_ms:
                parts.setdefault(name, []).append(figures)
    every = [figures for each in parts.values() for figures in each]
    return tuple(
        Share(
            name,
            len(each),
            _share(each, every, lambda one: one.energy_mwh) or 0.0,
            _share(each, every, lambda one: one.duration_ms) or 0.0,
            _share(each, every, lambda one: one.cost_eur),
        )
        for name, each in parts.items()
    )


def _share(
    part: Sequence[Figures],
    whole: Sequence[Figures],
    of: Callable[[Figures], int | Decimal | None],
) -> float | None:
    values = [of(each) for each in whole]
    if any(value is None for value in values):
        return None
    total = sum(value for value in values if value is not None)
    own = sum(value for each in part if (value := of(each)) is not None)
    return float(own) / float(total) if total else None


def between(
    quarters: Sequence[QuarterLike],
    runs: Iterable[Run],
    prices: Prices,
    bounds_ms: tuple[int, int],
) -> Between:
    """Return what an appliance drew outside its runs.

    Args:
        quarters: its own, of the period.
        runs: its own that touch the period.
        prices: rates by instant.
        bounds_ms: the period's start, and its end or now.
    """
    left: dict[int, int] = defaultdict(int)
    measured_ms = 0
    for quarter in quarters:
        left[quarter.start_ms] += quarter.energy_mwh
        heard_ms = min(QUARTER_MS, max(0, bounds_ms[1] - quarter.start_ms))
        measured_ms += max(0, heard_ms - quarter.missing_ms)
    for run in runs:
        end_ms = bounds_ms[1] if run.end_ms is None else min(run.end_ms, bounds_ms[1])
        measured_ms -= max(0, end_ms - max(run.start_ms, bounds_ms[0]) - run.missing_ms)
        for start_ms, mwh in run.slices:
            if start_ms in left:
                left[start_ms] -= mwh
    cost = cost_of(sorted(left.items()), prices)
    return Between(
        sum(left.values()), max(0, measured_ms), cost.eur if cost.known and left else None
    )
