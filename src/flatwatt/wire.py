"""JSON over HTTP from devices nobody should trust, with errors in this house's words."""

import json
import math
import zlib
from collections.abc import Mapping
from typing import Any

import aiohttp

from flatwatt.errors import PlugNonsense, PlugRefused, PlugUnreachable

MAX_BYTES = 262_144
TIMEOUT_S = 5.0
HTTP_REFUSED = (401, 403)
MAX_POWER_W = 100_000.0
MAX_ENERGY_WH = 1e9
MAX_VOLTAGE_V = 1000.0
MAX_UPTIME_S = 1e10
HEX_DIGITS = frozenset("0123456789abcdef")


def new_session(**kwargs: Any) -> aiohttp.ClientSession:  # noqa: ANN401 - aiohttp's own
    """Return a session for one plug: few connections, one deadline, no cookies."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=2),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_S, sock_connect=3.0),
        cookie_jar=aiohttp.DummyCookieJar(),
        **kwargs,
    )


async def get_json(
    session: aiohttp.ClientSession,
    url: str,
    name: str,
    *,
    params: Mapping[str, str] | None = None,
) -> Any:  # noqa: ANN401 - JSON is anything until parsed
    """GET a JSON document.

    Args:
        session: from `new_session`.
        url: where.
        name: the plug's name, for messages.
        params: query; may hold secrets, so it is never shown.

    Raises:
        PlugUnreachable: no connection, no answer in time, or a busy server (5xx, 429).
        PlugRefused: 401 or 403.
        PlugNonsense: any other answer that is not JSON.
    """
    try:
        async with session.get(url, params=params, allow_redirects=False) as response:
            check_status(response.status, name, url)
            body = await read_body(response, name)
    except (TimeoutError, aiohttp.ServerTimeoutError):
        raise PlugUnreachable(
            f"{name}: no answer from {host_of(url)} in time; is the plug on the Wi-Fi?"
        ) from None  # aiohttp's text holds the whole URL, and a query may hold a password
    except (aiohttp.ClientResponseError, aiohttp.http.HttpProcessingError):
        raise PlugNonsense(
            f"{name}: {host_of(url)} does not speak HTTP; is it the right address?"
        ) from None
    except (aiohttp.ClientError, OSError):
        raise PlugUnreachable(
            f"{name}: no connection to {host_of(url)}; is the plug on the Wi-Fi and the "
            "address still right?"
        ) from None
    return parse_json(body, name, url)


async def read_body(response: aiohttp.ClientResponse, name: str) -> bytes:
    """Return the whole body, or raise PlugNonsense past `MAX_BYTES`: no plug says that much."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MAX_BYTES:
            raise PlugNonsense(f"{name}: {host_of(str(response.url))} sends without end")
    return bytes(body)


def check_status(status: int, name: str, url: str) -> None:
    """Turn an HTTP status into silence or an error of this house."""
    if status in HTTP_REFUSED:
        raise PlugRefused(
            f"{name}: {host_of(url)} refused the password (HTTP {status}); "
            f"set it in secrets.toml under [plugs.{name}]"
        )
    if status == 429 or status >= 500:
        raise PlugUnreachable(
            f"{name}: {host_of(url)} is busy (HTTP {status}); asking again later"
        )
    if status != 200:
        raise PlugNonsense(
            f"{name}: {host_of(url)} answered HTTP {status}; is it the right family of plug?"
        )


def parse_json(body: bytes, name: str, url: str) -> Any:  # noqa: ANN401 - JSON is anything until parsed
    """Decode JSON; NaN and Infinity become None, as a plug that says them said nothing.

    Raises:
        PlugNonsense: not JSON.
    """
    try:
        return json.loads(body, parse_constant=lambda _word: None)
    except (ValueError, RecursionError) as error:
        raise PlugNonsense(
            f"{name}: {host_of(url)} did not answer JSON; is it the right family of plug?"
        ) from error


def number(value: object) -> float | None:
    """Return a finite number a device sent, else None: missing is not zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def watts(value: object) -> float | None:
    """Return power in W; None where it is no number or more than any plug can carry."""
    result = number(value)
    return result if result is not None and abs(result) <= MAX_POWER_W else None


def watt_hours(value: object, unit_wh: float = 1.0, digits: int = 3) -> float | None:
    """Return a counter in Wh; None where it is no number, negative or beyond a plug's life.

    Args:
        value: what the device sent.
        unit_wh: its unit in Wh: 1000 for kWh.
        digits: decimals of a Wh to keep, to undo the noise of 32-bit floats.
    """
    result = number(value)
    if result is None or not 0.0 <= result <= MAX_ENERGY_WH / unit_wh:
        return None
    return round(result * unit_wh, digits)


def volts(value: object) -> float | None:
    """Return mains voltage in V; None for 0, as a plug that answers does have mains."""
    result = number(value)
    return result if result is not None and 0.0 < result <= MAX_VOLTAGE_V else None


def seconds(value: object) -> float | None:
    """Return a duration in s; None where it is no number or negative."""
    result = number(value)
    return result if result is not None and 0.0 <= result <= MAX_UPTIME_S else None


def contradicts(power_w: float | None, voltage_v: float | None, current_a: float | None) -> bool:
    """Whether power and voltage times current cannot both be right.

    Volts times amperes is apparent power, which a motor or a cheap power supply draws far
    more of than watts: watts below it are a contradiction only above 1 kVA, where no
    household appliance is that reactive; watts above it always are, rounding aside.
    """
    if power_w is None or voltage_v is None or current_a is None:
        return False
    apparent_va = abs(voltage_v * current_a)
    if apparent_va == 0.0:
        return False  # not measured, or rounded away
    too_many = abs(power_w) > max(20.0, 1.5 * apparent_va)
    return too_many or (apparent_va > 1000.0 and abs(power_w) < 0.5 * apparent_va)


def mac_of(value: object) -> str:
    """Return a MAC as twelve small hex digits, else an empty string."""
    mac = text(value).lower().replace(":", "").replace("-", "")
    usable = len(mac) == 12 and set(mac) <= HEX_DIGITS and len(set(mac)) > 1
    return mac if usable else ""


def plug_id(family: str, mac: str, channel: int, name: str) -> str:
    """Return the id of a channel: of its MAC, or of its name where it has none usable.

    Args:
        family: the family's file name.
        mac: from `mac_of`; may be empty.
        channel: the channel's number.
        name: the plug's name in the configuration.
    """
    tail = mac or name
    room = 32 - len(f"{family}--{channel}")
    if len(tail) > room:  # two long names must not become one
        tail = f"{tail[: room - 9]}-{zlib.crc32(tail.encode()):08x}"
    return f"{family}-{tail}-{channel}"


def base_url(host: str) -> str:
    """Return `http://host` of what a person may write for a host."""
    return "http://" + host.strip().removeprefix("http://").rstrip("/")


def text(value: object, limit: int = 64) -> str:
    """Return printable text a device sent, cut to `limit`, else an empty string."""
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value[:limit] if char.isprintable())


def child(value: object, key: str | int) -> object:
    """Return `value[key]` of untrusted JSON, None where there is no such thing."""
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    return None


def host_of(url: str) -> str:
    """Return the host (and port) of a URL, for messages; never its query."""
    return url.split("//", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
