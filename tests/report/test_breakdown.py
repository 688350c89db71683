"""A period by groups: cents that add up, missing that is no zero, periods side by side."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatwatt.report.breakdown import breakdown
from flatwatt.report.periods import (
    Period,
    day_period,
    month_period,
    previous,
    week_period,
    year_period,
)
from flatwatt.store.questions import Sums

COST = st.integers(-(10**12), 10**13)


def sums(energy_mwh, cost_peur=0, unpriced_mwh=0):
    return Sums(4, energy_mwh, cost_peur, unpriced_mwh, 0, 2_000_000, 60, 1500)


@given(st.dictionaries(st.integers(0, 23), st.tuples(st.integers(0, 10**7), COST), min_size=1))
def test_the_cents_of_the_groups_add_up_to_the_total(groups):
    found = breakdown("hour", {key: sums(*each) for key, each in groups.items()}, None)
    assert sum(part.cost_cents for part in found.parts) == found.total.cost_cents
    assert abs(found.total.cost_cents * 10**10 - sum(c for _, c in groups.values())) <= 5 * 10**9


def test_a_group_without_measurement_is_unknown_and_not_zero():
    found = breakdown("hour", {3: sums(5, 10**12)}, None, order=(2, 3))
    assert [(each.key, each.energy_mwh, each.cost_cents) for each in found.parts] == [
        (2, None, None),
        (3, 5, 100),
    ]


def test_without_a_rate_no_cost_is_told_but_the_energy_is():
    found = breakdown("tariff", {None: sums(5, 0, 5), 300_000: sums(7, 2)}, None)
    assert [each.key for each in found.parts] == [300_000, None]
    assert (found.total.energy_mwh, found.total.cost_cents) == (12, None)


def test_an_appliance_that_is_gone_stands_beside_what_it_drew_before():
    found = breakdown("appliance", {"a": sums(1)}, {"a": sums(2), "b": sums(3)}, ("a",), ("a",))
    assert [(each.key, each.energy_mwh, each.earlier_mwh) for each in found.parts] == [
        ("a", 1, 2),
        ("b", None, 3),
    ]
    assert (found.total.energy_mwh, found.total.earlier_mwh) == (1, 5)


def test_days_stand_beside_days_of_the_same_place():
    now, before = {31: sums(5), 32: sums(6)}, {1: sums(1), 3: sums(3)}
    found = breakdown("day", now, before, (31, 32), (1, 2, 3))
    pairs = [
        (each.key, each.energy_mwh, each.earlier_key, each.earlier_mwh) for each in found.parts
    ]
    assert pairs == [(31, 5, 1, 1), (32, 6, 2, None), (None, None, 3, 3)]


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (day_period(date(2026, 3, 1)), day_period(date(2026, 2, 28))),
        (week_period(date(2026, 1, 1)), week_period(date(2025, 12, 25))),
        (month_period(date(2026, 3, 9)), month_period(date(2026, 2, 1))),
        (year_period(date(2028, 2, 29)), year_period(date(2027, 5, 5))),
        (
            Period(date(2026, 3, 3), date(2026, 3, 12)),
            Period(date(2026, 2, 21), date(2026, 3, 2)),
        ),
    ],
)
def test_the_period_before_is_one_of_its_kind(period, before):
    assert previous(period) == before
