"""The folder a fleet shares: whole files or none, whoever is cut off and when."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from flatwatt.errors import FleetError
from flatwatt.fleet.layout import FLAT_ID, LAYOUT, MONTH, Manifest, manifest_name
from flatwatt.store.disk import Disk, said

UNFINISHED = ".part"


def folder_of(where: str) -> Path:
    """Return the folder meant by a path or a file:// address.

    Raises:
        FleetError: it is an address of something else.
    """
    parts = urlsplit(where)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return Path(unquote(parts.path))
    if "://" in where:
        raise FleetError(
            f"{where}: only folders can be used; mount the object store (rclone mount, s3fs) "
            "and give its folder"
        )
    return Path(where).expanduser()


class Shelf:
    """A fleet's folder: local, NFS, Syncthing, or a mounted object store.

    Args:
        path: the folder.
        disk: how it is written.
    """

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        self.path = path
        self._disk = disk or Disk()

    def put(self, name: str, data: bytes) -> None:
        """Put a file in place of the one before; readers see one of them, whole.

        Raises:
            FleetError: it cannot be written; the one before is untouched.
        """
        target = self.path / name
        with self._in_our_words(target):
            self._disk.make_folder(target.parent)
            unfinished = target.with_name(target.name + UNFINISHED)
            if unfinished.exists():
                self._disk.remove(unfinished)
            self._write(unfinished, data)
            unfinished.replace(target)
            self._disk.sync_folder(target.parent)

    def _write(self, path: Path, data: bytes) -> None:
        descriptor = self._disk.open(path)
        try:
            left = memoryview(data)
            while left:
                left = left[self._disk.write(descriptor, left) :]
            self._disk.sync(descriptor)
        finally:
            self._disk.close(descriptor)

    @contextmanager
    def _in_our_words(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            fact, remedy = said(error)
            raise FleetError(
                f"{path}: {fact}. {remedy} The next push goes on from here"
            ) from error

    def get(self, name: str) -> bytes:
        """Return a file's content.

        Raises:
            FleetError: it cannot be read.
        """
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise FleetError(
                f"{self.path / name}: cannot be read ({error.strerror or error}); is the "
                "folder mounted?"
            ) from error

    def size(self, name: str) -> int | None:
        """Return a file's length in bytes; None where there is none."""
        try:
            return os.stat(self.path / name).st_size  # noqa: PTH116 - twice as fast, asked often
        except OSError:
            return None

    def manifest(self, flat: str) -> Manifest | None:
        """Return what a flat has delivered; None for nothing, or nothing that can be read.

        Raises:
            FleetError: a newer flatwatt wrote it.
        """
        name = manifest_name(flat)
        if self.size(name) is None:
            return None
        try:
            found = msgspec.json.decode(self.get(name), type=Manifest)
        except msgspec.MsgspecError:
            return None
        if found.layout > LAYOUT:
            raise FleetError(f"{self.path / name}: written by a newer flatwatt; update this one")
        own = all(part.flat == flat and MONTH.fullmatch(part.month) for part in found.parts)
        return found if own and found.flat == flat else None

    def flats(self) -> list[str]:
        """Return the ids of the flats that have a folder, in order.

        Raises:
            FleetError: there is no such folder.
        """
        if not self.path.is_dir():
            raise FleetError(f"{self.path}: there is no such folder; is it mounted?")
        names = (each.name.removeprefix("flat=") for each in self.path.glob("flat=*"))
        return sorted(name for name in names if FLAT_ID.fullmatch(name))
