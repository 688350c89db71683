"""The display on a serial port: finds the board, keeps it showing the flat, finds it again."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from flatwatt.errors import DisplayError
from flatwatt.model import Snapshot
from flatwatt.report.wording import Language
from flatwatt.sinks import Extras
from flatwatt.sinks.lcd import pages as layout
from flatwatt.sinks.lcd import ports, wire
from flatwatt.sinks.lcd.cells import Page, plain
from flatwatt.sinks.lcd.serialport import AsyncPort, gone
from flatwatt.sinks.lcd.talk import Talk

log = logging.getLogger("flatwatt")
LOOK_S = 0.5
"""Seconds between two looks for a port: 0.5 to find, 1.5 to boot, the rest to push, is < 3."""
LOOK_AROUND_S = 10.0
PATIENCE_S = 30.0
"""A named port on which something else answers is tried again so late: it gets reset."""


class NotADisplay(DisplayError):
    """Something else, or nothing, answers on the port."""


@dataclass(frozen=True, slots=True)
class Options:
    """What `[display]` may say.

    Attributes:
        port: serial port; found by its USB ids where empty.
    """

    port: str = ""


def _ignore(_button: str, _kind: str) -> None:
    """Do nothing about a press."""


class LcdDisplay:
    """An LCD1602 behind an Arduino with flatwatt's firmware; a `sinks.Display`.

    Args:
        options: which port.
        language: of the pages.
        zone: of clock and dates.
        buttons: called in the loop with (`A` or `B`, `pressed`, `released` or `held`),
            once for each.
        find: lists the ports.

    Attributes:
        trouble: why nothing is shown, for a person; None while all is well or untried.
        talk: the conversation, for whoever wants its figures.
        port: where the board is; None while it is not.
    """

    def __init__(
        self,
        options: Options,
        *,
        language: Language,
        zone: tzinfo,
        buttons: Callable[[str, str], None] = _ignore,
        find: Callable[[], Sequence[ports.Port]] = ports.list_ports,
    ) -> None:
        self.trouble: str | None = None
        self.port: ports.Port | None = None
        self.talk = Talk(buttons)
        self._options = options
        self._language = language
        self._zone = zone
        self._find = find
        self._seats = layout.NO_SEATS
        self._known: ports.Port | None = None
        self._refused: set[str] = set()
        self._others: set[str] = set()
        self._stir = asyncio.Event()
        self._lost: Exception | None = None

    # --- what is shown ------------------------------------------------------------

    def show(self, now: Snapshot, extras: Extras) -> None:
        """Show this from now on; call it from the running loop, at least each 10 s."""
        self._seats = layout.seated(self._seats, now)
        self.put(layout.all_pages(now, extras, self._language, self._zone, self._seats))

    def put(self, pages: Mapping[int, Page]) -> None:
        """Show these pages from now on."""
        self.talk.put(pages, asyncio.get_running_loop().time())
        self._stir.set()

    def turn_to(self, slot: int) -> None:
        """Bring a page to the glass."""
        self.talk.turn_to(slot)
        self._stir.set()

    # --- keeping it going ---------------------------------------------------------

    async def run(self) -> None:
        """Find the board, talk to it, find it again when it is gone; until cancelled."""
        while True:
            wait_s = LOOK_S
            try:
                port = await asyncio.to_thread(self._look)
                await self._session(port)
            except ports.NoneLeft as error:
                if self.trouble is None:  # else it says more: what answers there
                    self._say(error)
            except NotADisplay as error:
                self._say(error)
                wait_s = PATIENCE_S if self._options.port or self._known else LOOK_S
            except DisplayError as error:
                self._say(error)
            await asyncio.sleep(wait_s)

    def _look(self) -> ports.Port:
        """Return the port to open; one with another device on it counts again once replugged."""
        found = self._find()
        present = {port.device for port in found}
        self._refused &= present
        self._others &= present
        refused = self._refused | self._others
        return ports.choose(found, self._options.port, self._known, refused)

    def _look_around(self, port: ports.Port) -> None:
        """Note what is plugged in beside the board.

        A printer with the same chip is not the board once that is unplugged.
        """
        with contextlib.suppress(DisplayError, OSError):
            self._others = {each.device for each in self._find()} - {port.device}

    async def _session(self, port: ports.Port) -> None:
        loop = asyncio.get_running_loop()
        self._lost = None
        # Before the thread starts: what it hears belongs to this session.
        self.talk.opened(loop.time())
        opening = asyncio.create_task(
            asyncio.to_thread(AsyncPort, port.device, loop, self._heard, self._gone)
        )
        try:
            opened = await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(DisplayError):
                (await opening).close()
            raise
        try:
            await self._converse(opened, port)
        finally:
            self.port = None
            self.talk.closed()
            await asyncio.to_thread(opened.close)

    async def _converse(self, opened: AsyncPort, port: ports.Port) -> None:
        loop = asyncio.get_running_loop()
        looked_s = float("-inf")
        while True:
            if self._lost is not None:
                raise gone(port.device) from self._lost
            if self.talk.overdue(loop.time()):
                raise self._nobody(port)
            self._stir.clear()
            if data := self.talk.due(loop.time()):
                await opened.write(data)
            if self.talk.hello is not None and self.port is None:
                self._welcome(port, self.talk.hello)
            if self.port is not None and loop.time() - looked_s >= LOOK_AROUND_S:
                looked_s = loop.time()
                await asyncio.to_thread(self._look_around, port)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.talk.wait_s(loop.time())):
                    await self._stir.wait()

    def _heard(self, data: bytes) -> None:
        self.talk.hear(data, asyncio.get_running_loop().time())
        self._stir.set()

    def _gone(self, error: Exception) -> None:
        self._lost = error
        self._stir.set()

    def _welcome(self, port: ports.Port, hello: wire.Hello) -> None:
        if (hello.columns, hello.rows) != (16, 2):
            self._refused.add(port.device)
            size = f"{hello.columns}x{hello.rows}"
            raise NotADisplay(
                f"{port.device}: {plain(hello.name)} is a display of {size} cells; "
                "flatwatt shows 16x2"
            )
        self.port = self._known = port
        if self.trouble is not None:
            log.warning("display: works again on %s", port.device)
        else:
            log.info("display: %s %s on %s", hello.name, hello.version, port.device)
        self.trouble = None

    def _nobody(self, port: ports.Port) -> DisplayError:
        """Return the error for a port on which nobody says hello."""
        if self.port is not None:
            return DisplayError(f"the display on {port.device} no longer answers; resetting it")
        if self._known is not None and port.same_board(self._known):
            return NotADisplay(
                f"the display on {port.device} does not answer after a reset; plug it in again"
            )
        self._refused.add(port.device)
        noise = plain(self.talk.decoder.noise.decode("latin-1")).strip()
        what = f"something else: {noise!r}" if self.talk.decoder.noise else "nothing in 4 s"
        return NotADisplay(
            f"{port.device} says {what}; it is no flatwatt display. If it is your board, write "
            f"the firmware: flatwatt display flash --port {port.device}, then plug it in again; "
            'if not, name the right port: port = "…" under [display]'
        )

    def _say(self, error: DisplayError) -> None:
        text = str(error)
        if text != self.trouble:
            log.warning("display: %s", text)
        self.trouble = text
