"""The home folder: where everything of one flat lies, and who may write in it."""

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs

from flatwatt.errors import HomeBusyError, StoreError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PID_FILE = ".lock.pid"
WAIT_S = 0.3
"""Longer than another process needs to ask whether the home is busy."""
_CANNOT_GROW = (errno.EROFS, errno.ENOSPC)


class Home:
    """Paths of one flat's files.

    Attributes:
        path: the folder.
        config, secrets: what people edit.
        readings: folder of the record.
        events: what cannot be derived: events and cursors.
        kept: nor can this: figures of days whose record was pruned.
        quarters, sealed: derived; may be deleted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = path / "flatwatt.toml"
        self.secrets = path / "secrets.toml"
        self.readings = path / "readings"
        self.events = path / "state.sqlite"
        self.kept = path / "kept.sqlite"
        self.derived = path / "derived"
        self.quarters = self.derived / "quarters.sqlite"
        self.sealed = self.derived / "sealed"

    def create(self) -> None:
        """Make the folders that are missing; the home itself only for its owner's eyes.

        Raises:
            StoreError: they cannot be made.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.readings.mkdir(exist_ok=True)
            self.derived.mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{self.path}: the home folder cannot be made ({error.strerror or error}); "
                "choose another with --home or $FLATWATT_HOME"
            ) from error

    def lock(self) -> "HomeLock":
        """Become the only writer until the lock is closed.

        Raises:
            HomeBusyError: another flatwatt writes here.
            StoreError: the folder is missing or cannot be used.
        """
        if not self.path.is_dir():  # the lock would make it
            raise StoreError(f"{self.path}: there is no such folder; `flatwatt init` makes one")
        return HomeLock(self.path)

    def writer(self) -> int | None:
        """Return the process that writes here, 0 if it is not known; None for nobody.

        Makes nothing, unlike `busy`: for looking on.
        """
        if fcntl is None:
            return _pid(self.path) if self.busy() else None
        try:
            descriptor = os.open(self.path / ".lock", os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return _pid(self.path)
        finally:
            os.close(descriptor)
        return None

    def busy(self) -> bool:
        """Return whether a flatwatt writes here now; False too where that cannot be found out."""
        try:
            self.lock().close()
        except HomeBusyError:
            return True
        except StoreError:
            return False
        return False


class HomeLock:
    """The right to write in a home; a context manager, let go when the process ends.

    Attributes:
        trouble: why there is no real lock, for a flatmate: on a full or read-only disk
            measuring must still begin, and nothing can be written there twice. Else None.
    """

    def __init__(self, path: Path) -> None:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - who only looks locks nothing

        self.trouble: str | None = None
        self._pid_file = path / PID_FILE
        self._lock = FileLock(path / ".lock", timeout=WAIT_S, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise HomeBusyError(_busy(path)) from None
        except NotImplementedError as error:
            raise StoreError(
                f"{path}: this disk knows no locks; put the home folder on another one"
            ) from error
        except OSError as error:
            self._without_lock(path, error)
        else:
            with suppress(OSError):
                self._pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")

    def _without_lock(self, path: Path, error: OSError) -> None:
        if error.errno not in _CANNOT_GROW:
            raise StoreError(
                f"{path}: cannot be locked for writing ({error.strerror or error}); give the user "
                "who runs flatwatt the folder, or put it on a disk of this computer"
            ) from error
        what = "read-only" if error.errno == errno.EROFS else "full"
        self.trouble = f"{path}: the disk is {what}; what is measured now cannot be kept"

    def close(self) -> None:
        """Let others write; may be called twice."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._pid_file.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _pid(path: Path) -> int:
    try:
        return int((path / PID_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _busy(path: Path) -> str:
    pid = _pid(path)
    who = f" (process {pid})" if pid else ""
    return (
        f"{path}: another flatwatt{who} already writes here; stop it first, or look on with "
        "`flatwatt live`, which writes nothing"
    )


def default_home(env: Mapping[str, str]) -> Path:
    """Return $FLATWATT_HOME, else flatwatt's folder where the platform keeps data."""
    chosen = env.get("FLATWATT_HOME", "")
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("flatwatt", appauthor=False)
