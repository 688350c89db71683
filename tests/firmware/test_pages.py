"""What is to be seen on the glass."""

import subprocess

import pytest
from tests.firmware.trials import AWAKE, ROWS
from tests.firmware.uno import Uno
from tests.firmware.workshop import Built


def rows(uno: Uno) -> tuple[str, str]:
    return uno.glass()[:2]


def numbered(page: int) -> str:
    return f"F{page:02X}{page}{'page ' + str(page):32}"


def test_before_the_first_contact_it_waits_for_the_host(uno: Uno) -> None:
    assert rows(uno) == ("flatwatt        ", "waiting for host")
    assert uno.stat()["led"] == 0


def test_a_host_without_pages_is_connected(uno: Uno) -> None:
    uno.send("?", ms=5)
    assert rows(uno) == ("flatwatt        ", "connected       ")
    uno.run(10_200)
    assert uno.shown() == AWAKE


def test_the_first_page_is_shown_at_once(uno: Uno) -> None:
    uno.send("F013Now      1234 W Today  1.23 kWh ", ms=10)
    assert rows(uno) == ("Now      1234 W ", "Today  1.23 kWh ")
    assert uno.said()[1:] == ["Hflatwatt-uno 0.1.0 16x2 8 0000", "A01", "V3"]


def test_one_new_digit_writes_one_cell(page: Uno) -> None:
    page.ask("mark")
    page.send("F010Now      1235 W Today  1.23 kWh ", ms=5)
    assert rows(page)[0] == "Now      1235 W "
    assert page.stat()["characters"] == 1


def test_neighbouring_cells_are_written_in_one_go(page: Uno) -> None:
    page.ask("mark")
    page.send("F010Now      5678 W Today  1.23 kWh ", ms=5)
    stat = page.stat()
    assert (stat["characters"], stat["commands"]) == (4, 1)


def test_the_same_page_again_is_silent_on_the_bus(page: Uno) -> None:
    page.ask("mark")
    page.send("F010Now      1234 W Today  1.23 kWh ", ms=5)
    assert page.stat()["edges"] == 0
    assert page.said() == ["A01"]


def test_another_page_is_kept_and_not_shown(page: Uno) -> None:
    page.ask("mark")
    page.send("F015Week   12.3 kWh         4.18 EUR", ms=5)
    assert page.stat()["edges"] == 0
    page.send("P025", ms=5)
    assert rows(page)[0].startswith("Week")
    assert page.said() == ["A01", "A02", "V5"]


def test_glyphs_are_drawn_from_the_hosts_patterns(page: Uno) -> None:
    page.send(f"G010{ROWS}", "G0270102040810080402", ms=10)
    assert (page.glyphs()[0], page.glyphs()[7]) == (ROWS, "0102040810080402")
    page.send("F030\\0 = bolt \\7" + " " * 22, ms=5)
    assert rows(page)[0] == "\x08 = bolt \x0f      "


def test_a_new_glyph_pattern_leaves_the_text_alone(page: Uno) -> None:
    before = page.shown()
    page.send(f"G014{ROWS}", ms=5)
    assert (page.shown(), page.glyphs()[4]) == (before, ROWS)
    page.send("F020Now      1239 W Today  1.23 kWh ", ms=5)
    assert rows(page)[0] == "Now      1239 W "


def test_escaped_characters_reach_the_glass_as_themselves(page: Uno) -> None:
    page.send("F010\\x24\\x2A\\x5C 21 \\xDFC" + " " * 23, ms=5)
    assert rows(page)[0] == "$*\\ 21 \xdfC       "


def test_button_a_turns_to_the_next_existing_page_and_round(page: Uno) -> None:
    page.send(numbered(2), numbered(6), ms=5)
    seen = []
    for _ in range(3):
        page.ask("press", "A")
        page.run(30)
        seen.append(rows(page)[0].strip())
        page.ask("release", "A")
        page.run(30)
    assert seen == ["page 2", "page 6", "Now      1234 W"]


def test_button_b_turns_back_when_it_is_released(page: Uno) -> None:
    page.send(numbered(2), numbered(6), ms=5)
    page.ask("press", "B")
    page.run(100)
    assert rows(page)[0].startswith("Now")
    page.ask("release", "B")
    page.run(30)
    assert rows(page)[0].strip() == "page 6"


def test_button_b_held_leaves_the_page_to_the_host(page: Uno) -> None:
    page.send(numbered(2), ms=5)
    page.ask("press", "B")
    page.run(900)
    page.ask("release", "B")
    page.run(100)
    assert rows(page)[0].startswith("Now")


def test_pages_turn_without_a_host(page: Uno) -> None:
    page.send(numbered(4), ms=5)
    page.run(60_000)
    assert page.stat()["led"] == 0
    page.ask("press", "A")
    page.run(30)
    assert rows(page)[0].startswith("page 4")


def test_the_visible_page_deleted_gives_way_to_the_next(page: Uno) -> None:
    page.send(numbered(4), "D100", ms=5)
    assert rows(page)[0].strip() == "page 4"
    assert page.said() == ["A04", "A10", "V4"]
    page.send("D114", ms=5)
    assert rows(page) == ("flatwatt        ", "connected       ")


def test_a_page_older_than_ten_seconds_shows_its_age(page: Uno) -> None:
    page.run(9_900)
    assert rows(page)[0] == "Now      1234 W "
    page.run(1_200)
    assert rows(page)[0] == "Now      123!11s"
    assert rows(page)[1] == "Today  1.23 kWh "
    page.run(60_000)
    assert rows(page)[0] == "Now      1234!1m"


@pytest.mark.parametrize("body", ["T01", "F010Now      1234 W Today  1.23 kWh "])
def test_the_host_makes_a_page_fresh_again(page: Uno, body: str) -> None:
    page.run(12_000)
    assert rows(page)[0].endswith("!12s")
    page.send(body, ms=5)
    assert rows(page)[0] == "Now      1234 W "
    page.run(9_000)
    assert rows(page)[0] == "Now      1234 W "


def test_the_heartbeat_vouches_for_every_page(page: Uno) -> None:
    page.send(numbered(2), ms=5)
    page.run(15_000)
    page.send("T30", "P312", ms=5)
    assert rows(page)[0].strip() == "page 2"


@pytest.mark.parametrize(
    ("age_s", "mark"),
    [
        (11, "!11s"),
        (59, "!59s"),
        (60, "!1m"),
        (3599, "!59m"),
        (3600, "!1h"),
        (4 * 86400 - 1, "!95h"),
        (4 * 86400, "!4d"),
        (999 * 86400, "!999d"),
        (2**32 - 1, "!999d"),
    ],
)
def test_ages_are_short_and_right_aligned(built: Built, age_s: int, mark: str) -> None:
    done = subprocess.run(
        [str(built.pcboard), "age", str(age_s)], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{mark:>16}\n"


def test_the_led_is_on_while_the_host_lives(page: Uno) -> None:
    assert page.stat()["led"] == 1
    page.run(9_900)
    assert page.stat()["led"] == 1
    page.run(300)
    assert page.stat()["led"] == 0
    page.send("T01", ms=5)
    assert page.stat()["led"] == 1


def test_the_led_blinks_until_the_event_is_taken(page: Uno) -> None:
    page.ask("press", "A")
    page.run(40)
    before = page.stat()["led_changes"]
    page.run(1024)
    assert page.stat()["led_changes"] - before == 8
    page.ask("release", "A")
    page.run(40)
    page.send("a00", "a01", "a02", ms=5)
    before = page.stat()["led_changes"]
    page.run(1000)
    stat = page.stat()
    assert (stat["led"], stat["led_changes"] - before) == (1, 0)
