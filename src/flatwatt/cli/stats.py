"""`runs stats`: what a print or a wash costs, over many."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

import typer
from rich.text import Text

from flatwatt.appliance.profiles import PROFILES
from flatwatt.cli.asked import CsvOption, JsonOption
from flatwatt.cli.common import HomeOption, PlainOption, home_of, load_home, now_ms, watching
from flatwatt.cli.compare import eur_json
from flatwatt.cli.plain_csv import write_csv
from flatwatt.cli.screen import screen_of
from flatwatt.cli.since import period_of
from flatwatt.cli.stats_view import detail, overview
from flatwatt.drivers import nearest
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.report.periods import local_day
from flatwatt.report.statistics import Group, Share, Spread, Statistics, statistics_of
from flatwatt.report.wording import word

GROUP_FIELDS = ("count", "mean", "median", "least", "most", "total")


def stats(
    home: HomeOption = None,
    appliance: Annotated[str, typer.Option(help="This appliance in detail.", metavar="ID")] = "",
    month: Annotated[str, typer.Option(help="A month: 2026-11, or the one around a day.")] = "",
    since: Annotated[
        str, typer.Option(help="From a day on, or 12w, 90d, 1y back.", metavar="TIME")
    ] = "",
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    plain: PlainOption = False,
) -> None:
    """What a run costs: mean, median and spread of energy, EUR and duration (default: all runs).

    Examples: flatwatt runs stats · flatwatt runs stats --appliance printer --month 2026-11
    """
    where = home_of(home)
    loaded = load_home(where)
    known_appliance(appliance, loaded.config.plugs)
    with watching(where, loaded) as flat:
        found = found_statistics(flat, appliance, month, since)
        language = loaded.config.flat.language
        names = {id_: plug.name or id_ for id_, plug in flat.config.plugs.items()}
        if as_json:
            typer.echo(json.dumps([statistics_json(each) for each in found], indent=2))
        elif as_csv:
            write_csv(*statistics_rows(found))
        elif not any(each.every for each in found):
            typer.echo(word("no_runs", language))
        else:
            screen = screen_of(plain=plain)
            parts = detail if appliance else overview
            for part in parts(found, names, language, screen):
                screen.console.print(part, soft_wrap=isinstance(part, Text))


def known_appliance(appliance: str, plugs: Iterable[str]) -> None:
    """Refuse an appliance nobody configured.

    Raises:
        UsageError: with the nearest name there is.
    """
    names = list(plugs)
    if appliance and appliance not in names:
        raise UsageError(f"no appliance is called {appliance!r}{nearest(appliance, names)}")


def found_statistics(flat: Flat, appliance: str, month: str, since: str) -> list[Statistics]:
    """Return the statistics of one appliance, or of each that makes runs."""
    moment_ms = max(now_ms(), flat.newest_ms)
    period = period_of(month, since, local_day(moment_ms, flat.zone))
    start_ms, end_ms = period.bounds_ms(flat.zone) if period else (0, moment_ms)
    bounds_ms = (start_ms, min(end_ms, moment_ms))
    runs, quarters = flat.runs(*bounds_ms), flat.quarters(*bounds_ms)
    makes_runs = [id_ for id_, plug in flat.config.plugs.items()
                  if PROFILES[plug.appliance].makes_runs]  # fmt: skip
    wanted = [appliance] if appliance else makes_runs
    return [statistics_of(each, runs, quarters, flat.tariff, bounds_ms) for each in wanted]


def statistics_json(found: Statistics) -> dict[str, object]:
    """Return statistics as JSON-ready fields, units in their names."""
    between = found.between
    return {
        "appliance": found.appliance,
        "runs": found.every.count if found.every else 0,
        "going_on": found.going_on,
        "all": found.every and group_json(found.every),
        "programmes": [group_json(each) for each in found.programmes],
        "stages": [share_json(each) for each in found.stages],
        "staged_runs": found.staged,
        "between": {
            "energy_wh": between.energy_mwh / 1000,
            "cost_eur": eur_json(between.cost_eur),
            "mean_w": between.mean_w and round(between.mean_w, 3),
            "measured_s": between.measured_ms // 1000,
        },
    }


def share_json(share: Share) -> dict[str, object]:
    """Return a stage's shares, 0 to 1, as JSON-ready fields."""
    return {
        "stage": share.name,
        "runs": share.runs,
        "energy_share": round(share.energy_share, 4),
        "duration_share": round(share.duration_share, 4),
        "cost_share": share.cost_share and round(share.cost_share, 4),
    }


def group_json(group: Group) -> dict[str, object]:
    """Return a group of runs as JSON-ready fields."""
    return {
        "programme": group.programme or None,
        "runs": group.count,
        "energy_wh": spread_json(group.energy_wh),
        "duration_s": spread_json(group.duration_s),
        "cost_eur": group.cost_eur and spread_json(group.cost_eur),
        "energy_wh_hour": group.mean_w and round(group.mean_w, 3),
        "cost_eur_hour": eur_json(group.eur_hour),
        "not_fully_measured": group.missing,
    }


def spread_json(spread: Spread[float] | Spread[Decimal]) -> dict[str, object]:
    """Return a spread as JSON-ready fields."""
    fields: dict[str, object] = {
        name: round(float(getattr(spread, name)), 4) for name in GROUP_FIELDS[1:]
    }
    low, high = spread.quartiles or (None, None)
    fields["lower_quartile"] = None if low is None else round(float(low), 4)
    fields["upper_quartile"] = None if high is None else round(float(high), 4)
    return {"count": spread.count, **fields}


def statistics_rows(found: list[Statistics]) -> tuple[list[str], list[list[object]]]:
    """Return statistics as columns and rows for CSV: a row an appliance and programme."""
    keys = [*GROUP_FIELDS, "lower_quartile", "upper_quartile"]
    figures = ("energy_wh", "duration_s", "cost_eur")
    columns = ["appliance", "programme", *(f"{one}_{key}" for one in figures for key in keys)]
    rows = [
        [each.appliance, name, *_spread_cells(group, keys)]
        for each in found
        for name, group in _named(each)
    ]
    return columns, rows


def _named(found: Statistics) -> list[tuple[str, Group]]:
    every = [] if found.every is None else [("all", found.every)]
    return [*every, *((group.programme or "unknown", group) for group in found.programmes)]


def _spread_cells(group: Group, keys: list[str]) -> list[object]:
    spreads = (group.energy_wh, group.duration_s, group.cost_eur)
    cells = [spread_json(spread) if spread else {} for spread in spreads]
    return [fields.get(key) for fields in cells for key in keys]
