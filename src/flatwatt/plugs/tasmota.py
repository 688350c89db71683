"""Tasmota (and OpenBeken, which speaks its dialect): GET `/cm` with a command.

User and password travel in the query, so no URL may reach a message or a log. A wrong
password is a polite 200 with a WARNING before firmware 8.2.3 and a 401 after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlencode

from msgspec import Meta

from flatwatt.drivers import Context, Driver
from flatwatt.errors import PlugError, PlugNonsense, PlugRefused
from flatwatt.model import Counter, CounterKind, Flag, Identity, Reading
from flatwatt.wire import (
    base_url,
    child,
    contradicts,
    get_json,
    mac_of,
    new_session,
    number,
    plug_id,
    seconds,
    text,
    volts,
    watt_hours,
    watts,
)

if TYPE_CHECKING:
    import aiohttp

FAMILY = "tasmota"
SENSOR_COMMANDS = ("Status 8", "Status 10")  # the old and the new number of one answer
UPTIME_EVERY_MS = 60_000
SAVED_DAILY_WH = 24 * 3680.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the configuration may say.

    Attributes:
        host: address or name, with `:port` where it is not 80.
        user, password: of the plug's own web page (Configuration, Other).
        channel: which of several meters in one plug, from 0.
    """

    host: str
    user: str = "admin"
    password: str = field(default="", repr=False)
    channel: Annotated[int, Meta(ge=0, le=15)] = 0


def parse_status(
    payload: object,
    *,
    name: str,
    at_ms: int,
    channel: int = 0,
    mac: str = "",
    uptime_s: float | None = None,
) -> Reading:
    """Turn the answer of `Status 8` or `Status 10` into a reading.

    Args:
        payload: decoded JSON.
        name: the plug's name in the configuration.
        at_ms: when it was heard.
        channel: which of several meters.
        mac: from `parse_mac`; may be empty.
        uptime_s: from `parse_uptime`, when asked.

    Raises:
        PlugRefused: wrong password.
        PlugNonsense: no energy meter, no such channel or not Tasmota.
    """
    energy = energy_of(payload, name)
    count = channels_of(energy)
    if channel >= count:
        raise PlugNonsense(
            f"{name}: this plug measures {count} channel(s), counted from 0; "
            f"correct channel = {channel} under [plugs.{name}]"
        )
    power_w = watts(of_channel(energy.get("Power"), channel, count))
    voltage_v = volts(of_channel(energy.get("Voltage"), channel, 1))  # mains is one
    current_a = number(of_channel(energy.get("Current"), channel, count))
    total = energy["Total"] if "Total" in energy else energy.get("ConsumptionTotal")
    return Reading(
        at_ms=at_ms,
        appliance=name,
        plug=plug_id(FAMILY, mac, channel, name),
        power_w=power_w,
        energy_wh=watt_hours(of_channel(total, channel, count), 1000.0, 2),
        voltage_v=voltage_v,
        flags=Flag.SUSPECT if contradicts(power_w, voltage_v, current_a) else Flag.NONE,
        uptime_s=uptime_s,
    )


def energy_of(payload: object, name: str) -> dict[str, object]:
    """Return the ENERGY table of an answer.

    Raises:
        PlugRefused, PlugNonsense: see `parse_status`.
    """
    check_answer(payload, name)
    sensors = child(payload, "StatusSNS")
    energy = child(sensors, "ENERGY")
    if isinstance(energy, dict):
        return energy
    if isinstance(sensors, dict):
        raise PlugNonsense(
            f"{name}: this Tasmota has no energy meter; is its template (Configuration, "
            "Template) the right one for the plug?"
        )
    raise PlugNonsense(f"{name}: this does not answer like Tasmota; is the family right?")


def check_answer(payload: object, name: str) -> None:
    """Raise PlugRefused where the answer is a firmware's polite no."""
    if child(payload, "WARNING") is not None:
        raise PlugRefused(
            f"{name}: Tasmota wants another user or password; set them in secrets.toml "
            f"under [plugs.{name}]"
        )


def channels_of(energy: dict[str, object]) -> int:
    """Return how many meters one answer speaks of."""
    said = (energy.get(key) for key in ("Power", "Current", "Total"))
    return max((len(value) for value in said if isinstance(value, list)), default=1)


def of_channel(value: object, channel: int, sharers: int) -> object:
    """Return a channel's own value: of an array its place, of one number the whole.

    Args:
        value: a number, or an array with one number a channel.
        channel: which.
        sharers: how many channels one number would stand for; a sum of several belongs
            to none of them.
    """
    if isinstance(value, list):
        return child(value, channel)
    return value if sharers == 1 else None


def parse_mac(payload: object) -> str:
    """Return the MAC in the answer of `Status 5`, empty where it says none usable."""
    return mac_of(child(child(payload, "StatusNET"), "Mac"))


def parse_uptime(payload: object) -> float | None:
    """Return the seconds since restart in the answer of `Status 11`."""
    return seconds(child(child(payload, "StatusSTS"), "UptimeSec"))


class TasmotaPlug:
    """One meter of one Tasmota plug."""

    def __init__(self, options: Options, context: Context) -> None:
        self._options = options
        self._context = context
        self._url = base_url(options.host) + "/cm"
        self._session: aiohttp.ClientSession | None = None
        self._sensor = SENSOR_COMMANDS[0]
        self._mac: str | None = None
        self._uptime_due_ms = 0

    async def read(self) -> Sequence[Reading]:
        """Ask once; see `flatwatt.drivers.Plug`."""
        try:
            return (await self._read(),)
        except PlugError:
            self._mac = None  # another plug may have the address by the time it answers
            self._uptime_due_ms = 0
            raise

    async def identify(self) -> Identity:
        """Ask who it is."""
        (reading,) = await self.read()
        about = child(await self._ask("Status"), "Status")
        version = await self._ask("Status 2")
        return Identity(
            plug=reading.plug,
            model=text(child(about, "DeviceName")),
            firmware=text(child(child(version, "StatusFWR"), "Version")),
            label=text(child(child(about, "FriendlyName"), 0)),
        )

    async def close(self) -> None:
        """Close the connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _read(self) -> Reading:
        payload = await self._sensors()
        at_ms = self._context.now_ms()
        if self._mac is None:
            self._mac = parse_mac(await self._ask("Status 5"))
        return parse_status(
            payload,
            name=self._context.name,
            at_ms=at_ms,
            channel=self._options.channel,
            mac=self._mac,
            uptime_s=await self._uptime(at_ms),
        )

    async def _sensors(self) -> object:
        payload = await self._ask(self._sensor)
        if child(payload, "StatusSNS") is None:
            self._sensor = next(word for word in SENSOR_COMMANDS if word != self._sensor)
            payload = await self._ask(self._sensor)
        return payload

    async def _uptime(self, at_ms: int) -> float | None:
        """Return the uptime about once a minute: it is a second question to a small chip."""
        if at_ms < self._uptime_due_ms:
            return None
        self._uptime_due_ms = at_ms + UPTIME_EVERY_MS
        try:
            return parse_uptime(await self._ask("Status 11"))
        except PlugError:
            return None  # the figures are here already; the next question will tell

    async def _ask(self, command: str) -> object:
        if self._session is None:
            self._session = new_session()
        options = self._options
        login = {"user": options.user, "password": options.password} if options.password else {}
        query = urlencode({**login, "cmnd": command}, quote_via=quote)  # a blank is %20 here
        name = self._context.name
        payload = await get_json(self._session, f"{self._url}?{query}", name)
        check_answer(payload, name)
        return payload


# Total is kept over restarts but written to flash only at midnight and at an orderly
# restart: pulling the plug takes back up to a whole day, which at 16 A is 88 kWh. Read as
# a reset, such a fall would book the whole counter again; read as a step back, a real
# reset costs no more than the seconds around it. So any fall up to a day's most is a step
# back. Midnight itself takes back less than 1 Wh. EnergyRes 3, the default, is 1 Wh.
driver = Driver(
    Options,
    TasmotaPlug,
    counter=Counter(CounterKind.LIFETIME, resolution_wh=1.0, step_back_wh=SAVED_DAILY_WH),
)
