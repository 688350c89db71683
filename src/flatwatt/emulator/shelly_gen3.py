"""A Shelly Plug S Gen3: RPC over HTTP and over a WebSocket that pushes."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

from aiohttp import WSMessage, WSMsgType, web

from flatwatt.emulator.base import EmulatedPlug, hang_up
from flatwatt.emulator.digest import Digest
from flatwatt.emulator.listener import Listener

VERSION = "1.7.5"
METHODS = (
    "Shelly.GetStatus",
    "Shelly.GetDeviceInfo",
    "Shelly.GetConfig",
    "Shelly.GetComponents",
    "Shelly.ListMethods",
)
OPEN_METHODS = ("shelly.getdeviceinfo",)
NO_HANDLER = 404
UNAUTHORIZED = 401


class Answer(Protocol):
    """Makes the result of a method."""

    def __call__(self) -> dict[str, Any]:
        """Return it."""
        ...


@dataclass(eq=False)
class ShellyGen3(EmulatedPlug):
    """Speaks `/shelly`, `/rpc/<Method>`, `POST /rpc` and the WebSocket `/rpc`.

    Attributes:
        component: what measures: `switch:0`, or `pm1:0` as on a plug without a relay.
        push_s: real seconds between two looks at the load; shorter for a fast clock.
        sockets: whether `/rpc` can be upgraded to a WebSocket.
        gen: generation it says it is of.
    """

    component: str = "switch:0"
    push_s: float = 2.0
    sockets: bool = True
    gen: int = 3
    _listeners: set[Listener] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._digest = Digest(self.id, self.password)

    def status(self, at_ms: int) -> dict[str, Any]:
        """Return `Shelly.GetStatus`."""
        return {
            "ble": {},
            "cloud": {"connected": False},
            "mqtt": {"connected": False},
            self.component: self.meter(at_ms),
            "sys": {
                "mac": self.mac,
                "restart_required": False,
                "unixtime": at_ms // 1000,
                "uptime": self.uptime_s(at_ms),
                "ram_size": 262_000,
                "ram_free": 128_000,
                "cfg_rev": 1,
                "kvs_rev": 0,
                "schedule_rev": 0,
                "webhook_rev": 0,
                "available_updates": {},
            },
            "wifi": {"sta_ip": "127.0.0.1", "status": "got ip", "ssid": "flat", "rssi": -55},
            "ws": {"connected": False},
        }

    @property
    def id(self) -> str:
        """The plug's id, which is also the digest's realm."""
        return f"shellyplugsg3-{self.mac.lower()}"

    def kept_wh(self, counter_wh: float, at_ms: int) -> float:  # noqa: ARG002
        """A restart drops what is behind the point."""
        return float(int(counter_wh))

    def reboot(self, at_ms: int | None = None) -> None:
        """Restart: also breaks the open lines and forgets the nonces."""
        super().reboot(at_ms)
        self.forget_nonces()
        self.drop_lines()

    def forget_nonces(self) -> None:
        """Make every nonce stale, so that the next question is challenged anew."""
        self._digest.forget()

    def drop_lines(self) -> None:
        """Break every open WebSocket."""
        for listener in self._listeners:
            hang_up(listener.request)

    def add_routes(self, app: web.Application) -> None:
        """Add the plug's addresses."""
        app.router.add_get("/shelly", self._shelly)
        app.router.add_get("/rpc/{method}", self._rpc_get)
        app.router.add_get("/rpc", self._rpc_socket)
        app.router.add_post("/rpc", self._rpc_post)

        async def stop(_app: web.Application) -> None:
            self.drop_lines()

        app.on_shutdown.append(stop)

    def call(self, method: object, at_ms: int) -> dict[str, Any]:
        """Return `{"result": …}` or `{"error": …}` of an RPC method."""
        known: dict[str, Answer] = {
            "shelly.getdeviceinfo": self.about,
            "shelly.getstatus": lambda: self.status(at_ms),
            "shelly.getconfig": self.config,
            "shelly.getcomponents": lambda: {
                "components": [],
                "cfg_rev": 1,
                "offset": 0,
                "total": 0,
            },
            "shelly.listmethods": lambda: {"methods": list(METHODS)},
            f"{self._kind}.getstatus": lambda: self.meter(at_ms),
        }
        answer = known.get(str(method).lower())
        if answer is None:
            return {"error": {"code": NO_HANDLER, "message": f"No handler for {method}"}}
        return {"result": answer()}

    def about(self) -> dict[str, Any]:
        """Return `Shelly.GetDeviceInfo`, which stays open under a password."""
        return {
            "name": None,
            "id": self.id,
            "mac": self.mac,
            "slot": 0,
            "model": "S3PL-00112EU",
            "gen": self.gen,
            "fw_id": "20260311-100017/1.7.5-gemulated",
            "ver": VERSION,
            "app": "PlugSG3",
            "auth_en": bool(self.password),
            "auth_domain": self.id if self.password else None,
        }

    def config(self) -> dict[str, Any]:
        """Return `Shelly.GetConfig`."""
        return {
            "ble": {"enable": False},
            "cloud": {"enable": False},
            "mqtt": {"enable": False},
            self.component: {"id": 0, "name": None},
            "sys": {"device": {"name": None, "mac": self.mac}, "cfg_rev": 1},
            "wifi": {"sta": {"ssid": "flat", "enable": True}},
            "ws": {"enable": False},
        }

    def meter(self, at_ms: int) -> dict[str, Any]:
        """Return the status of the measuring component."""
        said = {"id": 0, **self.measured(at_ms), **self.counters(at_ms)}
        return said if self._kind == "pm1" else {"source": "init", "output": True, **said}

    def measured(self, at_ms: int) -> dict[str, Any]:
        """Return the fields that follow the load."""
        power_w, voltage_v = self.power_w(at_ms), self.voltage_v(at_ms)
        return {
            "apower": round(power_w, 1),
            "voltage": voltage_v,
            "freq": 50.0,
            "current": round(abs(power_w) / voltage_v, 3),
        }

    def counters(self, at_ms: int) -> dict[str, Any]:
        """Return the fields that are told once a minute; minutes are in mWh."""
        minute_ms = at_ms - at_ms % 60_000
        ends = [minute_ms - 60_000 * back for back in range(4)]
        totals = [self.load.energy_wh(end_ms) for end_ms in ends]
        minutes = [round((new - old) * 1000, 3) for new, old in pairwise(totals)]
        total = {"total": round(self.counter_wh(at_ms), 3)}
        return {"aenergy": {**total, "by_minute": minutes, "minute_ts": minute_ms // 1000}}

    @property
    def _kind(self) -> str:
        return self.component.partition(":")[0]

    def _shut(self, method: object, auth: object) -> bool:
        """Whether a frame may not be answered for want of the password."""
        if not self.password or str(method).lower() in OPEN_METHODS:
            return False
        return not self._digest.frame_holds(auth)

    async def _shelly(self, _request: web.Request) -> web.Response:
        return web.json_response(self.about())

    async def _rpc_get(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if self._locked(request, method):
            return self._challenge()
        said = self.call(method, self.now_ms())
        if "error" in said:
            return web.json_response(said["error"], status=NO_HANDLER)
        return web.json_response(said["result"])

    async def _rpc_post(self, request: web.Request) -> web.Response:
        try:
            frame = json.loads(await request.read())
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            return web.Response(status=400)
        if self._locked(request, frame.get("method")):
            return self._challenge()
        said = self.call(frame.get("method"), self.now_ms())
        return web.json_response({"id": frame.get("id"), "src": self.id, **said})

    def _locked(self, request: web.Request, method: object) -> bool:
        if not self.password or str(method).lower() in OPEN_METHODS:
            return False
        header = request.headers.get("Authorization", "")
        return not self._digest.header_holds(header, request.method, request.path_qs)

    def _challenge(self) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": self._digest.header()})

    async def _rpc_socket(self, request: web.Request) -> web.StreamResponse:
        if not self.sockets:
            return web.Response(status=404)
        listener = Listener(web.WebSocketResponse(), request, self.faults)
        await listener.socket.prepare(request)
        self._listeners.add(listener)
        pushing = asyncio.create_task(self._push(listener))
        try:
            async for message in listener.socket:
                await self._hear(listener, message)
        finally:
            pushing.cancel()
            self._listeners.discard(listener)
            await asyncio.gather(pushing, return_exceptions=True)
        return listener.socket

    async def _hear(self, listener: Listener, message: WSMessage) -> None:
        """Answer one frame."""
        if message.type is not WSMsgType.TEXT:
            return
        try:
            frame = json.loads(message.data)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        method, src = frame.get("method"), frame.get("src")
        envelope = {"id": frame.get("id"), "src": self.id, "dst": src}
        if self._shut(method, frame.get("auth")):
            error = {"code": UNAUTHORIZED, "message": self._digest.message()}
            await listener.send({**envelope, "error": error})
            return
        await listener.send({**envelope, **self.call(method, self.now_ms())})
        if isinstance(src, str) and str(method).lower() not in OPEN_METHODS:
            listener.listen(src, self.load.power_w(self.now_ms()), self.now_ms())

    async def _push(self, listener: Listener) -> None:
        """Tell what has changed, look by look, until cancelled or cut off."""
        while True:
            await asyncio.sleep(self.push_s)
            if self.faults.refuse:
                hang_up(listener.request)
                return
            if listener.src:
                await self._tell(listener, self.now_ms())

    async def _tell(self, listener: Listener, at_ms: int) -> None:
        if listener.power_changed(self.load.power_w(at_ms)):
            await self._notify(listener, self.measured(at_ms), at_ms)
        if listener.counter_due(at_ms):
            await self._notify(listener, self.counters(at_ms), at_ms)

    async def _notify(self, listener: Listener, news: dict[str, Any], at_ms: int) -> None:
        params = {"ts": round(at_ms / 1000, 2), self.component: {"id": 0, **news}}
        envelope = {"src": self.id, "dst": listener.src, "method": "NotifyStatus"}
        await listener.send({**envelope, "params": params})
