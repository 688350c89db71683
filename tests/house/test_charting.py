"""A chart has few buckets and every peak, whatever stretch it is of."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.charting import Bucket, gathered
from flatwatt.config.tables import Config, PlugTable
from flatwatt.flat import Flat
from flatwatt.model import QUARTER_MS, Reading
from flatwatt.opening import counters
from flatwatt.report.periods import day_start_ms
from flatwatt.store.home import Home

START_MS = 1_793_000_000_000 // QUARTER_MS * QUARTER_MS
DAY_MS = 86_400_000
CONFIG = Config(plugs={"lamp": PlugTable(family="simulated")})
STEP_MS = 240_000


def said(days):
    """Return readings of some days: a counter that rises, a power with rare peaks."""
    found, energy_wh = [], 0.0
    for number in range(days * DAY_MS // STEP_MS):
        power_w = 1500.0 + number if number % 97 == 0 else 40.0 + number % 7
        energy_wh += power_w * STEP_MS / 3_600_000
        found.append(
            Reading(START_MS + number * STEP_MS, "lamp", "simulated-lamp", power_w, energy_wh)
        )
    return found


READINGS = said(45)


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("flat"))
    home.create()
    flat = Flat(home, CONFIG, counters())
    for first in range(0, len(READINGS), 3000):
        flat.feed(READINGS[first : first + 3000])
        flat.persist(flat.capture())
    yield flat
    flat.close()


SPANS = [(0, 0.01), (44.2, 0.4), (30, 10), (44, 1), (3, 6), (2, 31), (1, 40), (0, 45)]


@pytest.mark.parametrize(("day", "days"), SPANS)
@pytest.mark.parametrize("buckets", [7, 200, 1500])
def test_every_peak_and_every_milliwatt_hour_is_in_the_chart(flat, day, days, buckets):
    start_ms, end_ms = (START_MS + int(each * DAY_MS) for each in (day, day + days))
    chart = flat.charts.chart("lamp", start_ms, end_ms, buckets)
    assert 0 < len(chart) <= buckets
    first_ms, last_ms = chart[0].start_ms, chart[-1].end_ms
    assert first_ms <= max(start_ms, START_MS)
    inside = [each for each in READINGS if first_ms <= each.at_ms < last_ms]
    highs = [bucket.high_mw for bucket in chart if bucket.high_mw is not None]
    lows = [bucket.low_mw for bucket in chart if bucket.low_mw is not None]
    assert max(highs) == round(max(each.power_w for each in inside) * 1000)
    assert min(lows) == round(min(each.power_w for each in inside) * 1000)
    for one, other in pairwise(chart):
        assert one.end_ms <= other.start_ms
    for bucket in chart:
        own = [r.power_w for r in inside if bucket.start_ms <= r.at_ms < bucket.end_ms]
        if own:
            assert (bucket.low_mw, bucket.high_mw) == (
                round(min(own) * 1000),
                round(max(own) * 1000),
            )


def test_a_chart_of_years_is_made_of_local_days(flat):
    chart = flat.charts.chart("lamp", START_MS - 700 * DAY_MS, START_MS + 45 * DAY_MS)
    zone = ZoneInfo("Europe/Berlin")
    days = [bucket.start_ms for bucket in chart[:-2]]
    assert len(days) >= 40
    assert days == [day_start_ms(datetime.fromtimestamp(at / 1000, zone), zone) for at in days]
    whole = sum(bucket.energy_mwh for bucket in chart)
    assert whole == sum(quarter.energy_mwh for quarter in flat.quarters(0, 1 << 53))


def test_where_nothing_was_measured_there_is_no_bucket(flat):
    assert flat.charts.chart("lamp", 0, START_MS - DAY_MS) == []
    assert flat.charts.chart("nobody", START_MS, START_MS + DAY_MS) == []
    assert flat.charts.chart("lamp", START_MS, START_MS) == []


def test_the_mean_of_a_bucket_is_its_energy_over_its_time():
    assert Bucket(0, 900_000, 0, 100_000, 25_000).mean_w == 100.0


@settings(max_examples=200)
@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=300, unique=True),
    st.sampled_from([60, 900, 3600]),
    st.integers(1, 60),
)
def test_gathering_keeps_extremes_and_energy_in_few_buckets(places, cell_s, buckets):
    cells = [
        (place * cell_s, (place + 1) * cell_s, place - 9, place + 9, place)
        for place in sorted(places)
    ]
    found = gathered(cells, cell_s, buckets)
    assert len(found) <= buckets
    assert max(each.high_mw for each in found) == max(places) + 9
    assert min(each.low_mw for each in found) == min(places) - 9
    assert sum(each.energy_mwh for each in found) == sum(places)
