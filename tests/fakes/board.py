"""A display board on a pseudo-terminal: speaks the protocol as firmware does, on the PC.

It resets when its port is opened, as DTR does on a real board. Written from the protocol,
not from the host's code: only the CRC comes from the standard library.
"""

import os
import re
import select
import threading
import time
import tty
from binascii import crc_hqx
from collections import deque
from pathlib import Path

LINE = re.compile(rb"([^$*]*)\*([0-9A-F]{4})")


class Board:
    """Attributes tell what a person would see: `pages`, `glyphs`, `visible`, `resets`."""

    def __init__(self, link: Path, boot_s: float = 0.1) -> None:
        self.link = link
        self.boot_s = boot_s
        self.resets = 0
        self.lose = lambda said: False
        self.voice: bytes | None = None
        self.heard: list[bytes] = []
        self.executed: list[bytes] = []
        self.bad = 0
        self._lock = threading.RLock()
        self._forget()
        self._leave = threading.Event()
        self._plugged = False
        self._thread = threading.Thread(target=self._live, daemon=True)
        self.plug_in(link)
        self._thread.start()

    # --- what a person does and sees ----------------------------------------------

    def press(self, button: str, kind: int) -> None:
        with self._lock:
            self.queue.append((self.next_number, button, kind))
            self.next_number = (self.next_number + 1) % 256
            self.told_at = 0.0

    def reset(self) -> None:
        with self._lock:
            self._reset()

    def unplug(self) -> None:
        with self._lock:
            self._plugged = False
            os.close(self._master)
            self.link.unlink()
            self._forget()

    def plug_in(self, link: Path) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        path = os.ttyname(slave)
        os.close(slave)  # opened once and closed: from now on the master sees a hang-up
        with self._lock:
            self._master, self._open, self._plugged = master, False, True
            link.symlink_to(path)
            self.link = link

    def close(self) -> None:
        self._leave.set()
        self._thread.join()
        if self._plugged:
            os.close(self._master)

    def glass(self) -> str:
        with self._lock:
            return "" if self.visible is None else self.pages[self.visible]

    # --- the board ----------------------------------------------------------------

    def _forget(self) -> None:
        self.pages: dict[int, str] = {}
        self.fresh: dict[int, float] = {}
        self.glyphs: dict[int, str] = {}
        self.visible: int | None = None
        self.queue: deque[tuple[int, str, int]] = deque(maxlen=8)
        self.next_number = 0
        self.told_at = 0.0
        self.last: bytes | None = None
        self.last_answer = b""
        self.ready_at: float | None = None
        self.line: bytearray | None = None

    def _reset(self) -> None:
        self.resets += 1
        self._forget()
        self.ready_at = time.monotonic() + self.boot_s

    def _live(self) -> None:
        while not self._leave.is_set():
            with self._lock:
                busy = self._plugged and self._look()
            if not busy:
                time.sleep(0.003)

    def _look(self) -> bool:
        poller = select.poll()
        poller.register(self._master, select.POLLIN)
        found = poller.poll(0)
        flags = found[0][1] if found else 0
        hung_up = bool(flags & select.POLLHUP)
        if self._open != (not hung_up):
            self._open = not hung_up
            if self._open:
                self._reset()
        if flags & select.POLLIN:
            self._take(os.read(self._master, 4096))
        if self._open:
            self._speak()
        return bool(flags & select.POLLIN)

    def _speak(self) -> None:
        now = time.monotonic()
        if self.ready_at is not None and now >= self.ready_at:
            self.ready_at = None
            if self.voice is not None:
                os.write(self._master, self.voice)
            else:
                self._hello()
        if self.ready_at is None and self.queue and now - self.told_at >= 0.25:
            self.told_at = now
            self._say(
                b"K%02X%b%d" % (self.queue[0][0], self.queue[0][1].encode(), self.queue[0][2])
            )

    def _hello(self) -> None:
        self._say(b"Hflatwatt-uno 0.1.0 16x2 8 %04X" % (0x1200 + self.resets))

    def _say(self, body: bytes) -> None:
        if self.voice is None and not self.lose(body):
            os.write(self._master, b"$%b*%04X\n" % (body, crc_hqx(body, 0)))

    def _take(self, data: bytes) -> None:
        if self.ready_at is not None or self.voice is not None:
            return  # the bootloader swallows it; a stranger does not understand it
        for byte in data:
            if byte == 0x24:
                self.line = bytearray()
            elif self.line is not None and byte == 0x0A:
                self._line(bytes(self.line))
                self.line = None
            elif self.line is not None:
                self.line.append(byte)

    def _line(self, text: bytes) -> None:
        found = LINE.fullmatch(text)
        if found is None or int(found[2], 16) != crc_hqx(found[1], 0) or len(found[1]) > 150:
            self.bad += 1
            return
        body = found[1]
        self.heard.append(body)
        if body == b"?":
            self.last = None
            self._hello()
        elif body[:1] == b"a":
            if self.queue and self.queue[0][0] == int(body[1:3], 16):
                self.queue.popleft()
                self.told_at = 0.0
        elif body == self.last:
            self._say(self.last_answer)
        else:
            self.last = body
            self.executed.append(body)
            self.last_answer = self._do(chr(body[0]), body[1:3], body[3:])
            self._say(self.last_answer)

    def _do(self, command: str, number: bytes, rest: bytes) -> bytes:
        before = self.visible
        if command == "F":
            page, cells = int(rest[:1]), unescape(rest[1:])
            if len(cells) != 32 or page > 7:
                return b"N" + number + b"2"
            self.pages[page] = cells
            self.visible = page if self.visible is None else self.visible
        elif command == "G":
            self.glyphs[int(rest[:1])] = rest[1:].decode()
        elif command == "D":
            self.pages.pop(int(rest), None)
            if self.visible == int(rest):
                self.visible = min(self.pages, default=None)
        elif command == "P":
            if int(rest) not in self.pages:
                return b"N" + number + b"2"
            self.visible = int(rest)
        elif command != "T":
            return b"N" + number + b"1"
        if self.visible is not None and (command == "P" or before != self.visible):
            self._say(b"V%d" % self.visible)
        return b"A" + number


def unescape(sent: bytes) -> str:
    """Return cells as a person reads them; glyphs as letters in circles."""

    def cell(found: re.Match[bytes]) -> bytes:
        digits = found[1]
        return bytes([int(digits[1:], 16)]) if digits[:1] == b"x" else b"\x80" + digits

    parts = re.sub(rb"\\(x[0-9A-F]{2}|[0-7])", cell, sent).decode("latin-1")
    return re.sub("\x80([0-7])", lambda found: "ⓐⓑⓒⓓⓔⓕⓖⓗ"[int(found[1])], parts)
