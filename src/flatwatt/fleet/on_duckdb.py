"""DuckDB reads the fleet's folder itself: one machine, nothing to keep running."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flatwatt.errors import FleetError
from flatwatt.fleet.engines import Choice, chosen, quarter_files, slot_files
from flatwatt.fleet.extra import need
from flatwatt.fleet.layout import QUARTER_COLUMNS, SLOT_COLUMNS
from flatwatt.fleet.shelf import Shelf

MEMORY_LIMIT = "2GB"


class OnDuckdb:
    """The engine in this process.

    Args:
        shelf: the fleet's folder.
        memory_limit: as DuckDB writes it; more goes to a temporary folder on the disk.

    Raises:
        FleetError: DuckDB is not installed.
    """

    def __init__(self, shelf: Shelf, memory_limit: str = MEMORY_LIMIT) -> None:
        self._duckdb = need("duckdb")
        self._shelf = shelf
        self._connection = self._duckdb.connect(
            config={"memory_limit": memory_limit, "preserve_insertion_order": False}
        )

    def choose(self, months: Collection[str]) -> Choice:
        """See `Engine`."""
        choice = chosen(self._shelf, months)
        self._show("quarter", QUARTER_COLUMNS, quarter_files(self._shelf, choice.parts))
        self._show("slot", SLOT_COLUMNS, slot_files(self._shelf, choice.parts))
        return choice

    def _show(self, table: str, columns: dict[str, str], files: Sequence[str]) -> None:
        names = ", ".join(columns)
        types = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
        quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        source = (
            f"SELECT {names} FROM read_parquet([{quoted}], hive_partitioning = false)"  # noqa: S608
            if files
            else f"SELECT {types} LIMIT 0"
        )
        with self._in_our_words():
            self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {source}")

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """See `Engine`."""
        with self._in_our_words():
            return list(self._connection.execute(question).fetchall())

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except self._duckdb.Error as error:
            raise FleetError(f"DuckDB: {str(error).splitlines()[0]}") from error

    def close(self) -> None:
        """See `Engine`."""
        self._connection.close()
