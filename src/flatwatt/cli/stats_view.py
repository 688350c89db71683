"""Statistics of runs for the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.text import Text

from flatwatt.cli.screen import Screen
from flatwatt.report.statistics import QUARTILES_FROM, Group, Spread, Statistics
from flatwatt.report.wording import (
    NOTHING,
    Language,
    eur,
    kwh,
    number,
    span,
    stage_word,
    watt,
    word,
)


def overview(
    found: Sequence[Statistics], names: Mapping[str, str], language: Language, screen: Screen
) -> Iterator[RenderableType]:
    """Yield a table with a line for each appliance, and what to know of them."""
    table = screen.table()
    table.add_column(word("appliance", language))
    mean = word("mean", language)
    for header in (word("runs_n", language), f"{mean}\nWh", f"{mean}\nEUR",
                   f"{mean}\n{word('duration', language)}", word("wh_hour", language),
                   f"{word('sum', language)}\nkWh", f"{word('sum', language)}\nEUR"):  # fmt: skip
        table.add_column(header, justify="right", no_wrap=True)
    for each in found:
        if each.every is not None:
            table.add_row(Text(names.get(each.appliance, each.appliance)),
                          *_group_cells(each.every, language))  # fmt: skip
    yield table
    for each in found:
        for note in notes(each, language):
            yield Text(f"{names.get(each.appliance, each.appliance)}: {note}")


def _group_cells(group: Group, language: Language) -> list[str]:
    cost = group.cost_eur
    whole = cost is not None and cost.count == group.count
    return [
        str(group.count),
        number(group.energy_wh.mean, 0, language),
        number(cost.mean if cost else None, 3, language),
        span(group.duration_s.mean),
        number(group.mean_w, 0, language),
        number(group.energy_wh.total / 1000, 2, language),
        number(cost.total if cost and whole else None, 2, language),
    ]


def detail(
    found: Sequence[Statistics], names: Mapping[str, str], language: Language, screen: Screen
) -> Iterator[RenderableType]:
    """Yield one appliance's figures: spread, hour, programmes, stages, between the runs."""
    for each in found:
        group = each.every
        if group is None:
            continue
        name = names.get(each.appliance, each.appliance)
        title = word("one_n" if group.count == 1 else "runs_of", language).format(group.count)
        yield _spreads(group, f"{name}: {title}", language, screen)
        if each.programmes:
            yield _programmes(each, language, screen)
        if each.stages:
            yield _shares(each, group, language, screen)
        yield Text(_hour(group, language))
        if (line := _between(each, language)) is not None:
            yield Text(line)
        for note in notes(each, language):
            yield Text(note)


def _spreads(group: Group, title: str, language: Language, screen: Screen) -> RenderableType:
    """Return a table with a line for each of mean, median, …: narrow enough for a phone."""
    table = screen.table(title)
    table.add_column(word("per_run", language))
    columns = [_cells(group.energy_wh, 0, language), _durations(group.duration_s)]
    headers = ["Wh", word("duration", language)]
    if group.cost_eur is not None:
        columns.insert(1, _cells(group.cost_eur, 3, language))
        headers.insert(1, "EUR")
    for header in headers:
        table.add_column(header, justify="right")
    keys = ("mean", "median", "least", "most", "quartiles", "sum")
    for key, *cells in zip(keys, *columns, strict=True):
        if key != "quartiles" or group.energy_wh.quartiles:
            table.add_row(word(key, language), *cells, end_section=key == "quartiles")
    return table


def _cells(spread: Spread[float] | Spread[Decimal], digits: int, language: Language) -> list[str]:
    ends = spread.quartiles
    middle = NOTHING
    if ends is not None:
        middle = f"{number(ends[0], digits, language)} – {number(ends[1], digits, language)}"
    values = (spread.mean, spread.median, spread.least, spread.most)
    total = number(spread.total, min(digits, 2), language)
    return [*(number(each, digits, language) for each in values), middle, total]


def _durations(spread: Spread[float]) -> list[str]:
    low, high = spread.quartiles or (None, None)
    values = (spread.mean, spread.median, spread.least, spread.most)
    return [*map(span, values), f"{span(low)} – {span(high)}", span(spread.total)]


def _programmes(found: Statistics, language: Language, screen: Screen) -> RenderableType:
    table = screen.table()
    table.add_column(word("programme", language))
    mean, total = word("mean", language), word("sum", language)
    for header in (word("runs_n", language), f"{mean}\nWh", f"{mean}\nEUR",
                   f"{mean}\n{word('duration', language)}", word("wh_hour", language),
                   f"{total}\nkWh", f"{total}\nEUR"):  # fmt: skip
        table.add_column(header, justify="right", no_wrap=True)
    for group in found.programmes:
        name = group.programme or word("unknown", language)
        table.add_row(Text(name), *_group_cells(group, language))
    return table


def _shares(found: Statistics, group: Group, language: Language, screen: Screen) -> RenderableType:
    table = screen.table(word("shares_of", language).format(found.staged, group.count))
    table.add_column(word("stage", language))
    for key in ("runs_n", "share_energy", "share_cost", "share_time"):
        table.add_column(word(key, language), justify="right", no_wrap=True)
    for each in found.stages:
        shares = (each.energy_share, each.cost_share, each.duration_share)
        percents = [None if share is None else share * 100 for share in shares]
        table.add_row(
            Text(stage_word(each.name, language)),
            str(each.runs),
            *(number(percent, 0, language) for percent in percents),
        )
    return table


def _hour(group: Group, language: Language) -> str:
    cost = "" if group.eur_hour is None else f", {number(group.eur_hour, 3, language)} EUR"
    return word("hour_of", language).format(wh=number(group.mean_w, 0, language), eur=cost)


def _between(found: Statistics, language: Language) -> str | None:
    between = found.between
    if between.mean_w is None:
        return None
    cost = "" if between.cost_eur is None else f", {eur(between.cost_eur, language)}"
    return word("between", language).format(
        watt=watt(between.mean_w, language),
        kwh=kwh(between.energy_mwh, language),
        eur=cost,
        span=span(between.measured_ms / 1000),
    )


def notes(found: Statistics, language: Language) -> list[str]:
    """Return what must be known beside the figures."""
    group, said = found.every, []
    if group is not None:
        if group.count == 1:
            said.append(word("one_run", language))
        elif group.count < QUARTILES_FROM:
            said.append(word("few_runs", language).format(group.count))
        if group.missing:
            said.append(word("some_missing", language).format(group.missing, group.count))
        if group.cost_eur is None:
            said.append(word("none_priced", language))
        elif group.cost_eur.count < group.count:
            priced = group.cost_eur.count
            said.append(word("some_unpriced", language).format(priced, group.count))
    if found.going_on:
        said.append(word("running_now", language).format(found.going_on))
    return said
