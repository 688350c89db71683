"""The display's figures: speed, sizes, and what noise, resets and fuzzing do to it.

.venv/bin/python -m bench.display
"""

import argparse
import subprocess
from collections.abc import Callable
from typing import TypeVar

from tests.firmware.trials import (
    back_to_back,
    corrupted_lines,
    latencies,
    one_cell,
    page_text,
    resets,
)
from tests.firmware.uno import BOOT_MS, KHZ, Uno
from tests.firmware.workshop import FIRMWARE, Built, build, make

T = TypeVar("T")
FRAME_BYTES = 4 + 32 + 7
BYTE_CYCLES = {"115200 baud": 1388.9, "simavr's 11 bits": 1496}


def show(name: str, *figures: object) -> None:
    print(f"{name:44}", *figures, flush=True)


def board(built: Built, trial: Callable[[Uno], T], khz: int = 270) -> T:
    with Uno(built.unosim, built.hex, khz) as uno:
        uno.run(BOOT_MS)
        return trial(uno)


def timed(cycles: float) -> str:
    return f"{cycles:.0f} cycles = {cycles / KHZ:.3f} ms"


def speeds(built: Built, count: int) -> None:
    full = board(built, lambda uno: latencies(uno, (page_text(1), page_text(2)), count, 1))
    slowest = max(last for _, last in full)
    show("full page, last byte -> first LCD edge", timed(max(first for first, _ in full)))
    show("full page, last byte -> last LCD edge", timed(slowest), "(budget 2.5 ms)")
    for name, cycles in BYTE_CYCLES.items():
        whole = FRAME_BYTES * cycles + slowest
        show(f"full page, cable and drawing, {name}", timed(whole), "(budget 6.5 ms)")
    cells = [
        last
        for cell in range(32)
        for _, last in board(
            built, lambda uno, cell=cell: latencies(uno, one_cell(cell), count // 8, cell)
        )
    ]
    show("one cell, any of 32, last byte -> last edge", timed(max(cells)), "(budget 0.25 ms)")


def roughness(built: Built, count: int) -> None:
    show("100 pages back to back", board(built, lambda uno: back_to_back(uno, 100)))
    show("resets at random cycles", board(built, lambda uno: resets(uno, count, 3)))
    show(
        "damaged lines, a clean page after each",
        board(built, lambda uno: corrupted_lines(uno, count, 4)),
    )


def timings(built: Built) -> None:
    for khz in (190, 270, 350):
        with Uno(built.unosim, built.hex, khz) as uno:
            uno.run(BOOT_MS)
            back_to_back(uno, 100)
            uno.run(41_000)
            stat = uno.stat()
        show(
            f"LCD at {khz} kHz: breaches of its timing",
            f"busy {stat['busy_breaches']}, pulse {stat['pulse_breaches']}",
            f"in {stat['edges']} edges since the last mark",
        )


def sizes(built: Built) -> None:
    for line in make(FIRMWARE / "uno", "sizes").splitlines():
        show("size", line)
    with Uno(built.unosim, built.hex) as uno:
        uno.run(BOOT_MS)
        back_to_back(uno, 20)
        for name in "AB":
            uno.ask("press", name)
            uno.run(1000)
            uno.ask("release", name)
        uno.run(41_000)
        show("stack, deepest", uno.stat()["stack"], "bytes")


def fuzz(built: Built, count: int) -> None:
    for seed in (11, 12):
        done = subprocess.run(
            [str(built.pcboard), "fuzz", str(seed), str(count)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        show(f"fuzz under sanitizers, seed {seed}", done.stdout.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500, help="resets and damaged lines")
    parser.add_argument("--fuzz", type=int, default=1_000_000, help="bytes a seed")
    asked = parser.parse_args()
    built = build()
    sizes(built)
    speeds(built, min(asked.count, 200))
    timings(built)
    roughness(built, asked.count)
    fuzz(built, asked.fuzz)


if __name__ == "__main__":
    main()
