"""`state.sqlite`: what cannot be derived. Several doors, one schema, one way to open it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flatwatt.errors import StoreError
from flatwatt.store import database

SCHEMA = (
    (
        """CREATE TABLE event (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            at_ms INTEGER NOT NULL,
            body TEXT NOT NULL
        )""",
        "CREATE INDEX event_at ON event (at_ms)",
        "CREATE TABLE cursor (sink TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID",
    ),
    (
        """CREATE TABLE correction (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            made_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            appliance TEXT NOT NULL,
            payload TEXT NOT NULL,
            taken_ms INTEGER,
            undone INTEGER NOT NULL DEFAULT 0
        )""",
    ),
)
"""For each version, the statements that lead to it."""
CORRECTIONS_SINCE = 2
"""The version that brought the table of corrections."""
_REMEDY = (
    "stop flatwatt and restore state.sqlite from a backup, or move it away to begin a new one"
)


def open_state(path: Path, *, read_only: bool) -> tuple[sqlite3.Connection, int]:
    """Open the file and bring it to the present schema.

    Args:
        path: `state.sqlite`; made if need be, unless read only.
        read_only: look on while another process writes; an older schema is left as it is.

    Returns:
        (connection, schema version).

    Raises:
        sqlite3.Error, database.NotOursError: see `in_our_words`.
    """
    if read_only:
        connection = database.connect_read_only(path)
    else:
        connection = database.connect(path, durable=True)
    try:
        if read_only:
            version = database.version_of(connection, len(SCHEMA), empty_is_ours=False)
        else:
            database.settle(connection, SCHEMA)
            version = len(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection, version


@contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Turn what SQLite says into StoreError with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise database.in_our_words(path, error, _REMEDY) from error
    except database.NewerError as error:
        raise StoreError(f"{path}: {error}; update flatwatt") from error
    except database.NotOursError as error:
        raise StoreError(f"{path}: {error}; {_REMEDY}") from error
