"""What people say about runs is kept for good, whoever writes at the same time."""

import sqlite3
import threading
from pathlib import Path

import pytest

from flatwatt.correction import Correction, Draft, Kind, Payload, Span
from flatwatt.errors import StoreError, UsageError
from flatwatt.model import Event
from flatwatt.store import database
from flatwatt.store.corrections import CorrectionLog
from flatwatt.store.events import EventLog
from flatwatt.store.state import SCHEMA

SPAN = Span("washer-20261122T154209Z", 1_000, 5_000)
DISCARD = Draft(Kind.DISCARD, "washer", Payload(runs=(SPAN,)))
SPLIT = Draft(Kind.SPLIT, "washer", Payload((SPAN,), 3_000, (2000.0, 450.5), 12))


def undo(seq: int) -> Draft:
    return Draft(Kind.UNDO, "washer", Payload(undoes=seq))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


def test_corrections_come_back_as_they_were_said_and_numbered(path):
    with CorrectionLog(path) as log:
        first, second = log.add(DISCARD, 10), log.add(SPLIT, 20)
        assert (first.seq, second.seq) == (1, 2)
    with CorrectionLog(path) as log:
        assert log.rows() == [first, second]
        assert log.rows()[1] == Correction(2, 20, Kind.SPLIT, "washer", SPLIT.payload)


def test_undoing_keeps_the_history_and_works_once(path):
    with CorrectionLog(path) as log:
        log.add(DISCARD, 10)
        log.add(undo(1), 20)
        assert [(row.kind, row.undone) for row in log.rows()] == [
            ("discard", True),
            ("undo", False),
        ]
        for wrong in (1, 2, 3):
            with pytest.raises(UsageError, match=f"no correction {wrong}"):
                log.add(undo(wrong), 30)
        assert len(log.rows()) == 2


def test_the_place_where_it_was_taken_in_is_set_once(path):
    with CorrectionLog(path) as log, CorrectionLog(path) as other:
        log.add(DISCARD, 10)
        other.take(1, 777)
        log.take(1, 888)
        assert log.rows()[0].taken_ms == 777


def test_what_another_process_says_is_seen_without_opening_again(path):
    with CorrectionLog(path) as log:
        assert log.rows() == []
        with CorrectionLog(path) as other:
            other.add(DISCARD, 10)
        assert [row.kind for row in log.rows()] == ["discard"]


def test_looking_on_needs_no_file_and_finds_it_once_it_is_there(path):
    with CorrectionLog(path, read_only=True) as looking:
        assert looking.rows() == []
        with CorrectionLog(path) as log:
            log.add(DISCARD, 10)
        assert len(looking.rows()) == 1
        with pytest.raises(StoreError, match="looked at only"):
            looking.add(DISCARD, 20)


def test_many_writers_at_once_lose_nothing(path):
    CorrectionLog(path).close()

    def add(made_ms: int) -> None:
        with CorrectionLog(path) as log:
            for each in range(10):
                log.add(DISCARD, made_ms + each)

    threads = [threading.Thread(target=add, args=(1000 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with CorrectionLog(path) as log:
        rows = log.rows()
    assert [row.seq for row in rows] == list(range(1, 41))
    assert len({row.made_ms for row in rows}) == 40


def of_the_first_schema(path: Path) -> None:
    connection = database.connect(path, durable=True)
    database.settle(connection, SCHEMA[:1])
    connection.execute("INSERT INTO event (id, at_ms, body) VALUES ('a/1', 5, '{}')")
    connection.close()


def test_a_home_of_before_corrections_keeps_its_events(path):
    of_the_first_schema(path)
    with CorrectionLog(path, read_only=True) as looking:
        assert looking.rows() == []
    with CorrectionLog(path) as log:
        log.add(DISCARD, 10)
    events = EventLog(path)
    assert events.newest_ms() == 5
    assert events.append([Event("b/1", "b", 9, "washer", {})], "wg")
    events.close()


def test_a_correction_of_a_newer_flatwatt_is_said_not_guessed(path):
    with CorrectionLog(path) as log:
        log.add(DISCARD, 10)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE correction SET kind = 'bless'")
    other.close()
    with CorrectionLog(path) as log, pytest.raises(StoreError, match="correction 1"):
        log.rows()
