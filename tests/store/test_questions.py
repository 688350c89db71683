"""One plain SQL text answers from quarter-hours and slots alone, in whole numbers."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.books import BERLIN, DAYS, START_MS, calendar, opened, quarter

from flatwatt.model import QUARTER_MS, Flag
from flatwatt.report.calendar import EPOCH
from flatwatt.report.daily import mean_w, standby_w
from flatwatt.report.periods import local_time
from flatwatt.store import questions
from flatwatt.store.questions import KEYS, SUMS

ROWS = st.dictionaries(
    st.tuples(st.integers(0, 4 * 96), st.sampled_from(["washer", "fridge", "lamp"])),
    st.integers(0, 900_000),
    max_size=120,
)


def asked(store, text):
    with store.asking() as book:
        return book.execute(text).fetchall()


@pytest.fixture
def store(tmp_path):
    found = opened(tmp_path)
    yield found
    found.close()


def test_days_of_the_clock_changes_have_92_and_100_slots():
    for month, first, slots in ((202610, 25, 100), (202603, 29, 92), (202611, 22, 96)):
        day = [slot for slot in calendar().slots(month) if slot[2] == _day(month, first)]
        assert len(day) == slots


def _day(month, day):
    from datetime import date

    return date(month // 100, month % 100, day).toordinal() - EPOCH


def test_a_month_of_slots_has_no_hole_and_no_neighbours_quarter_hour():
    months = [calendar().slots(month) for month in (202609, 202610, 202611)]
    starts = [slot[0] for month in months for slot in month]
    assert starts == list(range(starts[0], starts[-1] + 1, 900))


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_energy_and_cost_equal_those_counted_by_hand(tmp_path_factory, rows):
    store = opened(tmp_path_factory.mktemp("book"))
    store.write([quarter(slot, mwh, id_) for (slot, id_), mwh in rows.items()], [], None)
    expected = defaultdict(lambda: [0, 0, 0])
    for (slot, id_), mwh in rows.items():
        at_ms = START_MS + slot * QUARTER_MS
        at = local_time(at_ms, BERLIN)
        if not DAYS[0] <= at.toordinal() - EPOCH < DAYS[1]:
            continue
        rate = calendar()._prices.rate_at(at_ms)
        found = expected[at.weekday(), at.hour, id_]
        found[0] += mwh
        found[1] += 0 if rate is None else mwh * int(rate.eur_kwh * 1_000_000)
        found[2] += mwh if rate is None else 0
    got = asked(store, questions.energy(*DAYS, ("weekday", "local_hour", "appliance")))
    assert {row[:3]: list(row[4:7]) for row in got} == dict(expected)
    store.close()


def test_the_columns_are_the_keys_and_then_the_sums(store):
    store.write([quarter(0, 5)], [], None)
    with store.asking() as book:
        for key in KEYS - {"flat"}:
            cursor = book.execute(questions.energy(*DAYS, (key,)))
            assert [each[0] for each in cursor.description] == [key, *SUMS]


def test_the_peak_of_a_day_is_of_all_appliances_together_and_the_first_of_equals(store):
    rows = [quarter(40, 50), quarter(41, 30), quarter(41, 30, "fridge"), quarter(50, 60)]
    store.write(rows, [], None)
    start_s = (START_MS + 41 * QUARTER_MS) // 1000
    assert asked(store, questions.peaks(*DAYS)) == [(DAYS[0], start_s, 60)]
    alone = asked(store, questions.peaks(*DAYS, ("appliance",)))
    assert sorted(row[1::2] for row in alone) == [("fridge", 30), ("washer", 60)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=90))
def test_standby_is_what_the_report_calls_so_where_there_are_no_runs(tmp_path_factory, energies):
    store = opened(tmp_path_factory.mktemp("book"))
    rows = [quarter(slot, mwh) for slot, mwh in enumerate(energies)]
    gaps = [quarter(90, 0, flags=int(Flag.GAP)), quarter(91, 0, missing_ms=1)]
    store.write([*rows, *gaps, quarter(92, 0, readings=0)], [], None)
    got = asked(store, questions.standby(*DAYS))
    expected = standby_w(rows, [])
    assert [mean_w(row[2]) for row in got] == ([] if expected is None else [expected])
    store.close()


def test_two_periods_side_by_side_are_the_two_asked_alone(store):
    store.write([quarter(slot, slot + 1, id_) for slot in range(380) for id_ in "ab"], [], None)
    now, before = (DAYS[0] + 2, DAYS[1]), (DAYS[0], DAYS[0] + 2)
    both = asked(store, questions.comparison(now, before, ("appliance",)))
    for row in both:
        for period, place in ((now, 1), (before, 4)):
            alone = {
                each[0]: each[2:5]
                for each in asked(store, questions.energy(*period, ("appliance",)))
            }
            assert row[place : place + 3] == alone[row[0]]


def test_nothing_but_whole_days_and_known_keys_gets_into_the_text():
    with pytest.raises(ValueError, match="no key"):
        questions.energy(0, 1, ("1; DROP TABLE quarter",))
    with pytest.raises(ValueError, match="whole numbers"):
        questions.energy("0", 1, ())
    with pytest.raises(ValueError, match="cannot be joined"):
        questions.peaks(0, 1, (), ("1 = 1",))
