"""One plug's trouble is its own: the others are read on time, and each trouble is named."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from flatwatt.clock import Clock
from flatwatt.config import load
from flatwatt.daemon import Daemon
from flatwatt.emulator import ShellyGen1, Tasmota, serve
from flatwatt.flat import Flat
from flatwatt.loads import load_of
from flatwatt.model import Flag
from flatwatt.opening import Opened, counters, open_all
from flatwatt.store.home import Home
from flatwatt.store.readings import read

INTERVAL_S = 0.1


class Stand:
    """Two plugs on loopback and a collector that reads them."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.home.create()
        self.clock = Clock()
        self.flat: Flat

    def plug(self, kind, mac: str, load: str = "fridge", **more):
        origin_ms = self.clock.now_ms() - 86_400_000
        return kind(
            load_of(load, 1, origin_ms), self.clock.now_ms, mac=mac, boot_ms=origin_ms, **more
        )

    @asynccontextmanager
    async def reading(self, tables: str, secrets: str = "") -> AsyncIterator[Flat]:
        self.home.config.write_text(tables, encoding="utf-8")
        self.home.secrets.touch(mode=0o600)
        self.home.secrets.write_text(secrets, encoding="utf-8")
        loaded = load(self.home.config, self.home.secrets, {})
        self.flat = Flat(self.home, loaded.config, counters())
        daemon = Daemon(self.flat, open_all(loaded, self.clock.now_ms), self.clock, seed=1)
        task = asyncio.create_task(daemon.run())
        try:
            yield self.flat
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.flat.close()

    def rows(self, appliance: str):
        rows = [row for batch, _ in read(self.home.readings) for row in batch]
        return [row for row in rows if row.appliance == appliance]


@pytest.fixture
def stand(tmp_path) -> Stand:
    return Stand(tmp_path / "home")


def table(id_: str, family: str, host: str) -> str:
    return (
        f'[plugs.{id_}]\nfamily = "{family}"\nhost = "{host}"\ninterval_s = {INTERVAL_S}\n'
        'appliance = "fridge"\n\n'
    )


@pytest.mark.parametrize(
    "fault", [{"slow_s": 1.5}, {"refuse": True}, {"garbage": True}, {"status": 500}, {"nan": True}]
)
async def test_a_bad_plug_never_delays_a_good_one(stand, fault):
    good = stand.plug(ShellyGen1, "E868E7000001")
    bad = stand.plug(Tasmota, "A4CF12000002")
    for name, value in fault.items():
        setattr(bad.faults, name, value)
    one, two = await serve(good.app()), await serve(bad.app())
    try:
        tables = table("good", "shelly1", one.address) + table("bad", "tasmota", two.address)
        async with stand.reading(tables):
            await asyncio.sleep(2.0)
    finally:
        await one.close()
        await two.close()
    rows = stand.rows("good")
    assert len(rows) >= 14
    steps = [after.at_ms - row.at_ms for row, after in pairwise(rows)]
    assert sorted(steps)[len(steps) // 2] < 3 * INTERVAL_S * 1000
    assert not any(row.power_w == 0 for row in stand.rows("bad"))


async def test_trouble_is_named_once_and_so_is_its_end(stand, caplog):
    plug = stand.plug(ShellyGen1, "E868E7000001")
    served = await serve(plug.app())
    plug.faults.garbage = True
    with caplog.at_level(logging.INFO, "flatwatt"):
        async with stand.reading(table("fridge", "shelly1", served.address)) as flat:
            await asyncio.sleep(3.0)
            now = flat.snapshot(stand.clock.now_ms()).appliances[0]
            assert "did not answer JSON" in now.trouble
            plug.faults.garbage = False
            for _ in range(60):
                await asyncio.sleep(0.1)
                if flat.snapshot(stand.clock.now_ms()).appliances[0].trouble is None:
                    break
    await served.close()
    said = [record.getMessage() for record in caplog.records]
    assert sum("did not answer JSON" in line for line in said) == 1
    assert sum("answers again" in line for line in said) == 1


async def test_unreachable_and_wrong_password_are_told_apart(stand):
    plug = stand.plug(ShellyGen1, "E868E7000001", password="right")
    served = await serve(plug.app())
    tables = table("locked", "shelly1", served.address) + table("gone", "shelly1", "127.0.0.1:9")
    async with stand.reading(tables, '[plugs.locked]\npassword = "canary-8161"\n') as flat:
        await asyncio.sleep(0.6)
        locked, gone = flat.snapshot(stand.clock.now_ms()).appliances
    await served.close()
    assert "secrets.toml" in locked.trouble
    assert "no connection" in gone.trouble
    assert locked.power_w is None
    assert locked.state == "unknown"


async def test_no_password_ever_reaches_log_record_or_state(stand, caplog):
    plug = stand.plug(Tasmota, "A4CF12000002", password="canary-4711")
    served = await serve(plug.app())
    tables = table("fridge", "tasmota", served.address)
    with caplog.at_level(logging.DEBUG):
        async with stand.reading(tables, '[plugs.fridge]\npassword = "canary-4711"\n'):
            for fault in ("garbage", "half_json", "refuse"):
                setattr(plug.faults, fault, True)
                await asyncio.sleep(0.5)
                setattr(plug.faults, fault, False)
    await served.close()
    assert "canary" not in caplog.text
    for file in stand.home.path.rglob("*"):
        if file.is_file() and file.name != "secrets.toml":
            assert b"canary" not in file.read_bytes(), file


class Buggy:
    """A driver of somebody who made a mistake; the protocol is all it shares with ours."""

    async def read(self):
        raise ZeroDivisionError("a bug")

    async def identify(self):
        raise ZeroDivisionError("a bug")

    async def close(self):
        pass


async def test_a_drivers_bug_is_named_and_stops_no_other_plug(stand, caplog):
    good = stand.plug(ShellyGen1, "E868E7000001")
    served = await serve(good.app())
    stand.home.config.write_text(table("good", "shelly1", served.address), encoding="utf-8")
    loaded = load(stand.home.config, stand.home.secrets, {})
    flat = Flat(stand.home, loaded.config, counters())
    opened = [Opened("buggy", Buggy(), 0.1, False, 5.0), *open_all(loaded, stand.clock.now_ms)]
    daemon = Daemon(flat, opened, stand.clock, seed=1)
    task = asyncio.create_task(daemon.run())
    await asyncio.sleep(1.0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    flat.close()
    await served.close()
    assert len(stand.rows("good")) >= 5
    assert "buggy: internal error" in caplog.text


async def test_a_restarted_plug_is_marked_in_the_record_and_costs_nothing(stand):
    plug = stand.plug(ShellyGen1, "E868E7000001")
    served = await serve(plug.app())
    async with stand.reading(table("fridge", "shelly1", served.address)) as flat:
        await asyncio.sleep(3.0)
        plug.reboot()
        await asyncio.sleep(1.0)
        used_mwh = flat.snapshot(stand.clock.now_ms()).today_mwh
    await served.close()
    rows = stand.rows("fridge")
    assert any(row.energy_wh > 1 for row in rows)
    assert rows[-1].energy_wh < 1
    assert used_mwh < 2_000


async def test_a_clock_that_is_set_back_is_marked_and_makes_no_energy(stand):
    shift_ms = 0.0
    real = stand.clock

    def wall_ms() -> float:
        return float(Clock().now_ms()) + shift_ms

    stand.clock = Clock(wall=wall_ms)
    plug = stand.plug(ShellyGen1, "E868E7000001", load="desk")
    served = await serve(plug.app())
    async with stand.reading(table("desk", "shelly1", served.address)) as flat:
        await asyncio.sleep(0.8)
        before_mwh = flat.snapshot(real.now_ms()).today_mwh
        plug.now_ms = real.now_ms  # the plug's load goes on in true time
        shift_ms = -7_200_000.0
        await asyncio.sleep(0.8)
        after_mwh = sum(each.energy_mwh for each in flat.quarters(0, 1 << 53))
    await served.close()
    assert any(row.flags & Flag.CLOCK for row in stand.rows("desk"))
    assert 0 <= after_mwh - before_mwh < 200
