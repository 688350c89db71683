"""A Shelly plug of the second generation and later, pushed or polled."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import aiohttp
from msgspec import Meta

from flatwatt import wire
from flatwatt.drivers import Context
from flatwatt.errors import PlugError
from flatwatt.model import Identity, Reading
from flatwatt.plugs.shelly.line import METHOD, USER, Line, News, NoLine, open_line
from flatwatt.plugs.shelly.parse import (
    FAMILY,
    About,
    Component,
    Json,
    meter_of,
    news_of,
    parse_about,
    parse_meter,
    parse_status,
    told,
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the configuration may say.

    Attributes:
        host: address or name, with `:port` where it is not 80.
        password: of the plug's own page; its user is always `admin`.
        channel: number of the meter, from 0; a power strip has 0 to 3.
        mode: `push` keeps a line open, `poll` asks every interval.
        component: what measures; found by itself.
    """

    host: str
    password: str = field(default="", repr=False)
    channel: Annotated[int, Meta(ge=0, le=15)] = 0
    mode: Literal["push", "poll"] = "push"
    component: Component = "auto"


class ShellyPlug:
    """One meter of one Shelly."""

    def __init__(self, options: Options, context: Context) -> None:
        self._options = options
        self._context = context
        self._base = wire.base_url(options.host)
        self._session: aiohttp.ClientSession | None = None
        self._polled = options.mode == "poll"
        self._due_s = 0.0
        self._about: About | None = None
        self._line: Line | None = None
        self._plug = ""
        self._part: Json = {}

    async def read(self) -> Sequence[Reading]:
        """Wait for news; see `flatwatt.drivers.Plug`."""
        try:
            if not self._polled:
                return (await self._hear(),)
        except NoLine:
            self._polled = True
        except PlugError:
            await self._hang_up()
            raise
        return (await self._poll(),)

    async def identify(self) -> Identity:
        """Ask who it is; needs no password."""
        about = await self._who()
        return Identity(
            plug=wire.plug_id(FAMILY, about.mac, self._options.channel, self._context.name),
            model=about.model,
            firmware=about.firmware,
            label=about.label,
        )

    async def close(self) -> None:
        """Close the line and the connection."""
        await self._hang_up()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _hear(self) -> Reading:
        """Return the next reading of the line, opening it first if need be."""
        line = self._line or await self._dial()
        while True:
            news, payload = await line.hear()
            if news is News.FULL:
                return self._whole(payload)
            reading = self._partly(payload)
            if reading is not None:
                return reading

    async def _dial(self) -> Line:
        self._about = await self._who()
        self._part = {}
        self._line = await open_line(
            self._http(),
            f"{self._base}/rpc",
            self._context.name,
            self._context.interval_s,
            self._options.password,
        )
        return self._line

    async def _hang_up(self) -> None:
        line, self._line = self._line, None
        self._about = None  # another plug may have the address by the time it answers
        if line is not None:
            await line.socket.close()

    async def _poll(self) -> Reading:
        """Ask once, an interval after the last time."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._due_s - loop.time())
        self._due_s = loop.time() + self._context.interval_s
        try:
            if self._about is None:
                self._about = await self._who()
            return self._whole(await self._get(f"/rpc/{METHOD}"))
        except PlugError:
            self._about = None
            raise

    def _whole(self, payload: object) -> Reading:
        options, name = self._options, self._context.name
        reading = parse_status(
            payload,
            name=name,
            at_ms=self._context.now_ms(),
            channel=options.channel,
            about=self._about or About(),
            component=options.component,
        )
        self._plug = reading.plug
        self._part = meter_of(payload, options.channel, options.component, name)
        return reading

    def _partly(self, payload: object) -> Reading | None:
        """Return a reading of a push; None when it says nothing new of the meter."""
        news = news_of(payload, self._options.channel, self._options.component)
        if not self._part or not news:
            return None
        self._part = {**self._part, **news}
        if not {"apower", "aenergy"} & set(news):
            return None
        return parse_meter(
            told(self._part, news),
            name=self._context.name,
            at_ms=self._context.now_ms(),
            plug=self._plug,
            gen=self._about.gen if self._about else 2,
        )

    async def _who(self) -> About:
        return parse_about(await self._get("/shelly"), self._context.name)

    async def _get(self, path: str) -> object:
        return await wire.get_json(self._http(), self._base + path, self._context.name)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            password = self._options.password
            digest = (aiohttp.DigestAuthMiddleware(USER, password),) if password else ()
            self._session = wire.new_session(middlewares=digest)
        return self._session
