"""The lines between host and board."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatwatt.sinks.lcd import wire
from flatwatt.sinks.lcd.wire import Decoder, decode_cells, encode_cells, line, parse

GLYPHS = st.sampled_from([chr(0xE000 + n) for n in range(8)])
ANY_CELL = st.characters(max_codepoint=0xFF) | GLYPHS
ANY_CELLS = st.text(ANY_CELL, min_size=32, max_size=32)
PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E, blacklist_characters="$*")
BODY = st.text(PRINTABLE, min_size=1, max_size=150).map(str.encode)


def test_the_crc_is_xmodem():
    assert wire.crc16(b"123456789") == 0x31C3
    assert line(b"?") == b"$?*%04X\n" % wire.crc16(b"?")


@given(ANY_CELLS)
def test_any_cells_come_back_as_they_went(cells):
    sent = encode_cells(cells)
    assert decode_cells(sent) == cells
    assert all(0x20 <= byte < 0x7F for byte in sent)
    assert not set(sent) & set(b"$*")


def test_the_longest_page_fits_the_longest_body():
    body = wire.store_page(255, 7, "\xff" * 32)
    assert len(body) == 132 <= wire.LONGEST_BODY
    assert Decoder().feed(line(body)) == [body]


def test_what_has_no_byte_is_refused():
    with pytest.raises(ValueError, match="cannot be shown"):
        encode_cells("€")


@pytest.mark.parametrize("broken", [b"\\", b"\\x4", b"\\xgg", b"\\8", b"a$", b"*", b"\\xa0"])
def test_a_broken_escape_is_refused(broken):
    with pytest.raises(ValueError, match="broken escape"):
        decode_cells(broken)


def test_commands_look_like_this():
    assert wire.store_page(0x0A, 3, "Now " + " " * 28) == b"F0A3Now " + b" " * 28
    assert wire.store_page(1, 0, "\ue001$*\\" + "x" * 28)[4:] == b"\\1\\x24\\x2A\\x5C" + b"x" * 28
    assert wire.store_glyph(2, 7, [31, 0, 1, 2, 3, 4, 5, 16]) == b"G0271F00010203040510"
    assert wire.turn_to(3, 4) == b"P034"
    assert wire.drop_page(4, 5) == b"D045"
    assert wire.heartbeat(255) == b"TFF"
    assert wire.acknowledge(171) == b"aAB"


def test_the_board_is_understood():
    assert parse(b"Hflatwatt-uno 0.1.0 16x2 8 00A7") == wire.Hello(
        "flatwatt-uno", "0.1.0", 16, 2, 8, "00A7"
    )
    assert parse(b"A0F") == wire.Ack(15)
    assert parse(b"N0F2") == wire.Refusal(15, 2)
    assert parse(b"KFFB3") == wire.Press(255, "B", 3)
    assert parse(b"V7") == wire.Visible(7)


@pytest.mark.parametrize(
    "body",
    [b"", b"A", b"A0", b"A0g", b"A0FF", b"K00C1", b"K00A4", b"V8", b"H", b"Zebra", b"Ha b c"],
)
def test_what_a_newer_board_may_say_is_passed_over(body):
    assert parse(body) is None


@given(st.lists(BODY, max_size=5), st.integers(1, 9))
def test_lines_come_out_however_they_are_cut(bodies, piece):
    stream = b"".join(map(line, bodies))
    decoder = Decoder()
    found = []
    for start in range(0, len(stream), piece):
        found += decoder.feed(stream[start : start + piece])
    assert found == bodies
    assert decoder.bad == 0


@given(st.binary(max_size=400), BODY)
def test_any_bytes_are_survived_and_the_next_line_is_heard(garbage, body):
    decoder = Decoder()
    heard = decoder.feed(garbage)
    assert decoder.feed(line(body)) == [body]
    for each in heard:
        parse(each)
    assert len(decoder.noise) <= 40


@given(BODY, st.data())
def test_a_damaged_line_is_never_taken_for_another(body, data):
    sent = bytearray(line(body))
    at = data.draw(st.integers(0, len(sent) - 1))
    sent[at] ^= data.draw(st.integers(1, 255))
    decoder = Decoder()
    assert all(each == body for each in decoder.feed(bytes(sent)))
    assert decoder.feed(line(b"V1")) == [b"V1"]


def test_an_endless_line_takes_no_memory():
    decoder = Decoder()
    assert decoder.feed(b"$" + b"A" * 100_000) == []
    assert decoder.bad == 1
    assert decoder._line is None


VECTORS = Path(__file__).parents[2] / "firmware" / "protocol" / "vectors.txt"


def vectors(direction):
    for text in VECTORS.read_text(encoding="ascii").splitlines():
        if text.startswith(direction):
            _, counts, sent, meaning = [*text.split("\t"), ""][:4]
            raw = re.sub(r"\{([0-9A-F]{2})\}", lambda found: chr(int(found[1], 16)), sent)
            yield pytest.param(counts, raw.encode("latin-1"), meaning, id=sent[:60])


def in_words(said):
    """A message as the vectors tell it."""
    match said:
        case wire.Hello(name, version, columns, rows, pages, boot):
            size = f"{columns}x{rows}"
            return f"hello name={name} version={version} size={size} pages={pages} boot={boot}"
        case wire.Ack(number):
            return f"ack number={number:02X}"
        case wire.Refusal(number, error):
            return f"refused number={number:02X} error={error}"
        case wire.Press(number, button, kind):
            return f"event number={number:02X} button={button} kind={kind}"
        case wire.Visible(shown):
            return f"visible page={shown}"


@pytest.mark.parametrize(("counts", "sent", "meaning"), [*vectors("<")])
def test_the_shared_vectors_of_the_board_are_understood(counts, sent, meaning):
    decoder = Decoder()
    bodies = decoder.feed(sent)
    assert "; ".join(in_words(parse(body)) for body in bodies) == meaning
    assert f"{len(bodies)}/{decoder.bad}" == counts


@pytest.mark.parametrize(("counts", "sent", "meaning"), [*vectors(">")])
def test_the_shared_vectors_of_the_host_are_lines_as_ours(counts, sent, meaning):
    decoder = Decoder()
    bodies = decoder.feed(sent)
    accepted, dropped = map(int, counts.split("/"))
    # A right line without a number is dropped by the board for its meaning, not as a line.
    assert len(bodies) + decoder.bad == accepted + dropped
    assert len(bodies) >= accepted
    found = re.fullmatch(r"store number=(..) page=(.) cells=(.*)", meaning)
    if found and bodies[0].startswith(b"F" + found[1].encode() + found[2].encode()):
        told = "".join(map(glyph_code, decode_cells(bodies[0][4:])))
        assert told.encode("latin-1").hex().upper() == found[3]


def glyph_code(cell):
    return chr(ord(cell) - 0xE000 + 8) if ord(cell) >= 0xE000 else cell


def test_what_the_host_sends_is_byte_for_byte_in_the_shared_vectors():
    text = VECTORS.read_bytes()
    cells = "Price $*\\       0.34 EUR/kWh    "
    for body in (
        wire.store_page(0x10, 1, cells),
        wire.store_page(0x0A, 3, "Now      1234 W Today  1.23 kWh "),
        wire.store_glyph(1, 0, bytes.fromhex("0E1F111F0E040400")),
        wire.turn_to(5, 3),
        wire.drop_page(6, 7),
        wire.heartbeat(0x7F),
        wire.acknowledge(0xFE),
        wire.ASK_HELLO,
    ):
        assert line(body).rstrip() in text, body
