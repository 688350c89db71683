"""From a fleet's folder into PostgreSQL: what changed, month by month, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import Struct

from flatwatt.errors import FleetError
from flatwatt.fleet.engines import chosen
from flatwatt.fleet.extra import need
from flatwatt.fleet.layout import QUARTER, QUARTER_COLUMNS, SLOT, SLOT_COLUMNS, Part
from flatwatt.fleet.on_postgresql import SCHEMA, OnPostgresql
from flatwatt.fleet.shelf import Shelf

BLOCK = 1 << 20
_OWN = [name for name in QUARTER_COLUMNS if name not in {"flat", "tariff"}]
_PUT_PART = """INSERT INTO fleet.part (flat, month, tariff, told) VALUES (%s, %s, %s, %s)
    ON CONFLICT (flat, month) DO UPDATE SET tariff = excluded.tariff, told = excluded.told
    RETURNING part"""
_PUT_SLOTS = "INSERT INTO fleet.slot SELECT * FROM arriving ON CONFLICT DO NOTHING"


class Loaded(Struct, frozen=True):
    """What a load did: months loaded, months that were there, months left out as broken."""

    months: int
    same: int
    broken: tuple[Part, ...]


def load(shelf: Shelf, target: OnPostgresql) -> Iterator[Loaded]:
    """Load the months that differ from what is there; yields after each.

    Each month is one transaction: whoever asks meanwhile sees the month before or after.

    Raises:
        FleetError: the folder or the server cannot be used; what was loaded stays.
    """
    with target.in_our_words():
        target.connection.execute(SCHEMA)
    there = {(part.flat, part.month): part for part in target.parts()}
    choice = chosen(shelf, _all_months(shelf))
    done = Loaded(0, 0, choice.broken)
    with TemporaryDirectory() as folder:
        loader = _Loader(shelf, target, Path(folder) / "rows.csv")
        for part in choice.parts:
            same = there.get((part.flat, part.month)) == part
            if not same:
                loader.load(part)
            done = Loaded(done.months + (not same), done.same + same, choice.broken)
            yield done
    if done.months:
        with target.in_our_words():  # without it the first report takes the slow way: 19 s
            target.connection.execute("ANALYZE fleet.part, fleet.quarter, fleet.slot")


def _all_months(shelf: Shelf) -> set[str]:
    manifests = (shelf.manifest(flat) for flat in shelf.flats())
    return {part.month for manifest in manifests if manifest for part in manifest.parts}


class _Loader:
    def __init__(self, shelf: Shelf, target: OnPostgresql, text: Path) -> None:
        self._shelf = shelf
        self._target = target
        self._text = text
        duckdb = need("duckdb")
        self._error = duckdb.Error
        self._duckdb = duckdb.connect(config={"threads": 1})
        self._tariffs = {part.tariff for part in target.parts()}

    def load(self, part: Part) -> None:
        """Put a month in place of the one before."""
        connection = self._target.connection
        with self._target.in_our_words(), connection.transaction():
            if part.tariff not in self._tariffs:
                self._slots(connection, part)
            told = msgspec.json.encode(part).decode()
            row = (part.flat, part.month, part.tariff, told)
            (number,) = connection.execute(_PUT_PART, row).fetchone()
            connection.execute("DELETE FROM fleet.quarter WHERE part = %s", (number,))
            self._as_text(part, QUARTER, f"{number} AS part, {', '.join(_OWN)}")
            self._copy(connection, f"fleet.quarter (part, {', '.join(_OWN)})")
        self._tariffs.add(part.tariff)

    def _slots(self, connection: Any, part: Part) -> None:  # noqa: ANN401 - psycopg is an extra
        connection.execute("CREATE TEMP TABLE arriving (LIKE fleet.slot) ON COMMIT DROP")
        self._as_text(part, SLOT, ", ".join(SLOT_COLUMNS))
        self._copy(connection, f"arriving ({', '.join(SLOT_COLUMNS)})")
        connection.execute(_PUT_SLOTS)

    def _as_text(self, part: Part, name: str, columns: str) -> None:
        source = str(self._shelf.path / part.folder / name)
        text = str(self._text).replace("'", "''")
        try:
            self._duckdb.execute(
                f"COPY (SELECT {columns} FROM read_parquet($1, hive_partitioning = false)) "  # noqa: S608
                f"TO '{text}' (FORMAT csv, HEADER false)",
                [source],
            )
        except self._error as error:
            raise FleetError(f"{source}: {str(error).splitlines()[0]}") from error

    def _copy(self, connection: Any, into: str) -> None:  # noqa: ANN401 - psycopg is an extra
        with (
            self._text.open("rb") as stream,
            connection.cursor().copy(f"COPY {into} FROM STDIN (FORMAT csv)") as copy,
        ):
            while block := stream.read(BLOCK):
                copy.write(block)
