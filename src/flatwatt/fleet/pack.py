"""Rows as Parquet, written by DuckDB: integers, sorted, delta encodings, zstd."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from flatwatt.fleet.extra import need
from flatwatt.fleet.layout import QUARTER_COLUMNS, SLOT_COLUMNS, QuarterRow
from flatwatt.store.questions import Slot

OPTIONS = (
    "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, PARQUET_VERSION v2, "
    # Few different values make a dictionary; times and energies must not.
    "DICTIONARY_SIZE_LIMIT 64, ROW_GROUP_SIZE 122880"
)


def quarter_parquet(flat: str, tariff: int, rows: Iterable[QuarterRow]) -> bytes:
    """Return quarter-hours of a flat's month, in the order of appliance and start."""
    values = (
        (flat, tariff, row.start_s, row.appliance, row.energy_mwh, row.power_min_mw,
         row.power_max_mw, row.readings, row.missing_ms, row.flags)
        for row in rows
    )  # fmt: skip
    return _parquet(QUARTER_COLUMNS, values)


def slot_parquet(tariff: int, slots: Iterable[Slot]) -> bytes:
    """Return the slots of a flat's month, by start."""
    return _parquet(SLOT_COLUMNS, ((tariff, *slot) for slot in slots))


def _parquet(columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as a Parquet file, in their order; None is NULL."""
    duckdb = need("duckdb")
    with TemporaryDirectory() as folder:
        # DuckDB takes a row at a time a hundred times slower than a file of them.
        text, target = Path(folder) / "rows.csv", Path(folder) / "rows.parquet"
        with text.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        source = "read_csv($1, header = false, auto_detect = false, delim = ',', columns = $2)"
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(
                f"COPY (SELECT * FROM {source}) TO '{_quoted(target)}' ({OPTIONS})",  # noqa: S608
                [str(text), dict(columns)],
            )
        return target.read_bytes()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
