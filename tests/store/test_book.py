"""What the disk refuses waits, is said, and is written as soon as it can be."""

from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from flatwatt.model import Event, Reading, Run
from flatwatt.packing import KEPT_S, Hour, numbers_of, packed
from flatwatt.store.book import Book
from flatwatt.store.home import Home
from flatwatt.store.minutes import between
from flatwatt.store.quarters import Checkpoint, Quarter

BERLIN = ZoneInfo("Europe/Berlin")
AT_MS = 1_795_528_800_000
EVENT = Event("device_started/washer-x", "device_started", AT_MS, "washer",
              {"run": "washer-x", "started_at": "2026-11-24T14:00:00.000Z"})  # fmt: skip
QUARTER = Quarter("washer", "simulated-washer", AT_MS, 5, 0, 1, 2, 0, 0)
RUN = Run("washer-x", "washer", AT_MS, AT_MS + 1000, 7, 9.0, ((AT_MS, 7),))


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


@pytest.fixture
def book(home):
    book = Book(home, BERLIN, watch=False)
    yield book
    book.close()


def checkpoint(book: Book) -> Checkpoint:
    return Checkpoint("1", book.position, b"state")


def test_an_event_is_new_once(book):
    assert book.tell([EVENT], "WG") == [EVENT]
    assert book.tell([EVENT], "WG") == []


def test_events_the_disk_refuses_are_told_when_it_can(home):
    home.events.mkdir()  # no file can be made there
    book = Book(home, BERLIN, watch=False)
    assert book.tell([EVENT], "WG") == []
    assert book.behind
    assert "state.sqlite" in book.troubles()[0]
    home.events.rmdir()
    assert book.tell([], "WG") == [EVENT]
    assert not book.behind
    assert book.troubles() == []
    book.close()


def test_derived_rows_the_disk_refuses_are_kept_and_still_answer(home):
    home.quarters.mkdir()
    book = Book(home, BERLIN, watch=False)
    book.keep([QUARTER], [RUN], checkpoint(book))
    assert list(book.quarters(0, 1 << 53).values()) == [QUARTER]
    assert book.runs(0, 1 << 53) == {RUN.id: RUN}
    assert book.troubles()
    home.quarters.rmdir()
    book.keep([], [], checkpoint(book))
    assert book.troubles() == []
    book.close()
    again = Book(home, BERLIN, watch=True)
    assert list(again.quarters(0, 1 << 53).values()) == [QUARTER]
    assert again.runs(0, 1 << 53) == {RUN.id: RUN}
    again.close()


def hours(*energies: int) -> tuple[tuple[str, int, bytes], ...]:
    """Return parts of one hour that are over, each with some energy in its first minute."""
    parts = [Hour(AT_MS // 1000, energy_mwh=[mwh] + [0] * 59) for mwh in energies]
    return tuple(("washer", part.hour_s, packed(part)) for part in parts)


def kept_hours(book: Book) -> list[int]:
    with book.derived.asking() as derived:
        found = between(derived, "washer", 0, 1 << 40)
    return [numbers_of(data)[120] for _, data in found]


def test_minutes_wait_with_the_state_that_gave_them_away_and_count_once(home):
    home.quarters.mkdir()
    book = Book(home, BERLIN, watch=False)
    book.keep([], [], replace(checkpoint(book), hours=hours(5)))
    assert [each[2] for each in book.unkept()[1]] == [hours(5)[0][2]]
    home.quarters.rmdir()
    book.keep([], [], None)
    assert kept_hours(book) == []  # the state on the disk, if any, still has them
    book.keep([], [], replace(checkpoint(book), hours=hours(7, 1)))
    book.keep([], [], checkpoint(book))
    assert kept_hours(book) == [13]
    assert book.unkept() == ([], [])
    book.close()


def test_minutes_that_are_too_old_are_forgotten(book):
    late = ("washer", AT_MS // 1000 + KEPT_S + 3600, packed(Hour(0)))
    book.keep([], [], replace(checkpoint(book), hours=(*hours(5), late)))
    assert kept_hours(book) == [0]


def test_a_checkpoint_of_another_derivation_starts_over(home, book):
    book.append([Reading(AT_MS, "washer", "simulated-washer", 1.0)])
    book.keep([QUARTER], [RUN], checkpoint(book))
    assert book.checkpoint("1") == checkpoint(book)
    assert book.checkpoint("2") is None
    assert book.quarters(0, 1 << 53) == {}


def test_who_only_looks_writes_nothing(home):
    looker = Book(home, BERLIN, watch=True)
    looker.append([Reading(AT_MS, "washer", "simulated-washer", 1.0)])
    assert looker.tell([EVENT], "WG") == [EVENT]
    looker.close()
    assert not home.events.exists()
    assert not list(home.readings.iterdir())
