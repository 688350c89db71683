"""Hours and days of one appliance, for charts."""

import sqlite3

HOURS = """SELECT hour_s, power_min_mw, power_max_mw, energy_mwh FROM hourly
    WHERE appliance = ? AND hour_s >= ? AND hour_s < ? ORDER BY hour_s"""
DAYS = """SELECT local_day, power_min_mw, power_max_mw, energy_mwh FROM daily
    WHERE appliance = ? AND local_day >= ? AND local_day < ? ORDER BY local_day"""


def cells(
    connection: sqlite3.Connection, text: str, appliance: str, first: int, end: int
) -> list[tuple[int, int | None, int | None, int]]:
    """Return (hour's beginning or day, lowest and highest mW, mWh) in [first, end)."""
    return connection.execute(text, (appliance, first, end)).fetchall()
