"""A quarter-hour of one plug, as a row of `derived/quarters.sqlite`."""

from typing import TypeAlias

from msgspec import Struct

from flatwatt.model import QUARTER_MS

QUARTER_TABLE = """CREATE TABLE quarter (
    start_s INTEGER NOT NULL,
    appliance TEXT NOT NULL,
    plug TEXT NOT NULL,
    energy_mwh INTEGER NOT NULL,
    power_min_mw INTEGER,
    power_max_mw INTEGER,
    readings INTEGER NOT NULL,
    missing_ms INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    PRIMARY KEY (start_s, appliance, plug)
) WITHOUT ROWID"""
PUT_QUARTER = "INSERT OR REPLACE INTO quarter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
QuarterRow: TypeAlias = tuple[int, str, str, int, int | None, int | None, int, int, int]


class Quarter(Struct, frozen=True):
    """A quarter-hour of one plug.

    Attributes:
        appliance, plug: ids.
        start_ms: begin of the quarter-hour, UTC.
        energy_mwh: booked in it.
        power_min_mw, power_max_mw: of the readings in it; None when it has none with power.
        readings: how many.
        missing_ms: time in which nothing could be measured.
        flags: all flags of the readings together.
    """

    appliance: str
    plug: str
    start_ms: int
    energy_mwh: int
    power_min_mw: int | None
    power_max_mw: int | None
    readings: int
    missing_ms: int = 0
    flags: int = 0


def quarter_row(each: Quarter) -> QuarterRow:
    """Return a quarter-hour as a row; raises ValueError where it is none."""
    if each.start_ms % QUARTER_MS:
        raise ValueError(f"{each.appliance}: {each.start_ms} is not the begin of a quarter-hour")
    return (
        each.start_ms // 1000,
        each.appliance,
        each.plug,
        each.energy_mwh,
        each.power_min_mw,
        each.power_max_mw,
        each.readings,
        each.missing_ms,
        each.flags,
    )
