"""One file of the record, open for appending."""

import errno
from collections import deque
from pathlib import Path

from flatwatt.store.disk import Disk, whole_end
from flatwatt.store.files import DayFile, relative_name
from flatwatt.store.rows import HEADER

UNSYNCED_MAX = 16_000_000
"""Bytes kept in memory for the case that saving fails; ten plugs fill it in five hours."""


class Segment:
    """Appends whole rows to one file, and mends what a power cut or a full disk tore.

    Not for two threads at once, except that `sync_now` may run beside `write`.

    Attributes:
        name: relative to the record's folder.
        end: offset just after the last whole row.
        synced: offset up to which the file survived a sync of ours.
    """

    def __init__(self, disk: Disk, folder: Path, day: str, number: int) -> None:
        self.day = day
        self.number = number
        self.name = relative_name(day, number)
        self.path = folder / self.name
        self.end = 0
        self.synced = -1
        self._disk = disk
        self._folder = folder
        self._descriptor: int | None = None
        self._named = False
        self._created: bool | None = None
        self._complete = True
        self._unsynced: deque[tuple[bytes, int]] = deque()
        self._unsynced_bytes = 0

    @property
    def dirty(self) -> bool:
        """Whether something may still be lost in a power cut."""
        return self.synced < self.end

    @property
    def disposable(self) -> bool:
        """Whether nothing in it is safe and all of it is in `unsaved`."""
        return self._created is True and self._complete and self.synced < 0

    def write(self, rows: bytes, count: int) -> tuple[int, int, OSError | None]:
        """Append rows.

        Returns:
            (bytes, rows) that were written, always whole rows, and the error that
            stopped it, if any. After an error the file is opened anew the next time.
        """
        try:
            descriptor = self._open()
        except OSError as error:
            return 0, 0, error
        data = rows if self.end else HEADER + rows
        lead = len(data) - len(rows)
        done, failure = self._push(descriptor, data)
        if failure is None:
            self._wrote(len(data), rows, count)
            return len(rows), count, None
        whole = data.rfind(b"\n", 0, done) + 1
        if whole < done:
            self._cut(descriptor, self.end + whole)
        good = rows[: max(0, whole - lead)]
        lines = good.count(b"\n")
        self._wrote(whole, good, lines)
        return len(good), lines, failure

    def _push(self, descriptor: int, data: bytes) -> tuple[int, OSError | None]:
        """Write all of it; a full disk may take a few bytes first and say nothing."""
        done = 0
        view = memoryview(data)
        while done < len(data):
            try:
                taken = self._disk.write(descriptor, view[done:])
            except OSError as error:
                return done, error
            if taken <= 0:
                return done, OSError(errno.ENOSPC, "nothing was written")
            done += taken
        return done, None

    def _wrote(self, grown: int, rows: bytes, count: int) -> None:
        self.end += grown
        if rows:
            self._unsynced.append((rows, count))
            self._unsynced_bytes += len(rows)
        while self._unsynced_bytes > UNSYNCED_MAX:
            self._unsynced_bytes -= len(self._unsynced.popleft()[0])
            self._complete = False

    def _cut(self, descriptor: int, size: int) -> None:
        """Take the torn piece of a row away, else leave it to the next opening."""
        try:
            self._disk.truncate(descriptor, size)
        except OSError:
            return

    def _open(self) -> int:
        if self._descriptor is not None:
            return self._descriptor
        self._disk.make_folder(self.path.parent)
        descriptor = self._disk.open(self.path)
        try:
            size = self._disk.size(descriptor)
            end = whole_end(self._disk, self.path, size)
            if end < size:
                self._move_aside(descriptor, end, size)
        except OSError:
            self._disk.close(descriptor)
            raise
        if self._created is None:
            self._created = size == 0
        self.end = end
        self._descriptor = descriptor
        return descriptor

    def _move_aside(self, descriptor: int, end: int, size: int) -> None:
        """Keep a torn tail in `<file>.torn`, then cut it away; no row may be joined to it."""
        tail = self._disk.read(self.path, end, size - end)
        aside = self._disk.open(self.path.with_name(self.path.name + ".torn"))
        try:
            _, error = self._push(aside, tail + b"\n")
            if error is not None:
                raise error
            self._disk.sync(aside)
        finally:
            self._disk.close(aside)
        self._disk.truncate(descriptor, end)

    def let_go(self) -> int | None:
        """Give the descriptor away, to be closed by the caller; the next write opens anew."""
        descriptor, self._descriptor = self._descriptor, None
        return descriptor

    def before_sync(self) -> tuple[int, int, int]:
        """Return (descriptor, end, pieces) as they are now, for `sync_now` and `saved`.

        Raises:
            OSError: the file cannot be opened.
        """
        return self._open(), self.end, len(self._unsynced)

    def sync_now(self, descriptor: int) -> None:
        """Force the file, and once its name, to the disk; slow. Raises OSError."""
        self._disk.sync(descriptor)
        if not self._named:
            self._disk.sync_folder(self.path.parent)
            self._disk.sync_folder(self._folder)
            self._disk.sync_folder(self._folder.parent)
            self._named = True

    def saved(self, end: int, pieces: int) -> None:
        """Note that everything up to `before_sync` is safe."""
        self.synced = max(self.synced, end)
        for _ in range(min(pieces, len(self._unsynced))):
            self._unsynced_bytes -= len(self._unsynced.popleft()[0])

    def unsaved(self) -> list[tuple[bytes, int]]:
        """Return the rows written since the last good sync as (lines, count), oldest first."""
        return list(self._unsynced)


def end_of(disk: Disk, file: DayFile) -> int:
    """Return the offset behind a file's last whole line, uncompressed. Raises OSError."""
    size = file.path.stat().st_size
    if file.path.suffix == ".gz":
        return int.from_bytes(disk.read(file.path, max(0, size - 4), 4), "little")
    return whole_end(disk, file.path, size)
