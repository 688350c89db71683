"""What leaves is whole, readable by other programs, and nothing in it runs."""

import csv
import io
import json
import re
import tracemalloc

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.homes import BERLIN, NOON_MS, new_home, open_flat, record

from flatwatt.errors import ConfigError, StoreError, UsageError
from flatwatt.model import Reading
from flatwatt.report.periods import Period, local_day
from flatwatt.tables import Table, engine, quarters, readings
from flatwatt.tables.cells import FORMULA, cell, harmless
from flatwatt.tables.shape import Kind, columns
from flatwatt.tables.writing import Format, write

COLUMNS = columns(start=Kind.TIME, end=Kind.TIME, name=Kind.TEXT, watt=Kind.NUMBER, more=Kind.JSON)
ROWS = [
    (NOON_MS, NOON_MS + 500, "ü;x", 1.5, '{"a": [1]}'),
    (NOON_MS + 1000, None, None, None, None),
]
DAY = Period(local_day(NOON_MS, BERLIN), local_day(NOON_MS, BERLIN))


def written(tmp_path, as_, rows=ROWS):
    file = tmp_path / "out"
    write(Table(COLUMNS, iter(rows)), as_, BERLIN, file)
    return file


def test_csv_has_local_times_with_offsets_and_empty_cells(tmp_path):
    text = written(tmp_path, Format.CSV).read_text(encoding="utf-8-sig")
    assert text == (
        "start,utc_offset,end,end_utc_offset,name,watt,more\n"
        '2026-10-01T12:00:00.000,+02:00,2026-10-01T12:00:00.500,+02:00,ü;x,1.5,"{""a"": [1]}"\n'
        "2026-10-01T12:00:01.000,+02:00,,,,,\n"
    )


def test_german_excel_gets_semicolons_decimal_commas_and_its_mark(tmp_path):
    data = written(tmp_path, Format.GERMAN).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    line = data.decode("utf-8-sig").splitlines()[1]
    assert line.startswith('2026-10-01 12:00:00;+02:00;2026-10-01 12:00:00;+02:00;"ü;x";1,5;')


def test_json_and_lines_of_json_hold_the_same(tmp_path):
    whole = json.loads(written(tmp_path, Format.JSON).read_text(encoding="utf-8"))
    (tmp_path / "out").unlink()
    lines = written(tmp_path, Format.NDJSON).read_text(encoding="utf-8").splitlines()
    assert whole == [json.loads(line) for line in lines]
    assert whole[0] == {
        "start": "2026-10-01T12:00:00.000+02:00", "end": "2026-10-01T12:00:00.500+02:00",
        "name": "ü;x", "watt": 1.5, "more": {"a": [1]},
    }  # fmt: skip
    assert whole[1]["watt"] is None


def test_nothing_is_an_empty_list(tmp_path):
    assert json.loads(written(tmp_path, Format.JSON, []).read_text()) == []


def test_parquet_has_types_and_instants(tmp_path):
    file = written(tmp_path, Format.PARQUET)
    with duckdb.connect() as asked:
        found = asked.execute(
            'SELECT epoch_ms(start), epoch_ms("end"), name, watt FROM read_parquet(?)', [str(file)]
        )
        kinds = [str(each[1]) for each in found.description[2:]]
        rows = found.fetchall()
    assert rows == [(NOON_MS, NOON_MS + 500, "ü;x", 1.5), (NOON_MS + 1000, None, None, None)]
    assert kinds == ["VARCHAR", "DOUBLE"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_parquet_without_its_extra_says_its_name_and_makes_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "duckdb_or_none", lambda: None)
    with pytest.raises(ConfigError, match=r"Parquet needs the extra \[archive\]"):
        written(tmp_path, Format.PARQUET)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path):
    written(tmp_path, Format.CSV)
    with pytest.raises(UsageError, match="is there already; --force replaces it"):
        written(tmp_path, Format.CSV)
    write(Table(COLUMNS, iter(())), Format.CSV, BERLIN, tmp_path / "out", force=True)
    assert (tmp_path / "out").read_text(encoding="utf-8-sig").count("\n") == 1


def test_a_file_that_breaks_off_leaves_the_old_one_and_nothing_else(tmp_path):
    written(tmp_path, Format.CSV)
    before = (tmp_path / "out").read_bytes()

    def breaking():
        yield ROWS[0]
        raise StoreError("the record cannot be read")

    with pytest.raises(StoreError):
        write(Table(COLUMNS, breaking()), Format.CSV, BERLIN, tmp_path / "out", force=True)
    assert (tmp_path / "out").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_none_is_told(tmp_path):
    with pytest.raises(StoreError, match="cannot be written"):
        write(Table(COLUMNS, iter(())), Format.CSV, BERLIN, tmp_path / "none" / "out")


@given(st.sampled_from(FORMULA), st.text(max_size=20))
def test_no_cell_begins_like_a_formula(sign, rest):
    text = harmless(sign + rest)
    offset = re.fullmatch(r"[+-]\d\d:\d\d", sign + rest)
    assert text == (sign + rest if offset else f"'{sign}{rest}")
    line = io.StringIO()
    csv.writer(line).writerow([cell(sign + rest)])
    assert not line.getvalue().lstrip('"').startswith(("=", "@"))


@pytest.mark.parametrize("text", ["=1+1", "-2+3", "+49 30", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_digits_after_the_sign_do_not_make_it_harmless(text):
    assert cell(text) == f"'{text}"


def test_offsets_and_plain_names_stay_as_they_are():
    assert [cell(each) for each in ("+01:00", "-11:30", "Kühlschrank", "")] == [
        "+01:00", "-11:30", "Kühlschrank", "",
    ]  # fmt: skip
    assert [cell(each) for each in (-1.5, None, 3)] == ["-1.5", "", 3]


def filled(tmp_path, seconds=7200):
    home = new_home(tmp_path / "home")
    record(home, [
        Reading(NOON_MS + n * 10_000, id_, f"tasmota-{id_}", 100.0 + n % 2)
        for n in range(seconds // 10) for id_ in ("fridge", "washer")
    ])  # fmt: skip
    return home


def test_minutes_say_mean_least_and_most(tmp_path):
    found = list(readings.minutes(filled(tmp_path), DAY, {"fridge"}).rows)
    assert found[0] == (NOON_MS, "fridge", "tasmota-fridge", 100.5, 100.0, 101.0, None, 6)
    assert len(found) == 120


def test_sums_of_every_length_add_up(tmp_path):
    home = filled(tmp_path)
    flat = open_flat(home, watch=True)
    every = [make(home, flat, DAY) for make in
             (quarters.quarters, quarters.hours, quarters.days, quarters.months)]  # fmt: skip
    rows = [list(table.rows) for table in every]
    flat.close()
    assert [len(each) for each in rows] == [16, 4, 2, 2]
    assert len({round(sum(row[3] for row in each), 6) for each in rows}) == 1
    assert len({round(sum(row[4] for row in each), 9) for each in rows}) == 1
    assert len({sum(row[7] for row in each) for each in rows}) == 1


def test_a_long_export_needs_no_more_memory_than_a_short_one(tmp_path):
    def rows(count):
        for n in range(count):
            yield (NOON_MS + n, None, "x", float(n), None)

    peaks = []
    for count in (1_000, 1_000, 40_000):
        tracemalloc.start()
        write(Table(COLUMNS, rows(count)), Format.CSV, BERLIN, tmp_path / "out", force=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] + 100_000
