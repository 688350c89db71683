"""Our clients and the emulated plugs, over real sockets on loopback."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from tests.plugs.by_hand import Hands, Steady

from flatwatt import plugs, wire
from flatwatt.drivers import Context, Plug, open_plug
from flatwatt.emulator import EmulatedPlug, Served, ShellyGen1, ShellyGen3, Tasmota, serve
from flatwatt.errors import (
    PlugError,
    PlugNonsense,
    PlugRefused,
    PlugUnreachable,
    UsageError,
)
from flatwatt.model import Reading
from flatwatt.plugs.shelly1 import parse_status as parse_shelly1
from flatwatt.plugs.tasmota import parse_status as parse_tasmota

MAC = "5432040B0E41"
PASSWORD = "a+b c&%/ü@="


@dataclass
class Bench:
    """An emulated plug, its server, and the client that reads it."""

    load: Steady
    hands: Hands
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def serve(self, plug: EmulatedPlug) -> Served:
        served = await serve(plug.app())
        self.closers.append(served.close)
        return served

    async def client(self, family: str, served: Served, **options: object) -> Plug:
        context = Context("printer", self.hands.now_ms, 0.05)
        client = open_plug(plugs, family, {"host": served.address, **options}, context)
        self.closers.insert(0, client.close)
        return client


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    hands = Hands()
    bench = Bench(Steady(100.0, before_wh=1234.567, since_ms=hands.at_ms), hands)
    yield bench
    for close in bench.closers:
        await close()


KINDS: dict[str, tuple[str, dict[str, Any], Callable[..., EmulatedPlug], dict[str, Any]]] = {
    "shelly1": ("shelly1", {}, ShellyGen1, {}),
    "shelly-push": ("shelly", {}, ShellyGen3, {"push_s": 0.02}),
    "shelly-poll": ("shelly", {"mode": "poll"}, ShellyGen3, {}),
    "shelly-without-socket": ("shelly", {}, ShellyGen3, {"sockets": False}),
    "shelly-pm1": ("shelly", {}, ShellyGen3, {"component": "pm1:0", "push_s": 0.02}),
    "tasmota": ("tasmota", {}, Tasmota, {}),
    "openbeken": ("tasmota", {}, Tasmota, {"dialect": "openbeken"}),
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def pair(bench: Bench, kind: str, password: str = "") -> tuple[EmulatedPlug, Plug]:
    family, options, emulated, more = KINDS[kind]
    now_ms = bench.hands.now_ms
    plug = emulated(bench.load, now_ms, mac=MAC, password=password, boot_ms=1, **more)
    secret = {"password": password} if password else {}
    return plug, await bench.client(family, await bench.serve(plug), **options, **secret)


async def one(client: Plug) -> Reading:
    (reading,) = await client.read()
    return reading


async def until(client: Plug, wanted: Callable[[Reading], bool]) -> Reading:
    async with asyncio.timeout(3):
        while True:
            reading = await one(client)
            if wanted(reading):
                return reading


async def test_what_the_plug_measures_is_what_is_read(bench: Bench, kind: str) -> None:
    _, client = await pair(bench, kind)
    reading = await one(client)
    assert reading.power_w == pytest.approx(100.0, abs=0.1)
    assert reading.energy_wh == pytest.approx(1234.567, abs=1.0)
    assert reading.plug == f"{KINDS[kind][0]}-{MAC.lower()}-0"
    assert (reading.appliance, reading.at_ms) == ("printer", bench.hands.at_ms)
    assert reading.uptime_s == pytest.approx(bench.hands.at_ms / 1000, abs=1.0)
    assert reading.flags == 0


async def test_the_right_password_opens_the_plug(bench: Bench, kind: str) -> None:
    _, client = await pair(bench, kind, PASSWORD)
    first, second = await one(client), await one(client)
    assert (first.power_w, second.power_w) == (100.0, 100.0)


@pytest.mark.parametrize("said", ["", "wrong: ü"])
async def test_a_wrong_password_is_told_and_never_shown(
    bench: Bench, kind: str, said: str
) -> None:
    family, options, emulated, more = KINDS[kind]
    plug = emulated(bench.load, bench.hands.now_ms, mac=MAC, password=PASSWORD, **more)
    served = await bench.serve(plug)
    client = await bench.client(family, served, **options, password=said)
    with pytest.raises(PlugRefused, match=r"printer: .*secrets\.toml under \[plugs\.printer\]"):
        await client.read()


async def test_an_old_tasmotas_polite_no_is_a_refusal(bench: Bench) -> None:
    now_ms = bench.hands.now_ms
    plug = Tasmota(bench.load, now_ms, mac=MAC, password=PASSWORD, polite=True)
    client = await bench.client("tasmota", await bench.serve(plug), password="wrong")
    with pytest.raises(PlugRefused, match="another user or password"):
        await client.read()


FAULTS: dict[str, tuple[dict[str, object], type[PlugError]]] = {
    "refuse": ({"refuse": True}, PlugUnreachable),
    "slow": ({"slow_s": 5.0}, PlugUnreachable),
    "garbage": ({"garbage": True}, PlugNonsense),
    "half": ({"half_json": True}, PlugNonsense),
}
STATUSES = {"500": (500, PlugUnreachable), "401": (401, PlugRefused), "404": (404, PlugNonsense)}


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_a_fault_is_its_own_error_and_the_next_read_recovers(
    bench: Bench, kind: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.3)
    plug, client = await pair(bench, kind)
    await one(client)
    switches, error = FAULTS[fault]
    for switch, value in switches.items():
        setattr(plug.faults, switch, value)
    with pytest.raises(error, match=r"^printer: "):
        await until(client, lambda _reading: False)
    for switch, value in switches.items():
        setattr(plug.faults, switch, type(value)())
    assert (await one(client)).power_w == 100.0


@pytest.mark.parametrize("status", sorted(STATUSES))
async def test_a_status_is_its_own_error_and_the_next_read_recovers(
    bench: Bench, kind: str, status: str
) -> None:
    plug, client = await pair(bench, kind)
    plug.faults.status, error = STATUSES[status]
    with pytest.raises(error, match=r"^printer: "):
        await client.read()
    plug.faults.status = 0
    assert (await one(client)).power_w == 100.0


async def test_a_power_that_is_not_a_number_is_missing_and_not_zero(
    bench: Bench, kind: str
) -> None:
    plug, client = await pair(bench, kind)
    plug.faults.nan = True
    reading = await one(client)
    assert reading.power_w is None
    assert reading.energy_wh == pytest.approx(1234.567, abs=1.0)


async def test_a_plug_that_is_not_there_is_unreachable(bench: Bench, kind: str) -> None:
    family, options, _, _ = KINDS[kind]
    served = await bench.serve(ShellyGen1(bench.load, bench.hands.now_ms, mac=MAC))
    await served.close()
    client = await bench.client(family, served, **options)
    with pytest.raises(PlugUnreachable, match=r"^printer: no connection to 127"):
        await client.read()


@pytest.mark.parametrize("fault", ["refuse", "slow", "garbage", "500"])
async def test_a_password_is_in_no_message_and_no_traceback(
    bench: Bench, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.3)
    now_ms = bench.hands.now_ms
    plug = Tasmota(bench.load, now_ms, mac=MAC, password="hunter2")
    client = await bench.client("tasmota", await bench.serve(plug), password="hunter2")
    switches = FAULTS[fault][0] if fault in FAULTS else {"status": int(fault)}
    for switch, value in switches.items():
        setattr(plug.faults, switch, value)
    with pytest.raises(PlugError) as caught:
        await client.read()
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("family", ["shelly1", "shelly", "tasmota"])
def test_options_do_not_show_the_password(family: str) -> None:
    from flatwatt.drivers import driver_of, options_of

    driver = driver_of(plugs, family)
    options = options_of(driver, "x", {"host": "h", "password": "hunter2"})
    assert "hunter2" not in repr(options)
    assert driver.secrets == ("password",)


async def test_every_family_says_who_it_is(bench: Bench, kind: str) -> None:
    _, client = await pair(bench, kind)
    identity = await client.identify()
    assert identity.plug == (await one(client)).plug
    assert identity.model
    assert identity.firmware


async def test_a_shelly_of_the_other_generation_is_sent_to_its_family(bench: Bench) -> None:
    now_ms = bench.hands.now_ms
    old = await bench.serve(ShellyGen1(bench.load, now_ms, mac=MAC))
    new = await bench.serve(ShellyGen3(bench.load, now_ms, mac=MAC))
    with pytest.raises(PlugNonsense, match='family = "shelly1"'):
        await (await bench.client("shelly", old)).read()
    with pytest.raises(PlugNonsense, match='family = "shelly"'):
        await (await bench.client("shelly1", new)).identify()


async def test_a_client_may_be_closed_twice_and_used_again(bench: Bench, kind: str) -> None:
    _, client = await pair(bench, kind)
    await one(client)
    await client.close()
    await client.close()
    assert (await one(client)).power_w == 100.0


# The push of a Shelly


async def pushed(bench: Bench, **more: Any) -> tuple[ShellyGen3, Plug]:
    """Return a plug whose client asks once and then only listens."""
    plug = ShellyGen3(bench.load, bench.hands.now_ms, mac=MAC, push_s=0.02, **more)
    served = await bench.serve(plug)
    context = Context("printer", bench.hands.now_ms, 600.0)
    options = {"host": served.address, "password": plug.password}
    client = open_plug(plugs, "shelly", options, context)
    bench.closers.insert(0, client.close)
    await one(client)
    return plug, client


async def soon(client: Plug) -> Reading:
    async with asyncio.timeout(3):
        return await one(client)


async def test_a_change_of_power_is_pushed_without_a_counter(bench: Bench) -> None:
    _, client = await pushed(bench)
    bench.load.watts = 150.0
    reading = await soon(client)
    assert (reading.power_w, reading.energy_wh) == (150.0, None)
    assert reading.voltage_v is not None


async def test_a_change_is_pushed_under_a_password_too(bench: Bench) -> None:
    _, client = await pushed(bench, password=PASSWORD)
    bench.load.watts = 150.0
    assert (await soon(client)).power_w == 150.0


async def test_the_counter_is_pushed_once_a_minute_and_keeps_the_power(bench: Bench) -> None:
    _, client = await pushed(bench)
    bench.hands.at_ms += 60_000
    reading = await soon(client)
    assert reading.power_w == 100.0
    assert reading.energy_wh == pytest.approx(1234.567 + 100 / 60, abs=0.001)


async def test_a_steady_load_pushes_nothing(bench: Bench) -> None:
    _, client = await pushed(bench)
    bench.load.watts = 100.5
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await client.read()
    bench.load.watts = 99.0
    assert (await soon(client)).power_w == 99.0  # a cancelled read loses nothing


async def test_a_steady_load_is_asked_for_every_interval(bench: Bench) -> None:
    _, client = await pair(bench, "shelly-push")
    began = time.perf_counter()
    readings = [await one(client) for _ in range(5)]
    assert all(reading.energy_wh is not None for reading in readings)
    assert 0.15 < time.perf_counter() - began < 1.0


@pytest.mark.parametrize("kind", ["shelly-poll", "shelly-without-socket"])
async def test_polling_paces_itself(bench: Bench, kind: str) -> None:
    _, client = await pair(bench, kind)
    began = time.perf_counter()
    for _ in range(5):
        await one(client)
    assert 0.15 < time.perf_counter() - began < 1.0


async def test_a_lost_line_is_unreachable_and_dialled_again(bench: Bench) -> None:
    plug, client = await pushed(bench, password=PASSWORD)
    plug.drop_lines()
    with pytest.raises(PlugUnreachable, match="did the plug restart"):
        await soon(client)
    assert (await soon(client)).energy_wh == pytest.approx(1234.567, abs=0.001)


async def test_a_nonce_grown_old_is_renewed_without_a_word(bench: Bench) -> None:
    plug, client = await pair(bench, "shelly-push", PASSWORD)
    assert isinstance(plug, ShellyGen3)
    await one(client)
    plug.forget_nonces()
    assert [(await one(client)).power_w for _ in range(3)] == [100.0] * 3


async def test_a_line_without_answers_is_given_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug, client = await pair(bench, "shelly-push")
    await one(client)
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.2)
    plug.faults.slow_s = 3.0
    with pytest.raises(PlugUnreachable, match="stopped answering"):
        await until(client, lambda _reading: False)


# Counters after restarts


async def test_a_gen1_counts_from_zero_after_a_restart(bench: Bench) -> None:
    plug, client = await pair(bench, "shelly1")
    bench.hands.at_ms += 3_600_000
    assert (await one(client)).energy_wh == pytest.approx(1334.567, abs=0.02)
    plug.reboot()
    reading = await one(client)
    assert (reading.energy_wh, reading.uptime_s) == (0.0, 0.0)


async def test_a_gen3_drops_the_fraction_at_a_restart(bench: Bench) -> None:
    plug, client = await pair(bench, "shelly-poll", PASSWORD)
    assert (await one(client)).energy_wh == 1234.567
    plug.reboot()
    reading = await one(client)
    assert (reading.energy_wh, reading.uptime_s) == (1234.0, 0.0)


async def test_a_gen3_counter_can_be_reset_without_a_restart(bench: Bench) -> None:
    plug, client = await pair(bench, "shelly-poll")
    plug.reset_counter()
    reading = await one(client)
    assert reading.energy_wh == 0.0
    assert reading.uptime_s


async def test_a_pulled_tasmota_forgets_the_day_once(bench: Bench) -> None:
    bench.load.before_wh = 212_407.0
    plug, client = await pair(bench, "tasmota")
    day_wh = 100.0 * (bench.hands.at_ms % 86_400_000) / 3_600_000
    plug.reboot()
    assert (await one(client)).energy_wh == pytest.approx(212_407.0 - day_wh, abs=1.0)
    plug.reboot()
    assert (await one(client)).energy_wh == pytest.approx(212_407.0 - day_wh, abs=1.0)


async def test_midnight_takes_less_than_a_watt_hour_from_a_tasmota(bench: Bench) -> None:
    plug, client = await pair(bench, "openbeken")
    assert isinstance(plug, Tasmota)
    plug.midnight()
    assert (await one(client)).energy_wh == pytest.approx(1234.037, abs=0.01)


async def test_a_tasmota_is_asked_for_its_uptime_about_once_a_minute(bench: Bench) -> None:
    _, client = await pair(bench, "tasmota")
    assert (await one(client)).uptime_s is not None
    assert (await one(client)).uptime_s is None
    bench.hands.at_ms += 60_000
    assert (await one(client)).uptime_s is not None


async def test_a_tasmota_that_knows_only_the_new_number_is_asked_by_it(bench: Bench) -> None:
    class Newer(Tasmota):
        def answer(self, command: str, at_ms: int) -> dict[str, Any]:
            if command == "Status 8":
                return {"Command": "Unknown"}
            return super().answer(command, at_ms)

    plug = Newer(bench.load, bench.hands.now_ms, mac=MAC)
    client = await bench.client("tasmota", await bench.serve(plug))
    assert (await one(client)).power_w == 100.0


# The emulated plugs by themselves


def test_weeks_of_history_need_no_socket() -> None:
    load, begin_ms = Steady(60.0), 1_700_000_000_000
    load.since_ms = begin_ms
    plug = ShellyGen1(load, lambda: begin_ms, mac=MAC)
    other = Tasmota(load, lambda: begin_ms, mac=MAC)
    for at_ms in range(begin_ms, begin_ms + 86_400_000, 3_600_000):
        due_wh = pytest.approx(60.0 * (at_ms - begin_ms) / 3_600_000)
        first = parse_shelly1(plug.status(at_ms), name="x", at_ms=at_ms)
        second = parse_tasmota(other.status(at_ms), name="x", at_ms=at_ms, mac=MAC.lower())
        assert first.energy_wh == due_wh
        assert second.energy_wh == due_wh


async def test_the_open_pages_of_a_gen3_need_no_password(bench: Bench) -> None:
    plug = ShellyGen3(bench.load, bench.hands.now_ms, mac=MAC, password=PASSWORD)
    served = await bench.serve(plug)
    root = f"http://{served.address}"
    frame = {"id": 1, "method": "Shelly.GetStatus"}
    async with aiohttp.ClientSession() as session:
        for path, status in [
            ("/shelly", 200),
            ("/rpc/Shelly.GetDeviceInfo", 200),
            ("/rpc/Shelly.GetStatus", 401),
        ]:
            async with session.get(root + path) as response:
                assert response.status == status
        async with session.post(root + "/rpc", json=frame) as response:
            assert response.status == 401
            assert "algorithm=SHA-256" in response.headers["WWW-Authenticate"]


async def test_a_gen3_answers_posted_frames_and_knows_what_it_does_not_know(
    bench: Bench,
) -> None:
    served = await bench.serve(ShellyGen3(bench.load, bench.hands.now_ms, mac=MAC))
    root = f"http://{served.address}/rpc"
    async with aiohttp.ClientSession() as session:
        async with session.post(root, json={"id": 4, "method": "Switch.GetStatus"}) as response:
            said = await response.json()
            assert (said["id"], said["result"]["apower"]) == (4, 100.0)
        async with session.get(root + "/Switch.Toggle") as response:
            assert response.status == 404
        async with session.post(root, data=b"{") as response:
            assert response.status == 400


async def test_a_server_with_listeners_stops_within_a_moment(bench: Bench) -> None:
    plug = ShellyGen3(bench.load, bench.hands.now_ms, mac=MAC, push_s=0.02)
    served = await bench.serve(plug)
    clients = [await bench.client("shelly", served) for _ in range(5)]
    for client in clients:
        await one(client)
    plug.faults.slow_s = 30.0
    began = time.perf_counter()
    await served.close()
    assert time.perf_counter() - began < 0.5


async def test_emulated_plugs_are_served_on_loopback_only(bench: Bench) -> None:
    plug = ShellyGen1(bench.load, bench.hands.now_ms, mac=MAC)
    with pytest.raises(UsageError, match="this computer only"):
        await serve(plug.app(), "0.0.0.0")
    served = await bench.serve(plug)
    with pytest.raises(UsageError, match="is taken"):
        await serve(plug.app(), port=served.port)
