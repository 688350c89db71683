"""Shelly Gen1: what `/status` means."""

import json
from pathlib import Path
from typing import Any

import pytest

from flatwatt.errors import PlugNonsense
from flatwatt.model import CounterKind
from flatwatt.plugs.shelly1 import driver, parse_status

DATA = Path(__file__).parents[1] / "data" / "plugs" / "shelly1"


def sample(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((DATA / name).read_text())
    return payload


def status(**meter: object) -> dict[str, Any]:
    return {"mac": "98CDAC1F0B31", "uptime": 5, "meters": [{"is_valid": True, **meter}]}


def test_a_total_in_watt_minutes_becomes_watt_hours() -> None:
    payload = status(power=0.0, total=2632) | {"uptime": 2589909}
    reading = parse_status(payload, name="plug", at_ms=1)
    assert reading.energy_wh == pytest.approx(43.867)
    assert reading.uptime_s == 2589909


def test_the_counter_is_declared_to_begin_at_zero_after_a_restart() -> None:
    assert driver.counter.kind is CounterKind.SINCE_BOOT
    assert driver.counter.resolution_wh == pytest.approx(1 / 60)


def test_a_whole_status_becomes_a_reading() -> None:
    reading = parse_status(sample("SHPLG-S-1.14.0.json"), name="lamp", at_ms=77)
    assert (reading.at_ms, reading.appliance) == (77, "lamp")
    assert reading.plug == "shelly1-98cdac1f0b31-0"
    assert (reading.power_w, reading.energy_wh, reading.voltage_v) == (118.42, 121.0, None)


def test_the_plugs_own_clock_is_not_read() -> None:
    payload = sample("SHPLG-S-1.14.0.json")
    payload["unixtime"] = 0
    payload["meters"][0]["timestamp"] = "yesterday"
    assert parse_status(payload, name="lamp", at_ms=77).at_ms == 77


def test_a_meter_that_says_it_is_not_valid_has_no_power() -> None:
    reading = parse_status(status(power=3.0, total=60, is_valid=False), name="x", at_ms=0)
    assert (reading.power_w, reading.energy_wh) == (None, 1.0)


def test_a_meter_with_power_only_has_no_energy_rather_than_none_used() -> None:
    reading = parse_status(sample("SHSW-1-1.11.7-power-only.json"), name="x", at_ms=0)
    assert (reading.power_w, reading.energy_wh) == (60.0, None)


def test_a_second_meter_is_its_own_channel() -> None:
    payload = sample("SHSW-25-1.12.1-two-meters.json")
    reading = parse_status(payload, name="x", at_ms=0, channel=1)
    assert reading.plug == "shelly1-98cdac1f0b33-1"
    assert (reading.power_w, reading.energy_wh) == (0.0, 2.0)


def test_a_channel_that_is_not_there_is_named_with_those_that_are() -> None:
    payload = sample("SHSW-25-1.12.1-two-meters.json")
    with pytest.raises(PlugNonsense, match=r"x: .*no meter 2; its meters are 0 to 1.*plugs\.x"):
        parse_status(payload, name="x", at_ms=0, channel=2)


@pytest.mark.parametrize("meters", [[], None, {}, "none"])
def test_a_relay_without_a_meter_is_told_so(meters: object) -> None:
    with pytest.raises(PlugNonsense, match="no power meter"):
        parse_status({"mac": "98CDAC1F0B31", "meters": meters}, name="x", at_ms=0)


def test_a_newer_shelly_is_sent_to_its_own_family() -> None:
    with pytest.raises(PlugNonsense, match='family = "shelly"'):
        parse_status({"sys": {}, "switch:0": {}}, name="x", at_ms=0)


@pytest.mark.parametrize("mac", [None, 7, "84CCA8XXXXXXX", "000000000000", ""])
def test_a_plug_without_a_usable_mac_is_known_by_its_name(mac: object) -> None:
    payload = status(power=1.0) | {"mac": mac}
    assert parse_status(payload, name="lamp", at_ms=0).plug == "shelly1-lamp-0"
    known = parse_status(payload, name="lamp", at_ms=0, mac="98cdac1f0b31")
    assert known.plug == "shelly1-98cdac1f0b31-0"
