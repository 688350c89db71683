"""A bootloader on a pseudo-terminal: STK500 version 1 as an UNO's Optiboot speaks it.

It listens after its port was opened, only at its own baud rate, and starts the sketch,
which says hello, when it is left.
"""

import os
import select
import termios
import threading
import time
import tty
from binascii import crc_hqx
from pathlib import Path

SPEEDS = {115200: termios.B115200, 57600: termios.B57600}
LENGTHS = {0x30: 2, 0x50: 2, 0x51: 2, 0x75: 2, 0x55: 4, 0x64: 133, 0x74: 5}


class Bootloader:
    def __init__(self, link: Path, *, baud=115200, signature=b"\x1e\x95\x0f", worn=None):
        self.flash = bytearray(b"\xff" * 32768)
        self.written: list[int] = []
        self.baud, self.signature, self.worn = baud, signature, worn
        self.started = False
        self._address = 0
        self._pending = bytearray()
        self._open = False
        self._master, slave = os.openpty()
        tty.setraw(slave)
        link.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def close(self):
        self._leave.set()
        self._thread.join()
        os.close(self._master)

    def _live(self):
        poller = select.poll()
        poller.register(self._master, select.POLLIN)
        while not self._leave.is_set():
            found = poller.poll(5)
            flags = found[0][1] if found else 0
            opened = not flags & select.POLLHUP
            if opened and not self._open:
                self._pending.clear()
                self.started = False
            self._open = opened
            if flags & select.POLLIN:
                self._take(os.read(self._master, 4096))
            elif not opened:
                time.sleep(0.003)

    def _take(self, data):
        if self.started or termios.tcgetattr(self._master)[4] != SPEEDS[self.baud]:
            return
        self._pending += data
        while self._pending:
            length = LENGTHS.get(self._pending[0])
            if length is None:
                del self._pending[0]
                continue
            if len(self._pending) < length:
                return
            command = bytes(self._pending[:length])
            del self._pending[:length]
            if command[-1] == 0x20:
                os.write(self._master, b"\x14" + self._do(command) + b"\x10")
                self._start_if_left(command)

    def _do(self, command):
        if command[0] == 0x75:
            return self.signature
        if command[0] == 0x55:
            self._address = 2 * int.from_bytes(command[1:3], "little")
        elif command[0] == 0x64:
            assert command[1:4] == b"\x00\x80F"
            self.flash[self._address : self._address + 128] = command[4:132]
            self.written.append(self._address)
            if self.worn is not None:
                self.flash[self.worn] = 0
        elif command[0] == 0x74:
            return bytes(self.flash[self._address : self._address + 128])
        return b""

    def _start_if_left(self, command):
        if command[0] == 0x51:
            self.started = True
            body = b"Hflatwatt-uno 0.1.0 16x2 8 00A7"
            os.write(self._master, b"$%b*%04X\n" % (body, crc_hqx(body, 0)))
