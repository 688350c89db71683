"""`runs`: the list of runs, and the commands about single ones."""

import json
from typing import Annotated

import typer
from rich.console import Console

from flatwatt.cli import correct, whatif
from flatwatt.cli.asked import JsonOption, known, parse_day
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, watching
from flatwatt.cli.correct import names_of
from flatwatt.cli.look import run_json
from flatwatt.cli.view import runs_table
from flatwatt.correcting import ALWAYS_MS
from flatwatt.errors import UsageError
from flatwatt.report.periods import day_period, local_day
from flatwatt.report.wording import word

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)
"""Other files add their commands to it."""
for command in (
    correct.merge,
    correct.split,
    correct.discard,
    correct.assign,
    correct.undo,
    correct.corrections,
    whatif.replay,
):
    app.command()(command)


@app.callback()
def runs(
    context: typer.Context,
    home: HomeOption = None,
    appliance: Annotated[str, typer.Option(help="Only this appliance's.", metavar="ID")] = "",
    since: Annotated[str, typer.Option(help="First day.", metavar="DAY")] = "",
    last: Annotated[int, typer.Option(help="At most so many, the newest.", min=1)] = 20,
    as_json: JsonOption = False,
) -> None:
    """Runs (prints, washes …) with duration, energy, cost and peak, as people corrected them.

    Examples: flatwatt runs --appliance printer · flatwatt runs --since 2026-11-01 --json ·
    flatwatt runs discard last
    """
    if context.invoked_subcommand is not None:
        if home or appliance or since or as_json:
            raise UsageError(
                f"write the options behind the word {context.invoked_subcommand!r}: "
                f"flatwatt runs {context.invoked_subcommand} … --home DIR"
            )
        return
    where = home_of(home)
    loaded = load_home(where)
    known(loaded.config, appliance)
    with watching(where, loaded) as flat:
        today = local_day(max(now_ms(), flat.newest_ms), flat.zone)
        start_ms = day_period(parse_day(since, today)).bounds_ms(flat.zone)[0] if since else 0
        every = flat.runs(start_ms, ALWAYS_MS)
        numbers = {run.id: number for number, run in enumerate(reversed(every), 1)}
        found = [run for run in every if not appliance or run.appliance == appliance][-last:]
        language = loaded.config.flat.language
        names = {id_: plug.name or id_ for id_, plug in loaded.config.plugs.items()}
        called = names_of(flat)
        if as_json:
            typer.echo(json.dumps([run_json(run, flat, called) for run in found], indent=2))
        elif found:
            table = runs_table(found, names, flat.tariff, flat.zone, language, numbers, called)
            Console().print(table)
        else:
            typer.echo(word("no_runs", language))
