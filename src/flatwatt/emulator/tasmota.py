"""A Tasmota plug, or one with OpenBeken, which imitates it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt
from typing import Any, Literal

from aiohttp import web

from flatwatt.emulator.base import EmulatedPlug

USER = "admin"
DAY_MS = 86_400_000
POWER_FACTOR = 0.9
MIDNIGHT_LOSS_WH = 0.53


@dataclass(eq=False)
class Tasmota(EmulatedPlug):
    """Speaks `GET /cm`.

    Attributes:
        dialect: `openbeken` has another counter, no clock and no word for the unknown.
        polite: say a wrong password with 200 and a WARNING, as before firmware 8.2.3.
    """

    dialect: Literal["tasmota", "openbeken"] = "tasmota"
    polite: bool = False

    def kept_wh(self, counter_wh: float, at_ms: int) -> float:
        """The counter was written to flash at midnight, or read from it at the last cut."""
        saved_ms = max(at_ms - at_ms % DAY_MS, self.boot_ms)
        unsaved_wh = self.load.energy_wh(at_ms) - self.load.energy_wh(saved_ms)
        return max(0.0, counter_wh - unsaved_wh)

    def midnight(self) -> None:
        """Lose part of a Wh, as the firmware does when the day changes."""
        self._lost_wh += MIDNIGHT_LOSS_WH

    def status(self, at_ms: int) -> dict[str, Any]:
        """Return the answer of `Status 8`."""
        sensors = {"Time": self._time(at_ms), "ENERGY": self._energy(at_ms)}
        return {"StatusSNS": sensors}

    def add_routes(self, app: web.Application) -> None:
        """Add the plug's address."""
        app.router.add_get("/cm", self._cm)

    def answer(self, command: str, at_ms: int) -> dict[str, Any]:
        """Return the answer to a command."""
        word = " ".join(command.lower().split())
        if word in {"status 8", "status 10"}:
            return self.status(at_ms)
        known: dict[str, dict[str, Any]] = {
            "status": {"Status": {"DeviceName": "Tasmota", "FriendlyName": ["Tasmota"]}},
            "status 2": {"StatusFWR": {"Version": "14.2.0(tasmota)"}},
            "status 5": {"StatusNET": {"Hostname": "tasmota", "Mac": self._mac()}},
            "status 11": {"StatusSTS": {"UptimeSec": self.uptime_s(at_ms), "POWER": "ON"}},
        }
        return known.get(word, self._unknown())

    def _unknown(self) -> dict[str, Any]:
        return {} if self.dialect == "openbeken" else {"Command": "Unknown"}

    def _energy(self, at_ms: int) -> dict[str, Any]:
        power_w, voltage_v = self.power_w(at_ms), self.voltage_v(at_ms)
        apparent_va = power_w / POWER_FACTOR
        measured = {
            "Power": round(power_w, 1),
            "ApparentPower": round(apparent_va, 1),
            "ReactivePower": round(apparent_va * sqrt(1 - POWER_FACTOR**2), 1),
            "Factor": POWER_FACTOR,
            "Voltage": voltage_v,
            "Current": round(apparent_va / voltage_v, 3),
        }
        return self._counters(at_ms) | measured

    def _counters(self, at_ms: int) -> dict[str, Any]:
        total_kwh = self.counter_wh(at_ms) / 1000
        if self.dialect == "openbeken":
            return {"ConsumptionTotal": round(total_kwh, 6)}
        return {
            "TotalStartTime": self._time(self.boot_ms),
            "Total": round(total_kwh, 3),
            "Today": round(self._today_wh(at_ms) / 1000, 3),
        }

    def _today_wh(self, at_ms: int) -> float:
        """Return the energy since midnight, UTC, in Wh."""
        return self.load.energy_wh(at_ms) - self.load.energy_wh(at_ms - at_ms % DAY_MS)

    def _time(self, at_ms: int) -> str:
        if self.dialect == "openbeken":
            return "0000-00-00T00:00:00"
        return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")

    def _mac(self) -> str:
        if self.dialect == "openbeken":
            return self.mac
        return ":".join(self.mac[place : place + 2] for place in range(0, 12, 2))

    async def _cm(self, request: web.Request) -> web.Response:
        query = request.query
        login = (query.get("user"), query.get("password"))
        if self.password and login != (USER, self.password):
            words = {"WARNING": "Need user=<username>&password=<password>"}
            return web.json_response(words, status=200 if self.polite else 401)
        return web.json_response(self.answer(query.get("cmnd", ""), self.now_ms()))
