"""Tables and lines for the terminal; device names are shown as text, never as markup."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal

from rich.box import SIMPLE_HEAVY
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flatwatt.model import ApplianceNow, Run, Snapshot, State
from flatwatt.money.tariff import Prices
from flatwatt.report.daily import Line, Summary
from flatwatt.report.events import cost_eur
from flatwatt.report.going import going_words
from flatwatt.report.kinds import question
from flatwatt.report.periods import local_time
from flatwatt.report.wording import (
    NOTHING,
    Language,
    clock,
    day,
    eur,
    kwh,
    number,
    span,
    stage_word,
    watt,
    word,
)

DRIFT_WORTH_PERCENT = 10.0
"""A heater that switches between two readings makes some percent; more is worth a look."""
STYLES = {
    State.ACTIVE: "bold yellow",
    State.FINISHED: "bold green",
    State.IDLE: "",
    State.OFF: "dim",
    State.UNKNOWN: "dim",
}


def live_view(now: Snapshot, zone: tzinfo, language: Language) -> RenderableType:
    """Return the live table: state, W, today's kWh and EUR per appliance, and the total."""
    table = Table(expand=True, box=None, padding=(0, 1))
    for key in ("appliance", "state"):
        table.add_column(word(key, language))
    for key in ("power", "today", "cost"):
        table.add_column(word(key, language), justify="right")
    table.add_column(word("run", language), ratio=1)
    for each in now.appliances:
        table.add_row(
            Text(each.name),
            Text(word(each.state, language), STYLES[each.state]),
            _power(each, language),
            kwh(each.today_mwh if each.age_ms is not None else None, language),
            eur(each.today_eur, language),
            Text(run_words(each, now.at_ms, zone, language)),
        )
    table.add_section()
    table.add_row(
        Text(word("total", language), "bold"),
        "",
        Text(watt(now.total_w, language), "bold"),
        Text(kwh(now.today_mwh, language), "bold"),
        Text(eur(now.today_eur, language), "bold"),
        "",
    )
    troubles = [each.trouble for each in now.appliances if each.trouble]
    for note in (_drift, _shared):
        troubles += [said for each in now.appliances if (said := note(each, language))]
    notes = [Text(f"! {trouble}", "yellow") for trouble in (*troubles, *now.troubles)]
    notes += [
        Text(f"? {asked}", "cyan") for each in now.appliances if (asked := _asked(each, language))
    ]
    at = local_time(now.at_ms, zone)
    title = Text(f"{now.name} · {day(at, language)} {at:%H:%M:%S}")
    return Panel(Group(table, *notes), title=title, subtitle=_rate(now, language))


def _power(each: ApplianceNow, language: Language) -> Text:
    stale = each.state is State.UNKNOWN and each.age_ms is not None
    words = watt(each.power_w, language)
    if stale and each.age_ms is not None:
        words = f"{words} ({span(each.age_ms / 1000)})"
    return Text(words, "dim" if stale else "")


def _asked(each: ApplianceNow, language: Language) -> str:
    """Return the question whether an appliance is what it is taken for."""
    if not each.guessed or each.guessed == "other":
        return ""
    return f"{each.name}: {question(each.id, each.guessed, language)}"


def _shared(each: ApplianceNow, language: Language) -> str | None:
    """Return what to say when another load hangs on the same plug."""
    if each.shared_w is None:
        return None
    return f"{each.name}: {word('shared', language)} ({watt(each.shared_w, language)})"


def _drift(each: ApplianceNow, language: Language) -> str | None:
    """Return what to say when a plug's counter and its own power disagree."""
    if each.drift_percent is None or abs(each.drift_percent) < DRIFT_WORTH_PERCENT:
        return None
    percent = number(each.drift_percent, 0, language)
    return f"{each.name}: {word('drift', language)} {percent} %"


def _rate(now: Snapshot, language: Language) -> str:
    if now.rate_eur_kwh is None:
        return word("no_tariff", language)
    rate = f"{now.rate_eur_kwh * 100:.2f} ct/kWh"
    return rate.replace(".", ",") if language == "de" else rate


def run_words(each: ApplianceNow, now_ms: int, zone: tzinfo, language: Language) -> str:
    """Return what is said of a run: the one going on, or the last one."""
    if each.run_start_ms is not None:
        took = span((now_ms - each.run_start_ms) / 1000)
        words = f"{took}, {kwh(each.run_mwh, language)}, {eur(each.run_eur, language)}"
        going = going_words(each, zone, language)
        return f"{words} · {going}" if going else words
    if each.last_run is not None and each.last_run.end_ms is not None:
        end = local_time(each.last_run.end_ms, zone)
        words = f"{word('last', language)} {clock(end)}, {kwh(each.last_run.energy_mwh, language)}"
        if each.stage:
            words = f"{words} · {stage_word(each.stage, language)}"
        return words if now_ms - each.last_run.end_ms < 86_400_000 else ""
    return ""


def plain_line(now: Snapshot, zone: tzinfo, language: Language) -> str:
    """Return the flat as one line, for logs and pipes."""
    parts = [
        f"{each.id} {word(each.state, language)} {watt(each.power_w, language)} "
        f"{kwh(each.today_mwh, language)} {eur(each.today_eur, language)}"
        for each in now.appliances
    ]
    total = f"{word('total', language)} {watt(now.total_w, language)}"
    at = local_time(now.at_ms, zone)
    line = " | ".join([f"{at:%H:%M:%S}", *parts, total])
    return f"{line} {kwh(now.today_mwh, language)} {eur(now.today_eur, language)}"


def report_table(summary: Summary, title: str, language: Language) -> RenderableType:
    """Return a period's table."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAVY, padding=(0, 1))
    table.add_column(word("appliance", language))
    for header in ("kWh", "EUR"):
        table.add_column(header, justify="right")
    for key in ("peak_w", "standby_w", "standby_year", "active_h", "runs"):
        table.add_column(word(key, language), justify="right")
    for line in summary.lines:
        table.add_row(Text(line.name), *_cells(line, language))
    table.add_section()
    table.add_row(word("total", language), *_cells(summary.total, language), style="bold")
    return Group(table, *map(Text, report_notes(summary, language)))


def _cells(line: Line, language: Language) -> list[str]:
    hours = None if line.active_s is None else line.active_s / 3600
    return [
        number(Decimal(line.energy_mwh) / 1_000_000, 2, language),
        number(money(line.cost_cents), 2, language),
        number(line.peak_w, 0, language),
        number(line.standby_w, 1, language),
        number(line.standby_eur_year, 2, language),
        number(hours, 1, language),
        str(line.runs) if line.active_s is not None else NOTHING,
    ]


def report_notes(summary: Summary, language: Language) -> list[str]:
    """Return what must be said beside the table: base fee, holes, missing tariff."""
    notes = [word("peak_note", language)]
    fee, cost = summary.base_fee_cents, summary.total.cost_cents
    if fee and cost is not None:
        both = eur(money(fee + cost), language)
        notes.append(
            f"{word('base_fee', language)} {eur(money(fee), language)}, "
            f"{word('with_fee', language)} {both}"
        )
    if cost is None:
        notes.append(word("no_tariff", language))
    notes.extend(
        f"{line.name}: {span(line.missing_s)} {word('missing', language)}"
        for line in summary.lines
        if line.missing_s >= 60
    )
    return notes


def money(amount_cents: int | None) -> Decimal | None:
    """Return whole cents as EUR."""
    return None if amount_cents is None else Decimal(amount_cents) / 100


def runs_table(
    runs: Sequence[Run],
    names: dict[str, str],
    prices: Prices,
    zone: tzinfo,
    language: Language,
    numbers: Mapping[str, int] | None = None,
    called: Mapping[tuple[str, str], str] | None = None,
) -> RenderableType:
    """Return a table of runs.

    Args:
        runs: one a row.
        names: appliance -> name.
        prices: rates by instant.
        zone: of the flat.
        language: de or en.
        numbers: run's id -> what a person may call it by; None for no such column.
        called: (appliance, programme) -> what people call it.
    """
    table = Table(box=SIMPLE_HEAVY, padding=(0, 1))
    if numbers:
        table.add_column(word("number", language), justify="right")
    table.add_column(word("appliance", language))
    for key in ("started", "ended", "duration"):
        table.add_column(word(key, language), justify="right")
    for header in ("kWh", "EUR", word("peak_w", language)):
        table.add_column(header, justify="right")
    programmes = any(run.programme for run in runs)
    if programmes:
        table.add_column(word("programme", language))
    for run in runs:
        number = [str(numbers[run.id])] if numbers else []
        name = (called or {}).get((run.appliance, run.programme), run.programme)
        programme = [Text(name)] if programmes else []
        table.add_row(*number, *_run_cells(run, names, prices, zone, language), *programme)
    return table


def _run_cells(
    run: Run, names: dict[str, str], prices: Prices, zone: tzinfo, language: Language
) -> list[RenderableType]:
    start = local_time(run.start_ms, zone)
    end = None if run.end_ms is None else local_time(run.end_ms, zone)
    return [
        Text(names.get(run.appliance, run.appliance)),
        f"{day(start, language)} {clock(start)}",
        word("now", language) if end is None else clock(end),
        NOTHING if run.end_ms is None else span((run.end_ms - run.start_ms) / 1000),
        number(Decimal(run.energy_mwh) / 1_000_000, 2, language),
        number(cost_eur(run, prices), 2, language),
        number(run.peak_w, 0, language),
    ]
