"""The health of a home: what `flatwatt status` says. Looks on, never writes."""

import platform
import sqlite3
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct

from flatwatt import __version__
from flatwatt.care import FreeBytes, forecast_of, free_bytes
from flatwatt.flat import Flat
from flatwatt.looking import DERIVATION
from flatwatt.report.periods import Period, local_day
from flatwatt.report.room import Forecast, Room, last_day, room_of
from flatwatt.store.kept import Kept
from flatwatt.store.readings import BadRow, read_days
from flatwatt.store.sizes import Sizes, sizes_of

SILENT_MS = 900_000
DRIFT_PERCENT = 10.0
"""A heater that switches between two readings makes some percent; more is worth a look."""


class Heard(Struct, frozen=True):
    """An appliance's newest reading and its recent gaps.

    Attributes:
        appliance, name: id, and what people read.
        last_ms: of its newest reading; None when there is none.
        age_s: since then.
        gaps_s: in the days looked at, in which nothing could be measured.
        drift_percent: counter against power; None without both.
    """

    appliance: str
    name: str
    last_ms: int | None
    age_s: int | None
    gaps_s: int
    drift_percent: float | None


class Status(Struct, frozen=True):
    """A home's health.

    Attributes:
        at_ms: the moment.
        recording: somebody records here.
        process: who; None when not known or nobody.
        appliances: in the configuration's order.
        first_day, last_day, days: of the record.
        record_bytes: on the disk.
        rows_a_day: readings of a usual recent whole day; None without one.
        bytes_a_reading: of those days, as written.
        derived_bytes, state_bytes: may be deleted; cannot be derived.
        kept_bytes, kept_days: of days whose record was pruned.
        disk: how long it lasts.
        full_on: on this day at the usual rate; None when not known or far.
        room: how much there is.
        keep_days: days of the record that stay when it is pruned; None for all.
        prunable_days: older ones.
        looked_days: so many days the gaps are of, today included.
        read_days: so many of them were searched for damaged rows; None for all there are.
        damaged: rows found there, and where the first is.
        checkpoint_age_s: since derived figures were kept; None for never.
        versions: of flatwatt, its arithmetic, Python and SQLite.
        troubles: what is amiss with the files, in words.
    """

    at_ms: int
    recording: bool
    process: int | None
    appliances: tuple[Heard, ...]
    first_day: date | None
    last_day: date | None
    days: int
    record_bytes: int
    rows_a_day: int | None
    bytes_a_reading: float | None
    derived_bytes: int
    state_bytes: int
    kept_bytes: int
    kept_days: int
    disk: Forecast
    full_on: date | None
    room: Room
    keep_days: int | None
    prunable_days: int
    looked_days: int
    read_days: int | None
    damaged: int
    first_damaged: str | None
    checkpoint_age_s: int | None
    versions: dict[str, str]
    troubles: tuple[str, ...]


def status_of(
    flat: Flat,
    now_ms: int,
    *,
    days: int = 7,
    whole: bool = False,
    free: FreeBytes = free_bytes,
) -> Status:
    """Return a home's health.

    Args:
        flat: that only watches, caught up with its record.
        now_ms: the moment.
        days: look for gaps in so many days, today included.
        whole: search the whole record for damaged rows, not yesterday and today only.
        free: tells what is free on a path's disk.

    Raises:
        StoreError, OSError: the home cannot be read.
    """
    home, today = flat.home, local_day(now_ms, flat.zone)
    sizes = sizes_of(home)
    disk = forecast_of(sizes, free(home.path), now_ms, flat.zone)
    writer, bad = home.writer(), _damaged(flat, today, whole=whole)
    rows, size = _rows(flat, sizes, today)
    keep_days = flat.config.record.keep_days
    return Status(
        at_ms=now_ms,
        recording=writer is not None,
        process=writer or None,
        appliances=_heard(flat, now_ms, today, days),
        first_day=sizes.days[0].day if sizes.days else None,
        last_day=sizes.days[-1].day if sizes.days else None,
        days=len(sizes.days),
        record_bytes=sizes.record,
        rows_a_day=rows,
        bytes_a_reading=size,
        derived_bytes=sizes.derived,
        state_bytes=sizes.state,
        kept_bytes=sizes.kept,
        kept_days=_kept_days(flat),
        disk=disk,
        full_on=last_day(disk, today),
        room=room_of(disk),
        keep_days=keep_days,
        prunable_days=_older(sizes, keep_days, today),
        looked_days=days,
        read_days=None if whole else 2,
        damaged=len(bad),
        first_damaged=str(bad[0]) if bad else None,
        checkpoint_age_s=_checkpoint_age_s(flat, now_ms),
        versions=_versions(),
        troubles=tuple(flat.store_troubles(rows=False)),
    )


def _heard(flat: Flat, now_ms: int, today: date, days: int) -> tuple[Heard, ...]:
    start_ms, end_ms = Period(today - timedelta(days=days - 1), today).bounds_ms(flat.zone)
    gaps_ms: dict[str, int] = defaultdict(int)
    for each in flat.quarters(start_ms, end_ms):
        gaps_ms[each.appliance] += each.missing_ms
    found = []
    for id_, plug in flat.config.plugs.items():
        tracker = flat.tracker(id_)
        last = None if tracker is None else tracker.last
        found.append(
            Heard(
                id_,
                plug.name or id_,
                None if last is None else last.at_ms,
                None if last is None else max(0, now_ms - last.at_ms) // 1000,
                gaps_ms[id_] // 1000,
                None if tracker is None else tracker.drift_percent(),
            )
        )
    return tuple(found)


def _damaged(flat: Flat, today: date, *, whole: bool) -> list[BadRow]:
    first = date.min if whole else today - timedelta(days=1)
    bad: list[BadRow] = []
    for _rows_read in read_days(flat.home.readings, first, today, bad.append):
        pass
    known = {(each.file, each.line) for each in bad}
    return bad + [each for each in flat.bad_rows if (each.file, each.line) not in known]


def _rows(flat: Flat, sizes: Sizes, today: date) -> tuple[int | None, float | None]:
    """Return readings of a usual recent whole day, and bytes a reading."""
    whole = [each for each in sizes.days if each.day < today][-7:]
    if not whole:
        return None, None
    rows = []
    for each in whole:
        bounds_ms = Period(each.day, each.day).bounds_ms(flat.zone)
        rows.append(sum(quarter.readings for quarter in flat.quarters(*bounds_ms)))
    total = sum(rows)
    size = float(Fraction(sum(each.plain_bytes for each in whole), total)) if total else None
    return sorted(rows)[len(rows) // 2], None if size is None else round(size, 1)


def _older(sizes: Sizes, keep_days: int | None, today: date) -> int:
    if keep_days is None:
        return 0
    oldest = today - timedelta(days=keep_days - 1)
    return sum(each.day < oldest for each in sizes.days)


def _kept_days(flat: Flat) -> int:
    if not flat.home.kept.exists():
        return 0
    kept = Kept(flat.home.kept, read_only=True)
    try:
        return len(kept.days())
    finally:
        kept.close()


def _checkpoint_age_s(flat: Flat, now_ms: int) -> int | None:
    path = flat.home.quarters
    times = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        try:
            times.append(each.stat().st_mtime)
        except OSError:
            continue
    return max(0, int(now_ms / 1000 - max(times))) if times else None


def _versions() -> dict[str, str]:
    return {
        "flatwatt": __version__,
        "arithmetic": DERIVATION,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
