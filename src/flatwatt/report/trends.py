"""Whether a programme takes more or less than it did: "this wash takes 12 % more".

The newest third of the runs is held against all before it. A change is said only when
chance alone would make one so large less often than once in a hundred looks, however many
programmes were looked at, and when it is large enough to matter.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from flatwatt.model import Run
from flatwatt.report.ranks import chance, change_percent

LEAST_RUNS = 12
"""With fewer, no change however large is rarer than `MOST_CHANCE`: there are too few orders
in which so few runs can come."""
LATER_SHARE = 3
MOST_CHANCE = 0.01
LEAST_PERCENT = 3.0
"""Plugs measure to one or two percent; less is not worth a word."""


class Trend(Struct, frozen=True):
    """How the newest runs of a programme compare with those before.

    Attributes:
        appliance: id.
        programme: its id; empty when programmes are not known: then all its runs.
        by_hour: False: Wh a run are compared; True: Wh an hour, for runs that do not repeat.
        earlier, later: how many runs on either side.
        since_ms: start of the first later run.
        percent: by how much later runs lie above earlier ones.
        chance: how often chance alone makes such a difference, 0 to 1.
        told: whether it is more than chance and worth saying.
    """

    appliance: str
    programme: str
    by_hour: bool
    earlier: int
    later: int
    since_ms: int
    percent: float
    chance: float
    told: bool


Few = tuple[str, str, int]


def trends_of(
    runs: Sequence[Run], repeats: Mapping[str, bool]
) -> tuple[tuple[Trend, ...], tuple[Few, ...]]:
    """Look for trends in runs that have ended and were measured throughout.

    Args:
        runs: of one or more appliances.
        repeats: appliance -> whether its runs follow programmes.

    Returns:
        The trends, and (appliance, programme, runs) where there are too few.
    """
    groups = _groups(runs)
    enough = {key: own for key, own in groups.items() if len(own) >= LEAST_RUNS}
    trends = [_trend(key, own, repeats.get(key[0], True), len(enough))
              for key, own in sorted(enough.items())]  # fmt: skip
    few = tuple((*key, len(own)) for key, own in sorted(groups.items()) if key not in enough)
    return tuple(trends), few


def _groups(runs: Sequence[Run]) -> dict[tuple[str, str], list[Run]]:
    """Sort runs by programme; where some are known, the unknown ones are a mixture: left out."""
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    named = {run.appliance for run in runs if run.programme}
    for run in sorted(runs, key=lambda run: run.start_ms):
        whole = run.end_ms is not None and run.end_ms > run.start_ms and not run.missing_ms
        if whole and run.energy_mwh > 0 and (run.programme or run.appliance not in named):
            groups[run.appliance, run.programme].append(run)
    return groups


def _trend(
    key: tuple[str, str],
    runs: Sequence[Run],
    repeats: bool,  # noqa: FBT001 - private
    looks: int,
) -> Trend:
    cut = len(runs) - len(runs) // LATER_SHARE
    figures = [_figure(run, repeats) for run in runs]
    earlier, later = figures[:cut], figures[cut:]
    percent, by_chance = change_percent(earlier, later), chance(earlier, later)
    return Trend(
        *key,
        by_hour=not repeats,
        earlier=len(earlier),
        later=len(later),
        since_ms=runs[cut].start_ms,
        percent=percent,
        chance=by_chance,
        told=by_chance * looks <= MOST_CHANCE and abs(percent) >= LEAST_PERCENT,
    )


def _figure(run: Run, repeats: bool) -> float:  # noqa: FBT001 - private
    if repeats or run.end_ms is None:
        return float(run.energy_mwh)
    return run.energy_mwh / (run.end_ms - run.start_ms)
