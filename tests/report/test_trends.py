"""A trend is said when it is more than chance, and only then."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.made import START_MS, made

from flatwatt.report.ranks import MOST_EXACT, chance, change_percent
from flatwatt.report.trends import LEAST_RUNS, trends_of

DAY_MS = 86_400_000


def washes(powers_w, programme="p1", **more):
    return [
        made(("washing", 60, power_w), start_ms=START_MS + n * 3 * DAY_MS, programme=programme,
             **more)
        for n, power_w in enumerate(powers_w)
    ]  # fmt: skip


def told(runs, repeats=None):
    return [each for each in trends_of(runs, repeats or {})[0] if each.told]


@given(st.integers(1, 2000), st.integers(1, 80))
def test_runs_that_are_all_the_same_have_no_trend(power_w, count):
    assert not told(washes([power_w] * count))


def test_pure_noise_is_called_a_trend_less_than_once_in_fifty_looks():
    dice = Random(5)
    looks = [
        washes([round(500 * dice.lognormvariate(0, 0.15)) for _ in range(dice.randint(12, 45))])
        for _ in range(300)
    ]
    assert sum(bool(told(runs)) for runs in looks) <= 6


def test_a_true_rise_of_twelve_percent_is_found():
    dice = Random(6)
    powers_w = [600 * (1.12 if n >= 20 else 1) * dice.gauss(1, 0.04) for n in range(30)]
    (trend,) = told(washes(map(round, powers_w)))
    assert trend.percent == pytest.approx(12, abs=4)
    assert (trend.earlier, trend.later) == (20, 10)
    assert trend.since_ms == START_MS + 20 * 3 * DAY_MS


def test_one_wild_run_makes_no_trend():
    assert not told(washes([600, 603, 598, 605, 601, 597, 604, 602, 599, 606, 600, 2400]))


def test_a_change_too_small_to_matter_is_not_said():
    assert not told(washes([1000] * 20 + [1010] * 10))


def test_few_runs_are_named_as_few():
    trends, few = trends_of(washes([500] * 3 + [900] * (LEAST_RUNS - 4)), {})
    assert not trends
    assert few == (("washer", "p1", LEAST_RUNS - 1),)


def test_a_programme_used_more_often_lately_is_no_trend_of_either_programme():
    cool, hot = [300] * 20, [900] * 20
    mixture = [*washes(cool, "p1"), *washes(hot, "p2")]
    assert not told(mixture)


def test_runs_of_unknown_programme_do_not_count_beside_known_ones():
    trends, few = trends_of([*washes([500] * 12), *washes([900] * 12, programme="")], {})
    assert [trend.programme for trend in trends] == ["p1"]
    assert not few


def test_runs_not_measured_throughout_or_not_over_do_not_count():
    runs = [*washes([500] * 12), *washes([50] * 6, missing_ms=1000),
            *washes([50] * 1, going_on=True)]  # fmt: skip
    assert trends_of(runs, {})[0][0].earlier + trends_of(runs, {})[0][0].later == 12


def test_longer_prints_are_no_trend_but_hungrier_hours_are():
    def prints(minutes, power_w):
        return [made(("printing", length, power_w), start_ms=START_MS + n * DAY_MS)
                for n, length in enumerate(minutes)]  # fmt: skip

    longer = prints([60] * 16 + [300] * 8, 100)
    assert not told(longer, {"washer": False})
    assert told(longer, {"washer": True})


def test_more_programmes_looked_at_need_more_evidence():
    alone = washes([500, 510, 505, 495, 507, 503, 498, 501, 550, 560, 555, 553])
    assert told(alone)
    others = [run for n in range(2, 12) for run in washes([400] * 12, f"p{n}")]
    assert not told([*alone, *others])


@given(
    st.lists(st.integers(0, 8), min_size=1, max_size=5),
    st.lists(st.integers(0, 8), min_size=1, max_size=5),
)
def test_chance_is_what_counting_every_arrangement_gives(earlier, later):
    every = [*earlier, *later]
    ranks = [sum(2 * (b < a) + (b == a) for b in every) for a in every]
    middle = sum(ranks) * len(later) / len(every)
    observed = abs(sum(ranks[len(earlier) :]) - middle)
    choices = list(combinations(ranks, len(later)))
    as_far = sum(abs(sum(choice) - middle) >= observed - 1e-9 for choice in choices)
    assert chance(earlier, later) == pytest.approx(as_far / len(choices))


def test_exact_and_normal_chance_meet_where_one_takes_over():
    dice = Random(7)
    values = [dice.gauss(0, 1) + (0.8 if n >= 28 else 0) for n in range(MOST_EXACT + 1)]
    exact, normal = chance(values[:27], values[28:]), chance(values[:28], values[28:])
    assert exact == pytest.approx(normal, rel=0.5)


@given(st.lists(st.floats(1, 1e4), min_size=1, max_size=9), st.floats(0.5, 2))
def test_a_common_factor_is_found(values, factor):
    found = change_percent(values, [value * factor for value in values])
    assert found == pytest.approx((factor - 1) * 100, abs=0.01)
