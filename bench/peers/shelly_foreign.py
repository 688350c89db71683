"""Does a client that is not ours understand the emulated Shelly?

Talks to `ShellyGen3` with aioshelly: WebSocket, SHA-256 digest, NotifyStatus, a wrong
password and a restart. aioshelly is no dependency of flatwatt, so give it a place of its own:

    python -m venv scratch
    scratch/bin/pip install aioshelly
    PYTHONPATH=src scratch/bin/python bench/peers/shelly_foreign.py
"""

import asyncio
import time
from dataclasses import dataclass, field
from importlib.metadata import version

import aiohttp
from aioshelly.common import ConnectionOptions
from aioshelly.exceptions import InvalidAuthError
from aioshelly.rpc_device import RpcDevice, RpcUpdateType, WsServer

from flatwatt.emulator import Served, ShellyGen3, serve

MAC = "5432040B0E41"
PASSWORD = "only for this bench"


@dataclass
class Knob:
    """A load set by hand."""

    watts: float = 60.0

    def power_w(self, at_ms: int) -> float:
        return self.watts + 0.0 * at_ms

    def energy_wh(self, at_ms: int) -> float:
        return 1000.25 + 0.0 * at_ms


@dataclass
class Heard:
    """What aioshelly told its listener."""

    kinds: list[RpcUpdateType] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, _device: RpcDevice, kind: RpcUpdateType) -> None:
        self.kinds.append(kind)
        self.news.set()

    async def next(self, kind: RpcUpdateType) -> None:
        async with asyncio.timeout(10):
            while kind not in self.kinds:
                self.news.clear()
                await self.news.wait()
        self.kinds.clear()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def dial(session: aiohttp.ClientSession, served: Served, password: str) -> RpcDevice:
    options = ConnectionOptions(served.host, "admin", password, port=served.port)
    return await RpcDevice.create(session, WsServer(), options)


async def a_wrong_password_is_refused(session: aiohttp.ClientSession, served: Served) -> None:
    device = await dial(session, served, "wrong")
    try:
        await device.initialize()
    except InvalidAuthError:
        print("a wrong password is refused")
    else:
        raise AssertionError("a wrong password was taken")
    finally:
        await device.shutdown()


async def status_and_pushes_arrive(
    session: aiohttp.ClientSession, served: Served, plug: ShellyGen3, load: Knob
) -> None:
    device, heard = await dial(session, served, PASSWORD), Heard()
    device.subscribe_updates(heard)
    await device.initialize()
    assert device.requires_auth
    assert (device.model, device.gen) == ("S3PL-00112EU", 3)
    assert device.status["switch:0"]["apower"] == 60.0
    assert device.status["switch:0"]["aenergy"]["total"] == 1000.25
    print(f"the status arrives: {device.model}, firmware {device.firmware_version}")
    heard.kinds.clear()
    load.watts = 2000.0
    began = time.perf_counter()
    await heard.next(RpcUpdateType.STATUS)
    assert device.status["switch:0"]["apower"] == 2000.0
    print(f"a change is pushed: after {time.perf_counter() - began:.2f} s")
    plug.reboot()
    await heard.next(RpcUpdateType.DISCONNECTED)
    await device.initialize()
    assert device.status["switch:0"]["aenergy"]["total"] == 1000.0
    print("a restart breaks the line and cuts the counter to whole Wh")
    await device.shutdown()


async def main() -> None:
    load = Knob()
    plug = ShellyGen3(load, now_ms, mac=MAC, password=PASSWORD)
    served = await serve(plug.app())
    print(f"aioshelly {version('aioshelly')} against the emulated Shelly on {served.address}")
    async with aiohttp.ClientSession() as session:
        await a_wrong_password_is_refused(session, served)
        await status_and_pushes_arrive(session, served, plug, load)
    await served.close()


if __name__ == "__main__":
    asyncio.run(main())
