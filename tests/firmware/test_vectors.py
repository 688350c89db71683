"""firmware/protocol/vectors.txt against the C++ on the PC and the hex in the simulator."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from tests.firmware.uno import BOOT_MS, Uno
from tests.firmware.workshop import VECTORS, Built

ROWS = [
    [*line.split("\t"), ""][:4]
    for line in VECTORS.read_text(encoding="ascii").splitlines()
    if line and not line.startswith("#")
]
HEARD = [row for row in ROWS if row[0] == ">"]


def raw(text: str) -> bytes:
    return re.sub(
        rb"\{([0-9A-F]{2})\}", lambda found: bytes.fromhex(found[1].decode()), text.encode()
    )


def fields(meaning: str) -> dict[str, str]:
    kind, *pairs = meaning.split()
    return {"kind": kind, **dict(pair.split("=", 1) for pair in pairs)}


def answers(meaning: str) -> list[str]:
    """What the board says to it when it holds all eight pages."""
    told = fields(meaning)
    match told["kind"]:
        case "refuse":
            return [f"N{told['number']}{told['error']}"]
        case "hello":
            return ["H"]
        case "taken":
            return []
        case "show":
            return [f"A{told['number']}", f"V{told['page']}"]
        case _:
            return [f"A{told['number']}"]


def test_every_column_is_there() -> None:
    assert len(HEARD) > 70
    assert len(ROWS) - len(HEARD) > 10
    for direction, counts, text, meaning in ROWS:
        good, _bad = map(int, counts.split("/"))
        assert direction in {"<", ">"}
        assert text
        assert good == len([part for part in meaning.split("; ") if part])


def test_the_cpp_files_read_and_write_every_vector(built: Built) -> None:
    done = subprocess.run(
        [str(built.pcboard), "vectors", str(VECTORS)], capture_output=True, text=True, check=True
    )
    expected = [
        f">\t{counts}\t{meaning}" if direction == ">" else f"<\t{text}"
        for direction, counts, text, meaning in ROWS
    ]
    assert done.stdout.splitlines() == expected


@pytest.fixture(scope="module")
def board(built: Built) -> Iterator[Uno]:
    with Uno(built.unosim, built.hex) as uno:
        yield uno


@pytest.mark.parametrize(("counts", "text", "meaning"), [row[1:] for row in HEARD])
def test_the_hex_takes_every_vector(board: Uno, counts: str, text: str, meaning: str) -> None:
    board.ask("reset")
    board.run(BOOT_MS)
    board.send(*(f"FEE{n}{'page ' + str(n):32}" for n in range(8)), ms=5)
    board.rx()
    board.tx(raw(text))
    board.drain()
    board.run(8)
    said = [body[:1] if body.startswith("H") else body for body in board.said()]
    meanings = [part for part in meaning.split("; ") if part]
    assert said == [answer for part in meanings for answer in answers(part)], counts
    for told in map(fields, meanings):
        check_effect(board, told)
    board.send("TED", ms=5)
    assert "AED" in board.said()


def check_effect(board: Uno, told: dict[str, str]) -> None:
    if told["kind"] == "store":
        board.send(f"PEF{told['page']}", ms=5)
        assert board.shown().encode("latin-1").hex().upper() == told["cells"]
    if told["kind"] == "glyph":
        assert board.glyphs()[int(told["glyph"])] == told["rows"]
    if told["kind"] == "show":
        assert board.glass().top == f"{'page ' + told['page']:16}"
    if told["kind"] == "delete":
        board.send(f"PEF{told['page']}", ms=5)
        assert "NEF2" in board.said()
