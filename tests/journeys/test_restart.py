"""A collector that dies in mid-run goes on as if nothing had been."""

import asyncio
import contextlib
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from msgspec import structs

from flatwatt import demo
from flatwatt.daemon import Daemon
from flatwatt.emulator import serve
from flatwatt.flat import Flat
from flatwatt.opening import counters, open_all
from flatwatt.store.home import Home
from flatwatt.store.readings import read

START_MS = 1_795_528_800_000  # 2026-11-24 15:00 in Berlin
SPEED = 240.0


async def perform(scene, flat, seconds: float) -> None:
    """Read the scene's plugs for a while and stop without a word, as a kill does."""
    served = {part.id: await serve(part.plug.app()) for part in scene.parts}
    hosts = {id_: server.address for id_, server in served.items()}
    loaded = demo._write_config(scene.home, scene.parts, scene.start_ms, hosts)
    opened = open_all(loaded, scene.clock.now_ms)
    daemon = Daemon(flat, opened, scene.clock, sync_s=1.0, speed=SPEED)
    task = asyncio.create_task(daemon.run())
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.gather(*(server.close() for server in served.values()))


async def test_a_restart_in_mid_run_keeps_the_run_its_id_and_its_energy(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "REAL_INTERVAL_S", 0.1)  # 24 s of the plugs' time
    home = Home(tmp_path / "home")
    with demo.stage(home, SPEED, START_MS, weeks=1) as scene:
        first = Flat(home, scene.loaded.config, counters())
        demo.fill(scene, first, 0, lambda _count: None)
        scene.clock.restart(START_MS - 30 * 60_000)
        await perform(scene, first, 4.0)
        running = next(
            each for each in first.snapshot(scene.clock.now_ms()).appliances if each.id == "washer"
        )
        assert running.run_start_ms is not None
        first._book.close()  # the files are let go, but nothing pending is written

        second = Flat(home, scene.loaded.config, counters())
        second.catch_up()
        again = next(
            each
            for each in second.snapshot(scene.clock.now_ms()).appliances
            if each.id == "washer"
        )
        assert again.run_start_ms == running.run_start_ms
        await perform(scene, second, 9.0)
        second.close()

    truth = scene.parts[1].plug.load.runs_between(START_MS - 3_600_000, START_MS)[-1]
    with contextlib.closing(sqlite3.connect(home.events)) as database:
        ids = [row[0] for row in database.execute("SELECT id FROM event ORDER BY seq")]
    washes = [id_ for id_ in ids if "washer" in id_]
    assert len(washes) == len(set(washes))
    lasting = [id_ for id_ in washes if id_.startswith(("device_started/", "device_finished/"))]
    assert len(lasting) == 2
    watched = Flat(home, scene.loaded.config, counters(), watch=True)
    (run,) = [run for run in watched.runs(0, 1 << 53) if run.appliance == "washer"]
    watched.close()
    load = scene.parts[1].plug.load
    heard_wh = load.energy_wh(truth.end_ms) - load.energy_wh(run.start_ms)
    assert run.energy_mwh / 1000 == pytest.approx(heard_wh, rel=0.01, abs=2.0)


def test_the_story_is_the_same_live_and_from_the_record(tmp_path):
    """What was derived while recording equals what the record alone tells, bit for bit."""
    home = Home(tmp_path / "home")
    with demo.stage(home, 60.0, START_MS, weeks=1) as scene:
        flat = Flat(home, scene.loaded.config, counters())
        demo.fill(scene, flat, 1, lambda _count: None)
        live_quarters, live_runs = flat.quarters(0, 1 << 53), flat.runs(0, 1 << 53)
        flat.close()
    for file in home.derived.iterdir():
        file.unlink()
    again = Flat(home, scene.loaded.config, counters(), watch=True)
    again.catch_up()
    assert again.quarters(0, 1 << 53) == live_quarters
    assert again.runs(0, 1 << 53) == live_runs
    again.close()


def test_a_new_derivation_walks_the_record_again_but_tells_the_past_only_once(tmp_path):
    home = Home(tmp_path / "home")
    with demo.stage(home, 60.0, START_MS, weeks=1) as scene:
        flat = Flat(home, scene.loaded.config, counters())
        demo.fill(scene, flat, 1, lambda _count: None)
        flat.close()
        with contextlib.closing(sqlite3.connect(home.events)) as database:
            told, newest_ms = database.execute("SELECT count(*), max(at_ms) FROM event").fetchone()
        for file in home.derived.iterdir():
            file.unlink()
        plugs = scene.loaded.config.plugs
        other = {id_: structs.replace(plug, appliance="other") for id_, plug in plugs.items()}
        changed = structs.replace(scene.loaded.config, plugs=other)
        again = Flat(home, changed, counters())
        again.catch_up()
        assert again.runs(0, 1 << 53)
        again.close()
    with contextlib.closing(sqlite3.connect(home.events)) as database:
        past = "SELECT count(*) FROM event WHERE at_ms <= ?"
        assert database.execute(past, (newest_ms,)).fetchone()[0] == told
    assert told > 10


CONFIG = """
[plugs.fridge]
family = "simulated"
load = "fridge"
appliance = "fridge"
interval_s = 0.1
"""


def rows(home: Path) -> int:
    return sum(len(batch) for batch, _ in read(home / "readings"))


def wait_for_rows(home: Path, count: int) -> None:
    until = time.monotonic() + 20
    while rows(home) < count:
        assert time.monotonic() < until, "the collector writes nothing"
        time.sleep(0.1)


def test_kill_9_loses_no_written_row_and_the_next_start_goes_on(flatwatt):
    flatwatt.home.mkdir()
    (flatwatt.home / "flatwatt.toml").write_text(CONFIG)
    process = flatwatt.start("run")
    wait_for_rows(flatwatt.home, 10)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = rows(flatwatt.home)
    again = flatwatt.start("run")
    wait_for_rows(flatwatt.home, before + 5)
    again.send_signal(signal.SIGTERM)
    _, said = again.communicate(timeout=20)
    assert again.returncode == 0, said
    assert "everything is written down" in said


def test_a_disk_that_refuses_is_named_measuring_goes_on_and_nothing_is_lost(flatwatt):
    flatwatt.home.mkdir()
    (flatwatt.home / "flatwatt.toml").write_text(f"[record]\nsync_s = 1\n{CONFIG}")
    (flatwatt.home / "readings").mkdir()
    in_the_way = flatwatt.home / "readings" / f"{time.localtime().tm_year}"
    in_the_way.touch()  # a file where the year's folder belongs: nothing can be written
    (flatwatt.home / "state.sqlite").mkdir()
    process = flatwatt.start("run", "--live", "--plain")
    for _ in range(4):
        assert "fridge" in process.stdout.readline()
    in_the_way.unlink()
    (flatwatt.home / "state.sqlite").rmdir()
    wait_for_rows(flatwatt.home, 75)  # the first seconds' readings among them
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "readings wait in memory" in said
    assert "can be written again" in said
    assert "everything is written down" in said


def test_a_second_collector_is_refused_by_name_and_live_looks_on(flatwatt):
    flatwatt.home.mkdir()
    (flatwatt.home / "flatwatt.toml").write_text(CONFIG)
    process = flatwatt.start("run")
    try:
        wait_for_rows(flatwatt.home, 3)
        said = flatwatt.run("run", code=4)
        assert str(process.pid) in said
        assert "already writes here" in said
        assert "fridge" in flatwatt.run("live", "--once", "--plain")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_init_makes_a_home_that_check_and_plugs_test_like(flatwatt):
    flatwatt.run("init")
    assert ((flatwatt.home / "secrets.toml").stat().st_mode & 0o077) == 0
    assert "ok" in flatwatt.run("check")
    assert "simulated-printer" in flatwatt.run("plugs", "test", "printer")
    assert "did you mean 'printer'" in flatwatt.run("plugs", "test", "pritner", code=1)
    assert "exists already" in flatwatt.run("init", code=1)


def test_a_broken_configuration_leaves_with_its_line_and_code_3(flatwatt):
    flatwatt.home.mkdir()
    (flatwatt.home / "flatwatt.toml").write_text('[plugs.fridge]\nfamily = "simulatd"\n')
    assert "line 2: plugs.fridge.family" in flatwatt.run("run", code=3)
