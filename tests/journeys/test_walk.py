"""A replay tells the same as what was told live, however readings are bundled."""

from pathlib import Path

import pytest
from tests.appliance.test_following import ORIGIN_MS

from flatwatt.config import Config, FlatTable, PlugTable
from flatwatt.correction import Draft, Kind, Payload
from flatwatt.flat import Flat
from flatwatt.loads import load_of
from flatwatt.model import Event, Reading
from flatwatt.opening import counters
from flatwatt.store.home import Home

DAYS = 6
STEP_MS = 30_000
KINDS = {"washer": "washing_machine", "dishes": "dishwasher", "printer": "printer_3d"}


def config(**kinds: str) -> Config:
    plugs = {
        id_: PlugTable(family="shelly1", appliance=kinds.get(id_, kind))
        for id_, kind in KINDS.items()
    }
    return Config(FlatTable("WG"), plugs=plugs)


@pytest.fixture(scope="module")
def said_by_plugs() -> list[Reading]:
    """What three plugs said in six days, in the order it was heard."""
    loads = {id_: load_of(kind, 3, ORIGIN_MS) for id_, kind in KINDS.items()}
    return [
        Reading(at_ms, id_, f"shelly1-{id_}-0", load.power_w(at_ms), load.energy_wh(at_ms), 230.1)
        for at_ms in range(ORIGIN_MS, ORIGIN_MS + DAYS * 86_400_000, STEP_MS)
        for id_, load in loads.items()
    ]


def lived(
    folder: Path, rows: list[Reading], bundle: int, made: Config
) -> tuple[Flat, list[Event]]:
    flat = Flat(Home(folder), made, counters())
    told: list[Event] = []
    for begin in range(0, len(rows), bundle):
        told += flat.feed(rows[begin : begin + bundle])
    return flat, told


def kept(flat: Flat) -> tuple[object, ...]:
    """Everything there is to know about a flat."""
    return flat._tracking.packed(), flat.runs(0, 1 << 53), flat.quarters(0, 1 << 53)


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory, said_by_plugs):
    made = config(washer="auto")
    flat, told = lived(tmp_path_factory.mktemp("one"), said_by_plugs, 1, made)
    found = kept(flat)
    flat.close()
    return told, found


def test_the_story_of_six_days_has_every_chapter(one_by_one):
    told, _ = one_by_one
    assert {event.kind for event in told} >= {
        "device_started", "device_finished", "device_probably_finished", "stage_changed",
        "kind_guessed",
    }  # fmt: skip
    assert len({event.id for event in told}) == len(told)


@pytest.mark.parametrize("bundle", [7, 1000, 1_000_000])
def test_however_readings_are_bundled_they_tell_and_leave_the_same(
    tmp_path, said_by_plugs, one_by_one, bundle
):
    flat, told = lived(tmp_path, said_by_plugs, bundle, config(washer="auto"))
    assert told == one_by_one[0]
    assert kept(flat) == one_by_one[1]
    flat.close()


def test_a_replay_of_the_record_leaves_what_was_lived(tmp_path, said_by_plugs, one_by_one):
    flat, told = lived(tmp_path, said_by_plugs, 100, config(washer="auto"))
    flat.close()
    Home(tmp_path).quarters.unlink()
    again = Flat(Home(tmp_path), config(washer="auto"), counters(), watch=True)
    heard: list[Event] = []
    again.listeners.append(heard.append)
    assert again.catch_up() == len(said_by_plugs)
    assert kept(again) == one_by_one[1]
    assert {event.id for event in heard} <= {event.id for event in told}
    again.close()


def test_a_person_who_tells_the_kind_ends_the_guessing_for_everybody(tmp_path, said_by_plugs):
    flat, told = lived(tmp_path, said_by_plugs, 100, config(washer="auto"))
    asked = [event for event in told if event.kind == "kind_guessed"]
    assert [event.data["kind"] for event in asked] == ["washing_machine"]
    now = {each.id: each for each in flat.snapshot(flat.newest_ms).appliances}
    assert now["washer"].guessed == now["washer"].kind == "washing_machine"
    flat.correct(Draft(Kind.KIND, "washer", Payload(kind="washing_machine")), flat.newest_ms)
    now = {each.id: each for each in flat.snapshot(flat.newest_ms).appliances}
    assert (now["washer"].guessed, now["washer"].kind) == ("", "washing_machine")
    runs = flat.runs(0, 1 << 53)
    flat.close()
    Home(tmp_path).quarters.unlink()
    for restart in ("from the record", "from the checkpoint"):
        again = Flat(Home(tmp_path), config(washer="auto"), counters())
        again.catch_up()
        tracker = again.tracker("washer")
        assert tracker is not None
        assert (again.kind("washer"), tracker.guessed) == ("washing_machine", ""), restart
        assert again.runs(0, 1 << 53) == runs
        again.close()
