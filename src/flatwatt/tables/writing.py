"""Tables into files: CSV, JSON, lines of JSON, Parquet; row by row, however long they are."""

import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from flatwatt.errors import StoreError, UsageError
from flatwatt.tables.cells import cell, clock_time, excel_time
from flatwatt.tables.engine import duckdb_for
from flatwatt.tables.shape import Column, Kind, Table


class Format(StrEnum):
    """What a table is written as."""

    CSV = "csv"
    GERMAN = "german-csv"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"


ENDINGS = {
    ".json": Format.JSON,
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
    ".parquet": Format.PARQUET,
}
_SQL_KINDS = {
    Kind.TEXT: "VARCHAR",
    Kind.NUMBER: "DOUBLE",
    Kind.INTEGER: "BIGINT",
    Kind.TIME: "TIMESTAMPTZ",
    Kind.JSON: "VARCHAR",
}


def write(
    table: Table, as_: Format, zone: tzinfo, out: Path | None = None, *, force: bool = False
) -> None:
    """Write a table to a file, whole or not at all, or to standard output.

    Args:
        table: its rows are used up.
        as_: format.
        zone: of the local times.
        out: the file; None for standard output.
        force: replace a file that is there.

    Raises:
        StoreError: the file cannot be written.
        UsageError: it is there already, or Parquet was asked for without a file.
        ConfigError: Parquet needs the extra [archive].
    """
    if as_ is Format.PARQUET:
        if out is None:
            raise UsageError("Parquet needs a file: add -o FILE.parquet")
        duckdb_for("Parquet")  # before anything is written
    if out is None:
        stream(table, as_, zone, sys.stdout)
        return
    with _replacing(out, force=force) as part:
        if as_ is Format.PARQUET:
            _parquet(table, zone, part)
            return
        encoding = "utf-8-sig" if as_ in (Format.CSV, Format.GERMAN) else "utf-8"
        with part.open("w", encoding=encoding, newline="") as target:
            stream(table, as_, zone, target)


@contextmanager
def _replacing(out: Path, *, force: bool) -> Iterator[Path]:
    """Give a file beside `out` that takes its place once it is whole and on the disk."""
    if out.exists() and not force:
        raise UsageError(f"{out} is there already; --force replaces it")
    part = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
        os.close(handle)
        part = Path(name)
        yield part
        with part.open("rb+") as whole:
            os.fsync(whole.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(out)
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error.strerror or error})") from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def stream(table: Table, as_: Format, zone: tzinfo, target: TextIO) -> None:
    """Write a table as text, row by row; not for Parquet."""
    if as_ is Format.JSON:
        _json(table, zone, target)
    elif as_ is Format.NDJSON:
        target.writelines(f"{_object(table.columns, row, zone)}\n" for row in table.rows)
    else:
        _csv(table, zone, target, german=as_ is Format.GERMAN)


def _csv(table: Table, zone: tzinfo, stream: TextIO, *, german: bool) -> None:
    writer = csv.writer(stream, delimiter=";" if german else ",", lineterminator="\n")
    writer.writerow(csv_header(table.columns))
    kinds = [column.kind for column in table.columns]
    for row in table.rows:
        cells: list[object] = []
        for kind, value in zip(kinds, row, strict=True):
            if kind is not Kind.TIME:
                cells.append(cell(value, german=german))
            elif isinstance(value, int):
                cells += (excel_time if german else clock_time)(value, zone)
            else:
                cells += ("", "")
        writer.writerow(cells)


def csv_header(columns: Sequence[Column]) -> list[str]:
    """Return a table's names as CSV: a time is two columns, local time and offset from UTC."""
    names: list[str] = []
    for column in columns:
        names.append(column.name)
        if column.kind is Kind.TIME:
            first = "utc_offset" not in names
            names.append("utc_offset" if first else f"{column.name}_utc_offset")
    return names


def _json(table: Table, zone: tzinfo, stream: TextIO) -> None:
    separator = "[\n"
    for row in table.rows:
        stream.write(f"{separator}{_object(table.columns, row, zone)}")
        separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def _object(columns: Sequence[Column], row: Sequence[object], zone: tzinfo) -> str:
    named = {
        column.name: _plain(column.kind, value, zone)
        for column, value in zip(columns, row, strict=True)
    }
    return json.dumps(named, ensure_ascii=False)


def _plain(kind: Kind, value: object, zone: tzinfo) -> object:
    if kind is Kind.TIME and isinstance(value, int):
        return "".join(clock_time(value, zone))
    if kind is Kind.JSON and isinstance(value, str):
        return json.loads(value)
    return round(value, 6) if isinstance(value, float) else value


def _parquet(table: Table, zone: tzinfo, out: Path) -> None:
    """Write Parquet: DuckDB turns a stream of JSON lines into it, so memory stays small."""
    duckdb = duckdb_for("Parquet")
    kinds = ", ".join(f"'{each.name}': '{_SQL_KINDS[each.kind]}'" for each in table.columns)
    lines = out.with_name(f"{out.name}.ndjson")
    try:
        with lines.open("w", encoding="utf-8") as target:
            stream(table, Format.NDJSON, zone, target)
        with duckdb.connect(":memory:", config={"memory_limit": "150MB", "threads": 1}) as engine:
            engine.execute(
                f"COPY (SELECT * FROM read_json(?, format='newline_delimited', columns={{{kinds}}}))"  # noqa: S608, E501
                " TO ? (FORMAT parquet, COMPRESSION zstd)",
                [str(lines), str(out)],
            )
    except duckdb.Error as error:
        raise StoreError(f"Parquet could not be written: {error}") from error
    finally:
        lines.unlink(missing_ok=True)
