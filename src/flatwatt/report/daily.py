"""A day, a week, a month: energy, cost, peak, standby, hours, per appliance and in all.

Everything is derived from quarter-hours and runs, and priced when it is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import inf
from typing import Protocol

from msgspec import Struct

from flatwatt.model import QUARTER_MS, Flag, Run
from flatwatt.money.cost import apportion, cents, cost_of
from flatwatt.money.tariff import Prices, Rate

HOURS_A_YEAR = 8766
STANDBY_QUANTILE = 0.10
"""Of the quarter-hours outside runs, the mean power that a tenth stays below: low enough
to skip the fridge's compressor and a forgotten lamp, high enough to skip a moment off."""
STANDBY_LEAST_QUARTERS = 8


class QuarterLike(Protocol):
    """A quarter-hour of one plug; `store.quarters.Quarter` is one."""

    @property
    def appliance(self) -> str: ...  # noqa: D102
    @property
    def start_ms(self) -> int: ...  # noqa: D102
    @property
    def energy_mwh(self) -> int: ...  # noqa: D102
    @property
    def power_max_mw(self) -> int | None: ...  # noqa: D102
    @property
    def missing_ms(self) -> int: ...  # noqa: D102
    @property
    def readings(self) -> int: ...  # noqa: D102
    @property
    def flags(self) -> int: ...  # noqa: D102


class Line(Struct, frozen=True):
    """One appliance's part of a period.

    Attributes:
        appliance, name: id, and what people read.
        energy_mwh: booked.
        cost_cents: whole cents; None when a rate is missing or there is no contract.
        peak_w: highest reading; for the total the highest quarter-hour mean.
        standby_w: mean power when it does nothing; None when too little is known.
        standby_eur_year: what that costs in a year at the period's last rate.
        active_s: seconds in runs; None for appliances that make none.
        runs: that ended in the period.
        missing_s: in which nothing could be measured.
    """

    appliance: str
    name: str
    energy_mwh: int
    cost_cents: int | None
    peak_w: float | None
    standby_w: float | None
    standby_eur_year: Decimal | None
    active_s: int | None
    runs: int
    missing_s: int


class Summary(Struct, frozen=True):
    """A period's lines, their total and the contract's base fee."""

    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]
    total: Line
    base_fee_cents: int | None


def summarise(
    bounds_ms: tuple[int, int],
    quarters: Sequence[QuarterLike],
    runs: Sequence[Run],
    appliances: Mapping[str, tuple[str, bool]],
    prices: Prices,
    base_fee_eur: Decimal | None,
    now_ms: int,
) -> Summary:
    """Make a period's summary.

    Args:
        bounds_ms: the period's start and end.
        quarters: all quarter-hours in it.
        runs: all runs that touch it, the one going on with `end_ms` None.
        appliances: id -> (name, whether it makes runs), in the order to show.
        prices: rates by instant.
        base_fee_eur: of the period, exact; None without a contract.
        now_ms: where a run going on is cut, and the period if it lies ahead.
    """
    start_ms, end_ms = bounds_ms
    grouped: dict[str, list[QuarterLike]] = defaultdict(list)
    for quarter in quarters:
        grouped[quarter.appliance].append(quarter)
    names = {**appliances, **{id_: (id_, True) for id_ in grouped if id_ not in appliances}}
    until_ms = min(end_ms, now_ms)
    lines = [
        _line(id_, *names[id_], grouped[id_], _runs_of(id_, runs), prices, (start_ms, until_ms))
        for id_ in names
    ]
    exact = [cost_of(_slices(grouped[id_]), prices) for id_ in names]
    known = all(cost.known for cost in exact) and prices.rate_at(max(start_ms, until_ms - 1))
    costs = [cost.eur for cost in exact] if known else None
    return summed_up(bounds_ms, lines, costs, _highest_mwh(quarters), base_fee_eur)


def summed_up(
    bounds_ms: tuple[int, int],
    lines: Sequence[Line],
    exact_eur: Sequence[Decimal] | None,
    peak_mwh: int | None,
    base_fee_eur: Decimal | None,
) -> Summary:
    """Make a summary of lines.

    Args:
        bounds_ms: the period's start and end.
        lines: without costs.
        exact_eur: what each cost; None when a rate is missing.
        peak_mwh: of the highest quarter-hour of all together.
        base_fee_eur: of the period, exact; None without a contract.
    """
    total_cents = None
    if exact_eur is not None:
        total_cents = cents(sum(exact_eur, Decimal(0)))
        parts = apportion_signed(total_cents, exact_eur)
        lines = [_with_cost(line, part) for line, part in zip(lines, parts, strict=True)]
    return Summary(
        *bounds_ms,
        tuple(lines),
        _total(lines, total_cents, peak_mwh),
        None if base_fee_eur is None else cents(base_fee_eur),
    )


def mean_w(energy_mwh: int) -> float:
    """Return the mean power of a quarter-hour in W."""
    return energy_mwh * 3.6 / (QUARTER_MS / 1000)


def apportion_signed(total_cents: int, exact_eur: Sequence[Decimal]) -> list[int]:
    """Round amounts to cents that add up to `total_cents`, negative amounts included."""
    if any(eur < 0 for eur in exact_eur):
        rounded = [cents(eur) for eur in exact_eur]
        largest = max(range(len(rounded)), key=lambda index: abs(rounded[index]))
        rounded[largest] += total_cents - sum(rounded)
        return rounded
    return apportion(total_cents, exact_eur)


def standby_w(quarters: Sequence[QuarterLike], runs: Sequence[Run]) -> float | None:
    """Return the standby power in W, from energy, as some plugs round small watts to zero."""
    busy, open_ms = _busy(runs)
    means = sorted(
        mean_w(quarter.energy_mwh)
        for quarter in quarters
        if quarter.readings
        and not quarter.missing_ms
        and not quarter.flags & Flag.GAP
        and quarter.start_ms not in busy
        and quarter.start_ms + QUARTER_MS <= open_ms
    )
    if len(means) < STANDBY_LEAST_QUARTERS:
        return None
    return means[int(len(means) * STANDBY_QUANTILE)]


def _busy(runs: Sequence[Run]) -> tuple[set[int], float]:
    """Return the quarter-hours that runs touch, and from when on a run is going on."""
    busy: set[int] = set()
    open_ms = inf
    for run in runs:
        if run.end_ms is None:
            open_ms = min(open_ms, run.start_ms)
        else:
            busy.update(range(run.start_ms - run.start_ms % QUARTER_MS, run.end_ms, QUARTER_MS))
    return busy, open_ms


def _line(
    id_: str,
    name: str,
    makes_runs: bool,  # noqa: FBT001 - private
    quarters: Sequence[QuarterLike],
    runs: Sequence[Run],
    prices: Prices,
    bounds_ms: tuple[int, int],
) -> Line:
    whole = [each for each in quarters if each.start_ms + QUARTER_MS <= bounds_ms[1]]
    idle_w = standby_w(whole, runs)
    rate = prices.rate_at(bounds_ms[1] - 1)
    year_eur = a_year(idle_w, rate)
    peaks = [quarter.power_max_mw for quarter in quarters if quarter.power_max_mw is not None]
    return Line(
        appliance=id_,
        name=name,
        energy_mwh=sum(quarter.energy_mwh for quarter in quarters),
        cost_cents=None,
        peak_w=max(peaks) / 1000 if peaks else None,
        standby_w=idle_w,
        standby_eur_year=year_eur,
        active_s=active_s(runs, bounds_ms) if makes_runs else None,
        runs=sum(run.end_ms is not None and run.end_ms < bounds_ms[1] for run in runs),
        missing_s=sum(quarter.missing_ms for quarter in quarters) // 1000,
    )


def a_year(power_w: float | None, rate: Rate | None) -> Decimal | None:
    """Return what a power costs in a year, in EUR; None when either is not known."""
    if power_w is None or rate is None:
        return None
    return Decimal(repr(power_w)) * HOURS_A_YEAR / 1000 * rate.eur_kwh


def active_s(runs: Iterable[Run], bounds_ms: tuple[int, int]) -> int:
    """Return the seconds of runs within a stretch; one going on lasts to its end."""
    start_ms, end_ms = bounds_ms
    total_ms = 0
    for run in runs:
        last_ms = end_ms if run.end_ms is None else min(run.end_ms, end_ms)
        total_ms += max(0, last_ms - max(run.start_ms, start_ms))
    return total_ms // 1000


def _runs_of(id_: str, runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.appliance == id_]


def _slices(quarters: Iterable[QuarterLike]) -> list[tuple[int, int]]:
    return [(quarter.start_ms, quarter.energy_mwh) for quarter in quarters]


def _with_cost(line: Line, cost_cents: int) -> Line:
    fields = {name: getattr(line, name) for name in line.__struct_fields__}
    return Line(**{**fields, "cost_cents": cost_cents})


def _highest_mwh(quarters: Iterable[QuarterLike]) -> int | None:
    by_start: dict[int, int] = defaultdict(int)
    for quarter in quarters:
        by_start[quarter.start_ms] += quarter.energy_mwh
    return max(by_start.values(), default=None)


def _total(lines: Sequence[Line], cost_cents: int | None, peak_mwh: int | None) -> Line:
    known = [line.standby_w for line in lines if line.standby_w is not None]
    years = [line.standby_eur_year for line in lines if line.standby_eur_year is not None]
    active = [line.active_s for line in lines if line.active_s is not None]
    return Line(
        appliance="",
        name="total",
        energy_mwh=sum(line.energy_mwh for line in lines),
        cost_cents=cost_cents,
        peak_w=None if peak_mwh is None else mean_w(peak_mwh),
        standby_w=sum(known) if known else None,
        standby_eur_year=sum(years, Decimal(0)) if years else None,
        active_s=sum(active) if active else None,
        runs=sum(line.runs for line in lines),
        missing_s=sum(line.missing_s for line in lines),
    )
