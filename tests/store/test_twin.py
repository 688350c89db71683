import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.twin_days import (
    BERLIN,
    DAY_MS,
    DECEMBER,
    FIRST,
    SECOND,
    THIRD,
    TODAY,
    asked,
    by_plug,
    days,
    in_csv,
    packed,
    reading,
    sealed,
    written,
)

from flatwatt.errors import StoreError
from flatwatt.store.readings import Record
from flatwatt.store.rows import HEADER
from flatwatt.store.twin.engine import engine
from flatwatt.store.twin.questions import ask


def test_sealed_days_say_what_the_record_says(tmp_path):
    twin = sealed(tmp_path, days())
    assert by_plug(asked(twin)) == by_plug(in_csv(twin)) == by_plug(days())
    for day in (FIRST, SECOND, THIRD):
        twin.verify(day)
    assert [each.bad_rows for each in twin.manifest().days.values()] == [0, 0, 0]
    assert sum(each.rows for each in twin.manifest().days.values()) == len(days())


def test_today_is_not_sealed_but_is_asked_with_the_rest(tmp_path):
    twin = sealed(tmp_path, days(), today=date(2026, 11, 2))
    assert sorted(twin.manifest().days) == [FIRST, SECOND]
    assert by_plug(asked(twin)) == by_plug(days())


def test_a_line_that_is_being_written_is_no_trouble_for_a_question(tmp_path):
    twin = written(tmp_path, days(1))
    with (twin.readings / f"2026/{FIRST}.csv").open("ab") as file:
        file.write(b"2026-10-31T23:59:59.000,+01:")
    assert by_plug(asked(twin)) == by_plug(days(1))


values = st.one_of(
    st.none(),
    st.integers(-4000, 40_000).map(lambda tenths: tenths / 10),
    st.integers(0, 2**60).map(lambda mwh: mwh / 1000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1 + 0.2, 1 / 3, 5e-324, 1e300, 2.0**24, 2.0**53, -0.001]),
)
rows = st.lists(
    st.builds(
        reading,
        st.integers(0, DAY_MS // 2),
        st.sampled_from(["p-0", "p-1"]),
        values,
        values,
        values,
        st.integers(0, 15),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=30, deadline=None)
@given(rows)
def test_any_reading_is_restored_exactly_and_in_the_order_it_was_heard(readings):
    with TemporaryDirectory() as folder:
        twin = sealed(Path(folder), readings)
        twin.verify(FIRST)
        with ask(twin, date.fromisoformat(FIRST), date.fromisoformat(FIRST)) as raw:
            found = raw.engine.rows(
                "SELECT at_ms, appliance, plug, power_w, energy_wh, voltage_v, flags "
                "FROM readings ORDER BY appliance, plug, turn, at_ms"
            )
    wanted = [each for _, some in sorted(by_plug(readings).items()) for each in some]
    assert found == [
        (each.at_ms, each.appliance, each.plug, each.power_w, each.energy_wh, each.voltage_v,
         each.flags)
        for each in wanted
    ]  # fmt: skip


def test_lines_that_do_not_count_are_counted_and_left_out(tmp_path):
    twin = written(tmp_path, days(1))
    file = twin.readings / f"2026/{FIRST}.csv"
    lines = file.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace(b",printer,", b",Printer,")
    lines.insert(9, HEADER)
    file.write_bytes(b"".join(lines) + b"2026-10-31T2")
    with twin.lock():
        assert twin.seal(FIRST).bad_rows == 1
        twin.verify(FIRST)
    assert by_plug(asked(twin)) == by_plug(in_csv(twin))
    assert len(asked(twin)) == len(days(1)) - 1


def test_a_day_in_two_segments_and_a_compressed_one_are_sealed_whole(tmp_path):
    twin = written(tmp_path, days(1)[:100])
    file = twin.readings / f"2026/{FIRST}.csv"
    packed(file)
    with Record(twin.readings, BERLIN) as record:
        record.append(days(1)[100:])
    assert (twin.readings / f"2026/{FIRST}.2.csv").exists()
    with twin.lock():
        twin.seal(FIRST)
    twin.verify(FIRST)
    assert len(twin.manifest().days[FIRST].sources) == 2
    assert by_plug(asked(twin)) == by_plug(days(1))


def test_compressing_a_csv_by_hand_is_no_change(tmp_path):
    twin = sealed(tmp_path, days())
    packed(twin.readings / f"2026/{FIRST}.csv")
    assert twin.unsealed(TODAY) == []
    twin.verify(FIRST)


def test_a_month_that_is_over_becomes_one_file_and_says_the_same(tmp_path):
    twin = sealed(tmp_path, days(), today=DECEMBER)
    assert sorted(twin.manifest().files) == ["2026/2026-10.parquet", "2026/2026-11.parquet"]
    assert by_plug(asked(twin)) == by_plug(days())
    assert twin.unsealed(DECEMBER) == twin.unmerged(DECEMBER) == []
    twin.verify(SECOND)
    with twin.lock():
        files = sorted(each.name for each in twin.folder.rglob("*.parquet"))
    assert files == ["2026-10.parquet", "2026-11.parquet"]


def test_late_readings_are_sealed_again_also_into_a_merged_month(tmp_path):
    twin = sealed(tmp_path, days(), today=DECEMBER)
    late = [reading(DAY_MS + 1234, "p-9", 77.7, 12.0)]
    with Record(twin.readings, BERLIN) as record:
        record.append(late)
    assert by_plug(asked(twin)) == by_plug(in_csv(twin)), "the CSV counts until it is sealed"
    with twin.lock():
        assert twin.unsealed(DECEMBER) == [SECOND]
        assert twin.work([SECOND], DECEMBER, lambda day: None) == []
    assert sorted(twin.manifest().files) == ["2026/2026-10.parquet", "2026/2026-11.2.parquet"]
    assert by_plug(asked(twin)) == by_plug([*days(), *late])
    twin.verify(SECOND)
    file = str(twin.folder / "2026/2026-11.2.parquet")
    rows = duckdb.execute(
        "SELECT appliance, plug, day, turn, at_ms FROM read_parquet($file)", {"file": file}
    ).fetchall()
    assert rows == sorted(rows), "by appliance, plug, day, turn and time"


def test_rebuilding_what_is_there_gives_the_same(tmp_path):
    twin = sealed(tmp_path, days(), today=DECEMBER)
    before = {day: (each.plugs, each.sources) for day, each in twin.manifest().days.items()}
    with twin.lock():
        assert twin.work([FIRST, SECOND, THIRD], DECEMBER, lambda day: None) == []
    after = {day: (each.plugs, each.sources) for day, each in twin.manifest().days.items()}
    assert after == before
    assert by_plug(asked(twin)) == by_plug(days())


def test_a_day_that_cannot_be_read_keeps_no_other_back_and_changes_nothing(tmp_path):
    twin = written(tmp_path, days())
    (twin.readings / f"2026/{SECOND}.csv").rename(twin.readings / f"2026/{SECOND}.csv.gz")
    with twin.lock():
        [trouble] = twin.work(twin.unsealed(TODAY), TODAY, lambda day: None)
    assert f"{SECOND}.csv.gz: cannot be read" in trouble
    assert sorted(twin.manifest().days) == [FIRST, THIRD]
    assert twin.unmerged(DECEMBER) == [], "November waits for its day"


@pytest.mark.parametrize("where", [4, 0.1, 0.5, 0.9, -1])
def test_a_damaged_archive_is_told_and_made_anew(tmp_path, where):
    twin = sealed(tmp_path, days())
    file = twin.folder / f"2026/{SECOND}.parquet"
    data = bytearray(file.read_bytes())
    data[int(where * len(data)) if isinstance(where, float) else where] ^= 0x55
    file.write_bytes(data)
    with pytest.raises(StoreError, match=r"is damaged; `flatwatt archive rebuild`"):
        twin.verify(SECOND)
    twin.verify(THIRD)
    with twin.lock():
        twin.seal(SECOND)
    twin.verify(SECOND)


def test_a_csv_that_was_changed_since_is_told(tmp_path):
    twin = sealed(tmp_path, days())
    file = twin.readings / f"2026/{FIRST}.csv"
    file.write_bytes(file.read_bytes().replace(b"printer", b"primter"))
    with pytest.raises(StoreError, match="is not what was sealed"):
        twin.verify(FIRST)


def test_only_one_process_changes_the_archive(tmp_path):
    twin = written(tmp_path, days(1))
    with twin.lock(), pytest.raises(StoreError, match="another flatwatt works"), twin.lock():
        pass


def test_without_the_extra_the_error_names_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(StoreError, match=r"pip install 'flatwatt\[archive\]'"), engine(tmp_path):
        pass


ELSEWHERE = """
SELECT at_ms, coalesce(power_odd, power / 10.0 ^ power_digits),
    coalesce(energy_odd, energy / 10.0 ^ energy_digits),
    coalesce(voltage_odd, sum(voltage_step - 192) OVER (PARTITION BY appliance, plug, day
        ORDER BY turn, at_ms) / 10.0 ^ voltage_digits)
FROM read_parquet($file) WHERE plug = 'p-0' ORDER BY day, turn, at_ms
"""


def test_any_engine_reads_the_files_with_the_statement_of_the_docs(tmp_path):
    twin = sealed(tmp_path, days())
    file = str(twin.folder / f"2026/{SECOND}.parquet")
    found = duckdb.execute(ELSEWHERE, {"file": file}).fetchall()
    wanted = [each for each in in_csv(twin, SECOND, SECOND) if each.plug == "p-0"]
    assert found == [(each.at_ms, each.power_w, each.energy_wh, each.voltage_v) for each in wanted]
    docs = (Path(__file__).parents[2] / "docs/files.md").read_text(encoding="utf-8")
    shown = ELSEWHERE.split("FROM", maxsplit=1)[0].replace("SELECT at_ms, ", "")
    for line in shown.strip().splitlines():
        assert line.strip().rstrip(",").split(" AS ")[0] in docs
