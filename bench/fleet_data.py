"""A fleet's folder, made by DuckDB as quickly as it can be written.

The layout is what `fleet push` leaves; `tests/fleet` holds that. Energy is made of hashes:
a fridge, a router, standby with now and then a wash, so that it packs as measured data do.
"""

import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import msgspec

from flatwatt.fleet import pack
from flatwatt.fleet.layout import QUARTER, SLOT, Manifest, Part, manifest_name, tariff_of
from flatwatt.fleet.shelf import Shelf
from flatwatt.money.tariff import Contract, FixedTariff
from flatwatt.report.calendar import Calendar
from flatwatt.store.questions import Slot

AT_ONCE = 10
TARIFFS = 7
_ROWS = """
WITH each AS (
    SELECT f.flat, f.tariff, f.month, s.start_s, a.appliance, a.kind,
        CAST(hash(f.flat, a.appliance, s.start_s) & 1048575 AS BIGINT) AS dice
    FROM flats AS f INNER JOIN slots AS s ON s.tariff = f.tariff AND s.month = f.month
    CROSS JOIN (VALUES ('fridge', 0), ('freezer', 0), ('router', 1), ('nas', 1), ('tv', 2),
        ('washer', 3), ('dryer', 3), ('dishwasher', 3), ('printer', 4), ('kettle', 2))
        AS a (appliance, kind)
), drawn AS (
    SELECT *, CASE kind
        WHEN 0 THEN CASE WHEN dice & 3 = 0 THEN 400 + (dice & 63) ELSE 17000 + (dice & 2047) END
        WHEN 1 THEN 2500 + (dice & 31)
        WHEN 2 THEN 120 + (dice & 3) + CASE WHEN dice < 90000 THEN dice & 32767 ELSE 0 END
        WHEN 3 THEN 300 + (dice & 3) + CASE WHEN dice < 40000 THEN dice * 12 ELSE 0 END
        ELSE 1500 + (dice & 7) + CASE WHEN dice < 150000 THEN 25000 + (dice & 8191) ELSE 0 END
        END AS energy_mwh
    FROM each
)
SELECT flat, month, tariff, start_s, appliance, CAST(energy_mwh AS BIGINT) AS energy_mwh,
    CAST(energy_mwh * 4 // 100 * 90 AS BIGINT) AS power_min_mw,
    CAST(energy_mwh * 4 // 100 * 110 AS BIGINT) AS power_max_mw,
    CAST(90 AS BIGINT) AS readings,
    CAST(CASE WHEN dice < 50 THEN 60000 ELSE 0 END AS BIGINT) AS missing_ms,
    CAST(CASE WHEN dice < 50 THEN 2 ELSE 0 END AS BIGINT) AS flags
FROM drawn ORDER BY flat, month, appliance, start_s
"""


class Made(msgspec.Struct):
    rows: int
    total_bytes: int
    seconds: float


def generate(folder: Path, flats: int, year: int, zone: ZoneInfo) -> Made:
    """Fill a folder with flats of ten appliances for a year; every seventh has one tariff."""
    start = time.perf_counter()
    connection = duckdb.connect(config={"memory_limit": "4GB"})
    months = [year * 100 + month for month in range(1, 13)]
    calendars = _calendars(year, zone, months)
    _tables(connection, calendars)
    rows = 0
    names = [f"f{number:011x}" for number in range(flats)]
    for first in range(0, flats, AT_ONCE):
        some = names[first : first + AT_ONCE]
        connection.execute("DELETE FROM flats")
        chosen = [
            (flat, calendars[int(flat[1:], 16) % TARIFFS, month][0], _text(month))
            for flat in some
            for month in months
        ]
        connection.executemany("INSERT INTO flats VALUES (?, ?, ?)", chosen)
        connection.execute(
            f"COPY ({_ROWS}) TO '{folder}' ({pack.OPTIONS}, PARTITION_BY (flat, month), "
            "WRITE_PARTITION_COLUMNS true, FILENAME_PATTERN 'quarter', OVERWRITE_OR_IGNORE true)"
        )
        rows += _manifests(connection, folder, some, calendars)
    connection.close()
    size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    return Made(rows, size, time.perf_counter() - start)


Calendars = dict[tuple[int, int], tuple[int, list[Slot], bytes]]


def _calendars(year: int, zone: ZoneInfo, months: Sequence[int]) -> Calendars:
    made: Calendars = {}
    for number in range(TARIFFS):
        rate = Decimal("0.28") + number * Decimal("0.0125")
        contracts = [Contract(date(year - 1, 1, 1), rate), Contract(date(year, 7, 1), rate * 2)]
        calendar = Calendar(zone, FixedTariff(contracts, zone))
        for month in months:
            slots = calendar.slots(month)
            tariff = tariff_of(slots)
            made[number, month] = (tariff, slots, pack.slot_parquet(tariff, slots))
    return made


def _tables(connection: duckdb.DuckDBPyConnection, calendars: Calendars) -> None:
    connection.execute("CREATE TABLE flats (flat VARCHAR, tariff BIGINT, month VARCHAR)")
    connection.execute("CREATE TABLE slots (tariff BIGINT, month VARCHAR, start_s BIGINT)")
    for (_, month), (tariff, slots, _) in calendars.items():
        connection.execute(
            "INSERT INTO slots SELECT ?, ?, unnest(range(?, ?, 900))",
            [tariff, _text(month), slots[0][0], slots[-1][0] + 900],
        )


def _text(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"


def _manifests(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    flats: Sequence[str],
    calendars: Calendars,
) -> int:
    shelf, rows = Shelf(folder), 0
    slots = {tariff: (len(slots), data) for tariff, slots, data in calendars.values()}
    for flat in flats:
        for made in folder.glob(f"flat={flat}/*/quarter0.parquet"):
            made.rename(made.with_name(QUARTER))
        assert not list(folder.glob(f"flat={flat}/*/quarter?.parquet")), "a month in two files"
        found = connection.execute(
            "SELECT month, any_value(tariff), count(*), sum(energy_mwh), sum(missing_ms), "
            "count(DISTINCT start_s), max(start_s) + 900 "
            "FROM read_parquet(?, hive_partitioning = false) GROUP BY month ORDER BY month",
            [f"{folder}/flat={flat}/*/{QUARTER}"],
        ).fetchall()
        parts = []
        for month, tariff, count, energy_mwh, missing_ms, covered, until_s in found:
            expected, data = slots[tariff]
            place = f"flat={flat}/month={month}"
            (folder / place / SLOT).write_bytes(data)
            size = shelf.size(f"{place}/{QUARTER}") or 0
            parts.append(
                Part(flat, month, "", tariff, size, len(data), count, int(energy_mwh),
                     int(missing_ms), expected, covered, until_s)
            )  # fmt: skip
            rows += count
        told = msgspec.json.encode(Manifest(flat, "Europe/Berlin", tuple(parts)))
        (folder / manifest_name(flat)).write_bytes(told)
    return rows
