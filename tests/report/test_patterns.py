"""When energy is used: nothing is lost in the map, and the clock changes count right."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.made import BERLIN, MINUTE_MS, NO_PRICES, PRICES, WASH, made

from flatwatt.model import QUARTER_MS
from flatwatt.report.patterns import heat_map, patterns_of, peaks_of, standby_ranking, starts_of
from flatwatt.report.periods import Period, day_period
from flatwatt.store.quarters import Quarter

HOUR_MS = 3_600_000


def quarter(start_ms, energy_mwh, appliance="washer", **more):
    return Quarter(appliance, f"plug-{appliance}", start_ms, energy_mwh, 0, 0, 90, **more)


def day_of(day, energy_mwh=250, **more):
    start_ms, end_ms = day_period(day).bounds_ms(BERLIN)
    return [quarter(at_ms, energy_mwh, **more) for at_ms in range(start_ms, end_ms, QUARTER_MS)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60 * 96),
            st.integers(0, 900_000),
            st.sampled_from(["washer", "fridge"]),
            st.sampled_from([0, 60_000, QUARTER_MS]),
        ),
        max_size=80,
    ),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]),
)
def test_the_cells_add_up_to_the_period_to_the_milliwatt_hour(rows, zone):
    first_ms, _ = day_period(date(2026, 10, 1)).bounds_ms(BERLIN)
    quarters = [quarter(first_ms + slot * QUARTER_MS, mwh, appliance, missing_ms=missing_ms)
                for slot, mwh, appliance, missing_ms in rows]  # fmt: skip
    bounds_ms = (first_ms, first_ms + 61 * 86_400_000)
    found = patterns_of(bounds_ms, quarters, [], {}, PRICES, ZoneInfo(zone))
    cells = [cell for row in found.heat for cell in row]
    assert len(cells) == 168
    assert sum(cell.energy_mwh for cell in cells) == found.energy_mwh
    assert found.energy_mwh == sum(mwh for _, mwh, _, _ in rows)


def test_the_hour_that_october_repeats_is_two_hours_long():
    sunday = date(2026, 10, 25)
    heat = heat_map(day_of(sunday), BERLIN, 1 << 53)
    assert heat[6][2].energy_mwh == 2 * heat[6][3].energy_mwh == 2000
    assert heat[6][2].mean_wh == heat[6][3].mean_wh == 1.0


def test_the_hour_that_march_skips_was_not_measured_and_is_not_zero():
    heat = heat_map(day_of(date(2026, 3, 29)), BERLIN, 1 << 53)
    assert heat[6][2].mean_wh is None
    assert heat[6][2].energy_mwh == 0
    assert heat[6][3].mean_wh == 1.0


def test_an_hour_of_a_weekday_is_the_mean_of_its_weeks():
    days = [date(2026, 11, 2) + timedelta(weeks=n) for n in range(3)]
    quarters = [each for n, day in enumerate(days) for each in day_of(day, 1000 * n)]
    assert heat_map(quarters, BERLIN, 1 << 53)[0][12].mean_wh == 4.0


def test_time_without_measurement_does_not_thin_the_mean():
    day = date(2026, 11, 2)
    unheard = day_of(day + timedelta(weeks=1), 0, missing_ms=QUARTER_MS)
    assert heat_map([*day_of(day), *unheard], BERLIN, 1 << 53)[0][12].mean_wh == 1.0


def test_appliances_measured_at_different_times_are_averaged_each_over_its_own():
    day = date(2026, 11, 2)
    washer = [*day_of(day), *day_of(day + timedelta(weeks=1))]
    fridge = day_of(day, 500, appliance="fridge")
    assert heat_map([*washer, *fridge], BERLIN, 1 << 53)[0][12].mean_wh == 3.0


def test_the_quarter_hour_going_on_counts_for_as_long_as_it_lasts():
    start_ms, _ = day_period(date(2026, 11, 2)).bounds_ms(BERLIN)
    heat = heat_map([quarter(start_ms, 100)], BERLIN, start_ms + 6 * MINUTE_MS)
    assert heat[0][0].mean_wh == pytest.approx(1.0)


def test_starts_are_counted_by_local_hour_and_weekday():
    start_ms, _ = day_period(date(2026, 7, 4)).bounds_ms(BERLIN)
    runs = [made(*WASH, start_ms=start_ms + 9 * HOUR_MS), made(*WASH, start_ms=start_ms)]
    found = starts_of(runs, BERLIN)
    assert found.hours[9] == found.hours[0] == 1
    assert found.weekdays == (0, 0, 0, 0, 0, 2, 0)


def test_standby_is_ranked_and_costs_nothing_only_where_the_rate_is_known():
    day = date(2026, 11, 2)
    quarters = [*day_of(day, 500), *day_of(day, 2500, appliance="router")]
    end_ms = day_period(day).bounds_ms(BERLIN)[1]
    found = standby_ranking(quarters, [], PRICES, end_ms)
    assert [(each.appliance, each.power_w) for each in found] == [("router", 10), ("washer", 2)]
    assert float(found[0].eur_year) == pytest.approx(87.66 * 0.3141)
    assert {each.eur_year for each in standby_ranking(quarters, [], NO_PRICES, end_ms)} == {None}


def test_peaks_are_of_the_sum_and_of_different_days():
    days = Period(date(2026, 11, 2), date(2026, 11, 4))
    start_ms = days.bounds_ms(BERLIN)[0]
    noon_ms, next_noon_ms = start_ms + 12 * HOUR_MS, start_ms + 36 * HOUR_MS
    quarters = [
        quarter(noon_ms, 300_000), quarter(noon_ms, 200_000, "kettle"),
        quarter(noon_ms + QUARTER_MS, 450_000), quarter(next_noon_ms, 400_000),
    ]  # fmt: skip
    found = peaks_of(quarters, BERLIN)
    assert [peak.start_ms for peak in found] == [noon_ms, next_noon_ms]
    assert found[0].mean_w == pytest.approx(2000)
    assert found[0].parts == (("washer", 1200), ("kettle", 800))
