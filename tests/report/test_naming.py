"""What a flatmate types is the run that was meant, or the answer says what to type."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from flatwatt.appliance.slots import run_id
from flatwatt.errors import UsageError
from flatwatt.model import Run
from flatwatt.report.naming import moment_in, run_named

BERLIN = ZoneInfo("Europe/Berlin")


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp() * 1000)


def run(appliance: str, start: str, end: str | None) -> Run:
    start_ms = ms(start)
    return Run(run_id(appliance, start_ms), appliance, start_ms, end and ms(end), 0, 0.0)


RUNS = [
    run("washer", "2026-11-20T17:00", "2026-11-20T18:30"),
    run("washer", "2026-11-21T09:00", "2026-11-21T10:30"),
    run("printer", "2026-11-21T12:00", "2026-11-22T12:30"),
    run("washer", "2026-11-22T17:10", "2026-11-22T18:00"),
    run("washer", "2026-11-22T20:00", "2026-11-22T21:00"),
    run("printer", "2026-11-23T08:00", None),
]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1", 5), ("2", 4), ("6", 0),
        ("last", 4), ("washer", 4), ("washer:1", 4), ("washer/last", 4), ("washer:last", 4),
        ("washer:2", 3), ("washer/2", 3), ("printer", 2),
        ("washer@17:40", 3), ("washer@19:55", 4), ("washer@09:30", 1), ("washer@18:20", 0),
        ("washer@2026-11-20", 0), ("washer@2026-11-20T17:40", 0), ("printer@03:00", 5),
        (RUNS[1].id, 1), ("washer-20261121", 1), ("washer-20261122T19", 4),
        ("printer-20261121", 2),
    ],
)  # fmt: skip
def test_a_run_can_be_named_in_many_ways(text, index):
    assert run_named(text, RUNS, BERLIN).id == RUNS[index].id


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("7", "the flat has 6 runs, 7 is none of them"),
        ("0", "0 is none of them"),
        ("washer:9", "washer has 4 runs"),
        ("wascher@17:40", "did you mean 'washer'"),
        ("dryer@17:40", "these have some: printer, washer"),
        ("wascher:2", "did you mean 'washer'"),
        ("washer@03:00", "washer had no run at '03:00'"),
        ("washer@2026-11-22", "2 runs began on '2026-11-22'; add a time"),
        ("washer@2026-11-19", "no run began on '2026-11-19'"),
        ("washer@noon", "no time; write 17:40"),
        ("washer-2026112", "is the beginning of 4 runs"),
        ("washer-20261120T160001Z", f"did you mean '{RUNS[0].id}'"),
        ("xyz", "its number in `flatwatt runs`"),
        ("²", "its number in `flatwatt runs`"),
    ],
)
def test_what_names_no_run_is_answered_with_what_does(text, says):
    with pytest.raises(UsageError) as caught:
        run_named(text, RUNS, BERLIN)
    assert says in str(caught.value)


def test_without_runs_there_is_nothing_to_name():
    with pytest.raises(UsageError, match="no runs yet"):
        run_named("last", [], BERLIN)


def test_a_time_of_day_is_the_one_within_the_run():
    night = run("printer", "2026-11-21T22:00", "2026-11-22T04:00")
    assert moment_in("23:30", night, BERLIN) == ms("2026-11-21T23:30")
    assert moment_in("02:15:30", night, BERLIN) == ms("2026-11-22T02:15:30")
    assert moment_in("2026-11-22T02:15", night, BERLIN) == ms("2026-11-22T02:15")
    assert moment_in("2026-11-22T01:15:00+00:00", night, BERLIN) == ms("2026-11-22T02:15")
    for outside in ("12:00", "2026-11-23T02:15", "22:00"):
        with pytest.raises(UsageError, match="22:00 to 04:00"):
            moment_in(outside, night, BERLIN)


def test_a_time_that_comes_twice_in_a_long_run_must_be_told_apart():
    with pytest.raises(UsageError, match="2026-11-21T12:10 or 2026-11-22T12:10"):
        moment_in("12:10", RUNS[2], BERLIN)
    assert moment_in("11:00", RUNS[2], BERLIN) == ms("2026-11-22T11:00")


def test_in_the_hour_that_october_repeats_the_first_is_meant():
    night = run("printer", "2026-10-25T01:00", "2026-10-25T05:00")
    assert moment_in("02:30", night, BERLIN) - night.start_ms == 90 * 60_000
