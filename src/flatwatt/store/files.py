"""Names and order of the record's files, and places in them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

WATCHED = 4
"""How many of the newest files a follower keeps an eye on."""

_YEAR = re.compile(r"\d{4}")
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.([2-9]|[1-9]\d+))?\.csv(\.gz)?")
_RELATIVE = re.compile(r"\d{4}/(\d{4}-\d\d-\d\d)(?:\.([2-9]|[1-9]\d+))?\.csv")


class Position(Struct, frozen=True):
    """A place in the record: everything before it has been read.

    A clock may be set back, and around midnight rows of two days arrive mixed, so the
    file of an older day can still grow. Therefore a position remembers how far the
    newest `WATCHED` files were read, not just the last one.

    Attributes:
        file: name relative to the record's folder: `2026/2026-11-22.csv`, also for the
            compressed twin; empty before the first row.
        offset: bytes (of the uncompressed file) up to just after a row.
        behind: the other watched files as (name, offset).
    """

    file: str
    offset: int
    behind: tuple[tuple[str, int], ...] = ()

    def watched(self) -> dict[str, int]:
        """Return every file this position knows, with how far it was read."""
        known = dict(self.behind)
        if self.file:
            known[self.file] = self.offset
        return known


START = Position("", 0)
"""Before the first row."""


class DayFile(NamedTuple):
    """One file of the record; sorts as the record is read.

    Attributes:
        day: local day as `2026-11-22`.
        segment: 1, or higher where a disk failed and a new file was begun.
        path: where it is; ends in `.gz` when compressed.
    """

    day: str
    segment: int
    path: Path

    @property
    def name(self) -> str:
        """The name a `Position` knows it by."""
        return relative_name(self.day, self.segment)


def relative_name(day: str, segment: int) -> str:
    """Return `2026/2026-11-22.csv`, or `2026/2026-11-22.2.csv` for segment 2."""
    number = "" if segment == 1 else f".{segment}"
    return f"{day[:4]}/{day}{number}.csv"


def order(name: str) -> tuple[str, int]:
    """Return what sorts relative names as the record is read: (day, segment)."""
    match = _RELATIVE.fullmatch(name)
    if match is None:
        return ("", 0)
    return (match[1], int(match[2] or 1))


def position_of(watched: Mapping[str, int], current: str = "") -> Position:
    """Return a position at `current` (else the newest file) that remembers the newest files."""
    names = sorted(watched, key=order)[-WATCHED:]
    if not names:
        return START
    file = current if current in watched else names[-1]
    behind = tuple((name, watched[name]) for name in names if name != file)
    return Position(file, watched[file], behind)


def list_files(folder: Path, first: str = "", last: str = "9999") -> list[DayFile]:
    """Return the record's files of the days first to last (`2026-11-22`), in order.

    Where a day has a plain file and a compressed twin, the plain one counts: it is
    removed only after the twin is complete. Other files are not ours and are ignored.
    """
    found: dict[tuple[str, int], DayFile] = {}
    for year in _years(folder, first[:4], last[:4]):
        for path in year.iterdir():
            match = _NAME.fullmatch(path.name)
            if match is None or not first <= match[1] <= last or not _is_day(match[1], year.name):
                continue
            key = (match[1], int(match[2] or 1))
            if key not in found or match[3] is None:
                found[key] = DayFile(*key, path)
    return [found[key] for key in sorted(found)]


def _years(folder: Path, first: str, last: str) -> Iterator[Path]:
    try:
        years = sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for year in years:
        if _YEAR.fullmatch(year.name) and first <= year.name <= last and year.is_dir():
            yield year


def _is_day(text: str, year: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return text.startswith(year)
