r"""Lines between host and board: `$` body `*` CRC `\n`. See firmware/protocol/PROTOCOL.md.

Pure: bytes in, meaning out. Any bytes may arrive; what is no whole line with a right CRC
is counted and dropped, and the next `$` begins afresh.
"""

import re
from binascii import crc_hqx
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

LONGEST_BODY = 150
GLYPH_BASE = 0xE000
"""Glyph n is the character GLYPH_BASE + n of Unicode's private area inside the host."""
GLYPHS = 8
ASK_HELLO = b"?"
_RAW = {*range(0x20, 0x7F)} - set(b"$*\\")
_ESCAPE = re.compile(rb"\\x([0-9A-F]{2})|\\([0-7])|([^$*\\])")
_TAIL = re.compile(rb"[0-9A-F]{4}")
_NOISE_KEPT = 40


class Hello(Struct, frozen=True):
    """The board says who it is; `boot` changes with each of its resets."""

    name: str
    version: str
    columns: int
    rows: int
    pages: int
    boot: str


class Ack(Struct, frozen=True):
    """Command `seq` was done, now or before."""

    seq: int


class Refusal(Struct, frozen=True):
    """Command `seq` was refused: 1 unknown command, 2 bad argument."""

    seq: int
    error: int


class Press(Struct, frozen=True):
    """Button event `number`: button `A` or `B`; kind 1 pressed, 2 released, 3 held."""

    number: int
    button: str
    kind: int


class Visible(Struct, frozen=True):
    """Page `page` is on the glass."""

    page: int


Message: TypeAlias = Hello | Ack | Refusal | Press | Visible


def crc16(body: bytes) -> int:
    """Return the CRC16-XMODEM of a body as sent, escapes included."""
    return crc_hqx(body, 0)


def line(body: bytes) -> bytes:
    """Return a body as a whole line."""
    return b"$%b*%04X\n" % (body, crc16(body))


def encode_cells(cells: str) -> bytes:
    r"""Return cells for the wire: ASCII as it is, `\0`..`\7` glyphs, `\xHH` all else.

    Raises:
        ValueError: a character that is no glyph and has no byte.
    """
    return b"".join(map(_encode_cell, cells))


def _encode_cell(cell: str) -> bytes:
    code = ord(cell)
    if code in _RAW:
        return bytes([code])
    if GLYPH_BASE <= code < GLYPH_BASE + GLYPHS:
        return b"\\%d" % (code - GLYPH_BASE)
    if code > 0xFF:
        raise ValueError(f"{cell!r} cannot be shown in a cell")
    return b"\\x%02X" % code


def decode_cells(sent: bytes) -> str:
    """Return cells as they were before `encode_cells`.

    Raises:
        ValueError: a broken escape, or a raw `$` or `*`.
    """
    cells, at = "", 0
    while at < len(sent):
        found = _ESCAPE.match(sent, at)
        if found is None:
            raise ValueError(f"broken escape at byte {at}")
        byte, glyph, raw = found.groups()
        if glyph is not None:
            cells += chr(GLYPH_BASE + int(glyph))
        else:
            cells += chr(int(byte, 16) if byte is not None else raw[0])
        at = found.end()
    return cells


def store_page(seq: int, page: int, cells: str) -> bytes:
    """Return the body that stores a page's 32 cells."""
    return b"F%02X%d%b" % (seq, page, encode_cells(cells))


def store_glyph(seq: int, glyph: int, rows: Sequence[int]) -> bytes:
    """Return the body that stores a glyph: 8 rows of 5 bits, the left pixel highest."""
    return b"G%02X%d%b" % (seq, glyph, b"".join(b"%02X" % row for row in rows))


def turn_to(seq: int, page: int) -> bytes:
    """Return the body that shows a page."""
    return b"P%02X%d" % (seq, page)


def drop_page(seq: int, page: int) -> bytes:
    """Return the body that forgets a page."""
    return b"D%02X%d" % (seq, page)


def heartbeat(seq: int) -> bytes:
    """Return the body that says: the host lives and all pages are current."""
    return b"T%02X" % seq


def acknowledge(number: int) -> bytes:
    """Return the body that acknowledges a button event."""
    return b"a%02X" % number


_HELLO = re.compile(rb"H(\S{1,40}) (\S{1,20}) (\d{1,3})x(\d{1,3}) (\d{1,3}) ([0-9A-F]{4})")
_ACK = re.compile(rb"A([0-9A-F]{2})")
_REFUSAL = re.compile(rb"N([0-9A-F]{2})(\d)")
_PRESS = re.compile(rb"K([0-9A-F]{2})([AB])([123])")
_VISIBLE = re.compile(rb"V([0-7])")


def parse(body: bytes) -> Message | None:
    """Return what the board says; None for what this host does not know."""
    if found := _HELLO.fullmatch(body):
        name, version, columns, rows, pages, boot = (part.decode() for part in found.groups())
        return Hello(name, version, int(columns), int(rows), int(pages), boot)
    if found := _ACK.fullmatch(body):
        return Ack(int(found[1], 16))
    if found := _REFUSAL.fullmatch(body):
        return Refusal(int(found[1], 16), int(found[2]))
    if found := _PRESS.fullmatch(body):
        return Press(int(found[1], 16), found[2].decode(), int(found[3]))
    if found := _VISIBLE.fullmatch(body):
        return Visible(int(found[1]))
    return None


class Decoder:
    """Finds whole, right lines in a stream of bytes.

    Attributes:
        bad: lines dropped.
        noise: the first bytes that belonged to no line; what a stranger says.
    """

    def __init__(self) -> None:
        self.bad = 0
        self.noise = b""
        self._line: bytearray | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """Return the bodies that `data` completes, in order."""
        bodies: list[bytes] = []
        for byte in data:
            body = self._take(byte)
            if body is not None:
                bodies.append(body)
        return bodies

    def _take(self, byte: int) -> bytes | None:
        if byte == 0x24:
            self.bad += self._line is not None
            self._line = bytearray()
        elif self._line is None:
            if len(self.noise) < _NOISE_KEPT:
                self.noise += bytes([byte])
        elif byte == 0x0A:
            body = _body(bytes(self._line))
            self.bad += body is None
            self._line = None
            return body
        elif len(self._line) >= LONGEST_BODY + 5:
            self.bad += 1
            self._line = None
        else:
            self._line.append(byte)
        return None


def _body(text: bytes) -> bytes | None:
    body, star, tail = text.partition(b"*")
    printable = all(0x20 <= byte < 0x7F for byte in body)
    if not (star and body and printable and _TAIL.fullmatch(tail)):
        return None
    return body if int(tail, 16) == crc16(body) else None
