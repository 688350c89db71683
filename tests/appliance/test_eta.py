"""The expected end is where errors are least, and its interval holds nine times of ten."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.appliance.washes import MINUTE_MS

from flatwatt.appliance.eta import (
    GRAIN_MS,
    MADE_UP,
    Score,
    Span,
    best,
    new_left,
    span,
    stretch,
    trusted,
)

LEFT = st.tuples(st.integers(0, 5 * 3600_000), st.floats(0.001, 1))


def test_the_figure_stays_with_the_likelier_of_two_programmes():
    known = [(40.0 * MINUTE_MS, 0.3), (42.0 * MINUTE_MS, 0.3), (80.0 * MINUTE_MS, 0.4)]
    assert 40 * MINUTE_MS <= best(known, 10 * MINUTE_MS) <= 43 * MINUTE_MS


@given(st.lists(LEFT, min_size=1, max_size=30), st.integers(0, 10**7))
def test_the_figure_is_one_of_what_the_past_runs_leave(known, elapsed_ms):
    found = best(known, elapsed_ms)
    assert any(abs(found - left_ms) <= GRAIN_MS for left_ms, _ in known)


@given(st.lists(LEFT, min_size=1, max_size=30), st.lists(LEFT, max_size=9))
def test_an_interval_reaches_to_both_sides_of_the_figure(known, new):
    found = span(0, known, new)
    assert found.left_ms >= 0
    assert min(found.down_ms, found.up_ms) > 0


def test_a_programme_never_seen_widens_the_interval_only():
    known = [(40.0 * MINUTE_MS, 0.7)]
    new = [(left_ms, share * 0.3) for left_ms, share in new_left("washing_machine", 0)]
    alone, both = span(0, known, []), span(0, known, new)
    assert both.left_ms == alone.left_ms
    assert both.up_ms > 3 * alone.up_ms


def test_what_a_kind_usually_takes_is_over_when_it_took_longer():
    assert sum(share for _, share in new_left("dishwasher", 0)) == pytest.approx(1)
    assert all(left_ms > 0 for left_ms, _ in new_left("dishwasher", 60 * MINUTE_MS))
    ((left_ms, share),) = new_left("dishwasher", 600 * MINUTE_MS)
    assert (left_ms > 0, share) == (True, 1.0)


def test_knowing_nothing_an_interval_is_hardly_changed():
    assert 0.9 < stretch(5, []) < 1.1
    assert sorted(MADE_UP) == list(MADE_UP)


def test_intervals_that_were_too_narrow_are_stretched_there_and_nowhere_else():
    narrow = [Score(2, 2.0)] * 40
    assert stretch(2, narrow) == 2.0
    assert stretch(9, narrow) == stretch(9, [])


def test_nine_of_ten_would_have_held():
    chance = random.Random(4)
    scores = [Score(5, chance.expovariate(1)) for _ in range(400)]
    factor = stretch(5, scores)
    held = sum(chance.expovariate(1) <= factor for _ in range(4000)) / 4000
    assert 0.87 < held < 0.93


def test_an_error_counts_in_units_of_the_side_it_lies_on():
    told = Span(1000.0, 100.0, 400.0)
    assert told.score(1000, 1200).error == 0.5
    assert told.score(1000, 900).error == 1.0
    assert told.score(1000, 10**9).error < 10
    assert told.score(1000, 900).bucket == 5


def test_a_programme_is_as_sure_as_those_that_seemed_so_were_right():
    assert trusted(0.8, []) == pytest.approx(0.8)
    wrong = [Score(1, 0.0, 0.8, right=False)] * 90
    assert trusted(0.8, wrong) == pytest.approx(0.08)
    assert trusted(0.3, wrong) == pytest.approx(0.3)
