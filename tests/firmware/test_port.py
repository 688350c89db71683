"""Real time: the simulated board on a pty, as programs on a PC meet it."""

import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.firmware.uno import frame
from tests.firmware.workshop import Built

PAGE = "F010Now      1234 W Today  1.23 kWh "


class Bench:
    """A board on a pty and commands for its simulator."""

    def __init__(self, words: list[str], link: Path) -> None:
        self.link = link
        self._process = subprocess.Popen(
            [*words[:1], "-p", "-l", str(link), *words[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answer()

    def answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self, command: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self.answer()

    def glass(self) -> str:
        return bytes.fromhex(self.ask("lcd").split()[0]).decode("latin-1")

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        assert self._process.wait(timeout=10) == 0
        self._process.stdout.close()


@contextmanager
def port(link: Path) -> Iterator[int]:
    descriptor = os.open(link, os.O_RDWR | os.O_NOCTTY)
    yield descriptor
    os.close(descriptor)


def read_line(descriptor: int, timeout_s: float = 5) -> bytes:
    line, end = b"", time.monotonic() + timeout_s
    while not line.endswith(b"\n"):
        left = end - time.monotonic()
        assert left > 0, f"silence after {line!r}"
        if select.select([descriptor], [], [], left)[0]:
            line += os.read(descriptor, 1)
    return line


@pytest.fixture
def bench(built: Built, tmp_path: Path) -> Iterator[Bench]:
    board = Bench([str(built.unosim), str(built.hex)], tmp_path / "ttyUNO")
    yield board
    board.close()


def test_opening_the_port_resets_the_board(bench: Bench) -> None:
    hellos = []
    for _ in range(2):
        with port(bench.link) as descriptor:
            hellos.append(read_line(descriptor))
        time.sleep(0.05)
    assert hellos[0].startswith(b"$Hflatwatt-uno ")
    assert hellos[0] != hellos[1]


def test_a_page_reaches_the_glass_through_the_port(bench: Bench) -> None:
    with port(bench.link) as descriptor:
        read_line(descriptor)
        os.write(descriptor, frame(PAGE))
        while read_line(descriptor) != frame("A01"):
            pass
        time.sleep(0.2)
        assert bench.glass() == PAGE[4:]
        assert bench.ask("press A") == "ok"
        while read_line(descriptor) != frame("K00A1"):
            pass


def test_the_cable_pulled_ends_the_port_and_plugging_brings_another(bench: Bench) -> None:
    with port(bench.link) as descriptor:
        read_line(descriptor)
        assert bench.ask("unplug") == "ok"
        assert not bench.link.exists()
        with pytest.raises(OSError, match="Input/output error"):
            os.write(descriptor, b"?")
    assert bench.ask("plug") == "ok"
    with port(bench.link) as descriptor:
        assert read_line(descriptor).startswith(b"$H")


def test_avrdude_writes_the_sketch_through_optiboot(built: Built, tmp_path: Path) -> None:
    board = Bench([str(built.unosim), "-f", str(built.optiboot)], tmp_path / "ttyUNO")
    words = f"-c arduino -p m328p -P {board.link} -b 115200 -D -U flash:w:{built.hex}:i"
    done = subprocess.run(
        ["avrdude", *words.split()], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "bytes of flash verified" in done.stderr
    with port(board.link) as descriptor:
        assert read_line(descriptor).startswith(b"$Hflatwatt-uno ")
    board.close()
