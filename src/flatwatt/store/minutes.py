"""Minutes in `derived/quarters.sqlite`: packed hours of the last weeks.

An hour is written once it is over, together with the checkpoint that no longer has it. A part
that comes late is put together with what is there.
"""

import sqlite3
from collections.abc import Iterable
from typing import TypeAlias

from flatwatt.packing import KEPT_S, together

PackedHour: TypeAlias = tuple[str, int, bytes]
"""Appliance, beginning in s, minutes as `appliance.minutes` packs them."""

SCHEMA = (
    """CREATE TABLE minutes (
        appliance TEXT NOT NULL, hour_s INTEGER NOT NULL, packed BLOB NOT NULL,
        PRIMARY KEY (appliance, hour_s)
    )""",
)
_GET = "SELECT packed FROM minutes WHERE appliance = ? AND hour_s = ?"
_PUT = "INSERT OR REPLACE INTO minutes VALUES (?, ?, ?)"
_FORGET = """DELETE FROM minutes WHERE appliance = ?1
    AND hour_s < (SELECT max(hour_s) FROM minutes WHERE appliance = ?1) - ?2"""


def write(connection: sqlite3.Connection, hours: Iterable[PackedHour]) -> None:
    """Keep parts of hours that are over, and forget what is too old; in a transaction."""
    seen = set[str]()
    for appliance, hour_s, data in hours:
        seen.add(appliance)
        before = connection.execute(_GET, (appliance, hour_s)).fetchone()
        whole = data if before is None else together(before[0], data)
        connection.execute(_PUT, (appliance, hour_s, whole))
    for appliance in sorted(seen):
        connection.execute(_FORGET, (appliance, KEPT_S))


def between(
    connection: sqlite3.Connection, appliance: str, start_s: int, end_s: int
) -> list[tuple[int, bytes]]:
    """Return (beginning in s, packed) of the hours that begin in [start, end)."""
    found = connection.execute(
        "SELECT hour_s, packed FROM minutes "
        "WHERE appliance = ? AND hour_s >= ? AND hour_s < ? ORDER BY hour_s",
        (appliance, start_s, end_s),
    )
    return found.fetchall()


def oldest_s(connection: sqlite3.Connection, appliance: str) -> int | None:
    """Return where an appliance's minutes begin; None without any."""
    row = connection.execute(
        "SELECT min(hour_s) FROM minutes WHERE appliance = ?", (appliance,)
    ).fetchone()
    return None if row[0] is None else int(row[0])
