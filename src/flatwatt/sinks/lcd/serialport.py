"""An open serial port for asyncio: a thread reads, because Windows cannot wait otherwise."""

import asyncio
import errno
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from flatwatt.errors import DisplayError
from flatwatt.sinks.lcd.ports import no_pyserial

if TYPE_CHECKING:
    import serial

try:
    import termios

    _NOT_SET: type[Exception] = termios.error
except ImportError:  # Windows
    _NOT_SET = OSError

BAUD = 115200
GONE = (OSError, TypeError, ValueError, _NOT_SET)
"""What pyserial raises when a port vanishes: SerialException is an OSError; TypeError and
ValueError come from a descriptor closed under it, termios.error from any setting of it."""
_READ_S = 0.1
_BUSY = (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK)
_DENIED = (errno.EACCES, errno.EPERM)


def open_port(device: str, baud: int = BAUD, timeout_s: float = _READ_S) -> "serial.Serial":
    """Open a port for ourselves alone; this resets most boards.

    Raises:
        DisplayError: no pyserial, no such port, no permission, in use.
    """
    try:
        import serial  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise no_pyserial() from error
    try:
        return serial.Serial(device, baud, timeout=timeout_s, write_timeout=2, exclusive=True)
    except GONE as error:
        raise DisplayError(_why_not(device, error)) from error


def _why_not(device: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number in _DENIED:
        return (
            f"{device}: no permission; join the group that owns it: "
            "sudo usermod -aG dialout $USER, then log out and in again"
        )
    if number in _BUSY or "lock port" in str(error) or "PermissionError(13" in str(error):
        return (
            f"{device} is in use by another program; close it (flatwatt run, the Arduino "
            "IDE's serial monitor, a printer host)"
        )
    if number in {errno.ENOENT, errno.ENODEV, errno.ENXIO}:
        return f"{device} is not there; is the board plugged in? see: flatwatt display ports"
    return f"{device} cannot be opened as a serial port ({error}); see: flatwatt display ports"


class AsyncPort:
    """An open port: what it says is called back in the loop, writing is awaited.

    Args:
        device: to open; blocks a moment, so make it in a thread.
        loop: whose callbacks are called.
        heard: gets bytes as they come.
        lost: called once when the port fails or vanishes.
    """

    def __init__(
        self,
        device: str,
        loop: asyncio.AbstractEventLoop,
        heard: Callable[[bytes], None],
        lost: Callable[[Exception], None],
    ) -> None:
        self._device = device
        self._raw = open_port(device)
        self._loop = loop
        self._heard = heard
        self._lost = lost
        self._leaving = threading.Event()
        self._reader = threading.Thread(target=self._read, name=f"display {device}", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            while not self._leaving.is_set():
                data = self._raw.read(max(1, min(self._raw.in_waiting, 4096)))
                if data:
                    self._loop.call_soon_threadsafe(self._heard, data)
        except GONE as error:
            if not self._leaving.is_set():
                self._loop.call_soon_threadsafe(self._lost, error)

    async def write(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            DisplayError: the port is gone or takes nothing.
        """
        try:
            await asyncio.to_thread(self._raw.write, data)
        except GONE as error:
            raise gone(self._device) from error

    def close(self) -> None:
        """Let go of the port; blocks a moment."""
        self._leaving.set()
        self._reader.join(timeout=5 * _READ_S)
        for letting_go in (self._raw.reset_output_buffer, self._raw.close):
            try:
                letting_go()
            except GONE:
                continue


def gone(device: str) -> DisplayError:
    """Return the error for a port that failed while it was open."""
    return DisplayError(f"the board on {device} is gone; was it unplugged? Plug it in again")
