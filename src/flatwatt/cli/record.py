"""`record`: looking after the record itself."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from flatwatt.cli.common import HomeOption, errors, home_of, load_home, now_ms, progress
from flatwatt.config import KEEP_LEAST
from flatwatt.errors import UsageError
from flatwatt.opening import counters
from flatwatt.pruning import plan_of
from flatwatt.pruning import prune as prune_days
from flatwatt.report.periods import local_day
from flatwatt.report.room import size_words
from flatwatt.report.wording import word

app = typer.Typer(help="Look after the record.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Look after the record."""


@app.command()
def prune(
    home: HomeOption = None,
    keep_days: Annotated[
        int | None,
        typer.Option(help="Days to keep, today included; else `keep_days` of [record]."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete; else only say what.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what.")] = False,
) -> None:
    """Delete old days of the record; their quarter-hours and runs are kept for good first.

    Nothing is deleted without --yes. Readings of pruned days are gone: no export of single
    readings, no new detector over them. Reports, runs and costs stay as they are.

    Examples: flatwatt record prune · flatwatt record prune --keep-days 730 --yes
    """
    if yes and dry_run:
        raise UsageError("say only one of --yes and --dry-run")
    where = home_of(home)
    loaded = load_home(where)
    language = loaded.config.flat.language
    days = loaded.config.record.keep_days if keep_days is None else keep_days
    if days is None:
        raise UsageError("nothing says how long to keep: keep_days in [record], or --keep-days N")
    if days < KEEP_LEAST:
        raise UsageError(f"at least {KEEP_LEAST} days are kept")
    plan = plan_of(where, days, local_day(now_ms(), ZoneInfo(loaded.config.flat.timezone)))
    if not plan.days:
        typer.echo(word("prune_nothing", language).format(days=days))
        return
    span = {"count": len(plan.days), "first": plan.days[0].day, "last": plan.days[-1].day,
            "size": size_words(plan.bytes, language)}  # fmt: skip
    typer.echo(word("prune_plan", language).format(**span))
    if not yes:
        typer.echo(word("prune_dry", language))
        return
    with progress("Pruning", len(plan.days)) as bar:
        damaged = prune_days(
            where, loaded.config, counters(), plan, lambda _: bar.advance(bar.task_ids[0])
        )
    if damaged:
        errors.print(f"{len(damaged)} damaged rows went too: {damaged[0]}", markup=False)
    typer.echo(word("prune_done", language).format(**span))
