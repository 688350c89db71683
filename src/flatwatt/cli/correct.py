"""`runs merge`, `split`, `discard`, `assign`, `undo`, `corrections`: a person knows better."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAVY
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flatwatt.answers import merge_draft, split_draft
from flatwatt.cli.asked import JsonOption
from flatwatt.cli.common import HomeOption, home_of, load_home, now_ms, progress, watching
from flatwatt.config import Loaded
from flatwatt.correcting import ALWAYS_MS
from flatwatt.correction import Correction, Draft, Kind, programme_names
from flatwatt.drivers import nearest
from flatwatt.errors import HomeBusyError, UsageError
from flatwatt.flat import Flat
from flatwatt.model import Run
from flatwatt.opening import counters
from flatwatt.report.corrected import Outcome
from flatwatt.report.correction_words import Speech, correction_words
from flatwatt.report.drafts import assigning, discarding, undoing
from flatwatt.report.events import utc_text
from flatwatt.report.naming import moment_in, run_named
from flatwatt.report.periods import local_time
from flatwatt.report.wording import clock, day, word
from flatwatt.store.corrections import CorrectionLog
from flatwatt.store.home import Home

RunArgument = Annotated[
    str,
    typer.Argument(
        help="Its number in `flatwatt runs`, `last`, `washer` for its newest, `washer:2` for the "
        "one before, `washer@17:40`, or its id or the beginning of that.",
        metavar="RUN",
    ),
]


def merge(
    runs: Annotated[
        list[str],
        typer.Argument(help="Two runs or more, named as in `discard`.", metavar="RUN RUN…"),
    ],
    home: HomeOption = None,
) -> None:
    """Two or more runs were one: what was drawn between them belongs to it.

    Examples: flatwatt runs merge 1 2 · flatwatt runs merge washer:2 washer:1
    """

    def draft(flat: Flat) -> Draft:
        known = flat.runs(0, ALWAYS_MS)
        return merge_draft(flat, [run_named(each, known, flat.zone) for each in runs])

    make(home, draft)


def split(
    run: RunArgument,
    at: Annotated[
        str,
        typer.Option("--at", help="Where the second began: 17:40 or an ISO time.", metavar="TIME"),
    ],
    home: HomeOption = None,
) -> None:
    """One run was two: the machine was loaded again.

    Examples: flatwatt runs split washer --at 17:40 · flatwatt runs split 3 --at 2026-11-22T17:40
    """

    def draft(flat: Flat) -> Draft:
        one = the_run(flat, run)
        return split_draft(flat, one, moment_in(at, one, flat.zone))

    make(home, draft)


def discard(run: RunArgument, home: HomeOption = None) -> None:
    """It was no run: somebody moved a plug, vacuumed, tried something out.

    Examples: flatwatt runs discard last · flatwatt runs discard washer@17:40
    """
    make(home, lambda flat: discarding(the_run(flat, run)))


def assign(
    run: RunArgument,
    programme: Annotated[
        str,
        typer.Argument(
            help="Its id (p1) or what you call it; `-` for none that is known.",
            metavar="PROGRAMME",
        ),
    ],
    home: HomeOption = None,
) -> None:
    """It was another programme than flatwatt took it for.

    Examples: flatwatt runs assign washer p2 · flatwatt runs assign 3 "Baumwolle 40"
    """

    def draft(flat: Flat) -> Draft:
        one = the_run(flat, run)
        return assigning(one, programme_of(flat, one.appliance, programme))

    make(home, draft)


def undo(
    number: Annotated[
        int | None,
        typer.Argument(help="Of the correction; else the newest.", metavar="NUMBER"),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Take a correction back; it stays in the list.

    Examples: flatwatt runs undo · flatwatt runs undo 3
    """
    make(home, lambda flat: undoing(flat.correcting.rows, number))


def corrections(
    home: HomeOption = None,
    last: Annotated[int, typer.Option(help="At most so many, the newest.", min=1)] = 20,
    as_json: JsonOption = False,
) -> None:
    """What people corrected, what came of it, and what was taken back.

    Examples: flatwatt runs corrections · flatwatt runs corrections --json
    """
    where = home_of(home)
    loaded = load_home(where)
    language = loaded.config.flat.language
    with watching(where, loaded) as flat:
        rows = flat.correcting.rows[-last:]
        outcomes = flat.correcting.outcomes()
        speech = speech_of(flat)
        if as_json:
            found = [correction_json(row, outcomes.get(row.seq)) for row in rows]
            typer.echo(json.dumps(found, indent=2))
        elif rows:
            Console().print(corrections_table(rows, outcomes, speech))
        else:
            typer.echo(word("no_corrections", language))


def make(home: HomeOption, draft_of: Callable[[Flat], Draft]) -> None:
    """Write a correction down and have it learned, now or by the collector that runs.

    Raises:
        UsageError: it makes no sense. StoreError: it could not be written.
    """
    where = home_of(home)
    loaded = load_home(where)
    language = loaded.config.flat.language
    with watching(where, loaded) as flat:
        draft = draft_of(flat)
        rows = {row.seq: row for row in flat.correcting.rows}
        what = correction_words(rows.get(draft.payload.undoes, draft), speech_of(flat))
    with closing(CorrectionLog(where.events)) as log:
        correction = log.add(draft, now_ms())
    undoes = draft.kind is Kind.UNDO
    typer.echo(word("made_undo", language).format(what=what) if undoes else what)
    typer.echo(word("learned_now" if _learn(where, loaded) else "learned_soon", language))
    if not undoes:
        typer.echo(word("undo_hint", language).format(seq=correction.seq))


def _learn(where: Home, loaded: Loaded) -> bool:
    """Let the detectors take in what was corrected; False when a collector will do it."""
    try:
        lock = where.lock()
    except HomeBusyError:
        return False
    with lock, closing(Flat(where, loaded.config, counters())) as flat:
        with progress("Reading the record", None) as bar:
            flat.catch_up(lambda rows: bar.advance(bar.task_ids[0], rows))
        flat.take_in()
    return True


def the_run(flat: Flat, text: str) -> Run:
    """Return the run a person means; raises UsageError."""
    return run_named(text, flat.runs(0, ALWAYS_MS), flat.zone)


def programme_of(flat: Flat, appliance: str, text: str) -> str:
    """Return the id of the programme a person means; empty for none.

    Raises:
        UsageError: there is no such programme.
    """
    if text == "-":
        return ""
    names = {id_: name for (own, id_), name in names_of(flat).items() if own == appliance}
    for id_, name in names.items():
        if text.casefold() in (id_, name.casefold()):
            return id_
    if re.fullmatch(r"p[1-9]\d{0,3}", text):
        return text
    raise UsageError(
        f"{appliance} has no programme {text!r}{nearest(text, [*names.values(), 'p1', '-'])}"
    )


def names_of(flat: Flat) -> dict[tuple[str, str], str]:
    """Return (appliance, programme) -> what people call it."""
    return programme_names(flat.correcting.rows)


def speech_of(flat: Flat) -> Speech:
    """Return how corrections of a flat are said."""
    names = {
        id_: "".join(filter(str.isprintable, plug.name)) or id_  # it is echoed as it is
        for id_, plug in flat.config.plugs.items()
    }
    return Speech(names, names_of(flat), flat.zone, flat.config.flat.language)


def corrections_table(
    rows: list[Correction], outcomes: Mapping[int, Outcome], speech: Speech
) -> Table:
    """Return corrections as a table."""
    language = speech.language
    table = Table(box=SIMPLE_HEAVY, padding=(0, 1))
    table.add_column(word("number", language), justify="right")
    for key in ("made_at", "correction", "outcome"):
        table.add_column(word(key, language), overflow="fold")
    for row in rows:
        made = local_time(row.made_ms, speech.zone)
        table.add_row(
            str(row.seq),
            f"{day(made, language)} {clock(made)}",
            Text(correction_words(row, speech)),
            ", ".join(word(key, language) for key in effects(row, outcomes.get(row.seq))),
        )
    return table


def effects(row: Correction, outcome: Outcome | None) -> list[str]:
    """Return what is to be said about a correction beside what it is, as words' keys."""
    found = ["undone"] if row.undone else [outcome.value] if outcome else []
    return [*found, "waiting"] if row.taken_ms is None else found


def correction_json(row: Correction, outcome: Outcome | None) -> dict[str, object]:
    """Return a correction as JSON-ready fields."""
    said = row.payload
    fields: dict[str, object] = {
        "number": row.seq,
        "made_at": utc_text(row.made_ms),
        "correction": row.kind.value,
        "appliance": row.appliance,
        "runs": [span.run for span in said.runs],
        "learned_at": None if row.taken_ms is None else utc_text(max(0, row.taken_ms)),
        "undone": row.undone,
        "effect": None if outcome is None or row.undone else outcome.value,
    }
    more = {
        "at": utc_text(said.at_ms) if said.at_ms else None,
        "programme": said.programme or None,
        "name": said.name or None,
        "kind": said.kind or None,
        "undoes": said.undoes or None,
    }
    return fields | {key: value for key, value in more.items() if value is not None}
