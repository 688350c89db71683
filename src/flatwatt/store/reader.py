"""Reading the record back: all of it, from a position on, or some days."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO

from msgspec import Struct

from flatwatt.errors import StoreError
from flatwatt.model import Reading
from flatwatt.store.files import START, DayFile, Position, list_files, order, position_of
from flatwatt.store.rows import Decoder, RowError

BLOCK = 262_144


class BadRow(Struct, frozen=True):
    """A line of the record that does not count.

    Attributes:
        file: relative to the record's folder.
        line: counted from 1, the header included; 0 when the whole file is meant.
        reason: for a flatmate.
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


OnBad = Callable[[BadRow], None]


def read(
    folder: Path,
    after: Position | None = None,
    on_bad: OnBad | None = None,
    batch: int = 4096,
) -> Iterator[tuple[list[Reading], Position]]:
    """Read the record from a position to its present end.

    Only lines that end in a newline and whose CRC fits count; others are told to
    `on_bad` and skipped. Asking again with the last position returned gives what was
    added since, past midnight and into new segments, also while a collector writes.
    Rows come in the order they were heard within a file, files by day. Not seen this
    way: rows written to a day before the watched files after a clock was set back by
    days; reading from the start finds them.

    Args:
        folder: the record's folder; one that is missing holds no rows.
        after: where an earlier reading stopped; None for the start.
        on_bad: called for each bad row in place.
        batch: most rows at a time.

    Yields:
        (readings, position behind them); the readings may be few, never none, except
        that a position which only passed bad rows comes with an empty list.

    Raises:
        StoreError: a file cannot be read.
    """
    watched = (after or START).watched()
    oldest = min(map(order, watched), default=("", 0))
    for file in list_files(folder, first=oldest[0]):
        start = watched.get(file.name, 0)
        if (file.day, file.segment) < oldest or uncompressed_size(file) == start:
            continue
        for readings, offset in _FileReader(file, on_bad).rows(start, batch):
            watched[file.name] = offset
            position = position_of(watched, file.name)
            watched = position.watched()
            yield readings, position


def read_days(
    folder: Path, first_day: date, last_day: date, on_bad: OnBad | None = None, batch: int = 4096
) -> Iterator[list[Reading]]:
    """Read the rows of some local days, both ends included; see `read`."""
    for file in list_files(folder, first_day.isoformat(), last_day.isoformat()):
        for readings, _offset in _FileReader(file, on_bad).rows(0, batch):
            if readings:
                yield readings


def days(folder: Path) -> list[date]:
    """Return the local days that have a file, in order."""
    return [date.fromisoformat(day) for day in sorted({file.day for file in list_files(folder)})]


def uncompressed_size(file: DayFile) -> int:
    """Return the file's length in bytes, uncompressed; -1 where that is not known."""
    try:
        size = file.path.stat().st_size
        if file.path.suffix != ".gz":
            return size
        with file.path.open("rb") as packed:
            packed.seek(max(0, size - 4))
            return int.from_bytes(packed.read(4), "little")
    except OSError:
        return -1


class _FileReader:
    """Reads one file, plain or compressed."""

    def __init__(self, file: DayFile, on_bad: OnBad | None) -> None:
        self._file = file
        self._on_bad = on_bad
        self._decoder = Decoder(file.day)
        self._lines_before: int | None = None

    def rows(self, start: int, batch: int) -> Iterator[tuple[list[Reading], int]]:
        """Yield (readings, offset behind them) from `start` to the last whole line."""
        try:
            with self._open() as source:
                begin = self._begin(source, start)
                source.seek(begin)
                yield from self._batches(source, begin, batch)
        except FileNotFoundError:
            return  # compressed or removed since it was listed; the next reading finds it
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            self._tell(0, f"is damaged from here on ({error}); is there a backup of it?")
        except OSError as error:
            raise StoreError(
                f"{self._file.path}: cannot be read ({error.strerror or error}); check the disk "
                "and the permissions"
            ) from error

    def _open(self) -> IO[bytes] | gzip.GzipFile:
        if self._file.path.suffix == ".gz":
            return gzip.open(self._file.path, "rb")
        return self._file.path.open("rb")

    def _begin(self, source: IO[bytes] | gzip.GzipFile, start: int) -> int:
        """Return `start` if a line begins there; else the file changed, and is read anew."""
        if start <= 0:
            return 0
        source.seek(start - 1)
        if source.read(1) == b"\n":
            return start
        self._tell(0, "is not as long as it was, maybe after a power cut; reading all of it again")
        return 0

    def _batches(
        self, source: IO[bytes] | gzip.GzipFile, offset: int, batch: int
    ) -> Iterator[tuple[list[Reading], int]]:
        begin, seen = offset, 0
        rest = b""
        while block := source.read(BLOCK):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            for first in range(0, len(lines), batch):
                some = lines[first : first + batch]
                readings = self._decode(some, begin, seen)
                seen += len(some)
                offset += sum(map(len, some)) + len(some)
                yield readings, offset

    def _decode(self, lines: list[bytes], begin: int, seen: int) -> list[Reading]:
        row = self._decoder.row
        readings: list[Reading] = []
        for number, line in enumerate(lines):
            try:
                reading = row(line)
            except RowError as error:
                self._tell(self._line(begin) + seen + number + 1, str(error))
                continue
            if reading is not None:
                readings.append(reading)
        return readings

    def _line(self, begin: int) -> int:
        """Return how many lines lie before the offset where this reading began."""
        if self._lines_before is None:
            with self._open() as source:
                self._lines_before = source.read(begin).count(b"\n") if begin else 0
        return self._lines_before

    def _tell(self, line: int, reason: str) -> None:
        if self._on_bad is not None:
            self._on_bad(BadRow(self._file.name, line, reason))
