"""The kind of an appliance is guessed from what its runs look like."""

from itertools import accumulate

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.appliance.guess import SURE, UNSURE, Guess, GuessState
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.shape import shape_of
from flatwatt.appliance.tracker import Tracker
from flatwatt.loads import load_of
from flatwatt.model import QUARTER_MS, Counter, CounterKind, Curve, Reading, Run
from flatwatt.report.kinds import question

STEP_MS = 30_000
ORIGIN_MS = 1_772_409_600_000
DAY_MS = 86_400_000
COUNTERS = {"it": Counter(CounterKind.SINCE_BOOT, resolution_wh=0.01)}

RINSE = [32.0] * 2 + [250.0] * 3 + [4.0] + [100.0] * 8
WASH = [7.0] * 3 + [100.0] * 4 + [2000.0] * 20 + [100.0] * 70 + RINSE * 2 + [480.0] * 10 + [20.0]
DISHES = [30.0] * 10 + [1950.0] * 16 + [60.0] * 80 + [1950.0] * 18 + [30.0] + [0.6] * 60 + [30.0]
DRYING = [2300.0] * 70 + [230.0] * 15
PUMP = [480.0] * 10 + [540.0] * 150 + [190.0] * 8
PRINT = [250.0] * 6 + [60.0] * 5 + [150.0] * 2 + [105.0, 110.0, 103.0] * 90
RUNS = {
    "washing_machine": WASH,
    "dishwasher": DISHES,
    "dryer": DRYING,
    "printer_3d": PRINT,
    "washer_dryer": WASH + [1400.0] * 90 + [150.0] * 12,
}
POWERS = st.lists(st.floats(0, 3000), min_size=8, max_size=60)


def run_of(powers_w: list[float], start_ms: int = ORIGIN_MS, **more) -> Run:
    """Return a run with these powers, half a minute each."""
    rises = (round(power_w * STEP_MS / 3600) for power_w in powers_w)
    mwh = tuple(accumulate(rises, initial=0))
    end_ms = start_ms + STEP_MS * len(powers_w)
    curve = Curve(STEP_MS, (*mwh, mwh[-1]))
    return Run("x-1", "x", start_ms, end_ms, mwh[-1], max(powers_w), curve=curve, **more)


def told(*runs: list[float]) -> Guess:
    guess = Guess()
    for powers_w in runs:
        guess.feed_run(run_of(powers_w))
    return guess


@pytest.mark.parametrize("kind", sorted(set(RUNS) - {"washer_dryer"}))
def test_two_runs_of_a_kind_are_enough_to_ask_and_one_is_not(kind):
    assert told(RUNS[kind]).kind == UNSURE
    assert told(RUNS[kind]).best[0] == kind
    assert told(RUNS[kind], RUNS[kind]).kind == kind


def test_a_washer_that_dries_is_rare_so_it_has_to_show_it_more_than_twice():
    both = RUNS["washer_dryer"]
    assert told(both, both).kind == UNSURE
    assert told(both, both, both).kind == "washer_dryer"


def test_a_heat_pump_dries_as_evenly_as_it_warms():
    assert told(PUMP, PUMP).kind == "dryer"


def test_who_washes_and_dries_by_turns_is_both():
    assert told(WASH, DRYING, WASH, DRYING, WASH, DRYING).best[0] == "washer_dryer"


def test_one_odd_run_does_not_outvote_three():
    assert told(WASH, DRYING, WASH, WASH).best[0] == "washing_machine"


def test_a_kettle_is_nothing_we_know():
    assert told(*[[2100.0] * 7] * 6).best[0] == "other"


def test_nothing_is_said_before_the_first_run():
    assert Guess().best == (UNSURE, 0.0)
    assert Guess().kind == UNSURE


def test_a_run_with_a_hole_says_nothing():
    guess = told(WASH)
    before = msgspec.msgpack.encode(guess.state)
    guess.feed_run(run_of(DISHES), holed=True)
    guess.feed_run(run_of(DISHES, missing_ms=3_600_000))
    assert msgspec.msgpack.encode(guess.state) == before


def test_a_run_too_short_for_a_shape_has_none():
    assert shape_of(run_of([2000.0] * 4)) is None


@given(st.lists(POWERS, min_size=1, max_size=5), st.integers(0, 10**9))
def test_when_and_in_which_order_runs_came_changes_nothing(runs, later_ms):
    guess, other = told(*runs), Guess()
    for powers_w in reversed(runs):
        other.feed_run(run_of(powers_w, ORIGIN_MS + later_ms))
    shares = other.probabilities()
    assert guess.probabilities() == pytest.approx(shares)
    assert not shares or sum(shares.values()) == pytest.approx(1.0)


@given(st.lists(POWERS, min_size=1, max_size=4), st.data())
def test_a_guess_goes_on_after_a_restart_as_if_there_had_been_none(runs, data):
    cut = data.draw(st.integers(0, len(runs)))
    packed = msgspec.msgpack.encode(told(*runs[:cut]).state)
    guess = Guess(msgspec.msgpack.decode(packed, type=GuessState))
    for powers_w in runs[cut:]:
        guess.feed_run(run_of(powers_w))
    assert guess.state == told(*runs).state


@settings(max_examples=50)
@given(st.lists(st.integers(5_000, 30_000), min_size=40, max_size=120))
def test_what_never_rests_by_day_or_night_is_no_refrigerator(energies_mwh):
    guess = Guess()
    for place, energy_mwh in enumerate(energies_mwh):
        guess.feed_quarter(place * QUARTER_MS, energy_mwh, 13_000, 120_000)
    assert guess.kind == UNSURE


def test_a_hole_in_the_hours_begins_the_day_anew():
    def hours(*, hole: bool) -> str:
        guess = Guess()
        for place in range(110):
            if not (hole and place == 60):
                guess.feed_quarter(place * QUARTER_MS, 9_000, 1_000, 80_000)
        return guess.kind

    assert hours(hole=False) == "fridge"
    assert hours(hole=True) == UNSURE


@pytest.mark.parametrize("kind", ["washing_machine", "dishwasher", "dryer", "printer_3d"])
def test_the_demos_appliances_are_recognised_by_a_tracker_that_does_not_know_them(kind):
    load = load_of(kind, 3, ORIGIN_MS)
    tracker, guess = Tracker("x", PROFILES["auto"], COUNTERS), Guess()
    for at_ms in range(ORIGIN_MS, ORIGIN_MS + 12 * DAY_MS, 20_000):
        reading = Reading(at_ms, "x", "it-1", load.power_w(at_ms), load.energy_wh(at_ms))
        for happened in tracker.feed(reading):
            if happened.kind == "finished":
                guess.feed_run(happened.run)
    assert guess.best[0] == kind
    assert guess.best[1] >= SURE


def test_a_refrigerator_is_recognised_by_its_day_and_night():
    load, guess = load_of("fridge", 3, ORIGIN_MS), Guess()
    for start_ms in range(ORIGIN_MS, ORIGIN_MS + 2 * DAY_MS, QUARTER_MS):
        powers_mw = [round(1000 * load.power_w(start_ms + 10_000 * at)) for at in range(90)]
        energy_mwh = sum(powers_mw) // 360
        guess.feed_quarter(start_ms, energy_mwh, min(powers_mw), max(powers_mw))
    assert guess.kind == "fridge"


def test_the_question_names_the_command_in_both_languages():
    assert question("washer", "washing_machine", "en") == (
        "Looks like a washing machine. Right? flatwatt appliance kind washer washing_machine"
    )
    assert question("tr", "dryer", "de") == (
        "Sieht nach einem Trockner aus. Stimmt das? flatwatt appliance kind tr dryer"
    )
