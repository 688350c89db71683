"""A home that is looked after: its status, and the room on its disk."""

import asyncio
import json
import shutil
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from tests.journeys.three_plugs import (
    BERLIN,
    CONFIG,
    EVER,
    NOW_MS,
    START_MS,
    configured,
    lived,
    said_by_plugs,
)

from flatwatt.care import RoomWatch
from flatwatt.clock import Clock
from flatwatt.config import load
from flatwatt.daemon import Daemon
from flatwatt.flat import Flat
from flatwatt.model import Reading
from flatwatt.opening import counters, open_all
from flatwatt.report.room import MB, Room
from flatwatt.sinks import Extras
from flatwatt.sinks.lcd.pages import all_pages
from flatwatt.status import status_of
from flatwatt.store.home import Home


@pytest.fixture(scope="module")
def rows() -> list[Reading]:
    return said_by_plugs()


@pytest.fixture(scope="module")
def heard(tmp_path_factory, rows) -> Home:
    return lived(tmp_path_factory.mktemp("heard") / "home", rows)


@pytest.fixture
def home(tmp_path, heard) -> Home:
    return Home(shutil.copytree(heard.path, tmp_path / "home"))


# --- status -----------------------------------------------------------------------


def files(home: Home) -> dict[str, bytes]:
    """All files but the shared memory and empty logs that SQLite makes where it only reads."""
    return {
        str(path): path.read_bytes()
        for path in home.path.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_status_looks_at_everything_and_writes_nothing(home):
    (home.path / "flatwatt.toml").write_text("")
    before = files(home)
    with closing(Flat(home, CONFIG, counters(), watch=True)) as flat:
        flat.catch_up()
        found = status_of(flat, NOW_MS - 1000, days=16, free=lambda _: 4_000 * MB)
    assert files(home) == before
    assert not found.recording
    assert (found.first_day, found.last_day, found.days) == (
        date(2026, 11, 1), date(2026, 11, 16), 16,
    )  # fmt: skip
    assert found.record_bytes == sum(path.stat().st_size for path in home.readings.glob("*/*"))
    assert found.rows_a_day == 3 * 1440
    assert 60 < found.bytes_a_reading < 110
    assert found.disk.known_days == 7
    assert found.disk.days_left == pytest.approx(4_000 * MB / found.disk.day_bytes)
    assert found.room is Room.ENOUGH
    assert (found.keep_days, found.prunable_days) == (8, 8)
    assert [each.age_s for each in found.appliances] == [59, 59, 59]
    gaps = {each.appliance: each.gaps_s for each in found.appliances}
    assert gaps["washer"] == 0
    assert found.damaged == 0
    assert found.troubles == ()


def test_damaged_rows_are_found_near_by_and_far_away_when_asked(home):
    for day in ("2026-11-03", "2026-11-16"):
        file = home.readings / f"2026/{day}.csv"
        file.write_bytes(file.read_bytes().replace(b",washer,", b",wXsher,", 1))
    with closing(Flat(home, CONFIG, counters(), watch=True)) as flat:
        near = status_of(flat, NOW_MS - 1000)
        whole = status_of(flat, NOW_MS - 1000, whole=True)
    assert near.damaged == 1
    assert near.first_damaged.startswith("2026/2026-11-16.csv, line")
    assert whole.damaged == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["nobody is recording", "Disk", "Kept for", "ever", "never yet"]),
        ("de", ["läuft nicht", "Platte", "Aufbewahrung", "für immer", "noch nie"]),
    ],
)
def test_status_of_a_home_where_nothing_was_ever_recorded(flatwatt, language, words):
    configured(flatwatt, language)
    process = flatwatt.start("status")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    for each in words:
        assert each in out
    assert not (flatwatt.home / ".lock").exists()


def test_status_beside_a_collector_is_well_and_names_its_process(flatwatt):
    configured(flatwatt)
    collector = flatwatt.start("run", "--plain")
    try:
        deadline = time.monotonic() + 30
        found: dict = {}
        while time.monotonic() < deadline:
            process = flatwatt.start("status", "--json")
            out, err = process.communicate(timeout=60)
            found = json.loads(out) if process.returncode in (0, 1) and out else {}
            if process.returncode == 0:
                break
            time.sleep(0.5)
        assert process.returncode == 0, (out, err)
        assert found["process"] == collector.pid
        assert found["needs"] == []
        assert all(each["age_s"] < 60 for each in found["appliances"])
        assert found["disk"]["day_bytes"] is None
    finally:
        collector.terminate()
        collector.communicate(timeout=30)


# --- the collector ----------------------------------------------------------------


def simulated(tmp_path: Path) -> tuple[Home, object]:
    home = Home(tmp_path / "home")
    home.create()
    home.config.write_text(
        "[record]\nsync_s = 3600\n[plugs.w]\n"
        'family = "simulated"\nload = "kettle"\ninterval_s = 0.1\n'
    )
    return home, load(home.config, home.secrets, {})


async def until(found, seconds: float = 20.0) -> None:
    for _ in range(int(seconds * 50)):
        if found():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"not so in {seconds} s")


async def test_a_disk_that_fills_is_told_and_marked_before_it_hurts_and_then_it_is_quiet(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr("flatwatt.daemon.DAY_S", 0.02)
    monkeypatch.setattr("flatwatt.daemon.ROOM_S", 0.05)
    home, loaded = simulated(tmp_path)
    free = {"bytes": 10_000 * MB}
    clock = Clock()
    with closing(Flat(home, loaded.config, counters())) as flat:
        daemon = Daemon(flat, open_all(loaded, clock.now_ms), clock)
        daemon.room = RoomWatch(home, flat.zone, "en", free=lambda _: free["bytes"])
        task = asyncio.create_task(daemon.run())
        try:
            await until(lambda: flat.newest_ms)
            assert flat.room_trouble is None
            free["bytes"] = 150 * MB
            await until(lambda: flat.room_trouble)
            now = flat.snapshot(clock.now_ms())
            assert "disk nearly full: 150 MB free" in now.troubles[0]
            assert all_pages(now, Extras(), "en", BERLIN)[0].top[0] == "!"
            assert flat.store_troubles() == []  # the files are all right
            free["bytes"] = 250 * MB
            await asyncio.sleep(0.3)
            assert flat.room_trouble is not None
            free["bytes"] = 10_000 * MB
            await until(lambda: flat.room_trouble is None)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_finished_run_is_on_the_disk_at_once_and_not_only_when_the_minute_is_over(
    tmp_path,
):
    """`sync_s` is an hour here: only the end of a run can have forced the files."""
    home, loaded = simulated(tmp_path)
    clock = Clock()
    with closing(Flat(home, loaded.config, counters())) as flat:
        daemon = Daemon(flat, [], clock, sync_s=3600)
        task = asyncio.create_task(_keep(daemon))
        try:
            wash = [1.0] * 60 + [2000.0] * 60 + [1.0] * 400
            energy_wh = 0.0
            finished = 0.0
            for number, power_w in enumerate(wash):
                energy_wh += power_w / 360
                row = Reading(START_MS + number * 10_000, "w", "sim-w", power_w, energy_wh)
                told = flat.feed([row])
                await asyncio.sleep(0)
                if any(event.kind == "device_finished" for event in told):
                    finished = time.monotonic()
                    break
                assert _kept_position(home) is None
            assert finished
            await until(lambda: _kept_position(home) is not None, 10)
            assert time.monotonic() - finished < 5
            assert _kept_position(home) == flat._book._record.sync()
            with closing(Flat(home, loaded.config, counters(), watch=True)) as other:
                assert [run.end_ms is None for run in other.runs(0, EVER)] == [False]
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _keep(daemon: Daemon) -> None:
    await daemon._keep()


def _kept_position(home: Home):
    from flatwatt.flat import DERIVATION
    from flatwatt.store.quarters import Quarters

    with closing(Quarters(home.quarters, read_only=True)) as store:
        saved = store.checkpoint(DERIVATION)
    return None if saved is None else saved.position
