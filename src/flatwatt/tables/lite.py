"""Questions with the standard library's SQLite: views in memory, read only."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from flatwatt.errors import UsageError
from flatwatt.tables.answer import Answer, Limits
from flatwatt.tables.shape import Kind, Table
from flatwatt.tables.views import Asked, named_in, table_of

MOST_ROWS = 2_000_000
"""Of one view in memory: about 250 MB."""
_TYPES = {Kind.TEXT: "TEXT", Kind.NUMBER: "REAL", Kind.INTEGER: "INTEGER"}
_ALLOWED = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
)
_STEPS = 10_000
"""Instructions of SQLite between two looks at the clock."""


@contextmanager
def ask(sql: str, asked: Asked, limits: Limits) -> Iterator[Answer]:
    """Answer a question; see `duck.ask`, which needs an extra.

    Raises:
        UsageError: the question is not understood, writes, takes too long, or a view is too
            large for memory.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for name in sorted(named_in(sql)):
            _fill(connection, name, table_of(name, asked))
        connection.execute(f"PRAGMA hard_heap_limit={limits.memory_mb * 1_048_576}")
        deadline = time.perf_counter() + limits.seconds
        connection.set_authorizer(_authorise)
        connection.set_progress_handler(lambda: time.perf_counter() > deadline, _STEPS)
        with _in_our_words(limits):
            cursor = connection.execute(sql)
            if cursor.description is None:
                raise UsageError("one SELECT at a time")
            yield Answer([each[0] for each in cursor.description], cursor)
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, name: str, table: Table) -> None:
    kinds = ", ".join(f'"{each.name}" {_TYPES[each.kind]}' for each in table.columns)
    connection.execute(f"CREATE TABLE {name} ({kinds})")
    marks = ", ".join("?" * len(table.columns))
    rows = islice(table.rows, MOST_ROWS + 1)
    done = connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - our own names
    if done.rowcount > MOST_ROWS:
        raise UsageError(
            f"{name} has more than {MOST_ROWS} rows; choose fewer days with --from and --to, or "
            "install the extra: pip install 'flatwatt[archive]'"
        )


def _authorise(action: int, one: str | None, two: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_FUNCTION and "load_extension" in (one, two):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


@contextmanager
def _in_our_words(limits: Limits) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "interrupted" in text:
            raise UsageError(f"no answer within {limits.seconds:g} s; ask for less") from error
        if "not authorized" in text or "prohibited" in text:
            raise UsageError("only questions are answered: SELECT; nothing is written") from error
        raise UsageError(f"the question is not understood: {text}") from error
    except sqlite3.Warning as error:  # several statements
        raise UsageError("one SELECT at a time") from error
    except MemoryError as error:
        raise UsageError(f"the answer needs more than {limits.memory_mb} MB") from error
