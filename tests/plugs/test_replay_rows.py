"""Rows of recordings: the record of the house, times, missing and damaged figures."""

import pytest
from tests.plugs.recordings import T0, TOLD_TRACE, TRACE, figures, file_of, played, record_row

from flatwatt.errors import PlugNonsense
from flatwatt.model import Flag


async def test_a_record_of_the_house_is_played_for_the_chosen_appliance(tmp_path):
    rows = [
        "time,utc_offset,appliance,plug,power_w,energy_wh,voltage_v,flags,crc32",
        record_row("2026-10-25 02:30:00.250,+02:00,fridge,shelly-aa-0,80,5,230.1,"),
        record_row("2026-10-25 02:30:01.000,+02:00,printer,shelly-bb-0,7.6,1000.5,229.8,"),
        record_row("2026-10-25 02:30:00.000,+01:00,printer,shelly-bb-0,,1001,,boot|gap"),
        record_row("2026-10-25 02:29:00.000,+01:00,printer,shelly-cc-0,8,1001,,clock"),
    ]
    plug, readings = await played(file_of(tmp_path, "\n".join(rows) + "\n"), appliance="printer")
    first = 1_792_888_201_000
    assert figures(readings) == [
        (first, 7.6, 1000.5),
        (first + 3_599_000, None, 1001.0),
        (first + 3_539_000, 8.0, 1001.0),
    ]
    assert [each.plug for each in readings] == ["shelly-bb-0", "shelly-bb-0", "shelly-cc-0"]
    assert [each.flags for each in readings] == [0, Flag.BOOT | Flag.GAP, Flag.CLOCK]
    assert readings[0].voltage_v == 229.8
    assert plug.bad_rows == []


async def test_damaged_rows_of_the_record_are_told_and_skipped(tmp_path):
    good = record_row("2026-11-22 10:00:00.000,+01:00,fridge,shelly-aa-0,80,5,230.1,")
    rows = [
        "time,utc_offset,appliance,plug,power_w,energy_wh,voltage_v,flags,crc32",
        good,
        good.replace(",80,", ",90,"),
        record_row("2026-11-22 10:00:01.000,+01:00,fridge,shelly-aa-0,80,5,230.1,haunted"),
        good[:40],
    ]
    plug, readings = await played(file_of(tmp_path, "\n".join(rows)))
    assert [each.power_w for each in readings] == [80.0]
    assert plug.bad_rows == [
        "recording.csv: line 3: its check sum does not fit: it was damaged or edited; row skipped",
        "recording.csv: line 4: column flags: 'haunted' is no flag of a reading; row skipped",
        "recording.csv: line 5: it has 4 columns, the header 9; row skipped",
    ]


SEVERAL = (
    "time,appliance,power_w\n"
    "2026-11-22T10:00:00Z,fridge,80\n"
    "2026-11-22T10:00:00Z,printer,7\n"
)  # fmt: skip


async def test_a_recording_of_several_appliances_asks_which(tmp_path):
    with pytest.raises(
        PlugNonsense, match=r"line 3: holds several appliances \(fridge, printer\)"
    ):
        await played(file_of(tmp_path, SEVERAL))


async def test_an_appliance_the_recording_does_not_hold_is_told(tmp_path):
    with pytest.raises(PlugNonsense, match="holds no appliance 'washer'; it holds: fridge, print"):
        await played(file_of(tmp_path, SEVERAL), appliance="washer")


@pytest.mark.parametrize(
    ("cell", "at_ms"),
    [
        ("2026-05-28T20:26:40Z", T0),
        ("2026-05-28 22:26:40+02:00", T0),
        ("2026-05-28T20:26:40.125+00:00", T0 + 125),
        ("1780000000", T0),
        ("1780000000.5", T0 + 500),
        ("1780000000000", T0),
    ],
)
@pytest.mark.parametrize("column", ["time", "timestamp", "ts"])
async def test_a_time_is_iso_or_unix_seconds_or_milliseconds(tmp_path, cell, at_ms, column):
    text = f"room,{column},power,energy_kwh,voltage\nkitchen,{cell},5,44.79066,230\n"
    _, readings = await played(file_of(tmp_path, text))
    assert figures(readings) == [(at_ms, 5.0, 44790.66)]
    assert readings[0].voltage_v == 230.0


async def test_a_local_time_needs_a_zone_and_then_knows_the_repeated_hour(tmp_path):
    text = "time,watts\n2026-10-25 02:30:00,1\n2026-10-25 02:50:00,2\n2026-10-25 02:10:00,3\n"
    path = file_of(tmp_path, text)
    plug, readings = await played(path)
    assert readings == []
    assert "names no UTC offset; set the option zone" in plug.bad_rows[0]
    _, readings = await played(path, zone="Europe/Berlin")
    minutes = [(each.at_ms - readings[0].at_ms) // 60_000 for each in readings]
    assert minutes == [0, 20, 40]


@pytest.mark.parametrize("cell", ["", " ", "NaN", "null", "unavailable", "unknown"])
async def test_a_power_nobody_knew_is_none_and_not_zero(tmp_path, cell):
    text = f"ts_ms,power_w,energy_wh\n{T0},{cell},5\n{T0 + 1},3,{cell}\n"
    plug, readings = await played(file_of(tmp_path, text))
    assert figures(readings) == [(T0, None, 5.0), (T0 + 1, 3.0, None)]
    assert plug.bad_row_count == 0


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{T0},abc,1", "column power_w: 'abc' is not a number"),
        (f"{T0},1_0,1", "column power_w: '1_0' is not a number"),
        (f"{T0},inf,1", "column power_w: 'inf' is not a number"),
        (f"{T0},{'9' * 400},1", "is not a number"),
        (f"{T0},1,2-3", "column energy_wh: '2-3' is not a number"),
        (f"{T0},1", "it has 2 columns, the header 3"),
        (f"{T0},1,2,3", "it has 4 columns, the header 3"),
        ("soon,1,2", "column ts_ms: 'soon' is no time in ms of Unix time"),
        ("1780000000,1,2", "column ts_ms: '1780000000' is not a time between 1980 and 2100"),
        ("9" * 30 + ",1,2", "is not a time between 1980 and 2100"),
        (f"-{T0},1,2", "is no time in ms"),
        (f"{T0 - 2},1,2", "is before the row above"),
        (f'{T0},"1,2', "quotes do not match"),
        ("\x00" * 30, "it has 1 columns, the header 3"),
    ],
)
async def test_a_bad_row_is_told_and_skipped_and_the_others_count(tmp_path, row, told):
    text = f"ts_ms,power_w,energy_wh\n{T0 - 1},1,1\n{row}\n{T0 + 1},2,2\n"
    plug, readings = await played(file_of(tmp_path, text))
    assert figures(readings) == [(T0 - 1, 1.0, 1.0), (T0 + 1, 2.0, 2.0)]
    assert plug.bad_row_count == 1
    assert plug.bad_rows[0].startswith("recording.csv: line 3: ")
    assert plug.bad_rows[0].endswith("; row skipped")
    assert told in plug.bad_rows[0]


@pytest.mark.parametrize("batch", [1, 2, 100])
async def test_a_row_from_the_past_is_skipped_wherever_a_batch_begins(tmp_path, batch):
    text = f"ts_ms,power_w\n{T0},1\n{T0 + 9},2\n{T0 + 3},3\n{T0 + 9},4\n"
    plug, readings = await played(file_of(tmp_path, text), batch=batch)
    assert [each.power_w for each in readings] == [1.0, 2.0, 4.0]
    assert plug.bad_row_count == 1


async def test_bytes_that_are_no_text_spoil_their_row_only(tmp_path):
    text = TRACE.encode().replace(b"240", b"24\xff")
    plug, readings = await played(file_of(tmp_path, text))
    assert figures(readings) == [TOLD_TRACE[0], TOLD_TRACE[2]]
    assert "not UTF-8" in plug.bad_rows[0]


async def test_many_bad_rows_are_counted_but_only_some_told(tmp_path):
    text = "ts_ms,power_w\n" + "nothing\n" * 500 + f"{T0},1\n"
    plug, readings = await played(file_of(tmp_path, text))
    assert len(readings) == 1
    assert plug.bad_row_count == 500
    assert len(plug.bad_rows) == 20
