"""An appliance's runs, quarter-hours and total belong together to the milliwatt-hour."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.slots import run_id, trimmed
from flatwatt.appliance.tracker import Tracker, TrackerState
from flatwatt.model import QUARTER_MS, Counter, CounterKind, Flag, Reading, State

COUNTERS = {
    "simulated": Counter(CounterKind.LIFETIME, 1.0),
    "shelly1": Counter(CounterKind.SINCE_BOOT, 1 / 60),
    "replay": Counter(CounterKind.NONE),
}
START_MS = 1_795_528_800_000
STEP_MS = 10_000


def tracker(kind: str = "washing_machine", state: TrackerState | None = None) -> Tracker:
    return Tracker("washer", PROFILES[kind], COUNTERS, state)


def readings(powers_w, plug="simulated-washer", start_ms=START_MS, energy_wh=100.0):
    for index, power_w in enumerate(powers_w):
        yield Reading(start_ms + index * STEP_MS, "washer", plug, power_w, float(int(energy_wh)))
        energy_wh += power_w * STEP_MS / 3_600_000


WASH = [1.0] * 60 + [2000.0] * 90 + [120.0, 3.0] * 120 + [450.0] * 40 + [1.0] * 90


def fed(followed: Tracker, rows) -> list:
    """Return the runs that began and ended."""
    told = [each for row in rows for each in followed.feed(row)]
    return [each.run for each in told if each.kind in ("started", "finished")]


def test_a_wash_starts_once_ends_once_and_back_dated():
    started, finished = fed(tracker(), readings(WASH))
    assert started.end_ms is None
    assert started.id == finished.id
    assert finished.start_ms == START_MS + 60 * STEP_MS
    assert finished.end_ms == START_MS + (60 + 90 + 240 + 40) * STEP_MS
    assert finished.peak_w == 2000.0


def test_the_slices_of_a_run_add_up_to_its_energy_and_lie_within_it():
    _, run = fed(tracker(), readings(WASH))
    assert sum(mwh for _, mwh in run.slices) == run.energy_mwh
    true_mwh = sum(WASH[60:430]) * STEP_MS / 3600
    assert abs(run.energy_mwh - true_mwh) < 0.01 * true_mwh
    assert run.slices[0][0] <= run.start_ms < run.slices[0][0] + QUARTER_MS
    assert run.slices[-1][0] <= run.end_ms


def test_the_quarter_hours_add_up_to_the_total():
    followed = tracker()
    fed(followed, readings(WASH))
    assert sum(quarter.energy_mwh for _, _, quarter in followed.quarters()) == followed.total_mwh


def test_a_swapped_plug_starts_a_new_counter_and_the_total_goes_on():
    followed = tracker()
    fed(followed, readings([100.0] * 100))
    before_mwh = followed.total_mwh
    later_ms = START_MS + 100 * STEP_MS
    fed(followed, readings([100.0] * 100, "shelly1-aabbccddeeff-0", later_ms, energy_wh=90_000.0))
    assert before_mwh < followed.total_mwh < 2.1 * before_mwh


def test_without_a_counter_a_gap_is_missing_and_said_in_the_run():
    followed = tracker()
    rows = list(readings(WASH, "replay-washer"))
    cut = rows[:150] + rows[150 + 120 :]
    runs = fed(followed, cut)
    assert runs[-1].missing_ms >= 120 * STEP_MS
    missing_ms = sum(quarter.missing_ms for _, _, quarter in followed.quarters())
    assert missing_ms == 121 * STEP_MS


def test_old_quarter_hours_are_forgotten_only_when_written_down():
    followed = tracker()
    fed(followed, readings(WASH))
    followed.forget(1 << 53)
    assert len(list(followed.quarters())) > 1
    written = list(followed.dirty())
    assert written
    followed.forget(1 << 53)
    assert len(list(followed.quarters())) == 1
    assert not list(followed.dirty())


def test_a_finished_appliance_is_idle_again_after_an_hour():
    followed = tracker()
    fed(followed, readings([*WASH, *[1.0] * 100]))
    assert followed.doing is State.FINISHED
    fed(followed, readings([1.0] * 400, start_ms=START_MS + 700 * STEP_MS, energy_wh=600.0))
    assert followed.doing is State.IDLE


def test_a_fridge_works_without_runs():
    fridge = tracker("fridge")
    assert fed(fridge, readings([80.0] * 500)) == []
    assert fridge.doing is State.ACTIVE


@settings(max_examples=40, deadline=None)
@given(st.integers(1, len(WASH) - 1), st.sampled_from(["simulated-washer", "replay-washer"]))
def test_a_checkpoint_anywhere_changes_nothing(cut, plug):
    rows = list(readings(WASH, plug))
    whole = tracker()
    expected = fed(whole, rows)
    first = tracker()
    found = fed(first, rows[:cut])
    saved = msgspec.msgpack.decode(msgspec.msgpack.encode(first.state), type=TrackerState)
    second = tracker(state=saved)
    found += fed(second, rows[cut:])
    assert found == expected
    assert second.total_mwh == whole.total_mwh
    assert list(second.quarters()) == list(whole.quarters())


@settings(max_examples=30, deadline=None)
@given(st.integers(-40_000, 40_000))
def test_shifting_time_by_quarter_hours_shifts_only_time(quarters):
    shift_ms = quarters * QUARTER_MS
    here = fed(tracker(), readings(WASH))
    there = fed(tracker(), readings(WASH, start_ms=START_MS + shift_ms))
    assert [run.energy_mwh for run in there] == [run.energy_mwh for run in here]
    assert [run.start_ms - shift_ms for run in there] == [run.start_ms for run in here]


def test_a_first_quarter_hour_that_was_heard_in_part_is_marked():
    followed = tracker()
    followed.feed(Reading(START_MS + 60_000, "washer", "simulated-washer", 1.0, 5.0))
    (_, _, quarter) = next(followed.quarters())
    assert quarter.flags & Flag.GAP
    assert quarter.missing_ms == 0


def test_a_run_is_named_after_appliance_and_start():
    assert run_id("washer", START_MS + 999) == "washer-20261124T140000Z"


@given(
    st.dictionaries(st.integers(0, 50), st.integers(0, 10**6), min_size=1), st.integers(0, 10**8)
)
def test_trimmed_slices_sum_to_the_energy_asked_for(slices, energy_mwh):
    assert sum(mwh for _, mwh in trimmed(slices, energy_mwh)) == energy_mwh
