"""A period's groups as a table for the terminal."""

from collections.abc import Mapping
from decimal import Decimal

from rich.box import SIMPLE_HEAVY
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flatwatt.report.breakdown import Breakdown, By, Key, Part
from flatwatt.report.calendar import day_of
from flatwatt.report.wording import (
    NOTHING,
    Language,
    day_text,
    number,
    signed,
    word,
)


def breakdown_table(
    found: Breakdown, title: str, names: Mapping[str, str], language: Language
) -> RenderableType:
    """Return a table of groups; `names` says how people call appliances."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAVY, padding=(0, 1))
    figures = found.by in ("hour", "tariff")
    table.add_column(word(f"by_{found.by}", language), justify="right" if figures else "left")
    headers = ["kWh", "EUR"]
    if found.compared:
        headers += [word(key, language) for key in ("before_kwh", "before_eur", "change_percent")]
    else:
        headers += [word(key, language) for key in ("share_percent", "peak_w")]
    for header in headers:
        table.add_column(header, justify="right")
    for part in found.parts:
        key = part.key if part.key is not None else part.earlier_key
        table.add_row(
            Text(key_words(found.by, key, names, language)), *_cells(found, part, language)
        )
    table.add_section()
    table.add_row(word("total", language), *_cells(found, found.total, language), style="bold")
    notes = [] if found.total.cost_cents is not None else [Text(word("no_tariff", language))]
    return Group(table, *notes)


def key_words(by: By, key: Key, names: Mapping[str, str], language: Language) -> str:
    """Return what people call a group."""
    if isinstance(key, str):
        return names.get(key, key)
    if key is None:
        return word("unknown_rate", language)
    match by:
        case "day" | "week":
            return day_text(day_of(key), language)
        case "month":
            year, month = divmod(key, 100)
            return f"{month:02}.{year:04}" if language == "de" else f"{year:04}-{month:02}"
        case "tariff":
            return number(Decimal(key) / 10_000, 2, language)
        case _:
            return f"{key:02}–{key + 1:02}"


def _cells(found: Breakdown, part: Part, language: Language) -> list[str]:
    cells = [_kwh(part.energy_mwh, language), _eur(part.cost_cents, language)]
    if found.compared:
        before = [_kwh(part.earlier_mwh, language), _eur(part.earlier_cents, language)]
        return [*cells, *before, _change(part, language)]
    whole = found.total.energy_mwh
    share = None if not whole or part.energy_mwh is None else 100 * part.energy_mwh / whole
    return [*cells, number(share, 0, language), number(part.peak_w, 0, language)]


def _change(part: Part, language: Language) -> str:
    if part.energy_mwh is None or not part.earlier_mwh:
        return NOTHING
    return signed(100 * (part.energy_mwh / part.earlier_mwh - 1), 0, language)


def _kwh(energy_mwh: int | None, language: Language) -> str:
    return number(None if energy_mwh is None else Decimal(energy_mwh) / 1_000_000, 2, language)


def _eur(amount_cents: int | None, language: Language) -> str:
    return number(None if amount_cents is None else Decimal(amount_cents) / 100, 2, language)
