"""Writing the firmware through a bootloader on a pseudo-terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.stk import Bootloader

from flatwatt.errors import DisplayError
from flatwatt.sinks.lcd.flasher import FlashError, flash, shipped_hex
from flatwatt.sinks.lcd.hexfile import HexError, parse_hex
from flatwatt.sinks.lcd.wire import Hello

IMAGE = bytes(n * 7 % 251 for n in range(1000))


def record(address, kind, data):
    body = bytes([len(data), *address.to_bytes(2, "big"), kind, *data])
    return ":" + (body + bytes([-sum(body) % 256])).hex().upper()


END = record(0, 1, b"")


def as_hex(image, width=16):
    rows = [record(at, 0, image[at : at + width]) for at in range(0, len(image), width)]
    return "\n".join([*rows, END]) + "\n"


@pytest.fixture
def chip(tmp_path):
    made = []

    def make(**options):
        made.append(Bootloader(tmp_path / "ttyACM0", **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_the_image_is_written_verified_and_started(chip, tmp_path):
    board = chip()
    steps = []
    done = flash(str(tmp_path / "ttyACM0"), IMAGE, lambda *step: steps.append(step))
    assert bytes(board.flash[: len(IMAGE)]) == IMAGE
    assert board.written == list(range(0, 1024, 128))
    assert set(board.flash[1000:]) == {0xFF}
    assert board.started
    assert done == (1000, 115200, Hello("flatwatt-uno", "0.1.0", 16, 2, 8, "00A7"))
    assert steps[0] == ("write", 128, 1000)
    assert steps[7] == ("write", 1000, 1000)
    assert steps[-1] == ("verify", 1000, 1000)


def test_an_old_nano_is_reached_at_57600_baud(chip, tmp_path):
    board = chip(baud=57600)
    done = flash(str(tmp_path / "ttyACM0"), IMAGE, lambda *_: None)
    assert done.baud == 57600
    assert bytes(board.flash[:1000]) == IMAGE


def test_another_chip_is_left_untouched(chip, tmp_path):
    board = chip(signature=b"\x1e\x98\x01")
    with pytest.raises(FlashError, match=r"the chip says 1e 98 01.*nothing was written"):
        flash(str(tmp_path / "ttyACM0"), IMAGE, lambda *_: None)
    assert not board.written


def test_flash_that_does_not_keep_a_byte_is_found(chip, tmp_path):
    chip(worn=0x123)
    with pytest.raises(FlashError, match=r"byte 0x0123 reads 0x00, not"):
        flash(str(tmp_path / "ttyACM0"), IMAGE, lambda *_: None)


def test_a_firmware_that_would_overwrite_the_bootloader_is_refused(chip, tmp_path):
    board = chip()
    with pytest.raises(FlashError, match="room for 32256"):
        flash(str(tmp_path / "ttyACM0"), bytes(0x7E01), lambda *_: None)
    assert not board.written


def test_a_port_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DisplayError, match="is not there; is the board plugged in"):
        flash(str(tmp_path / "ttyUSB9"), IMAGE, lambda *_: None)


def test_a_silent_device_is_given_up(chip, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.fakes.stk.LENGTHS", {})
    chip()
    with pytest.raises(FlashError, match="no bootloader answers on"):
        flash(str(tmp_path / "ttyACM0"), IMAGE, lambda *_: None)


def test_a_file_is_no_serial_port(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("x")
    with pytest.raises(DisplayError, match="cannot be opened as a serial port"):
        flash(str(file), IMAGE, lambda *_: None)


def test_the_shipped_firmware_fits_every_board():
    image = parse_hex(shipped_hex())
    assert 1000 < len(image) < 0x7800 / 3
    assert b"Hflatwatt-uno" in image


@given(st.binary(min_size=1, max_size=600), st.integers(1, 32))
def test_an_image_survives_intel_hex(image, width):
    assert parse_hex(as_hex(image, width)) == image


def test_gaps_are_blank_flash_and_addresses_can_be_extended():
    text = "\n".join([record(4, 0, b"ab"), "", record(0, 2, b"\x00\x10"), record(0, 0, b"c"), END])
    assert parse_hex(text) == b"\xff" * 4 + b"ab" + b"\xff" * 250 + b"c"
    high = "\n".join(
        [record(0, 4, b"\x00\x00"), record(0, 0, b"z"), record(0, 5, b"\0\0\0\0"), END]
    )
    assert parse_hex(high) == b"z"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no end record"),
        (as_hex(IMAGE).removesuffix(END + "\n"), "no end record"),
        (END, "no data in it"),
        ("\n\nhello", "line 3 does not begin with a colon"),
        (":00zz", "line 1 holds something other than hex"),
        (":0000", "line 1 is 2 bytes long"),
        (record(0, 0, b"abc")[:-4] + "00", "line 1 is"),
        (record(0, 0, b"abc")[:-2] + "00", "line 1: wrong checksum"),
        (record(0, 9, b""), "line 1: unknown record type 9"),
        (record(0, 2, b"a"), "an address of 1 bytes"),
        (record(0, 4, b"\x00\x01") + "\n" + record(0, 0, b"a"), "line 2: address 0x10000 lies"),
    ],
)
def test_a_damaged_file_is_refused_by_line(text, message):
    with pytest.raises(HexError, match=message):
        parse_hex(text)


@given(st.text(max_size=200) | st.text(":0123456789ABCDEF\n", max_size=200))
def test_any_text_is_an_image_or_a_clear_error(text):
    try:
        assert parse_hex(text)
    except HexError as error:
        assert "firmware" in str(error)  # noqa: PT017 - both ends are right
