"""What the twin says of itself: which days lie in which file, made from which CSV.

The manifest is the switch: a Parquet file counts only once it is named here, and a day's
CSV is touched only while its day is named here. It is written anew in one piece.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from flatwatt.errors import StoreError

VERSION = 1
NAME = "manifest.json"


class Source(Struct, frozen=True):
    """One CSV file a day was sealed from.

    Attributes:
        name: relative to the record's folder: `2026/2026-11-22.csv`.
        size: bytes, uncompressed.
        sha256: of these bytes, hexadecimal.
    """

    name: str
    size: int
    sha256: str


class PlugSum(Struct, frozen=True):
    """What one plug's readings of a day amount to, counted from the CSV.

    Attributes:
        appliance, plug: ids.
        rows: readings.
        power_mw: sum of the power, each rounded to a milliwatt; without nonsense above 1 GW.
        first_wh, last_wh: its counter at the first and last reading that had one.
    """

    appliance: str
    plug: str
    rows: int
    power_mw: int
    first_wh: float | None
    last_wh: float | None


class Day(Struct, frozen=True):
    """One sealed local day.

    Attributes:
        day: `2026-11-22`.
        file: Parquet file it lies in, relative to the twin's folder.
        sources: in the order they are read.
        bad_rows: lines of the CSV that do not count and are not in the twin.
        plugs: by (appliance, plug).
    """

    day: str
    file: str
    sources: tuple[Source, ...]
    bad_rows: int
    plugs: tuple[PlugSum, ...]

    @property
    def rows(self) -> int:
        """Readings of the day."""
        return sum(each.rows for each in self.plugs)


class File(Struct, frozen=True):
    """One Parquet file: its bytes and their SHA-256."""

    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """Everything sealed.

    Attributes:
        days: by `2026-11-22`.
        files: by name relative to the twin's folder.
        version: of the columns; another one is made anew.
    """

    days: dict[str, Day] = {}
    files: dict[str, File] = {}
    version: int = VERSION

    def with_days(self, days: list[Day], name: str, file: File) -> "Manifest":
        """Return a manifest in which these days lie in this file; files without a day leave."""
        merged = {**self.days, **{each.day: each for each in days}}
        named = {each.file for each in merged.values()}
        files = {**self.files, name: file}
        return Manifest(merged, {key: files[key] for key in sorted(files) if key in named})


def load(folder: Path) -> Manifest:
    """Return a twin's manifest; an empty one where there is none, or an unreadable or foreign one.

    Raises:
        StoreError: the folder cannot be read.
    """
    try:
        found = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError):
        return Manifest()
    except OSError as error:
        raise StoreError(f"{folder / NAME}: cannot be read ({error.strerror or error})") from error
    return found if found.version == VERSION else Manifest()


def save(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the present one, durably. Raises OSError."""
    text = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1)
    put(folder / NAME, text)


def put(path: Path, data: bytes) -> None:
    """Write a file in one piece: before, the old one is there; after, the new one, durably."""
    part = part_of(path)
    part.write_bytes(data)
    settle(part, path)


def part_of(path: Path) -> Path:
    """Return the name a file has while it is being written."""
    return path.with_name(path.name + ".part")


def settle(part: Path, path: Path) -> None:
    """Force a written file to the disk and give it its name. Raises OSError."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)
