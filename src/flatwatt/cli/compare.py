"""`runs compare`: runs beside each other."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer
from rich.text import Text

from flatwatt.cli.asked import CsvOption, JsonOption
from flatwatt.cli.common import HomeOption, PlainOption, home_of, load_home, now_ms, watching
from flatwatt.cli.compare_view import show as parts_of
from flatwatt.cli.plain_csv import write_csv
from flatwatt.cli.screen import screen_of
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.model import Run
from flatwatt.report.compare import Comparison, Difference, Figures, Row, Side
from flatwatt.report.compare import compare as compared
from flatwatt.report.curves import Parting
from flatwatt.report.events import utc_text
from flatwatt.report.naming import run_named

FOREVER_MS = 1 << 53
CSV_COLUMNS = ("run", "stage", "duration_s", "energy_wh", "cost_eur", "duration_change_s",
               "energy_change_wh", "cost_change_eur", "energy_change_percent")  # fmt: skip


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            help="Two or more runs: numbers in the list, `washer` for its newest that has ended, "
            "`washer:2` for the one before, ids …; one appliance alone: its two newest.",
            metavar="RUN…",
        ),
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    plain: PlainOption = False,
) -> None:
    """Runs beside each other from their start: totals, stages, curves, differences.

    Examples: flatwatt runs compare washer · flatwatt runs compare washer:3 washer:1 --csv
    """
    where = home_of(home)
    loaded = load_home(where)
    with watching(where, loaded) as flat:
        chosen = chosen_runs(runs, flat)
        comparison = compared(chosen, flat.tariff, max(now_ms(), flat.newest_ms))
        if as_csv and not as_json:
            write_csv(CSV_COLUMNS, comparison_rows(comparison))
        else:
            _tell(flat, comparison, as_json, plain)


def chosen_runs(words: Sequence[str], flat: Flat) -> list[Run]:
    """Return the runs a person means.

    Raises:
        UsageError: a word names no run or several, or there are fewer than two.
    """
    known = flat.runs(0, FOREVER_MS)
    if len(words) == 1 and words[0] in flat.config.plugs:
        words = [f"{words[0]}:2", f"{words[0]}:1"]
    chosen = [run_named(each, known, flat.zone) for each in words]
    if len({run.id for run in chosen}) < max(2, len(chosen)):
        raise UsageError("name two or more different runs to compare")
    return chosen


def show(
    run: Annotated[
        str,
        typer.Argument(
            help="A run: its number in the list, `last`, `washer`, its id …", metavar="RUN"
        ),
    ] = "last",
    home: HomeOption = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
) -> None:
    """One run: its stages with minutes, energy and cost, and its curve.

    Examples: flatwatt runs show · flatwatt runs show washer@17:40
    """
    where = home_of(home)
    loaded = load_home(where)
    with watching(where, loaded) as flat:
        chosen = [run_named(run, flat.runs(0, FOREVER_MS), flat.zone)]
        _tell(flat, compared(chosen, flat.tariff, max(now_ms(), flat.newest_ms)), as_json, plain)


def _tell(flat: Flat, comparison: Comparison, as_json: bool, plain: bool) -> None:
    if as_json:
        typer.echo(json.dumps(comparison_json(comparison), indent=2))
        return
    screen = screen_of(plain=plain)
    names = {id_: plug.name or id_ for id_, plug in flat.config.plugs.items()}
    language = flat.config.flat.language
    for part in parts_of(comparison, names, flat.zone, language, screen):
        screen.console.print(part, soft_wrap=isinstance(part, Text))


def comparison_json(comparison: Comparison) -> dict[str, object]:
    """Return a comparison as JSON-ready fields, units in their names."""
    ids = [side.run.id for side in comparison.sides]
    curves = comparison.curves
    return {
        "runs": [side_json(side) for side in comparison.sides],
        "stages": [row_json(row, ids) for row in comparison.stages],
        "curves": {
            "step_s": curves.step_ms / 1000,
            "power_w": [[round(watt, 2) for watt in curve] for curve in curves.watts],
        },
    }


def side_json(side: Side) -> dict[str, object]:
    """Return one run of a comparison as JSON-ready fields."""
    run = side.run
    return {
        "run": run.id,
        "appliance": run.appliance,
        "programme": run.programme or None,
        "started_at": utc_text(run.start_ms),
        "finished_at": None if run.end_ms is None else utc_text(run.end_ms),
        **figures_json(side.whole),
        "peak_w": run.peak_w,
        "mean_w": None if side.mean_w is None else round(side.mean_w, 3),
        "missing_s": run.missing_ms / 1000,
        "difference": difference_json(side.difference),
        "alike": parting_json(side.parting),
    }


def parting_json(parting: Parting | None) -> dict[str, object] | None:
    """Return until when a run went like the first; `until_s` null: as long as both lasted."""
    if parting is None:
        return None
    until_ms = parting.after_ms
    return {
        "until_s": None if until_ms is None else until_ms / 1000,
        "compared_s": parting.compared_ms / 1000,
        "then_more": parting.more,
    }


def row_json(row: Row, ids: Sequence[str]) -> dict[str, object]:
    """Return a stage over all runs as JSON-ready fields; null where stages are not known."""
    runs = [
        figures and {"run": id_, **figures_json(figures), "difference": difference_json(change)}
        for id_, figures, change in zip(ids, row.figures, row.differences, strict=True)
    ]
    return {"stage": row.name, "runs": runs}


def figures_json(figures: Figures) -> dict[str, object]:
    """Return figures as JSON-ready fields; EUR exact to a hundredth of a cent."""
    return {
        "duration_s": figures.duration_ms / 1000,
        "energy_wh": figures.energy_mwh / 1000,
        "cost_eur": eur_json(figures.cost_eur),
    }


def eur_json(eur: Decimal | None) -> float | None:
    """Return an amount as a number of EUR with four decimals."""
    return None if eur is None else float(round(eur, 4))


def difference_json(change: Difference | None) -> dict[str, object] | None:
    """Return a difference as JSON-ready fields."""
    if change is None:
        return None
    return {
        "duration_s": change.duration_ms / 1000,
        "energy_wh": change.energy_mwh / 1000,
        "cost_eur": eur_json(change.cost_eur),
        "duration_percent": change.duration_percent and round(change.duration_percent, 2),
        "energy_percent": change.energy_percent and round(change.energy_percent, 2),
        "cost_percent": change.cost_percent and round(change.cost_percent, 2),
    }


def comparison_rows(comparison: Comparison) -> list[list[object]]:
    """Return a comparison as rows for CSV: a row a run and stage, `total` for the run."""
    rows = []
    for index, side in enumerate(comparison.sides):
        rows.append(_csv_row(side.run.id, "total", side.whole, side.difference))
        rows.extend(
            _csv_row(side.run.id, row.name, figures, row.differences[index])
            for row in comparison.stages
            if (figures := row.figures[index]) is not None
        )
    return rows


def _csv_row(id_: str, stage: str, figures: Figures, change: Difference | None) -> list[object]:
    own = list(figures_json(figures).values())
    if change is None:
        return [id_, stage, *own, None, None, None, None]
    fields = difference_json(change) or {}
    keys = ("duration_s", "energy_wh", "cost_eur", "energy_percent")
    return [id_, stage, *own, *(fields[key] for key in keys)]
