"""A period's figures as JSON-ready fields and CSV rows, units in their names."""

from collections.abc import Mapping

from flatwatt.money.cost import cents
from flatwatt.report.breakdown import DATED, Breakdown, By, Key, Part
from flatwatt.report.calendar import day_of
from flatwatt.report.daily import Line, Summary
from flatwatt.report.periods import Period


def report_rows(summary: Summary) -> tuple[list[str], list[list[object]]]:
    """Return a summary as columns and rows for CSV."""
    lines = [*summary.lines, summary.total]
    columns = list(line_json(summary.total))
    return columns, [list(line_json(line).values()) for line in lines]


def line_json(line: Line) -> dict[str, object]:
    """Return a line as JSON-ready fields, units in their names."""
    year = line.standby_eur_year
    return {
        "appliance": line.appliance or "total",
        "name": line.name,
        "energy_kwh": line.energy_mwh / 1_000_000,
        "cost_eur": None if line.cost_cents is None else line.cost_cents / 100,
        "peak_w": line.peak_w,
        "standby_w": None if line.standby_w is None else round(line.standby_w, 2),
        "standby_eur_year": None if year is None else cents(year) / 100,
        "active_s": line.active_s,
        "runs": line.runs,
        "missing_s": line.missing_s,
    }


def summary_json(summary: Summary, period: Period) -> dict[str, object]:
    """Return a summary as JSON-ready fields."""
    return {
        "first_day": period.first.isoformat(),
        "last_day": period.last.isoformat(),
        "appliances": [line_json(line) for line in summary.lines],
        "total": line_json(summary.total),
        "base_fee_eur": None if summary.base_fee_cents is None else summary.base_fee_cents / 100,
    }


def breakdown_json(
    found: Breakdown, period: Period, earlier: Period | None, names: Mapping[str, str]
) -> dict[str, object]:
    """Return a breakdown as JSON-ready fields."""
    days: dict[str, object] = {
        "first_day": period.first.isoformat(),
        "last_day": period.last.isoformat(),
    }
    if earlier is not None:
        days["earlier_first_day"] = earlier.first.isoformat()
        days["earlier_last_day"] = earlier.last.isoformat()
    return {
        **days,
        "by": found.by,
        "parts": [part_json(found, each, names) for each in found.parts],
        "total": part_json(found, found.total, names, total=True),
    }


def part_json(
    found: Breakdown, part: Part, names: Mapping[str, str], *, total: bool = False
) -> dict[str, object]:
    """Return a group as JSON-ready fields."""
    fields: dict[str, object] = {found.by: "total" if total else key_json(found.by, part.key)}
    if found.by == "appliance":
        fields["name"] = "total" if total else names.get(str(part.key), str(part.key))
    fields |= {
        "energy_kwh": _kwh(part.energy_mwh),
        "cost_eur": _eur(part.cost_cents),
        "peak_w": part.peak_w,
        "missing_s": part.missing_s,
    }
    if found.compared:
        if found.by in DATED:
            fields[f"earlier_{found.by}"] = None if total else key_json(found.by, part.earlier_key)
        fields["earlier_energy_kwh"] = _kwh(part.earlier_mwh)
        fields["earlier_cost_eur"] = _eur(part.earlier_cents)
    return fields


def key_json(by: By, key: Key) -> object:
    """Return what a group is, as people and programs read it; a rate in EUR a kWh."""
    if not isinstance(key, int):
        return key
    match by:
        case "day" | "week":
            return day_of(key).isoformat()
        case "month":
            return f"{key // 100:04}-{key % 100:02}"
        case "tariff":
            return key / 1_000_000
        case _:
            return key


def breakdown_rows(
    found: Breakdown, names: Mapping[str, str]
) -> tuple[list[str], list[list[object]]]:
    """Return a breakdown as columns and rows for CSV."""
    total = part_json(found, found.total, names, total=True)
    rows = [part_json(found, each, names) for each in found.parts]
    return list(total), [list(row.values()) for row in (*rows, total)]


def _kwh(energy_mwh: int | None) -> float | None:
    return None if energy_mwh is None else energy_mwh / 1_000_000


def _eur(amount_cents: int | None) -> float | None:
    return None if amount_cents is None else amount_cents / 100
