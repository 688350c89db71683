"""Trying a board out with a person at it: glyphs, pages, buttons."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC

from flatwatt.errors import DisplayError
from flatwatt.report.wording import Language
from flatwatt.sinks.lcd import ports
from flatwatt.sinks.lcd.cells import Glyph, Page, framed, page
from flatwatt.sinks.lcd.link import LcdDisplay, Options

CONNECT_S = 12.0
SETTLE_S = 5.0
LOOK_S = 2.0
ASKED = (
    ("A", "pressed", "Press button A (next page)"),
    ("B", "pressed", "Press button B (page back)"),
    ("B", "held", "Hold button B for a second"),
)
PAGES: dict[int, Page] = {
    0: page("flatwatt display", "all well?  1234W"),
    1: page("".join(Glyph) + "  glyphs", "bolt euro degree"),
    2: page("ABCDEFGHIJKLMNOP", "abcdefghijklmnop"),
    3: page("QRSTUVWXYZ 01234", "qrstuvwxyz 56789"),
    4: page("!\"#$%&'()*+,-./:", ";<=>?@[]^_`{|}"),
    5: page(Glyph.BAR_5 * 16, Glyph.BAR_5 * 16),
}
TOLD = {
    0: "a greeting",
    1: "eight glyphs: bolt, euro, degree, five widths of a bar",
    2: "letters",
    3: "letters and digits",
    4: "signs",
    5: "all 160 columns filled: no dead dot?",
}


class Trial:
    """One trial of one board.

    Args:
        port: as in `Options`.
        language: of the pages; the trial itself speaks English.
        say: prints a line for the person.
        patience_s: how long to wait for each button.
        find: lists the ports.
        look_s: how long each page stays; 2 s where None.
    """

    def __init__(
        self,
        port: str,
        language: Language,
        *,
        say: Callable[[str], object],
        patience_s: float = 20.0,
        find: Callable[[], Sequence[ports.Port]] = ports.list_ports,
        look_s: float | None = None,
    ) -> None:
        self._say = say
        self._patience_s = patience_s
        self._look_s = LOOK_S if look_s is None else look_s
        self._seen: list[tuple[str, str]] = []
        self._news = asyncio.Event()
        self._display = LcdDisplay(
            Options(port), language=language, zone=UTC, buttons=self._pressed, find=find
        )

    async def run(self) -> bool:
        """Return whether everything was seen.

        Raises:
            DisplayError: no board answers.
        """
        running = asyncio.create_task(self._display.run())
        fresh = asyncio.create_task(self._keep_fresh())
        try:
            await self._connect()
            shown = await self._walk()
            pressed = [await self._ask(*each) for each in ASKED]
        finally:
            for task in (running, fresh):
                task.cancel()
            await asyncio.gather(running, fresh, return_exceptions=True)
        well = shown and all(pressed)
        self._say("All well." if well else "Not all was seen: docs/display.md, Troubleshooting.")
        return well

    async def _connect(self) -> None:
        display = self._display
        await _until(lambda: display.port is not None or display.trouble is not None, CONNECT_S)
        if display.port is None:
            raise DisplayError(self._display.trouble or "no board has answered; try again")
        hello, port = self._display.talk.hello, self._display.port
        if hello is not None and port is not None:
            self._say(f"{hello.name} {hello.version} answers on {port.device}")

    async def _keep_fresh(self) -> None:
        while True:
            self._display.put(PAGES)
            await asyncio.sleep(1)

    async def _walk(self) -> bool:
        talk = self._display.talk
        well = await _until(lambda: talk.settled, SETTLE_S)
        for slot, shown in PAGES.items():
            self._display.turn_to(slot)
            arrived = await _until(lambda slot=slot: talk.visible == slot, SETTLE_S)  # type: ignore[misc]
            self._say(f"page {slot}: {TOLD[slot]}" + ("" if arrived else " - NOT SHOWN"))
            self._say(framed(shown))
            well = well and arrived
            await asyncio.sleep(self._look_s)
        return well

    async def _ask(self, button: str, kind: str, words: str) -> bool:
        self._seen.clear()
        self._say(f"{words} …")
        found = await self._saw(button, kind)
        others = sorted({f"{name} {what}" for name, what in self._seen} - {f"{button} {kind}"})
        note = f" (also seen: {', '.join(others)})" if others and not found else ""
        self._say(f"  button {button} {kind}: {'seen' if found else 'NOT SEEN'}{note}")
        return found

    async def _saw(self, button: str, kind: str) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                while (button, kind) not in self._seen:
                    self._news.clear()
                    await self._news.wait()
        return (button, kind) in self._seen

    def _pressed(self, button: str, kind: str) -> None:
        self._seen.append((button, kind))
        self._news.set()


async def _until(done: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; return whether it is."""
    for _ in range(int(seconds / 0.02)):
        if done():
            return True
        await asyncio.sleep(0.02)
    return done()
