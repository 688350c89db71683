"""Writing the record: every reading, in CSV, one file a local day for the whole flat."""

import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from flatwatt.model import Reading
from flatwatt.store.disk import Disk, said
from flatwatt.store.files import WATCHED, Position, list_files, position_of
from flatwatt.store.rows import Encoder, Rows
from flatwatt.store.segment import Segment, end_of

KEPT_ROWS = 864_000
"""Readings kept in memory while the disk refuses them: ten plugs for a day at one a
second, about 80 MB. Then the oldest are dropped and counted."""
PIECE = 1_000_000


class Record:
    """Appends readings to the record.

    Disk trouble never stops the measuring: rows the disk refuses wait in memory in
    their order, `trouble` says so, and every later `append` or `sync` tries again.
    Where saving itself fails, the system may have thrown the data away and forgotten:
    the descriptor is given up and the rows since the last good sync are written again
    to a new segment, `2026-11-22.2.csv`. The same row may then stand twice in the
    record; a meter ignores the second.

    Any thread may call any method. `append` never waits for a running `sync`; `sync`
    may take seconds on a slow card and belongs in a worker thread. Only one process
    may write: hold `Home.lock`.

    Args:
        folder: the record's folder; made when the first row comes.
        zone: the flat's time zone, which decides a reading's day.
        disk: the operating system.
        kept_rows: how many refused rows are kept in memory.

    Attributes:
        dropped: readings lost because the disk refused them for too long.
    """

    def __init__(
        self, folder: Path, zone: ZoneInfo, *, disk: Disk | None = None, kept_rows: int = KEPT_ROWS
    ) -> None:
        self.dropped = 0
        self._folder = folder
        self._disk = disk or Disk()
        self._kept_rows = kept_rows
        self._encoder = Encoder(zone)
        self._lock = threading.Lock()
        self._sync_lock = threading.Lock()
        self._waiting: deque[Rows] = deque()
        self._waiting_rows = 0
        self._segments: dict[str, Segment] = {}
        self._numbers: dict[str, int] = {}
        self._given_up: list[int] = []
        self._syncing = False
        self._write_error: tuple[str, OSError] | None = None
        self._sync_error: tuple[str, OSError] | None = None
        self._written = self._ends()
        self._durable: dict[str, int] = dict(self._written)

    def _ends(self) -> dict[str, int]:
        try:
            newest = list_files(self._folder)[-WATCHED:]
            return {each.name: end_of(self._disk, each) for each in newest}
        except OSError:
            return {}

    @property
    def position(self) -> Position:
        """Behind everything written so far, though a power cut may still take the last of it."""
        with self._lock:
            return position_of(self._written)

    @property
    def trouble(self) -> str | None:
        """What is wrong with the disk, for a flatmate; None while all is well."""
        with self._lock:
            found = self._write_error or self._sync_error
            if found is None:
                return None
            name, error = found
            fact, remedy = said(error)
            text = f"{self._folder.name}/{name}: {fact}. "
            if self._waiting_rows:
                text += (
                    f"Measuring goes on; {self._waiting_rows} readings wait in memory "
                    f"(at most {self._kept_rows}). "
                )
            if self.dropped:
                text += f"{self.dropped} older ones were lost. "
            return text + remedy

    def append(self, readings: Sequence[Reading]) -> None:
        """Write readings down, in the order they were heard; never fails for the disk.

        Raises:
            StoreError: a reading that cannot be written down (a bad id, a number that is
                not finite, an impossible time); nothing of the batch is written then.
        """
        with self._lock:
            for rows in self._encoder.encode(readings):
                self._waiting.append(rows)
                self._waiting_rows += rows.lines
            self._flush()
            self._shed()

    def sync(self) -> Position:
        """Force everything written to the disk; slow.

        Returns:
            The place in the record up to which a power cut takes nothing. Rows that
            wait in memory are not in it; see `trouble`.
        """
        with self._sync_lock:
            self._syncing = True
            try:
                self._sync_rounds()
            finally:
                with self._lock:
                    self._syncing = False
                    self._close_given_up()
            with self._lock:
                self._close_older()
                return position_of(self._durable)

    def close(self) -> None:
        """Sync and let go of the files."""
        self.sync()
        with self._lock:
            for segment in self._segments.values():
                self._give_up(segment)
            self._segments.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Below, all but _sync_… expect the lock to be held.

    def _flush(self) -> None:
        while self._waiting:
            rows = self._next_piece()
            segment = self._segment(rows.day)
            size, count, error = segment.write(rows.data, rows.lines)
            self._waiting_rows -= count
            if segment.end:
                self._written = _with(self._written, segment.name, segment.end)
            if error is not None:
                self._waiting.appendleft(Rows(rows.day, rows.data[size:], rows.lines - count))
                self._write_error = (segment.name, error)
                self._give_up(segment)
                return
        self._write_error = None

    def _next_piece(self) -> Rows:
        """Take the oldest waiting rows, with what follows for the same day: one write."""
        first = self._waiting.popleft()
        parts, size, count = [first.data], len(first.data), first.lines
        while self._waiting and self._waiting[0].day == first.day and size < PIECE:
            more = self._waiting.popleft()
            parts.append(more.data)
            size += len(more.data)
            count += more.lines
        return Rows(first.day, b"".join(parts), count) if len(parts) > 1 else first

    def _shed(self) -> None:
        """Drop the oldest waiting rows beyond what memory is meant to hold."""
        while self._waiting_rows > self._kept_rows:
            excess = self._waiting_rows - self._kept_rows
            rows = self._waiting.popleft()
            lost = min(excess, rows.lines)
            if lost < rows.lines:
                rest = b"".join(rows.data.splitlines(keepends=True)[lost:])
                self._waiting.appendleft(Rows(rows.day, rest, rows.lines - lost))
            self._waiting_rows -= lost
            self.dropped += lost

    def _segment(self, day: str) -> Segment:
        segment = self._segments.get(day)
        if segment is None:
            number = self._numbers.get(day) or self._last_number(day)
            segment = Segment(self._disk, self._folder, day, number)
            self._segments[day] = segment
        return segment

    def _last_number(self, day: str) -> int:
        """Return which segment of a day to write to: the last, but never a compressed one."""
        try:
            files = list_files(self._folder, day, day)
        except OSError:
            files = []
        if not files:
            return 1
        return files[-1].segment + (files[-1].path.suffix == ".gz")

    def _sync_rounds(self) -> None:
        failed = self._sync_round()
        if failed is not None:
            # Save what was moved to a new segment; the trouble is told until a sync is good.
            failed = self._sync_round() or failed
        with self._lock:
            self._sync_error = failed

    def _sync_round(self) -> tuple[str, OSError] | None:
        """Sync what is dirty; return what failed."""
        with self._lock:
            self._flush()
            self._shed()
            dirty = [each for each in self._segments.values() if each.dirty]
        failed: tuple[str, OSError] | None = None
        for segment in dirty:
            error = self._sync_one(segment)
            if error is not None:
                failed = (segment.name, error)
        return failed

    def _sync_one(self, segment: Segment) -> OSError | None:
        with self._lock:
            try:
                descriptor, end, pieces = segment.before_sync()
            except OSError as error:
                self._write_error = (segment.name, error)
                return None
        try:
            segment.sync_now(descriptor)
        except OSError as error:
            with self._lock:
                self._abandon(segment)
            return error
        with self._lock:
            segment.saved(end, pieces)
            self._durable = _with(self._durable, segment.name, end)
        return None

    def _abandon(self, segment: Segment) -> None:
        """Begin a new segment with the rows that may be lost; see the class."""
        self._give_up(segment)
        self._segments.pop(segment.day, None)
        self._numbers[segment.day] = segment.number + 1
        if segment.disposable:
            # A disk that fails every minute must not leave a new file every minute.
            self._remove(segment)
        rows = segment.unsaved()
        for data, count in reversed(rows):
            self._waiting.appendleft(Rows(segment.day, data, count))
            self._waiting_rows += count

    def _remove(self, segment: Segment) -> None:
        try:
            self._disk.remove(segment.path)
        except OSError:
            return
        self._numbers[segment.day] = segment.number
        self._written.pop(segment.name, None)

    def _give_up(self, segment: Segment) -> None:
        descriptor = segment.let_go()
        if descriptor is not None:
            self._given_up.append(descriptor)
        if not self._syncing:
            self._close_given_up()

    def _close_given_up(self) -> None:
        for descriptor in self._given_up:
            try:
                self._disk.close(descriptor)
            except OSError:
                continue
        self._given_up.clear()

    def _close_older(self) -> None:
        """Close the files of days that have passed, once nothing in them can be lost."""
        newest = max(self._segments, default="")
        for day in [day for day in self._segments if day != newest]:
            if not self._segments[day].dirty:
                self._give_up(self._segments.pop(day))


def _with(watched: dict[str, int], name: str, end: int) -> dict[str, int]:
    """Return the ends with one changed, limited to the newest files."""
    is_new = name not in watched
    watched[name] = end
    return position_of(watched).watched() if is_new else watched
