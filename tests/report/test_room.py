"""How long the disk lasts, and warnings that come in time and do not flap."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatwatt.report.room import (
    LIMITS,
    MB,
    Forecast,
    Room,
    forecast,
    last_day,
    room_of,
    room_words,
    size_words,
)

TODAY = date(2026, 11, 25)
GB = 1000 * MB


def test_the_usual_day_of_the_newest_week_tells_how_long_the_disk_lasts():
    found = forecast(800 * MB, [500 * MB] * 30 + [8 * MB] * 6 + [20 * MB])
    assert (found.day_bytes, found.most_day_bytes, found.known_days) == (8 * MB, 20 * MB, 7)
    assert (found.days_left, found.least_days_left) == (100.0, 40.0)
    assert last_day(found, TODAY) == date(2027, 3, 5)


def test_what_grows_beside_the_record_counts():
    assert forecast(800 * MB, [8 * MB], 2 * MB).days_left == 80.0


def test_before_a_whole_day_nothing_is_foretold():
    found = forecast(800 * MB, [])
    assert found == Forecast(800 * MB)
    assert last_day(found, TODAY) is None
    assert room_of(found) is Room.ENOUGH


def test_a_disk_that_outlasts_us_has_no_last_day():
    assert last_day(forecast(10_000 * GB, [1]), TODAY) is None


@pytest.mark.parametrize(
    ("free", "day_bytes", "room"),
    [
        (10 * GB, 8 * MB, Room.ENOUGH),
        (1000 * MB, 80 * MB, Room.LOW),
        (150 * MB, 80 * MB, Room.SHORT),
        (190 * MB, 1 * MB, Room.LOW),
        (40 * MB, 1000, Room.SHORT),
    ],
)
def test_days_left_and_bytes_free_both_warn(free, day_bytes, room):
    assert room_of(forecast(free, [day_bytes] * 7)) is room


def test_bytes_free_warn_even_before_a_whole_day():
    assert room_of(forecast(40 * MB, [])) is Room.SHORT


@given(st.sampled_from(LIMITS), st.lists(st.floats(0.85, 1.15), min_size=2, max_size=40))
def test_free_space_that_trembles_around_a_limit_warns_once(limit, tremor):
    _, _, bytes_ = limit
    rooms, before = [], Room.ENOUGH
    for share in tremor:
        before = room_of(forecast(round(bytes_ * share), [1000]), before)
        rooms.append(before)
    changes = sum(
        one is not other for one, other in zip([Room.ENOUGH, *rooms], rooms, strict=False)
    )
    assert changes <= 2  # into the warning; from the milder one into the graver


@given(st.integers(0, 10**13), st.integers(1, 10**9), st.sampled_from(Room))
def test_less_room_never_warns_less(free, day_bytes, before):
    order = [Room.ENOUGH, Room.LOW, Room.SHORT]
    more = room_of(forecast(free * 2, [day_bytes]), before)
    less = room_of(forecast(free, [day_bytes]), before)
    assert order.index(less) >= order.index(more)


@given(st.sampled_from(Room), st.integers(1, 10**9))
def test_every_warning_ends_with_enough_room(before, day_bytes):
    assert room_of(forecast(10**13, [day_bytes]), before) is Room.ENOUGH


def test_a_warning_says_what_until_when_and_what_to_do():
    found = forecast(400 * MB, [40 * MB] * 7)
    assert room_words(found, Room.LOW, TODAY, "en") == (
        "disk nearly full: 400 MB free, at this rate until 2026-12-05. "
        "Free some space, or see what takes it: flatwatt status"
    )
    assert room_words(found, Room.SHORT, TODAY, "de") == (
        "Platte fast voll: 400 MB frei, so reicht es bis 05.12.2026. "
        "Platz schaffen, oder sehen, was wie viel belegt: flatwatt status"
    )
    assert room_words(found, Room.ENOUGH, TODAY, "en") is None


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [(0, "0 kB"), (850_000, "850 kB"), (12_400_000, "12,4 MB"), (820e6, "820 MB"),
     (3.1e9, "3,1 GB"), (250e9, "250 GB")],
)  # fmt: skip
def test_sizes_are_said_as_people_do(bytes_, words):
    assert size_words(bytes_, "de") == words
