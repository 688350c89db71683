"""What a print costs: figures of many runs, and how many they are of."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.made import MINUTE_MS, NO_PRICES, PRICES, START_MS, WASH, made

from flatwatt.model import QUARTER_MS
from flatwatt.report.statistics import spread, statistics_of
from flatwatt.store.quarters import Quarter

DAY_MS = 86_400_000
BOUNDS = (START_MS - START_MS % DAY_MS, START_MS - START_MS % DAY_MS + 30 * DAY_MS)


def washes(count, **more):
    return [made(*WASH, start_ms=START_MS + n * DAY_MS, **more) for n in range(count)]


def of(runs, quarters=(), prices=PRICES, bounds_ms=BOUNDS):
    return statistics_of("washer", runs, quarters, prices, bounds_ms)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_a_spread_is_in_order(values):
    found = spread(values, 0.0)
    low, high = found.quartiles or (found.least, found.most)
    assert found.least <= low <= found.median + 1e-9
    assert found.median - 1e-9 <= high <= found.most
    assert found.total == pytest.approx(found.mean * found.count)


def test_quartiles_need_four_runs():
    assert of(washes(3)).every.energy_wh.quartiles is None
    assert of(washes(4)).every.energy_wh.quartiles is not None


def test_only_runs_that_ended_in_the_period_count():
    runs = [
        *washes(2),
        made(*WASH, start_ms=BOUNDS[0] - DAY_MS),
        made(*WASH, start_ms=BOUNDS[1] + DAY_MS),
        made(*WASH, start_ms=BOUNDS[1] - 60 * MINUTE_MS, going_on=True),
        made(*WASH, appliance="printer"),
    ]
    found = of(runs)
    assert found.every.count == 2
    assert found.going_on == 1


def test_nothing_is_said_of_no_runs():
    found = of([])
    assert found.every is None
    assert found.stages == ()
    assert found.between.mean_w is None


def test_cost_is_of_the_runs_that_have_a_rate_and_never_zero():
    assert of(washes(2), prices=NO_PRICES).every.cost_eur is None
    found = of(washes(2)).every
    assert (
        found.cost_eur.total
        == sum(run.energy_mwh for run in washes(2)) * Decimal("0.3141") / 10**6
    )
    assert found.eur_hour == pytest.approx(found.cost_eur.total * 60 / 140)


def test_programmes_come_most_runs_first_and_the_unknown_last():
    runs = [
        *washes(1, programme="p1"),
        *(made(*WASH[:2], start_ms=START_MS + (3 + n) * DAY_MS, programme="p2") for n in range(2)),
        *(made(*WASH, start_ms=START_MS + (6 + n) * DAY_MS) for n in range(4)),
    ]
    assert [group.programme for group in of(runs).programmes] == ["p2", "p1", ""]
    assert of(washes(3)).programmes == ()


def test_shares_of_stages_add_up_to_one_over_the_runs_that_have_stages():
    unstaged = made(*WASH, start_ms=START_MS + 9 * DAY_MS, staged=False)
    found = of([*washes(3), unstaged])
    assert found.staged == 3
    assert [each.name for each in found.stages] == ["heating", "washing", "spinning"]
    for key in ("energy_share", "duration_share", "cost_share"):
        assert sum(getattr(each, key) for each in found.stages) == pytest.approx(1)
    assert found.stages[0].energy_share == pytest.approx(500 / (500 + 90 + 400 / 6), rel=0.01)


def test_between_the_runs_is_what_the_runs_did_not_take():
    run = washes(1)[0]
    taken = dict(run.slices)
    first_ms = BOUNDS[0]
    slots = range(first_ms, first_ms + DAY_MS, QUARTER_MS)
    quarters = [Quarter("washer", "plug", slot_ms, 500 + taken.get(slot_ms, 0), 0, 0, 90)
                for slot_ms in slots]  # fmt: skip
    found = of([run], quarters, bounds_ms=(first_ms, first_ms + DAY_MS)).between
    assert found.energy_mwh == 500 * 96
    assert found.measured_ms == DAY_MS - 70 * MINUTE_MS
    assert found.cost_eur == Decimal("0.3141") * 500 * 96 / 10**6


def test_time_that_was_not_measured_is_not_between_the_runs():
    slot_ms = BOUNDS[0]
    quarters = [
        Quarter("washer", "plug", slot_ms, 500, 0, 0, 90),
        Quarter("washer", "plug", slot_ms + QUARTER_MS, 0, None, None, 0, missing_ms=QUARTER_MS),
    ]
    found = of([], quarters).between
    assert found.measured_ms == QUARTER_MS
    assert found.mean_w == pytest.approx(2.0)
