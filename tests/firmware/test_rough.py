"""Noise, resets and damaged lines."""

import subprocess

import pytest
from tests.firmware.trials import ROWS, corrupted_lines, resets
from tests.firmware.uno import Dice, Uno
from tests.firmware.workshop import Built

RENEW_MS = 20_100
SHOWN = "Now \x08    1234 W Today  1.23 kWh "
PAGE = "F100Now \\0    1234 W Today  1.23 kWh "

HARM = {
    "a wrong character": ["poke ddram 05 58", "poke ddram 4F FF"],
    "a spoilt glyph": ["poke cgram 00 15", "poke cgram 3F 1F"],
    "half a byte too many": ["stray 0 0"],
    "half a character too many": ["stray 1 4"],
    "fallen into 8-bit mode": ["stray 0 3", "stray 0 0"],
    "switched off": ["stray 0 0", "stray 0 8"],
    "cleared": ["stray 0 0", "stray 0 1"],
    "cursor on and blinking": ["stray 0 0", "stray 0 F"],
    "shifted": ["stray 0 1", "stray 0 8", "stray 0 1", "stray 0 8"],
    "one line": ["stray 0 2", "stray 0 0"],
    "writing backwards and shifting": ["stray 0 0", "stray 0 5"],
}
UNSEEN_YET = {
    "half a byte too many",
    "half a character too many",
    "writing backwards and shifting",
}


def is_whole(uno: Uno) -> bool:
    glass = uno.glass()
    state = {"on": 1, "cursor": 0, "blink": 0, "shift": 0, "lines": 2, "bits": 4}
    return glass.top + glass.bottom == SHOWN and glass.state == state and uno.glyphs()[0] == ROWS


def live(uno: Uno, ms: int) -> None:
    """Time with a host that keeps the pages fresh."""
    for number in range(ms // 5000 + 1):
        uno.send(f"T{number:02X}", ms=ms % 5000 if number == ms // 5000 else 5000)


@pytest.fixture
def lit(uno: Uno) -> Uno:
    uno.send("?", f"G010{ROWS}", PAGE, ms=10)
    assert is_whole(uno)
    return uno


@pytest.mark.parametrize("harm", HARM)
def test_garbage_on_the_lcd_heals_within_the_renewal(lit: Uno, harm: str) -> None:
    for stray in HARM[harm]:
        lit.ask(stray)
    assert is_whole(lit) == (harm in UNSEEN_YET)
    live(lit, RENEW_MS)
    assert is_whole(lit)


@pytest.mark.parametrize("low_nibble", [0, 15])
def test_random_pulses_on_the_bus_heal(built: Built, low_nibble: int) -> None:
    dice = Dice(5)
    with Uno(built.unosim, built.hex, low_nibble=low_nibble) as uno:
        uno.run(150)
        uno.send("?", f"G010{ROWS}", PAGE, ms=10)
        for _ in range(6):
            for _ in range(1 + dice.roll(30)):
                uno.ask("stray", dice.roll(2), f"{dice.roll(16):X}")
            live(uno, RENEW_MS)
            assert is_whole(uno)


def test_a_whole_glass_is_renewed_without_a_flicker(lit: Uno) -> None:
    lit.ask("mark")
    live(lit, 2 * RENEW_MS)
    assert lit.history() == [SHOWN]
    assert lit.stat()["characters"] >= 2 * 96


def test_a_page_that_comes_during_the_renewal_is_shown(lit: Uno) -> None:
    lit.ask("mark")
    number = 0
    while not lit.stat()["edges"]:
        number = (number + 1) % 256
        lit.send(f"T{number:02X}", ms=1)
    lit.send(f"F200{'in the middle':32}", ms=30)
    assert lit.shown() == f"{'in the middle':32}"
    assert lit.stat()["characters"] >= 96


def test_resets_at_random_cycles_leave_no_wrong_display(uno: Uno) -> None:
    assert resets(uno, 50, seed=1) == {"resets": 50, "wrong": 0}


def test_damaged_lines_show_nothing_and_take_no_clean_page_along(uno: Uno) -> None:
    assert corrupted_lines(uno, 200, seed=2) == {"damaged": 200, "wrong": 0, "lost": 0}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_pc_build_survives_fuzzing_under_sanitizers(built: Built, seed: int) -> None:
    done = subprocess.run(
        [str(built.pcboard), "fuzz", str(seed), "100000"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = dict(word.split("=") for word in done.stdout.split())
    assert int(found["clean_pages"]) > 500
    assert int(found["bad"]) > 1000


def test_bouncing_presses_are_each_told_once_on_the_pc(built: Built) -> None:
    done = subprocess.run(
        [str(built.pcboard), "button", "3", "1000"], capture_output=True, text=True, check=True
    )
    found = dict(word.split("=") for word in done.stdout.split())
    assert found["pressed"] == found["released"] == "1000"
    assert found["held"] == found["expected_held"]


def test_a_press_is_held_after_800_ms_and_only_once(built: Built) -> None:
    looks = "".join(f"{ms} {int(ms < 2000)}\n" for ms in range(2100))
    done = subprocess.run(
        [str(built.pcboard), "button"], input=looks, capture_output=True, text=True, check=True
    )
    assert done.stdout == "15 1\n815 3\n2015 2\n"
