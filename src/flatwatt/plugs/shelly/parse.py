"""What a Shelly of the second generation and later says, turned into readings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from flatwatt import wire
from flatwatt.errors import PlugNonsense
from flatwatt.model import Flag, Reading
from flatwatt.wire import child

FAMILY = "shelly"
SIGNED_SINCE_GEN = 3
KINDS = ("switch", "pm1")

Component: TypeAlias = Literal["auto", "switch", "pm1"]
Json: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class About:
    """What the open `/shelly` says.

    Attributes:
        mac: from `wire.mac_of`; may be empty.
        gen: generation, 2 where it does not say.
        model, firmware, label: as said, cut to be printable.
    """

    mac: str = ""
    gen: int = 2
    model: str = ""
    firmware: str = ""
    label: str = ""


def parse_about(payload: object, name: str) -> About:
    """Turn the answer of `/shelly` into About.

    Raises:
        PlugNonsense: not a Shelly, or one of the first generation.
    """
    gen = wire.number(child(payload, "gen"))
    if gen is None and child(payload, "type") is not None:
        raise PlugNonsense(f'{name}: this is a first-generation Shelly; set family = "shelly1"')
    if not isinstance(payload, dict):
        raise PlugNonsense(f"{name}: this does not answer like a Shelly; is the family right?")
    return About(
        mac=wire.mac_of(payload.get("mac")),
        gen=int(gen) if gen is not None else 2,
        model=wire.text(payload.get("model")),
        firmware=wire.text(payload.get("ver")),
        label=wire.text(payload.get("name")),
    )


def meter_of(status: object, channel: int, component: Component, name: str) -> Json:
    """Return the measuring component of a whole status.

    Raises:
        PlugNonsense: none such, with what there is instead.
    """
    kinds = KINDS if component == "auto" else (component,)
    parts = (child(status, f"{kind}:{channel}") for kind in kinds)
    part = next((part for part in parts if isinstance(part, dict)), None)
    if part is None:
        keys = [str(key) for key in status if ":" in str(key)] if isinstance(status, dict) else []
        there = wire.text(", ".join(keys), 200) or "nothing that measures"
        raise PlugNonsense(
            f"{name}: this Shelly has no {' or '.join(f'{kind}:{channel}' for kind in kinds)}, "
            f"but {there}; correct channel under [plugs.{name}]"
        )
    if not {"apower", "aenergy"} & set(part):
        raise PlugNonsense(f"{name}: this Shelly has no power meter; it can switch, not measure")
    return part


def parse_status(
    payload: object,
    *,
    name: str,
    at_ms: int,
    channel: int = 0,
    about: About = About(gen=3),
    component: Component = "auto",
) -> Reading:
    """Turn the answer of `Shelly.GetStatus` (or a `NotifyFullStatus`) into a reading.

    Args:
        payload: decoded JSON.
        name: the plug's name in the configuration.
        at_ms: when it was heard.
        channel: number of the meter.
        about: who it is; its MAC is used when the payload says none.
        component: what measures.

    Raises:
        PlugNonsense: see `meter_of`.
    """
    part = meter_of(payload, channel, component, name)
    system = child(payload, "sys")
    mac = wire.mac_of(child(system, "mac")) or about.mac
    return parse_meter(
        part,
        name=name,
        at_ms=at_ms,
        plug=wire.plug_id(FAMILY, mac, channel, name),
        gen=about.gen,
        uptime_s=wire.seconds(child(system, "uptime")),
    )


def parse_meter(
    part: Mapping[str, object],
    *,
    name: str,
    at_ms: int,
    plug: str,
    gen: int,
    uptime_s: float | None = None,
) -> Reading:
    """Turn one component (`switch:0`, `pm1:0`) into a reading.

    Before Gen3 the sign of the power only tells how the plug is wired: it is dropped.
    """
    power_w = wire.watts(part.get("apower"))
    if power_w is not None and gen < SIGNED_SINCE_GEN:
        power_w = abs(power_w)
    voltage_v = wire.volts(part.get("voltage"))
    suspect = wire.contradicts(power_w, voltage_v, wire.number(part.get("current")))
    return Reading(
        at_ms=at_ms,
        appliance=name,
        plug=plug,
        power_w=power_w,
        energy_wh=consumed_wh(part),
        voltage_v=voltage_v,
        flags=Flag.SUSPECT if suspect else Flag.NONE,
        uptime_s=uptime_s,
    )


def consumed_wh(part: Mapping[str, object]) -> float | None:
    """Return the energy drawn, in Wh.

    `aenergy` counts both directions; where `ret_aenergy` tells how much of that was fed
    back, the rest was drawn. A plug that cannot say so leaves the two unseparated.
    """
    total_wh = wire.watt_hours(child(part.get("aenergy"), "total"))
    if total_wh is None or "ret_aenergy" not in part:
        return total_wh
    returned_wh = wire.watt_hours(child(part["ret_aenergy"], "total"))
    if returned_wh is None or returned_wh > total_wh:
        return None
    return round(total_wh - returned_wh, 3)


def news_of(payload: object, channel: int, component: Component) -> Json:
    """Return what a `NotifyStatus` says of the meter, empty if nothing."""
    kinds = KINDS if component == "auto" else (component,)
    parts = (child(payload, f"{kind}:{channel}") for kind in kinds)
    return next((part for part in parts if isinstance(part, dict)), {})


def told(part: Json, news: Json) -> Json:
    """Return a component after a push without the counters that the push did not tell.

    A field that is left out has not changed, except a counter, which merely was not told.
    On a plug with `ret_aenergy` half of the pair tells nothing.

    Args:
        part: all that is known of the component, the news included.
        news: what the push said.
    """
    counters = {"aenergy", "ret_aenergy"} & set(part)
    if counters <= set(news):
        return part
    return {key: value for key, value in part.items() if key not in counters}
