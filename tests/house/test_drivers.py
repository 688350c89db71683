"""A family is a file; a wrong word is answered with the nearest right one."""

import pytest

from flatwatt import plugs
from flatwatt.appliance.marks import marked
from flatwatt.drivers import Context, Driver, driver_of, families, open_plug
from flatwatt.errors import ConfigError
from flatwatt.model import Flag, Reading


@pytest.mark.parametrize("family", families(plugs))
def test_every_family_has_a_driver_with_a_counter(family):
    driver = driver_of(plugs, family)
    assert isinstance(driver, Driver)
    assert driver.counter.resolution_wh > 0


def test_an_unknown_family_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'tasmota'"):
        driver_of(plugs, "tasmotta")


def test_an_unknown_option_is_named():
    with pytest.raises(ConfigError, match="printer: unknown option 'hots'; did you mean 'host'"):
        open_plug(plugs, "shelly", {"hots": "x"}, Context("printer", lambda: 0, 1.0))


def reading(at_ms: int, uptime_s: float | None = None) -> Reading:
    return Reading(at_ms, "washer", "shelly-x-0", 1.0, uptime_s=uptime_s)


def test_a_plug_that_restarted_in_between_is_marked():
    assert marked(reading(100_000, 20.0), 60_000, stepped=False).flags == Flag.BOOT
    assert marked(reading(100_000, 39.0), 60_000, stepped=False).flags == 0
    assert marked(reading(100_000, 5000.0), 60_000, stepped=False).flags == 0


def test_long_silence_is_marked_as_a_gap_and_a_set_clock_as_such():
    assert marked(reading(1_000_001), 100_000, stepped=False).flags == Flag.GAP
    assert marked(reading(1_000_001), 100_000, stepped=True).flags == Flag.CLOCK
    assert marked(reading(1_000_001), None, stepped=False).flags == 0
