"""Recordings played back, in every dress they come in."""

import csv
import gzip
import re
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.plugs.recordings import T0, TOLD_TRACE, TRACE, figures, file_of, into, played, replay

from flatwatt import plugs
from flatwatt.clock import FastClock
from flatwatt.drivers import driver_of
from flatwatt.errors import ConfigError, PlugNonsense
from flatwatt.model import CounterKind
from flatwatt.plugs.replay import plug_id

SHARED = Path(__file__).parents[3] / "shared" / "traces"
SAMPLES = sorted((SHARED / "samples").glob("*.csv.gz"))


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


async def test_every_recording_at_hand_is_played_without_a_bad_row():
    """The public ones where they are mounted; our own small ones stand above."""
    for path in SAMPLES:
        plug = replay(path)
        count, last_ms = 0, 0
        while batch := await plug.read():
            assert batch[0].at_ms >= last_ms, path.name
            last_ms = batch[-1].at_ms
            count += len(batch)
        await plug.close()
        assert plug.bad_rows == [], path.name
        assert count == rows_promised()[path.name.removesuffix(".csv.gz")], path.name
