"""The simulated UNO in lockstep: time passes only when the test says so."""

import binascii
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

KHZ = 16000  # CPU cycles a millisecond
BOOT_MS = 120  # reset to a finished glass: 51 ms pause, initialisation, glyphs, 32 cells


def frame(body: bytes | str) -> bytes:
    """A line as it goes over the cable; a str is taken byte for byte."""
    raw = body.encode("latin-1") if isinstance(body, str) else body
    return b"$%b*%04X\n" % (raw, binascii.crc_hqx(raw, 0))


def bodies(received: bytes) -> list[str]:
    """The bodies of whole lines; a wrong CRC or half a line fails."""
    lines = received.split(b"\n")
    assert lines.pop() == b"", f"half a line: {received!r}"
    for line in lines:
        assert frame(line[1:-5]) == line + b"\n", f"wrong line: {line!r}"
    return [line[1:-5].decode("ascii") for line in lines]


class Glass(NamedTuple):
    """What the eye sees, and the controller's state."""

    top: str
    bottom: str
    state: dict[str, int]


class Uno:
    """One simulated board, already running."""

    def __init__(self, unosim: Path, sketch: Path, khz: int = 270, low_nibble: int = 15) -> None:
        self._process = subprocess.Popen(
            [str(unosim), str(sketch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LCD_KHZ": str(khz), "LCD_LOW_NIBBLE": str(low_nibble)},
        )

    def ask(self, *words: object) -> str:
        """One command, its one line of answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer.endswith("\n"), f"the simulator stopped at {words}"
        assert not answer.startswith("error"), answer
        return answer.rstrip("\n")

    def run(self, ms: float) -> None:
        self.ask("run", ms)

    def tx(self, *lines: bytes) -> None:
        self.ask("tx", b"".join(lines).hex())

    def send(self, *bodies: bytes | str, ms: float = 0) -> None:
        """Put lines on the cable and let them arrive, and `ms` more pass."""
        self.tx(*map(frame, bodies))
        self.drain()
        self.run(ms)

    def drain(self) -> None:
        """Until the cable is empty and the last byte has arrived."""
        while queued := self.stat()["queued"]:
            self.ask("step", queued * 1496)
        self.ask("step", 2 * 1496)

    def rx(self) -> bytes:
        return bytes.fromhex(self.ask("rx"))

    def said(self) -> list[str]:
        return bodies(self.rx())

    def glass(self) -> Glass:
        cells, *state = self.ask("lcd").split()
        text = bytes.fromhex(cells).decode("latin-1")
        pairs = (word.split("=") for word in state)
        return Glass(text[:16], text[16:], {name: int(value) for name, value in pairs})

    def shown(self) -> str:
        """Both rows as one string of 32."""
        glass = self.glass()
        return glass.top + glass.bottom

    def history(self) -> list[str]:
        """Every glass since the last mark, as strings of 32."""
        return [bytes.fromhex(word).decode("latin-1") for word in self.ask("history").split()]

    def glyphs(self) -> list[str]:
        """Eight patterns of eight rows, hex."""
        text = self.ask("cgram")
        return [text[at : at + 16] for at in range(0, 128, 16)]

    def stat(self) -> dict[str, int]:
        pairs = (word.split("=") for word in self.ask("stat").split())
        return {name: int(value) for name, value in pairs}

    def restart(self) -> list[str]:
        """Press reset and wait until the board is ready; returns what it said."""
        self.ask("reset")
        self.rx()
        self.run(BOOT_MS)
        return self.said()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Dice:
    """Chance that is the same in every run."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def roll(self, sides: int) -> int:
        self._state = (self._state * 1664525 + 1013904223) % 2**32
        return (self._state >> 8) % sides
