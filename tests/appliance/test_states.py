"""Runs begin and end where a person would say they do."""

import itertools
import math
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.states import (
    TRANSITIONS,
    Change,
    Detector,
    DetectorState,
    Finished,
    Phase,
    Resumed,
    Signal,
    Started,
    Supposed,
)
from flatwatt.model import Flag, Reading, State

T0 = 1_790_000_000_000
STEP_S = 10
Course = list[tuple[float | None, float]]
LETTERS = {Started: "S", Supposed: "p", Resumed: "r", Finished: "F"}
STORY = re.compile("(S(pr)*p?F)*")


class Story:
    """Lets an appliance draw power, keeps its total and what the detector says."""

    def __init__(self, kind: str) -> None:
        self.detector = Detector("it", PROFILES[kind])
        self.at_ms = T0
        self.total_mwh = 0
        self.changes: list[Change] = []
        self.told: list[tuple[Reading, int]] = []

    def draw(self, power_w: float | None, seconds: float, step_s: float = STEP_S) -> "Story":
        for _ in range(round(seconds / step_s)):
            self.at_ms += round(step_s * 1000)
            self.total_mwh += round((power_w or 0) * step_s / 3.6)
            self.say(power_w)
        return self

    def say(self, power_w: float | None, flags: int = 0) -> None:
        reading = Reading(self.at_ms, "it", "plug", power_w, flags=int(flags))
        self.told.append((reading, self.total_mwh))
        self.changes += self.detector.feed(reading, self.total_mwh)

    def silent(self, seconds: float, used_wh: float) -> "Story":
        self.at_ms += round(seconds * 1000)
        self.total_mwh += round(used_wh * 1000)
        return self

    @property
    def starts(self) -> list[int]:
        return [each.at_ms for each in self.changes if isinstance(each, Started)]

    @property
    def runs(self) -> list[Finished]:
        return [each for each in self.changes if isinstance(each, Finished)]

    @property
    def doing(self) -> State:
        return self.detector.state_now


def at(seconds: float) -> int:
    return T0 + round(seconds * 1000)


def test_the_table_has_a_row_for_everything_that_can_happen():
    assert set(TRANSITIONS) == set(itertools.product(Phase, Signal))


def test_every_kind_is_named_by_its_key_and_has_sane_values():
    for kind, profile in PROFILES.items():
        assert profile.kind == kind
        assert profile.on_power_w > 0
        assert profile.min_off_s >= 0
    expected = {"washing_machine", "dryer", "washer_dryer", "dishwasher", "printer_3d"}
    assert expected | {"fridge", "other"} <= set(PROFILES)


def test_a_print_is_back_dated_to_its_first_and_last_watts():
    story = Story("printer_3d").draw(8, 600).draw(250, 300).draw(110, 3600).draw(8, 1200)
    (start_ms,), (run,) = story.starts, story.runs
    assert start_ms == run.start_ms == at(610)
    assert abs(run.end_ms - at(4500)) <= STEP_S * 1000
    assert run.energy_mwh / 1000 == pytest.approx(250 / 12 + 110, rel=0.02)
    assert run.peak_w == 250
    assert story.doing is State.FINISHED


def test_nothing_is_said_before_a_run_is_certain():
    story = Story("printer_3d").draw(8, 60).draw(250, 100)
    assert story.changes == []
    assert story.detector.since_ms == at(70)
    assert story.detector.run_start_ms is None
    story.draw(250, 200)
    assert story.detector.run_start_ms == story.detector.since_ms == at(70)
    assert story.doing is State.ACTIVE


def test_a_button_press_is_no_run():
    story = Story("washing_machine").draw(1, 600).draw(30, 60).draw(1, 3600)
    assert story.changes == []
    assert story.detector.since_ms is None


def test_idle_above_five_watts_still_ends_a_print():
    story = Story("printer_3d").draw(29, 600).draw(170, 1800).draw(29, 600)
    assert len(story.runs) == 1


def test_a_soak_of_eight_minutes_does_not_split_a_wash():
    story = Story("washing_machine").draw(2000, 900).draw(3, 500).draw(150, 900).draw(3, 900)
    assert len(story.runs) == len(story.starts) == 1


def test_drying_in_silence_for_half_an_hour_does_not_split_a_dishwasher_run():
    story = Story("dishwasher").draw(1900, 1200).draw(0, 1900).draw(30, 60).draw(0, 3000)
    (run,) = story.runs
    assert abs(run.end_ms - at(3160)) <= STEP_S * 1000


def test_one_zero_between_equal_loads_is_not_finished():
    story = Story("printer_3d").draw(120, 1800).draw(0, 10).draw(120, 600)
    assert story.runs == []
    assert story.doing is State.ACTIVE


def test_delayed_start_standby_is_no_run():
    story = Story("washing_machine").draw(8, 4 * 3600)
    assert story.changes == []


def test_a_new_start_while_finished_is_seen_at_once():
    story = Story("printer_3d").draw(120, 1800).draw(8, 300)
    assert story.doing is State.FINISHED
    story.draw(250, 200)
    assert len(story.starts) == 2
    assert story.doing is State.ACTIVE


def test_finished_becomes_idle_after_a_while():
    story = Story("printer_3d").draw(120, 1800).draw(8, 5000)
    assert story.doing is State.IDLE


def test_nothing_at_all_for_a_minute_is_off():
    story = Story("printer_3d").draw(0, 50)
    assert story.doing is State.IDLE
    story.draw(0, 60)
    assert story.doing is State.OFF
    story.draw(8, 10)
    assert story.doing is State.IDLE


def test_before_the_first_reading_nothing_is_known():
    assert Story("other").doing is State.UNKNOWN


def test_a_fridge_never_makes_runs():
    story = Story("fridge")
    for _ in range(10):
        story.draw(80, 1200).draw(0, 2400)
    assert story.changes == []
    assert story.detector.since_ms is None


@pytest.mark.parametrize("power_w", [None, math.nan, math.inf, -math.inf])
def test_power_that_was_not_said_changes_nothing_but_time(power_w: float | None):
    story = Story("printer_3d").draw(120, 1800)
    for _ in range(30):
        story.at_ms += 10_000
        story.say(power_w)
    story.draw(120, 60)
    assert story.runs == []
    assert story.doing is State.ACTIVE


def test_a_late_or_repeated_reading_changes_nothing():
    story = Story("printer_3d").draw(120, 600)
    before = msgspec.json.encode(story.detector.state)
    for back_ms in (0, 5000):
        late = Reading(story.at_ms - back_ms, "it", "plug", 0.0)
        assert story.detector.feed(late, story.total_mwh) == ()
    assert msgspec.json.encode(story.detector.state) == before


def test_a_flat_signal_with_silence_of_25_minutes_is_one_run():
    story = Story("printer_3d").draw(120, 600).silent(1500, 50)
    story.draw(120, 600).draw(8, 600)
    (run,) = story.runs
    assert run.start_ms == at(10)


def test_a_hole_of_eight_hours_between_two_runs_parts_them():
    story = Story("printer_3d").draw(120, 1800).silent(8 * 3600, 20)
    story.draw(120, 1800).draw(8, 600)
    first, second = story.runs
    assert first.end_ms == at(1800)
    assert first.energy_mwh == pytest.approx(60_000, rel=0.01)
    assert second.start_ms == at(1800 + 8 * 3600 + 10)
    assert len(story.starts) == 2


def test_a_run_that_the_counter_saw_go_on_through_a_hole_is_one_run():
    story = Story("printer_3d").draw(120, 1800).silent(8 * 3600, 960)
    story.draw(120, 1800).draw(8, 600)
    (run,) = story.runs
    assert run.energy_mwh == pytest.approx(1_080_000, rel=0.01)


def test_energy_of_a_hole_in_which_a_run_ended_belongs_to_the_run():
    story = Story("printer_3d").draw(120, 1800).silent(2 * 3600, 150).draw(8, 600)
    (run,) = story.runs
    assert run.energy_mwh == pytest.approx(210_000, rel=0.01)


def test_a_clock_set_changes_no_duration_and_no_name():
    story = Story("printer_3d").draw(120, 1800).draw(8, 60)
    (start_ms,) = story.starts
    story.at_ms += 2 * 3_600_000
    story.say(8.0, Flag.CLOCK)
    assert story.runs == []
    story.draw(8, 300)
    (run,) = story.runs
    assert run.start_ms == start_ms


def test_a_clock_set_back_ends_no_run_before_its_start():
    story = Story("printer_3d").draw(120, 1800)
    story.at_ms -= 2 * 3_600_000
    story.say(120.0, Flag.CLOCK)
    story.draw(8, 600)
    (run,) = story.runs
    assert run.end_ms >= run.start_ms


def test_a_counter_reset_amid_a_run_does_not_reach_the_detector_as_less_energy():
    story = Story("washing_machine").draw(2000, 600).silent(10, 0).draw(2000, 600).draw(1, 1500)
    (run,) = story.runs
    assert run.energy_mwh >= 2000 * 1200 / 3.6 * 0.98


POWERS = st.sampled_from([None, 0.0, 2.0, 12.0, 45.0, 120.0, 2000.0])
COURSES = st.lists(
    st.tuples(POWERS, st.integers(1, 40), st.sampled_from([1, 10, 60, 300, 1000, 9000])),
    min_size=1,
    max_size=25,
)
KINDS = st.sampled_from(sorted(PROFILES))


def told(kind: str, course: list[tuple[float | None, int, int]]) -> Story:
    story = Story(kind)
    for power_w, times, step_s in course:
        story.draw(power_w, times * step_s, step_s)
    return story


@settings(max_examples=150, deadline=None, derandomize=True)
@given(kind=KINDS, course=COURSES, cut=st.integers(0, 1000))
def test_a_restart_at_any_reading_tells_the_same_story(kind, course, cut):
    story = told(kind, course)
    cut %= len(story.told)
    detector = Detector("it", PROFILES[kind])
    changes: list[Change] = []
    for index, (reading, total_mwh) in enumerate(story.told):
        if index == cut:
            saved = msgspec.json.encode(detector.state)
            state = msgspec.json.decode(saved, type=DetectorState)
            detector = Detector("it", PROFILES[kind], state)
        changes += detector.feed(reading, total_mwh)
    assert changes == story.changes
    assert detector.state == story.detector.state


@settings(max_examples=150, deadline=None, derandomize=True)
@given(kind=KINDS, course=COURSES, by_ms=st.integers(0, 10**11))
def test_shifting_time_shifts_only_time(kind, course, by_ms):
    story = told(kind, course)
    detector = Detector("it", PROFILES[kind])
    changes: list[Change] = []
    for reading, total_mwh in story.told:
        changes += detector.feed(replace(reading, at_ms=reading.at_ms + by_ms), total_mwh)
    assert len(changes) == len(story.changes)
    for shifted, change in zip(changes, story.changes, strict=True):
        names = [name for name in change.__struct_fields__ if name.endswith("_ms")]
        moved = {name: getattr(change, name) + by_ms for name in names}
        assert shifted == replace(change, **moved)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(kind=KINDS, course=COURSES)
def test_starts_and_finishes_alternate_and_every_run_is_in_order(kind, course):
    story = told(kind, course)
    story.draw(0.0, 6000, 60)
    assert STORY.fullmatch("".join(LETTERS[type(each)] for each in story.changes))
    end_ms = 0
    for start_ms, run in zip(story.starts, story.runs, strict=True):
        assert end_ms <= start_ms == run.start_ms <= run.end_ms <= run.noticed_ms
        assert run.energy_mwh >= PROFILES[kind].min_energy_wh * 1000
        end_ms = run.end_ms
