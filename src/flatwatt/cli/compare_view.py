"""A comparison for the terminal. Rounded parts add up to their rounded whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from math import floor

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from flatwatt.cli.chart import LETTERS, colour, overlay
from flatwatt.cli.screen import Screen
from flatwatt.money.cost import cents
from flatwatt.report.compare import Comparison, Side
from flatwatt.report.curves import Parting, stage_at
from flatwatt.report.periods import local_time
from flatwatt.report.wording import (
    NOTHING,
    Language,
    clock,
    day,
    number,
    signed,
    span,
    stage_word,
    word,
)

MINUTE_MS = 60_000


def show(
    comparison: Comparison,
    names: Mapping[str, str],
    zone: tzinfo,
    language: Language,
    screen: Screen,
) -> Iterator[RenderableType]:
    """Yield a comparison's parts: totals, where they part, stages, curves, what to know."""
    yield totals_table(comparison, names, zone, language, screen)
    for index, side in enumerate(comparison.sides[1:], 1):
        if side.parting is not None:
            yield Text(parting_words(comparison.sides[0], side, LETTERS[index], language))
    if len(comparison.sides) == 1:
        yield from stages_of_one(comparison, language, screen)
    elif comparison.stages:
        yield stages_table(comparison, language, screen)
    if comparison.curves.step_ms:
        yield Text()
        yield from overlay(comparison.curves.watts, comparison.curves.step_ms, screen)
        yield _chart_key(comparison, language, screen)
    for note in notes(comparison, language):
        yield Text(note)


def letter(index: int, screen: Screen) -> Text:
    """Return a run's letter in its curve's colour."""
    return Text(LETTERS[index], colour(index) if screen.coloured else "")


def totals_table(
    comparison: Comparison,
    names: Mapping[str, str],
    zone: tzinfo,
    language: Language,
    screen: Screen,
) -> RenderableType:
    """Return the table of totals and of their differences to the first run."""
    whose = [names.get(side.run.appliance, side.run.appliance) for side in comparison.sides]
    mixed = len(set(whose)) > 1
    programmes = any(side.run.programme for side in comparison.sides)
    table = _totals_head(screen.table("" if mixed else whose[0]), mixed, programmes, language)
    for index, side in enumerate(comparison.sides):
        start = local_time(side.run.start_ms, zone)
        who = [Text(whose[index])] if mixed else []
        who += [Text(side.run.programme or NOTHING)] if programmes else []
        when = f"{day(start, language)} {clock(start)}"
        table.add_row(letter(index, screen), *who, when, *_total_cells(side, language))
    table.add_section()
    first, blank = comparison.sides[0], [""] * (mixed + programmes)
    against = word("against", language).format(LETTERS[0])
    for index, side in enumerate(comparison.sides[1:], 1):
        changes = _change_cells(side, first, language)
        table.add_row(letter(index, screen), *blank, against, *changes)
        table.add_row("", *blank, "", *_percent_cells(side, first, language), style="dim")
    return table


def _totals_head(table: Table, mixed: bool, programmes: bool, language: Language) -> Table:
    table.add_column("")
    if mixed:
        table.add_column(word("appliance", language))
    if programmes:
        table.add_column(word("programme_short", language))
    table.add_column(word("started", language), no_wrap=True)
    for header in (word("duration", language), "Wh", "EUR", word("peak_w", language),
                   word("mean_w", language)):  # fmt: skip
        table.add_column(header, justify="right", no_wrap=True)
    return table


def _total_cells(side: Side, language: Language) -> list[str]:
    return [
        span(side.whole.duration_ms / 1000),
        number(Decimal(side.whole.energy_mwh) / 1000, 0, language),
        number(side.whole.cost_eur, 3, language),
        number(side.run.peak_w, 0, language),
        number(side.mean_w, 0, language),
    ]


def _change_cells(side: Side, first: Side, language: Language) -> list[str]:
    change = side.difference
    if change is None:
        return []
    mean = None
    if side.mean_w is not None and first.mean_w is not None:
        mean = side.mean_w - first.mean_w
    return [
        _signed_span(change.duration_ms),
        signed(Decimal(change.energy_mwh) / 1000, 0, language),
        signed(change.cost_eur, 3, language),
        signed(side.run.peak_w - first.run.peak_w, 0, language),
        signed(mean, 0, language),
    ]


def _signed_span(length_ms: int) -> str:
    if not length_ms:
        return "0"
    return f"{'-' if length_ms < 0 else '+'}{span(abs(length_ms) / 1000)}"


def _percent_cells(side: Side, first: Side, language: Language) -> list[str]:
    change = side.difference
    if change is None:
        return []
    peak = _ratio(side.run.peak_w, first.run.peak_w)
    mean = _ratio(side.mean_w, first.mean_w)
    percents = (change.duration_percent, change.energy_percent, change.cost_percent, peak, mean)
    return [percent_text(each, language) for each in percents]


def _ratio(one: float | None, first: float | None) -> float | None:
    return None if one is None or not first else (one / first - 1) * 100


def percent_text(percent: float | None, language: Language) -> str:
    """Return a difference in percent."""
    return NOTHING if percent is None else f"{signed(percent, 0, language)} %"


def parting_words(first: Side, side: Side, name: str, language: Language) -> str:
    """Return until when a run went like the first."""
    parting = side.parting or Parting(None, 0)
    words = {"one": name, "first": LETTERS[0]}
    if parting.after_ms is None:
        return word("alike", language).format(**words, span=span(parting.compared_ms / 1000))
    key = "more" if parting.more else "less"
    more = word(key, language)
    stages = [stage_at(each.run, parting.after_ms) for each in (first, side)]
    if parting.after_ms and stages[1]:
        stage = stage_word(stages[1], language)
        more = word(f"{key}_in", language).format(stage)
    if not parting.after_ms:
        return word("apart", language).format(**words, more=more)
    until = span(parting.after_ms / 1000)
    return word("alike_until", language).format(**words, span=until, more=more)


def stages_table(comparison: Comparison, language: Language, screen: Screen) -> RenderableType:
    """Return the table of stages, a line a run, with differences to the first run."""
    table = screen.table()
    table.add_column(word("stage", language))
    table.add_column("")
    against = word("against", language).format(LETTERS[0])
    changes = [f"{against}\n{unit}" for unit in ("min", "Wh", "%", "EUR")]
    for header in ("min", "Wh", "EUR", *changes):
        table.add_column(header, justify="right", no_wrap=True)
    sides = range(len(comparison.sides))
    rounded = [_rounded(comparison, index) for index in sides]
    for place, row in enumerate(comparison.stages):
        for index in sides:
            mine, first, change = rounded[index][place], rounded[0][place], row.differences[index]
            name = Text("" if index else stage_word(row.name, language))
            cells = [""] * 4
            if change is not None:
                cells = _stage_changes(mine, first, change.energy_percent, language)
            table.add_row(
                name, letter(index, screen), *_stage_cells(mine, language), *cells,
                end_section=index == sides[-1],
            )  # fmt: skip
    return table


Rounded = tuple[int, int, int | None] | None
"""Minutes, Wh and tenths of a cent; None where a run's stages are not known."""


def _rounded(comparison: Comparison, index: int) -> list[Rounded]:
    """Round a run's stages so that what is shown adds up to the run as it is shown."""
    figures = [row.figures[index] for row in comparison.stages]
    known = [each for each in figures if each is not None]
    minutes = add_up([Decimal(each.duration_ms) / MINUTE_MS for each in known])
    watt_hours = add_up([Decimal(each.energy_mwh) / 1000 for each in known])
    mills: Sequence[int | None] = [None] * len(known)
    costs = [each.cost_eur for each in known if each.cost_eur is not None]
    if len(costs) == len(known):
        mills = add_up([cost * 1000 for cost in costs])
    found = iter(zip(minutes, watt_hours, mills, strict=True))
    return [None if each is None else next(found) for each in figures]


def add_up(exact: Sequence[Decimal]) -> list[int]:
    """Round to whole numbers that add up to the rounded sum, each less than 1 off."""
    parts = [floor(each) for each in exact]
    short = cents(sum(exact, Decimal(0)) / 100) - sum(parts)
    largest = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in largest[:short]:
        parts[index] += 1
    return parts


def _stage_cells(mine: Rounded, language: Language) -> list[str]:
    if mine is None or not any(mine):
        return [NOTHING] * 3
    minutes, watt_hours, mills = mine
    eur = None if mills is None else Decimal(mills) / 1000
    return [str(minutes), str(watt_hours), number(eur, 3, language)]


def stages_of_one(
    comparison: Comparison, language: Language, screen: Screen
) -> Iterator[RenderableType]:
    """Yield a single run's stages, with the share of its energy that each takes."""
    if not comparison.stages:
        return
    table = screen.table()
    table.add_column(word("stage", language))
    for header in ("min", "Wh", "EUR", "%"):
        table.add_column(header, justify="right", no_wrap=True)
    energy_mwh = comparison.sides[0].whole.energy_mwh
    for row, mine in zip(comparison.stages, _rounded(comparison, 0), strict=True):
        if mine is None or not any(mine):  # a rest that rounds to nothing
            continue
        figures = row.figures[0]
        share = None if figures is None or not energy_mwh else figures.energy_mwh / energy_mwh
        percent = number(None if share is None else 100 * share, 0, language)
        name = Text(stage_word(row.name, language))
        table.add_row(name, *_stage_cells(mine, language), percent)
    yield table


def _stage_changes(
    mine: Rounded, first: Rounded, percent: float | None, language: Language
) -> list[str]:
    if mine is None or first is None:
        return [NOTHING] * 4
    eur = None
    if mine[2] is not None and first[2] is not None:
        eur = Decimal(mine[2] - first[2]) / 1000
    return [
        signed(mine[0] - first[0], 0, language),
        signed(mine[1] - first[1], 0, language),
        percent_text(percent, language),
        signed(eur, 3, language),
    ]


def _chart_key(comparison: Comparison, language: Language, screen: Screen) -> Text:
    key = Text("        ")
    for index, curve in enumerate(comparison.curves.watts):
        if curve:
            key.append_text(letter(index, screen)).append("  ")
    if not (screen.drawn and screen.coloured) and sum(map(bool, comparison.curves.watts)) > 1:
        key.append(f"* {word('together', language)}  ")
    return key.append(word("since_start", language))


def notes(comparison: Comparison, language: Language) -> list[str]:
    """Return what must be known beside the figures."""
    found = []
    staged = bool(comparison.stages)
    for name, side in zip(LETTERS, comparison.sides, strict=False):
        if side.run.end_ms is None:
            found.append(word("going_on", language).format(name))
        if side.run.missing_ms >= 1000:
            missing = span(side.run.missing_ms / 1000)
            found.append(word("part_missing", language).format(one=name, span=missing))
        if side.whole.cost_eur is None:
            found.append(word("unpriced", language).format(name))
        if staged and not side.run.stages:
            found.append(word("no_stages", language).format(name))
        if len(side.run.curve.mwh) < 2:
            found.append(word("no_curve", language).format(name))
    if len({side.run.appliance for side in comparison.sides}) > 1:
        found.append(word("mixed", language))
    return found
