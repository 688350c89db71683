"""Programmes are found without being asked, and a run going on is told its end."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.appliance.washes import (
    COTTON,
    DAY_MS,
    EASY,
    HOT,
    MINUTE_MS,
    T0,
    Machine,
    begin,
    minutes,
    run,
    width_ms,
)

from flatwatt.appliance.memory import ENOUGH, PROGRAMMES, RUNS
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.programs import Programs, ProgramsState

SOONER = 3 * MINUTE_MS


def longer(powers, by_min, where=2):
    return [
        (power_w, length + by_min * (index == where))
        for index, (power_w, length) in enumerate(powers)
    ]


def test_runs_alike_are_one_programme_and_others_another():
    machine = Machine()
    assert machine.did(COTTON, EASY, longer(COTTON, 2), EASY, HOT) == [
        "p1",
        "p2",
        "p1",
        "p2",
        "p3",
    ]
    cotton = machine.programs.state.programmes["p1"]
    assert (cotton.count, cotton.duration_s, cotton.name) == (2, 96 * 60, "")


def test_nothing_is_said_before_the_first_run_is_over():
    assert Machine().expects(COTTON, 5) is None


def test_after_one_run_the_end_is_told_from_the_first_minute():
    machine = Machine()
    machine.did(COTTON)
    told = machine.expects(COTTON, 1)
    assert told is not None
    assert told.programme == "p1"
    assert told.end_after_ms == pytest.approx(minutes(COTTON) * MINUTE_MS, abs=SOONER)
    assert told.low_ms <= minutes(COTTON) * MINUTE_MS <= told.high_ms


def test_the_interval_narrows_as_the_run_goes_on():
    machine = Machine()
    machine.did(COTTON, EASY, COTTON, EASY, COTTON)
    widths = [width_ms(machine.expects(COTTON, upto_min)) for upto_min in (2, 22, 80)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 3


def test_the_programme_is_told_by_how_long_it_heats():
    machine = Machine()
    machine.did(*[COTTON, EASY] * 4)
    early, late = machine.expects(COTTON, 20), machine.expects(EASY, 20)
    assert (early.programme, late.programme) == ("p1", "p2")
    assert early.confidence > 0.8
    assert late.end_after_ms == pytest.approx(minutes(EASY) * MINUTE_MS, abs=SOONER)


def test_time_is_set_right_again_when_heating_takes_longer():
    machine = Machine()
    machine.did(COTTON, COTTON, COTTON)
    cold = longer(COTTON, 6, where=1)
    told = machine.expects(cold, 50)
    assert told.end_after_ms == pytest.approx(minutes(cold) * MINUTE_MS, abs=SOONER)


def test_what_fits_no_programme_is_unknown_and_has_no_end():
    machine = Machine()
    machine.did(COTTON, COTTON, COTTON, EASY)
    told = machine.expects([(40, 10), (700, 30), (40, 30)], 40)
    assert told is not None
    assert (told.programme, told.end_after_ms, told.low_ms) == ("", None, None)


def test_an_end_is_never_in_the_past():
    machine = Machine()
    machine.did(COTTON, COTTON, EASY, EASY)
    on_and_on = longer(COTTON, 200)
    for upto_min in range(1, 300, 7):
        told = machine.expects(on_and_on, upto_min)
        if told.end_after_ms is not None:
            assert upto_min * MINUTE_MS <= told.low_ms <= told.end_after_ms <= told.high_ms


def test_a_run_far_beyond_all_others_is_unknown():
    machine = Machine()
    machine.did(EASY, EASY)
    told = machine.expects([(150, 5), (2000, 8), (120, 600)], 400)
    assert (told.programme, told.end_after_ms) == ("", None)


def test_what_runs_for_days_is_no_programme():
    machine = Machine("other")
    assert machine.did([(150, 25 * 60)]) == [""]


def test_prints_do_not_repeat_so_none_is_told_its_end():
    machine = Machine("printer_3d")
    machine.did(COTTON, COTTON)
    assert machine.expects(COTTON, 30) is None


def test_a_print_is_one_of_its_kind_until_it_is_printed_again():
    machine = Machine("printer_3d")
    assert machine.did(COTTON, COTTON) == ["", "p1"]
    assert [run.programme for run in machine.programs.state.runs] == ["p1", "p1"]


def test_a_run_with_a_hole_is_not_learned():
    machine = Machine()
    assert machine.did(COTTON, holed=True) == [""]
    assert machine.programs.state.runs == []


def test_a_cancelled_run_is_not_believed_in():
    machine = Machine()
    machine.did(COTTON, COTTON, COTTON)
    before = machine.expects(COTTON, 10)
    assert machine.did([(150, 5), (2000, 20), (120, 10)]) == [""]
    assert machine.expects(COTTON, 10) == before


def test_a_short_programme_is_one_when_it_comes_a_second_time():
    machine = Machine()
    short = [(150, 5), (2000, 20), (120, 10)]
    assert machine.did(COTTON, short, short, short) == ["p1", "", "p2", "p2"]
    assert machine.programs.state.programmes["p2"].count == 3


def test_two_runs_taken_for_one_are_not_believed_in():
    machine = Machine()
    assert machine.did(COTTON, COTTON, [*COTTON, (3, 4), *COTTON]) == ["p1", "p1", ""]


def test_a_run_is_learned_once_however_often_it_is_told():
    machine = Machine()
    whole, aside = run(COTTON), run([(150, 5), (2000, 20)], T0 + DAY_MS)
    assert [machine.programs.learn(whole, holed=False) for _ in range(3)] == ["p1"] * 3
    assert [machine.programs.learn(aside, holed=False) for _ in range(3)] == [""] * 3
    assert machine.programs.state.programmes["p1"].count == 1


def test_a_discarded_run_is_as_if_it_had_never_been():
    machine, other = Machine(), Machine()
    machine.did(COTTON, COTTON, HOT)
    other.did(COTTON, COTTON)
    machine.programs.forget(machine.programs.state.runs[-1].id)
    machine.days -= 1
    assert machine.expects(COTTON, 30) == other.expects(COTTON, 30)
    assert list(machine.programs.state.programmes) == ["p1"]


def test_an_id_is_never_given_twice():
    machine = Machine()
    machine.did(COTTON, EASY)
    machine.programs.forget(machine.programs.state.runs[-1].id)
    assert machine.did(HOT) == ["p3"]


def test_a_person_moves_names_and_joins():
    machine = Machine()
    machine.did(COTTON, EASY, COTTON)
    programs = machine.programs
    assert programs.rename("p1", "Baumwolle")
    last = programs.state.runs[-1].id
    assert programs.assign(last) == "p3"
    assert programs.merge("p3", "p1")
    assert [each.programme for each in programs.state.runs] == ["p1", "p2", "p1"]
    assert programs.state.programmes["p1"].count == 2
    assert programs.assign(last, "p2") == "p2"
    assert machine.did(COTTON) == ["p1"]
    assert programs.state.programmes["p1"].name == "Baumwolle"


def test_what_is_not_known_is_refused():
    programs = Machine().programs
    assert not programs.rename("p9", "x")
    assert not programs.merge("p9", "p8")
    assert programs.assign("nothing", "p1") == ""


def test_a_programme_used_rarely_outlives_single_runs_of_a_frequent_one():
    machine = Machine()
    machine.did(HOT, *[COTTON] * (RUNS + 20))
    kept = [each.programme for each in machine.programs.state.runs]
    assert len(kept) == RUNS
    assert kept.count("p1") == 1
    assert machine.did(HOT) == ["p1"]


def test_memory_is_bounded_whatever_runs():
    machine = Machine()
    for index in range(PROGRAMMES + 20):
        machine.did([(100 + 30 * index, 30 + 3 * index), (2000, 5)])
    state = machine.programs.state
    assert len(state.runs) == RUNS
    assert len(state.programmes) <= PROGRAMMES
    assert len(msgspec.msgpack.encode(state)) < 200_000
    assert ENOUGH < RUNS


def test_what_was_learned_survives_a_restart():
    machine = Machine()
    machine.did(COTTON, EASY, COTTON, HOT, [(150, 5), (2000, 20)])
    saved = msgspec.msgpack.encode(machine.programs.state)
    loaded = msgspec.msgpack.decode(saved, type=ProgramsState)
    assert loaded == machine.programs.state
    other = Programs(PROFILES["washing_machine"], loaded)
    curve = begin(COTTON, 30)
    assert other.estimate(30 * MINUTE_MS, curve) == machine.programs.estimate(
        30 * MINUTE_MS, curve
    )


@settings(max_examples=25, deadline=None)
@given(asked=st.lists(st.integers(1, 79), max_size=8), upto=st.integers(40, 80))
def test_an_answer_does_not_depend_on_how_often_it_was_asked_for(asked, upto):
    often, once = Machine(), Machine()
    often.did(COTTON, EASY, HOT, COTTON)
    once.did(COTTON, EASY, HOT, COTTON)
    for upto_min in asked:
        often.expects(HOT, upto_min)
    assert often.expects(HOT, upto) == once.expects(HOT, upto)


@settings(max_examples=25, deadline=None)
@given(by_ms=st.integers(-(10**12), 10**12), upto=st.integers(1, 90))
def test_shifting_time_shifts_nothing_in_an_estimate(by_ms, upto):
    here, there = (Programs(PROFILES["dishwasher"]) for _ in range(2))
    for day, powers in enumerate((COTTON, EASY, COTTON)):
        here.learn(run(powers, T0 + day * DAY_MS), holed=False)
        there.learn(run(powers, T0 + by_ms + day * DAY_MS), holed=False)
    start_ms = T0 + 9 * DAY_MS
    first = here.estimate(upto * MINUTE_MS, begin(COTTON, upto, start_ms))
    assert first == there.estimate(upto * MINUTE_MS, begin(COTTON, upto, start_ms + by_ms))
