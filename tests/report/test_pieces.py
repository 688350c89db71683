"""Joined or cut, a run's milliwatt-hours stay the same."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from flatwatt.appliance.curve import at
from flatwatt.model import QUARTER_MS, Curve, Run, Stage
from flatwatt.report.pieces import joined, parted, summed

STEP_MS = 30_000
T0 = 1_795_528_800_000


def sliced(start_ms: int, steps) -> tuple:
    return summed([
        ((start_ms + index * STEP_MS) // QUARTER_MS * QUARTER_MS, mwh)
        for index, mwh in enumerate(steps)
    ])  # fmt: skip


def run_of(steps, cuts=(), start_ms: int = T0, total_mwh: int = 1_000_000) -> Run:
    """A run of half-minutes with that energy, its stages cut before those half-minutes."""
    places = sorted({0, *(cut % len(steps) for cut in cuts), len(steps)})
    stages = tuple(
        Stage(
            f"stage{number}",
            start_ms + first * STEP_MS,
            start_ms + last * STEP_MS,
            sum(steps[first:last]),
            sliced(start_ms + first * STEP_MS, steps[first:last]),
        )
        for number, (first, last) in enumerate(pairwise(places))
    )
    points = [sum(steps[:count]) for count in range(len(steps) + 1)]
    return Run(
        f"washer-{start_ms}", "washer", start_ms, start_ms + len(steps) * STEP_MS, sum(steps),
        2000.0, sliced(start_ms, steps), 0, stages if cuts else (), Curve(STEP_MS, tuple(points)),
        total_mwh=total_mwh,
    )  # fmt: skip


STEPS = st.lists(st.integers(0, 17_000), min_size=2, max_size=240)
CUTS = st.lists(st.integers(0, 239), max_size=5)
RUNS = st.builds(run_of, STEPS, CUTS, st.integers(0, 40).map(lambda n: T0 + n * STEP_MS))


def assert_adds_up(run: Run) -> None:
    assert sum(mwh for _, mwh in run.slices) == run.energy_mwh
    assert all(mwh > 0 for _, mwh in run.slices)
    assert run.curve.mwh[-1] == run.energy_mwh
    assert list(run.curve.mwh) == sorted(run.curve.mwh)
    if run.stages:
        assert sum(stage.energy_mwh for stage in run.stages) == run.energy_mwh
        assert run.stages[0].start_ms == run.start_ms
        assert run.stages[-1].end_ms == run.end_ms
        for stage in run.stages:
            assert sum(mwh for _, mwh in stage.slices) == stage.energy_mwh
        for one, other in pairwise(run.stages):
            assert one.end_ms == other.start_ms


@given(RUNS, st.floats(0.01, 0.99), st.integers(0, 60_000))
def test_the_parts_of_a_run_add_up_to_it(run, share, missing_ms):
    run = replace(run, missing_ms=missing_ms)
    at_ms = run.start_ms + max(1000, int((run.end_ms - run.start_ms - 1000) * share))
    first, second = parted(run, at_ms, (2000.0, 500.0), missing_ms // 2)
    assert first.energy_mwh + second.energy_mwh == run.energy_mwh
    assert summed(first.slices, second.slices) == run.slices
    assert first.missing_ms + second.missing_ms == run.missing_ms
    assert (first.start_ms, first.end_ms, second.start_ms, second.end_ms) == (
        run.start_ms, at_ms, at_ms, run.end_ms,
    )  # fmt: skip
    assert second.total_mwh == run.total_mwh + first.energy_mwh
    assert (first.peak_w, second.peak_w) == (2000.0, 500.0)
    assert_adds_up(first)
    assert_adds_up(second)
    assert bool(first.stages) == bool(second.stages) == bool(run.stages)


@given(RUNS, st.floats(0.01, 0.99))
def test_joining_what_was_cut_gives_the_same_energy_and_time(run, share):
    at_ms = run.start_ms + max(1000, int((run.end_ms - run.start_ms - 1000) * share))
    again = joined(*parted(run, at_ms, None, 0))
    assert (again.start_ms, again.end_ms, again.energy_mwh) == (
        run.start_ms, run.end_ms, run.energy_mwh,
    )  # fmt: skip
    assert again.slices == run.slices
    assert again.id == run.id
    assert_adds_up(again)


@given(RUNS, RUNS, st.integers(0, 400), st.integers(0, 90_000))
def test_a_joined_run_holds_what_was_drawn_in_between(one, other, pause, between_mwh):
    start_ms = one.end_ms + pause * STEP_MS
    second = run_of(
        [b - a for a, b in pairwise(other.curve.mwh)],
        start_ms=start_ms, total_mwh=one.total_mwh + one.energy_mwh + between_mwh,
    )  # fmt: skip
    whole = joined(one, second, missing_ms=7)
    assert whole.energy_mwh == one.energy_mwh + between_mwh + second.energy_mwh
    assert whole.missing_ms == 7
    assert (whole.start_ms, whole.end_ms) == (one.start_ms, second.end_ms)
    assert_adds_up(whole)
    half_ms = (one.end_ms - one.start_ms) // 2
    drawn = at(whole.curve, whole.end_ms - whole.start_ms, half_ms)
    assert (
        abs(drawn - at(one.curve, 2 * half_ms, half_ms)) <= 17_000 * whole.curve.step_ms / STEP_MS
    )


def test_without_totals_nothing_is_made_up_for_the_time_between():
    one = run_of([100] * 10, total_mwh=0)
    other = run_of([50] * 10, start_ms=T0 + 3_600_000, total_mwh=0)
    assert joined(one, other).energy_mwh == 1500


def test_a_pause_belongs_to_the_stage_it_interrupts():
    one = run_of([100] * 10, cuts=(0, 4))
    other = run_of([50] * 10, cuts=(0,), start_ms=T0 + 600_000, total_mwh=1_001_010)
    stages = joined(one, other).stages
    assert [stage.name for stage in stages] == ["stage0", "stage1", "stage0"]
    assert stages[1].end_ms == other.start_ms
    assert stages[1].energy_mwh == 600 + 10


def test_a_long_run_has_no_more_points_than_others():
    one = run_of([10] * 500)
    other = run_of([10] * 500, start_ms=T0 + 500 * STEP_MS + 60_000, total_mwh=1_005_000)
    assert len(joined(one, other).curve.mwh) <= 512 + 1
