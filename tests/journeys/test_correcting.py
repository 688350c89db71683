"""A person corrects runs; everybody sees it, the detector learns it, a replay learns the same."""

import contextlib
import json
import time
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from tests.journeys.conftest import Command

from flatwatt import demo
from flatwatt.answers import merge_draft, split_draft
from flatwatt.appliance.tracker import TrackerState
from flatwatt.config import Config
from flatwatt.correction import Draft, Kind, Payload
from flatwatt.flat import Flat
from flatwatt.model import Reading, Run
from flatwatt.opening import counters
from flatwatt.report.corrected import Outcome
from flatwatt.report.drafts import discarding, renaming, undoing
from flatwatt.store.corrections import CorrectionLog
from flatwatt.store.home import Home
from flatwatt.store.readings import read
from flatwatt.tracking import Remembered

START_MS = 1_795_528_800_000  # 2026-11-24 15:00 in Berlin
WEEKS = 1


def everything(home: Home, scene: demo.Scene) -> list[Reading]:
    """What the plugs said in those weeks."""
    flat = Flat(home, scene.loaded.config, counters())
    demo.fill(scene, flat, WEEKS, lambda _count: None)
    flat.close()
    return [row for rows, _ in read(home.readings) for row in rows]


@pytest.fixture(scope="module")
def said_by_plugs(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("plugs") / "home")
    with demo.stage(home, 60.0, START_MS, weeks=WEEKS) as scene:
        return scene.loaded.config, everything(home, scene)


def of(flat: Flat, appliance: str) -> list[Run]:
    runs = flat.runs(0, 1 << 53)
    return [run for run in runs if run.appliance == appliance and run.end_ms is not None]


def correct_on_the_way(flat: Flat, half_days: int) -> None:
    """Say what people might after so many half days."""
    washer, printer, desk = (of(flat, id_) for id_ in ("washer", "printer", "desk"))
    rows = flat.correcting.rows
    drafts: list[Draft] = []
    if half_days == 4:
        drafts = [discarding(washer[-1]), renaming("washer", "p1", "Baumwolle")]
    elif half_days == 6:
        middle_ms = (printer[-1].start_ms + printer[-1].end_ms) // 2
        drafts = [split_draft(flat, printer[-1], middle_ms), merge_draft(flat, desk[-2:])]
    elif half_days == 8:
        drafts = [undoing(rows, 1), discarding(washer[-2])]
    elif half_days == 9:
        kind = Draft(Kind.KIND, "washer", Payload(kind="dryer"))
        drafts = [Draft(Kind.FORGET, "desk", Payload()), kind]
    elif half_days == 11:
        drafts = [undoing(rows)]
    elif half_days == 12:
        drafts = [undoing(rows, 3), discarding(washer[-1])]
    for draft in drafts:
        flat.correct(draft, flat.newest_ms)


def lived(home: Home, config: Config, rows: list[Reading]) -> Flat:
    """Live through the readings, corrected on the way; restart now and then."""
    flat = Flat(home, config, counters())
    half_days = 0
    for begin in range(0, len(rows), 500):
        flat.feed(rows[begin : begin + 500])
        if (flat.newest_ms - rows[0].at_ms) // 43_200_000 > half_days:
            half_days += 1
            correct_on_the_way(flat, half_days)
            if half_days % 5 == 0:
                flat.close()
                flat = Flat(home, config, counters())
                flat.catch_up()
    return flat


def remembered(flat: Flat) -> dict[str, TrackerState]:
    """Everything but the quarter-hours in memory: those that were kept are let go of."""
    states = msgspec.msgpack.decode(flat._tracking.packed(), type=Remembered).trackers
    for state in states.values():
        state.quarters.clear()
    return states


def test_a_replay_learns_from_corrections_where_they_were_made(tmp_path, said_by_plugs):
    config, rows = said_by_plugs
    home = Home(tmp_path / "home")
    home.create()
    flat = lived(home, config, rows)
    assert len(flat.correcting.rows) >= 10
    live = (remembered(flat), flat.runs(0, 1 << 53), flat.found_runs(0, 1 << 53))
    assert live[1] != live[2]
    flat.close()
    for file in home.derived.iterdir():
        file.unlink()
    for watch in (True, False):
        again = Flat(home, config, counters(), watch=watch)
        again.catch_up()
        assert again.runs(0, 1 << 53) == live[1]
        assert again.found_runs(0, 1 << 53) == live[2]
        assert remembered(again) == live[0]
        again.close()


def test_a_crash_right_after_a_correction_loses_neither_it_nor_what_it_taught(
    tmp_path, said_by_plugs
):
    config, rows = said_by_plugs
    home = Home(tmp_path / "home")
    home.create()
    flat = Flat(home, config, counters())
    flat.feed(rows[: len(rows) // 2])
    flat.persist(flat.capture())
    flat.feed(rows[len(rows) // 2 : -1000])
    flat.correct(discarding(of(flat, "washer")[-1]), flat.newest_ms)
    flat.feed(rows[-1000:])
    live = (remembered(flat), flat.runs(0, 1 << 53))
    flat._book.close()  # the files are let go, but nothing pending is written
    again = Flat(home, config, counters())
    again.catch_up()
    assert (remembered(again), again.runs(0, 1 << 53)) == live
    again.close()


def test_what_is_no_longer_taken_for_a_run_does_not_go_on_for_ever(tmp_path, said_by_plugs):
    config, rows = said_by_plugs
    home = Home(tmp_path / "home")
    home.create()
    flat = Flat(home, config, counters())
    run = next(
        row.at_ms
        for row in rows
        if row.appliance == "washer" and row.power_w is not None and row.power_w > 1500
    )
    begun = [row for row in rows if row.at_ms < run + 1_200_000]
    flat.feed(begun)
    assert any(each.end_ms is None for each in flat.runs(0, 1 << 53) if each.appliance == "washer")
    flat.correct(Draft(Kind.KIND, "washer", Payload(kind="fridge")), flat.newest_ms)
    assert not [each for each in flat.runs(0, 1 << 53) if each.appliance == "washer"]
    flat.close()


def test_a_correction_changes_what_is_summed_but_never_the_booked_energy(tmp_path, said_by_plugs):
    config, rows = said_by_plugs
    home = Home(tmp_path / "home")
    home.create()
    flat = Flat(home, config, counters())
    flat.feed(rows)
    quarters = flat.quarters(0, 1 << 53)
    one, other = of(flat, "washer")[-2:]
    flat.correct(discarding(other), flat.newest_ms)
    assert of(flat, "washer")[-1].id == one.id
    assert flat.quarters(0, 1 << 53) == quarters
    washer = next(each for each in flat.snapshot(flat.newest_ms).appliances if each.id == "washer")
    assert washer.last_run == of(flat, "washer")[-1]
    flat.correct(undoing(flat.correcting.rows), flat.newest_ms)
    assert of(flat, "washer")[-2:] == [one, other]
    flat.close()


def test_a_joined_run_draws_what_the_plug_counted_from_its_start_to_its_end(
    tmp_path, said_by_plugs
):
    config, rows = said_by_plugs
    home = Home(tmp_path / "home")
    home.create()
    flat = Flat(home, config, counters())
    flat.feed(rows)
    desk = of(flat, "desk")
    one, other = next(
        pair for pair in pairwise(desk) if pair[1].start_ms - pair[0].end_ms < 86_400_000
    )
    made = flat.correct(merge_draft(flat, [one, other]), flat.newest_ms)
    (whole,) = [run for run in of(flat, "desk") if run.id == one.id]
    quarters = flat.quarters(one.start_ms - 900_000, other.end_ms)
    counted = [each.energy_mwh for each in quarters if each.appliance == "desk"]
    assert 0 <= sum(counted) - whole.energy_mwh < counted[0] + counted[-1]
    assert sum(mwh for _, mwh in whole.slices) == whole.energy_mwh
    assert flat.correcting.outcomes() == {made.seq: Outcome.APPLIED}
    flat.close()


# --- on the command line ----------------------------------------------------------


@pytest.fixture(scope="module")
def command(tmp_path_factory) -> Command:
    command = Command(tmp_path_factory.mktemp("corrected") / "home")
    command.run("demo", "--seconds", "3", "--weeks", "1", "--plain", "--home", str(command.home))
    return command


def runs(command: Command, appliance: str = "washer") -> list[dict]:
    found = json.loads(command.run("runs", "--appliance", appliance, "--last", "100", "--json"))
    return [run for run in found if run["finished_at"]]


def hours(command: Command) -> dict[str, float]:
    report = json.loads(command.run("report", "--month", "2026-11", "--json"))
    lines = [line for line in report["appliances"] if line["active_s"] is not None]
    return {line["appliance"]: line["active_s"] / 3600 for line in lines}


def test_discarding_is_seen_everywhere_and_can_be_undone(command):
    before, hours_before = runs(command), hours(command)
    said = command.run("runs", "discard", before[-1]["run"])
    assert said.startswith("Washing machine ")
    assert ": discarded\n" in said
    assert "has learned" in said
    assert runs(command) == before[:-1]
    gone_h = hours_before["washer"] - hours(command)["washer"]
    assert gone_h == pytest.approx(before[-1]["duration_s"] / 3600, abs=0.01)
    assert before[-1]["run"] in command.run("runs", "corrections", "--json")
    command.run("runs", "undo")
    assert runs(command) == before
    assert hours(command) == hours_before
    history = json.loads(command.run("runs", "corrections", "--json"))
    assert [each["correction"] for each in history] == ["discard", "undo"]
    assert history[0]["undone"] is True


def test_splitting_and_merging_again_keeps_every_milliwatt_hour(command):
    before = runs(command)
    run = before[-2]
    start = datetime.fromisoformat(run["started_at"])
    moment = (start + timedelta(minutes=17)).isoformat()
    command.run("runs", "split", run["run"], "--at", moment)
    parts = runs(command)[-3:-1]
    assert sum(part["energy_wh"] for part in parts) == pytest.approx(run["energy_wh"], abs=1e-9)
    assert max(part["peak_w"] for part in parts) == run["peak_w"]
    assert parts[0]["peak_w"] != parts[1]["peak_w"]
    command.run("runs", "merge", parts[0]["run"], parts[1]["run"])
    assert runs(command) == before
    effects = json.loads(command.run("runs", "corrections", "--json", "--last", "2"))
    assert [each["effect"] for each in effects] == ["applied", "applied"]
    command.run("runs", "undo")
    command.run("runs", "undo")
    assert runs(command) == before


def test_a_programme_can_be_named_and_given_to_a_run(command):
    own = sum(run["programme"] == "p1" for run in runs(command)[:-1])
    command.run("appliance", "rename-programme", "washer", "p1", "[red]Baumwolle[/] 40")
    command.run("runs", "assign", "washer", "[red]baumwolle[/] 40")
    assert runs(command)[-1]["programme_name"] == "[red]Baumwolle[/] 40"
    assert "[red]Baumwolle[/] 40" in command.run("appliance", "show", "washer")
    learned = json.loads(command.run("appliance", "show", "washer", "--json"))
    first = learned["programmes"][0]
    assert (first["programme"], first["runs"]) == ("p1", own + 1)
    assert len(learned["remembered"]) >= 3
    assert "has no programme 'Wolle'" in command.run("runs", "assign", "washer", "Wolle", code=1)


def test_what_is_meant_by_nobody_is_said_with_what_is_near(command):
    assert "did you mean 'washer'" in command.run("runs", "discard", "wascher@17:40", code=1)
    assert "its number" in command.run("runs", "discard", "xyz", code=1)
    assert "behind the word" in command.run("runs", "--json", "discard", "last", code=1)
    assert "unknown kind 'dryr'; did you mean 'dryer'" in command.run(
        "appliance", "kind", "washer", "dryr", code=1
    )
    assert "no appliance is called" in command.run("appliance", "forget", "wash", code=1)


def test_a_kind_counts_from_now_and_for_the_past_once_it_is_taken_over(command):
    before = runs(command, "desk")
    assert before
    command.run("appliance", "kind", "desk", "fridge")
    assert runs(command, "desk") == before
    found = json.loads(command.run("runs", "replay", "--since", "1y", "--json"))
    assert [run["run"] for run in found["gone"]][:1] == [before[0]["run"]]
    assert {run["appliance"] for run in found["gone"]} == {"desk"}
    assert (found["added"], found["moved"]) == ([], [])
    assert runs(command, "desk") == before
    with Home(command.home).lock():
        said = command.run("runs", "replay", "--take-over", code=4)
        assert "already writes here" in said
    assert runs(command, "desk") == before
    assert "Taken over" in command.run("runs", "replay", "--take-over")
    assert runs(command, "desk") == []
    assert "no difference" in command.run("runs", "replay", "--since", "1y")
    command.run("runs", "undo")
    command.run("runs", "replay", "--take-over")
    assert runs(command, "desk")[0]["run"] == before[0]["run"]


def test_forgetting_shows_and_can_be_undone(command):
    def remembered() -> int:
        return len(json.loads(command.run("appliance", "show", "washer", "--json"))["remembered"])

    before = remembered()
    command.run("appliance", "forget", "washer")
    assert remembered() == 0
    command.run("runs", "undo")
    assert remembered() == before


CONFIG = """
[plugs.fridge]
family = "simulated"
load = "fridge"
appliance = "other"
interval_s = 0.1
"""


def test_a_collector_that_runs_learns_what_a_command_says(flatwatt):
    flatwatt.home.mkdir()
    (flatwatt.home / "flatwatt.toml").write_text(CONFIG)
    process = flatwatt.start("run")
    try:
        until = time.monotonic() + 30
        while not (flatwatt.home / "readings").is_dir() or not any(
            read(flatwatt.home / "readings")
        ):
            assert time.monotonic() < until, "the collector writes nothing"
            time.sleep(0.1)
        said = flatwatt.run("appliance", "kind", "fridge", "fridge")
        assert "learns from it within seconds" in said
        with contextlib.closing(CorrectionLog(flatwatt.home / "state.sqlite")) as log:
            while log.rows()[0].taken_ms is None:
                assert time.monotonic() < until, "the collector does not learn"
                time.sleep(0.1)
        assert (
            json.loads(flatwatt.run("appliance", "show", "fridge", "--json"))["kind"] == "fridge"
        )
        assert "already writes here" in flatwatt.run("runs", "replay", "--take-over", code=4)
    finally:
        process.terminate()
        process.communicate(timeout=20)
    learned = json.loads(flatwatt.run("appliance", "show", "fridge", "--json"))
    assert (learned["kind"], learned["kind_told_by_person"]) == ("fridge", True)
