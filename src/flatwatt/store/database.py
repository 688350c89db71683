"""Opening SQLite files: whose they are, how safe they write, and errors in our words."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flatwatt.errors import StoreError

BUSY_S = 5.0
OURS = 0x464C5754
"""`FLWT` in the file's header says that it is flatwatt's."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REMEDIES = {
    sqlite3.SQLITE_FULL: "free some space on the disk",
    sqlite3.SQLITE_READONLY: "check the disk and the folder's owner",
    sqlite3.SQLITE_CANTOPEN: "check the folder and its owner",
    sqlite3.SQLITE_PERM: "give the user who runs flatwatt the folder",
    sqlite3.SQLITE_IOERR: "back up the folder; the disk may be failing",
    sqlite3.SQLITE_BUSY: "another program holds the file; close it",
}


class NotOursError(Exception):
    """A database that flatwatt of this version did not make; the text says whose."""


class NewerError(NotOursError):
    """A database of a newer flatwatt."""


def connect(path: Path, *, durable: bool) -> sqlite3.Connection:
    """Open for reading and writing, making the file if need be; for any one thread at a time.

    Args:
        path: the file.
        durable: whether a commit survives a power cut (else the last ones may be lost,
            never torn).

    Raises:
        sqlite3.Error: as SQLite says it.
    """
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        # Only macOS heeds these: its plain fsync stops at the drive's memory.
        connection.execute(f"PRAGMA fullfsync={int(durable)}")
        connection.execute(f"PRAGMA checkpoint_fullfsync={int(durable)}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a database that another process may be writing; raises sqlite3.Error."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )


def settle(connection: sqlite3.Connection, scripts: Sequence[Sequence[str]]) -> None:
    """Bring a new or older database of ours to the present schema.

    Args:
        connection: from `connect`.
        scripts: for each schema version, the statements that lead to it.

    Raises:
        NotOursError: another program's; NewerError: a newer flatwatt's.
        sqlite3.Error: as SQLite says it.
    """
    with transaction(connection):
        version = version_of(connection, len(scripts), empty_is_ours=True)
        for script in scripts[version:]:
            for statement in script:
                connection.execute(statement)
        if version < len(scripts):
            connection.execute(f"PRAGMA application_id={OURS}")
            connection.execute(f"PRAGMA user_version={len(scripts)}")


def version_of(connection: sqlite3.Connection, newest: int, *, empty_is_ours: bool) -> int:
    """Return the schema version of a database of ours; raises as `settle` does."""
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if empty_is_ours and not tables and owner in (0, OURS):
        return 0
    if owner != OURS or version == 0:
        raise NotOursError("is the database of another program")
    if version > newest:
        raise NewerError(
            f"was written by a newer flatwatt (schema {version}, this one knows {newest})"
        )
    return int(version)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, and the only writer meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite itself rolls back after some errors, a full disk among them.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def damaged(error: sqlite3.Error) -> bool:
    """Return whether the file itself is broken, rather than busy or out of reach."""
    return _code(error) in _DAMAGED


def in_our_words(path: Path, error: sqlite3.Error, if_damaged: str) -> StoreError:
    """Return the error for a flatmate.

    Args:
        path: the file.
        error: what SQLite said.
        if_damaged: the remedy where the file is broken.
    """
    if damaged(error):
        return StoreError(f"{path}: the file is damaged ({error}); {if_damaged}")
    remedy = _REMEDIES.get(_code(error), "check the disk and the folder")
    return StoreError(f"{path}: cannot be used ({error}); {remedy}")


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code; the higher bits only tell details."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
