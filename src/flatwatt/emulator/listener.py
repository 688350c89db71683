"""Who listens on an emulated Shelly's WebSocket, and what they have been told."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from flatwatt.emulator.base import Faults

PUSH_CHANGE = 0.01
PUSH_CHANGE_W = 0.1
COUNTER_EVERY_MS = 60_000


@dataclass(eq=False, slots=True)
class Listener:
    """One open WebSocket.

    Attributes:
        socket: the WebSocket.
        request: what opened it, to break it.
        faults: of the plug.
        src: who listens; nothing is pushed before somebody has asked something.
        power_w: the power last told.
        counter_ms: when the counter was last told.
    """

    socket: web.WebSocketResponse
    request: web.Request
    faults: Faults
    src: str = ""
    power_w: float = 0.0
    counter_ms: int = 0

    def listen(self, src: str, power_w: float, at_ms: int) -> None:
        """Begin to push to `src`, or go on; an answer has just told the power."""
        self.power_w = power_w
        if not self.src:
            self.counter_ms = at_ms
        self.src = src

    def power_changed(self, power_w: float) -> bool:
        """Whether the power is worth a push; remembers it if so."""
        worth = abs(power_w - self.power_w) >= max(PUSH_CHANGE_W, PUSH_CHANGE * self.power_w)
        if worth:
            self.power_w = power_w
        return worth

    def counter_due(self, at_ms: int) -> bool:
        """Whether the counter is due; remembers it if so."""
        due = at_ms - self.counter_ms >= COUNTER_EVERY_MS
        if due:
            self.counter_ms = at_ms
        return due

    async def send(self, frame: dict[str, Any]) -> None:
        """Send a frame as well as the faults allow."""
        if self.faults.slow_s:
            await asyncio.sleep(self.faults.slow_s)
        body = self.faults.spoil(json.dumps(frame).encode())
        await self.socket.send_str(body.decode(errors="replace"))
