"""The slot calendar in `derived/quarters.sqlite`: a local month at a time.

Who makes the slots knows time zone and tariff; here they are only kept. A month's
fingerprint says whether they are still right, so a new tariff touches its own days only.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from flatwatt.store.questions import Slot

SCHEMA = (
    """CREATE TABLE slot (
        start_s INTEGER PRIMARY KEY,
        hour_s INTEGER NOT NULL,
        local_day INTEGER NOT NULL,
        local_week INTEGER NOT NULL,
        local_month INTEGER NOT NULL,
        local_year INTEGER NOT NULL,
        weekday INTEGER NOT NULL,
        local_hour INTEGER NOT NULL,
        rate_ueur_kwh INTEGER
    )""",
    "CREATE INDEX slot_day ON slot (local_day)",
    """CREATE TABLE slot_month (
        local_month INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL
    )""",
)
EPOCH = date(1970, 1, 1).toordinal()
PUT_SLOT = "INSERT OR REPLACE INTO slot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_MONTH = "SELECT * FROM slot WHERE local_month = ?"


class SlotMaker(Protocol):
    """Knows a flat's local time and what energy costs; `report.calendar.Calendar` is one."""

    def month(self, start_s: int) -> int:
        """Return the local month of an instant, as 202611."""
        ...

    def day(self, start_s: int) -> int:
        """Return the local day of an instant, as days since 1970."""
        ...

    def begins_s(self, day: int) -> int:
        """Return when a local day begins."""
        ...

    def fingerprint(self, month: int) -> str:
        """Return what changes when a month's slots do."""
        ...

    def slots(self, month: int) -> Sequence[Slot]:
        """Return a month's slots in order."""
        ...


def first_day(month: int) -> int:
    """Return a month's first day, since 1970."""
    return date(month // 100, month % 100, 1).toordinal() - EPOCH


def end_day(month: int) -> int:
    """Return the first day after a month, since 1970."""
    return first_day(month + 1 if month % 100 < 12 else month + 89)


def months(connection: sqlite3.Connection) -> dict[int, str]:
    """Return the months that are kept, with their fingerprints."""
    return dict(connection.execute("SELECT local_month, fingerprint FROM slot_month"))


def refresh(connection: sqlite3.Connection, maker: SlotMaker, wanted: Iterable[int]) -> set[int]:
    """Make months that are missing or changed; return the local days whose slots changed.

    Args:
        connection: in a transaction.
        maker: of the slots.
        wanted: months.
    """
    known, changed = months(connection), set[int]()
    for month in sorted(set(wanted)):
        fingerprint = maker.fingerprint(month)
        if known.get(month) != fingerprint:
            changed |= _replace(connection, maker, month)
            connection.execute(
                "INSERT OR REPLACE INTO slot_month VALUES (?, ?)", (month, fingerprint)
            )
    return changed


def _replace(connection: sqlite3.Connection, maker: SlotMaker, month: int) -> set[int]:
    """Write what is different about a month; return its days."""
    before: set[Slot] = set(connection.execute(_MONTH, (month,)))
    slots = maker.slots(month)
    gone = before.difference(slots)
    new = [each for each in slots if each not in before]
    connection.executemany("DELETE FROM slot WHERE start_s = ?", [each[:1] for each in gone])
    # In another zone a month's edge lies elsewhere: its slots may still be a neighbour's.
    connection.executemany(PUT_SLOT, new)
    return {each[2] for each in (*gone, *new)}
