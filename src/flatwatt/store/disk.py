"""What the record asks of the operating system, in one place.

Everything the record writes goes through here, so that a test can make the disk full
or failing, and a bench can rebuild every state a power cut may leave.
"""

import errno
import os
import sys
from pathlib import Path

if sys.platform == "darwin":
    import fcntl

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_FLAGS = _APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER_CANNOT = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
BLOCK = 65_536


class Disk:
    """The real disk. Every method raises OSError as the operating system does."""

    def open(self, path: Path) -> int:
        """Open for appending, making the file if need be; return the descriptor."""
        return os.open(path, _FLAGS, 0o644)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        """Append; return how many bytes were taken, which may be fewer than given."""
        return os.write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """Return only when what was written would survive a power cut."""
        if sys.platform == "darwin":
            # Here fsync only reaches the drive's own memory.
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        elif hasattr(os, "fdatasync"):
            os.fdatasync(descriptor)
        else:
            os.fsync(descriptor)

    def size(self, descriptor: int) -> int:
        """Return the file's length in bytes."""
        return os.fstat(descriptor).st_size

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut the file to `size` bytes."""
        os.ftruncate(descriptor, size)

    def close(self, descriptor: int) -> None:
        """Let go of the descriptor."""
        os.close(descriptor)

    def read(self, path: Path, start: int, length: int) -> bytes:
        """Return up to `length` bytes from `start`."""
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    def remove(self, path: Path) -> None:
        """Delete a file."""
        path.unlink()

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; one that is there is fine."""
        path.mkdir(parents=True, exist_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder survive a power cut, where the system can."""
        if sys.platform == "win32":
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _FOLDER_CANNOT:
                raise
        finally:
            os.close(descriptor)


def whole_end(disk: Disk, path: Path, size: int) -> int:
    """Return the offset just after the last newline in the first `size` bytes of a file."""
    end = size
    while end > 0:
        start = max(0, end - BLOCK)
        found = disk.read(path, start, end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


_SAID = {
    errno.ENOSPC: ("the disk is full", "Free some space."),
    errno.EROFS: (
        "the disk is read-only",
        "Check the disk: systems do this when a card or disk begins to fail.",
    ),
    errno.EIO: ("the disk fails to write", "Back up the folder and replace the card or disk."),
    errno.EACCES: ("no permission to write", "Give the user who runs flatwatt the folder."),
    errno.EFBIG: ("the file may not grow", "Lift the limit on file sizes."),
}
_SAME = {
    getattr(errno, "EDQUOT", errno.ENOSPC): errno.ENOSPC,
    errno.EPERM: errno.EACCES,
    errno.ENXIO: errno.EIO,
    errno.ENODEV: errno.EIO,
}


def said(error: OSError) -> tuple[str, str]:
    """Return (fact, remedy) of a disk error for a flatmate."""
    number = error.errno or 0
    fallback = (f"it cannot be written ({error.strerror or error})", "Check the disk.")
    return _SAID.get(_SAME.get(number, number), fallback)
