"""The lines of a recording, plain or gzipped, a few at a time."""

import codecs
import gzip
import io
import zlib
from pathlib import Path

from flatwatt.errors import PlugNonsense

_CHUNK = 1 << 18
_LONGEST = 1 << 20  # characters; no recording has such a line, only a file that is none
_GZIP = b"\x1f\x8b"


class Lines:
    """Reads a file once, forward, in constant memory.

    Args:
        path: a text file, or one packed by gzip, whatever its name.

    Raises:
        PlugNonsense: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.number = 0
        self._file = _opened(path)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._lines: list[str] = []
        self._next = 0
        self._rest = ""
        self._ended = False
        self._broken = ""

    def take(self, count: int) -> list[str]:
        """Return up to `count` lines without their ends; empty at the file's end.

        `number` is then the number of the last of them. A last line without an end
        counts: many exports have one.

        Raises:
            PlugNonsense: the file cannot be read further, or has a line without end;
                the lines before were handed out.
        """
        if self._next == len(self._lines):
            self._fill()
        lines = self._lines[self._next : self._next + count]
        self._next += len(lines)
        self.number += len(lines)
        if not lines and self._broken:
            broken, self._broken = self._broken, ""
            raise PlugNonsense(f"{self.name}: line {self.number + 1}: {broken}")
        return lines

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self._file.close()

    def _fill(self) -> None:
        self._lines, self._next = [], 0
        while not self._lines and not self._ended:
            text = self._rest + self._decoder.decode(self._chunk(), final=self._ended)
            self._lines = text.replace("\r\n", "\n").split("\n")
            self._rest = self._lines.pop()
            if len(self._rest) > _LONGEST:
                self._break("a line without end; is this a recording?")
        if self._ended and self._rest:
            self._lines.append(self._rest)
            self._rest = ""

    def _chunk(self) -> bytes:
        try:
            chunk = self._file.read(_CHUNK)
        except (OSError, EOFError, zlib.error) as error:
            self._break(f"cannot be read further ({error}); copy the file again")
            return b""
        self._ended = not chunk
        return chunk

    def _break(self, reason: str) -> None:
        self._ended, self._broken, self._rest = True, reason, ""


def _opened(path: Path) -> io.BufferedIOBase:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        return gzip.open(path, "rb") if packed else path.open("rb")
    except OSError as error:
        raise PlugNonsense(f"{path.name}: cannot be opened ({error.strerror})") from error
