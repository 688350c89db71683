"""Emptied is told when a person was there, and not when a timer switched it off."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatwatt.appliance.emptied import KEPT, EmptiedState, somebody, wait_for, watch

T0 = 1_790_000_000_000


def waited(state: EmptiedState, waits_s: float, step_s: float = 5, level_w: float = 3.0) -> list:
    """A run ends, the machine waits for so long, then draws nothing for ten minutes."""
    wait_for(state, T0, T0 + 30_000)
    found = []
    at_ms = T0 + 30_000
    while at_ms < T0 + (waits_s + 600) * 1000:
        at_ms += round(step_s * 1000)
        power_w = level_w if at_ms < T0 + waits_s * 1000 else 0.1
        emptied_ms = watch(state, at_ms, power_w)
        if emptied_ms is not None:
            found.append(emptied_ms)
    return found


def test_nothing_is_told_before_an_appliance_has_shown_that_its_waits_differ():
    state = EmptiedState()
    assert waited(state, 300) == waited(state, 2400) == []
    (emptied_ms,) = waited(state, 900)
    assert emptied_ms == T0 + 900_000


def test_a_timer_that_switches_off_is_not_a_person():
    state = EmptiedState()
    assert [waited(state, 600 + wobble) for wobble in (0, 20, 5, 10, 15, 0, 20)] == [[]] * 7


def test_a_habit_of_the_machine_is_not_told_even_when_a_person_is_sometimes_sooner():
    assert not somebody([900, 905, 910, 120], 902)
    assert somebody([900, 905, 910, 120], 300)


def test_a_machine_that_shows_no_waiting_is_not_watched():
    state = EmptiedState(delays_s=[60, 4000])
    assert waited(state, 900, level_w=0.4) == []
    assert state.end_ms is None


def test_standby_that_flickers_is_not_emptied():
    state = EmptiedState(delays_s=[60, 4000])
    wait_for(state, T0, T0)
    told = [
        watch(state, T0 + step * 5000, 2.0 if step % 40 < 20 else 0.0) for step in range(1, 900)
    ]
    assert set(told) == {None}


def test_silence_ends_the_watch_because_anything_may_have_happened():
    state = EmptiedState(delays_s=[60, 4000])
    wait_for(state, T0, T0)
    assert watch(state, T0 + 5_000, 3.0) is None
    assert watch(state, T0 + 4_000_000, 0.0) is None
    assert state.end_ms is None


@pytest.mark.parametrize("step_s", [1, 10, 60])
def test_it_is_back_dated_at_any_pace(step_s):
    state = EmptiedState(delays_s=[60, 4000])
    (emptied_ms,) = waited(state, 1200, step_s)
    assert 0 <= emptied_ms - (T0 + 1_200_000) <= step_s * 1000


@given(
    st.lists(st.tuples(st.integers(1, 400), st.sampled_from([0.0, 0.2, 2.0, 5.0]))),
    st.integers(0, 50),
)
def test_a_restart_anywhere_tells_the_same(steps, cut):
    def told(restart: bool) -> list:
        state = EmptiedState(delays_s=[60, 4000])
        wait_for(state, T0, T0)
        at_ms, found = T0, []
        for index, (seconds, power_w) in enumerate(steps):
            if restart and index == cut:
                state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=EmptiedState)
            at_ms += seconds * 1000
            found.append(watch(state, at_ms, power_w))
        return [*found, state]

    assert told(restart=True) == told(restart=False)


def test_what_is_kept_is_bounded():
    state = EmptiedState()
    for waits_s in range(200, 200 + 100 * 3 * KEPT, 100):
        waited(state, waits_s, step_s=30)
    assert len(state.delays_s) == KEPT
