"""What becomes of a CSV file once its day is sealed: kept, compressed, or moved. Never lost.

Before anything happens to a file its day is verified, value by value. The new file is written
beside, forced to the disk, unpacked and compared by SHA-256; only then the old one goes.
"""

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from msgspec import Struct

from flatwatt.errors import StoreError
from flatwatt.store.files import DayFile, list_files
from flatwatt.store.twin.manifest import part_of, settle, sync_folder
from flatwatt.store.twin.source import BLOCK
from flatwatt.store.twin.twin import Twin

CsvChoice = Literal["keep", "gzip", "move"]
PACKED = 6


class Keeping(Struct, frozen=True):
    """A flatmate's choice.

    Attributes:
        csv: leave them, compress them to `.csv.gz`, or move them to `folder`.
        after_days: only files of days that are over for longer than this.
        folder: for `move`; another disk, say.
    """

    csv: CsvChoice = "keep"
    after_days: int = 90
    folder: Path | None = None


def due(twin: Twin, today: date, keeping: Keeping) -> list[str]:
    """Return the sealed days whose CSV the choice is to change, in order."""
    if keeping.csv == "keep":
        return []
    last = (today - timedelta(days=keeping.after_days)).isoformat()
    sealed = twin.manifest().days
    files = list_files(twin.readings, last=last)
    return sorted({each.day for each in files if each.day in sealed and _concerns(each, keeping)})


def _concerns(file: DayFile, keeping: Keeping) -> bool:
    return keeping.csv == "move" or file.path.suffix != ".gz"


def prune(twin: Twin, day: str, keeping: Keeping) -> int:
    """Compress or move a day's CSV after verifying its twin; hold `twin.lock`.

    Returns:
        Bytes freed in the record's folder.

    Raises:
        StoreError: the twin is not sound, or a file cannot be written; the CSV is untouched then.
    """
    twin.verify(day)
    hashes = {each.name: each.sha256 for each in twin.manifest().days[day].sources}
    freed = 0
    for file in list_files(twin.readings, day, day):
        with _careful(file.path):
            if _concerns(file, keeping):
                freed += _one(file, hashes[file.name], keeping)
    return freed


def _one(file: DayFile, sha256: str, keeping: Keeping) -> int:
    size = file.path.stat().st_size
    if keeping.csv == "gzip":
        target = file.path.with_name(file.path.name + ".gz")
        _write(file.path, target, sha256, pack=True)
        size -= target.stat().st_size
    else:
        if keeping.folder is None:
            raise StoreError('csv = "move" needs a folder in [archive]')
        target = keeping.folder / file.day[:4] / file.path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(file.path, target, sha256, pack=False)
    file.path.unlink()
    sync_folder(file.path.parent)
    return size


def _write(source: Path, target: Path, sha256: str, *, pack: bool) -> None:
    part = part_of(target)
    with source.open("rb") as old, part.open("wb") as new:
        if pack:
            with gzip.GzipFile("", "wb", PACKED, new, mtime=0) as packed:
                shutil.copyfileobj(old, packed, BLOCK)
        else:
            shutil.copyfileobj(old, new, BLOCK)
    if _content(part, packed=pack or source.suffix == ".gz") != sha256:
        part.unlink()
        raise StoreError(f"{part}: was not written as it should be; the disk may be failing")
    settle(part, target)


def _content(path: Path, *, packed: bool) -> str:
    """Return the SHA-256 of the lines in a file, unpacked."""
    digest = hashlib.sha256()
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _careful(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(
            f"{path}: cannot be compressed or moved ({error}); it stays where it is"
        ) from error
