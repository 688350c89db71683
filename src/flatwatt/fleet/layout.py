"""How a fleet's quarter-hours lie on shared storage, and what a flat says of them.

    flat=<id>/manifest.json                  what is whole, written last
    flat=<id>/month=2026-10/quarter.parquet  quarter-hours of one local month
    flat=<id>/month=2026-10/slot.parquet     their local days, hours and rates

A flat writes below its own folder only, so storage can keep flats from each other.
"""

import hashlib
import re
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from flatwatt.store.questions import Slot

LAYOUT = 1
MANIFEST = "manifest.json"
QUARTER = "quarter.parquet"
SLOT = "slot.parquet"
FLAT_ID = re.compile(r"[a-z][a-z0-9_-]{2,31}")
MONTH = re.compile(r"\d{4}-\d{2}")
QUARTER_COLUMNS = {
    "flat": "VARCHAR",
    "tariff": "BIGINT",
    "start_s": "BIGINT",
    "appliance": "VARCHAR",
    "energy_mwh": "BIGINT",
    "power_min_mw": "BIGINT",
    "power_max_mw": "BIGINT",
    "readings": "BIGINT",
    "missing_ms": "BIGINT",
    "flags": "BIGINT",
}
SLOT_COLUMNS = dict.fromkeys(
    (
        "tariff",
        "start_s",
        "hour_s",
        "local_day",
        "local_week",
        "local_month",
        "local_year",
        "weekday",
        "local_hour",
        "rate_ueur_kwh",
    ),
    "BIGINT",
)


class QuarterRow(Struct, frozen=True, array_like=True):
    """A quarter-hour as it leaves a flat.

    Attributes:
        start_s: begin, seconds of Unix time.
        appliance: an id, a kind, or `flat` for all together.
        energy_mwh, power_min_mw, power_max_mw, readings, missing_ms, flags: as in
            `store.quarters.Quarter`; no extremes where several appliances are one row.
    """

    start_s: int
    appliance: str
    energy_mwh: int
    power_min_mw: int | None
    power_max_mw: int | None
    readings: int
    missing_ms: int
    flags: int


class Part(Struct, frozen=True):
    """A month of a flat.

    Attributes:
        flat, month: whose, and which local month (2026-10).
        digest: of its quarter-hours (SHA-256 of the rows), whatever wrote the Parquet.
        tariff: number made of its slots' content; equal for flats priced alike.
        quarter_bytes, slot_bytes: sizes of the files.
        rows, energy_mwh, missing_ms: of all quarter-hours.
        slots: quarter-hours that the month has.
        covered: those of them with a row.
        until_s: closed up to here, seconds of Unix time.
    """

    flat: str
    month: str
    digest: str
    tariff: int
    quarter_bytes: int
    slot_bytes: int
    rows: int
    energy_mwh: int
    missing_ms: int
    slots: int
    covered: int
    until_s: int

    @property
    def folder(self) -> str:
        """Where its files lie, relative to the fleet's folder."""
        return f"flat={self.flat}/month={self.month}"

    @property
    def whole(self) -> bool:
        """Whether every quarter-hour of the month was measured throughout."""
        return self.covered == self.slots and not self.missing_ms


class Manifest(Struct, frozen=True):
    """What a flat has delivered.

    Attributes:
        flat: id.
        zone: IANA name of its time zone.
        parts: by month.
        layout: version of this file and the columns.
    """

    flat: str
    zone: str
    parts: tuple[Part, ...] = ()
    layout: int = LAYOUT


def manifest_name(flat: str) -> str:
    """Return where a flat's manifest lies, relative to the fleet's folder."""
    return f"flat={flat}/{MANIFEST}"


def digest_of(rows: Iterable[QuarterRow]) -> str:
    """Return the SHA-256 of quarter-hours in hexadecimal; the order counts."""
    return hashlib.sha256(msgspec.msgpack.encode(list(rows))).hexdigest()


def tariff_of(slots: Iterable[Slot]) -> int:
    """Return the number made of slots' content: 63 bits of its SHA-256."""
    digest = hashlib.sha256(msgspec.msgpack.encode(list(slots))).digest()
    return int.from_bytes(digest[:8], "big") >> 1
