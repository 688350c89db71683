"""Home Assistant's own database, `home-assistant_v2.db`: states, and statistics before them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from flatwatt.errors import StoreError, UsageError
from flatwatt.intake.homeassistant import (
    HOUR_MS,
    Quantity,
    chosen,
    quantity_of,
    read_text,
    state_point,
    statistic_point,
)
from flatwatt.intake.points import Asked, Bad, OnBad, Point

MAGIC = b"SQLite format 3\x00"
_STATES = """SELECT s.state_id, coalesce(s.last_updated_ts, s.last_changed_ts), s.state
    FROM states s JOIN states_meta m ON m.metadata_id = s.metadata_id
    WHERE m.entity_id = ? ORDER BY 2, 1"""
_STATISTICS = """SELECT s.id, s.start_ts, s.mean, s.sum, s.state
    FROM statistics s JOIN statistics_meta m ON m.id = s.metadata_id
    WHERE m.statistic_id = ? AND s.start_ts < ? ORDER BY s.start_ts"""
_UNIT = """SELECT a.shared_attrs FROM states s
    JOIN states_meta m ON m.metadata_id = s.metadata_id
    JOIN state_attributes a ON a.attributes_id = s.attributes_id
    WHERE m.entity_id = ? ORDER BY s.state_id DESC LIMIT 1"""
_MEASURED = """SELECT statistic_id FROM statistics_meta
    WHERE lower(unit_of_measurement) IN ('w', 'kw', 'wh', 'kwh', 'mwh')"""


def read_homeassistant(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    """Yield what Home Assistant measured, from its database or an exported file.

    Raises:
        StoreError: it cannot be read. UsageError: not what Home Assistant writes, or no
            entity was chosen.
    """
    try:
        with path.open("rb") as source:
            database = source.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror or error})") from error
    return _database(path, asked, bad) if database else read_text(path, asked, bad)


def _database(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            _check(connection, path)
            known = [row[0] for row in connection.execute("SELECT entity_id FROM states_meta")]
            measured = [row[0] for row in connection.execute(_MEASURED)]
            every = list(dict.fromkeys((*measured, *known)))
            for entity in chosen(every if asked.entities else measured or every, asked):
                yield from _entity(connection, path.name, entity, asked, bad)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be read ({error}); a copy made while Home Assistant is "
                         "stopped can")  from error  # fmt: skip


def _check(connection: sqlite3.Connection, path: Path) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not {"states", "states_meta", "statistics", "statistics_meta"} <= tables:
        raise UsageError(f"{path.name}: no database of Home Assistant 2023.4 or later; export its "
                         "history as CSV instead")  # fmt: skip


def _entity(
    connection: sqlite3.Connection, file: str, entity: str, asked: Asked, bad: OnBad
) -> Iterator[Point]:
    quantity = quantity_of(entity, asked, _unit(connection, entity))
    first = connection.execute(_STATES, (entity,)).fetchone()
    until_s = 1e12 if first is None else float(first[1])
    if not quantity.power or first is None:
        yield from _statistics(connection, (file, entity), until_s, quantity, bad)
    elif connection.execute(_STATISTICS, (entity, until_s)).fetchone():
        asked.note(f"{entity}: hours before its first state are left out; they are means of power")
    for number, at_s, state in connection.execute(_STATES, (entity,)):
        try:
            yield state_point(round(at_s * 1000), str(state or ""), quantity, file, number)
        except ValueError as error:
            bad(Bad(file, number, f"the state of {entity} is no number: {error}"))


def _statistics(
    connection: sqlite3.Connection,
    place: tuple[str, str],
    until_s: float,
    quantity: Quantity,
    bad: OnBad,
) -> Iterator[Point]:
    file, entity = place
    for number, start_s, mean, total, state in connection.execute(
        _STATISTICS, (entity, until_s - HOUR_MS / 1000)
    ):
        start_ms = round(start_s * 1000)
        # The raw state, not the sum, goes on in the states that follow.
        values = {"mean": mean, "state": total if state is None else state}
        span_ms = (start_ms, start_ms + HOUR_MS)
        try:
            yield statistic_point(span_ms, values, quantity, file, number)
        except ValueError as error:
            bad(Bad(file, number, f"the statistics of {entity} say nothing: {error}"))


def _unit(connection: sqlite3.Connection, entity: str) -> str:
    row = connection.execute(_UNIT, (entity,)).fetchone()
    with suppress(ValueError, AttributeError, TypeError):
        unit = json.loads(row[0]).get("unit_of_measurement")
        if unit:
            return str(unit)
    row = connection.execute(
        "SELECT unit_of_measurement FROM statistics_meta WHERE statistic_id = ?", (entity,)
    ).fetchone()
    return str(row[0]) if row and row[0] else ""
