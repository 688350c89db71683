"""Patterns for the terminal: shades where they show, digits where not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from rich.console import RenderableType
from rich.text import Text

from flatwatt.cli.chart import bounds, level_of
from flatwatt.cli.screen import Screen
from flatwatt.report.patterns import Cell, Patterns, Peak, Starts
from flatwatt.report.periods import local_time
from flatwatt.report.trends import Trend
from flatwatt.report.wording import (
    NOTHING,
    Language,
    clock,
    day,
    number,
    watt,
    word,
)

SHADES = (" ·", "░░", "▒▒", "▓▓", "██")
"""By ink, not by colour: darker on a light terminal, brighter on a dark one, more on both."""
DIGITS = tuple(f" {digit}" for digit in range(10))
BARS = (" ·", *(bar * 2 for bar in "▁▂▃▄▅▆▇█"))
UNKNOWN = " ?"
_LABEL = 8


def show(
    found: Patterns,
    whose: str,
    names: Mapping[str, str],
    zone: tzinfo,
    language: Language,
    screen: Screen,
) -> Iterator[RenderableType]:
    """Yield the parts: heat map, starts, changes, standby, peaks."""
    first, last = (local_time(at_ms, zone) for at_ms in found.bounds_ms)
    period = f"{day(first, language)} – {day(last, language)}"
    yield Text(f"{whose} · {period}", "bold")
    yield Text(word("heat_title", language))
    yield from heat_lines(found, language, screen)
    yield Text()
    yield from _changes(found, names, zone, language)
    if found.standby:
        yield Text()
        yield _standby(found, names, language, screen)
    if found.peaks:
        yield Text()
        yield Text(word("peaks", language), "bold")
        for peak in found.peaks:
            yield _peak(peak, names, zone, language)


def heat_lines(found: Patterns, language: Language, screen: Screen) -> Iterator[Text]:
    """Yield the heat map, the starts under it, and what the shades mean."""
    marks = SHADES if screen.drawn else DIGITS
    top_wh = max((cell.mean_wh or 0.0 for row in found.heat for cell in row), default=0.0)
    starts = bounds(top_wh, len(marks))
    hours = "".join(f"{hour:<6}" for hour in range(0, 24, 3))
    yield Text(f"{'':{_LABEL}}{hours}  {word('day_kwh', language)}")
    for name, row in zip(word("weekdays", language).split(), found.heat, strict=True):
        line = "".join(_mark(cell, starts, marks) for cell in row)
        yield Text(f"{name:{_LABEL}}{line}  {_row_kwh(row, language):>5}")
    if found.starts:
        yield Text(_starts_line(found.starts, language, screen))
    yield Text(f"{'':{_LABEL}}{_key(starts, marks, language)}")
    if any(cell.mean_wh is None for row in found.heat for cell in row):
        yield Text(f"{'':{_LABEL}}{UNKNOWN.strip()} {word('not_measured', language)}")
    if found.starts:
        yield Text(f"{'':{_LABEL}}{_starts_note(found.starts, language)}")


def _starts_line(starts: Starts, language: Language, screen: Screen) -> str:
    """Return a bar an hour; the numbers themselves, up to 9, where bars do not show."""
    most = max(starts.hours)
    if screen.drawn:
        marks = [BARS[-(-count * (len(BARS) - 1) // most)] for count in starts.hours]
    else:
        marks = [f" {min(count, 9) or '.'}" for count in starts.hours]
    nine = f"  {word('nine', language)}" if most > 9 and not screen.drawn else ""
    return f"{word('starts', language):{_LABEL}}{''.join(marks)}{nine}"


def _starts_note(starts: Starts, language: Language) -> str:
    most = max(starts.hours)
    return word("starts_note", language).format(
        runs=sum(starts.hours), most=most, hour=f"{starts.hours.index(most)}:00"
    )


def _mark(cell: Cell, starts: Sequence[float], marks: Sequence[str]) -> str:
    return UNKNOWN if cell.mean_wh is None else marks[level_of(cell.mean_wh, starts)]


def _row_kwh(row: Sequence[Cell], language: Language) -> str:
    means = [cell.mean_wh for cell in row]
    known = [mean for mean in means if mean is not None]
    return number(sum(known) / 1000 if len(known) == len(means) else None, 2, language)


def _key(starts: Sequence[float], marks: Sequence[str], language: Language) -> str:
    parts = [f"{marks[0].strip()} < {_wh(starts[0], language)}"]
    parts += [f"{mark.strip()} {word('from', language)} {_wh(start, language)}"
              for mark, start in zip(marks[1:], starts, strict=True)]  # fmt: skip
    return "  ".join(parts) if len(marks) == len(SHADES) else _short_key(starts, language)


def _short_key(starts: Sequence[float], language: Language) -> str:
    parts = [f"{digit}:{_bare(start, language)}" for digit, start in enumerate(starts, 1)]
    return f"{word('from', language)} Wh  {'  '.join(parts)}"


def _wh(value: float, language: Language) -> str:
    return f"{_bare(value, language)} Wh"


def _bare(value: float, language: Language) -> str:
    return NOTHING if value == float("inf") else number(value, 0 if value >= 10 else 1, language)


def _changes(
    found: Patterns, names: Mapping[str, str], zone: tzinfo, language: Language
) -> Iterator[Text]:
    if found.trends or found.few:
        yield Text(word("trends", language), "bold")
    for trend in sorted(found.trends, key=lambda each: not each.told):
        name = _name(trend.appliance, trend.programme, names)
        yield Text(trend_words(trend, name, zone, language))
    if found.few:
        most = max(found.few, key=lambda each: each[2])
        name = _name(most[0], most[1], names)
        said = word("few_trend", language)
        yield Text(said.format(programmes=len(found.few), name=name, runs=most[2]))


def _name(appliance: str, programme: str, names: Mapping[str, str]) -> str:
    return f"{names.get(appliance, appliance)} {programme}".strip()


def trend_words(trend: Trend, name: str, zone: tzinfo, language: Language) -> str:
    """Return what is said of a trend; of one that may be chance, that it may be."""
    if not trend.told:
        runs = trend.earlier + trend.later
        return word("no_trend", language).format(name=name, runs=runs)
    what = word("energy_hour" if trend.by_hour else "energy_run", language)
    percent = number(abs(trend.percent), 0, language)
    key = "trend_more" if trend.percent > 0 else "trend_less"
    said = word(key, language).format(name=name, percent=percent, what=what)
    one_in = word("one_in", language).format(round(1 / max(trend.chance, 1e-4)))
    return said + word("trend_why", language).format(
        day=day(local_time(trend.since_ms, zone), language),
        later=trend.later,
        earlier=trend.earlier,
        chance=("< " if trend.chance < 1e-4 else "") + one_in,
    )


def _standby(
    found: Patterns, names: Mapping[str, str], language: Language, screen: Screen
) -> RenderableType:
    table = screen.table(word("standby_title", language))
    table.add_column(word("appliance", language))
    table.add_column("W", justify="right")
    table.add_column(word("eur_year", language), justify="right")
    for each in found.standby:
        table.add_row(
            Text(names.get(each.appliance, each.appliance)),
            number(each.power_w, 1, language),
            number(each.eur_year, 2, language),
        )
    return table


def _peak(peak: Peak, names: Mapping[str, str], zone: tzinfo, language: Language) -> Text:
    at = local_time(peak.start_ms, zone)
    parts = ", ".join(f"{names.get(id_, id_)} {watt(power_w, language)}"
                      for id_, power_w in peak.parts)  # fmt: skip
    total = watt(peak.mean_w, language)
    return Text(f"{day(at, language)} {clock(at)}  {total:>7}  {parts}")
