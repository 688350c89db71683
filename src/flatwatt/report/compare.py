"""Two or more runs beside each other, aligned at their start.

The first is what the others are held against. A stage that comes several times counts once,
with its sum; what no stage covers is a row of its own, so the rows always add up to the run.
"""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from flatwatt.model import Run, Stage
from flatwatt.money.cost import cost_of
from flatwatt.money.tariff import Prices
from flatwatt.report.curves import Aligned, Parting, aligned, parting
from flatwatt.report.events import cost_eur

REST = "rest"
"""Name of the row for what no stage covers."""


class Figures(Struct, frozen=True):
    """What a run or a stage of it took.

    Attributes:
        energy_mwh: booked.
        duration_ms: from start to end; of a run going on, until now.
        cost_eur: exact; None when a rate is missing.
    """

    energy_mwh: int
    duration_ms: int
    cost_eur: Decimal | None


class Difference(Struct, frozen=True):
    """Figures less the first run's figures.

    Attributes:
        energy_mwh, duration_ms, cost_eur: absolute; cost None when either is not known.
        energy_percent, duration_percent, cost_percent: of the first run's; None where that
            is zero or not known.
    """

    energy_mwh: int
    duration_ms: int
    cost_eur: Decimal | None
    energy_percent: float | None
    duration_percent: float | None
    cost_percent: float | None


class Row(Struct, frozen=True):
    """One stage, over all runs.

    Attributes:
        name: the stage's, or `REST`.
        figures: per run; None where the run's stages are not known.
        differences: per run, against the first; None for the first and where not known.
    """

    name: str
    figures: tuple[Figures | None, ...]
    differences: tuple[Difference | None, ...]


class Side(Struct, frozen=True):
    """One run of a comparison.

    Attributes:
        run: the run.
        whole: its totals.
        mean_w: over the time that was measured; None for a run of no length.
        difference: against the first; None for the first.
        parting: until when it went like the first; None where that cannot be said.
    """

    run: Run
    whole: Figures
    mean_w: float | None
    difference: Difference | None
    parting: Parting | None


class Comparison(Struct, frozen=True):
    """Runs beside each other: totals, stages, curves; per run in the order asked for."""

    sides: tuple[Side, ...]
    stages: tuple[Row, ...]
    curves: Aligned


def compare(runs: Sequence[Run], prices: Prices, now_ms: int) -> Comparison:
    """Compare runs with the first of them.

    Args:
        runs: two or more, of one or several appliances, also one going on.
        prices: rates by instant.
        now_ms: where a run going on is cut.
    """
    wholes = [
        Figures(run.energy_mwh, duration_ms(run, now_ms), cost_eur(run, prices)) for run in runs
    ]
    sides = [
        Side(
            run,
            whole,
            mean_w(run, now_ms),
            difference(whole, wholes[0]) if index else None,
            parting(runs[0], run, now_ms) if index else None,
        )
        for index, (run, whole) in enumerate(zip(runs, wholes, strict=True))
    ]
    return Comparison(tuple(sides), _rows(runs, wholes, prices), aligned(runs, now_ms))


def duration_ms(run: Run, now_ms: int) -> int:
    """Return how long a run lasted, or has lasted at `now_ms`."""
    return max(0, (now_ms if run.end_ms is None else run.end_ms) - run.start_ms)


def mean_w(run: Run, now_ms: int) -> float | None:
    """Return a run's mean power in W over the time that was measured; None without any."""
    measured_ms = duration_ms(run, now_ms) - run.missing_ms
    return run.energy_mwh * 3600 / measured_ms if measured_ms > 0 else None


def difference(one: Figures, first: Figures) -> Difference:
    """Return `one` less `first`."""
    cost = None
    if one.cost_eur is not None and first.cost_eur is not None:
        cost = one.cost_eur - first.cost_eur
    energy_mwh = one.energy_mwh - first.energy_mwh
    longer_ms = one.duration_ms - first.duration_ms
    return Difference(
        energy_mwh,
        longer_ms,
        cost,
        _percent(energy_mwh, first.energy_mwh),
        _percent(longer_ms, first.duration_ms),
        _percent(cost, first.cost_eur),
    )


def _percent(change: Decimal | int | None, base: Decimal | int | None) -> float | None:
    return None if change is None or not base else float(change) / float(base) * 100


def _rows(runs: Sequence[Run], wholes: Sequence[Figures], prices: Prices) -> tuple[Row, ...]:
    columns = [
        stage_figures(run, whole, prices) if run.stages else None
        for run, whole in zip(runs, wholes, strict=True)
    ]
    names = [*_names(runs), REST]
    rows = [_row(name, columns, wholes) for name in names]
    return tuple(
        row
        for row in rows
        if row.name != REST or any(each and (each.energy_mwh or each.duration_ms)
                                   for each in row.figures)
    )  # fmt: skip


def stage_figures(run: Run, whole: Figures, prices: Prices) -> dict[str, Figures]:
    """Return a run's figures by stage name, in order, and what is left as `REST`.

    Args:
        run: with stages.
        whole: its totals; the parts add up to them.
        prices: rates by instant.
    """
    parts: dict[str, Figures] = {}
    for stage in run.stages:
        parts[stage.name] = _plus(parts.get(stage.name), _of_stage(stage, prices))
    left_mwh = whole.energy_mwh - sum(each.energy_mwh for each in parts.values())
    left_ms = whole.duration_ms - sum(each.duration_ms for each in parts.values())
    costs = [each.cost_eur for each in parts.values()]
    known = [cost for cost in costs if cost is not None]
    left_eur = None
    if whole.cost_eur is not None and len(known) == len(costs):
        left_eur = whole.cost_eur - sum(known, Decimal(0))
    return {**parts, REST: Figures(left_mwh, left_ms, left_eur)}


def _of_stage(stage: Stage, prices: Prices) -> Figures:
    cost = cost_of(stage.slices, prices)
    sliced_mwh = sum(mwh for _, mwh in stage.slices)
    priced = cost.known and sliced_mwh == stage.energy_mwh and prices.rate_at(stage.start_ms)
    return Figures(stage.energy_mwh, stage.end_ms - stage.start_ms, cost.eur if priced else None)


def _plus(one: Figures | None, other: Figures) -> Figures:
    if one is None:
        return other
    cost = None
    if one.cost_eur is not None and other.cost_eur is not None:
        cost = one.cost_eur + other.cost_eur
    return Figures(one.energy_mwh + other.energy_mwh, one.duration_ms + other.duration_ms, cost)


def _names(runs: Sequence[Run]) -> list[str]:
    """Return all stage names in an order that keeps each run's; a new one follows its like."""
    names: list[str] = []
    for run in runs:
        place = 0
        for stage in run.stages:
            if stage.name not in names:
                names.insert(place, stage.name)
            place = max(place, names.index(stage.name) + 1)
    return names


def _row(
    name: str, columns: Sequence[dict[str, Figures] | None], wholes: Sequence[Figures]
) -> Row:
    figures = [
        None if column is None else column.get(name, _none_of(whole))
        for column, whole in zip(columns, wholes, strict=True)
    ]
    first = figures[0]
    changes = [
        None if first is None or each is None or not index else difference(each, first)
        for index, each in enumerate(figures)
    ]
    return Row(name, tuple(figures), tuple(changes))


def _none_of(whole: Figures) -> Figures:
    """Return a stage that a run whose stages are known did not have."""
    return Figures(0, 0, None if whole.cost_eur is None else Decimal(0))
