"""The quiet level rises to what the appliance itself, or a load beside it, draws at rest."""

import pytest

from flatwatt.appliance.changes import Finished, Started
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.states import Detector
from flatwatt.model import Reading, State

STEP_MS = 10_000
T0 = 1_790_000_000_000


class Machine:
    def __init__(self, kind: str) -> None:
        self.detector = Detector("it", PROFILES[kind])
        self.at_ms, self.total_mwh = T0, 0
        self.changes: list[Started | Finished] = []

    def draw(self, power_w: float, minutes: float) -> "Machine":
        for _ in range(round(minutes * 6)):
            self.at_ms += STEP_MS
            self.total_mwh += round(power_w * STEP_MS / 3600)
            reading = Reading(self.at_ms, "it", "plug", power_w)
            self.changes += self.detector.feed(reading, self.total_mwh)
        return self

    @property
    def runs(self) -> list[Finished]:
        return [each for each in self.changes if isinstance(each, Finished)]


def test_a_wash_whose_standby_is_higher_than_its_kinds_ends_where_the_standby_began():
    machine = Machine("washing_machine").draw(2000, 20).draw(200, 20).draw(18, 90)
    (run,) = machine.runs
    assert abs(run.end_ms - (T0 + 40 * 60_000)) <= STEP_MS
    assert machine.detector.state.on_w > 18


def test_the_next_wash_on_that_standby_ends_as_any_other():
    machine = Machine("washing_machine").draw(2000, 20).draw(200, 20).draw(18, 90)
    machine.draw(2000, 20).draw(200, 20).draw(18, 12)
    assert len(machine.runs) == 2


def test_a_refrigerator_on_the_same_strip_hides_washes_for_one_third_of_a_day_only():
    machine = Machine("washing_machine")
    for _ in range(12):
        machine.draw(110, 18).draw(20, 34)
    before = len(machine.runs)
    for _ in range(2):
        machine.draw(2000, 20).draw(300, 30)
        for _ in range(4):
            machine.draw(110, 18).draw(20, 34)
    washes = machine.runs[before:]
    assert len(washes) == 2
    assert all(run.end_ms - run.start_ms < 52 * 60_000 for run in washes)


def test_a_print_of_two_days_is_one_run():
    machine = Machine("printer_3d").draw(250, 5).draw(110, 48 * 60).draw(8, 5)
    (run,) = machine.runs
    assert run.end_ms - run.start_ms > 48 * 3_600_000
    assert machine.detector.state.on_w == 0


def test_what_heats_for_a_third_of_a_day_is_no_base_load():
    machine = Machine("washing_machine").draw(2000, 9 * 60)
    assert machine.runs == []
    assert machine.detector.state.on_w == 0


def test_a_dryer_turning_now_and_then_after_its_end_is_one_run_back_dated():
    machine = Machine("dryer").draw(2000, 40).draw(200, 5).draw(1, 1)
    for _ in range(30):
        machine.draw(180, 1 / 3).draw(1, 1)
    (run,) = machine.runs
    assert abs(run.end_ms - (T0 + 45 * 60_000)) <= STEP_MS
    assert [type(each).__name__ for each in machine.changes] == ["Started", "Supposed", "Finished"]


def test_a_dryer_stays_finished_while_it_turns_now_and_then():
    machine = Machine("dryer").draw(2000, 40).draw(1, 6)
    for _ in range(10):
        machine.draw(180, 1 / 3)
        assert machine.detector.state_now is State.FINISHED
        machine.draw(1, 1)


def test_a_dishwashers_stroke_after_an_announced_end_is_learned():
    machine = Machine("dishwasher").draw(2000, 60).draw(0, 30)
    for _ in range(4):
        machine.draw(0, 300).draw(2000, 60).draw(0, 25).draw(30, 1).draw(0, 120)
    last = machine.runs[-1]
    assert last.noticed_ms - last.end_ms < 3_600_000
    assert last.end_ms - last.start_ms > 85 * 60_000


@pytest.mark.parametrize(
    ("standby_w", "work_w"),
    [(2.5, 42), (2.5, 250), (8, 42), (8, 110), (20, 60), (20, 110), (29, 110), (29, 250)],
)
def test_any_printer_is_found_between_its_own_rest_and_work(standby_w, work_w):
    machine = Machine("printer_3d").draw(standby_w, 60)
    for _ in range(3):
        machine.draw(work_w + 40, 6).draw(work_w, 40).draw(standby_w, 60)
    assert len(machine.runs) == 3
    last = machine.runs[-1]
    assert abs((last.end_ms - last.start_ms) - 46 * 60_000) <= 2 * STEP_MS
    assert standby_w < machine.detector.state.on_w < work_w


def test_fans_after_a_print_of_a_machine_with_a_high_standby_are_not_printing():
    machine = Machine("printer_3d").draw(29, 60)
    for _ in range(3):
        machine.draw(800, 10).draw(220, 90).draw(43, 20).draw(29, 60)
    last = machine.runs[-1]
    assert abs((last.end_ms - last.start_ms) - 100 * 60_000) <= 2 * STEP_MS


def test_a_lamp_beside_a_small_printer_is_no_print():
    machine = Machine("printer_3d").draw(2.5, 60).draw(14, 300).draw(2.5, 60)
    assert machine.changes == []


def test_a_printer_that_was_switched_off_is_not_taken_for_one_that_draws_nothing():
    machine = Machine("printer_3d").draw(0, 600).draw(18, 120)
    assert machine.detector.state.rest_w > 15
    assert machine.changes == []


def test_a_print_that_was_only_warmed_up_for_is_none_and_does_not_lengthen_the_next():
    machine = Machine("printer_3d").draw(8, 60).draw(250, 2).draw(8, 5)
    start_ms = machine.at_ms
    machine.draw(250, 6).draw(110, 60).draw(8, 10)
    (run,) = machine.runs
    assert abs(run.start_ms - start_ms) <= STEP_MS


def test_four_alike_stretches_in_a_day_are_another_load_that_shares_the_plug():
    machine = Machine("washing_machine")
    for _ in range(20):
        machine.draw(85, 18).draw(2, 34)
    state = machine.detector.state
    assert abs(state.shared_w - 85) < 3
    assert state.on_w > 85
    assert len(machine.runs) <= 4


def test_hours_of_delayed_start_with_a_spike_are_no_run():
    machine = Machine("washing_machine").draw(2, 30)
    machine.draw(19, 90).draw(90, 0.5).draw(19, 200)
    assert machine.changes == []
    start_ms = machine.at_ms
    machine.draw(2000, 20).draw(200, 20).draw(2, 30)
    (run,) = machine.runs
    assert abs(run.start_ms - start_ms) <= STEP_MS


def test_a_wash_that_was_called_done_amid_its_programme_is_known_the_next_time():
    machine = Machine("washer_dryer")

    def washed(pause_min: float) -> None:
        machine.draw(2000, 20).draw(200, 60).draw(2, pause_min).draw(1400, 60).draw(150, 10)
        machine.draw(2, 120)

    washed(1)
    washed(1)
    washed(1)
    before = len(machine.runs)
    assert before == 3
    washed(21)  # for once it rests for long, and is thought to be done
    assert len(machine.runs) == before + 2
    assert len(machine.detector.state.memory) == before + 1
    (pause,) = [each for each in machine.detector.state.memory[-1].quiets if each.length_s > 600]
    assert pause.length_s == 21 * 60
