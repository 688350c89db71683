"""Past days become small; somebody asks what there is, checks it, and puts the CSV away."""

import asyncio
import contextlib
import json
import logging
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.store.twin_days import DAY_MS, FIRST, MIDNIGHT_MS, SECOND, days, packed, written

from flatwatt.config import ArchiveTable, Config
from flatwatt.sealing import GRACE_MS, Sealing, keeping_of, sealable, twin_of
from flatwatt.store.home import Home

BERLIN = ZoneInfo("Europe/Berlin")
CONFIG = '[flat]\nlanguage = "{language}"\n[archive]\ncsv = "gzip"\nafter_days = 2\n'


@pytest.fixture
def home(flatwatt):
    flatwatt.home.mkdir()
    (flatwatt.home / "flatwatt.toml").write_text(CONFIG.format(language="en"))
    written(flatwatt.home, days())
    return flatwatt


def test_a_flatmate_archives_verifies_and_puts_the_csv_away(home):
    assert "Waiting: 3 (2026-10-31 … 2026-11-02)" in home.run("archive", "status")
    assert "Days archived and verified: 3." in home.run("archive", "rebuild")
    assert "Days verified: 3;" in home.run("archive", "verify")
    assert "Days: 3; freed:" in home.run("archive", "prune")
    assert "Nothing to do" in home.run("archive", "prune")
    said = home.run("archive", "status")
    assert "2026-10" in said
    assert "compressed after 2 days" in said
    files = sorted(each.name for each in (home.home / "readings/2026").iterdir())
    assert files == ["2026-10-31.csv.gz", "2026-11-01.csv.gz", "2026-11-02.csv.gz"]


def test_the_same_as_json(home):
    status = json.loads(home.run("archive", "status", "--json"))
    assert status["waiting_days"] == ["2026-10-31", "2026-11-01", "2026-11-02"]
    rebuilt = json.loads(home.run("archive", "rebuild", "--missing", "--json"))
    assert (len(rebuilt["days"]), rebuilt["failed"]) == (3, [])
    assert json.loads(home.run("archive", "rebuild", "--missing", "--json"))["days"] == []
    status = json.loads(home.run("archive", "status", "--json"))
    assert sum(month["readings"] for month in status["months"]) == len(days())
    assert status["due_days"] == ["2026-10-31", "2026-11-01", "2026-11-02"]
    assert len(json.loads(home.run("archive", "verify", "--json"))["sound_days"]) == 3
    assert json.loads(home.run("archive", "prune", "--json"))["freed_bytes"] > 0


def test_what_is_wrong_is_said_and_is_exit_code_4(home):
    home.run("archive", "rebuild")
    file = next((home.home / "derived/sealed").rglob("2026-11*.parquet"))
    file.write_bytes(file.read_bytes()[:-1])
    assert "is damaged; `flatwatt archive rebuild`" in home.run("archive", "verify", code=4)


def test_it_is_said_in_german_too(home):
    (home.home / "flatwatt.toml").write_text(CONFIG.format(language="de"))
    assert "Offen: 3" in home.run("archive", "status")
    assert "Tage archiviert und geprüft: 3." in home.run("archive", "rebuild")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ('csv = "delete"', "archive.csv"),
        ("after_days = 1", "archive.after_days: must be between 2 and 36500 days"),
        ('csv = "move"', "archive.folder: goes with"),
        ('folder = "x"', "archive.folder: goes with"),
    ],
)
def test_a_choice_that_is_none_is_refused(home, table, fault):
    (home.home / "flatwatt.toml").write_text(f"[archive]\n{table}\n")
    assert fault in home.run("archive", "status", code=3)


def test_a_day_is_sealed_only_well_after_midnight():
    at = MIDNIGHT_MS + DAY_MS + GRACE_MS
    assert sealable(at - 1, BERLIN) == date.fromisoformat(FIRST)
    assert sealable(at, BERLIN) == date.fromisoformat(SECOND)


def background(tmp_path, at, **table):
    home = Home(tmp_path)
    config = Config(archive=ArchiveTable(**table))
    now_ms = int(datetime.fromisoformat(at).astimezone(UTC).timestamp() * 1000)
    return Sealing(
        twin_of(home, config), keeping_of(home, config), BERLIN, lambda: now_ms, asked_for=True
    )


def home_with_days(tmp_path):
    home = Home(tmp_path)
    home.create()
    written(tmp_path, days())
    return twin_of(home, Config())


async def test_the_collector_seals_one_day_a_step(tmp_path):
    twin = home_with_days(tmp_path)
    sealing = background(tmp_path, "2026-11-02T12:00:00+01:00")
    assert await sealing.step()
    assert sorted(twin.manifest().days) == [FIRST]
    while await sealing.step():
        pass
    assert sorted(twin.manifest().days) == [FIRST, SECOND]
    assert list(twin.readings.rglob("*.gz")) == []


async def test_the_collector_compresses_by_choice(tmp_path):
    twin = home_with_days(tmp_path)
    sealing = background(tmp_path, "2026-11-03T12:00:00+01:00", csv="gzip", after_days=2)
    while await sealing.step():
        pass
    assert sorted(each.name for each in twin.readings.rglob("*.gz")) == [
        f"{FIRST}.csv.gz", f"{SECOND}.csv.gz",
    ]  # fmt: skip


async def test_a_day_that_cannot_be_sealed_is_told_once_and_holds_up_nothing(tmp_path, caplog):
    twin = home_with_days(tmp_path)
    file = packed(twin.readings / f"2026/{FIRST}.csv")
    file.write_bytes(b"no gzip")
    sealing = background(tmp_path, "2026-11-03T12:00:00+01:00")
    with caplog.at_level(logging.WARNING, "flatwatt"):
        while await sealing.step():
            pass
    assert [each.message.count("cannot be read") for each in caplog.records] == [1]
    assert len(twin.manifest().days) == 2


async def test_a_collector_that_stops_leaves_no_half_day(tmp_path):
    twin = home_with_days(tmp_path)
    sealing = background(tmp_path, "2026-11-03T12:00:00+01:00")
    task = asyncio.create_task(sealing.run(look_s=60, rest_s=60))
    await asyncio.sleep(0.2)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    with twin.lock():  # its process is gone, and what it was at too
        assert not list(twin.folder.rglob("*.part"))


async def test_without_the_extra_the_collector_says_its_name_and_goes_on(
    tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr("flatwatt.sealing.available", lambda: False)
    sealing = background(tmp_path, "2026-11-03T12:00:00+01:00")
    with caplog.at_level(logging.WARNING, "flatwatt"), pytest.raises(TimeoutError):
        await asyncio.wait_for(sealing.run(), 0.05)
    assert "pip install 'flatwatt[archive]'" in caplog.text


def test_a_home_has_its_twin_in_derived(tmp_path):
    config = Config(archive=ArchiveTable("move", 30, "old"))
    assert twin_of(Home(tmp_path), config).folder == tmp_path / "derived/sealed"
    assert keeping_of(Home(tmp_path), config).folder == tmp_path / "old"
