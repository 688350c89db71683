"""The shapes power is made of: their energy is exactly what walking there would add up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.loads.dice import Dice, mix
from flatwatt.loads.layers import Burst, Level, Pulse, Ripple, Stairs

milliwatts = st.integers(0, 5_000)
short_ms = st.integers(1, 60)
seeds = st.integers(-(2**70), 2**70)

layers = st.one_of(
    st.builds(Level, milliwatts),
    st.builds(Stairs, milliwatts, st.integers(-50, 50), short_ms),
    st.builds(Burst, milliwatts, st.integers(0, 200), short_ms),
    st.builds(
        lambda mw, on_ms, off_ms, vary_mw, seed: Pulse(mw, on_ms, on_ms + off_ms, vary_mw, seed),
        milliwatts, short_ms, st.integers(0, 60), st.integers(0, 400), seeds,
    ),
    st.builds(Ripple, st.integers(0, 900), short_ms, seeds),
)  # fmt: skip


@settings(max_examples=200, derandomize=True, deadline=None)
@given(layers)
def test_the_energy_of_a_layer_is_the_sum_of_its_milliseconds(layer):
    walked = 0
    for into_ms in range(400):
        power, energy, _ = layer.at(into_ms)
        assert energy == walked
        walked += power


@settings(max_examples=200, derandomize=True, deadline=None)
@given(layers)
def test_the_power_of_a_layer_stays_until_the_layer_says_so(layer):
    for into_ms in range(400):
        power, _, until_ms = layer.at(into_ms)
        assert until_ms > into_ms
        assert all(layer.at(at)[0] == power for at in range(into_ms, min(until_ms, 500)))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.integers(1, 900), short_ms, seeds)
def test_noise_costs_nothing_over_a_pair(mw, every_ms, seed):
    for pair in range(5):
        assert Ripple(mw, every_ms, seed).at(pair * 2 * every_ms)[1] == 0


def test_noise_uses_its_whole_range():
    powers = {Ripple(3, 10, 7).at(into_ms)[0] for into_ms in range(0, 5000, 10)}
    assert powers == {-3, -2, -1, 0, 1, 2, 3}


def test_neighbouring_keys_give_unlike_throws():
    bits = [mix(7, day) ^ mix(7, day + 1) for day in range(2000)]
    differing = [value.bit_count() for value in bits]
    assert 31 < sum(differing) / len(differing) < 33
    assert len({mix(7, day) for day in range(100_000)}) == 100_000


def test_throws_are_spread_evenly():
    dice = Dice(1)
    counts = [0] * 10
    for _ in range(10_000):
        counts[dice.between(0, 9)] += 1
    assert min(counts) > 900
    assert max(counts) < 1100


def test_drawn_things_are_different_things():
    assert sorted(Dice(4).some(7, range(7))) == list(range(7))
    assert Dice(4).some(3, range(7)) == Dice(4).some(3, range(7))


@pytest.mark.parametrize("key", [0, -1, 2**64, 2**80])
def test_any_integer_is_a_key(key):
    assert 0 <= mix(key) < 2**64
