"""`runs replay`: today's detector over the stored record, before it is taken over."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from datetime import tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.box import SIMPLE_HEAVY
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flatwatt.cli.asked import JsonOption, known, parse_day
from flatwatt.cli.common import HomeOption, home_of, load_home, progress, watching
from flatwatt.config import Loaded
from flatwatt.correcting import ALWAYS_MS
from flatwatt.correction import in_force
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.looking import DERIVATION
from flatwatt.model import Run
from flatwatt.opening import counters
from flatwatt.report.corrected import corrected
from flatwatt.report.events import utc_text
from flatwatt.report.periods import day_start_ms, local_day, local_time
from flatwatt.report.whatif import Pair, WhatIf, what_if
from flatwatt.report.wording import Language, day, kwh, word
from flatwatt.store.corrections import CorrectionLog
from flatwatt.store.home import Home
from flatwatt.store.quarters import Quarters

_SPAN = re.compile(r"([1-9]\d{0,3})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def replay(
    home: HomeOption = None,
    since: Annotated[
        str, typer.Option(help="Compare from there on: 2w, 10d, 3m, 1y or a day.", metavar="SPAN")
    ] = "2w",
    appliance: Annotated[str, typer.Option(help="Only this appliance's.", metavar="ID")] = "",
    take_over: Annotated[
        bool,
        typer.Option("--take-over", help="Then derive everything anew; no flatwatt may record."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """What would today's detector have found? Nothing is changed, unless you take it over.

    Walks the whole record from the beginning, so that the detector learns as it would have,
    with all corrections at their places; kinds that were set count from the start.

    Examples: flatwatt runs replay --since 2w · flatwatt runs replay --appliance washer --json ·
    flatwatt runs replay --take-over
    """
    where = home_of(home)
    loaded = load_home(where)
    known(loaded.config, appliance)
    if take_over:
        where.lock().close()  # refuse before the long walk
    zone = ZoneInfo(loaded.config.flat.timezone)
    new, newest_ms = _anew(where, loaded)
    start_ms = _since(since, newest_ms, zone)
    found = what_if(
        _chosen(_stored(where, loaded), start_ms, appliance), _chosen(new, start_ms, appliance)
    )
    if as_json:
        typer.echo(json.dumps(whatif_json(found), indent=2))
    else:
        _say(found, loaded, zone, taking=take_over)
    if take_over:
        _take_over(where, loaded)
        if not as_json:
            typer.echo(word("taken_over", loaded.config.flat.language))


def _stored(where: Home, loaded: Loaded) -> list[Run]:
    """Return the runs as they are; those of an older detector, if one derived them."""
    with closing(Quarters(where.quarters, read_only=True)) as store:
        runs = store.runs(0, ALWAYS_MS)
        if runs and store.checkpoint(DERIVATION) is None:
            with closing(CorrectionLog(where.events, read_only=True)) as log:
                return corrected(runs, in_force(log.rows())).runs
    with watching(where, loaded) as flat:
        return flat.runs(0, ALWAYS_MS)


def _anew(where: Home, loaded: Loaded) -> tuple[list[Run], int]:
    """Return the runs as they would be, and the newest reading's time."""
    anew = Home(where.path)
    anew.quarters = where.derived / "none.sqlite"  # nothing that was derived is looked at
    flat = Flat(anew, loaded.config, counters(), watch=True, kinds_from_start=True)
    with closing(flat):
        with progress("Reading the record", None) as bar:
            flat.catch_up(lambda rows: bar.advance(bar.task_ids[0], rows))
        return flat.runs(0, ALWAYS_MS), flat.newest_ms


def _since(text: str, newest_ms: int, zone: tzinfo) -> int:
    match = _SPAN.fullmatch(text)
    if match:
        return newest_ms - int(match[1]) * _DAYS[match[2]] * 86_400_000
    try:
        return day_start_ms(parse_day(text, local_day(newest_ms, zone)), zone)
    except UsageError as error:
        raise UsageError(f"--since {text!r}: write 2w, 10d, 3m, 1y or 2026-11-22") from error


def _chosen(runs: list[Run], start_ms: int, appliance: str) -> list[Run]:
    return [
        run
        for run in runs
        if run.end_ms is not None
        and run.end_ms >= start_ms
        and (not appliance or run.appliance == appliance)
    ]


def _take_over(where: Home, loaded: Loaded) -> None:
    """Forget what was derived and derive it anew, as the only writer."""
    with where.lock():
        with CorrectionLog(where.events) as log:
            log.kinds_from_start()
        with closing(Quarters(where.quarters)) as store:
            store.clear()
        with (
            closing(Flat(where, loaded.config, counters())) as flat,
            progress("Deriving anew", None) as bar,
        ):
            flat.catch_up(lambda rows: bar.advance(bar.task_ids[0], rows))
            flat.take_in()


def _say(found: WhatIf, loaded: Loaded, zone: tzinfo, *, taking: bool) -> None:
    language = loaded.config.flat.language
    if not found.changes:
        typer.echo(word("whatif_none", language).format(n=len(found.same)))
        return
    names = {id_: plug.name or id_ for id_, plug in loaded.config.plugs.items()}
    table = Table(box=SIMPLE_HEAVY, padding=(0, 1))
    for key in ("change", "appliance", "started", "ended", "energy"):
        table.add_column(word(key, language))
    for pair in found.changes:
        table.add_row(*_cells(pair, names, zone, language))
    Console().print(table)
    counts = f"{word('whatif_runs', language)} {word('whatif_counts', language)}".format(
        stored=len(found.same) + len(found.moved) + len(found.gone),
        new=len(found.same) + len(found.moved) + len(found.added),
        same=len(found.same),
        moved=len(found.moved),
        gone=len(found.gone),
        added=len(found.added),
    )
    typer.echo(counts)
    if not taking:
        typer.echo(word("whatif_hint", language))


def _cells(
    pair: Pair, names: dict[str, str], zone: tzinfo, language: Language
) -> list[str | Text]:
    sides = [run for run in (pair.stored, pair.new) if run is not None]
    key = "moved" if len(sides) > 1 else "only_stored" if pair.stored else "only_new"

    def each(say: Callable[[Run], str]) -> str:
        return " → ".join(dict.fromkeys(map(say, sides)))

    def start(run: Run) -> str:
        at = local_time(run.start_ms, zone)
        return f"{day(at, language)} {at:%H:%M:%S}"

    def end(run: Run) -> str:
        return f"{local_time(run.end_ms or run.start_ms, zone):%H:%M:%S}"

    return [
        word(key, language),
        Text(names.get(sides[0].appliance, sides[0].appliance)),
        each(start),
        each(end),
        each(lambda run: kwh(run.energy_mwh, language)),
    ]


def whatif_json(found: WhatIf) -> dict[str, object]:
    """Return a what-if as JSON-ready fields."""
    return {
        "same": len(found.same),
        "moved": [{"stored": _json(each.stored), "new": _json(each.new)} for each in found.moved],
        "gone": [_json(each.stored) for each in found.gone],
        "added": [_json(each.new) for each in found.added],
    }


def _json(run: Run | None) -> dict[str, object] | None:
    if run is None or run.end_ms is None:
        return None
    return {
        "run": run.id,
        "appliance": run.appliance,
        "started_at": utc_text(run.start_ms),
        "finished_at": utc_text(run.end_ms),
        "energy_wh": run.energy_mwh / 1000,
    }
