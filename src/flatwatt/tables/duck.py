"""Questions with DuckDB, where it is installed: the whole record, read where it lies.

`readings` is read from the record's files themselves, so it holds all of it; the check sums of
its rows are not looked at, and rows that make no sense are left out. The other views are small
and are put into DuckDB's memory. Then every file but the record's is locked away.
"""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from flatwatt.errors import UsageError
from flatwatt.store.files import list_files
from flatwatt.tables.answer import Answer, Limits
from flatwatt.tables.engine import duckdb_for
from flatwatt.tables.shape import Column, Kind
from flatwatt.tables.views import Asked, named_in, table_of
from flatwatt.tables.writing import Format, stream

_TYPES = {Kind.TEXT: "VARCHAR", Kind.NUMBER: "DOUBLE", Kind.INTEGER: "BIGINT"}
_RECORD = {
    "time": "TIMESTAMP", "utc_offset": "VARCHAR", "appliance": "VARCHAR", "plug": "VARCHAR",
    "power_w": "DOUBLE", "energy_wh": "DOUBLE", "voltage_v": "DOUBLE", "flags": "VARCHAR",
    "crc32": "VARCHAR",
}  # fmt: skip
_READINGS = """CREATE VIEW readings AS SELECT
    epoch_ms("time") - (CASE WHEN utc_offset[1] = '-' THEN -1 ELSE 1 END)
        * (utc_offset[2:3]::BIGINT * 3600000 + utc_offset[5:6]::BIGINT * 60000) AS at_ms,
    strftime("time", '%Y-%m-%dT%H:%M:%S.%g') AS "time",
    appliance, plug, power_w, energy_wh, voltage_v, coalesce(flags, '') AS flags
    FROM read_csv({files}, header=true, delim=',', quote='', columns={columns},
        ignore_errors=true)"""
BATCH = 1000


@contextmanager
def ask(sql: str, asked: Asked, limits: Limits) -> Iterator[Answer]:
    """Answer a question about the views of docs/sql.md.

    Args:
        sql: one SELECT.
        asked: files, flat and days.
        limits: time and memory.

    Raises:
        UsageError: the question is not understood, writes, or takes too long or too much.
        ConfigError: DuckDB is not installed.
    """
    duckdb = duckdb_for("this question")
    with duckdb.connect(":memory:", config=_settings(limits)) as engine:
        _make_views(engine, named_in(sql), asked)
        _lock(engine, asked)
        with _in_our_words(duckdb, limits), _in_time(engine, limits):
            _check(duckdb, engine, sql)
            cursor = engine.execute(sql)
            names = [each[0] for each in cursor.description or ()]
            yield Answer(names, _rows(cursor))


def _settings(limits: Limits) -> dict[str, Any]:
    return {
        "memory_limit": f"{limits.memory_mb}MB",
        "threads": 2,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # else a table may be a variable of this program
    }


def _make_views(engine: Any, names: frozenset[str], asked: Asked) -> None:  # noqa: ANN401 - DuckDB is optional
    for name in sorted(names - {"readings"}):
        table = table_of(name, asked)
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "rows.ndjson"
            with lines.open("w", encoding="utf-8") as target:
                stream(table, Format.NDJSON, asked.flat.zone, target)
            engine.execute(
                f"CREATE TABLE {name} AS SELECT * FROM "  # noqa: S608 - our own names
                f"read_json({_text(str(lines))}, format='newline_delimited', "
                f"columns={_kinds(table.columns)})"
            )
    if "readings" in names:
        files = _files(asked)
        if files:
            engine.execute(_READINGS.format(files=_list(files), columns=_struct(_RECORD)))
        else:
            table = table_of("readings", asked)
            kinds = {each.name: _TYPES[each.kind] for each in table.columns}
            made = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
            engine.execute(f"CREATE TABLE readings ({made})")


def _files(asked: Asked) -> list[str]:
    period = asked.period
    found = list_files(asked.home.readings, period.first.isoformat(), period.last.isoformat())
    return [str(each.path.absolute()) for each in found]


def _lock(engine: Any, asked: Asked) -> None:  # noqa: ANN401 - DuckDB is optional
    engine.execute(f"SET allowed_paths={_list(_files(asked))}")
    engine.execute("SET enable_external_access=false")
    engine.execute("SET lock_configuration=true")


def _check(duckdb: ModuleType, engine: Any, sql: str) -> None:  # noqa: ANN401 - DuckDB is optional
    statements = engine.extract_statements(sql)
    if len(statements) != 1:
        raise UsageError("one SELECT at a time")
    allowed = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    if statements[0].type not in allowed:
        raise UsageError("only questions are answered: SELECT; nothing is written")


def _rows(cursor: Any) -> Iterator[Sequence[object]]:  # noqa: ANN401 - DuckDB is optional
    while batch := cursor.fetchmany(BATCH):
        yield from batch


@contextmanager
def _in_time(engine: Any, limits: Limits) -> Iterator[None]:  # noqa: ANN401 - DuckDB is optional
    timer = threading.Timer(limits.seconds, engine.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _in_our_words(duckdb: ModuleType, limits: Limits) -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as error:
        raise UsageError(f"no answer within {limits.seconds:g} s; ask for less") from error
    except duckdb.OutOfMemoryException as error:
        raise UsageError(
            f"the answer needs more than {limits.memory_mb} MB; ask for less"
        ) from error
    except duckdb.PermissionException as error:
        raise UsageError("no other file is read than the record") from error
    except duckdb.Error as error:
        raise UsageError(f"the question is not understood: {error}") from error


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _struct(kinds: dict[str, str]) -> str:
    return "{" + ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in kinds.items()) + "}"


def _kinds(columns: Sequence[Column]) -> str:
    return _struct({each.name: _TYPES[each.kind] for each in columns})
