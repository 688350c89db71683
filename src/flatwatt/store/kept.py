"""`kept.sqlite`: quarter-hours and runs of days whose record was pruned: nothing else has them.

With them lies the state of the derivation at the end of the last such day, so that what was
learned from pruned days is not lost when `derived/` is made anew.
"""

import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

import msgspec

from flatwatt.errors import StoreError
from flatwatt.model import Run
from flatwatt.store import database
from flatwatt.store.quarters import Checkpoint, Quarter

_SCHEMA = (
    (
        """CREATE TABLE day (
            day TEXT PRIMARY KEY,
            bytes INTEGER NOT NULL,
            quarters BLOB NOT NULL,
            runs BLOB NOT NULL
        ) WITHOUT ROWID""",
        "CREATE TABLE edge (one INTEGER PRIMARY KEY CHECK (one = 1), checkpoint BLOB NOT NULL)",
    ),
)
_PUT = "INSERT OR REPLACE INTO day VALUES (?, ?, ?, ?)"
_PUT_EDGE = "INSERT OR REPLACE INTO edge VALUES (1, ?)"
_REMEDY = "stop flatwatt and restore kept.sqlite from a backup"
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_Kind = TypeVar("_Kind", Quarter, Run)
_Any = TypeVar("_Any")


class Kept:
    """The figures of pruned days. Any thread may call any method.

    Args:
        path: `kept.sqlite`; made if need be, unless read only.
        read_only: look on.

    Raises:
        StoreError: the file cannot be used, is damaged, or is not ours. It holds what cannot
            be derived, so it is never replaced by itself.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._in_our_words():
            if read_only:
                self._connection = database.connect_read_only(path)
            else:
                self._connection = database.connect(path, durable=True)
            try:
                if read_only:
                    database.version_of(self._connection, len(_SCHEMA), empty_is_ours=False)
                else:
                    database.settle(self._connection, _SCHEMA)
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise database.in_our_words(self._path, error, _REMEDY) from error
            except database.NewerError as error:
                raise StoreError(f"{self._path}: {error}; update flatwatt") from error
            except database.NotOursError as error:
                raise StoreError(f"{self._path}: {error}; {_REMEDY}") from error

    def put(
        self,
        day: date,
        bytes_: int,
        quarters: Sequence[Quarter],
        runs: Sequence[Run],
        edge: Checkpoint,
    ) -> None:
        """Keep a day for good; durable when this returns.

        Args:
            day: local day.
            bytes_: of its record, uncompressed.
            quarters: that changed on this day; absolute, replace those of an earlier day.
            runs: that ended on this day; likewise.
            edge: from where the derivation goes on after it.

        Raises:
            StoreError: it could not be written; nothing was.
        """
        row = (day.isoformat(), bytes_, _packed(quarters), _packed(runs))
        with self._in_our_words(), database.transaction(self._connection):
            self._connection.execute(_PUT, row)
            self._connection.execute(_PUT_EDGE, (_packed(edge),))

    def days(self) -> dict[date, int]:
        """Return the days that are kept, with their record's uncompressed bytes."""
        with self._in_our_words():
            rows = self._connection.execute("SELECT day, bytes FROM day ORDER BY day").fetchall()
        return {date.fromisoformat(day): bytes_ for day, bytes_ in rows}

    def of(self, day: date) -> tuple[list[Quarter], list[Run]]:
        """Return what was put for a day; nothing where none was."""
        asked = "SELECT quarters, runs FROM day WHERE day = ?"
        with self._in_our_words():
            row = self._connection.execute(asked, (day.isoformat(),)).fetchone()
        if row is None:
            return [], []
        return self._unpacked(row[0], list[Quarter]), self._unpacked(row[1], list[Run])

    def edge(self, version: str) -> Checkpoint | None:
        """Return from where to go on, if this version of the arithmetic made it."""
        with self._in_our_words():
            row = self._connection.execute("SELECT checkpoint FROM edge").fetchone()
        found = None if row is None else self._unpacked(row[0], Checkpoint)
        return found if found is not None and found.version == version else None

    def quarters(self, start_ms: int, end_ms: int) -> list[Quarter]:
        """Return the quarter-hours that begin in [start, end)."""
        # A gap is booked on the day on which its plug is heard again, maybe weeks later.
        found: dict[tuple[str, str, int], Quarter] = {}
        for each in self._each("quarters", start_ms, Quarter):
            if start_ms <= each.start_ms < end_ms:
                found[each.appliance, each.plug, each.start_ms] = each
        return list(found.values())

    def runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Return the runs that touch a stretch; the end is outside."""
        found = {run.id: run for run in self._each("runs", start_ms, Run)}
        return [
            run
            for run in found.values()
            if run.start_ms < end_ms and run.end_ms is not None and run.end_ms >= start_ms
        ]

    def _each(self, column: str, start_ms: int, kind: type[_Kind]) -> Iterator[_Kind]:
        asked = f"SELECT {column} FROM day WHERE day >= ? ORDER BY day"  # noqa: S608 - our own word
        with self._in_our_words():
            blobs = [blob for (blob,) in self._connection.execute(asked, (_day_before(start_ms),))]
        for blob in blobs:
            yield from self._unpacked(blob, list[kind])  # type: ignore[valid-type]

    def _unpacked(self, blob: bytes, kind: type[_Any]) -> _Any:
        try:
            return msgspec.msgpack.decode(zlib.decompress(blob), type=kind)
        except (zlib.error, msgspec.MsgspecError) as error:
            raise StoreError(f"{self._path}: the file is damaged ({error}); {_REMEDY}") from error

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        with self._lock:
            self._connection.close()


def _packed(value: object) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(value))


def _day_before(at_ms: int) -> str:
    """Return the day before the UTC day of an instant: local days begin elsewhere."""
    ordinal = _EPOCH_DAY + at_ms // _DAY_MS - 1
    return date.fromordinal(min(max(1, ordinal), date.max.toordinal())).isoformat()
