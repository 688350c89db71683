"""Runs beside each other: parts add up, what is not known is not zero, alike means alike."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.made import MINUTE_MS, NO_PRICES, PRICES, START_MS, WASH, made

from flatwatt.report.compare import REST, compare
from flatwatt.report.curves import aligned, parting

DAY_MS = 86_400_000
NOW_MS = START_MS + 30 * DAY_MS

parts = st.lists(
    st.tuples(
        st.sampled_from(["heating", "washing", "spinning", "pause"]),
        st.integers(1, 90),
        st.integers(0, 2500),
    ),
    min_size=1,
    max_size=7,
)


@given(st.lists(parts, min_size=2, max_size=4))
def test_stages_and_their_differences_add_up_to_the_runs(shapes):
    runs = [made(*shape, start_ms=START_MS + n * DAY_MS) for n, shape in enumerate(shapes)]
    found = compare(runs, PRICES, NOW_MS)
    for index, side in enumerate(found.sides):
        figures = [row.figures[index] for row in found.stages]
        assert sum(each.energy_mwh for each in figures) == side.whole.energy_mwh
        assert sum(each.duration_ms for each in figures) == side.whole.duration_ms
        assert sum(each.cost_eur for each in figures) == side.whole.cost_eur
        if index:
            changes = [row.differences[index] for row in found.stages]
            assert sum(each.energy_mwh for each in changes) == side.difference.energy_mwh
            assert sum(each.duration_ms for each in changes) == side.difference.duration_ms
            assert sum(each.cost_eur for each in changes) == side.difference.cost_eur


@given(parts, st.sampled_from([30_000, 60_000, 420_000]))
def test_an_aligned_curve_holds_the_energy_of_its_run(shape, step_ms):
    run = made(*shape)
    watts = aligned([run], NOW_MS, step_ms).watts[0]
    length_ms = run.end_ms - run.start_ms
    hours = [min(step_ms, length_ms - n * step_ms) / 3_600_000 for n in range(len(watts))]
    energy_wh = sum(watt * hour for watt, hour in zip(watts, hours, strict=True))
    assert energy_wh == pytest.approx(run.energy_mwh / 1000, abs=0.01)


def test_a_stage_that_comes_twice_is_one_row_in_the_order_of_the_runs():
    first = made(("washing", 5, 100), ("heating", 10, 2000), ("washing", 20, 100))
    other = made(("washing", 5, 100), ("rinsing", 5, 50), ("spinning", 5, 400))
    found = compare([first, other], PRICES, NOW_MS)
    assert [row.name for row in found.stages] == ["washing", "rinsing", "spinning", "heating"]
    assert found.stages[0].figures[0].duration_ms == 25 * MINUTE_MS


def test_a_run_whose_stages_are_not_known_has_none_instead_of_zeros():
    found = compare([made(*WASH), made(*WASH, staged=False)], PRICES, NOW_MS)
    assert all(row.figures[1] is None and row.differences[1] is None for row in found.stages)
    assert found.sides[1].difference.energy_mwh == 0


def test_a_stage_a_run_did_not_have_counts_in_full_as_a_difference():
    found = compare([made(*WASH), made(*WASH[:2])], PRICES, NOW_MS)
    spinning = found.stages[-1]
    assert spinning.figures[1].energy_mwh == 0
    assert spinning.differences[1].energy_mwh == -spinning.figures[0].energy_mwh


def test_what_no_stage_covers_is_a_row_of_its_own():
    going_on = made(*WASH, going_on=True)
    now_ms = START_MS + 80 * MINUTE_MS
    found = compare([made(*WASH), going_on], PRICES, now_ms)
    rest = found.stages[-1]
    assert rest.name == REST
    assert rest.figures[1].duration_ms == 10 * MINUTE_MS
    assert found.sides[1].whole.duration_ms == 80 * MINUTE_MS


def test_without_a_tariff_nothing_costs_nothing():
    found = compare([made(*WASH), made(*WASH)], NO_PRICES, NOW_MS)
    assert {side.whole.cost_eur for side in found.sides} == {None}
    assert found.sides[1].difference.cost_eur is None
    assert {each.cost_eur for row in found.stages for each in row.figures} == {None}


def test_cost_differs_when_the_rate_does():
    found = compare([made(*WASH), made(*WASH)], PRICES, NOW_MS)
    assert (
        found.sides[0].whole.cost_eur == Decimal("0.3141") * found.sides[0].run.energy_mwh / 10**6
    )
    assert found.sides[1].difference.cost_percent == 0


def test_mean_power_is_of_the_time_that_was_measured():
    found = compare([made(("washing", 60, 100), missing_ms=30 * MINUTE_MS), made(*WASH)],
                    PRICES, NOW_MS)  # fmt: skip
    assert found.sides[0].mean_w == pytest.approx(200, rel=0.01)


def test_like_runs_are_alike_though_one_was_heard_half_a_minute_late():
    late = (("washing", 1, 3), *WASH)
    assert parting(made(*WASH), made(*late), NOW_MS).after_ms is None


def test_runs_part_where_one_heats_longer():
    longer = (WASH[0], ("washing", 20, 120), ("heating", 10, 2000), *WASH[1:])
    found = parting(made(*WASH), made(*longer), NOW_MS)
    assert 33 * MINUTE_MS <= found.after_ms <= 37 * MINUTE_MS
    assert found.more is True


def test_a_run_that_draws_a_tenth_more_all_along_is_not_called_alike_at_first():
    more = tuple((name, minutes, power_w * 11 // 10) for name, minutes, power_w in WASH)
    found = parting(made(*WASH), made(*more), NOW_MS)
    assert found.after_ms == 0
    assert found.more is True


@pytest.mark.parametrize(
    "other",
    [
        made(*WASH, appliance="printer"),
        made(*WASH, missing_ms=10 * MINUTE_MS),
        made(("washing", 1, 0), going_on=False).__class__("x", "washer", START_MS, None, 1, 1.0),
    ],
    ids=["another appliance", "not measured", "no curve"],
)
def test_where_it_cannot_be_said_nothing_is_said(other):
    assert parting(made(*WASH), other, NOW_MS) is None


@given(parts, parts)
def test_who_comes_first_does_not_change_how_long_runs_are_alike(one, other):
    runs = made(*one), made(*other)
    there, back = parting(*runs, NOW_MS), parting(*reversed(runs), NOW_MS)
    assert there.compared_ms == back.compared_ms
    assert there.after_ms == back.after_ms
