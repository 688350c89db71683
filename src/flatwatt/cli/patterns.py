"""`patterns`: when the flat uses its energy, and what has changed."""

import json
from typing import Annotated

import typer
from rich.text import Text

from flatwatt.appliance.profiles import PROFILES
from flatwatt.cli.asked import JsonOption
from flatwatt.cli.common import HomeOption, PlainOption, home_of, load_home, now_ms, watching
from flatwatt.cli.compare import eur_json
from flatwatt.cli.patterns_view import show
from flatwatt.cli.screen import screen_of
from flatwatt.cli.since import period_of
from flatwatt.cli.stats import known_appliance
from flatwatt.flat import Flat
from flatwatt.report.events import utc_text
from flatwatt.report.patterns import Patterns, Peak, Standby, patterns_of
from flatwatt.report.periods import local_day
from flatwatt.report.trends import Trend
from flatwatt.report.wording import word


def patterns(
    home: HomeOption = None,
    appliance: Annotated[str, typer.Option(help="Only this appliance.", metavar="ID")] = "",
    since: Annotated[
        str, typer.Option(help="From a day on, or 12w, 90d, 1y back.", metavar="TIME")
    ] = "12w",
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """When energy is used (weekday by hour), what changed, standby and peaks.

    Examples: flatwatt patterns · flatwatt patterns --appliance washer --since 1y
    """
    where = home_of(home)
    loaded = load_home(where)
    known_appliance(appliance, loaded.config.plugs)
    with watching(where, loaded) as flat:
        found = found_patterns(flat, appliance, since)
        language = loaded.config.flat.language
        if as_json:
            typer.echo(json.dumps(patterns_json(found), indent=2))
        elif found is None:
            typer.echo(word("nothing", language))
        else:
            screen = screen_of(plain=plain)
            names = {id_: plug.name or id_ for id_, plug in flat.config.plugs.items()}
            whose = names[appliance] if appliance else loaded.config.flat.name
            for part in show(found, whose, names, flat.zone, language, screen):
                screen.console.print(part, soft_wrap=isinstance(part, Text))


def found_patterns(flat: Flat, appliance: str, since: str) -> Patterns | None:
    """Return the patterns of one appliance or all; None when nothing was measured."""
    moment_ms = max(now_ms(), flat.newest_ms)
    period = period_of("", since, local_day(moment_ms, flat.zone))
    start_ms = period.bounds_ms(flat.zone)[0] if period else 0
    quarters = [each for each in flat.quarters(start_ms, moment_ms)
                if not appliance or each.appliance == appliance]  # fmt: skip
    if not quarters:
        return None
    bounds_ms = (min(each.start_ms for each in quarters), min(moment_ms, flat.newest_ms))
    runs = [run for run in flat.runs(*bounds_ms) if not appliance or run.appliance == appliance]
    repeats = {id_: PROFILES[plug.appliance].repeats for id_, plug in flat.config.plugs.items()}
    return patterns_of(bounds_ms, quarters, runs, repeats, flat.tariff, flat.zone)


def patterns_json(found: Patterns | None) -> dict[str, object] | None:
    """Return patterns as JSON-ready fields, units in their names."""
    if found is None:
        return None
    return {
        "start": utc_text(found.bounds_ms[0]),
        "end": utc_text(found.bounds_ms[1]),
        "energy_wh": found.energy_mwh / 1000,
        "heat_wh_hour": [
            [None if cell.mean_wh is None else round(cell.mean_wh, 3) for cell in row]
            for row in found.heat
        ],
        "heat_energy_wh": [[cell.energy_mwh / 1000 for cell in row] for row in found.heat],
        "starts_by_hour": found.starts and found.starts.hours,
        "starts_by_weekday": found.starts and found.starts.weekdays,
        "trends": [trend_json(each) for each in found.trends],
        "standby": [standby_json(each) for each in found.standby],
        "peaks": [peak_json(each) for each in found.peaks],
    }


def trend_json(trend: Trend) -> dict[str, object]:
    """Return a trend as JSON-ready fields; `told` says whether it is more than chance."""
    return {
        "appliance": trend.appliance,
        "programme": trend.programme or None,
        "of": "energy_per_hour" if trend.by_hour else "energy_per_run",
        "change_percent": round(trend.percent, 2),
        "since": utc_text(trend.since_ms),
        "runs_before": trend.earlier,
        "runs_since": trend.later,
        "chance": trend.chance,
        "told": trend.told,
    }


def standby_json(standby: Standby) -> dict[str, object]:
    """Return an appliance's standby as JSON-ready fields."""
    return {
        "appliance": standby.appliance,
        "power_w": round(standby.power_w, 2),
        "eur_year": eur_json(standby.eur_year),
    }


def peak_json(peak: Peak) -> dict[str, object]:
    """Return a peak as JSON-ready fields."""
    parts = {name: round(power_w, 1) for name, power_w in peak.parts}
    return {"start": utc_text(peak.start_ms), "mean_w": peak.mean_w, "parts_w": parts}
