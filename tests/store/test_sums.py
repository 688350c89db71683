"""Days that are over are summed; what was summed in steps equals what is summed at once."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.books import DAYS, START_MS, Hourly, calendar, dump, opened, quarter

from flatwatt.model import QUARTER_MS
from flatwatt.report.calendar import Calendar
from flatwatt.report.periods import day_start_ms
from flatwatt.store.asking import Page
from flatwatt.store.quarters import Quarter, Quarters
from flatwatt.store.questions import energy, peaks, standby
from flatwatt.store.sums import summed_before

BY = [(), ("appliance",), ("local_day", "appliance"), ("local_month",), ("weekday", "local_hour"),
      ("rate_ueur_kwh",), ("local_hour", "appliance"), ("plug",)]  # fmt: skip
BATCH = st.lists(
    st.tuples(st.integers(0, 4 * 96), st.sampled_from("abc"), st.integers(0, 5000)), max_size=30
)


FORGET = "DELETE FROM {}"


@pytest.fixture
def store(tmp_path):
    found = opened(tmp_path)
    yield found
    found.close()


def written(store, batches):
    for batch in batches:
        store.write([quarter(slot, mwh, id_) for slot, id_, mwh in batch], [], None)


def plain(store, text):
    with store.asking() as book:
        return sorted(book.execute(text).fetchall(), key=str)


def flattened(found):
    rows = [
        (*key, *(getattr(sums, name) for name in sums.__struct_fields__))
        for key, sums in found.items()
    ]
    return sorted(rows, key=str)


@settings(max_examples=30, deadline=None)
@given(st.lists(BATCH, min_size=1, max_size=6), st.integers(0, 2))
def test_late_and_corrected_quarter_hours_lead_to_the_same_as_all_at_once(
    tmp_path_factory, batches, shift
):
    steps = opened(tmp_path_factory.mktemp("steps"))
    written(steps, batches[:1])
    steps.close()
    steps = opened(tmp_path_factory.getbasetemp() / steps._path.parts[-3], shift)
    written(steps, [*batches[1:], []])
    once = opened(tmp_path_factory.mktemp("once"), shift)
    last = {(slot, id_): (slot, id_, mwh) for batch in batches for slot, id_, mwh in batch}
    written(once, [list(last.values())])
    assert dump(steps) == dump(once)
    steps.close()
    once.close()


@settings(max_examples=30, deadline=None)
@given(BATCH, BATCH, st.sampled_from(BY))
def test_a_page_answers_what_the_plain_text_answers(tmp_path_factory, kept, newer, by):
    store = opened(tmp_path_factory.mktemp("some"))
    written(store, [kept])
    page = Page(store, calendar(), DAYS, [quarter(slot, mwh, id_) for slot, id_, mwh in newer])
    got = (flattened(page.sums(by)), page.peaks(), page.standby())
    page.close()
    written(store, [newer])
    whole = plain(store, energy(*DAYS, by))
    assert got[0] == [row for row in whole if row[len(by)]]  # SQL has a row for nothing too
    assert [*map(tuple, got[1])] == plain(store, peaks(*DAYS))
    assert sorted(each for days in got[2].values() for each in days) == sorted(
        row[2] for row in plain(store, standby(*DAYS))
    )
    store.close()


def test_a_days_sums_are_written_once_it_is_over_and_not_each_minute(store):
    store.write([quarter(slot, 5) for slot in range(90)], [], None)
    assert dump(store)["daily"] == []
    store.write([quarter(96, 5)], [], None)
    assert [row[:2] for row in dump(store)["daily"]] == [(DAYS[0], "washer")]
    with store.asking() as book:
        assert summed_before(book) == DAYS[0] + 1
        before = book.total_changes
    store.write([quarter(96, 6)], [], None)
    with store.asking() as book:
        assert book.total_changes == before + 1


def test_a_late_quarter_hour_touches_its_own_day_only(store):
    store.write([quarter(slot, 5) for slot in range(0, 380, 4)], [], None)
    said = []
    with store.asking() as book:
        book.set_trace_callback(said.append)
    store.write([quarter(1, 7)], [], None)
    days = {text.split("local_day >= ")[1] for text in said if text.startswith("DELETE")}
    assert days == {f"{DAYS[0]} AND local_day < {DAYS[0] + 1}"}


def test_a_tariff_that_was_changed_is_heeded_before_the_collector_knows_of_it(tmp_path, store):
    store.write([quarter(slot, 1000) for slot in range(380)], [], None)
    page = Page(store, calendar(shift=5), DAYS)
    found = page.sums(())[()].cost_peur
    page.close()
    store.close()
    again = opened(tmp_path, shift=5)
    again.write([quarter(381, 0)], [], None)
    page = Page(again, calendar(shift=5), DAYS)
    assert page.sums(())[()].cost_peur == found
    page.close()
    assert plain(again, energy(*DAYS, ()))[0][2] == found
    again.close()


def test_an_hour_that_the_clocks_change_within_can_be_summed(tmp_path):
    """St John's changed its clocks a minute after midnight."""
    zone = ZoneInfo("America/St_Johns")
    store = Quarters(tmp_path / "quarters.sqlite", maker=Calendar(zone, Hourly()))
    start_ms = day_start_ms(date(2010, 3, 13), zone)
    rows = [
        Quarter("lamp", "p-0", start_ms + slot * QUARTER_MS, 7, 1, 2, 3) for slot in range(250)
    ]
    store.write(rows, [], None)
    hours = {row[4] for row in dump(store)["hourly"]}
    assert hours == set(range(24))
    store.close()


def test_a_clock_that_began_in_1970_makes_no_calendar_of_half_a_century(store):
    store.write([quarter(-(START_MS // QUARTER_MS), 5), quarter(0, 5)], [], None)
    assert len(dump(store)["slot_month"]) == 2


def test_a_book_of_an_older_flatwatt_is_summed_when_it_is_written_to(tmp_path, store):
    store.write([quarter(slot, 5) for slot in range(300)], [], None)
    whole = dump(store)
    with store.asking() as book:
        for table in ("slot", "slot_month", "summed", "daily", "hourly", "hours", "peak", "calm",
                      "rated"):  # fmt: skip
            book.execute(FORGET.format(table))
    store.write([], [], None)
    assert dump(store) == whole
