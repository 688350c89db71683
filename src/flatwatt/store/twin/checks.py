"""Whether a Parquet file holds what the CSV holds: every value of every row, and the sums."""

from collections.abc import Sequence
from pathlib import Path

from flatwatt.errors import StoreError
from flatwatt.store.twin.columns import fill, restored
from flatwatt.store.twin.engine import Engine
from flatwatt.store.twin.manifest import Day, PlugSum
from flatwatt.store.twin.source import MOST_W

_SUMS = """
SELECT day::VARCHAR, appliance, plug, count(*),
    coalesce(sum(TRY_CAST(floor(power_w * 1000 + 0.5) AS BIGINT))
        FILTER (abs(power_w) < $most), 0)::BIGINT,
    arg_min(energy_wh, (turn, at_ms)), arg_max(energy_wh, (turn, at_ms))
FROM ($rows) GROUP BY ALL ORDER BY ALL
"""
_PRINT = """
SELECT count(*), coalesce(sum(hash(at_ms, appliance, plug, power_w + 0.0, energy_wh + 0.0,
    voltage_v + 0.0, flags)::HUGEINT), 0) FROM $rows
"""
_PLACES = "SELECT count(DISTINCT (day, appliance, plug, turn, at_ms)) FROM $rows"


def fingerprint(engine: Engine, rows: str) -> tuple[int, int]:
    """Return (rows, sum of their hashes) of readings; comparable within one engine only."""
    [(count, total)] = engine.rows(fill(_PRINT, rows=rows))
    return count, total


def agree(engine: Engine, stored: str, days: Sequence[Day], name: Path) -> None:
    """Raise StoreError unless stored rows are exactly these days', by rows, sums and counters.

    Args:
        engine: that reads.
        stored: a SELECT of a file's columns.
        days: with what was counted from the CSV.
        name: of the file, for the message.
    """
    held: dict[str, list[PlugSum]] = {}
    for day, *values in engine.rows(
        fill(_SUMS, most=MOST_W, rows=restored(f"({stored})", voltage=False))
    ):
        held.setdefault(day, []).append(PlugSum(*values))
    wanted = {each.day: list(each.plugs) for each in days if each.plugs}
    if held != wanted:
        wrong = min(day for day in {*held, *wanted} if held.get(day) != wanted.get(day))
        raise StoreError(f"{name}: does not hold what the CSV of {wrong} holds")


def same_readings(engine: Engine, heard: str, stored: str, name: Path) -> None:
    """Raise StoreError unless a day's readings are those of the CSV, in every value.

    Args:
        engine: with `heard` in it.
        heard: name of a table, or a SELECT in brackets.
        stored: a SELECT of a file's columns.
        name: of the file, for the message.
    """
    rows = fingerprint(engine, heard)
    if rows != fingerprint(engine, f"({restored(f'({stored})')})"):
        raise StoreError(f"{name}: its readings are not those of the CSV")
    [(places,)] = engine.rows(fill(_PLACES, rows=f"({stored})"))
    if places != rows[0]:
        raise StoreError(f"{name}: the order of its readings is not certain")
