"""Shelly Gen1 (Plug, Plug S, 1PM, 2.5): one GET of `/status`, HTTP Basic if protected.

The energy counter is in watt-minutes and starts at 0 whenever the plug restarts. The
plug's clock is never read: its meter's `timestamp` is local time dressed up as Unix time.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from flatwatt.drivers import Context, Driver
from flatwatt.errors import PlugNonsense
from flatwatt.model import Counter, CounterKind, Identity, Reading
from flatwatt.wire import (
    base_url,
    child,
    get_json,
    mac_of,
    new_session,
    plug_id,
    seconds,
    text,
    watt_hours,
    watts,
)

if TYPE_CHECKING:
    import aiohttp

FAMILY = "shelly1"
WATT_MINUTE_WH = 1 / 60


@dataclass(frozen=True, slots=True)
class Options:
    """What the configuration may say.

    Attributes:
        host: address or name, with `:port` where it is not 80.
        user, password: of "Restrict login" in the plug's own page.
        channel: number of the meter, from 0.
    """

    host: str
    user: str = "admin"
    password: str = field(default="", repr=False)
    channel: Annotated[int, Meta(ge=0, le=15)] = 0


def parse_status(
    payload: object, *, name: str, at_ms: int, channel: int = 0, mac: str = ""
) -> Reading:
    """Turn the answer of `/status` into a reading.

    Args:
        payload: decoded JSON.
        name: the plug's name in the configuration.
        at_ms: when it was heard.
        channel: number of the meter.
        mac: used when the payload says none.

    Raises:
        PlugNonsense: no such meter.
    """
    meter = meter_of(payload, channel, name)
    valid = meter.get("is_valid") is not False
    return Reading(
        at_ms=at_ms,
        appliance=name,
        plug=plug_id(FAMILY, mac_of(child(payload, "mac")) or mac, channel, name),
        power_w=watts(meter.get("power")) if valid else None,
        energy_wh=watt_hours(meter.get("total"), WATT_MINUTE_WH),
        uptime_s=seconds(child(payload, "uptime")),
    )


def meter_of(payload: object, channel: int, name: str) -> dict[str, object]:
    """Return one meter of a status, or raise PlugNonsense with what there is instead."""
    meters = child(payload, "meters")
    if child(payload, "sys") is not None:
        raise PlugNonsense(f'{name}: this is a newer Shelly; set family = "shelly"')
    if not isinstance(meters, list) or not meters:
        raise PlugNonsense(f"{name}: this Shelly has no power meter; it can switch, not measure")
    meter = child(meters, channel)
    if not isinstance(meter, dict) or not {"power", "total"} & set(meter):
        raise PlugNonsense(
            f"{name}: this Shelly has no meter {channel}; its meters are 0 to {len(meters) - 1}: "
            f"correct channel under [plugs.{name}]"
        )
    return meter


class Shelly1Plug:
    """One meter of one Shelly Gen1."""

    def __init__(self, options: Options, context: Context) -> None:
        self._options = options
        self._context = context
        self._base = base_url(options.host)
        self._session: aiohttp.ClientSession | None = None
        self._mac = ""

    async def read(self) -> Sequence[Reading]:
        """Ask once; see `flatwatt.drivers.Plug`."""
        payload = await self._get("/status")
        self._mac = mac_of(child(payload, "mac")) or self._mac
        reading = parse_status(
            payload,
            name=self._context.name,
            at_ms=self._context.now_ms(),
            channel=self._options.channel,
            mac=self._mac,
        )
        return (reading,)

    async def identify(self) -> Identity:
        """Ask who it is; the model tells when it has no energy counter."""
        about = await self._get("/shelly")
        if child(about, "gen") is not None:
            name = self._context.name
            raise PlugNonsense(f'{name}: this is a newer Shelly; set family = "shelly"')
        (reading,) = await self.read()
        model = text(child(about, "type"))
        counts = reading.energy_wh is not None
        return Identity(
            plug=reading.plug,
            model=model if counts else f"{model} (power only, no energy counter)".strip(),
            firmware=text(child(about, "fw")),
        )

    async def close(self) -> None:
        """Close the connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _get(self, path: str) -> object:
        if self._session is None:
            self._session = new_session(headers=self._login())
        return await get_json(self._session, self._base + path, self._context.name)

    def _login(self) -> dict[str, str]:
        options = self._options
        if not options.password:
            return {}
        login = b64encode(f"{options.user}:{options.password}".encode()).decode()
        return {"Authorization": f"Basic {login}"}


# Every restart and every power cut begins at 0. One watt-minute is 1/60 Wh. Nothing that
# was counted is taken back while it runs, so any fall is a restart.
driver = Driver(
    Options,
    Shelly1Plug,
    counter=Counter(CounterKind.SINCE_BOOT, resolution_wh=WATT_MINUTE_WH),
)
