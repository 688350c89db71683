"""The plug without hardware."""

import itertools
import re

import pytest

from flatwatt import plugs
from flatwatt.drivers import Context, driver_of, open_plug
from flatwatt.errors import ConfigError, PlugNonsense
from flatwatt.loads import KINDS, load_of
from flatwatt.model import CounterKind
from flatwatt.plugs.simulated import ORIGIN_MS

NOW_MS = ORIGIN_MS + 200 * 86_400_000 + 12_345
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class Hand:
    """A clock moved by hand."""

    def __init__(self, at_ms=NOW_MS):
        self.at_ms = at_ms

    def now_ms(self):
        return self.at_ms


def simulated(clock, name="printer", **table):
    table = {"load": "printer_3d"} | table
    return open_plug(plugs, "simulated", table, Context(name, clock.now_ms, 2.0))


async def test_a_simulated_plug_says_what_its_load_draws_now():
    clock = Hand()
    plug = simulated(clock, seed=4)
    load = load_of("printer_3d", 4, ORIGIN_MS)
    for _ in range(200):
        clock.at_ms += 977_013
        (reading,) = await plug.read()
        assert reading.at_ms == clock.at_ms
        assert reading.appliance == "printer"
        assert reading.plug == "simulated-printer"
        assert reading.power_w == round(load.power_w(clock.at_ms), 1)
        assert reading.energy_wh == int(load.energy_wh(clock.at_ms))
    await plug.close()
    await plug.close()


async def test_the_counter_goes_on_after_a_restart():
    before = await simulated(Hand()).read()
    after = await simulated(Hand()).read()
    assert before == after


@pytest.mark.parametrize("resolution_wh", [0.001, 0.1, 1.0, 10.0])
async def test_the_counter_is_cut_to_its_resolution_and_never_falls(resolution_wh):
    clock = Hand()
    plug = simulated(clock, load="washing_machine", resolution_wh=resolution_wh)
    load = load_of("washing_machine", 1, ORIGIN_MS)
    told = []
    for _ in range(500):
        clock.at_ms += 1_200_000
        (reading,) = await plug.read()
        steps = reading.energy_wh / resolution_wh
        assert steps == pytest.approx(round(steps), abs=1e-3)
        assert -1e-6 <= load.energy_wh(clock.at_ms) - reading.energy_wh < resolution_wh + 1e-6
        told.append(reading.energy_wh)
    assert all(one <= other for one, other in itertools.pairwise(told))
    assert told[-1] > told[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_load_can_be_simulated(kind):
    plug = simulated(Hand(), load=kind)
    (reading,) = await plug.read()
    assert reading.power_w >= 0
    assert reading.energy_wh > 1000
    identity = await plug.identify()
    assert (identity.plug, identity.model) == (reading.plug, f"simulated {kind}")


async def test_mains_voltage_stays_near_230_v_and_moves():
    clock = Hand()
    plug = simulated(clock)
    voltages = set()
    for _ in range(400):
        clock.at_ms += 600_000
        (reading,) = await plug.read()
        voltages.add(reading.voltage_v)
    assert 225 < min(voltages) < 229
    assert 231 < max(voltages) < 235


async def test_a_long_name_makes_an_id_of_its_own_that_fits():
    names = ["a" * 31 + end for end in "xy"] + ["a" * 22, "p"]
    ids = []
    for name in names:
        (reading,) = await simulated(Hand(), name=name).read()
        ids.append(reading.plug)
    assert len(set(ids)) == len(names)
    assert all(ID.fullmatch(each) for each in ids)


async def test_a_clock_before_the_origin_is_told():
    with pytest.raises(PlugNonsense, match="printer: simulated loads begin on 2026-01-01"):
        await simulated(Hand(ORIGIN_MS - 1)).read()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"load": "printer"}, "printer: unknown load 'printer'; did you mean 'printer_3d'?"),
        ({"resolution_wh": 0.0}, "resolution_wh is 0.0; it must be from"),
        ({"resolution_wh": float("nan")}, "resolution_wh is nan"),
        ({"utc_offset_min": 9000}, "utc_offset_min is 9000"),
        ({"sed": 1}, "unknown option 'sed'; did you mean 'seed'?"),
        ({"seed": "one"}, "seed"),
    ],
)
def test_options_that_cannot_be_are_refused(table, told):
    with pytest.raises(ConfigError, match=re.escape(told)):
        simulated(Hand(), **table)


def test_the_family_declares_a_lifetime_counter():
    driver = driver_of(plugs, "simulated")
    assert driver.counter.kind is CounterKind.LIFETIME
    assert not driver.pushed
