"""Recordings played back, in every dress they come in."""

import csv
import gzip
import re
import time
import tracemalloc
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flatwatt import plugs
from flatwatt.clock import FastClock
from flatwatt.drivers import Context, driver_of, open_plug
from flatwatt.errors import ConfigError, PlugNonsense
from flatwatt.model import CounterKind, Flag
from flatwatt.plugs.replay import plug_id

SHARED = Path(__file__).parents[3] / "shared" / "traces"
SAMPLES = sorted((SHARED / "samples").glob("*.csv.gz"))
T0 = 1_780_000_000_000
TRACE = f"ts_ms,power_w,energy_wh\n{T0},7.5,100\n{T0 + 2000},240,100.1\n{T0 + 4000},-3,100.4\n"
TOLD_TRACE = [(T0, 7.5, 100.0), (T0 + 2000, 240.0, 100.1), (T0 + 4000, -3.0, 100.4)]


def replay(path, name="printer", now_ms=lambda: 0, **table):
    return open_plug(plugs, "replay", {"path": str(path)} | table, Context(name, now_ms, 1.0))


async def played(path, **table):
    """Return the plug, closed, and all its readings."""
    plug = replay(path, **table)
    readings = []
    try:
        await into(readings, plug)
    finally:
        await plug.close()
    return plug, readings


async def into(readings, plug):
    while batch := await plug.read():
        readings += batch


def figures(readings):
    return [(each.at_ms, each.power_w, each.energy_wh) for each in readings]


def record_row(text):
    return f"{text},{crc32(text.encode()):08x}"


def file_of(tmp_path, text, name="recording.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


async def test_a_trace_is_played_as_it_was_recorded(tmp_path):
    plug, readings = await played(file_of(tmp_path, TRACE))
    assert figures(readings) == TOLD_TRACE
    assert {(each.appliance, each.plug) for each in readings} == {("printer", "replay-printer")}
    assert plug.bad_rows == []
    identity = await plug.identify()
    assert (identity.plug, identity.model) == ("replay-printer", "recording")


async def test_a_trace_without_a_counter_has_none(tmp_path):
    _, readings = await played(file_of(tmp_path, f"ts_ms,power_w\n{T0},0\n{T0 + 1},12.25\n"))
    assert figures(readings) == [(T0, 0.0, None), (T0 + 1, 12.25, None)]


@pytest.mark.parametrize("name", ["trace.csv.gz", "gzipped_under_another_name.csv"])
async def test_a_gzipped_trace_is_the_same(tmp_path, name):
    _, readings = await played(file_of(tmp_path, gzip.compress(TRACE.encode()), name))
    assert figures(readings) == TOLD_TRACE


@pytest.mark.parametrize(
    "text",
    [
        TRACE.replace("\n", "\r\n"),
        "\ufeff" + TRACE,
        TRACE.removesuffix("\n"),
        TRACE.replace("\n", "\n\n"),
        "# made by hand\n\n" + TRACE,
        TRACE + TRACE[: TRACE.index("\n") + 1],
        TRACE.replace(",", ";").replace(".", ","),
        TRACE.replace(",", "\t"),
        TRACE.replace("ts_ms", "Time").replace("power_w", '"W"'),
        TRACE.replace(",", '","').replace("\n", '"\n"').join(('"', ""))[:-1],
    ],
    ids=["crlf", "bom", "no last line end", "blank lines", "comment", "header again", "german",
         "tabs", "other names", "quoted"],
)  # fmt: skip
async def test_the_same_trace_in_another_dress_is_the_same(tmp_path, text):
    plug, readings = await played(file_of(tmp_path, text))
    assert figures(readings) == TOLD_TRACE
    assert plug.bad_rows == []


@pytest.mark.parametrize("batch", [1, 2, 3, 1000])
async def test_batches_are_no_larger_than_asked_and_lose_nothing(tmp_path, batch):
    path = file_of(tmp_path, TRACE)
    plug = replay(path, batch=batch)
    sizes = []
    while readings := await plug.read():
        sizes.append(len(readings))
    await plug.close()
    assert max(sizes) <= batch
    assert sum(sizes) == 3
    assert await plug.read() == []


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "recording.csv: is empty; a recording begins with a header"),
        ("# nothing\n\n", "is empty"),
        (f"{T0},5\n", "line 1: no column of time among"),
        ("date,power_w\n", "no column of time among 'date,power_w'; name one of them ts_ms or"),
        ("time,energy_wh\n", "no column of power among"),
        ("time,power,power\n", "two columns are named 'power'; rename one"),
        ("x" * 3_000_000, "a line without end; is this a recording?"),
    ],
)
async def test_what_is_no_recording_is_told_once(tmp_path, text, told):
    plug = replay(file_of(tmp_path, text))
    with pytest.raises(PlugNonsense, match="printer: .*" + re.escape(told)):
        await plug.read()
    assert await plug.read() == []
    await plug.close()


async def test_a_torn_gzip_gives_what_it_holds_and_then_says_so(tmp_path):
    lines = "".join(f"{T0 + at * 1000},{at % 977}.{at % 7}\n" for at in range(200_000))
    packed = gzip.compress(f"ts_ms,power_w\n{lines}".encode())
    plug = replay(file_of(tmp_path, packed[: len(packed) * 3 // 4]))
    readings = []
    with pytest.raises(PlugNonsense, match=r"line \d+: cannot be read further"):
        await into(readings, plug)
    assert 50_000 < len(readings) < 200_000
    assert [each.at_ms for each in readings] == [T0 + at * 1000 for at in range(len(readings))]
    assert plug.bad_row_count == 0
    assert await plug.read() == []
    await plug.close()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"path": "nowhere.csv"}, "printer: no recording at nowhere.csv; correct the option path"),
        ({"speed": -1.0}, "speed is -1.0; it must be 0 or more"),
        ({"speed": float("inf")}, "speed is inf"),
        ({"batch": 0}, "batch is 0"),
        ({"resolution_wh": 0.0}, "resolution_wh is 0.0"),
        ({"zone": "Berlin"}, "unknown zone 'Berlin'; write it as Europe/Berlin"),
        ({"zone": "../etc"}, "unknown zone"),
        ({"pth": 1}, "unknown option 'pth'; did you mean 'path'?"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path, table, told):
    table = {"path": str(file_of(tmp_path, TRACE))} | table
    with pytest.raises(ConfigError, match=re.escape(told)):
        replay(**table)


async def test_a_paced_replay_keeps_the_distances_of_the_recording(tmp_path):
    clock = FastClock(1_000_000, 1.0)
    plug = replay(file_of(tmp_path, TRACE), now_ms=clock.now_ms, speed=20.0)
    heard, began = [], time.monotonic()
    while batch := await plug.read():
        heard += [(each.at_ms, time.monotonic() - began) for each in batch]
    await plug.close()
    assert [at_ms for at_ms, _ in heard] == [at_ms for at_ms, *_ in TOLD_TRACE]
    for (_, waited_s), due_s in zip(heard, (0.0, 0.1, 0.2), strict=True):
        assert due_s - 0.01 <= waited_s < due_s + 0.5


async def test_a_paced_replay_hands_out_together_what_is_due_together(tmp_path):
    now = [5_000]
    plug = replay(file_of(tmp_path, TRACE), now_ms=lambda: now[0], speed=1.0)
    assert len(await plug.read()) == 1
    now[0] += 60_000
    assert len(await plug.read()) == 2
    assert await plug.read() == []
    await plug.close()


async def test_closing_twice_or_unread_is_no_matter(tmp_path):
    plug = replay(file_of(tmp_path, TRACE), batch=1)
    await plug.close()
    await plug.close()
    assert await plug.read() == []


def test_the_counter_is_a_lifetime_counter_of_the_resolution_told(tmp_path):
    driver = driver_of(plugs, "replay")
    assert driver.pushed
    assert driver.counter.kind is CounterKind.LIFETIME
    plug = replay(file_of(tmp_path, TRACE), resolution_wh=0.1)
    assert plug.counter.resolution_wh == 0.1


def test_a_long_name_makes_an_id_of_its_own_that_fits():
    ids = {plug_id("a" * 31 + end) for end in "xy"} | {plug_id("b" * 25)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", each) for each in ids)


rows = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.one_of(st.none(), st.floats(-4000, 4000).map(lambda watts: round(watts, 2))),
        st.one_of(st.none(), st.floats(0, 1e7).map(lambda wh: round(wh, 3))),
    ),
    min_size=1,
    max_size=40,
)


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows, st.integers(1, 7))
async def test_what_was_written_is_what_is_read(tmp_path, rows, batch):
    at_ms, told = T0, []
    for pause_ms, power_w, energy_wh in rows:
        at_ms += pause_ms
        told.append((at_ms, power_w, energy_wh))
    path = tmp_path / "round.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("ts_ms", "power_w", "energy_wh"), *told])
    plug, readings = await played(path, batch=batch)
    assert plug.bad_rows == []
    assert figures(readings) == told


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(gzip.compress)),
       st.sampled_from([b"", b"ts_ms,power_w\n", b"time;watts;flags;zone\n"]))  # fmt: skip
async def test_any_bytes_end_in_readings_or_words(tmp_path, data, header):
    path = file_of(tmp_path, header + data)
    try:
        _, readings = await played(path, zone="Europe/Berlin")
    except PlugNonsense:
        return  # said in words; the words are tested above
    assert all(315_532_800_000 <= each.at_ms < 4_102_444_800_000 for each in readings)


async def test_a_large_trace_is_quick_and_needs_little_memory(tmp_path):
    lines = "".join(f"{T0 + at * 1000},{at % 977}.{at % 7},{at}\n" for at in range(200_000))
    packed = gzip.compress(f"ts_ms,power_w,energy_wh\n{lines}".encode(), 1)
    plug = replay(file_of(tmp_path, packed, "large.csv.gz"))
    began_s, count = time.process_time(), 0
    while batch := await plug.read():
        count += len(batch)
    spent_s = time.process_time() - began_s
    await plug.close()
    assert count == 200_000
    assert count / spent_s > 200_000  # a third of what a slow desktop does

    plug = replay(tmp_path / "large.csv.gz")
    tracemalloc.start()
    while await plug.read():
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await plug.close()
    assert peak < 12_000_000


def rows_promised():
    path = SHARED / "traces.csv"
    if not path.is_file():
        return {}
    with path.open(newline="") as file:
        return {row["trace"]: int(row["rows"]) for row in csv.DictReader(file)}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
async def test_every_shared_trace_is_played_without_a_bad_row(path):
    plug = replay(path)
    count, last_ms = 0, 0
    while batch := await plug.read():
        assert batch[0].at_ms >= last_ms
        last_ms = batch[-1].at_ms
        count += len(batch)
    await plug.close()
    assert plug.bad_rows == []
    assert count == rows_promised()[path.name.removesuffix(".csv.gz")]
