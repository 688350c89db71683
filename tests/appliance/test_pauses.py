"""A quiet is waited out as long as this appliance's own runs say."""

import msgspec
import pytest

from flatwatt.appliance.changes import DetectorState, Finished
from flatwatt.appliance.pauses import (
    ENDED,
    QUIETS,
    RUNS,
    SURE_MS,
    Quiet,
    learned,
    remembered,
    wait_ms,
)
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.states import Detector
from flatwatt.model import Reading

WASHER, DISHWASHER, PRINTER = (
    PROFILES[kind] for kind in ("washing_machine", "dishwasher", "printer_3d")
)
END = Quiet(3600, 500_000, 30)


def wait_s(profile, memory, now=END, step_s=1.0, quiets=()) -> float:
    return wait_ms(profile, memory, list(quiets), now, step_s * 1000) / 1000


def test_knowing_nothing_it_waits_for_the_longest_pause_of_its_kind():
    assert wait_s(WASHER, []) == WASHER.min_off_s
    assert wait_s(DISHWASHER, [[END]]) == DISHWASHER.min_off_s


def test_where_several_runs_ended_it_is_sure_at_once():
    assert wait_s(WASHER, [[END], [END]]) == SURE_MS / 1000
    assert wait_s(WASHER, [[END], [END]], step_s=60) == 105


def test_one_run_that_went_on_here_makes_it_wait_longer_than_that():
    went_on = Quiet(3500, 480_000, 30, 200)
    assert wait_s(WASHER, [[END], [END], [went_on, END]]) > 200


def test_a_run_that_ended_elsewhere_says_nothing():
    early = Quiet(1200, 100_000, 30)
    assert wait_s(WASHER, [[END], [END]], now=early) == WASHER.min_off_s


def test_a_dishwasher_that_has_dried_is_done_and_one_that_has_not_is_not():
    drying = Quiet(3400, 1_000_000, 60, 1200)
    done = Quiet(4700, 1_000_000, 1200)
    memory = [[drying, done]] * 3
    assert wait_s(DISHWASHER, memory, now=Quiet(4650, 990_000, 1210)) == SURE_MS / 1000
    assert wait_s(DISHWASHER, memory, now=Quiet(3420, 1_010_000, 50)) > 1200


def test_a_printer_waits_for_the_pace_of_its_bed():
    assert wait_s(PRINTER, []) == PRINTER.min_off_s
    assert wait_s(PRINTER, [[END]]) == SURE_MS / 1000
    pulsing = [Quiet(100, 1000, 30, 42)]
    assert wait_s(PRINTER, [[END]], quiets=pulsing) == 83


def test_a_machine_that_was_reloaded_ran_twice():
    memory: list[list[Quiet]] = []
    learned(memory, [Quiet(3600, 500_000, 30, 300)], Quiet(7500, 1_000_000, 300))
    assert memory == [[Quiet(3600, 500_000, 30, ENDED)], [Quiet(3600, 500_000, 0, ENDED)]]


def test_what_is_remembered_is_bounded():
    memory: list[list[Quiet]] = []
    for _ in range(3 * RUNS):
        quiets: list[Quiet] = []
        for index in range(5 * QUIETS):
            remembered(quiets, Quiet(index * 300, index, 0, 20 + index % 7))
        assert len(quiets) <= QUIETS
        learned(memory, quiets, END)
    assert len(memory) <= RUNS


WASH = [2.0] * 600 + [2000.0] * 120 + ([150.0] * 3 + [3.0] * 4) * 40 + [400.0] * 20 + [2.0] * 600


def runs(restart_every: int | None, step_ms: int) -> list[Finished]:
    """Six equal washes; the detector may be saved and made anew every so often."""
    detector = Detector("it", WASHER)
    found: list[Finished] = []
    total_mwh = 0
    for index, power_w in enumerate(WASH * 6):
        if restart_every and index % restart_every == 0:
            saved = msgspec.json.encode(detector.state)
            detector = Detector("it", WASHER, msgspec.json.decode(saved, type=DetectorState))
        total_mwh += round(power_w * step_ms / 3600)
        reading = Reading(1_790_000_000_000 + index * step_ms, "it", "plug", power_w)
        changes = detector.feed(reading, total_mwh)
        found += [change for change in changes if isinstance(change, Finished)]
    return found


@pytest.mark.parametrize("step_ms", [5_000, 10_000, 60_000])
def test_the_third_run_of_a_programme_is_announced_soon_after_its_end(step_ms):
    late_ms = [run.noticed_ms - run.end_ms for run in runs(None, step_ms)]
    assert len(late_ms) == 6
    assert late_ms[0] >= WASHER.min_off_s * 1000
    assert max(late_ms[2:]) <= max(90_000, 6 * step_ms)


def test_restarts_in_between_forget_nothing_that_was_learned():
    assert runs(97, 10_000) == runs(None, 10_000)


def test_what_is_learned_of_an_appliance_stays_small():
    detector = Detector("it", WASHER)
    full = Quiet(99_999, 99_999_999, 99_999, 99_999)
    detector.state.memory = [[full] * QUIETS for _ in range(RUNS)]
    assert len(msgspec.json.encode(detector.state)) < 64_000
