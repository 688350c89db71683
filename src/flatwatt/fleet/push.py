"""The edge's side: months of quarter-hours go to the fleet's folder, each once.

What lies there is compared by content, so a push may be stopped anywhere and begun
again, and sends again only what was corrected since. The manifest is written behind the
files it names: until then, readers do not believe them.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from flatwatt.fleet import pack
from flatwatt.fleet.layout import (
    QUARTER,
    SLOT,
    Manifest,
    Part,
    QuarterRow,
    digest_of,
    manifest_name,
    tariff_of,
)
from flatwatt.fleet.shelf import Shelf
from flatwatt.store.questions import Slot


class Month(Struct, frozen=True):
    """A local month of a flat, to be delivered.

    Attributes:
        month: as 2026-10.
        rows: quarter-hours of its closed days, by appliance and start.
        slots: all quarter-hours of the month.
        until_s: closed up to here, seconds of Unix time.
    """

    month: str
    rows: Sequence[QuarterRow]
    slots: Sequence[Slot]
    until_s: int


class Sent(Struct, frozen=True):
    """What a push did.

    Attributes:
        months: that were sent, in order.
        same: how many lay there already.
        sent_bytes: what went over the wire, manifest included.
    """

    months: tuple[str, ...]
    same: int
    sent_bytes: int


def push(shelf: Shelf, flat: str, zone: str, months: Iterable[Month]) -> Iterator[Sent]:
    """Deliver months that differ from what lies there; yields after each month.

    The last one tells all. Months that lie there and are not among `months` stay.

    Args:
        shelf: the fleet's folder.
        flat: id.
        zone: IANA name of its time zone.
        months: in order; empty ones are passed over.

    Raises:
        FleetError: the folder cannot be written; what was sent until then counts.
    """
    before = shelf.manifest(flat) or Manifest(flat, zone)
    parts = {part.month: part for part in before.parts}
    sent: list[str] = []
    same = size = 0
    for month in months:
        if not month.rows:
            continue
        made = _part(flat, month)
        if _lies_there(shelf, parts.get(month.month), made):
            same += 1
        else:
            parts[month.month], length = _deliver(shelf, made, month, parts.get(month.month))
            sent.append(month.month)
            size += length + _tell(shelf, flat, zone, parts)
        yield Sent(tuple(sent), same, size)


def _part(flat: str, month: Month) -> Part:
    starts = {row.start_s for row in month.rows}
    return Part(
        flat=flat,
        month=month.month,
        digest=digest_of(month.rows),
        tariff=tariff_of(month.slots),
        quarter_bytes=0,
        slot_bytes=0,
        rows=len(month.rows),
        energy_mwh=sum(row.energy_mwh for row in month.rows),
        missing_ms=sum(row.missing_ms for row in month.rows),
        slots=len(month.slots),
        covered=len(starts),
        until_s=month.until_s,
    )


def _lies_there(shelf: Shelf, part: Part | None, made: Part) -> bool:
    """Whether a part is what was sent before, and its files are still as long."""
    if part is None or shelf.size(f"{part.folder}/{QUARTER}") != part.quarter_bytes:
        return False
    bare = msgspec.structs.replace(part, quarter_bytes=0, slot_bytes=0)
    return bare == made and _slots_lie_there(shelf, part, made)


def _slots_lie_there(shelf: Shelf, part: Part | None, made: Part) -> bool:
    if part is None or part.tariff != made.tariff:
        return False
    return shelf.size(f"{part.folder}/{SLOT}") == part.slot_bytes


def _deliver(shelf: Shelf, made: Part, month: Month, before: Part | None) -> tuple[Part, int]:
    """Put what differs; return the part and the bytes that were sent."""
    sent = 0
    slot_bytes = before.slot_bytes if before else 0
    if not _slots_lie_there(shelf, before, made):
        slots = pack.slot_parquet(made.tariff, month.slots)
        shelf.put(f"{made.folder}/{SLOT}", slots)
        sent = slot_bytes = len(slots)
    quarters = pack.quarter_parquet(made.flat, made.tariff, month.rows)
    shelf.put(f"{made.folder}/{QUARTER}", quarters)
    part = msgspec.structs.replace(made, quarter_bytes=len(quarters), slot_bytes=slot_bytes)
    return part, sent + len(quarters)


def _tell(shelf: Shelf, flat: str, zone: str, parts: dict[str, Part]) -> int:
    ordered = tuple(parts[month] for month in sorted(parts))
    text = msgspec.json.format(msgspec.json.encode(Manifest(flat, zone, ordered)), indent=1)
    shelf.put(manifest_name(flat), text)
    return len(text)
