"""Shelly Gen2 and later: what a status, a push and a challenge mean."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from flatwatt.errors import PlugNonsense
from flatwatt.model import CounterKind, Flag
from flatwatt.plugs.shelly import About, driver, parse_about, parse_status
from flatwatt.plugs.shelly.line import answer_challenge
from flatwatt.plugs.shelly.parse import consumed_wh, news_of, told

DATA = Path(__file__).parents[1] / "data" / "plugs" / "shelly"


def sample(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((DATA / name).read_text())
    return payload


def test_a_whole_status_becomes_a_reading() -> None:
    reading = parse_status(sample("S3PL-00112EU-1.7.5.json"), name="printer", at_ms=5)
    assert (reading.at_ms, reading.appliance) == (5, "printer")
    assert reading.plug == "shelly-5432040b0e41-0"
    assert (reading.power_w, reading.energy_wh) == (48.9, 3333.867)
    assert (reading.voltage_v, reading.uptime_s) == (231.4, 7211)
    assert reading.flags == Flag.NONE


def test_a_restart_that_cuts_the_counter_to_whole_watt_hours_is_no_reset() -> None:
    assert driver.counter.kind is CounterKind.LIFETIME
    assert driver.counter.step_back_wh >= 3333.867 - 3333.0
    assert driver.counter.resolution_wh == 0.001


def test_what_was_fed_back_is_not_consumed() -> None:
    part = {"aenergy": {"total": 15761.124}, "ret_aenergy": {"total": 15754.266}}
    assert consumed_wh(part) == 6.858


def test_without_a_returned_counter_the_total_is_all_there_is() -> None:
    assert consumed_wh({"aenergy": {"total": 15761.124}}) == 15761.124


@pytest.mark.parametrize("returned", [None, {}, {"total": None}, {"total": 99.0}, [1]])
def test_a_returned_counter_that_makes_no_sense_leaves_no_energy(returned: object) -> None:
    assert consumed_wh({"aenergy": {"total": 10.0}, "ret_aenergy": returned}) is None


def test_a_negative_power_is_kept_where_the_sign_means_something() -> None:
    payload = sample("outdoor-gen3-feeding-back.json")
    reading = parse_status(payload, name="x", at_ms=0, about=About(gen=3))
    assert (reading.power_w, reading.energy_wh) == (-412.7, 7.25)


def test_a_negative_power_of_a_gen2_is_only_a_turned_plug() -> None:
    payload = sample("SNPL-00112EU-1.1.0.json")
    assert parse_status(payload, name="x", at_ms=0, about=About(gen=2)).power_w == 2041.5


def test_a_plug_without_a_relay_is_found_by_itself() -> None:
    reading = parse_status(sample("S3PM-001PCEU16-1.4.4-pm1.json"), name="x", at_ms=0)
    assert (reading.power_w, reading.energy_wh) == (7.4, 18.004)


@pytest.mark.parametrize(
    ("channel", "power", "energy"), [(0, 0.0, 512.118), (1, 61.2, 1204.5), (3, 1490.3, 98120.007)]
)
def test_each_socket_of_a_strip_is_its_own_channel(
    channel: int, power: float, energy: float
) -> None:
    payload = sample("S4PL-00416EU-1.6.1-strip.json")
    reading = parse_status(payload, name="x", at_ms=0, channel=channel)
    assert reading.plug == f"shelly-a0dd6c0b0e44-{channel}"
    assert (reading.power_w, reading.energy_wh) == (power, energy)


def test_a_strip_whose_clock_is_not_set_is_read_all_the_same() -> None:
    payload = sample("S4PL-00416EU-1.6.1-strip.json")
    assert "by_minute" not in payload["switch:2"]["aenergy"]
    assert parse_status(payload, name="x", at_ms=0, channel=2).energy_wh == 0.0


def test_a_power_of_zero_does_not_hide_a_growing_counter() -> None:
    payload = sample("S4PL-00416EU-1.6.1-strip.json")
    reading = parse_status(payload, name="x", at_ms=0, channel=0)
    assert (reading.power_w, reading.energy_wh) == (0.0, 512.118)


def test_a_channel_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(PlugNonsense, match=r"x: .*no switch:1 or pm1:1, but switch:0"):
        parse_status(sample("S3PL-00112EU-1.7.5.json"), name="x", at_ms=0, channel=1)


def test_a_component_may_be_forced() -> None:
    with pytest.raises(PlugNonsense, match=r"no pm1:0, but switch:0"):
        parse_status(sample("S3PL-00112EU-1.7.5.json"), name="x", at_ms=0, component="pm1")


def test_a_relay_without_a_meter_is_told_so() -> None:
    with pytest.raises(PlugNonsense, match="no power meter"):
        parse_status({"switch:0": {"id": 0, "output": True}}, name="x", at_ms=0)


@pytest.mark.parametrize("payload", [None, [], 3, "ok", {}])
def test_an_answer_without_a_meter_is_nonsense(payload: object) -> None:
    with pytest.raises(PlugNonsense, match="nothing that measures"):
        parse_status(payload, name="x", at_ms=0)


def test_a_first_generation_shelly_is_sent_to_its_own_family() -> None:
    with pytest.raises(PlugNonsense, match='family = "shelly1"'):
        parse_about({"type": "SHPLG-S", "mac": "98CDAC1F0B31"}, "x")


def test_the_shelly_page_tells_who_it_is() -> None:
    payload = {"mac": "5432040B0E41", "gen": 3, "model": "S3PL-00112EU", "ver": "1.7.5"}
    about = parse_about(payload | {"name": "Drucker\n"}, "x")
    assert about == About("5432040b0e41", 3, "S3PL-00112EU", "1.7.5", "Drucker")


def test_a_push_of_power_says_nothing_of_the_counter() -> None:
    last = {"apower": 1.0, "voltage": 230.0, "aenergy": {"total": 5.0}}
    news = news_of({"ts": 1.0, "switch:0": {"id": 0, "apower": 2.0}}, 0, "auto")
    assert told({**last, **news}, news) == {"id": 0, "apower": 2.0, "voltage": 230.0}


def test_a_push_of_the_counter_leaves_the_power_as_it_was() -> None:
    last = {"apower": 1.0, "aenergy": {"total": 5.0}}
    news = {"aenergy": {"total": 6.0}}
    assert told({**last, **news}, news) == {"apower": 1.0, "aenergy": {"total": 6.0}}


def test_half_of_a_pair_of_counters_tells_nothing() -> None:
    last = {"aenergy": {"total": 5.0}, "ret_aenergy": {"total": 1.0}}
    news = {"aenergy": {"total": 6.0}}
    assert told({**last, **news}, news) == {}


def test_a_push_for_another_socket_is_no_news() -> None:
    assert news_of({"switch:1": {"apower": 2.0}}, 0, "auto") == {}
    assert news_of(None, 0, "auto") == {}


def digest(words: str) -> str:
    return sha256(words.encode()).hexdigest()


@pytest.mark.parametrize("count", [7, "7"])
def test_a_challenge_is_answered_with_the_dummy_method(count: object) -> None:
    asked = {"nonce": 1625038762, "nc": count, "realm": "plug", "algorithm": "SHA-256"}
    auth = answer_challenge(json.dumps(asked), "secret", 31)
    ha1, ha2 = digest("admin:plug:secret"), digest("dummy_method:dummy_uri")
    assert auth is not None
    assert auth["response"] == digest(f"{ha1}:1625038762:7:31:auth:{ha2}")
    assert (auth["username"], auth["realm"], auth["nonce"]) == ("admin", "plug", 1625038762)


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[" * 100_000,
        None,
        3,
        "{}",
        '{"nonce": null, "realm": "x"}',
        '{"nonce": 1, "realm": 2}',
        '{"nonce": 1, "realm": "x", "algorithm": "MD5"}',
    ],
)
def test_what_is_no_challenge_is_not_answered(message: object) -> None:
    assert answer_challenge(message, "secret", 1) is None
