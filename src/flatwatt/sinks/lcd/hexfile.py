"""Intel HEX: a firmware file as the bytes of a flash memory."""

from flatwatt.errors import DisplayError

BLANK = 0xFF
_DATA, _END, _SEGMENT, _SEGMENT_START, _LINEAR, _LINEAR_START = range(6)


class HexError(DisplayError):
    """The firmware file is damaged; says in which line."""


def parse_hex(text: str, most_bytes: int = 32 * 1024) -> bytes:
    """Return the flash image from address 0 on, gaps filled with 0xFF.

    Raises:
        HexError: a damaged line, no end, nothing in it, or an address beyond `most_bytes`.
    """
    image = bytearray()
    base = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        address, kind, data = _record(number, line.strip())
        if kind == _END:
            return _not_empty(image)
        if kind == _DATA:
            _place(image, number, base + address, data, most_bytes)
        elif kind in {_SEGMENT, _LINEAR}:
            base = _base(number, kind, data)
        elif kind not in {_SEGMENT_START, _LINEAR_START}:
            raise HexError(f"firmware line {number}: unknown record type {kind}")
    raise HexError("the firmware file has no end record: it was cut off; get it again")


def _record(number: int, line: str) -> tuple[int, int, bytes]:
    """Return (address, kind, data) of a line."""
    if not line.startswith(":"):
        raise HexError(f"firmware line {number} does not begin with a colon: no Intel HEX file")
    try:
        record = bytes.fromhex(line[1:])
    except ValueError as error:
        raise HexError(f"firmware line {number} holds something other than hex digits") from error
    if len(record) < 5 or len(record) != record[0] + 5:
        raise HexError(f"firmware line {number} is {len(record)} bytes long, which is wrong")
    if sum(record) % 256:
        raise HexError(f"firmware line {number}: wrong checksum; get the file again")
    return int.from_bytes(record[1:3], "big"), record[3], record[4:-1]


def _base(number: int, kind: int, data: bytes) -> int:
    if len(data) != 2:
        raise HexError(f"firmware line {number}: an address of {len(data)} bytes, not 2")
    return int.from_bytes(data, "big") << (4 if kind == _SEGMENT else 16)


def _place(image: bytearray, number: int, start: int, data: bytes, most_bytes: int) -> None:
    end = start + len(data)
    if end > most_bytes:
        raise HexError(
            f"firmware line {number}: address {end - 1:#06x} lies beyond the {most_bytes} bytes "
            "this board has for a sketch"
        )
    if len(image) < end:
        image.extend(bytes([BLANK]) * (end - len(image)))
    image[start:end] = data


def _not_empty(image: bytearray) -> bytes:
    if not image:
        raise HexError("the firmware file has no data in it")
    return bytes(image)
