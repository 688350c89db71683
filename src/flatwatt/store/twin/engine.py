"""DuckDB, opened for one piece of work: small memory, one thread, no network, no file of its own.

The only module that imports it.
"""

from __future__ import annotations

import importlib.util
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from flatwatt.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

MEMORY_MB = 160
THREADS = 1
FETCHED = 4096
Values: TypeAlias = "Sequence[object] | Mapping[str, object]"
"""For the `?` or the `$names` of a statement."""


def available() -> bool:
    """Return whether the extra is installed; imports nothing."""
    return importlib.util.find_spec("duckdb") is not None


class Engine:
    """A connection that says our errors."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, error: type[Exception]) -> None:
        self._connection = connection
        self._error = error

    def run(self, sql: str, values: Values = ()) -> None:
        """Run a statement. Raises StoreError."""
        try:
            self._connection.execute(sql, values)
        except self._error as error:
            raise _in_our_words(error) from error

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return all rows of an answer. Raises StoreError."""
        return [row for some in self.stream(sql, values) for row in some]

    def stream(self, sql: str, values: Values = ()) -> Iterator[list[tuple[Any, ...]]]:
        """Yield an answer in pieces of at most `FETCHED` rows. Raises StoreError."""
        try:
            cursor = self._connection.execute(sql, values)
            while some := cursor.fetchmany(FETCHED):
                yield some
        except self._error as error:
            raise _in_our_words(error) from error


def _in_our_words(error: Exception) -> StoreError:
    first = str(error).partition("\n")[0]
    return StoreError(
        f"the archive cannot be worked on ({first}); `flatwatt archive verify` says which file, "
        "`flatwatt archive rebuild` makes it anew"
    )


@contextmanager
def engine(
    scratch: Path, *, memory_mb: int = MEMORY_MB, threads: int = THREADS
) -> Iterator[Engine]:
    """Open DuckDB in memory.

    Args:
        scratch: folder for what does not fit into memory; made when needed, emptied at the end.
        memory_mb: the most it may use.
        threads: how many cores.

    Raises:
        StoreError: the extra is not installed.
    """
    try:
        import duckdb  # noqa: PLC0415 - an extra, and slow to load: only when it is used
    except ImportError as error:
        raise StoreError(
            "this needs DuckDB, which is not installed: pip install 'flatwatt[archive]' "
            "(there is none for 32-bit ARM; everything else works without it)"
        ) from error
    settings: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": threads,
        "temp_directory": str(scratch),
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        try:
            yield Engine(connection, duckdb.Error)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def quoted(text: object) -> str:
    """Return text or a path as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def listed(items: Sequence[object]) -> str:
    """Return several as an SQL list."""
    return "[" + ", ".join(map(quoted, items)) + "]"
