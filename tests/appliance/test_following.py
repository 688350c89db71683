"""A tracker follows runs from within: kind, stages, curve, programme and end."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.appliance.test_tracker import COUNTERS, START_MS, STEP_MS, WASH, readings

from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.tracker import Tracker, TrackerState
from flatwatt.loads import load_of
from flatwatt.model import QUARTER_MS, Reading

DAY_MS = 86_400_000
ORIGIN_MS = 1_772_409_600_000  # 2026-03-02 00:00 UTC
LOADS = ("washing_machine", "dishwasher", "dryer", "printer_3d")
REST = [1.0] * 420
"""70 minutes: longer than a machine of unknown kind is waited for."""


def following(kind: str, state: TrackerState | None = None) -> Tracker:
    return Tracker("washer", PROFILES[kind], COUNTERS, state)


def drawn_by(kind: str, days: int, seed: int = 3, step_ms: int = 20_000) -> list[Reading]:
    """What a plug says of a believable appliance."""
    load = load_of(kind, seed, ORIGIN_MS)
    return [
        Reading(at_ms, "washer", "shelly1-1", load.power_w(at_ms), load.energy_wh(at_ms))
        for at_ms in range(ORIGIN_MS, ORIGIN_MS + days * DAY_MS, step_ms)
    ]


def told_by(tracker: Tracker, rows) -> list:
    return [each for row in rows for each in tracker.feed(row)]


def of_kind(told: list, kind: str) -> list:
    return [each for each in told if each.kind == kind]


# --- an appliance of unknown kind -------------------------------------------------

WASHES = list(readings((WASH + REST) * 3))


def test_what_washes_is_asked_about_once_and_followed_as_a_washing_machine():
    tracker = following("auto")
    asked = of_kind(told_by(tracker, readings((WASH + REST) * 6)), "kind_guessed")
    assert [each.what for each in asked] == ["washing_machine"]
    assert 0.9 < asked[0].probability <= 1.0
    assert tracker.guessed == tracker.profile.kind == "washing_machine"


def test_once_it_is_taken_for_a_washing_machine_its_runs_have_stages_and_close_sooner():
    runs = [each.run for each in of_kind(told_by(following("auto"), WASHES), "finished")]
    assert not runs[0].stages
    assert "heating" in {stage.name for stage in runs[-1].stages}


@settings(max_examples=25, deadline=None)
@given(st.integers(1, len(WASHES) - 1))
def test_a_restart_at_any_reading_changes_nothing_of_what_is_guessed(cut):
    whole, first = following("auto"), following("auto")
    expected = told_by(whole, WASHES)
    told = told_by(first, WASHES[:cut])
    packed = msgspec.msgpack.encode(first.state)
    second = following("auto", msgspec.msgpack.decode(packed, type=TrackerState))
    assert told + told_by(second, WASHES[cut:]) == expected
    assert msgspec.msgpack.encode(second.state) == msgspec.msgpack.encode(whole.state)


def test_a_person_who_tells_the_kind_ends_the_guessing():
    tracker = following("auto")
    told_by(tracker, WASHES)
    told = following("dryer", tracker.state)
    assert (told.guessed, told.profile.kind) == ("", "dryer")
    later = told_by(told, readings((WASH + REST) * 3, start_ms=START_MS + DAY_MS))
    assert of_kind(later, "finished")
    assert not of_kind(later, "kind_guessed")


def test_a_refrigerator_is_taken_for_one_though_it_never_finishes_a_run():
    tracker = following("auto")
    told = told_by(tracker, drawn_by("fridge", 3))
    assert not of_kind(told, "finished")
    assert tracker.guessed == "fridge"
    assert tracker.run_now() is None
    begun = [each.run.id for each in of_kind(told, "started")]
    taken_back = [each.run.id for each in of_kind(told, "kind_guessed")]
    assert taken_back == begun[-1:]


# --- from within ------------------------------------------------------------------


@pytest.mark.parametrize("kind", LOADS)
def test_the_stages_of_every_run_follow_one_another_and_add_up_by_quarter_hours(kind):
    runs = [each.run for each in of_kind(told_by(following(kind), drawn_by(kind, 8)), "finished")]
    assert len(runs) >= 3
    for run in runs:
        assert len(run.stages) >= 2
        assert (run.stages[0].start_ms, run.stages[-1].end_ms) == (run.start_ms, run.end_ms)
        assert all(one.end_ms == other.start_ms for one, other in pairwise(run.stages))
        assert sum(stage.energy_mwh for stage in run.stages) == run.energy_mwh
        by_quarter = dict.fromkeys((start_ms for start_ms, _ in run.slices), 0)
        for stage in run.stages:
            assert sum(mwh for _, mwh in stage.slices) == stage.energy_mwh
            for start_ms, mwh in stage.slices:
                by_quarter[start_ms] += mwh
                assert start_ms < stage.end_ms
                assert stage.start_ms < start_ms + QUARTER_MS
        assert by_quarter == dict(run.slices)


@pytest.mark.parametrize("kind", LOADS)
def test_stages_are_told_in_order_and_numbered_within_their_run(kind):
    told = told_by(following(kind), drawn_by(kind, 8))
    numbers: dict[str, list[int]] = {}
    for each in of_kind(told, "stage_changed"):
        numbers.setdefault(each.run.id, []).append(each.count)
        assert each.what
    assert numbers.keys() == {each.run.id for each in of_kind(told, "finished")}
    for counts in numbers.values():
        assert counts == list(range(len(counts)))


@pytest.mark.parametrize("kind", LOADS)
def test_the_curve_of_a_run_going_on_ends_at_its_energy(kind):
    tracker, seen = following(kind), 0
    for number, row in enumerate(drawn_by(kind, 4)):
        tracker.feed(row)
        run = tracker.run_now() if number % 10 == 0 else None
        if run is not None:
            seen += 1
            assert run.end_ms is None
            assert run.curve.mwh[0] == 0
            assert list(run.curve.mwh) == sorted(run.curve.mwh)
            assert run.curve.mwh[-1] == run.energy_mwh == sum(mwh for _, mwh in run.slices)
    assert seen > 20


# --- its end ----------------------------------------------------------------------


def test_after_three_equal_washes_the_end_of_the_fourth_is_known_to_a_few_percent():
    tracker = following("washing_machine")
    told_by(tracker, WASHES)
    assert tracker.estimate is None
    start_ms = WASHES[-1].at_ms + STEP_MS
    wash_ms = 430 * STEP_MS - 60 * STEP_MS
    asked = 0
    for row in readings(WASH, start_ms=start_ms, energy_wh=WASHES[-1].energy_wh):
        tracker.feed(row)
        into_ms = row.at_ms - start_ms - 60 * STEP_MS
        if wash_ms // 10 < into_ms < wash_ms:
            estimate = tracker.estimate
            assert estimate is not None
            assert estimate.programme == "p1"
            assert abs(estimate.end_after_ms - wash_ms) < 0.05 * wash_ms
            assert estimate.low_ms <= estimate.end_after_ms <= estimate.high_ms
            assert estimate.low_ms <= wash_ms <= estimate.high_ms
            asked += 1
    assert asked > 300
