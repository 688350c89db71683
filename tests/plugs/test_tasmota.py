"""Tasmota and OpenBeken: what `Status 8` means."""

import json
from pathlib import Path
from typing import Any

import pytest

from flatwatt.errors import PlugNonsense, PlugRefused
from flatwatt.model import CounterKind, Flag
from flatwatt.plugs.tasmota import driver, parse_mac, parse_status, parse_uptime

DATA = Path(__file__).parents[1] / "data" / "plugs" / "tasmota"


def sample(name: str) -> Any:
    return json.loads((DATA / name).read_text())


def sensors(**energy: object) -> dict[str, Any]:
    return {"StatusSNS": {"ENERGY": energy}}


def test_a_total_in_kilowatt_hours_becomes_watt_hours() -> None:
    payload = sample("NOUS-A1T-14.2.0.json")
    reading = parse_status(payload, name="tv", at_ms=9, mac="c44f330b0e51", uptime_s=3.0)
    assert (reading.plug, reading.at_ms) == ("tasmota-c44f330b0e51-0", 9)
    assert (reading.power_w, reading.energy_wh, reading.voltage_v) == (86.3, 212407.0, 231.0)
    assert (reading.uptime_s, reading.flags) == (3.0, Flag.NONE)


def test_the_noise_of_a_small_float_is_rounded_off() -> None:
    reading = parse_status(sensors(Power=1.0, Total=231.39999389648438), name="x", at_ms=0)
    assert reading.energy_wh == 231399.99
    reading = parse_status(sensors(Power=1.0, Total=44.79066), name="x", at_ms=0)
    assert reading.energy_wh == 44790.66


def test_midnight_and_a_pulled_plug_are_steps_back_and_no_resets() -> None:
    assert driver.counter.kind is CounterKind.LIFETIME
    assert driver.counter.step_back_wh > (44.79066 - 44.79013) * 1000
    assert driver.counter.step_back_wh >= 24 * driver.counter.max_power_w


def test_each_channel_of_an_array_is_its_own_meter() -> None:
    payload = sample("dual-12.5.0-own-totals.json")
    first, second = (
        parse_status(payload, name="x", at_ms=0, channel=channel, mac="c44f330b0e51")
        for channel in (0, 1)
    )
    assert (first.power_w, first.energy_wh) == (52.1, 2813.0)
    assert (second.power_w, second.energy_wh, second.voltage_v) == (5.4, 254.0, 230.5)
    assert (first.plug, second.plug) == ("tasmota-c44f330b0e51-0", "tasmota-c44f330b0e51-1")


@pytest.mark.parametrize("channel", [0, 1])
def test_one_total_of_two_channels_belongs_to_neither(channel: int) -> None:
    payload = sample("dual-9.5.0-one-total.json")
    reading = parse_status(payload, name="x", at_ms=0, channel=channel)
    assert reading.power_w is not None
    assert reading.energy_wh is None


def test_one_power_in_an_array_of_one_has_the_whole_total() -> None:
    reading = parse_status(sensors(Power=[5], Total=0.5), name="x", at_ms=0)
    assert (reading.power_w, reading.energy_wh) == (5.0, 500.0)


@pytest.mark.parametrize("power", [5, [5, 6], []])
def test_a_channel_that_is_not_there_is_told(power: object) -> None:
    with pytest.raises(PlugNonsense, match=r"x: .*correct channel = 2 under \[plugs\.x\]"):
        parse_status(sensors(Power=power), name="x", at_ms=0, channel=2)


def test_openbeken_says_its_total_in_another_word() -> None:
    reading = parse_status(sample("openbeken-1.17.json"), name="x", at_ms=0)
    assert (reading.power_w, reading.energy_wh) == (100.0, 1204.32)


def test_a_wrong_password_in_a_polite_answer_is_refused() -> None:
    words = {"WARNING": "Need user=<username>&password=<password>"}
    with pytest.raises(PlugRefused, match=r"x: .*secrets\.toml under \[plugs\.x\]"):
        parse_status(words, name="x", at_ms=0)


@pytest.mark.parametrize("payload", [{"Command": "Unknown"}, {}, [], None, 3, "ok"])
def test_an_answer_without_sensors_is_no_tasmota(payload: object) -> None:
    with pytest.raises(PlugNonsense, match="does not answer like Tasmota"):
        parse_status(payload, name="x", at_ms=0)


def test_a_tasmota_without_a_meter_is_told_so() -> None:
    with pytest.raises(PlugNonsense, match="no energy meter"):
        parse_status({"StatusSNS": {"Time": "2026-11-22T18:41:07"}}, name="x", at_ms=0)


def test_no_mains_voltage_is_no_measurement() -> None:
    reading = parse_status(sensors(Power=0, Voltage=0, Current=0.0), name="x", at_ms=0)
    assert (reading.power_w, reading.voltage_v, reading.flags) == (0.0, None, Flag.NONE)


@pytest.mark.parametrize(
    ("power", "current", "suspect"),
    [
        (100.0, 0.5, False),
        (100.0, 2.0, False),  # a bad power factor is no contradiction
        (100.0, 0.1, True),  # more watts than volt-amperes
        (8.0, 0.001, False),  # too little to tell
        (184.0, 8.0, True),  # a decimal point lost at 1.8 kVA
        (47.0, 0.0, False),  # current not measured
    ],
)
def test_power_that_volts_and_amperes_deny_is_suspect(
    power: float, current: float, suspect: bool
) -> None:
    reading = parse_status(sensors(Power=power, Voltage=230, Current=current), name="x", at_ms=0)
    assert reading.power_w == power
    assert bool(reading.flags & Flag.SUSPECT) is suspect


@pytest.mark.parametrize("mac", ["C4:4F:33:0B:0E:51", "C44F330B0E51", "c4-4f-33-0b-0e-51"])
def test_a_mac_is_read_however_it_is_written(mac: str) -> None:
    assert parse_mac({"StatusNET": {"Mac": mac}}) == "c44f330b0e51"


@pytest.mark.parametrize("payload", [{}, {"StatusNET": {"Mac": "000000000000"}}, None, []])
def test_a_plug_without_a_usable_mac_is_known_by_its_name(payload: object) -> None:
    mac = parse_mac(payload)
    assert parse_status(sensors(Power=1), name="tv", at_ms=0, mac=mac).plug == "tasmota-tv-0"


def test_an_uptime_that_is_none_is_not_zero() -> None:
    assert parse_uptime({"StatusSTS": {"UptimeSec": 23}}) == 23
    assert parse_uptime({"StatusSTS": {"UptimeSec": "long"}}) is None
    assert parse_uptime({"Command": "Unknown"}) is None
