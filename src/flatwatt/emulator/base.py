"""What all emulated plugs share: a load, a counter, a restart, and ways to misbehave."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Protocol

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAINS_V = 230.0
GARBAGE = b"\x00\xff<html>this is no plug"


class Load(Protocol):
    """What hangs on the plug: pure functions of time."""

    def power_w(self, at_ms: int) -> float:
        """Return active power in W."""
        ...

    def energy_wh(self, at_ms: int) -> float:
        """Return the energy drawn since the load's beginning in Wh; never falls."""
        ...


@dataclass(slots=True)
class Faults:
    """Switches; each acts from the next request or frame until it is switched off.

    Attributes:
        refuse: drop every connection without a word.
        slow_s: wait so many seconds before each answer.
        garbage: answer bytes that are no JSON.
        half_json: answer the first half of the JSON.
        status: answer this HTTP status and nothing else; 0 for none.
        nan: say NaN for the power.
    """

    refuse: bool = False
    slow_s: float = 0.0
    garbage: bool = False
    half_json: bool = False
    status: int = 0
    nan: bool = False

    def spoil(self, body: bytes) -> bytes:
        """Return what is left of an answer."""
        if self.garbage:
            return GARBAGE
        return body[: len(body) // 2] if self.half_json else body


@dataclass(eq=False)
class EmulatedPlug(ABC):
    """One plug with one load.

    Attributes:
        load: what hangs on it.
        now_ms: the plug's clock, ms of Unix time.
        mac: twelve hex digits.
        password: empty for an open plug.
        faults: shared with whoever switches them.
        boot_ms: when it was last plugged in; now if not given.
    """

    load: Load
    now_ms: Callable[[], int]
    _: KW_ONLY
    mac: str
    password: str = field(default="", repr=False)
    faults: Faults = field(default_factory=Faults)
    boot_ms: int = 0
    _lost_wh: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.mac = self.mac.upper()
        self.boot_ms = self.boot_ms or self.now_ms()

    @abstractmethod
    def status(self, at_ms: int) -> dict[str, Any]:
        """Return the JSON with the figures as the plug would say it at `at_ms`."""

    @abstractmethod
    def add_routes(self, app: web.Application) -> None:
        """Add the plug's addresses to an application."""

    @abstractmethod
    def kept_wh(self, counter_wh: float, at_ms: int) -> float:
        """Return what is left in Wh of a counter after a power cut at `at_ms`."""

    def app(self) -> web.Application:
        """Return the plug as a server, to be given to `serve`."""

        @web.middleware
        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._misbehave(request, handler)

        app = web.Application(middlewares=[misbehave])
        self.add_routes(app)
        return app

    def reboot(self, at_ms: int | None = None) -> None:
        """Cut the power for a moment, now or at `at_ms`."""
        at_ms = self.now_ms() if at_ms is None else at_ms
        counter_wh = self.counter_wh(at_ms)
        self._lost_wh += counter_wh - self.kept_wh(counter_wh, at_ms)
        self.boot_ms = at_ms

    def reset_counter(self, at_ms: int | None = None) -> None:
        """Set the counter to 0 as the owner may, without a restart."""
        self._lost_wh += self.counter_wh(self.now_ms() if at_ms is None else at_ms)

    def counter_wh(self, at_ms: int) -> float:
        """Return the counter in Wh before the plug rounds it."""
        return max(0.0, self.load.energy_wh(at_ms) - self._lost_wh)

    def power_w(self, at_ms: int) -> float:
        """Return the power in W as measured: NaN if so told."""
        return float("nan") if self.faults.nan else self.load.power_w(at_ms)

    def voltage_v(self, at_ms: int) -> float:
        """Return a mains voltage in V that wanders a little every ten seconds."""
        wander = (at_ms // 10_000 * 2_654_435_761 % 2**32) / 2**32
        return round(MAINS_V - 1.5 + 3.0 * wander, 1)

    def uptime_s(self, at_ms: int) -> int:
        """Return whole seconds since the restart."""
        return max(0, at_ms - self.boot_ms) // 1000

    async def _misbehave(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        faults = self.faults
        if faults.slow_s:
            await asyncio.sleep(faults.slow_s)
        if faults.refuse:
            hang_up(request)
            return web.Response()
        if faults.status:
            return web.Response(status=faults.status)
        response = await handler(request)
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            response.body = faults.spoil(response.body)
        return response


def hang_up(request: web.Request) -> None:
    """Break the connection of a request at once, as a pulled plug does."""
    if request.transport is not None:
        request.transport.abort()
