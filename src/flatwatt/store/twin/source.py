"""A day's CSV files as the twin takes them: hashed, each line checked, summed up by plug."""

import gzip
import hashlib
import math
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from flatwatt.errors import StoreError
from flatwatt.model import Reading
from flatwatt.store.files import DayFile, list_files
from flatwatt.store.rows import HEADER, Decoder, RowError
from flatwatt.store.twin.manifest import PlugSum, Source

BLOCK = 262_144
MOST_W = 1e9
"""Beyond it a power is nonsense: kept, but not summed up."""


class _Sum:
    """Of one plug."""

    __slots__ = ("first_wh", "last_wh", "power_mw", "rows")

    def __init__(self) -> None:
        self.rows = self.power_mw = 0
        self.first_wh: float | None = None
        self.last_wh: float | None = None


class Sums:
    """Sums of readings by plug; `store.twin.checks` does the same arithmetic in SQL."""

    def __init__(self) -> None:
        self._plugs: dict[tuple[str, str], _Sum] = defaultdict(_Sum)

    def add(self, reading: Reading) -> None:
        """Count a reading."""
        found = self._plugs[reading.appliance, reading.plug]
        found.rows += 1
        if reading.power_w is not None and abs(reading.power_w) < MOST_W:
            found.power_mw += math.floor(reading.power_w * 1000 + 0.5)
        if reading.energy_wh is not None:
            if found.first_wh is None:
                found.first_wh = reading.energy_wh
            found.last_wh = reading.energy_wh

    def plugs(self) -> tuple[PlugSum, ...]:
        """Return them by (appliance, plug)."""
        return tuple(
            PlugSum(*key, each.rows, each.power_mw, each.first_wh, each.last_wh)
            for key, each in sorted(self._plugs.items())
        )


class Checked:
    """What a walk through a day's CSV found.

    Attributes:
        sources: name, size and SHA-256 of each file.
        plugs: sums of the sound rows.
        bad_rows: lines that do not count.
        files: SQL reads these: the CSV itself where every line is sound, else a copy of
            the sound lines.
        header: whether these files begin with the names of the columns.
    """

    def __init__(self, sources: tuple[Source, ...], plugs: tuple[PlugSum, ...]) -> None:
        self.sources = sources
        self.plugs = plugs
        self.bad_rows = 0
        self.files: tuple[Path, ...] = ()
        self.header = True


def day_files(folders: tuple[Path, ...], day: str) -> list[DayFile]:
    """Return a day's files, in order; see `files_by_day`."""
    return files_by_day(folders, day, day).get(day, [])


def files_by_day(
    folders: tuple[Path, ...], first: str = "", last: str = "9999"
) -> dict[str, list[DayFile]]:
    """Return the files of some days, each day's in order, wherever they lie.

    A file that lies in several folders counts where it comes first.
    """
    files = {
        file.name: file for each in reversed(folders) for file in list_files(each, first, last)
    }
    days: dict[str, list[DayFile]] = {}
    for file in sorted(files.values()):
        days.setdefault(file.day, []).append(file)
    return days


def check(files: list[DayFile], aside: Path, *, growing: bool = False) -> Checked:
    """Walk through a day's files.

    Args:
        files: of one day, in order.
        aside: where sound lines are copied to, if some are not, or a file is compressed.
        growing: copy them in any case; the collector may be writing.

    Raises:
        StoreError: a file cannot be read or unpacked, or the copy not written.
    """
    walks, sums = _walk(files, aside if growing else None)
    plain = all(each.plain for each in walks) and not growing
    if not plain and not growing:
        walks, sums = _walk(files, aside)
    found = Checked(tuple(each.source() for each in walks), sums.plugs())
    found.bad_rows = sum(each.bad for each in walks)
    found.files = tuple(each.path for each in files) if plain else (aside,)
    found.header = plain
    return found


def _walk(files: list[DayFile], aside: Path | None) -> tuple[list["_Walk"], Sums]:
    sums = Sums()
    walks = [_Walk(each, sums) for each in files]
    with ExitStack() as stack:
        out = None
        if aside is not None:
            aside.parent.mkdir(parents=True, exist_ok=True)
            out = stack.enter_context(aside.open("wb"))
        for each in walks:
            each.through(out)
    return walks, sums


class _Walk:
    """One file, line by line; memory does not grow with it."""

    def __init__(self, file: DayFile, sums: Sums) -> None:
        self.bad = 0
        self.plain = file.path.suffix != ".gz"
        self._file = file
        self._sums = sums
        self._hash = hashlib.sha256()
        self._size = 0
        self._headers = 0
        self._decoder = Decoder(file.day)

    def source(self) -> Source:
        return Source(self._file.name, self._size, self._hash.hexdigest())

    def through(self, out: IO[bytes] | None) -> None:
        rest = b""
        for block in self._blocks():
            if not self._size and not block.startswith(HEADER):
                self.plain = False
            self._hash.update(block)
            self._size += len(block)
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            self._lines(lines, out)
        self.plain = self.plain and not rest and not self.bad and self._headers == 1

    def _lines(self, lines: list[bytes], out: IO[bytes] | None) -> None:
        row, add = self._decoder.row, self._sums.add
        for line in lines:
            try:
                reading = row(line)
            except RowError:
                self.bad += 1
                continue
            if reading is None:
                self._headers += 1
                continue
            add(reading)
            if out is not None:
                out.write(line + b"\n")

    def _blocks(self) -> Iterator[bytes]:
        path = self._file.path
        try:
            with opened(path) as source:
                while block := source.read(BLOCK):
                    yield block
        except (OSError, EOFError, zlib.error) as error:
            raise StoreError(
                f"{path}: cannot be read ({error}); is there a backup of it?"
            ) from error


def opened(path: Path) -> IO[bytes] | gzip.GzipFile:
    """Open a file of the record, plain or compressed."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
