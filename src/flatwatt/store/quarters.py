"""Quarter-hours and runs: derived from the record, so this file may be deleted any time."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from flatwatt.errors import StoreError
from flatwatt.model import QUARTER_MS, Run
from flatwatt.store import database, minutes, slots, sums
from flatwatt.store.files import Position
from flatwatt.store.minutes import PackedHour
from flatwatt.store.quarter_rows import PUT_QUARTER, QUARTER_TABLE, Quarter, quarter_row
from flatwatt.store.run_rows import run_of, run_row
from flatwatt.store.slots import SlotMaker

__all__ = ["Checkpoint", "Quarter", "Quarters"]

_SCHEMA = (
    (
        QUARTER_TABLE,
        """CREATE TABLE run (
            id TEXT PRIMARY KEY,
            appliance TEXT NOT NULL,
            start_ms INTEGER NOT NULL,
            end_ms INTEGER,
            energy_mwh INTEGER NOT NULL,
            peak_w REAL NOT NULL,
            slices TEXT NOT NULL,
            missing_ms INTEGER NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX run_start ON run (start_ms)",
        """CREATE TABLE checkpoint (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            version TEXT NOT NULL,
            file TEXT NOT NULL,
            offset INTEGER NOT NULL,
            behind TEXT NOT NULL,
            state BLOB NOT NULL
        )""",
    ),
    ("ALTER TABLE run ADD COLUMN more TEXT NOT NULL DEFAULT '{}'",),
    (*slots.SCHEMA, *sums.SCHEMA, *minutes.SCHEMA),
)
_PUT_RUN = "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_CHECKPOINT = "INSERT OR REPLACE INTO checkpoint VALUES (1, ?, ?, ?, ?, ?)"
_GET_QUARTERS = """SELECT * FROM quarter
    WHERE start_s >= ? AND start_s < ? AND appliance = ifnull(?, appliance)
    ORDER BY start_s, appliance, plug"""
_GET_RUNS = """SELECT * FROM run
    WHERE start_ms < ? AND ifnull(end_ms, ?) >= ? AND appliance = ifnull(?, appliance)
    ORDER BY start_ms, id"""
_REMEDY = "delete the folder `derived`; it is made again from the record"
_FAILED = "SQLite finds it damaged"


class Checkpoint(Struct, frozen=True):
    """From where a derivation can go on.

    Attributes:
        version: of the arithmetic; another version starts from the beginning.
        position: how far the record is in the derived figures.
        state: what the derivation remembers beside them.
        hours: packed hours of minutes that are not in the state any more.
    """

    version: str
    position: Position
    state: bytes
    hours: tuple[PackedHour, ...] = ()


class Quarters:
    """The derived figures. Any thread may call any method.

    A power cut may take the last writes, never half of one: figures and checkpoint are
    written together, so the record simply leads on from an earlier checkpoint.

    Args:
        path: `derived/quarters.sqlite`; made if need be.
        read_only: look on while another process writes; without a usable file the
            figures are empty.
        maker: of the slot calendar; without one there are neither slots nor sums.

    Attributes:
        notice: what a person may want to know about the opening (a damaged file was put
            aside); None when all was well.

    Raises:
        StoreError: the disk refuses the file.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, maker: SlotMaker | None = None
    ) -> None:
        self.notice: str | None = None
        self._maker = maker
        self._compared = False
        self._path = path
        self._lock = threading.Lock()
        self._connection = self._look() if read_only else self._make()

    def _look(self) -> sqlite3.Connection:
        if self._path.exists():
            connection = None
            try:
                connection = database.connect_read_only(self._path)
                database.version_of(connection, len(_SCHEMA), empty_is_ours=False)
            except (sqlite3.Error, database.NotOursError) as error:
                self.notice = f"{self._path}: cannot be read ({error}); reading the record instead"
                if connection is not None:
                    connection.close()
            else:
                return connection
        empty = database.connect(Path(":memory:"), durable=False)
        database.settle(empty, _SCHEMA)
        return empty

    def _make(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._sound()
            except database.NotOursError as error:
                why = str(error)
            except sqlite3.Error as error:
                if not database.damaged(error):
                    raise
                why = f"{_FAILED} ({error})"
            self._put_aside(why)
            return self._sound()
        except sqlite3.Error as error:
            raise database.in_our_words(self._path, error, _REMEDY) from error
        except OSError as error:
            raise StoreError(
                f"{self._path}: cannot be used ({error.strerror or error}); check the disk and "
                "the folder's owner"
            ) from error

    def _sound(self) -> sqlite3.Connection:
        connection = database.connect(self._path, durable=False)
        try:
            database.settle(connection, _SCHEMA)
            _check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _put_aside(self, why: str) -> None:
        aside = self._path.with_name(self._path.name + ".bad")
        self._path.replace(aside)
        for ending in ("-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self.notice = (
            f"{self._path}: {why}; moved to {aside.name}, the figures are made again from the "
            "record"
        )

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise database.in_our_words(self._path, error, _REMEDY) from error

    def write(
        self, quarters: Sequence[Quarter], runs: Sequence[Run], checkpoint: Checkpoint | None
    ) -> None:
        """Keep figures and, with them, how far they reach: all or nothing.

        Args:
            quarters: with absolute figures; each replaces the one of its key.
            runs: each replaces the one of its id.
            checkpoint: replaces the one before; None leaves it.

        Raises:
            StoreError: it could not be written; nothing was.
        """
        with self._in_our_words(), database.transaction(self._connection):
            self._connection.executemany(PUT_QUARTER, map(quarter_row, quarters))
            self._connection.executemany(_PUT_RUN, map(run_row, runs))
            self._sum_up([each.start_ms // 1000 for each in quarters])
            if checkpoint is not None:
                place = checkpoint.position
                behind = msgspec.json.encode(place.behind).decode()
                self._connection.execute(
                    _PUT_CHECKPOINT,
                    (checkpoint.version, place.file, place.offset, behind, checkpoint.state),
                )
                minutes.write(self._connection, checkpoint.hours)

    def _sum_up(self, touched_s: Sequence[int]) -> None:
        if self._maker is not None:
            whole, self._compared = not self._compared, True
            sums.keep_up(self._connection, self._maker, touched_s, whole=whole)

    def checkpoint(self, version: str) -> Checkpoint | None:
        """Return the checkpoint of this version of the arithmetic; None if there is none."""
        with self._in_our_words():
            row = self._connection.execute(
                "SELECT file, offset, behind, state FROM checkpoint WHERE version = ?", (version,)
            ).fetchone()
        if row is None:
            return None
        behind = msgspec.json.decode(row[2], type=tuple[tuple[str, int], ...])
        return Checkpoint(version, Position(row[0], row[1], behind), row[3])

    def quarters(self, start_ms: int, end_ms: int, appliance: str | None = None) -> list[Quarter]:
        """Return the quarter-hours that begin in [start, end), by time, appliance, plug."""
        values = (-(-start_ms // 1000), -(-end_ms // 1000), appliance)  # rounded up
        with self._in_our_words():
            rows = self._connection.execute(_GET_QUARTERS, values).fetchall()
        return [Quarter(row[1], row[2], row[0] * 1000, *row[3:]) for row in rows]

    def runs(self, start_ms: int, end_ms: int, appliance: str | None = None) -> list[Run]:
        """Return the runs that touch a stretch of time, by start; the end is outside."""
        values = (end_ms, end_ms, start_ms, appliance)
        with self._in_our_words():
            rows = self._connection.execute(_GET_RUNS, values).fetchall()
        return [run_of(row) for row in rows]

    def span(self) -> tuple[int, int] | None:
        """Return the first quarter-hour's begin and the last one's end in ms; None without any."""
        with self._in_our_words():
            # Apart, each is one step in the index; together SQLite walks all of it.
            (first,) = self._connection.execute("SELECT min(start_s) FROM quarter").fetchone()
            (last,) = self._connection.execute("SELECT max(start_s) FROM quarter").fetchone()
        return None if first is None else (first * 1000, last * 1000 + QUARTER_MS)

    @contextmanager
    def asking(self) -> Iterator[sqlite3.Connection]:
        """Lend the database to be asked, not written; raises StoreError."""
        with self._in_our_words():
            yield self._connection

    def clear(self) -> None:
        """Forget all figures and the checkpoint, to derive them anew."""
        with self._in_our_words(), database.transaction(self._connection):
            for table in ("quarter", "run", "checkpoint", "minutes", *sums.CLEARED):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own text

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        with self._lock:
            self._connection.close()


def _check(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise database.NotOursError(f"{_FAILED} ({verdict})")
