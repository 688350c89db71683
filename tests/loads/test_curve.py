"""Curves: exact, the same from everywhere, with runs where somebody wants them."""

import itertools
import subprocess
import sys
from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.errors import ConfigError, UsageError
from flatwatt.loads import KINDS, Forced, load_of, programmes_of

ORIGIN_MS = 1_767_225_600_000  # 2026-01-01 UTC
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
NOW_MS = ORIGIN_MS + 20 * DAY_MS + 15 * HOUR_MS
RUNNING = tuple(kind for kind in KINDS if programmes_of(kind))

kinds = st.sampled_from(KINDS)
seeds = st.integers(0, 2**40)
into_ms = st.integers(0, 60 * DAY_MS)


def walked_uj(load, start_ms, end_ms, step_ms):
    return sum(round(load.power_w(at) * 1000) * step_ms for at in range(start_ms, end_ms, step_ms))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(kinds, seeds, into_ms)
def test_energy_is_the_sum_of_power_by_the_millisecond(kind, seed, into):
    load = load_of(kind, seed, ORIGIN_MS)
    start_ms, end_ms = ORIGIN_MS + into, ORIGIN_MS + into + 2_000
    gained = load.energy_uj(end_ms) - load.energy_uj(start_ms)
    assert gained == walked_uj(load, start_ms, end_ms, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_energy_is_the_sum_of_power_over_a_day_and_through_midnight(kind):
    load = load_of(kind, 5, ORIGIN_MS)
    start_ms = ORIGIN_MS + 3 * DAY_MS
    gained = load.energy_uj(start_ms + DAY_MS) - load.energy_uj(start_ms)
    assert gained == walked_uj(load, start_ms, start_ms + DAY_MS, 100)


@pytest.mark.parametrize("kind", RUNNING)
def test_energy_is_exact_around_every_change_of_stage(kind):
    load = load_of(kind, 11, ORIGIN_MS)
    runs = load.runs_between(ORIGIN_MS, ORIGIN_MS + 14 * DAY_MS)
    edges = {edge for run in runs for stage in run.stages for edge in stage[1:]}
    assert edges
    for edge_ms in sorted(edges)[:60]:
        start_ms, end_ms = edge_ms - 150, edge_ms + 150
        gained = load.energy_uj(end_ms) - load.energy_uj(start_ms)
        assert gained == walked_uj(load, start_ms, end_ms, 1)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(kinds, seeds, st.lists(into_ms, min_size=2, max_size=12))
def test_the_order_of_questions_changes_no_answer(kind, seed, instants):
    jumping = load_of(kind, seed, ORIGIN_MS)
    told = [
        (jumping.power_w(ORIGIN_MS + at), jumping.energy_wh(ORIGIN_MS + at)) for at in instants
    ]
    for at, answer in zip(instants, told, strict=True):
        fresh = load_of(kind, seed, ORIGIN_MS)
        assert (fresh.power_w(ORIGIN_MS + at), fresh.energy_wh(ORIGIN_MS + at)) == answer


@settings(max_examples=60, derandomize=True, deadline=None)
@given(kinds, seeds, st.lists(into_ms, min_size=2, max_size=30))
def test_power_is_never_negative_and_the_counter_never_falls(kind, seed, instants):
    load = load_of(kind, seed, ORIGIN_MS)
    counter = [load.energy_uj(ORIGIN_MS + at) for at in sorted(instants)]
    assert counter == sorted(counter)
    assert all(0 <= load.power_w(ORIGIN_MS + at) < 2400 for at in instants)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(kinds, seeds, st.integers(0, 23 * HOUR_MS - 1))
def test_a_later_origin_on_the_same_day_only_shifts_the_counter(kind, seed, into):
    origin_ms = ORIGIN_MS + into
    late = load_of(kind, seed, origin_ms)
    early = load_of(kind, seed, ORIGIN_MS)
    assert late.energy_wh(origin_ms) == 0.0
    later_ms = origin_ms + 40 * HOUR_MS
    assert late.energy_uj(later_ms) == early.energy_uj(later_ms) - early.energy_uj(origin_ms)


def test_another_process_sees_the_same_curves():
    program = (
        "from flatwatt.loads import KINDS, load_of\n"
        f"for kind in KINDS: print(load_of(kind, 9, {ORIGIN_MS}).energy_uj({NOW_MS}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    here = [load_of(kind, 9, ORIGIN_MS).energy_uj(NOW_MS) for kind in KINDS]
    assert [int(line) for line in done.stdout.split()] == here


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_is_another_appliance(kind):
    told = {load_of(kind, seed, ORIGIN_MS).energy_uj(NOW_MS) for seed in range(20)}
    assert len(told) >= 19 if kind != "standby" else len(told) >= 5


@pytest.mark.parametrize("kind", RUNNING)
def test_runs_and_their_stages_follow_each_other_without_overlap(kind):
    load = load_of(kind, 2, ORIGIN_MS)
    runs = load.runs_between(ORIGIN_MS, ORIGIN_MS + 56 * DAY_MS)
    for before, after in itertools.pairwise(runs):
        assert before.tail_end_ms <= after.start_ms
    for run in runs:
        assert run.programme in programmes_of(kind)
        assert run.stages[0].start_ms == run.start_ms
        assert run.stages[-1].end_ms == run.tail_end_ms >= run.end_ms
        for one, next_one in itertools.pairwise(run.stages):
            assert one.end_ms == next_one.start_ms
            assert one.name != next_one.name


@pytest.mark.parametrize("kind", RUNNING)
def test_the_true_energy_of_a_run_is_that_of_the_curve(kind):
    load = load_of(kind, 4, ORIGIN_MS)
    for run in load.runs_between(ORIGIN_MS, ORIGIN_MS + 14 * DAY_MS):
        if run.start_ms >= ORIGIN_MS:
            counted = load.energy_wh(run.end_ms) - load.energy_wh(run.start_ms)
            assert run.energy_wh == pytest.approx(counted, abs=1e-6)


def test_only_runs_that_touch_the_range_are_told():
    load = load_of("washing_machine", 3, ORIGIN_MS)
    runs = load.runs_between(ORIGIN_MS, ORIGIN_MS + 28 * DAY_MS)
    one = runs[2]
    assert load.runs_between(one.start_ms, one.start_ms + 1) == [one]
    assert load.runs_between(one.end_ms - 1, one.end_ms) == [one]
    assert load.runs_between(one.start_ms - 1, one.start_ms) == []
    assert load.runs_between(one.tail_end_ms, one.tail_end_ms + 1) == []
    assert load.runs_between(one.end_ms, one.start_ms) == []
    starts = [run.start_ms for run in runs]
    assert starts[bisect_right(starts, one.start_ms) - 1] == one.start_ms


@pytest.mark.parametrize("kind", RUNNING)
def test_a_forced_run_ends_when_it_is_told_to(kind):
    programme = programmes_of(kind)[-1]
    end_ms = NOW_MS + 15 * MINUTE_MS
    load = load_of(kind, 6, ORIGIN_MS, forced=[Forced(programme, end_ms=end_ms)])
    runs = load.runs_between(NOW_MS, end_ms)
    assert [(run.programme, run.end_ms) for run in runs if run.end_ms == end_ms] == [
        (programme, end_ms)
    ]


def test_a_forced_run_starts_when_it_is_told_to_and_planned_ones_keep_clear():
    starts = [NOW_MS + day * DAY_MS for day in range(10)]
    forced = [Forced("large", start_ms=start) for start in reversed(starts)]
    load = load_of("printer_3d", 1, ORIGIN_MS, forced=forced)
    runs = load.runs_between(ORIGIN_MS, NOW_MS + 11 * DAY_MS)
    assert {run.start_ms for run in runs} >= set(starts)
    assert len(runs) > len(starts)
    for before, after in itertools.pairwise(runs):
        assert before.tail_end_ms + 10 * MINUTE_MS <= after.start_ms


@pytest.mark.parametrize(("pause_min", "stays"), [(9, False), (10, True)])
def test_a_planned_run_ends_ten_minutes_before_a_forced_one_or_is_left_out(pause_min, stays):
    planned = load_of("printer_3d", 1, ORIGIN_MS).runs_between(ORIGIN_MS, NOW_MS)[3]
    start_ms = planned.tail_end_ms + pause_min * MINUTE_MS
    load = load_of("printer_3d", 1, ORIGIN_MS, forced=[Forced("small", start_ms=start_ms)])
    runs = load.runs_between(planned.start_ms, start_ms + 1)
    assert (planned in runs) is stays
    assert runs[-1].start_ms == start_ms


def test_a_forced_run_changes_nothing_days_before_it():
    free = load_of("washing_machine", 3, ORIGIN_MS)
    forced = load_of("washing_machine", 3, ORIGIN_MS, forced=[Forced("60", start_ms=NOW_MS)])
    until_ms = NOW_MS - DAY_MS
    assert free.runs_between(ORIGIN_MS, until_ms) == forced.runs_between(ORIGIN_MS, until_ms)
    assert free.energy_uj(until_ms) == forced.energy_uj(until_ms)


def test_no_planned_run_starts_after_the_plan_ends():
    load = load_of("kettle", 1, ORIGIN_MS, planned_until_ms=NOW_MS)
    assert load.runs_between(ORIGIN_MS, NOW_MS)
    assert load.runs_between(NOW_MS, NOW_MS + 30 * DAY_MS) == []
    fridge = load_of("fridge", 1, ORIGIN_MS, planned_until_ms=NOW_MS)
    assert fridge.energy_wh(NOW_MS + DAY_MS) - fridge.energy_wh(NOW_MS) > 300


def test_the_flats_clock_decides_when_the_day_is():
    berlin = load_of("washing_machine", 3, ORIGIN_MS, HOUR_MS)
    auckland = load_of("washing_machine", 3, ORIGIN_MS, 13 * HOUR_MS)
    for load, offset_ms in ((berlin, HOUR_MS), (auckland, 13 * HOUR_MS)):
        for run in load.runs_between(ORIGIN_MS, ORIGIN_MS + 28 * DAY_MS):
            assert 8 * HOUR_MS <= (run.start_ms + offset_ms) % DAY_MS <= 18 * HOUR_MS


@pytest.mark.parametrize(
    ("forced", "told"),
    [
        ([Forced("61", start_ms=NOW_MS)], "no programme '61' to force; known: 30, 40, 60"),
        ([Forced("60")], "needs a start or an end, not both"),
        ([Forced("60", NOW_MS, NOW_MS + HOUR_MS)], "needs a start or an end, not both"),
        ([Forced("60", start_ms=ORIGIN_MS - 2 * DAY_MS)], "begins before the load"),
        ([Forced("60", start_ms=NOW_MS), Forced("30", start_ms=NOW_MS + HOUR_MS)], "another run"),
    ],
)
def test_a_forced_run_that_cannot_be_is_refused(forced, told):
    with pytest.raises(ConfigError, match=told):
        load_of("washing_machine", 1, ORIGIN_MS, forced=forced)


def test_what_never_runs_cannot_be_forced():
    with pytest.raises(ConfigError, match="known: none"):
        load_of("fridge", 1, ORIGIN_MS, forced=[Forced("day", start_ms=NOW_MS)])


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(ConfigError, match="unknown load 'toaster'; known: desk, dishwasher"):
        load_of("toaster", 1, ORIGIN_MS)
    with pytest.raises(ConfigError, match="toaster"):
        programmes_of("toaster")


def test_there_is_no_power_before_the_origin():
    load = load_of("fridge", 1, ORIGIN_MS)
    with pytest.raises(UsageError, match="begins at"):
        load.power_w(ORIGIN_MS - 1)
    load.power_w(ORIGIN_MS)
    with pytest.raises(UsageError, match="begins at"):
        load.energy_wh(ORIGIN_MS - 1)


def test_a_decade_needs_little_memory():
    load = load_of("kettle", 1, ORIGIN_MS)
    load.power_w(ORIGIN_MS + 3650 * DAY_MS)
    spans = load._timeline.spans
    assert len(spans) < 3650 * 9
    assert sum(sys.getsizeof(span) for span in spans) < 4_000_000
