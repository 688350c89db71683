"""Which serial port the board is on.

Opening a port resets most boards, and a 3D printer on the same computer has the same USB
chips: nothing is opened by guess when there is more than one candidate.
"""

import os
from collections.abc import Collection, Sequence

from msgspec import Struct

from flatwatt.errors import DisplayError

BOARDS: dict[tuple[int, int | None], str] = {
    (0x2341, None): "Arduino",
    (0x2A03, None): "Arduino (arduino.org)",
    (0x1A86, 0x7523): "CH340, as on many UNO and Nano boards",
    (0x0403, 0x6001): "FTDI, as on older Nanos",
    (0x10C4, 0xEA60): "CP210x",
}
"""(USB vendor, product or any) -> what it is likely to be."""
_LIST = "see: flatwatt display ports"


class NoneLeft(DisplayError):
    """Something else has answered on every port that looked like a board."""


class Port(Struct, frozen=True):
    """A serial port of this computer.

    Attributes:
        device: what is opened: `/dev/ttyACM0`, `COM3`.
        vid, pid, serial_number, location: of its USB plug; None where it has none.
        text: what the system calls it.
    """

    device: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None
    location: str | None = None
    text: str = ""

    @property
    def board(self) -> str | None:
        """What board it may be; None when it looks like none."""
        if self.vid is None:
            return None
        return BOARDS.get((self.vid, self.pid)) or BOARDS.get((self.vid, None))

    def same_board(self, other: "Port") -> bool:
        """Return whether two ports look like one board, wherever it is plugged in."""
        mine = (self.vid, self.pid, self.serial_number)
        return self.vid is not None and mine == (other.vid, other.pid, other.serial_number)


def list_ports() -> list[Port]:
    """Return the serial ports of this computer, sorted by name.

    Raises:
        DisplayError: pyserial is not installed.
    """
    try:
        from serial.tools.list_ports import comports  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise no_pyserial() from error
    found = [
        Port(each.device, each.vid, each.pid, each.serial_number, each.location, each.description)
        for each in comports()
    ]
    return sorted(found, key=lambda port: port.device)


def no_pyserial() -> DisplayError:
    """Return the error for a missing pyserial."""
    return DisplayError(
        "the display needs pyserial, which is not installed; "
        "install it: pip install 'flatwatt[lcd]'"
    )


def choose(
    ports: Sequence[Port],
    wanted: str = "",
    known: Port | None = None,
    refused: Collection[str] = (),
) -> Port:
    """Return the port to open.

    Args:
        ports: those there are.
        wanted: what the configuration names; found again elsewhere once it was `known`.
        known: where the board was last.
        refused: devices known to be something else.

    Raises:
        DisplayError: there is none, or more than one that it might be.
    """
    if wanted:
        named = [port for port in ports if _is_named(port, wanted)]
        if named:
            return named[0]
        if _exists(wanted):
            return Port(wanted)
    if known is not None and (moved := _moved(ports, known, refused)):
        return moved
    if wanted:
        raise DisplayError(f"there is no port {wanted}; is the board plugged in? {_LIST}")
    if known is not None:
        raise DisplayError(
            f"the display that was on {known.device} is gone; plug it in again "
            "(for another board start flatwatt again)"
        )
    return _only([port for port in ports if port.board], refused)


def _moved(ports: Sequence[Port], known: Port, refused: Collection[str]) -> Port | None:
    """Return where a known board is now, if there is but one place it can be."""
    moved = [port for port in ports if port.same_board(known) and port.device not in refused]
    here = [port for port in moved if port.location == known.location]
    return (here or moved)[0] if len(here or moved) == 1 else None


def _only(boards: Sequence[Port], refused: Collection[str]) -> Port:
    left = [port for port in boards if port.device not in refused]
    if not boards:
        raise DisplayError(
            "no board found on USB; plug it in (some cables only charge), "
            f'or name its port: port = "…" under [display]; {_LIST}'
        )
    if not left:
        raise NoneLeft(
            f"no flatwatt display on {', '.join(port.device for port in boards)}; write the "
            "firmware: flatwatt display flash, then plug the board in again"
        )
    if len(left) > 1:
        names = ", ".join(f"{port.device} ({port.board})" for port in left)
        raise DisplayError(
            f"{len(left)} boards found: {names}; opening one resets it, even if it is a "
            'printer, so name yours: port = "…" under [display], or --port'
        )
    return left[0]


def _is_named(port: Port, wanted: str) -> bool:
    if port.device.lower() == wanted.lower() and os.name == "nt":
        return True
    return os.path.realpath(port.device) == os.path.realpath(wanted)


def _exists(wanted: str) -> bool:
    return os.name != "nt" and os.path.exists(wanted)  # noqa: PTH110 - devices, not files
