"""A fleet's report as a table, rows and JSON."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.box import SIMPLE_HEAVY
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flatwatt.fleet.report import FleetLine, FleetReport
from flatwatt.report.wording import Language, decimal, number, word

MOST_NAMED = 20
COLUMNS = ("energy_kwh", "cost_eur", "unpriced_kwh", "missing_s")


def fleet_table(report: FleetReport, period: str, language: Language) -> RenderableType:
    """Return the lines, their total and what is missing."""
    title = word("fleet_title", language).format(flats=report.flats, period=period)
    table = Table(title=Text(title), box=SIMPLE_HEAVY, show_footer=True)
    total = report.total
    table.add_column(word(f"by_{report.by}", language), footer=Text(word("total", language)))
    heads = ["kWh", "EUR"]
    if total.unpriced_mwh:
        heads.append(word("unpriced_kwh", language))
    if total.missing_s:
        heads.append(word("missing_h", language))
    for head, foot in zip(heads, _cells(total, total, language), strict=True):
        table.add_column(head, footer=foot, justify="right")
    for line in report.lines:
        key = decimal(line.key, language) if report.by == "tariff" else line.key
        table.add_row(Text(key or word("no_rate", language)), *_cells(line, total, language))
    notes = [Text(note) for note in (word("fleet_no_fees", language), *notes_of(report, language))]
    return Group(table, *notes)


def _cells(line: FleetLine, total: FleetLine, language: Language) -> Iterator[str]:
    """Yield a line's figures; the last two only where the total has any."""
    yield number(Decimal(line.energy_mwh) / 1_000_000, 2, language)
    yield number(Decimal(line.cost_cents) / 100, 2, language)
    if total.unpriced_mwh:
        yield number(Decimal(line.unpriced_mwh) / 1_000_000, 2, language)
    if total.missing_s:
        yield number(Decimal(line.missing_s) / 3600, 1, language)


def notes_of(report: FleetReport, language: Language) -> Iterator[str]:
    """Yield what a reader must know: who is missing, incomplete, left out or contradicts."""
    partial = [f"{flat} {month} ({percent} %)" for flat, month, percent in report.partial]
    broken = [f"{flat} {month}" for flat, month in report.broken]
    for key, names in (
        ("fleet_absent", report.absent),
        ("fleet_partial", partial),
        ("fleet_broken", broken),
        ("fleet_differing", report.differing),
    ):
        if names:
            yield word(key, language).format(n=len(names), names=_listed(names, language))


def _listed(names: Sequence[str], language: Language) -> str:
    more = len(names) - MOST_NAMED
    end = f" {word('fleet_more', language).format(more)}" if more > 0 else ""
    return ", ".join(names[:MOST_NAMED]) + end


def fleet_rows(report: FleetReport) -> tuple[list[str], list[list[object]]]:
    """Return the lines and the total as columns and rows for CSV."""
    rows = [[line.key, *_values(line)] for line in report.lines]
    return [report.by, *COLUMNS], [*rows, ["total", *_values(report.total)]]


def fleet_json(report: FleetReport) -> dict[str, object]:
    """Return a report as JSON-ready fields."""
    return {
        "by": report.by,
        "flats": report.flats,
        "lines": [
            {report.by: line.key or None} | dict(zip(COLUMNS, _values(line), strict=True))
            for line in report.lines
        ],
        "total": dict(zip(COLUMNS, _values(report.total), strict=True)),
        "absent": report.absent,
        "partial": [
            {"flat": flat, "month": month, "measured_percent": percent}
            for flat, month, percent in report.partial
        ],
        "broken": [{"flat": flat, "month": month} for flat, month in report.broken],
        "differing": report.differing,
    }


def _values(line: FleetLine) -> list[object]:
    return [
        line.energy_mwh / 1_000_000,
        line.cost_cents / 100,
        line.unpriced_mwh / 1_000_000,
        line.missing_s,
    ]
