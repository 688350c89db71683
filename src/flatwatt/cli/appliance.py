"""`appliance`: what is known and was learned of each, and what a person knows better."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAVY
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from flatwatt.answers import learned_by
from flatwatt.appliance.profiles import PROFILES
from flatwatt.cli.asked import JsonOption, known
from flatwatt.cli.common import HomeOption, home_of, load_home, watching
from flatwatt.cli.correct import (
    correction_json,
    corrections_table,
    make,
    programme_of,
    speech_of,
)
from flatwatt.correction import Correction, Draft, Kind, Payload
from flatwatt.drivers import nearest
from flatwatt.errors import UsageError
from flatwatt.flat import Flat
from flatwatt.report.corrected import Outcome
from flatwatt.report.correction_words import Speech
from flatwatt.report.drafts import renaming
from flatwatt.report.events import utc_text
from flatwatt.report.learned import Learned
from flatwatt.report.periods import local_time
from flatwatt.report.wording import (
    NOTHING,
    Language,
    clock,
    day,
    kwh,
    number,
    span,
    watt,
    word,
)

app = typer.Typer(
    help="What was learned of each appliance; nothing is hidden.", no_args_is_help=True
)
ApplianceArgument = Annotated[
    str, typer.Argument(help="Its id in the configuration.", metavar="APPLIANCE")
]
RECENT = 5
LONGEST = 5
"""So many pauses of a run are shown; --json has all."""


@app.command("list")
def list_(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """All appliances: what each is taken for, and how much was learned of it.

    Example: flatwatt appliance list
    """
    where = home_of(home)
    loaded = load_home(where)
    language = loaded.config.flat.language
    with watching(where, loaded) as flat:
        found = {id_: learned_by(flat, id_) for id_ in loaded.config.plugs}
        if as_json:
            some = {id_: each and learned_json(each) for id_, each in found.items()}
            typer.echo(json.dumps(some, indent=2))
            return
        table = Table(box=SIMPLE_HEAVY, padding=(0, 1))
        for key in ("appliance", "kind", "quiet_level", "standby", "in_memory", "programmes"):
            table.add_column(word(key, language), overflow="fold")
        for id_, each in found.items():
            row = _row(each, speech_of(flat)) if each else [word("not_heard", language)]
            table.add_row(Text(f"{id_} ({loaded.config.plugs[id_].name or id_})"), *row)
        Console().print(table)


def _row(each: Learned, speech: Speech) -> list[str]:
    known_programmes = sum(bool(programme.id) for programme in each.programmes)
    return [
        each.kind,
        watt(each.quiet_w, speech.language),
        watt(each.standby_w, speech.language),
        str(len(each.pasts)),
        str(known_programmes),
    ]


@app.command()
def show(
    appliance: ApplianceArgument, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Everything learned of an appliance: quiet level, pauses and ends, programmes, corrections.

    Examples: flatwatt appliance show washer · flatwatt appliance show washer --json
    """
    where = home_of(home)
    loaded = load_home(where)
    known(loaded.config, appliance)
    with watching(where, loaded) as flat:
        learned = learned_by(flat, appliance)
        if learned is None:
            typer.echo(word("not_heard", loaded.config.flat.language))
            return
        rows = [row for row in flat.correcting.rows if row.appliance == appliance]
        outcomes = flat.correcting.outcomes()
        if as_json:
            corrections = [correction_json(row, outcomes.get(row.seq)) for row in rows]
            fields = learned_json(learned) | {"corrections": corrections}
            typer.echo(json.dumps(fields, indent=2))
        else:
            Console().print(_page(learned, rows, outcomes, speech_of(flat)))


def _page(
    learned: Learned, rows: list[Correction], outcomes: Mapping[int, Outcome], speech: Speech
) -> RenderableType:
    parts: list[RenderableType] = [_facts(learned, speech)]
    if learned.pasts:
        parts.append(_pasts(learned, speech))
    if learned.programmes:
        parts.append(_programmes(learned, speech))
    lost = {row.seq for row in rows if outcomes.get(row.seq) is Outcome.LOST}
    shown = [row for row in rows if row.seq in lost or row in rows[-RECENT:]]
    if shown:
        parts.append(corrections_table(shown, outcomes, speech))
    return Group(*parts)


def _facts(learned: Learned, speech: Speech) -> Table:
    language = speech.language
    level = word("level_learned" if learned.quiet_learned else "level_kind", language)
    origin = word("from_person" if learned.told else "from_config", language)
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_row(word("appliance", language), Text(speech.names.get(learned.appliance, "")))
    table.add_row(word("kind", language), f"{learned.kind} ({origin})")
    table.add_row(word("quiet_level", language), f"{watt(learned.quiet_w, language)} ({level})")
    table.add_row(word("cadence", language), f"{number(learned.step_ms / 1000, 1, language)} s")
    table.add_row(word("standby", language), watt(learned.standby_w, language))
    for key, power_w in (
        ("rest_mean", learned.rest_w),
        ("work_mean", learned.work_w),
        ("shared_load", learned.shared_w),
    ):
        if power_w is not None:
            table.add_row(word(key, language), watt(power_w, language))
    if learned.waits_s:
        table.add_row(word("waits", language), ", ".join(span(each) for each in learned.waits_s))
    if learned.guesses:
        table.add_row(word("looks_like", language), _guesses(learned, language))
    table.add_row(word("in_memory", language), str(len(learned.pasts)))
    return table


def _guesses(learned: Learned, language: Language) -> str:
    said = [f"{kind} {number(100 * share, 0, language)} %" for kind, share in learned.guesses]
    return ", ".join(said[:3])


def _pasts(learned: Learned, speech: Speech) -> Table:
    language = speech.language
    table = Table(box=SIMPLE_HEAVY, padding=(0, 1))
    for key in ("started", "pauses", "end_after"):
        table.add_column(word(key, language), overflow="fold")
    for past in learned.pasts:
        start = local_time(past.start_ms, speech.zone)
        longest = sorted(past.pauses, key=lambda pause: -pause[1])[:LONGEST]
        pauses = [f"{_after(after_s)} {span(for_s)}" for after_s, for_s in sorted(longest)]
        table.add_row(
            f"{day(start, language)} {clock(start)}",
            ", ".join(pauses) or NOTHING,
            NOTHING if past.end_after_s is None else _after(past.end_after_s),
        )
    return table


def _after(seconds: int) -> str:
    """Return a time since the start as hours:minutes."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def _programmes(learned: Learned, speech: Speech) -> Table:
    language = speech.language
    table = Table(box=SIMPLE_HEAVY, padding=(0, 1))
    for key in ("programme", "count", "duration", "energy"):
        table.add_column(word(key, language), overflow="fold")
    for each in learned.programmes:
        name = f"{each.id} {each.name}".strip() or word("unknown_programme", language)
        table.add_row(
            Text(name), str(each.runs), span(each.duration_s), kwh(each.energy_mwh, language)
        )
    return table


def learned_json(learned: Learned) -> dict[str, object]:
    """Return what was learned as JSON-ready fields."""
    return {
        "appliance": learned.appliance,
        "kind": learned.kind,
        "kind_told_by_person": learned.told,
        "quiet_w": learned.quiet_w,
        "quiet_learned": learned.quiet_learned,
        "cadence_s": learned.step_ms / 1000,
        "standby_w": learned.standby_w,
        "rest_w": learned.rest_w,
        "work_w": learned.work_w,
        "shared_w": learned.shared_w,
        "waits_s": list(learned.waits_s),
        "looks_like": dict(learned.guesses),
        "remembered": [
            {
                "started_at": utc_text(past.start_ms),
                "end_after_s": past.end_after_s,
                "pauses": [{"after_s": after_s, "for_s": for_s} for after_s, for_s in past.pauses],
            }
            for past in learned.pasts
        ],
        "programmes": [
            {
                "programme": each.id or None,
                "name": each.name or None,
                "runs": each.runs,
                "duration_s": each.duration_s,
                "energy_wh": each.energy_mwh / 1000,
            }
            for each in learned.programmes
        ],
    }


@app.command("rename-programme")
def rename_programme(
    appliance: ApplianceArgument,
    programme: Annotated[
        str, typer.Argument(help="Its id (p1) or its present name.", metavar="PROGRAMME")
    ],
    name: Annotated[str, typer.Argument(help="What you call it.", metavar="NAME")],
    home: HomeOption = None,
) -> None:
    """Call a programme by your own name.

    Example: flatwatt appliance rename-programme washer p1 "Baumwolle 40"
    """

    def draft(flat: Flat) -> Draft:
        known(flat.config, appliance)
        id_ = programme_of(flat, appliance, programme)
        if not id_:
            raise UsageError("name a programme: p1, p2 …; see `flatwatt appliance show`")
        return renaming(appliance, id_, name)

    make(home, draft)


@app.command()
def forget(appliance: ApplianceArgument, home: HomeOption = None) -> None:
    """Forget what was learned of an appliance and learn anew: it was replaced, or moved.

    The record and the runs stay. Example: flatwatt appliance forget washer
    """

    def draft(flat: Flat) -> Draft:
        known(flat.config, appliance)
        return Draft(Kind.FORGET, appliance, Payload())

    make(home, draft)


@app.command("kind")
def kind_(
    appliance: ApplianceArgument,
    kind: Annotated[
        str, typer.Argument(help="washing_machine, dryer, printer_3d …", metavar="KIND")
    ],
    home: HomeOption = None,
) -> None:
    """Say what an appliance is, whatever flatwatt.toml or a guess says; from now on.

    `flatwatt runs replay --take-over` lets it count for the past, too.

    Example: flatwatt appliance kind washer dryer
    """

    def draft(flat: Flat) -> Draft:
        known(flat.config, appliance)
        if kind not in PROFILES:
            raise UsageError(f"unknown kind {kind!r}{nearest(kind, list(PROFILES))}")
        return Draft(Kind.KIND, appliance, Payload(kind=kind))

    make(home, draft)
