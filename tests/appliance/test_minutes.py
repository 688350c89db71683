"""The last weeks minute by minute: no peak lost, no energy invented, the same in any steps."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from flatwatt.appliance.minutes import Minutes
from flatwatt.model import Reading
from flatwatt.packing import KEPT_S, NONE, numbers_of, packed, together, unpacked

START_MS = 1_795_000_000_000 // 3_600_000 * 3_600_000
TALE = st.lists(
    st.tuples(
        st.integers(-4_000_000, 9_000_000),
        st.one_of(st.none(), st.floats(-50, 4000)),
        st.integers(0, 10**6),
    ),
    max_size=60,
)


def reading(at_ms, power_w):
    return Reading(at_ms, "washer", "simulated-washer", power_w)


def walked(tale, minutes=None):
    """Let minutes hear a tale of (ms since the reading before, W, mWh); yield after each."""
    minutes = Minutes() if minutes is None else minutes
    at_ms, before_ms = START_MS, None
    for step_ms, power_w, energy_mwh in tale:
        at_ms += step_ms
        minutes.note(reading(at_ms, power_w), energy_mwh if before_ms else 0, before_ms)
        before_ms = at_ms
        yield minutes, at_ms


def collected(hours):
    """Return minute -> (low, high, mWh) of hours, some of them in parts."""
    whole = {}
    for hour_s, data in hours:
        whole[hour_s] = together(whole[hour_s], data) if hour_s in whole else data
    found = {}
    for hour_s, data in whole.items():
        numbers = numbers_of(data)
        for minute in range(60):
            cell = (numbers[minute], numbers[60 + minute], numbers[120 + minute])
            if cell != (NONE, NONE, 0):
                found[hour_s * 1000 + minute * 60_000] = cell
    return found


@given(TALE)
def test_every_minute_has_the_extremes_of_its_readings(tale):
    expected = defaultdict(list)
    minutes = Minutes()
    for (_, power_w, _), (_, at_ms) in zip(tale, walked(tale, minutes), strict=True):
        if power_w is not None:
            expected[at_ms - at_ms % 60_000].append(round(power_w * 1000))
    got = {at: cell for at, cell in collected(minutes.hours("washer")).items() if cell[0] != NONE}
    assert {at: cell[:2] for at, cell in got.items()} == {
        at: (min(powers), max(powers)) for at, powers in expected.items()
    }


@given(TALE)
def test_the_energy_of_the_minutes_is_what_was_booked(tale):
    minutes = Minutes()
    for _ in walked(tale, minutes):
        pass
    got = collected(minutes.hours("washer"))
    assert sum(cell[2] for cell in got.values()) == sum(mwh for _, _, mwh in tale[1:])


@given(TALE, st.sets(st.integers(0, 60)))
def test_hours_given_away_in_steps_are_those_given_away_at_once(tale, steps):
    given_away, once = [], Minutes()
    for place, (minutes, _) in enumerate(walked(tale)):
        if place in steps:
            given_away += [each[1:] for each in minutes.over()]
    if tale:
        given_away += [each[1:] for each in minutes.over()]
    for _ in walked(tale, once):
        pass
    assert collected(given_away) == collected(each[1:] for each in once.over())
    if tale:
        assert collected(minutes.hours("washer")) == collected(once.hours("washer"))


def test_energy_since_long_ago_is_spread_over_the_minutes_between():
    minutes = Minutes()
    minutes.note(reading(START_MS, 1.0), 0, None)
    minutes.note(reading(START_MS + 600_000, 1.0), 1000, START_MS)
    got = collected(minutes.hours("washer"))
    assert [got[START_MS + n * 60_000][2] for n in range(10)] == [100] * 10


def test_only_the_last_weeks_stay_in_memory():
    minutes = Minutes()
    for hour in range(800):
        minutes.note(reading(START_MS + hour * 3_600_000, 1.0), 0, None)
    assert len(list(minutes.hours("washer"))) == KEPT_S // 3600 + 2


@given(TALE)
def test_an_hour_comes_out_of_its_packing_as_it_went_in(tale):
    minutes = Minutes()
    for _ in walked(tale, minutes):
        pass
    for hour_s, data in minutes.hours("washer"):
        assert packed(unpacked(hour_s, data)) == data
        assert len(data) == 720
