"""Files of other programs are understood, and what is not is told by its line."""

import json
import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.homes import BERLIN, NOON_MS, cleaned

from flatwatt.errors import StoreError, UsageError
from flatwatt.intake.text import Times, number_of

NOON_S = NOON_MS // 1000
HOUR_MS = 3_600_000


def written(folder, text, name="data.csv", encoding="utf-8"):
    file = folder / name
    file.write_text(text, encoding=encoding)
    return file


def instants(found):
    return [(each.at_ms, each.power_w, each.counter_wh) for each in found.instants]


def parts(found):
    return [(each.start_ms, each.at_ms, each.part_wh) for each in found.parts]


def test_a_german_sheet_is_understood_without_a_word(tmp_path):
    notes = []
    file = written(
        tmp_path,
        "Zeitstempel;Leistung (W);Spannung\n01.10.2026 12:00:00;1.234,5;230,1\n"
        "01.10.2026 12:01:00;12;\n",
        encoding="cp1252",
    )
    found = cleaned("csv", file, notes=notes)
    assert instants(found) == [(NOON_MS, 1234.5, None), (NOON_MS + 60_000, 12.0, None)]
    assert found.instants[0].voltage_v == 230.1
    assert "data.csv: semicolons between cells, decimal commas" in notes


def test_columns_and_units_are_as_the_person_says(tmp_path):
    file = written(tmp_path, "a,b,c\n2026-10-01T12:00,0.5,7\n2026-10-01T13:00,1.5,8\n")
    found = cleaned("csv", file, columns={"time": "a", "energy_wh": "b"}, units=("kWh",))
    assert instants(found) == [(NOON_MS, None, 500.0), (NOON_MS + HOUR_MS, None, 1500.0)]


def test_an_unknown_column_names_the_nearest(tmp_path):
    file = written(tmp_path, "Zeit,Leistung\n2026-10-01T12:00,5\n")
    with pytest.raises(
        UsageError, match=r"no column is called 'Leistng'; did you mean 'Leistung'"
    ):
        cleaned("csv", file, columns={"power_w": "Leistng"})
    with pytest.raises(UsageError, match="--map knows no 'watts'"):
        cleaned("csv", file, columns={"watts": "Leistung"})


def test_a_file_without_times_or_figures_says_what_to_do(tmp_path):
    with pytest.raises(UsageError, match="no column is a time; say --map time=NAME"):
        cleaned("csv", written(tmp_path, "a,power\n1,2\n"))
    with pytest.raises(UsageError, match="no column is power or energy"):
        cleaned("csv", written(tmp_path, "time,b\n1,2\n"))
    with pytest.raises(StoreError, match="cannot be read"):
        cleaned("csv", tmp_path / "none.csv")


def test_bad_rows_are_told_by_line_and_reason_and_the_others_count(tmp_path):
    bad = []
    file = written(
        tmp_path,
        "time,power_w\n2026-10-01T12:00,5\nyesterday,5\n2026-10-01T12:02,much\n"
        "1970-01-01T00:00,5\n2999-01-01T00:00,5\n2026-10-01T12:05,99999\n2026-10-01T12:06\n"
        "2026-10-01T12:07,7\n2026-10-01T12:07,8\n",
    )
    found = cleaned("csv", file, bad=bad)
    assert [each[1] for each in instants(found)] == [5.0, 7.0]
    assert sorted(each.line for each in bad) == [3, 4, 5, 6, 7, 8, 10]
    reasons = {each.line: each.reason for each in bad}
    assert "before 2000" in reasons[5]
    assert "future" in reasons[6]
    assert "more than a flat can draw" in reasons[7]
    assert reasons[8] == "has only 1 cells"
    assert reasons[10] == "says 8 where data.csv, line 9, says 7 of the same instant"
    assert str(bad[0]).startswith("data.csv, line 3: is not understood")


def test_the_hour_that_october_has_twice_is_told_apart_by_order():
    times = Times(BERLIN)
    said = [times.ms_of(f"2026-10-25T{clock}") for clock in ("01:30", "02:30", "02:30", "03:30")]
    assert [later - one for one, later in pairwise(said)] == [HOUR_MS] * 3


def test_the_hour_that_march_leaves_out_is_no_time():
    with pytest.raises(ValueError, match="does not exist"):
        Times(BERLIN).ms_of("2026-03-29T02:30")


@given(st.integers(946_684_800, 4_000_000_000), st.sampled_from([1, 1000]))
def test_unix_times_are_read_in_seconds_and_in_milliseconds(second, scale):
    if scale == 1000 and second * 1000 < 1e11:
        return
    assert Times(BERLIN).ms_of(str(second * scale)) == second * 1000


@given(st.decimals(-10_000_000, 10_000_000, places=3))
def test_numbers_are_read_with_decimal_comma_and_with_grouped_thousands(value):
    german = f"{value:,.3f}".translate(str.maketrans(",.", ".,"))
    assert number_of(german, comma=True) == float(value)
    assert number_of(str(value), comma=False) == float(value)


def test_shelly_gives_energy_a_minute_or_a_period_in_utc(tmp_path):
    minute = written(
        tmp_path,
        f"timestamp,total_act_energy,max_act_power\n{NOON_S},1.5,99\n{NOON_S + 60},2,99\n",
    )
    assert parts(cleaned("shelly", minute)) == [
        (NOON_MS, NOON_MS + 60_000, 1.5),
        (NOON_MS + 60_000, NOON_MS + 120_000, 2.0),
    ]
    first = written(
        tmp_path,
        "Date/time UTC,Active energy Wh,Returned energy Wh,Min V,Max V\n"
        "2026-10-01 10:00,3,0,230,231\n2026-10-01 10:10,4,0,230,231\n",
        "em_data.csv",
    )
    assert parts(cleaned("shelly", first))[0] == (NOON_MS, NOON_MS + 600_000, 3.0)


def test_a_label_may_be_the_end_of_its_stretch(tmp_path):
    file = written(tmp_path, "time,consumption_kwh\n2026-10-01T13:00,1\n2026-10-01T14:00,2\n")
    assert parts(cleaned("csv", file, stamp="end"))[0] == (NOON_MS, NOON_MS + HOUR_MS, 1000.0)


def test_days_of_october_have_the_hours_they_have(tmp_path):
    file = written(
        tmp_path,
        "Datum,Verbrauch kWh\n" + "".join(f"2026-10-{day},1\n" for day in (23, 24, 25, 26, 27)),
    )
    found = cleaned("csv", file, bad=(bad := []))
    assert not bad
    assert [(end - start) // HOUR_MS for start, end, _ in parts(found)] == [24, 24, 25, 24, 24]


def test_history_of_home_assistant_holds_until_it_says_otherwise(tmp_path):
    file = written(
        tmp_path,
        "entity_id,state,last_changed\n"
        "sensor.fridge_power,80,2026-10-01T10:00:00.000Z\n"
        "sensor.fridge_power,2,2026-10-01T10:25:00.000Z\n"
        "sensor.fridge_power,unavailable,2026-10-01T10:31:00.000Z\n"
        "sensor.fridge_power,3,2026-10-01T14:00:00.000Z\n",
    )
    found = [((at - NOON_MS) // 60_000, watt) for at, watt, _ in
             instants(cleaned("homeassistant", file))]  # fmt: skip
    assert found == [(0, 80.0), (10, 80.0), (20, 80.0), (25, 2.0), (240, 3.0)]


def test_two_entities_make_one_series_and_none_chosen_is_asked_for(tmp_path):
    file = written(
        tmp_path,
        "entity_id,state,last_changed\n"
        "sensor.a_power,80,2026-10-01T10:00:00Z\nsensor.a_energy,1.5,2026-10-01T10:00:00Z\n"
        "sensor.b_power,7,2026-10-01T10:00:00Z\n",
    )
    chosen = ("sensor.a_power", "sensor.a_energy")
    assert instants(cleaned("homeassistant", file, entities=chosen)) == [(NOON_MS, 80.0, 1500.0)]
    with pytest.raises(UsageError, match="choose with --entity"):
        cleaned("homeassistant", file)
    with pytest.raises(UsageError, match=r"no entity 'sensor.a_powr'; did you mean"):
        cleaned("homeassistant", file, entities=("sensor.a_powr",))


def test_what_an_entity_measures_must_be_known(tmp_path):
    file = written(tmp_path, "entity_id,state,last_changed\nsensor.x,8,2026-10-01T10:00:00Z\n")
    with pytest.raises(UsageError, match="is it power or energy"):
        cleaned("homeassistant", file)
    assert instants(cleaned("homeassistant", file, units=("kW",))) == [(NOON_MS, 8000.0, None)]


def test_statistics_are_counters_and_means_are_energy_of_their_hour(tmp_path):
    said = {
        "sensor.energy": [{"start": NOON_MS, "end": NOON_MS + HOUR_MS, "sum": 1.5, "state": 9}],
        "sensor.power": [{"start": NOON_MS, "end": NOON_MS + HOUR_MS, "mean": 60.0}],
    }
    file = written(tmp_path, json.dumps(said), "stats.json")
    counted = cleaned("homeassistant", file, entities=("sensor.energy",))
    assert instants(counted) == [(NOON_MS + HOUR_MS, None, 1500.0)]
    mean = cleaned("homeassistant", file, entities=("sensor.power",))
    assert parts(mean) == [(NOON_MS, NOON_MS + HOUR_MS, 60.0)]


def test_statistics_as_csv_with_a_change_an_hour(tmp_path):
    file = written(
        tmp_path, "statistic_id,start,change\nsensor.energy,2026-10-01T12:00:00+02:00,0.25\n"
    )
    assert parts(cleaned("homeassistant", file)) == [(NOON_MS, NOON_MS + HOUR_MS, 250.0)]


def database(path):
    with sqlite3.connect(path) as made:
        made.executescript("""
            CREATE TABLE states_meta (metadata_id INTEGER PRIMARY KEY, entity_id TEXT);
            CREATE TABLE state_attributes (attributes_id INTEGER PRIMARY KEY, shared_attrs TEXT);
            CREATE TABLE states (state_id INTEGER PRIMARY KEY, metadata_id INTEGER, state TEXT,
                last_changed_ts REAL, last_updated_ts REAL, attributes_id INTEGER);
            CREATE TABLE statistics_meta (id INTEGER PRIMARY KEY, statistic_id TEXT,
                unit_of_measurement TEXT, has_mean INTEGER, has_sum INTEGER);
            CREATE TABLE statistics (id INTEGER PRIMARY KEY, metadata_id INTEGER, start_ts REAL,
                mean REAL, min REAL, max REAL, sum REAL, state REAL);
            INSERT INTO states_meta VALUES (1, 'sensor.washer'), (2, 'light.lamp');
            INSERT INTO state_attributes VALUES (1, '{"unit_of_measurement": "kWh"}');
            INSERT INTO statistics_meta VALUES (1, 'sensor.washer', 'kWh', 0, 1);
        """)
        made.executemany(
            "INSERT INTO statistics VALUES (?, 1, ?, NULL, NULL, NULL, ?, ?)",
            [(1, NOON_S - 7200, 0.5, 10.5), (2, NOON_S - 3600, 0.7, 10.7)],
        )
        made.executemany(
            "INSERT INTO states VALUES (?, 1, ?, NULL, ?, 1)",
            [
                (1, "10.8", NOON_S + 60),
                (2, "unavailable", NOON_S + 120),
                (3, "11.0", NOON_S + 180),
            ],
        )
    made.close()
    return path


def test_the_database_of_home_assistant_is_read_where_it_lies(tmp_path):
    found = cleaned("homeassistant", database(tmp_path / "home-assistant_v2.db"))
    assert [(at - NOON_MS, wh) for at, _, wh in instants(found)] == [
        (-HOUR_MS, 10_500.0), (0, 10_700.0), (60_000, 10_800.0), (180_000, 11_000.0),
    ]  # fmt: skip


def test_another_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "x.db") as made:
        made.execute("CREATE TABLE states (state TEXT)")
    made.close()
    with pytest.raises(UsageError, match="no database of Home Assistant"):
        cleaned("homeassistant", tmp_path / "x.db")


def test_a_log_of_tasmota_messages_is_read(tmp_path):
    bad = []
    message = {
        "Time": "2026-10-01T12:00:00",
        "ENERGY": {"Total": 1.25, "Power": 40, "Voltage": 229},
    }
    other = {"Time": "2026-10-01T12:00:10", "ENERGY": {"Total": [1, 2], "Power": [3, 4]}}
    file = written(
        tmp_path,
        f"12:00:00.1 MQT: tele/plug/SENSOR = {json.dumps(message)}\n"
        "12:00:01 MQT: tele/plug/STATE = {}\n"
        f"12:00:10 MQT: tele/plug/SENSOR = {json.dumps(other)}\n",
        "tasmota.log",
    )
    assert instants(cleaned("tasmota", file, bad=bad)) == [(NOON_MS, 40.0, 1250.0)]
    assert [(each.line, "several channels" in each.reason) for each in bad] == [(3, True)]


def test_a_table_of_influxdb_is_read(tmp_path):
    head = ",result,table,_start,_stop,_time,_value,_field,topic\n"
    rows = [
        f",,0,x,y,2026-10-01T10:00:00Z,{value},{field},tele/{topic}/SENSOR\n"
        for value, field, topic in (
            (40, "Power", "plug"),
            (1.5, "Total", "plug"),
            (9, "Power", "b"),
        )
    ]
    tables = "".join(f"#group,false\n#datatype,string\n{head}{row}\n" for row in rows)
    file = written(tmp_path, tables)
    found = cleaned("tasmota", file, entities=("tele/plug/SENSOR",))
    assert instants(found) == [(NOON_MS, 40.0, 1500.0)]
    with pytest.raises(UsageError, match="several series"):
        cleaned("tasmota", file)


def test_a_feed_of_emoncms_is_unix_time_and_value(tmp_path):
    file = written(tmp_path, f"{NOON_S},40.5\n{NOON_S + 10},41\n")
    assert instants(cleaned("emoncms", file, units=("W",)))[0] == (NOON_MS, 40.5, None)
    assert instants(cleaned("emoncms", file, units=("kWh",)))[0] == (NOON_MS, None, 40_500.0)
    with pytest.raises(UsageError, match="does not say what it holds"):
        cleaned("emoncms", file)


def test_a_counter_that_wobbles_is_left_out_and_one_that_falls_began_again(tmp_path):
    bad = []
    file = written(
        tmp_path,
        f"time,energy_wh\n{NOON_S},100\n{NOON_S + 60},99.5\n"
        f"{NOON_S + 120},101\n{NOON_S + 180},3\n",
    )
    found = cleaned("csv", file, bad=bad)
    assert [wh for _, _, wh in instants(found)] == [100.0, 101.0, 3.0]
    assert [each.reason for each in bad] == ["its counter falls from 100 Wh to 99.5 Wh"]
    assert found.boots == {NOON_MS + 180_000}


def test_stretches_and_powers_are_not_mixed(tmp_path):
    one = written(tmp_path, "time,power_w\n2026-10-01T12:00,5\n")
    two = written(tmp_path, "start,end,part_wh\n2026-10-01T12:00,2026-10-01T13:00,5\n", "b.csv")
    with pytest.raises(UsageError, match="take one at a time"):
        cleaned("csv", one, two)


def test_stretches_that_overlap_are_told(tmp_path):
    bad = []
    file = written(
        tmp_path,
        "start,end,part_wh\n2026-10-01T12:00,2026-10-01T13:00,5\n"
        "2026-10-01T12:30,2026-10-01T13:30,5\n2026-10-01T12:00,2026-10-01T13:00,5\n",
    )
    assert len(cleaned("csv", file, bad=bad).parts) == 1
    assert [each.reason for each in bad] == ["its stretch overlaps that of data.csv, line 2"]


@given(st.binary(max_size=400))
def test_any_bytes_are_a_file_or_an_error_of_ours(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("any") / "any.csv"
    file.write_bytes(data)
    for source in ("csv", "shelly", "tasmota", "homeassistant", "emoncms"):
        try:
            cleaned(source, file, units=("W",))
        except (UsageError, StoreError):
            continue
