"""A fleet's month: energy and cost, each flat's under its own slots, equal on every engine."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from flatwatt.fleet.engines import Choice, Engine
from flatwatt.fleet.layout import Part
from flatwatt.fleet.months import months_between
from flatwatt.money.cost import apportion, cents
from flatwatt.report.calendar import day_number, day_of
from flatwatt.report.periods import Period
from flatwatt.store import questions

By = Literal["flat", "appliance", "day", "tariff"]
KEYS: dict[By, tuple[str, ...]] = {
    "flat": ("flat",),
    "appliance": ("flat", "appliance"),
    "day": ("flat", "local_day"),
    "tariff": ("flat", "rate_ueur_kwh"),
}
SHARED = ("start_s", "tariff")
PEUR_A_EUR = 10**12


class FleetLine(Struct, frozen=True):
    """A group's part of a period.

    Attributes:
        key: flat, appliance, ISO day, or rate in EUR per kWh; empty for the total and for
            energy without a rate.
        energy_mwh: measured.
        cost_cents: of what has a rate.
        unpriced_mwh: of the energy, without a rate.
        missing_s: in which a plug could not be measured, all plugs together.
    """

    key: str
    energy_mwh: int
    cost_cents: int
    unpriced_mwh: int
    missing_s: int


class FleetReport(Struct, frozen=True):
    """A period of a fleet.

    Attributes:
        lines: by key.
        total: of all lines; its cents are the sum of what each flat is told.
        flats: how many were measured.
        absent: flats without anything in the period.
        partial: (flat, month, share of quarter-hours measured in percent, rounded down).
        broken: (flat, month) left out as its files are not whole.
        differing: flats whose figures are not what their manifest says.
    """

    by: By
    lines: tuple[FleetLine, ...]
    total: FleetLine
    flats: int
    absent: tuple[str, ...]
    partial: tuple[tuple[str, str, int], ...]
    broken: tuple[tuple[str, str], ...]
    differing: tuple[str, ...]


class _Sum:
    """What is added up of a group."""

    def __init__(self) -> None:
        self.energy_mwh = self.peur = self.unpriced_mwh = self.missing_ms = 0

    def add(self, energy_mwh: int, peur: int, unpriced_mwh: int, missing_ms: int) -> None:
        self.energy_mwh += energy_mwh
        self.peur += peur
        self.unpriced_mwh += unpriced_mwh
        self.missing_ms += missing_ms

    def line(self, key: str, cost_cents: int) -> FleetLine:
        return FleetLine(
            key, self.energy_mwh, cost_cents, self.unpriced_mwh, self.missing_ms // 1000
        )


def question(period: Period, by: By) -> str:
    """Return the one SQL text that every engine is asked."""
    first, end = day_number(period.first), day_number(period.last) + 1
    return questions.energy(first, end, KEYS[by], SHARED)


def months_of(period: Period) -> list[str]:
    """Return a period's months as the fleet's folders are called."""
    return [f"{month.first:%Y-%m}" for month in months_between(period.first, period.last)]


def fleet_report(engine: Engine, period: Period, by: By) -> FleetReport:
    """Ask an engine for a period of whole local months.

    Raises:
        FleetError: the engine or its source cannot be used.
    """
    choice = engine.choose(months_of(period))
    return report_of(engine.ask(question(period, by)), choice, by)


def report_of(rows: Sequence[Sequence[Any]], choice: Choice, by: By) -> FleetReport:
    """Add up an engine's rows.

    Args:
        rows: as `question` answers.
        choice: what was read.
        by: what the rows are grouped by beside the flat.
    """
    flats: dict[str, _Sum] = defaultdict(_Sum)
    groups: dict[Any, _Sum] = defaultdict(_Sum)
    total = _Sum()
    keys = len(KEYS[by])
    for row in rows:
        named = dict(zip(questions.SUMS, row[keys:], strict=True))
        sums = [int(named[each]) for each in ("energy_mwh", "cost_peur", "unpriced_mwh",
                                              "missing_ms")]  # fmt: skip
        for place in (flats[row[0]], groups[row[keys - 1]], total):
            place.add(*sums)
    flat_cents = {flat: _cents(each.peur) for flat, each in flats.items()}
    total_cents = sum(flat_cents.values())
    order = sorted(groups, key=lambda key: (key is None, key))
    if by == "flat":
        amounts = [flat_cents[key] for key in order]
    else:
        amounts = apportion(total_cents, [Decimal(groups[key].peur) for key in order])
    lines = (
        groups[key].line(_said(key, by), each) for key, each in zip(order, amounts, strict=True)
    )
    return FleetReport(
        by=by,
        lines=tuple(lines),
        total=total.line("", total_cents),
        flats=len(flats),
        absent=choice.absent,
        partial=tuple(_partial(choice.parts)),
        broken=tuple((part.flat, part.month) for part in choice.broken),
        differing=tuple(_differing(choice.parts, flats)),
    )


def _cents(peur: int) -> int:
    return cents(Decimal(peur) / PEUR_A_EUR)


def _said(key: Any, by: By) -> str:  # noqa: ANN401 - what an engine's column holds
    if key is None:
        return ""
    if by == "day":
        return day_of(key).isoformat()
    if by == "tariff":
        text = f"{Decimal(key) / 1_000_000:.6f}"
        return text.removesuffix("00")
    return str(key)


def _partial(parts: Sequence[Part]) -> list[tuple[str, str, int]]:
    return [
        (part.flat, part.month, min(99, 100 * part.covered // part.slots))
        for part in parts
        if not part.whole
    ]


def _differing(parts: Sequence[Part], flats: dict[str, _Sum]) -> list[str]:
    told: dict[str, int] = defaultdict(int)
    for part in parts:
        told[part.flat] += part.energy_mwh
    found = {flat: each.energy_mwh for flat, each in flats.items()}
    return sorted(
        flat for flat in told.keys() | found.keys() if told.get(flat, 0) != found.get(flat, 0)
    )


def year_period(year: int) -> Period:
    """Return a calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))
