"""How much the files of a home take on the disk."""

from datetime import date
from pathlib import Path

from msgspec import Struct

from flatwatt.errors import StoreError
from flatwatt.store.files import DayFile, list_files
from flatwatt.store.home import Home
from flatwatt.store.reader import uncompressed_size


class DaySize(Struct, frozen=True):
    """A day of the record.

    Attributes:
        day: local day.
        disk_bytes: as it lies on the disk, maybe compressed.
        plain_bytes: as it was written.
    """

    day: date
    disk_bytes: int
    plain_bytes: int


class Sizes(Struct, frozen=True):
    """What lies in a home; bytes.

    Attributes:
        days: of the record, in order.
        derived: may be deleted.
        kept: figures of days whose record is gone.
        state: cannot be derived.
    """

    days: tuple[DaySize, ...]
    derived: int
    kept: int
    state: int

    @property
    def record(self) -> int:
        """The record's bytes on the disk."""
        return sum(each.disk_bytes for each in self.days)


def sizes_of(home: Home, since: date | None = None) -> Sizes:
    """Measure a home; quick, and never writes.

    Args:
        home: of the flat.
        since: first day of the record to look at; None for all.

    Raises:
        StoreError: the record's folder cannot be read.
    """
    try:
        files = list_files(home.readings, "" if since is None else since.isoformat())
    except OSError as error:
        raise StoreError(
            f"{home.readings}: cannot be read ({error.strerror or error}); check the disk and "
            "the permissions"
        ) from error
    days: dict[date, DaySize] = {}
    for file in files:
        day = date.fromisoformat(file.day)
        found = days.get(day, DaySize(day, 0, 0))
        days[day] = DaySize(
            day,
            found.disk_bytes + disk_size(file.path),
            found.plain_bytes + _plain(file),
        )
    return Sizes(
        tuple(days.values()),
        sum(disk_size(each) for each in _within(home.derived)),
        _with_log(home.kept),
        _with_log(home.events),
    )


def disk_size(path: Path) -> int:
    """Return a file's bytes; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _plain(file: DayFile) -> int:
    size = uncompressed_size(file)
    return disk_size(file.path) if size < 0 else size


def _with_log(path: Path) -> int:
    """Return the bytes of a database with its write-ahead log."""
    return disk_size(path) + disk_size(path.with_name(f"{path.name}-wal"))


def _within(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.rglob("*") if each.is_file()]
    except OSError:
        return []
