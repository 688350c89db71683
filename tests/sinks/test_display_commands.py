"""`flatwatt display …` as people type it."""

import pytest
from tests.fakes.board import Board
from tests.fakes.stk import Bootloader
from typer.testing import CliRunner

from flatwatt.cli.display import app
from flatwatt.errors import DisplayError, UsageError
from flatwatt.sinks.lcd import ports
from flatwatt.sinks.lcd.flasher import shipped_hex
from flatwatt.sinks.lcd.hexfile import parse_hex
from flatwatt.sinks.lcd.ports import Port

CONFIG = """
[flat]
name = "WG"
timezone = "Europe/Berlin"
language = "de"

[plugs.printer]
family = "simulated"
appliance = "printer_3d"
name = "Drucker"
load = "printer"
"""


def run(*words):
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "120", "NO_COLOR": "1"})


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "flatwatt.toml").write_text(CONFIG)
    return folder


@pytest.fixture
def plugged(monkeypatch):
    found = []
    monkeypatch.setattr(ports, "list_ports", lambda: found)
    return found


def test_show_draws_every_page_of_a_home_as_a_box(home):
    result = run("show", "--home", str(home))
    assert result.exit_code == 0, result.output
    assert result.output.count("┌────────────────┐") == 5
    for line in result.output.splitlines():
        assert not line.startswith("│") or (len(line) == 18 and line.endswith("│"))
    assert "│im Jahr      --€│" in result.output
    assert "0 now" in result.output


def test_show_can_draw_one_page_in_another_language(home):
    result = run("show", "--home", str(home), "--page", "6", "--lang", "en")
    assert result.output.splitlines()[0] == "6 standby"
    assert "│a year       --€│" in result.output
    assert len(result.output.splitlines()) == 5


def test_a_page_that_is_not_there_is_named(home):
    result = run("show", "--home", str(home), "--page", "2")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == "there is no page 2 now; there are 0, 4, 5, 6, 7"


def test_ports_says_what_looks_like_a_board(plugged):
    assert "There is no serial port" in run("ports").output
    plugged += [
        Port("/dev/ttyACM0", 0x2341, 0x43, "1", "1-1", "Uno \x1b[2J"),
        Port("/dev/ttyS0", text="n/a"),
    ]
    text = run("ports").output
    assert "2341:0043" in text
    assert "Arduino" in text
    assert "no board" in text
    assert "\x1b" not in text


def test_flash_writes_the_shipped_firmware_and_says_so(tmp_path):
    chip = Bootloader(tmp_path / "ttyACM0")
    try:
        result = run("flash", "--port", str(tmp_path / "ttyACM0"))
    finally:
        chip.close()
    image = parse_hex(shipped_hex())
    assert result.exit_code == 0, result.output
    assert f"{len(image)} bytes written and verified at 115200 baud" in result.output
    assert "It runs: flatwatt-uno" in result.output
    assert bytes(chip.flash[: len(image)]) == image


def test_flash_without_a_board_says_what_to_do(plugged):
    result = run("flash")
    assert isinstance(result.exception, DisplayError)
    assert "no board found on USB" in str(result.exception)


def test_flash_with_a_wrong_file_says_where(tmp_path):
    file = tmp_path / "sketch.hex"
    file.write_text(":zz")
    result = run("flash", "--hex", str(file), "--port", "nowhere")
    assert "line 1" in str(result.exception)
    result = run("flash", "--hex", str(tmp_path / "none.hex"), "--port", "nowhere")
    assert isinstance(result.exception, UsageError)


def test_a_trial_without_presses_ends_with_code_1(tmp_path, monkeypatch):
    monkeypatch.setattr("flatwatt.sinks.lcd.trial.LOOK_S", 0.05)
    board = Board(tmp_path / "ttyACM0")
    try:
        result = run("test", "--port", str(tmp_path / "ttyACM0"), "--seconds", "0.1")
    finally:
        board.close()
    assert result.exit_code == 1
    assert "answers on" in result.output
    assert "Not all was seen" in result.output


def test_a_trial_without_a_board_is_an_error(plugged):
    result = run("test")
    assert isinstance(result.exception, DisplayError)
