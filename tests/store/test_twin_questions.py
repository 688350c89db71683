from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.twin_days import DAY_MS, FIRST, SECOND, asked, days, reading, sealed, written

from flatwatt.model import QUARTER_MS
from flatwatt.store.twin.questions import ask

ONE = (date.fromisoformat(FIRST), date.fromisoformat(FIRST))
TWO = (date.fromisoformat(FIRST), date.fromisoformat(SECOND))


def test_energy_is_what_the_counter_rose_by_each_day(tmp_path):
    readings = [reading(at, energy_wh=100 + at / 1000) for at in range(0, 2 * DAY_MS, 60_000)]
    with ask(sealed(tmp_path, readings), *TWO) as raw:
        first, second = raw.energy()
    assert (first.day, first.energy_mwh, first.falls, first.readings) == (
        FIRST, 86_400_000, 0, 1440,
    )  # fmt: skip
    assert second.energy_mwh == 86_400_000 - 60_000, "the day after has no reading yet"


def test_a_counter_that_starts_again_is_told_and_not_counted_backwards(tmp_path):
    readings = [reading(n * QUARTER_MS, energy_wh=wh) for n, wh in enumerate([5.0, 9.0, 1.0, 4.0])]
    with ask(sealed(tmp_path, readings), *ONE) as raw:
        [found] = raw.energy()
    assert (found.energy_mwh, found.falls) == (7000, 1)


def test_no_day_is_no_answer_and_no_error(tmp_path):
    with ask(written(tmp_path, []), *ONE) as raw:
        assert raw.energy() == []
        assert raw.quantiles([0.5]) == {}
        assert list(raw.readings()) == []


def test_one_appliance_can_be_asked_for(tmp_path):
    twin = sealed(tmp_path, days(1))
    assert asked(twin, FIRST, FIRST, "washer") == []
    assert len(asked(twin, FIRST, FIRST, "printer")) == len(days(1))


def test_answers_come_by_time(tmp_path):
    times = [each.at_ms for each in asked(sealed(tmp_path, days()))]
    assert times == sorted(times)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=60),
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4, unique=True),
)
def test_quantiles_are_exact(tmp_path_factory, tenths, shares):
    folder = tmp_path_factory.mktemp("home")
    readings = [reading(n * 1000, power_w=each / 10) for n, each in enumerate(tenths)]
    with ask(sealed(folder, readings), *ONE) as raw:
        found = raw.quantiles(shares)["printer"]
    watts = sorted(each / 10 for each in tenths)
    for share in shares:
        wanted = next(w for n, w in enumerate(watts, 1) if n >= share * len(watts))
        assert found[share] == wanted
