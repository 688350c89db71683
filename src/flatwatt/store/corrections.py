"""The log of corrections: what people said about runs, kept for good.

Several processes may use it at once: a person's command adds, the collector takes in.
"""

import sqlite3
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from flatwatt.correction import FROM_START, Correction, Draft, Kind, Payload
from flatwatt.errors import StoreError, UsageError
from flatwatt.store import database
from flatwatt.store.state import CORRECTIONS_SINCE, in_our_words, open_state

_ADD = "INSERT INTO correction (made_ms, kind, appliance, payload) VALUES (?, ?, ?, ?)"
_ALL = """SELECT seq, made_ms, kind, appliance, payload, taken_ms, undone
    FROM correction ORDER BY seq"""
_UNDO = "UPDATE correction SET undone = 1 WHERE seq = ? AND undone = 0 AND kind <> 'undo'"
_TAKE = "UPDATE correction SET taken_ms = ? WHERE seq = ? AND taken_ms IS NULL"
_FROM_START = "UPDATE correction SET taken_ms = ? WHERE kind = 'kind'"


class CorrectionLog:
    """Corrections in the order they were made. Any thread may call any method.

    Args:
        path: `state.sqlite`; made if need be.
        read_only: look on; without a usable file or table there are no corrections yet.

    Raises:
        StoreError: the file cannot be opened, is damaged, another program's, or a newer
            flatwatt's.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._lock = threading.Lock()
        self._seen: int | None = None
        self._rows: list[Correction] = []
        self._connection: sqlite3.Connection | None = None
        with self._in_our_words():
            self._open()

    def _in_our_words(self) -> AbstractContextManager[None]:
        return in_our_words(self._path)

    def _open(self) -> sqlite3.Connection | None:
        if self._connection is None and not (self._read_only and not self._path.exists()):
            connection, version = open_state(self._path, read_only=self._read_only)
            if version < CORRECTIONS_SINCE:  # an older flatwatt still writes here
                connection.close()
            else:
                self._connection = connection
        return self._connection

    def rows(self) -> list[Correction]:
        """Return all corrections, undone ones and undoings too, by number.

        Cheap to ask again: the table is read only after somebody wrote into the file.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._lock, self._in_our_words():
            connection = self._open()
            if connection is None:
                return []
            (seen,) = connection.execute("PRAGMA data_version").fetchone()
            if seen != self._seen:
                self._rows = [self._row(row) for row in connection.execute(_ALL).fetchall()]
                self._seen = seen
            return list(self._rows)

    def _row(self, row: tuple[int, int, str, str, str, int | None, int]) -> Correction:
        seq, made_ms, kind, appliance, payload, taken_ms, undone = row
        try:
            said = msgspec.json.decode(payload, type=Payload)
            return Correction(seq, made_ms, Kind(kind), appliance, said, taken_ms, bool(undone))
        except (msgspec.MsgspecError, ValueError) as error:
            raise StoreError(
                f"{self._path}: correction {seq} cannot be read ({error}); update flatwatt"
            ) from error

    def add(self, draft: Draft, made_ms: int) -> Correction:
        """Write a correction down; durable when this returns.

        Raises:
            UsageError: it undoes one that is none, or is undone already.
            StoreError: it could not be written.
        """
        payload = msgspec.json.encode(draft.payload).decode()
        values = (made_ms, draft.kind.value, draft.appliance, payload)
        with self._lock, self._in_our_words(), database.transaction(self._writing()):
            if draft.kind is Kind.UNDO:
                self._undo(draft.payload.undoes)
            seq = self._writing().execute(_ADD, values).lastrowid
            self._seen = None
        return Correction(seq or 0, made_ms, draft.kind, draft.appliance, draft.payload)

    def _undo(self, seq: int) -> None:
        if self._writing().execute(_UNDO, (seq,)).rowcount != 1:
            raise UsageError(
                f"there is no correction {seq} to undo; see `flatwatt runs corrections`"
            )

    def take(self, seq: int, taken_ms: int) -> None:
        """Note where a correction was taken in; the first to say so counts."""
        with self._lock, self._in_our_words(), database.transaction(self._writing()):
            self._writing().execute(_TAKE, (taken_ms, seq))
            self._seen = None

    def kinds_from_start(self) -> None:
        """Let the kinds people gave count from the first reading on, at the next replay."""
        with self._lock, self._in_our_words(), database.transaction(self._writing()):
            self._writing().execute(_FROM_START, (FROM_START,))
            self._seen = None

    def _writing(self) -> sqlite3.Connection:
        if self._connection is None or self._read_only:
            raise StoreError(f"{self._path}: is open to be looked at only")
        return self._connection

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
