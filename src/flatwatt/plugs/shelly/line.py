"""The RPC line to a Shelly: one WebSocket, one question at a time, pushes in between."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

import aiohttp

from flatwatt import wire
from flatwatt.errors import PlugNonsense, PlugRefused, PlugUnreachable
from flatwatt.plugs.shelly.parse import Json
from flatwatt.wire import child

USER = "admin"
METHOD = "Shelly.GetStatus"
REFUSED = 401
BUSY = (-109, -108, -104, 429)


class NoLine(Exception):
    """The plug speaks HTTP but offers no WebSocket: poll it."""


class News(StrEnum):
    """What a message on the line is."""

    FULL = "full"
    PART = "part"


@dataclass(slots=True)
class Question:
    """The question under way.

    Attributes:
        number: its id.
        deadline_s: of the event loop's clock.
        tries: how often its password was proven afresh.
    """

    number: int
    deadline_s: float
    tries: int = 0


@dataclass(slots=True)
class Line:
    """An open line; asks the whole status at once and then every interval.

    Attributes:
        socket: the WebSocket.
        host: for messages.
        name: the plug's name in the configuration.
        interval_s: from question to question.
        password: may be empty.
    """

    socket: aiohttp.ClientWebSocketResponse
    host: str
    name: str
    interval_s: float
    password: str = field(repr=False)
    _due_s: float = 0.0
    _count: int = 0
    _auth: Json | None = field(default=None, repr=False)
    _question: Question | None = None

    async def hear(self) -> tuple[News, object]:
        """Return the next status, whole or in part; may be cancelled and called again.

        Raises:
            PlugUnreachable, PlugNonsense, PlugRefused: the line is of no more use.
        """
        while True:
            frame = await self._next_frame()
            news = None if frame is None else await self._understand(frame)
            if news is not None:
                return news

    async def _next_frame(self) -> object:
        """Ask if it is time; return what came, None if nothing did."""
        now_s = asyncio.get_running_loop().time()
        if self._question is None and now_s >= self._due_s:
            self._due_s = now_s + self.interval_s
            self._question = Question(0, now_s + wire.TIMEOUT_S)
            await self._ask(self._question)
        until_s = self._question.deadline_s if self._question else self._due_s
        try:
            message = await self._receive(until_s - now_s)
        except TimeoutError:
            if self._question is None:
                return None
            raise PlugUnreachable(
                f"{self.name}: {self.host} stopped answering; is the plug on the Wi-Fi?"
            ) from None
        return wire.parse_json(message, self.name, f"ws://{self.host}")

    async def _receive(self, wait_s: float) -> bytes:
        if wait_s <= 0.0:
            raise TimeoutError
        message = await self.socket.receive(timeout=wait_s)
        if message.type is aiohttp.WSMsgType.TEXT:
            return str(message.data).encode()
        raise PlugUnreachable(f"{self.name}: {self.host} closed the line; did the plug restart?")

    async def _ask(self, question: Question) -> None:
        self._count += 1
        question.number = self._count
        frame: Json = {"id": self._count, "src": f"flatwatt-{self.name}", "method": METHOD}
        if self._auth is not None:
            frame["auth"] = self._auth
        try:
            await self.socket.send_str(json.dumps(frame))
        except (aiohttp.ClientError, OSError):
            raise PlugUnreachable(f"{self.name}: the line to {self.host} is broken") from None

    async def _understand(self, frame: object) -> tuple[News, object] | None:
        """Return a status in a frame; None for what is not for us."""
        if not isinstance(frame, dict):
            raise PlugNonsense(f"{self.name}: {self.host} does not speak Shelly's RPC")
        method = frame.get("method")
        if method == "NotifyStatus":
            return News.PART, frame.get("params")
        if method == "NotifyFullStatus":
            return News.FULL, frame.get("params")
        if self._question is None or frame.get("id") != self._question.number:
            return None
        return await self._answered(self._question, frame)

    async def _answered(self, question: Question, frame: Json) -> tuple[News, object] | None:
        if "error" in frame:
            await self._complain(question, frame["error"])
            return None
        self._question = None
        return News.FULL, frame.get("result")

    async def _complain(self, question: Question, error: object) -> None:
        """Prove the password once for a 401, and raise for everything else."""
        code = child(error, "code")
        if code == REFUSED:
            return await self._prove(question, child(error, "message"))
        said = f"error {wire.text(str(code), 12)}: {wire.text(child(error, 'message'))}"
        if code in BUSY or (isinstance(code, int) and code >= 500):
            raise PlugUnreachable(f"{self.name}: {self.host} is busy ({said}); asking again later")
        raise PlugNonsense(f"{self.name}: {self.host} does not know {METHOD} ({said})")

    async def _prove(self, question: Question, challenge: object) -> None:
        # A nonce grows old, so one refusal is ordinary; a second one is the password.
        question.tries += 1
        self._auth = None
        if self.password:
            self._auth = answer_challenge(challenge, self.password, secrets.randbelow(2**31))
        if question.tries > 1 or self._auth is None:
            raise PlugRefused(
                f"{self.name}: {self.host} refused the password; "
                f"set it in secrets.toml under [plugs.{self.name}]"
            )
        await self._ask(question)


async def open_line(
    session: aiohttp.ClientSession, url: str, name: str, interval_s: float, password: str
) -> Line:
    """Open the line; nothing is asked yet.

    Args:
        session: from `wire.new_session`.
        url: `http://host/rpc`.
        name: the plug's name, for messages.
        interval_s: from question to question.
        password: may be empty.

    Raises:
        NoLine: there is HTTP but no WebSocket.
        PlugUnreachable, PlugRefused: as `wire.get_json`.
    """
    host = wire.host_of(url)
    try:
        socket = await session.ws_connect(url, max_msg_size=wire.MAX_BYTES, autoclose=True)
    except aiohttp.WSServerHandshakeError as error:
        if error.status in (*wire.HTTP_REFUSED, 429) or error.status >= 500:
            wire.check_status(error.status, name, url)
        raise NoLine from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise PlugUnreachable(
            f"{name}: no line to {host}; is the plug on the Wi-Fi and the address still right?"
        ) from None
    return Line(socket, host, name, interval_s, password)


def answer_challenge(message: object, password: str, cnonce: int) -> Json | None:
    """Return the `auth` of a frame for a 401's message, None where it is no challenge.

    Args:
        message: JSON text with realm, nonce, nc (a number or text) and algorithm.
        password: of the plug's user `admin`.
        cnonce: a number of our own, not used before.
    """
    try:
        asked = json.loads(message) if isinstance(message, str) else message
    except (ValueError, RecursionError):
        return None
    nonce, realm = child(asked, "nonce"), child(asked, "realm")
    if not isinstance(nonce, str | int) or not isinstance(realm, str):
        return None
    if child(asked, "algorithm") not in {None, "SHA-256"}:
        return None
    count = child(asked, "nc")
    count = count if isinstance(count, str | int) else 1
    ha1 = _hash(f"{USER}:{realm}:{password}")
    ha2 = _hash("dummy_method:dummy_uri")
    return {
        "realm": realm,
        "username": USER,
        "nonce": nonce,
        "cnonce": cnonce,
        "response": _hash(f"{ha1}:{nonce}:{count}:{cnonce}:auth:{ha2}"),
        "algorithm": "SHA-256",
    }


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()
