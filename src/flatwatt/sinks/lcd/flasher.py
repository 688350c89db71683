"""Writes the firmware through the board's own bootloader: STK500 version 1 over serial.

Blocking; for the command line. A byte is read back for each one written, so a board that
passes has the sketch.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from flatwatt.errors import DisplayError
from flatwatt.sinks.lcd import wire
from flatwatt.sinks.lcd.serialport import BAUD, GONE, gone, open_port

if TYPE_CHECKING:
    import serial

Progress = Callable[[str, int, int], None]
"""Called with what is being done (`write`, `verify`), bytes done, bytes in all."""
BAUDS = (115200, 57600)
"""Optiboot's, then that of Nanos with the old bootloader."""
SIGNATURE = bytes([0x1E, 0x95, 0x0F])
PAGE = 128
MOST_BYTES = {115200: 0x7E00, 57600: 0x7800}
"""What the bootloader leaves for a sketch."""
_GET_SYNC, _ENTER, _LEAVE, _ADDRESS, _WRITE, _READ, _SIGN = (
    0x30, 0x50, 0x51, 0x55, 0x64, 0x74, 0x75,
)  # fmt: skip
_EOP, _IN_SYNC, _OK = 0x20, b"\x14", b"\x10"
_SYNC_TRIES = 12
_SYNC_S = 0.1
_ANSWER_S = 1.0
_PULSE_S = 0.05
_HELLO_S = 4.0


class FlashError(DisplayError):
    """The firmware could not be written; the board is not harmed and can be written again."""


class Flashed(NamedTuple):
    """What was written.

    Attributes:
        size: bytes.
        baud: the bootloader's speed.
        hello: what the sketch said when it started; None when it said nothing.
    """

    size: int
    baud: int
    hello: wire.Hello | None


def shipped_hex() -> str:
    """Return the firmware that belongs to this flatwatt, as Intel HEX.

    Raises:
        DisplayError: it was not packed into this installation.
    """
    file = files("flatwatt.sinks.lcd").joinpath("flatwatt_display.hex")
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise DisplayError(
            "this flatwatt was installed without the display's firmware; "
            "build it: make -C firmware/uno, then give the file with --hex"
        ) from error


def flash(device: str, image: bytes, progress: Progress) -> Flashed:
    """Write an image to the UNO or Nano on a port, verify and start it.

    Raises:
        FlashError: no bootloader answers, it is another chip, or what was read back differs.
        DisplayError: the port cannot be opened or vanishes.
    """
    for baud in BAUDS:
        with _opened(device, baud) as port:
            if not _synced(port):
                continue
            if len(image) > MOST_BYTES[baud]:
                raise FlashError(
                    f"the firmware has {len(image)} bytes, this board room for {MOST_BYTES[baud]}"
                )
            _check_chip(port)
            _write(port, image, progress)
            _verify(port, image, progress)
            _ask(port, bytes([_LEAVE]))
            return Flashed(len(image), baud, _hello(port))
    raise FlashError(
        f"no bootloader answers on {device}: is it an Arduino UNO or Nano? Take off whatever is "
        "wired to pins 0 and 1, press the board's reset button, and try again; "
        "other ports: flatwatt display ports"
    )


@contextmanager
def _opened(device: str, baud: int) -> "Iterator[serial.Serial]":
    port = open_port(device, baud, timeout_s=_SYNC_S)
    try:
        _reset(port)
        yield port
    except GONE as error:
        raise gone(device) from error
    finally:
        with suppress(*GONE):
            port.close()


def _reset(port: "serial.Serial") -> None:
    """Pull the board's reset line through the capacitor on DTR."""
    for level in (False, True):
        # A pseudo-terminal has no such line: ENOTTY. Opening it was its reset.
        with suppress(OSError):
            port.dtr = level
            port.rts = level
        time.sleep(_PULSE_S)
    port.reset_input_buffer()


def _synced(port: "serial.Serial") -> bool:
    """Knock until the bootloader answers in step; it listens for about a second."""
    port.timeout = _SYNC_S
    for _ in range(_SYNC_TRIES):
        port.write(bytes([_GET_SYNC, _EOP]))
        if port.read(2) == _IN_SYNC + _OK:
            _drain(port)
            port.timeout = _ANSWER_S
            return True
    return False


def _drain(port: "serial.Serial") -> None:
    """Drop late answers to earlier knocks."""
    port.timeout = _PULSE_S
    while port.read(64):
        pass


def _ask(port: "serial.Serial", command: bytes, answer_bytes: int = 0) -> bytes:
    """Send a command and return its answer.

    Raises:
        FlashError: the bootloader fell silent or out of step.
    """
    port.write(command + bytes([_EOP]))
    answer = port.read(answer_bytes + 2)
    if len(answer) != answer_bytes + 2 or answer[:1] != _IN_SYNC or answer[-1:] != _OK:
        raise FlashError(
            f"the bootloader answered {answer.hex(' ') or 'nothing'} to command "
            f"{command[0]:#04x}; plug the board in directly, without a hub, and try again"
        )
    return answer[1:-1]


def _check_chip(port: "serial.Serial") -> None:
    signature = _ask(port, bytes([_SIGN]), 3)
    if signature != SIGNATURE:
        raise FlashError(
            f"the chip says {signature.hex(' ')}, an ATmega328P says {SIGNATURE.hex(' ')}: "
            "this is no UNO or Nano; nothing was written"
        )
    _ask(port, bytes([_ENTER]))


def _pages(image: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(image), PAGE):
        yield start, image[start : start + PAGE].ljust(PAGE, b"\xff")


def _to(port: "serial.Serial", start: int) -> None:
    _ask(port, bytes([_ADDRESS]) + (start // 2).to_bytes(2, "little"))


def _write(port: "serial.Serial", image: bytes, progress: Progress) -> None:
    for start, page in _pages(image):
        _to(port, start)
        _ask(port, bytes([_WRITE]) + PAGE.to_bytes(2, "big") + b"F" + page)
        progress("write", min(start + PAGE, len(image)), len(image))


def _verify(port: "serial.Serial", image: bytes, progress: Progress) -> None:
    for start, page in _pages(image):
        _to(port, start)
        found = _ask(port, bytes([_READ]) + PAGE.to_bytes(2, "big") + b"F", PAGE)
        if found != page:
            at = start + next(i for i in range(PAGE) if found[i] != page[i])
            raise FlashError(
                f"byte {at:#06x} reads {found[at - start]:#04x}, not {page[at - start]:#04x}; "
                "try again, and if it stays so the chip's flash is worn out"
            )
        progress("verify", min(start + PAGE, len(image)), len(image))


def _hello(port: "serial.Serial") -> wire.Hello | None:
    """Return what the new sketch says when it starts."""
    port.baudrate = BAUD
    port.timeout = _PULSE_S
    decoder = wire.Decoder()
    for _ in range(int(_HELLO_S / _PULSE_S)):
        for body in decoder.feed(port.read(64)):
            said = wire.parse(body)
            if isinstance(said, wire.Hello):
                return said
    return None
