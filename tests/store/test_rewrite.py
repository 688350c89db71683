"""Rows that come late go to their place; every line that was there stays as it was."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.errors import StoreError
from flatwatt.model import Reading
from flatwatt.store import rewrite
from flatwatt.store.readings import Record, read
from flatwatt.store.rows import HEADER, Encoder

BERLIN = ZoneInfo("Europe/Berlin")
NOON_MS = 1_790_848_800_000
DAY = Path("2026/2026-10-01.csv")


def here(second: int) -> Reading:
    return Reading(NOON_MS + second * 1000, "fridge", "tasmota-a", float(second))


def late(second: int) -> Reading:
    return Reading(NOON_MS + second * 1000, "fridge", "import-csv-0", None, float(second))


def recorded(folder: Path, readings) -> None:
    record = Record(folder, BERLIN)
    record.append(readings)
    record.close()


def rows(folder: Path, on_bad=None) -> list[Reading]:
    return [each for found, _position in read(folder, on_bad=on_bad) for each in found]


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(-50_000, 50_000)), st.sets(st.integers(-50_000, 50_000), min_size=1))
def test_rows_are_in_order_and_all_lines_stay(tmp_path_factory, old, new):
    folder = tmp_path_factory.mktemp("record")
    recorded(folder, [here(second) for second in sorted(old)])
    before = [line for path in folder.rglob("*.csv") for line in path.read_bytes().splitlines()]
    rewrite.add(folder, BERLIN, [late(second) for second in sorted(new)])
    after = [line for path in folder.rglob("*.csv") for line in path.read_bytes().splitlines()]
    assert not [path for path in folder.rglob("*") if path.suffix in (".bak", ".part")]
    assert set(before) <= set(after)
    found = rows(folder)
    assert sorted(found, key=lambda each: each.at_ms) == found
    assert len(found) == len(old) + len(new)


def test_damaged_lines_stay_where_they_are(tmp_path):
    recorded(tmp_path, [here(1), here(2), here(5)])
    file = tmp_path / DAY
    lines = file.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b",2,", b",3,")
    file.write_bytes(b"".join(lines) + b"torn")
    rewrite.add(tmp_path, BERLIN, [late(3), late(9)])
    bad = []
    assert [each.at_ms - NOON_MS for each in rows(tmp_path, bad.append)] == [
        1000,
        3000,
        5000,
        9000,
    ]
    assert [each.line for each in bad] == [3, 6]
    assert file.read_bytes().splitlines(keepends=True)[2] == lines[2]


def test_a_day_of_several_files_gets_each_row_in_the_right_one(tmp_path):
    first = Encoder(BERLIN).encode([here(1), here(2)])[0].data
    second = Encoder(BERLIN).encode([here(10), here(11)])[0].data
    (tmp_path / "2026").mkdir()
    (tmp_path / DAY).write_bytes(HEADER + first)
    (tmp_path / "2026/2026-10-01.2.csv").write_bytes(HEADER + second)
    assert rewrite.add(tmp_path, BERLIN, [late(0), late(5), late(15)]) == 2
    assert [each.at_ms - NOON_MS for each in rows(tmp_path)] == [
        0, 1000, 2000, 5000, 10_000, 11_000, 15_000,
    ]  # fmt: skip


def test_a_file_that_is_not_what_it_should_be_is_put_back(tmp_path, monkeypatch):
    recorded(tmp_path, [here(1)])
    before = (tmp_path / DAY).read_bytes()

    def forgetful(file, part, placed, *, there):
        part.write_bytes(HEADER)
        return b"another digest"

    monkeypatch.setattr(rewrite, "_merge", forgetful)  # as a disk that lies would leave it
    with pytest.raises(StoreError, match="was not written as it should be"):
        rewrite.add(tmp_path, BERLIN, [late(3)])
    assert (tmp_path / DAY).read_bytes() == before


def test_a_folder_that_cannot_be_written_says_so_and_leaves_the_day(tmp_path):
    (tmp_path / "2026").write_text("a file, not a folder")
    with pytest.raises(StoreError, match="cannot be rewritten"):
        rewrite.add(tmp_path, BERLIN, [late(3)])
