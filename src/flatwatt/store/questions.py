"""The questions a book of quarter-hours answers, as one plain SQL text for every engine.

Two tables are asked and no others:

- `quarter` (start_s, appliance, plug, energy_mwh, power_min_mw, power_max_mw, readings,
  missing_ms, flags): what was measured, a row a plug and quarter-hour of UTC;
- `slot` (start_s, hour_s, local_day, local_week, local_month, local_year, weekday,
  local_hour, rate_ueur_kwh): the calendar, a row a quarter-hour. Days are counted from
  1970-01-01, a week is the day of its Monday, a month is 202611, Monday is weekday 0,
  `hour_s` is where the local hour begins in UTC, a rate nobody knows is NULL.

All columns but `appliance` and `plug` are 64-bit integers. The text has no floats, no
division, no time-zone function, no dialect: SQLite, DuckDB, PostgreSQL and Spark give
equal integers. Nothing is ordered, as engines sort text and NULL differently.

Money is energy_mwh * rate_ueur_kwh: 10^12 of it is one euro (`*_peur`), so sums stay exact;
64 bits hold nine million euros.
"""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

Slot: TypeAlias = tuple[int, int, int, int, int, int, int, int, int | None]
"""A row of `slot`."""

KEYS = frozenset(
    {
        "flat",
        "appliance",
        "plug",
        "start_s",
        "hour_s",
        "local_day",
        "local_week",
        "local_month",
        "local_year",
        "weekday",
        "local_hour",
        "rate_ueur_kwh",
    }
)
"""What may be grouped by. `flat` is a column of `quarter` where many flats share it."""
OF_QUARTER = frozenset({"flat", "appliance", "plug"})
SHARED = ("start_s",)
"""Columns by which `quarter` and `slot` belong together."""
SHAREABLE = frozenset({"start_s", "flat", "tariff"})
STANDBY_PART = 10
"""Standby is what a tenth of the quarter-hours stay below."""
STANDBY_LEAST = 8
GAP = 2
"""`Flag.GAP`: the energy of such a quarter-hour was spread over it, not seen in it."""

_SUMS = """\
    COUNT(*) AS quarters,
    CAST(SUM(quarter.energy_mwh) AS BIGINT) AS energy_mwh,
    CAST(COALESCE(SUM(quarter.energy_mwh * slot.rate_ueur_kwh), 0) AS BIGINT) AS cost_peur,
    CAST(SUM(CASE WHEN slot.rate_ueur_kwh IS NULL THEN quarter.energy_mwh ELSE 0 END) AS BIGINT)
        AS unpriced_mwh,
    MIN(quarter.power_min_mw) AS power_min_mw,
    MAX(quarter.power_max_mw) AS power_max_mw,
    CAST(SUM(quarter.readings) AS BIGINT) AS readings,
    CAST(SUM(quarter.missing_ms) AS BIGINT) AS missing_ms"""
SUMS = (
    "quarters",
    "energy_mwh",
    "cost_peur",
    "unpriced_mwh",
    "power_min_mw",
    "power_max_mw",
    "readings",
    "missing_ms",
)
"""The columns `energy` answers with behind its keys."""


class Sums(Struct, frozen=True):
    """What `energy` says of a group.

    Attributes:
        quarters: how many quarter-hours of plugs.
        energy_mwh: booked in them.
        cost_peur: of the energy that has a rate; 10^12 is one euro.
        unpriced_mwh: energy whose rate nobody knows.
        power_min_mw, power_max_mw: of all readings; None without any.
        readings: how many.
        missing_ms: time in which nothing could be measured.
    """

    quarters: int
    energy_mwh: int
    cost_peur: int
    unpriced_mwh: int
    power_min_mw: int | None
    power_max_mw: int | None
    readings: int
    missing_ms: int

    def plus(self, other: "Sums") -> "Sums":
        """Return both together."""
        lows = [each.power_min_mw for each in (self, other) if each.power_min_mw is not None]
        highs = [each.power_max_mw for each in (self, other) if each.power_max_mw is not None]
        return Sums(
            self.quarters + other.quarters,
            self.energy_mwh + other.energy_mwh,
            self.cost_peur + other.cost_peur,
            self.unpriced_mwh + other.unpriced_mwh,
            min(lows, default=None),
            max(highs, default=None),
            self.readings + other.readings,
            self.missing_ms + other.missing_ms,
        )


def energy(first: int, end: int, by: Sequence[str], shared: Sequence[str] = SHARED) -> str:
    """Ask for energy, cost and extremes of power, added up by any keys.

    Daily, weekly, monthly, yearly, by appliance, by rate, the hour-of-week profile: all
    are this question with other keys.

    Args:
        first: local day since 1970.
        end: the first local day not included.
        by: `KEYS` to group by; none for one row.
        shared: columns that join `quarter` and `slot`.

    Returns:
        SQL; its columns are the keys in their order, then `SUMS`.

    Raises:
        ValueError: a key is none, or a day is no integer.
    """
    keys = _keys(by)
    chosen = "".join(f"    {each},\n" for each in keys)
    return f"SELECT\n{chosen}{_SUMS}\n{_joined(first, end, shared)}{_grouped(keys)}"


def peaks(first: int, end: int, by: Sequence[str] = (), shared: Sequence[str] = SHARED) -> str:
    """Ask for each local day's highest quarter-hour, all plugs of a group together.

    Args:
        first: see `energy`.
        end: see `energy`.
        shared: see `energy`.
        by: of `OF_QUARTER`; none for the whole flat.

    Returns:
        SQL; its columns are local_day, the keys, start_s (the first, of equal ones), energy_mwh.
    """
    days = ("local_day", *by)
    names = ", ".join(days)
    each = "".join(f"{key} AS {name}, " for key, name in zip(_keys(days), days, strict=True))
    place = ", ".join((*_keys(days), "quarter.start_s"))
    same = " AND ".join(f"sums.{name} = tops.{name}" for name in days)
    found = ", ".join(f"sums.{name}" for name in days)
    return (
        f"WITH sums AS (\nSELECT {each}quarter.start_s AS start_s, "
        "CAST(SUM(quarter.energy_mwh) AS BIGINT) AS energy_mwh\n"
        f"{_joined(first, end, shared)}\nGROUP BY {place}\n), tops AS (\n"
        f"SELECT {names}, MAX(energy_mwh) AS energy_mwh FROM sums GROUP BY {names}\n)\n"
        f"SELECT {found}, MIN(sums.start_s) AS start_s, sums.energy_mwh AS energy_mwh\n"
        f"FROM sums INNER JOIN tops ON {same} AND sums.energy_mwh = tops.energy_mwh\n"
        f"GROUP BY {found}, sums.energy_mwh"
    )


def standby(
    first: int,
    end: int,
    by: Sequence[str] = ("local_day", "appliance"),
    shared: Sequence[str] = SHARED,
) -> str:
    """Ask for the energy a tenth of a group's quarter-hours stay below.

    Args:
        first: see `energy`.
        end: see `energy`.
        shared: see `energy`.
        by: `KEYS`, one or more.

    Returns:
        SQL; its columns are the keys, standby_mwh (a quarter-hour) and quarters (how many
        there were). Groups of fewer than eight are left out.
    """
    keys = ", ".join(_keys(by))
    names = ", ".join(by)
    each = ", ".join(f"{key} AS {name}" for key, name in zip(_keys(by), by, strict=True))
    return (
        f"WITH ranked AS (\nSELECT {each}, quarter.energy_mwh AS energy_mwh,\n"
        f"    ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY quarter.energy_mwh) AS place,\n"
        f"    COUNT(*) OVER (PARTITION BY {keys}) AS quarters\n"
        f"{_joined(first, end, shared)}\n"
        f"    AND quarter.readings > 0 AND quarter.missing_ms = 0 "
        f"AND (quarter.flags & {GAP}) = 0\n)\n"
        f"SELECT {names}, energy_mwh AS standby_mwh, quarters FROM ranked\n"
        f"WHERE {STANDBY_PART} * (place - 1) <= quarters AND quarters < {STANDBY_PART} * place\n"
        f"    AND quarters >= {STANDBY_LEAST}"
    )


def comparison(
    period: tuple[int, int],
    earlier: tuple[int, int],
    by: Sequence[str],
    shared: Sequence[str] = SHARED,
) -> str:
    """Ask for two periods side by side.

    Args:
        period: first and end as in `energy`.
        earlier: the same.
        by: `KEYS` that both have, so no days.
        shared: see `energy`.

    Returns:
        SQL; its columns are the keys, energy_mwh, cost_peur, unpriced_mwh of the period,
        then the same of the earlier one as earlier_mwh, earlier_peur, earlier_unpriced_mwh.
    """
    first, end = min(period[0], earlier[0]), max(period[1], earlier[1])
    keys = _keys(by)
    chosen = "".join(f"    {each},\n" for each in keys)
    sides = (
        (period, "energy_mwh", "cost_peur", "unpriced_mwh"),
        (earlier, "earlier_mwh", "earlier_peur", "earlier_unpriced_mwh"),
    )
    columns = ",\n".join(_side(*side) for side in sides)
    either = f"\n    AND ({_within(*period)} OR {_within(*earlier)})"
    return f"SELECT\n{chosen}{columns}\n{_joined(first, end, shared)}{either}{_grouped(keys)}"


def _side(period: tuple[int, int], energy_as: str, cost_as: str, unpriced_as: str) -> str:
    inside = _within(*period)
    return ",\n".join(
        f"    CAST(COALESCE(SUM(CASE WHEN {condition} THEN {value} ELSE 0 END), 0) AS BIGINT)"
        f" AS {name}"
        for condition, value, name in (
            (inside, "quarter.energy_mwh", energy_as),
            (inside, "quarter.energy_mwh * slot.rate_ueur_kwh", cost_as),
            (f"{inside} AND slot.rate_ueur_kwh IS NULL", "quarter.energy_mwh", unpriced_as),
        )
    )


def _joined(first: int, end: int, shared: Sequence[str]) -> str:
    if not shared or not SHAREABLE.issuperset(shared):
        raise ValueError(f"tables cannot be joined by {list(shared)}")
    on = " AND ".join(f"slot.{each} = quarter.{each}" for each in shared)
    return f"FROM quarter INNER JOIN slot ON {on}\nWHERE {_within(first, end)}"


def _within(first: int, end: int) -> str:
    if type(first) is not int or type(end) is not int:
        raise ValueError(f"days are whole numbers, not {first!r} and {end!r}")
    return f"slot.local_day >= {first} AND slot.local_day < {end}"


def _keys(by: Sequence[str]) -> list[str]:
    """Return keys with their tables; raises ValueError."""
    unknown = [each for each in by if each not in KEYS]
    if unknown:
        raise ValueError(f"there is no key {unknown[0]!r}; known: {', '.join(sorted(KEYS))}")
    return [f"{'quarter' if each in OF_QUARTER else 'slot'}.{each}" for each in by]


def _grouped(keys: Sequence[str]) -> str:
    return f"\nGROUP BY {', '.join(keys)}" if keys else ""
