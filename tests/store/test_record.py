import gzip
import threading
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.errors import StoreError
from flatwatt.model import Reading
from flatwatt.store.readings import START, BadRow, Position, Record, days, read, read_days
from flatwatt.store.rows import HEADER

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT_MS = 1_795_388_400_000  # 2026-11-23 begins in Berlin
DAY_MS = 86_400_000
FIRST = Path("2026/2026-11-22.csv")
SECOND = Path("2026/2026-11-23.csv")


def some(count: int, start_ms: int, appliance: str = "printer") -> list[Reading]:
    return [
        Reading(start_ms + n * 1000, appliance, "p-0", n * 1.5, 100.0 + n, 230.1)
        for n in range(count)
    ]


def all_of(folder: Path, after: Position | None = None) -> tuple[list[Reading], Position]:
    found: list[Reading] = []
    position = after or START
    for batch, position in read(folder, after):  # noqa: B007 - the last position is the answer
        found += batch
    return found, position


def write(folder: Path, readings: list[Reading]) -> None:
    with Record(folder, BERLIN) as record:
        record.append(readings)


def test_what_was_written_is_read_in_order(tmp_path: Path) -> None:
    given_ = some(20, MIDNIGHT_MS - 10_000)
    write(tmp_path, given_)
    assert all_of(tmp_path)[0] == given_
    assert days(tmp_path) == [date(2026, 11, 22), date(2026, 11, 23)]
    assert (tmp_path / FIRST).read_bytes().startswith(HEADER)
    assert (tmp_path / SECOND).read_bytes().count(HEADER) == 1


def test_a_folder_that_is_missing_holds_nothing(tmp_path: Path) -> None:
    assert all_of(tmp_path / "nowhere") == ([], START)
    assert days(tmp_path / "nowhere") == []


def test_days_are_local_days(tmp_path: Path) -> None:
    write(tmp_path, [Reading(MIDNIGHT_MS - 1, "a", "p", 1.0), Reading(MIDNIGHT_MS, "a", "p", 2.0)])
    assert [
        len(batch) for batch in read_days(tmp_path, date(2026, 11, 22), date(2026, 11, 22))
    ] == [1]
    assert not list(read_days(tmp_path, date(2026, 11, 24), date(2027, 1, 1)))


def test_going_on_after_a_restart_writes_no_second_header(tmp_path: Path) -> None:
    given_ = some(4, MIDNIGHT_MS)
    write(tmp_path, given_[:2])
    write(tmp_path, given_[2:])
    assert (tmp_path / SECOND).read_bytes().count(HEADER) == 1
    assert all_of(tmp_path)[0] == given_


def test_a_reader_follows_a_running_collector_past_midnight(tmp_path: Path) -> None:
    given_ = some(12, MIDNIGHT_MS - 6_000)
    position = START
    heard: list[Reading] = []
    with Record(tmp_path, BERLIN) as record:
        for reading in given_:
            record.append([reading])
            new, position = all_of(tmp_path, position)
            assert new == [reading]
            heard += new
        assert all_of(tmp_path, position) == ([], position)
        assert record.position == position
    assert heard == given_


def test_rows_of_two_days_that_arrive_mixed_are_all_followed(tmp_path: Path) -> None:
    late = Reading(MIDNIGHT_MS - 5, "washer", "p-1", 1.0)
    new_day, next_ = some(2, MIDNIGHT_MS)
    with Record(tmp_path, BERLIN) as record:
        record.append(some(1, MIDNIGHT_MS - 1000))
        record.append([new_day])
        _, position = all_of(tmp_path)
        record.append([late, next_])
        assert all_of(tmp_path, position)[0] == [late, next_]
        assert record.position.watched() == all_of(tmp_path)[1].watched()


def test_a_clock_that_jumped_ahead_and_back_does_not_deafen_a_follower(tmp_path: Path) -> None:
    with Record(tmp_path, BERLIN) as record:
        record.append(some(2, MIDNIGHT_MS))
        record.append(some(1, MIDNIGHT_MS + 400 * DAY_MS))
        _, position = all_of(tmp_path)
        for day in range(7):
            new = some(2, MIDNIGHT_MS + day * DAY_MS + 60_000)
            record.append(new)
            got, position = all_of(tmp_path, position)
            assert got == new
            record.sync()


def test_the_durable_position_leads_on_to_newer_rows_only(tmp_path: Path) -> None:
    given_ = some(9, MIDNIGHT_MS)
    with Record(tmp_path, BERLIN) as record:
        record.append(given_[:4])
        durable = record.sync()
        record.append(given_[4:])
        assert all_of(tmp_path, durable)[0] == given_[4:]
        assert record.position.offset > durable.offset


def test_a_position_survives_compression_of_its_file(tmp_path: Path) -> None:
    given_ = some(9, MIDNIGHT_MS)
    write(tmp_path, given_[:5])
    _, position = all_of(tmp_path)
    write(tmp_path, given_[5:])
    plain = tmp_path / SECOND
    packed = plain.with_name(plain.name + ".gz")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert all_of(tmp_path)[0] == given_  # both are there: the plain one counts
    plain.unlink()
    assert all_of(tmp_path)[0] == given_
    got, end = all_of(tmp_path, position)
    assert got == given_[5:]
    assert all_of(tmp_path, end) == ([], end)


def test_a_compressed_day_is_never_appended_to(tmp_path: Path) -> None:
    packed = tmp_path / "2026/2026-11-23.csv.gz"
    given_ = some(4, MIDNIGHT_MS)
    write(tmp_path, given_[:2])
    packed.write_bytes(gzip.compress((tmp_path / SECOND).read_bytes()))
    (tmp_path / SECOND).unlink()
    write(tmp_path, given_[2:])
    assert (tmp_path / "2026/2026-11-23.2.csv").exists()
    assert all_of(tmp_path)[0] == given_


def test_a_damaged_compressed_day_is_told_and_the_next_day_read(tmp_path: Path) -> None:
    given_ = some(2, MIDNIGHT_MS)
    write(tmp_path, given_)
    packed = tmp_path / "2026/2026-11-22.csv.gz"
    packed.write_bytes(gzip.compress(HEADER * 50)[:-12])
    bad: list[BadRow] = []
    assert [row for batch, _ in read(tmp_path, on_bad=bad.append) for row in batch] == given_
    assert "damaged" in str(bad[0])


@pytest.mark.parametrize("batch", [1, 3, 4096])
def test_batches_have_the_size_asked_for(tmp_path: Path, batch: int) -> None:
    given_ = some(10, MIDNIGHT_MS)
    write(tmp_path, given_)
    got = list(read(tmp_path, batch=batch))
    assert [row for rows, _ in got for row in rows] == given_
    assert max(len(rows) for rows, _ in got) <= batch
    for rows, position in got[:-1]:
        assert (
            all_of(tmp_path, position)[0][0] == given_[given_.index(rows[-1]) + 1 if rows else 0]
        )


def test_a_bad_row_is_told_by_file_and_line_and_skipped(tmp_path: Path) -> None:
    given_ = some(5, MIDNIGHT_MS)
    write(tmp_path, given_)
    file = tmp_path / SECOND
    lines = file.read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b"printer", b"printre")
    file.write_bytes(b"".join(lines))
    bad: list[BadRow] = []
    found = [row for batch, _ in read(tmp_path, on_bad=bad.append) for row in batch]
    assert found == given_[:2] + given_[3:]
    assert str(bad[0]) == (
        "2026/2026-11-23.csv, line 4: its check sum does not fit: it was damaged or edited"
    )
    after = Position("2026/2026-11-23.csv", len(b"".join(lines[:2])))
    bad.clear()
    assert [row for batch, _ in read(tmp_path, after, bad.append) for row in batch] == (
        given_[1:2] + given_[3:]
    )
    assert bad[0].line == 4


def test_a_whole_last_line_that_is_wrong_is_kept_and_told(tmp_path: Path) -> None:
    given_ = some(3, MIDNIGHT_MS)
    write(tmp_path, given_[:2])
    with (tmp_path / SECOND).open("ab") as file:
        file.write(b"\0" * 300 + b"\n")
    write(tmp_path, given_[2:])
    bad: list[BadRow] = []
    assert [row for batch, _ in read(tmp_path, on_bad=bad.append) for row in batch] == given_
    assert [each.line for each in bad] == [4]
    assert not list(tmp_path.rglob("*.torn"))


def test_a_torn_tail_is_moved_aside_and_the_next_row_is_good(tmp_path: Path) -> None:
    given_ = some(4, MIDNIGHT_MS)
    for turn, reading in enumerate(given_):
        write(tmp_path, [reading])
        with (tmp_path / SECOND).open("ab") as file:
            file.write(b"2026-11-23T00:0%d" % turn)
    bad: list[BadRow] = []
    assert [row for batch, _ in read(tmp_path, on_bad=bad.append) for row in batch] == given_
    assert not bad
    assert (tmp_path / "2026/2026-11-23.csv.torn").read_bytes().count(b"2026-11-23T00:0") == 3


def test_a_file_that_ends_in_a_long_hole_is_mended(tmp_path: Path) -> None:
    given_ = some(4, MIDNIGHT_MS)
    write(tmp_path, given_[:2])
    with (tmp_path / SECOND).open("ab") as file:
        file.write(b"\0" * 200_000)
    write(tmp_path, given_[2:])
    assert all_of(tmp_path)[0] == given_


def test_truncation_at_every_byte_leaves_the_first_rows_and_nothing_wrong(tmp_path: Path) -> None:
    given_ = some(6, MIDNIGHT_MS)
    write(tmp_path, given_)
    whole = (tmp_path / SECOND).read_bytes()
    for size in range(len(whole)):
        (tmp_path / SECOND).write_bytes(whole[:size])
        rows = max(0, whole[:size].count(b"\n") - 1)
        assert all_of(tmp_path)[0] == given_[:rows]


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6), damage=st.binary(min_size=1, max_size=60))
def test_whatever_overwrites_a_file_no_false_row_is_read(
    tmp_path_factory: pytest.TempPathFactory, at: int, damage: bytes
) -> None:
    folder = tmp_path_factory.mktemp("record")
    given_ = some(6, MIDNIGHT_MS)
    write(folder, given_)
    content = bytearray((folder / SECOND).read_bytes())
    at %= len(content)
    content[at : at + len(damage)] = damage
    (folder / SECOND).write_bytes(content)
    assert set(all_of(folder)[0]) <= set(given_)
    assert len(all_of(folder)[0]) >= 6 - 2 - len(damage) // 50 - damage.count(b"\n")


def test_a_position_beyond_a_shortened_file_reads_it_anew(tmp_path: Path) -> None:
    given_ = some(6, MIDNIGHT_MS)
    write(tmp_path, given_)
    _, position = all_of(tmp_path)
    content = (tmp_path / SECOND).read_bytes()
    (tmp_path / SECOND).write_bytes(content[: len(content) // 2])
    bad: list[BadRow] = []
    found = [row for batch, _ in read(tmp_path, position, bad.append) for row in batch]
    assert found == given_[: len(found)]
    assert found
    assert "is not as long as it was" in str(bad[0])


def test_headers_in_between_empty_files_and_strangers_do_no_harm(tmp_path: Path) -> None:
    given_ = some(3, MIDNIGHT_MS)
    write(tmp_path, given_[:2])
    with (tmp_path / SECOND).open("ab") as file:
        file.write(HEADER)
    write(tmp_path, given_[2:])
    (tmp_path / "2026/2026-11-21.csv").touch()
    (tmp_path / "2026/notes.txt").write_text("bought a new fridge")
    (tmp_path / "2026/2026-02-30.csv").write_text("no such day")
    (tmp_path / "2026/2025-01-01.csv").write_text("in the wrong year")
    (tmp_path / "2026/.~lock.2026-11-23.csv#").write_text("LibreOffice")
    bad: list[BadRow] = []
    assert [row for batch, _ in read(tmp_path, on_bad=bad.append) for row in batch] == given_
    assert not bad


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / SECOND).mkdir(parents=True)
    with pytest.raises(StoreError, match=r"2026-11-23\.csv: cannot be read"):
        all_of(tmp_path)


def test_a_bad_reading_is_refused_and_its_batch_not_half_written(tmp_path: Path) -> None:
    with Record(tmp_path, BERLIN) as record:
        with pytest.raises(StoreError, match="power_w is nan"):
            record.append([*some(2, MIDNIGHT_MS), Reading(0, "a", "p", float("nan"))])
        record.append(some(1, MIDNIGHT_MS))
    assert all_of(tmp_path)[0] == some(1, MIDNIGHT_MS)


def test_syncing_in_another_thread_loses_and_doubles_nothing(tmp_path: Path) -> None:
    given_ = some(3000, MIDNIGHT_MS - 1_500_000)
    done = threading.Event()
    with Record(tmp_path, BERLIN) as record:

        def keep_syncing() -> None:
            while not done.is_set():
                record.sync()

        thread = threading.Thread(target=keep_syncing)
        thread.start()
        for at in range(0, len(given_), 3):
            record.append(given_[at : at + 3])
        done.set()
        thread.join()
        assert record.trouble is None
    assert all_of(tmp_path)[0] == given_
