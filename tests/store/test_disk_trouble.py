import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flatwatt.model import Reading
from flatwatt.store.disk import Disk, said
from flatwatt.store.readings import Record, read

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT_MS = 1_795_388_400_000  # 2026-11-23 begins in Berlin
FILE = "2026/2026-11-23.csv"


def some(count: int, start: int = 0) -> list[Reading]:
    return [
        Reading(MIDNIGHT_MS + n * 1000, "printer", "p-0", n * 1.5, 100.0 + n)
        for n in range(start, start + count)
    ]


def all_of(folder: Path) -> list[Reading]:
    bad: list[object] = []
    found = [row for batch, _ in read(folder, on_bad=bad.append) for row in batch]
    assert not bad
    return found


def once(readings: list[Reading]) -> list[Reading]:
    return list(dict.fromkeys(readings))


class SmallDisk(Disk):
    """A disk with so many bytes of room, which may fail in other ways too."""

    def __init__(self, room: int | None = None) -> None:
        self.room = room
        self.error = errno.ENOSPC
        self.refuse_open = False
        self.refuse_truncate = False
        self.fail_syncs = 0
        self.synced: list[int] = []
        self.failed: list[int] = []

    def open(self, path: Path) -> int:
        if self.refuse_open:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return super().open(path)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        if self.room is None:
            return super().write(descriptor, data)
        if self.room == 0:
            raise OSError(self.error, os.strerror(self.error))
        taken = super().write(descriptor, data[: self.room])
        self.room -= taken
        return taken

    def truncate(self, descriptor: int, size: int) -> None:
        if self.refuse_truncate:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().truncate(descriptor, size)

    def sync(self, descriptor: int) -> None:
        assert descriptor not in self.failed, "a descriptor that failed was tried again"
        if self.fail_syncs:
            self.fail_syncs -= 1
            self.failed.append(descriptor)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync(descriptor)

    def close(self, descriptor: int) -> None:
        super().close(descriptor)
        if descriptor in self.failed:
            self.failed.remove(descriptor)


@pytest.mark.parametrize("room", range(0, 400, 7))
def test_a_full_disk_costs_no_row_and_joins_none(tmp_path: Path, room: int) -> None:
    disk = SmallDisk(room)
    with Record(tmp_path, BERLIN, disk=disk) as record:
        for reading in some(12):
            record.append([reading])
        assert record.trouble is not None
        assert set(all_of(tmp_path)) <= set(some(12))
        disk.room = None
        record.append(some(3, 12))
        assert record.trouble is None
        assert all_of(tmp_path) == some(15)


@pytest.mark.parametrize("room", range(0, 300, 11))
def test_a_torn_row_that_cannot_be_cut_away_is_mended_later(tmp_path: Path, room: int) -> None:
    disk = SmallDisk(room)
    disk.refuse_truncate = True
    with Record(tmp_path, BERLIN, disk=disk) as record:
        for reading in some(6):
            record.append([reading])
        disk.room = None
        disk.refuse_truncate = False
        record.append(some(1, 6))
        assert record.trouble is None
    assert all_of(tmp_path) == some(7)


def test_trouble_names_file_fact_count_and_remedy(tmp_path: Path) -> None:
    disk = SmallDisk(0)
    folder = tmp_path / "readings"
    with Record(folder, BERLIN, disk=disk, kept_rows=5) as record:
        record.append(some(3))
        assert record.trouble == (
            "readings/2026/2026-11-23.csv: the disk is full. Measuring goes on; 3 readings wait "
            "in memory (at most 5). Free some space."
        )
        record.append(some(4, 3))
        assert record.dropped == 2
        assert "2 older ones were lost" in str(record.trouble)
        disk.room = None
        record.sync()
        assert record.trouble is None
        assert record.dropped == 2
    assert all_of(folder) == some(5, 2)


@pytest.mark.parametrize("batch", [1, 4, 30])
def test_memory_is_bounded_and_the_oldest_go_first(tmp_path: Path, batch: int) -> None:
    disk = SmallDisk(0)
    with Record(tmp_path, BERLIN, disk=disk, kept_rows=10) as record:
        for start in range(0, 60, batch):
            record.append(some(batch, start))
        assert record.dropped == 50
        disk.room = None
    assert all_of(tmp_path) == some(10, 50)


def test_rows_that_wait_over_midnight_go_to_their_own_days(tmp_path: Path) -> None:
    disk = SmallDisk(0)
    rows = some(40_000)[::1000]
    later = [Reading(each.at_ms + 86_400_000, "printer", "p-0", 1.0) for each in rows]
    with Record(tmp_path, BERLIN, disk=disk) as record:
        for each in rows + later:
            record.append([each])
        disk.room = None
        record.sync()
    assert all_of(tmp_path) == rows + later


def test_a_read_only_disk_is_said_and_waited_for(tmp_path: Path) -> None:
    disk = SmallDisk()
    disk.refuse_open = True
    with Record(tmp_path, BERLIN, disk=disk) as record:
        record.append(some(2))
        record.sync()
        assert "read-only" in str(record.trouble)
        disk.refuse_open = False
        record.append(some(2, 2))
        assert record.trouble is None
    assert all_of(tmp_path) == some(4)


def test_a_folder_that_cannot_be_made_is_trouble_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "readings").write_text("a file where the folder should be")
    with Record(tmp_path / "readings", BERLIN) as record:
        record.append(some(1))
        assert record.trouble is not None
        (tmp_path / "readings").unlink()
        record.sync()
        assert record.trouble is None
    assert all_of(tmp_path / "readings") == some(1)


def test_a_failed_sync_begins_a_new_segment_and_writes_the_unsafe_rows_again(
    tmp_path: Path,
) -> None:
    disk = SmallDisk()
    with Record(tmp_path, BERLIN, disk=disk) as record:
        record.append(some(3))
        record.sync()
        record.append(some(2, 3))
        disk.fail_syncs = 1
        position = record.sync()
        assert "fails to write" in str(record.trouble)
        record.append(some(2, 5))
        assert position.file == "2026/2026-11-23.2.csv"
        record.sync()
        assert record.trouble is None
    second = (tmp_path / "2026/2026-11-23.2.csv").read_bytes()
    assert second.count(b"\n") == 5  # header, the two unsafe rows, two new ones
    assert once(all_of(tmp_path)) == some(7)


def test_a_follower_goes_on_into_the_new_segment(tmp_path: Path) -> None:
    disk = SmallDisk()
    with Record(tmp_path, BERLIN, disk=disk) as record:
        record.append(some(3))
        record.sync()
        record.append(some(2, 3))
        *_, (_, position) = read(tmp_path)
        disk.fail_syncs = 1
        record.sync()
        record.append(some(1, 5))
        assert (tmp_path / "2026/2026-11-23.2.csv").exists()
        new = [row for batch, _ in read(tmp_path, position) for row in batch]
        assert new == some(3, 3)  # the unsafe two once more, then the new one


def test_a_disk_that_fails_every_sync_leaves_few_files(tmp_path: Path) -> None:
    disk = SmallDisk()
    with Record(tmp_path, BERLIN, disk=disk) as record:
        record.append(some(1))
        record.sync()
        disk.fail_syncs = 40
        for n in range(20):
            record.append(some(1, n + 1))
            record.sync()
            assert "fails to write" in str(record.trouble)
        assert len(list(tmp_path.rglob("*.csv"))) <= 3
        record.sync()
        assert record.trouble is None
    assert once(all_of(tmp_path)) == some(21)
    with Record(tmp_path, BERLIN) as record:
        record.append(some(1, 21))
    assert once(all_of(tmp_path)) == some(22)


@pytest.mark.parametrize(
    ("number", "fact"),
    [
        (errno.ENOSPC, "full"),
        (errno.EDQUOT, "full"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "fails"),
        (errno.EPERM, "permission"),
        (errno.EMFILE, "Too many open files"),
    ],
)
def test_disk_errors_are_told_in_plain_words(number: int, fact: str) -> None:
    assert fact in said(OSError(number, os.strerror(number)))[0]


LIMITED = """
import resource, sys
from pathlib import Path
from flatwatt.store.readings import Record
from tests.store.test_disk_trouble import BERLIN, some
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
with Record(Path(sys.argv[1]), BERLIN) as record:
    for reading in some(40):
        record.append([reading])
    assert "may not grow" in record.trouble, record.trouble
    assert Path(sys.argv[1], "2026/2026-11-23.csv").stat().st_size <= 1000
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    record.sync()
    assert record.trouble is None
"""


def test_a_real_limit_on_the_file_is_a_short_write_and_then_over(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", LIMITED, tmp_path], check=True, timeout=60)
    assert all_of(tmp_path) == some(40)


class FullDevice(Disk):
    """Writes to the device that is always full, until told otherwise."""

    full = Path("/dev/full").exists()

    def open(self, path: Path) -> int:
        return super().open(Path("/dev/full") if self.full else path)


def test_the_always_full_device_loses_nothing(tmp_path: Path) -> None:
    disk = FullDevice()
    with Record(tmp_path, BERLIN, disk=disk) as record:
        record.append(some(5))
        assert (record.trouble is not None) == disk.full
        disk.full = False
        record.append(some(1, 5))
        assert record.trouble is None
    assert all_of(tmp_path) == some(6)


@contextmanager
def small_disks(folder: Path) -> Iterator[list[Path]]:
    """Give a real disk of 64 kB where this user may mount one, else none."""
    folder.mkdir()
    allowed = hasattr(os, "geteuid") and os.geteuid() == 0 and sys.platform == "linux"
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    if not allowed or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield []
        return
    try:
        yield [folder]
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_real_full_disk_is_survived(tmp_path: Path) -> None:
    with small_disks(tmp_path / "disk") as disks:
        for folder in disks:
            ballast = folder / "ballast"
            ballast.write_bytes(b"x" * 40_000)
            with Record(folder / "readings", BERLIN) as record:
                for start in range(0, 1500, 10):
                    record.append(some(10, start))
                    if start % 200 == 0:
                        record.sync()
                assert "the disk is full" in str(record.trouble)
                ballast.unlink()
                (folder / "readings/2026").mkdir(exist_ok=True)
                record.sync()
                assert "the disk is full" in str(record.trouble)  # 130 kB in 64 kB
                waiting = int(str(record.trouble).split(" readings wait")[0].split()[-1])
                assert all_of(folder / "readings") == some(1500 - waiting)


def test_a_disk_remounted_read_only_is_survived(tmp_path: Path) -> None:
    with small_disks(tmp_path / "disk") as disks:
        for folder in disks:
            with Record(folder / "readings", BERLIN) as record:
                record.append(some(3))
                record.sync()
                record.close()
                subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
                record.append(some(3, 3))
                record.sync()
                assert "read-only" in str(record.trouble)
                subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
                record.append(some(1, 6))
                assert record.trouble is None
            assert all_of(folder / "readings") == some(7)


CHILD = """
import sys
from pathlib import Path
from flatwatt.store.readings import Record
from tests.store.test_disk_trouble import BERLIN, some
record = Record(Path(sys.argv[1]), BERLIN)
for n in range(int(sys.argv[2]), 10**6):
    record.append(some(1, n))
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


def test_a_killed_process_loses_no_row_it_had_taken(tmp_path: Path) -> None:
    start = 0
    for acknowledged in (1, 7, 150, 901):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, tmp_path, str(start)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            last = start
            for _ in range(acknowledged):
                last = int(child.stdout.readline())
            child.kill()
            last = int(([*child.stdout.read().split("\n")[:-1]] or [str(last)])[-1])
        found = all_of(tmp_path)
        assert found == some(len(found))
        assert len(found) > last
        start = len(found)
