"""The stages of a run use what the run used, to the milliwatt-hour."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from flatwatt.appliance.stages import Mark, stages_of
from flatwatt.model import QUARTER_MS

T0 = 1_790_000_100_000
FIRST = T0 - T0 % QUARTER_MS


def test_a_quarter_hour_with_two_stages_is_divided_where_the_second_began():
    marks = (Mark("heating", T0, 500), Mark("printing", T0 + 60_000, 4_500))
    slices = ((FIRST, 5_000), (FIRST + QUARTER_MS, 2_000))
    heating, printing = stages_of(marks, T0 + QUARTER_MS, 7_500, slices)
    assert (heating.energy_mwh, heating.slices) == (4_000, ((FIRST, 4_000),))
    assert (printing.energy_mwh, printing.slices) == (
        3_000,
        ((FIRST, 1_000), (FIRST + QUARTER_MS, 2_000)),
    )
    assert (heating.start_ms, heating.end_ms, printing.end_ms) == (
        T0,
        T0 + 60_000,
        T0 + QUARTER_MS,
    )


def test_a_stage_that_used_nothing_is_still_a_stage():
    marks = (Mark("washing", T0, 0), Mark("drying", T0 + 1_000, 700))
    _, drying = stages_of(marks, T0 + 2_000, 700, ((FIRST, 700),))
    assert (drying.energy_mwh, drying.slices) == (0, ())


def test_a_run_without_marks_has_no_stages():
    assert stages_of((), T0, 100, ((FIRST, 100),)) == ()


@st.composite
def runs(draw):
    used = draw(st.lists(st.integers(0, 500_000), min_size=1, max_size=12))
    slices = tuple((FIRST + place * QUARTER_MS, mwh) for place, mwh in enumerate(used))
    start_mwh = draw(st.integers(0, 10**12))
    cuts = sorted(draw(st.lists(st.integers(0, sum(used)), max_size=10)))
    marks = tuple(
        Mark(f"s{place}", T0 + place, start_mwh + mwh) for place, mwh in enumerate([0, *cuts])
    )
    return marks, start_mwh + sum(used), slices


@given(runs())
def test_stages_add_up_to_the_run_and_to_its_quarter_hours(run):
    marks, end_mwh, slices = run
    stages = stages_of(marks, T0 + 1_000_000, end_mwh, slices)
    assert sum(each.energy_mwh for each in stages) == sum(mwh for _, mwh in slices)
    quarters = Counter()
    for stage in stages:
        assert stage.energy_mwh == sum(mwh for _, mwh in stage.slices)
        assert all(mwh > 0 for _, mwh in stage.slices)
        quarters.update(dict(stage.slices))
    assert quarters == Counter(dict(slices))


@given(runs())
def test_no_stage_gets_energy_from_before_the_stage_before_it(run):
    marks, end_mwh, slices = run
    starts = [
        start_ms
        for stage in stages_of(marks, T0 + 1_000_000, end_mwh, slices)
        for start_ms, _ in stage.slices
    ]
    assert starts == sorted(starts)
