"""Stages begin where the owner of the machine would say they do."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.appliance.stage_tale import (
    DISHES,
    DRYER,
    KINDS,
    REGULATED,
    SWITCHED,
    T0,
    WASH,
    Tale,
    beats,
    moves,
)

from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.stages import Stager, StagerState
from flatwatt.appliance.stages.base import PIECES
from flatwatt.appliance.stages.names import NAMERS
from flatwatt.report.wording import WORDS

PACES = [1, 5, 10]


@pytest.mark.parametrize("step_s", PACES)
def test_measuring_the_bed_belongs_to_heating(step_s):
    tale = Tale("printer_3d", REGULATED, step_s)
    assert tale.names == ["heating", "printing"]
    assert tale.second("printing") == pytest.approx(330, abs=20)


@pytest.mark.parametrize("step_s", [*PACES, None])
def test_a_bed_that_switches_prints_once_the_nozzle_needs_less(step_s):
    tale = Tale("printer_3d", SWITCHED, step_s)
    assert tale.names == ["heating", "printing"]
    assert tale.second("printing") == pytest.approx(180, abs=20)


def test_a_printer_that_does_not_measure_its_bed_prints_when_its_heaters_cease():
    tale = Tale("printer_3d", [(180, 300), *moves(2400, 110)])
    assert tale.names == ["heating", "printing"]
    assert tale.second("printing") == pytest.approx(180, abs=20)


def test_a_printer_already_warm_prints_at_once():
    assert Tale("printer_3d", moves(1800, 110)).names == ["printing"]


def test_a_small_printer_that_keeps_its_supply_at_its_limit_prints():
    tale = Tale("printer_3d", [(300, 58), (60, 28), (5400, 56), (60, 3)])
    assert "printing" in tale.names


def test_a_bed_kept_hot_without_a_print_is_no_print():
    tale = Tale("printer_3d", [(120, 270), (1800, 70)])
    assert tale.names == ["heating", "idle_hot"]


def test_a_switching_bed_kept_hot_without_a_print_is_no_print():
    tale = Tale("printer_3d", [(120, 290), *beats(900, 40, 280, 45, 12)])
    assert tale.names == ["heating", "idle_hot"]


@pytest.mark.parametrize("step_s", PACES)
def test_a_pause_to_change_filament_is_hot_without_printing(step_s):
    course = [*REGULATED, (900, 80), *moves(1800, 112)]
    tale = Tale("printer_3d", course, step_s)
    assert tale.names == ["heating", "printing", "idle_hot", "printing"]
    paused, resumed = ((each.at_ms - T0) / 1000 for each in tale.marks[2:])
    assert paused == pytest.approx(2160, abs=40)
    assert resumed == pytest.approx(3060, abs=40)


def test_a_print_that_ends_with_its_heaters_off_cools():
    tale = Tale("printer_3d", [*REGULATED, (600, 45)])
    assert tale.names == ["heating", "printing", "cooling"]


@pytest.mark.parametrize("step_s", [*PACES, 60, None])
def test_a_wash_heats_washes_and_spins(step_s):
    tale = Tale("washing_machine", WASH, step_s)
    assert tale.names == ["washing", "heating", "washing", "spinning"]
    slack_s = 60 if step_s is None else max(30, step_s)
    assert tale.second("heating") == pytest.approx(396, abs=slack_s)
    assert tale.second("spinning") == pytest.approx(2796, abs=2 * slack_s)


def test_a_heater_off_for_two_minutes_to_let_the_water_mix_still_heats():
    course = [*WASH[:44], (300, 2000), *beats(120, 180, 15, 12, 6), (300, 2000), *WASH[45:]]
    tale = Tale("washing_machine", course)
    assert tale.names == ["washing", "heating", "washing", "spinning"]


def test_the_laundry_is_loosened_after_the_last_spin():
    tale = Tale("washing_machine", [*WASH, *beats(600, 90, 5, 10, 10)])
    assert tale.names[-2:] == ["spinning", "anti_crease"]


def test_a_moment_of_turning_after_the_last_spin_is_no_stage():
    tale = Tale("washing_machine", [*WASH, *beats(100, 90, 5, 10, 10)])
    assert tale.names[-1] == "spinning"


def test_a_cold_wash_never_heats():
    assert Tale("washing_machine", beats(3600, 180, 15, 12, 6)).names == ["washing"]


def test_a_washer_dryer_dries_after_its_last_spin():
    course = [*WASH, *beats(600, 90, 5, 10, 10), (1800, 1900), (600, 150)]
    tale = Tale("washer_dryer", course)
    assert tale.names[:4] == ["washing", "heating", "washing", "spinning"]
    assert tale.names[4:] == ["washing", "drying", "cooling"]


def test_a_washer_dryer_whose_heat_ends_in_an_even_wind_only_dries():
    course = [*beats(180, 60, 5, 8, 8), (1800, 1900), (900, 150)]
    assert Tale("washer_dryer", course).names == ["drying", "cooling"]


@pytest.mark.parametrize("step_s", [*PACES, None])
def test_a_dryer_cools_once_its_heater_stays_off(step_s):
    tale = Tale("dryer", DRYER, step_s)
    assert tale.names == ["drying", "cooling"]
    assert tale.second("cooling") == pytest.approx(2280, abs=60)


def test_a_heat_pump_dryer_cools_when_only_its_drum_turns():
    tale = Tale("dryer", [(60, 220), (4800, 620), (480, 220)])
    assert tale.names == ["drying", "cooling"]
    assert tale.second("cooling") == pytest.approx(4860, abs=20)


def test_a_dryer_without_heat_just_dries():
    assert Tale("dryer", [(1800, 210)]).names == ["drying"]


def test_a_drum_that_turns_now_and_then_after_cooling_keeps_from_creasing():
    tale = Tale("dryer", [*DRYER, *beats(900, 2, 190, 60, 40)])
    assert tale.names == ["drying", "cooling", "anti_crease"]


@pytest.mark.parametrize("step_s", [*PACES, 60, None])
def test_a_dishwasher_rinses_after_its_water_was_changed_and_dries_in_silence(step_s):
    tale = Tale("dishwasher", DISHES, step_s)
    assert tale.names == ["washing", "heating", "washing", "rinsing", "heating", "drying"]
    assert tale.second("drying") == pytest.approx(2640, abs=max(30, step_s or 0))


def test_a_dishwasher_is_not_said_to_dry_while_it_changes_its_water():
    said = [name for _, name in Tale("dishwasher", DISHES).said]
    assert said == ["washing", "heating", "washing", "rinsing", "heating", "drying"]


@pytest.mark.parametrize("kind", sorted(set(PROFILES) - set(NAMERS)))
def test_other_kinds_have_no_stages(kind):
    tale = Tale(kind, WASH)
    assert (tale.marks, tale.said, tale.stager.now) == ((), [], "")
    assert tale.stager.current() is None


def test_what_came_after_a_back_dated_end_is_no_stage():
    stager = Tale("dryer", DRYER).stager
    assert [each.name for each in stager.marks(T0, 0, T0 + 2_000_000, 900_000)] == ["drying"]


def test_the_stage_said_last_began_where_the_current_mark_says():
    tale = Tale("washing_machine", WASH)
    assert tale.stager.current() == tale.marks[-1]
    assert tale.said[-1][1] == tale.stager.now == "spinning"


def test_every_stage_has_a_word():
    names = {name for kind, course in KINDS.items() for name in Tale(kind, course).names}
    assert {f"stage_{name}" for name in names | {"idle_hot", "cooling", "anti_crease"}} <= set(
        WORDS
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_restart_at_any_reading_changes_nothing(kind):
    whole = Tale(kind, KINDS[kind], 10)
    stager = Stager(kind)
    stager.begin(*whole.readings[0])
    for reading in whole.readings[1:]:
        kept = msgspec.msgpack.encode(stager.state)
        stager = Stager(kind, msgspec.msgpack.decode(kept, type=StagerState))
        stager.feed(*reading)
    assert stager.state == whole.stager.state


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_clock_that_was_set_moves_the_stages_with_it(kind):
    whole = Tale(kind, KINDS[kind], 10)
    stager, by_ms = Stager(kind), 7_200_000
    half = len(whole.readings) // 2
    stager.begin(*whole.readings[0])
    for reading in whole.readings[1:half]:
        stager.feed(*reading)
    stager.shift(by_ms)
    for at_ms, power_w, total_mwh in whole.readings[half:]:
        stager.feed(at_ms + by_ms, power_w, total_mwh)
    moved = stager.marks(T0 + by_ms, 0, whole.readings[-1][0] + by_ms, whole.end_mwh)
    assert [(each.name, each.at_ms - by_ms) for each in moved] == [
        (each.name, each.at_ms) for each in whole.marks
    ]


def test_a_run_that_changes_all_the_time_for_days_needs_no_more_room():
    wild = beats(2 * 86_400, 2000, 100, 200, 200)
    stager = Tale("dishwasher", wild, 10).stager
    assert len(stager.state.pieces) <= PIECES
    assert len(msgspec.msgpack.encode(stager.state)) < 6_000


courses = st.lists(
    st.tuples(st.integers(1, 900), st.sampled_from([0.0, 5.0, 60.0, 110.0, 250.0, 450.0, 2000.0])),
    min_size=1,
    max_size=30,
)


@given(
    kind=st.sampled_from(sorted(KINDS)), course=courses, step_s=st.sampled_from([1, 7, 60, None])
)
@settings(deadline=None)
def test_stages_follow_one_another_within_the_run_whatever_it_draws(kind, course, step_s):
    tale = Tale(kind, course, step_s)
    times = [each.at_ms for each in tale.marks]
    totals = [each.total_mwh for each in tale.marks]
    assert times == sorted(set(times))
    assert totals == sorted(totals)
    assert all(one != other for one, other in zip(tale.names, tale.names[1:], strict=False))
    if tale.marks:
        assert (times[0], totals[0]) == (T0, 0)
        assert times[-1] < tale.readings[-1][0]
        assert totals[-1] <= tale.end_mwh
