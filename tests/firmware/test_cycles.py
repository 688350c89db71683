"""How fast, how big, and whether the LCD's own timing is kept."""

import pytest
from tests.firmware.trials import ROWS, back_to_back, latencies, one_cell, page_text
from tests.firmware.uno import BOOT_MS, KHZ, Uno
from tests.firmware.workshop import Built

FULL = (page_text(1), page_text(2))
FRAME_BYTES = 4 + 32 + 7


def test_a_full_page_is_drawn_2_5_ms_after_its_last_byte(uno: Uno) -> None:
    slowest = max(last for _, last in latencies(uno, FULL, 60, seed=1))
    assert slowest <= 2.5 * KHZ


@pytest.mark.parametrize("cell", [0, 9, 15, 16, 31])
def test_one_cell_is_drawn_a_quarter_of_a_ms_after_the_last_byte(uno: Uno, cell: int) -> None:
    slowest = max(last for _, last in latencies(uno, one_cell(cell), 60, seed=cell))
    assert slowest <= 0.25 * KHZ


def test_cable_and_drawing_of_a_full_page_take_6_5_ms(uno: Uno) -> None:
    slowest = max(last for _, last in latencies(uno, FULL, 60, seed=2))
    assert FRAME_BYTES * 1496 + slowest <= 6.5 * KHZ  # 1496: simavr's byte, 10 % too long


def test_a_hundred_pages_back_to_back_are_all_drawn(uno: Uno) -> None:
    found = back_to_back(uno, 100)
    assert (found["drawn"], found["acknowledged"]) == (100, 100)


def busy_minute(uno: Uno) -> dict[str, int]:
    """Start, glyphs, pages, buttons, ages, renewals."""
    uno.run(BOOT_MS)
    uno.send(*(f"G{n:02X}{n}{ROWS}" for n in range(8)), ms=10)
    uno.send(*(f"F{n + 16:02X}{n % 8}{page_text(n)}" for n in range(40)), ms=5)
    for name in "AABB":
        uno.ask("press", name)
        uno.run(40)
        uno.ask("release", name)
        uno.run(40)
    uno.run(25_000)
    uno.send(*(f"F{n + 60:02X}{n % 8}{page_text(n)}" for n in range(40)), ms=5)
    uno.ask("reset")
    uno.run(BOOT_MS)
    return uno.stat()


@pytest.mark.parametrize("khz", [190, 270, 350])
def test_no_timing_of_the_lcd_is_broken(built: Built, khz: int) -> None:
    with Uno(built.unosim, built.hex, khz=khz) as uno:
        stat = busy_minute(uno)
    assert stat["characters"] > 800
    assert (stat["busy_breaches"], stat["pulse_breaches"]) == (0, 0)


def test_the_model_does_see_an_lcd_too_slow(built: Built) -> None:
    with Uno(built.unosim, built.hex, khz=140) as uno:
        assert busy_minute(uno)["busy_breaches"] > 100


def test_the_stack_stays_far_from_the_variables(uno: Uno) -> None:
    uno.send("?", *(f"F{n:02X}{n % 8}{page_text(n)}" for n in range(20)), ms=5)
    uno.ask("press", "A")
    uno.run(21_000)
    assert 50 < uno.stat()["stack"] <= 200
