"""When a flat uses its energy: weekday by hour, hours runs start in, peaks, standby.

Made of quarter-hours and runs, never of raw readings. Hours are local: the hour that
October repeats is measured twice, the one that March skips not at all, and both count so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal

from msgspec import Struct

from flatwatt.model import QUARTER_MS, Run
from flatwatt.money.tariff import Prices
from flatwatt.report.daily import HOURS_A_YEAR, QuarterLike, standby_w
from flatwatt.report.periods import local_day, local_time
from flatwatt.report.trends import Trend, trends_of

HOUR_MS = 3_600_000
PEAKS = 3


class Cell(Struct, frozen=True):
    """One hour of one weekday.

    Attributes:
        energy_mwh: booked in it over the whole period.
        mean_wh: in one such hour, over the time that was measured; None when none was.
    """

    energy_mwh: int = 0
    mean_wh: float | None = None


class Starts(Struct, frozen=True):
    """When runs start: how many by local hour (24) and by weekday (7, Monday first)."""

    hours: tuple[int, ...]
    weekdays: tuple[int, ...]


class Standby(Struct, frozen=True):
    """What an appliance draws when it does nothing.

    Attributes:
        appliance: id.
        power_w: mean.
        eur_year: at the period's last rate; None without one.
    """

    appliance: str
    power_w: float
    eur_year: Decimal | None


class Peak(Struct, frozen=True):
    """A quarter-hour in which much was drawn at once; at most one a local day.

    Attributes:
        start_ms: its beginning.
        mean_w: over the quarter-hour, of all appliances looked at.
        parts: (appliance, W), most first; those that drew a tenth of it or more.
    """

    start_ms: int
    mean_w: float
    parts: tuple[tuple[str, float], ...]


class Patterns(Struct, frozen=True):
    """All patterns of a period.

    Attributes:
        bounds_ms: from, to.
        heat: seven weekdays, Monday first, of 24 local hours.
        energy_mwh: the period's, which the cells add up to.
        starts: None without runs.
        trends: of every group of runs with enough of them to say something.
        few: (appliance, programme, runs) of those with too few.
        standby: dearest first.
        peaks: highest first.
    """

    bounds_ms: tuple[int, int]
    heat: tuple[tuple[Cell, ...], ...]
    energy_mwh: int
    starts: Starts | None
    trends: tuple[Trend, ...]
    few: tuple[tuple[str, str, int], ...]
    standby: tuple[Standby, ...]
    peaks: tuple[Peak, ...]


def patterns_of(
    bounds_ms: tuple[int, int],
    quarters: Sequence[QuarterLike],
    runs: Sequence[Run],
    repeats: Mapping[str, bool],
    prices: Prices,
    zone: tzinfo,
) -> Patterns:
    """Find the patterns of a period.

    Args:
        bounds_ms: the period's start, and its end or now, whichever comes first.
        quarters: of the appliances looked at.
        runs: of the same that touch the period, also those going on.
        repeats: appliance -> whether its runs follow programmes.
        prices: rates by instant.
        zone: whose hours and days they are.
    """
    begun = [run for run in runs if bounds_ms[0] <= run.start_ms < bounds_ms[1]]
    trends, few = trends_of(begun, repeats)
    return Patterns(
        bounds_ms,
        heat_map(quarters, zone, bounds_ms[1]),
        sum(quarter.energy_mwh for quarter in quarters),
        starts_of(begun, zone) if begun else None,
        trends,
        few,
        standby_ranking(quarters, runs, prices, bounds_ms[1]),
        peaks_of(quarters, zone),
    )


def heat_map(
    quarters: Iterable[QuarterLike], zone: tzinfo, until_ms: int
) -> tuple[tuple[Cell, ...], ...]:
    """Return energy by weekday and local hour; the cells add up to the quarter-hours.

    Args:
        quarters: of one or more appliances; each is averaged over its own measured time.
        zone: whose hours they are.
        until_ms: where the newest quarter-hour is cut.
    """
    energy: dict[tuple[int, int, str], int] = defaultdict(int)
    measured: dict[tuple[int, int, str], int] = defaultdict(int)
    places: dict[int, tuple[int, int]] = {}
    for each in quarters:
        place = places.get(each.start_ms)
        if place is None:
            at = local_time(each.start_ms, zone)
            place = places[each.start_ms] = (at.weekday(), at.hour)
        key = (*place, each.appliance)
        energy[key] += each.energy_mwh
        heard_ms = min(QUARTER_MS, max(0, until_ms - each.start_ms))
        measured[key] += max(0, heard_ms - each.missing_ms)
    appliances = sorted({appliance for _, _, appliance in energy})
    return tuple(
        tuple(_cell((weekday, hour), appliances, energy, measured) for hour in range(24))
        for weekday in range(7)
    )


def _cell(
    place: tuple[int, int],
    appliances: Sequence[str],
    energy: Mapping[tuple[int, int, str], int],
    measured: Mapping[tuple[int, int, str], int],
) -> Cell:
    keys = [key for appliance in appliances if (key := (*place, appliance)) in energy]
    means = [energy[key] / 1000 * HOUR_MS / measured[key] for key in keys if measured[key]]
    return Cell(sum(energy[key] for key in keys), sum(means) if means else None)


def starts_of(runs: Iterable[Run], zone: tzinfo) -> Starts:
    """Count runs by the local hour and the weekday they start in."""
    hours, weekdays = [0] * 24, [0] * 7
    for run in runs:
        at = local_time(run.start_ms, zone)
        hours[at.hour] += 1
        weekdays[at.weekday()] += 1
    return Starts(tuple(hours), tuple(weekdays))


def standby_ranking(
    quarters: Iterable[QuarterLike], runs: Sequence[Run], prices: Prices, until_ms: int
) -> tuple[Standby, ...]:
    """Return standby per appliance, most first; those of which too little is known left out."""
    grouped: dict[str, list[QuarterLike]] = defaultdict(list)
    for each in quarters:
        if each.start_ms + QUARTER_MS <= until_ms:
            grouped[each.appliance].append(each)
    rate = prices.rate_at(until_ms - 1)
    found = []
    for appliance, own in grouped.items():
        power_w = standby_w(own, [run for run in runs if run.appliance == appliance])
        if power_w is not None:
            kwh_year = Decimal(repr(power_w)) * HOURS_A_YEAR / 1000
            eur = None if rate is None else kwh_year * rate.eur_kwh
            found.append(Standby(appliance, power_w, eur))
    return tuple(sorted(found, key=lambda each: (-each.power_w, each.appliance)))


def peaks_of(quarters: Iterable[QuarterLike], zone: tzinfo) -> tuple[Peak, ...]:
    """Return the highest quarter-hours, each of another local day."""
    by_start: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in quarters:
        by_start[each.start_ms][each.appliance] += each.energy_mwh
    sums = {start_ms: sum(parts.values()) for start_ms, parts in by_start.items()}
    found: dict[object, Peak] = {}
    for start_ms in sorted(sums, key=lambda start_ms: (-sums[start_ms], start_ms)):
        day = local_day(start_ms, zone)
        if sums[start_ms] > 0 and day not in found:
            found[day] = _peak(start_ms, sums[start_ms], by_start[start_ms])
        if len(found) == PEAKS or sums[start_ms] <= 0:
            break
    return tuple(found.values())


def _peak(start_ms: int, total_mwh: int, parts: Mapping[str, int]) -> Peak:
    watts = [
        (appliance, mwh * 3600 / QUARTER_MS)
        for appliance, mwh in sorted(parts.items(), key=lambda part: (-part[1], part[0]))
        if mwh * 10 >= total_mwh
    ]
    return Peak(start_ms, total_mwh * 3600 / QUARTER_MS, tuple(watts))
