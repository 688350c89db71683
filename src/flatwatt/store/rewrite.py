"""Adding rows to days that are over: a day's file is replaced whole, by one that holds more.

Every line of the old file stays as it is, also the damaged ones. The old file is kept as
`.bak` until the new one has been read back.
"""

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from flatwatt.errors import StoreError
from flatwatt.model import Reading
from flatwatt.store.disk import Disk
from flatwatt.store.files import DayFile, list_files, relative_name
from flatwatt.store.rows import HEADER, Decoder, Encoder, RowError

Placed = list[tuple[int, bytes]]
"""Rows to be added: (their time in ms, the line with its newline), by time."""


def add(
    folder: Path,
    zone: ZoneInfo,
    readings: Sequence[Reading],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Add readings to the record, each in its place in time; the caller holds the home's lock.

    Args:
        folder: of the record.
        zone: of the flat.
        readings: by time; none of them stands there already.
        progress: told how many were added, a day at a time.

    Returns:
        How many files were written.

    Raises:
        StoreError: a file cannot be written, or does not hold what it should; that day is
            as it was, days before it hold their rows.
    """
    encoder = Encoder(zone)
    files = 0
    for its in _days(zone, readings):
        for rows in encoder.encode(its):  # one
            lines = rows.data.splitlines(keepends=True)
            placed = list(zip((each.at_ms for each in its), lines, strict=True))
            for file, share in _shares(folder, rows.day, placed):
                _rewrite(file, share)
                files += 1
        if progress:
            progress(len(its))
    return files


def _days(zone: ZoneInfo, readings: Sequence[Reading]) -> Iterator[Sequence[Reading]]:
    """Yield the readings of one local day after another; all of them as text is too much."""
    first = 0
    day = None
    for index, each in enumerate(readings):
        its = datetime.fromtimestamp(each.at_ms // 1000, zone).date()
        if day is not None and its != day:
            yield readings[first:index]
            first = index
        day = its
    if readings:
        yield readings[first:]


def _shares(folder: Path, day: str, placed: Placed) -> Iterator[tuple[DayFile, Placed]]:
    """Yield a day's files with the rows that belong in them."""
    files = list_files(folder, day, day)
    if not files:
        yield DayFile(day, 1, folder / relative_name(day, 1)), placed
        return
    begins = [_first_ms(file) for file in files]
    for index, file in enumerate(files):
        low_ms = begins[index] if index else 0
        later = [begin for begin in begins[index + 1 :] if begin is not None]
        if low_ms is None:  # it holds no row, so nothing says where it belongs
            continue
        high_ms = min(later, default=None)
        its = [
            each for each in placed if each[0] >= low_ms and (high_ms is None or each[0] < high_ms)
        ]
        if its:
            yield file, its


def _first_ms(file: DayFile) -> int | None:
    decoder = Decoder(file.day)
    with _in_our_words(file.path), _opened(file.path, "rb") as source:
        for line in source:
            at_ms = _time_of(decoder, line)
            if at_ms is not None:
                return at_ms
    return None


def _rewrite(file: DayFile, placed: Placed) -> None:
    path = file.path
    part = path.with_name(path.name + ".part")
    kept = path.with_name(path.name + ".bak")
    with _in_our_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.exists()
        if there:
            shutil.copy2(path, kept)
        try:
            digest = _merge(file, part, placed, there=there)
            _to_disk(part)
            part.replace(path)
            Disk().sync_folder(path.parent)
            if _without(path, [line for _ms, line in placed]) != digest:
                if there:
                    kept.replace(path)
                raise StoreError(f"{path}: was not written as it should be; check the disk")
        finally:
            part.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)


def _merge(file: DayFile, part: Path, placed: Placed, *, there: bool) -> bytes:
    """Write old and new lines in order of time; return the digest of the old ones."""
    decoder, seen = Decoder(file.day), hashlib.sha256()
    waiting = iter(placed)
    new = next(waiting, None)
    with _opened(part, "wb", like=file.path) as target:
        for line in _lines(file.path) if there else iter((HEADER,)):
            at_ms = _time_of(decoder, line)
            while new is not None and at_ms is not None and new[0] < at_ms:
                target.write(new[1])
                new = next(waiting, None)
            target.write(line)
            seen.update(line)
        while new is not None:
            target.write(new[1])
            new = next(waiting, None)
    return seen.digest()


def _lines(path: Path) -> Iterator[bytes]:
    with _opened(path, "rb") as source:
        for line in source:
            yield line if line.endswith(b"\n") else line + b"\n"


def _without(path: Path, added: list[bytes]) -> bytes:
    """Return the digest of a file's lines but those that were added, in order."""
    seen = hashlib.sha256()
    missing = iter(added)
    expected = next(missing, None)
    for line in _lines(path):
        if line == expected:
            expected = next(missing, None)
        else:
            seen.update(line)
    return seen.digest() if expected is None else b""


def _time_of(decoder: Decoder, line: bytes) -> int | None:
    try:
        reading = decoder.row(line.rstrip(b"\n"))
    except RowError:
        return None
    return None if reading is None else reading.at_ms


def _opened(path: Path, mode: str, like: Path | None = None) -> IO[bytes] | gzip.GzipFile:
    if (like or path).suffix == ".gz":
        return gzip.GzipFile(path, mode)
    return path.open(mode)


def _to_disk(path: Path) -> None:
    with path.open("rb+") as whole:
        os.fsync(whole.fileno())


@contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError) as error:
        raise StoreError(
            f"{path}: cannot be rewritten ({error}); check the disk and the folder's owner"
        ) from error
