"""A run is followed along a past one, however its pace differs."""

import pytest
from tests.appliance.washes import COTTON, EASY, begin, minutes

from flatwatt.appliance.follow import SILENT, STEP_MS, Follower, level, levels


def chain(powers):
    return [level(power_w) for power_w, length in powers for _ in range(length)]


def place(path):
    return path.first + max(range(len(path.belief)), key=path.belief.__getitem__)


def followed(past, seen):
    follower = Follower(past)
    follower.follow(seen)
    return follower


def test_levels_are_those_of_the_minutes_whatever_the_step():
    curve = begin(COTTON, minutes(COTTON))
    assert levels(curve.step_ms, curve.mwh) == chain(COTTON)
    assert levels(2 * STEP_MS, [0, 4_000]) == [level(120)] * 2
    assert levels(STEP_MS, []) == []


def test_a_run_that_repeats_a_past_one_is_where_that_was():
    for upto in (1, 25, 60, 95):
        (path,) = followed([chain(COTTON)], chain(COTTON)[:upto]).paths
        assert place(path) == pytest.approx(upto, abs=1)


def test_a_slower_heating_is_caught_up_with():
    slow = [(150, 5), (2000, 24), (120, 60), (400, 10)]
    (path,) = followed([chain(COTTON)], chain(slow)[:40]).paths
    assert place(path) == pytest.approx(36, abs=1)


def test_the_run_it_repeats_explains_it_best():
    follower = followed([chain(COTTON), chain(EASY)], chain(EASY)[:30])
    cotton, easy = follower.paths
    assert easy.evidence > cotton.evidence
    assert easy.evidence > follower.new_evidence


def test_nothing_known_explains_what_was_never_seen():
    follower = followed([chain(COTTON)], [level(40)] * 10 + [level(700)] * 30)
    assert follower.new_evidence > follower.paths[0].evidence


def test_behind_its_end_a_run_is_silent():
    over = followed([chain(EASY)], chain(EASY) + [SILENT] * 30)
    assert place(over.paths[0]) == minutes(EASY)
    assert over.paths[0].evidence > over.new_evidence
    goes_on = followed([chain(EASY)], chain(EASY) + [level(2000)] * 30)
    assert goes_on.paths[0].evidence < goes_on.new_evidence


@pytest.mark.parametrize("power_w", [-5.0, 0.0, 1e9])
def test_a_power_that_cannot_be_is_followed_too(power_w):
    assert followed([chain(EASY)], [level(power_w)] * 5).seen == [level(power_w)] * 5
