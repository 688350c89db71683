"""A Shelly Plug S of the first generation."""

from base64 import b64encode
from hmac import compare_digest
from typing import Any

from aiohttp import web

from flatwatt.emulator.base import EmulatedPlug, Handler

USER = "admin"
FIRMWARE = "20230913-113421/v1.14.0-gcb84623"
UTC_OFFSET_S = 3600


class ShellyGen1(EmulatedPlug):
    """Speaks `/shelly` (open), `/status` and `/settings` (HTTP Basic)."""

    def kept_wh(self, counter_wh: float, at_ms: int) -> float:  # noqa: ARG002
        """Nothing survives a power cut."""
        return 0.0

    def status(self, at_ms: int) -> dict[str, Any]:
        """Return `/status`."""
        unix_s = at_ms // 1000
        return {
            "wifi_sta": {"connected": True, "ssid": "flat", "ip": "127.0.0.1", "rssi": -58},
            "cloud": {"enabled": False, "connected": False},
            "mqtt": {"connected": False},
            "unixtime": unix_s,
            "serial": 1,
            "has_update": False,
            "mac": self.mac,
            "relays": [{"ison": True, "has_timer": False, "overpower": False, "source": "http"}],
            "meters": [self._meter(at_ms)],
            "temperature": 27.4,
            "overtemperature": False,
            "tmp": {"tC": 27.4, "tF": 81.32, "is_valid": True},
            "ram_total": 51688,
            "ram_free": 39164,
            "uptime": self.uptime_s(at_ms),
        }

    def add_routes(self, app: web.Application) -> None:
        """Add the plug's addresses."""
        app.router.add_get("/shelly", self._shelly)
        app.router.add_get("/status", self._locked(self._status))
        app.router.add_get("/settings", self._locked(self._settings))

    def _meter(self, at_ms: int) -> dict[str, Any]:
        return {
            "power": round(self.power_w(at_ms), 2),
            "overpower": 0.0,
            "is_valid": True,
            "timestamp": at_ms // 1000 + UTC_OFFSET_S,
            "counters": [self._minute_w(at_ms, back) for back in range(3)],
            "total": int(self.counter_wh(at_ms) * 60),
        }

    def _minute_w(self, at_ms: int, back: int) -> float:
        """Return the mean power in W of a whole minute before this one."""
        end_ms = at_ms - at_ms % 60_000 - 60_000 * back
        minute_wh = self.load.energy_wh(end_ms) - self.load.energy_wh(end_ms - 60_000)
        return round(minute_wh * 60, 3)

    def _locked(self, handler: Handler) -> Handler:
        async def locked(request: web.Request) -> web.StreamResponse:
            if self.password and not self._knows(request.headers.get("Authorization", "")):
                challenge = {"WWW-Authenticate": f'Basic realm="shellyplug-s-{self.mac[6:]}"'}
                return web.Response(status=401, text="401 Unauthorized", headers=challenge)
            return await handler(request)

        return locked

    def _knows(self, header: str) -> bool:
        due = b64encode(f"{USER}:{self.password}".encode()).decode()
        return compare_digest(header.encode(), f"Basic {due}".encode())

    async def _shelly(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "type": "SHPLG-S",
                "mac": self.mac,
                "auth": bool(self.password),
                "fw": FIRMWARE,
                "num_outputs": 1,
                "num_meters": 1,
            }
        )

    async def _status(self, _request: web.Request) -> web.Response:
        return web.json_response(self.status(self.now_ms()))

    async def _settings(self, _request: web.Request) -> web.Response:
        device = {"type": "SHPLG-S", "mac": self.mac, "num_outputs": 1, "num_meters": 1}
        return web.json_response({"device": device, "name": None, "fw": FIRMWARE})
