"""Old days of the record go by choice; what they told stays, to the last bit."""

import shutil
import time
from contextlib import closing, suppress
from datetime import date, timedelta

import pytest
from tests.journeys.three_plugs import (
    CONFIG,
    DAY_MS,
    DAYS,
    EVER,
    NOW_MS,
    START_MS,
    STEP_MS,
    TODAY,
    configured,
    lived,
    said_by_plugs,
    told,
    underive,
)

from flatwatt.errors import StoreError
from flatwatt.flat import Flat
from flatwatt.loads import load_of
from flatwatt.model import QUARTER_MS, Reading
from flatwatt.opening import counters
from flatwatt.pruning import plan_of, prune
from flatwatt.report.drafts import discarding, undoing
from flatwatt.store.home import Home
from flatwatt.store.kept import Kept
from flatwatt.store.quarters import Quarter
from flatwatt.store.readings import days as days_of


@pytest.fixture(scope="module")
def rows() -> list[Reading]:
    return said_by_plugs()


@pytest.fixture(scope="module")
def heard(tmp_path_factory, rows) -> Home:
    return lived(tmp_path_factory.mktemp("heard") / "home", rows)


@pytest.fixture
def home(tmp_path, heard) -> Home:
    return Home(shutil.copytree(heard.path, tmp_path / "home"))


def test_a_plan_names_the_days_that_are_too_old_and_changes_nothing(home):
    plan = plan_of(home, 8, TODAY)
    assert [each.day.day for each in plan.days] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert plan.bytes == sum(path.stat().st_size for path in home.readings.glob("*/*-0[1-9].csv"))
    assert len(days_of(home.readings)) == DAYS
    assert plan_of(home, 400, TODAY).days == ()


def test_the_newest_files_stay_however_old_they_are(home):
    assert len(plan_of(home, 8, TODAY + timedelta(days=900)).days) == DAYS - 4


@pytest.mark.parametrize("watch", [True, False])
def test_what_was_pruned_is_told_as_before_even_when_all_is_derived_anew(home, watch):
    before = told(home)
    damaged = prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    assert damaged == []
    assert [day.day for day in days_of(home.readings)] == list(range(10, 17))
    assert told(home) == before
    underive(home)
    assert told(home, watch=watch) == before
    assert told(home) == before


def test_pruning_in_two_goes_is_pruning_in_one(home, tmp_path, rows):
    other = lived(tmp_path / "other", rows)
    prune(home, CONFIG, counters(), plan_of(home, 12, TODAY))
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    prune(other, CONFIG, counters(), plan_of(other, 8, TODAY))
    with closing(Kept(home.kept)) as one, closing(Kept(other.kept)) as two:
        assert one.days() == two.days()
        assert all(one.of(day) == two.of(day) for day in one.days())


def test_wherever_the_record_begins_all_is_told_as_before(home):
    """One day more each time: in the middle of a print, of a gap, of a night."""
    before = told(home)
    for keep_days in range(15, 6, -1):
        prune(home, CONFIG, counters(), plan_of(home, keep_days, TODAY))
        underive(home)
        assert told(home) == before, keep_days


def test_corrections_of_pruned_runs_still_count_and_can_be_undone(home):
    with closing(Flat(home, CONFIG, counters())) as flat:
        flat.catch_up()
        found = flat.runs(0, EVER)
        washed = next(run for run in found if run.appliance == "washer")
        made = flat.correct(discarding(washed), NOW_MS)
    corrected = told(home)
    assert washed.id not in {run.id for run in corrected[1]}
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    underive(home)
    assert told(home) == corrected
    with closing(Flat(home, CONFIG, counters())) as flat:
        flat.catch_up()
        flat.correct(undoing(flat.correcting.rows, made.seq), NOW_MS)
        assert washed.id in {run.id for run in flat.runs(0, EVER)}


def test_after_an_update_of_the_arithmetic_the_pruned_past_still_has_its_energy(home, monkeypatch):
    before = told(home)
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    monkeypatch.setattr("flatwatt.flat.DERIVATION", "another")
    quarters, runs, _, _ = told(home, watch=False)
    cut_ms = START_MS + 9 * DAY_MS
    # Only the interval over the cut is not known any more; the printer was silent there.
    heard_ms = {"printer": START_MS + 7 * DAY_MS + DAY_MS // 2}

    def well_before(each: Quarter) -> bool:
        return each.start_ms < heard_ms.get(each.appliance, cut_ms) - QUARTER_MS

    assert list(filter(well_before, quarters)) == list(filter(well_before, before[0]))
    assert sum(map(well_before, quarters)) > 8 * 96 * 2
    ended = {run.id for run in before[1] if run.end_ms is not None and run.end_ms < cut_ms}
    assert ended <= {run.id for run in runs}


def test_a_replay_tells_no_event_of_pruned_days_a_second_time(home):
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    underive(home)
    with closing(Flat(home, CONFIG, counters())) as flat:
        heard: list[object] = []
        flat.listeners.append(heard.append)
        flat.catch_up()
    assert heard == []


def test_a_collector_that_goes_on_meanwhile_is_not_disturbed(tmp_path, rows):
    home = lived(tmp_path / "home", rows[: len(rows) // 2])
    whole = told(lived(tmp_path / "whole", rows))
    with closing(Flat(home, CONFIG, counters())) as flat:
        flat.catch_up()
        prune(home, CONFIG, counters(), plan_of(home, 8, date(2026, 11, 12)))
        flat.feed(rows[len(rows) // 2 :])
    assert told(home) == whole
    underive(home)
    assert told(home) == whole


class Stopped(Exception):
    pass


@pytest.mark.parametrize("files_left", [0, 1])
def test_pruning_that_was_interrupted_goes_on(home, monkeypatch, files_left):
    before, plan, seen = told(home), plan_of(home, 8, TODAY), []
    newest = home.readings / "2026/2026-11-04.csv"
    text = newest.read_bytes()

    def stop(day):
        seen.append(day)
        if len(seen) == 4:
            raise Stopped

    with suppress(Stopped):
        prune(home, CONFIG, counters(), plan, stop)
    if files_left:  # the power went before the file did
        newest.write_bytes(text)
    assert told(home) == before
    underive(home)
    assert told(home) == before
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    assert [day.day for day in days_of(home.readings)] == list(range(10, 17))
    underive(home)
    assert told(home) == before


def test_a_pruned_day_that_grew_again_is_not_deleted(home):
    grown = home.readings / "2026/2026-11-02.csv"
    text = grown.read_bytes()
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    grown.write_bytes(text + text.splitlines(keepends=True)[-1])
    with pytest.raises(StoreError, match="grew since"):
        prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    assert grown.exists()


def test_a_record_that_does_not_tell_what_was_told_is_not_pruned(home):
    file = home.readings / "2026/2026-11-03.csv"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:1000] + lines[3000:]))  # somebody edited it
    with pytest.raises(StoreError, match="2026-11-03 is not pruned"):
        prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    assert [day.day for day in days_of(home.readings)] == list(range(3, 17))


def test_a_day_that_the_derived_figures_have_not_reached_is_not_pruned(tmp_path, rows):
    home = lived(tmp_path / "home", rows[: len(rows) // 4])
    early = home.quarters.read_bytes()
    lived(home.path, rows[len(rows) // 4 :])
    home.quarters.write_bytes(early)
    with pytest.raises(StoreError, match=r"2026-11-04 is not pruned.*start flatwatt once"):
        prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    whole = told(home)
    told(home, watch=False)
    with closing(Flat(home, CONFIG, counters())) as flat:
        flat.catch_up()
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    assert told(home) == whole


def test_a_compressed_day_goes_with_its_twin(home):
    import gzip

    file = home.readings / "2026/2026-11-02.csv"
    file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
    other = home.readings / "2026/2026-11-03.csv"
    other.with_name(other.name + ".gz").write_bytes(gzip.compress(other.read_bytes()))
    other.unlink()
    before = told(home)
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    assert min(path.name for path in (home.readings / "2026").iterdir()) == "2026-11-10.csv"
    underive(home)
    assert told(home) == before


def test_a_damaged_kept_file_is_said_and_never_replaced(home):
    prune(home, CONFIG, counters(), plan_of(home, 8, TODAY))
    home.kept.write_bytes(b"not a database" * 1000)
    underive(home)
    with closing(Flat(home, CONFIG, counters())) as flat:
        flat.catch_up()
        assert any("kept.sqlite" in text for text in flat.store_troubles())
    assert home.kept.read_bytes().startswith(b"not a database")


# --- the command ------------------------------------------------------------------


def test_the_command_deletes_only_when_told_so(flatwatt):
    home = configured(flatwatt, record="keep_days = 8")
    first_ms = int(time.time() * 1000) // DAY_MS * DAY_MS - 15 * DAY_MS
    kettle = load_of("kettle", 3, first_ms)
    lived(home.path, [
        Reading(at_ms, "washer", "sim-w", kettle.power_w(at_ms), kettle.energy_wh(at_ms))
        for at_ms in range(first_ms, first_ms + 15 * DAY_MS, 10 * STEP_MS)
    ])  # fmt: skip
    count = len(days_of(home.readings))
    runs = flatwatt.run("report", "--month", "today", "--json")
    for words in (("record", "prune"), ("record", "prune", "--dry-run")):
        assert "Nothing was deleted" in flatwatt.run(*words)
        assert len(days_of(home.readings)) == count
    assert "Deleted" in flatwatt.run("record", "prune", "--yes")
    assert len(days_of(home.readings)) in (7, 8)
    assert "older than 8 days" in flatwatt.run("record", "prune", "--yes")
    assert flatwatt.run("report", "--month", "today", "--json") == runs
    assert "at least 7 days" in flatwatt.run("record", "prune", "--keep-days", "3", code=1)


def test_without_a_choice_everything_is_kept(flatwatt):
    configured(flatwatt)
    assert "nothing says how long to keep" in flatwatt.run("record", "prune", code=1)
