"""Each quirk of a counter, with the figures plugs really showed."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatwatt.appliance.energy import Meter, MeterState, split
from flatwatt.model import QUARTER_MS, Basis, Counter, CounterKind, Flag, Interval, Reading

GEN1 = Counter(CounterKind.SINCE_BOOT, resolution_wh=1 / 60)
GEN2 = Counter(CounterKind.LIFETIME, resolution_wh=0.001, step_back_wh=1.0)
TASMOTA = Counter(CounterKind.LIFETIME, resolution_wh=1.0, step_back_wh=24 * 3680.0)
KEPT = Counter(CounterKind.LIFETIME, resolution_wh=1.0)
TAPO = Counter(CounterKind.DAILY, resolution_wh=1.0)
BARE = Counter(CounterKind.NONE)
T0 = 1_790_000_100_000
HOUR_S = 3600


def reading(
    at_s: float, power_w: float | None, energy_wh: float | None = None, flags: int = 0
) -> Reading:
    return Reading(
        T0 + round(at_s * 1000), "printer", "plug-1", power_w, energy_wh, flags=int(flags)
    )


def booked(counter: Counter, *readings: Reading) -> list[Interval]:
    meter = Meter(counter)
    found = [meter.feed(each) for each in readings]
    intervals = [each for each in found if each is not None]
    assert sum(each.energy_mwh for each in intervals) == meter.total_mwh
    assert all(each.energy_mwh >= 0 for each in intervals)
    return intervals


def only(counter: Counter, *readings: Reading) -> Interval:
    (interval,) = booked(counter, *readings)
    return interval


def test_the_first_reading_books_nothing_however_high_its_counter():
    assert booked(KEPT, reading(0, 100, 123_456)) == []


def test_a_counter_that_rose_is_booked_as_counted():
    interval = only(KEPT, reading(0, None, 100), reading(3600, None, 142))
    assert (interval.energy_mwh, interval.basis) == (42_000, Basis.COUNTED)


def test_gen1_watt_minutes_are_booked_exactly():
    interval = only(GEN1, reading(0, None, 2632 / 60), reading(60, None, 2692 / 60))
    assert interval.energy_mwh == 1000


def test_gen1_restart_is_a_new_epoch_and_never_a_negative_energy():
    interval = only(GEN1, reading(0, 0.0, 2632 / 60), reading(60, 0.0, 3 / 60, Flag.BOOT))
    assert (interval.energy_mwh, interval.basis) == (50, Basis.COUNTED)
    assert interval.flags & Flag.BOOT


def test_gen1_restart_that_nobody_flagged_is_seen_by_the_fall():
    assert only(GEN1, reading(0, 0.0, 2632 / 60), reading(60, 0.0, 3 / 60)).energy_mwh == 50


def test_the_power_fills_what_a_since_boot_counter_lost_before_its_restart():
    interval = only(GEN1, reading(0, 1800.0, 500.0), reading(60, 1800.0, 1.0, Flag.BOOT))
    assert interval.energy_mwh == 30_000


def test_a_counter_that_began_at_nothing_just_now_says_nothing_of_the_gap_before():
    interval = only(GEN1, reading(0, None, 500.0), reading(HOUR_S, None, 0.0, Flag.BOOT))
    assert (interval.energy_mwh, interval.basis) == (0, Basis.MISSING)
    some = only(GEN1, reading(0, None, 500.0), reading(HOUR_S, None, 1.0, Flag.BOOT))
    assert (some.energy_mwh, some.basis) == (1000, Basis.COUNTED)


def test_gen2_truncation_on_restart_books_nothing_and_is_no_reset():
    first, second = booked(
        GEN2,
        reading(0, 0.0, 3.333867),
        reading(20, 0.0, 3.0, Flag.BOOT),
        reading(40, 0.0, 3.2),
    )
    assert first.energy_mwh == 0
    assert not first.flags & Flag.SUSPECT
    assert second.energy_mwh == 200, "new energy counts from the lower value"


def test_gen2_counter_reset_by_its_owner_starts_a_new_epoch():
    first, second = booked(
        GEN2,
        reading(0, 100.0, 15_761.124),
        reading(36, 100.0, 0.5),
        reading(72, 100.0, 1.5),
    )
    assert (first.energy_mwh, second.energy_mwh) == (1000, 1000)
    assert not (first.flags | second.flags) & Flag.SUSPECT


def test_tasmota_midnight_step_back_adds_nothing():
    first, second = booked(
        TASMOTA,
        reading(0, 12.0, 44_790.66),
        reading(10, 12.0, 44_790.13),
        reading(11, None, 44_791),
    )
    assert first.energy_mwh == 0
    assert second.energy_mwh == 870


def test_tasmota_pulled_from_the_wall_never_shrinks_and_counts_from_the_lower_value():
    first, second = booked(
        TASMOTA,
        reading(0, 0.0, 44_790),
        reading(8 * HOUR_S, 0.0, 43_120, Flag.BOOT),
        reading(9 * HOUR_S, 0.0, 43_170),
    )
    assert (first.energy_mwh, first.basis) == (0, Basis.MISSING)
    assert (second.energy_mwh, second.basis) == (50_000, Basis.COUNTED)


def test_a_short_fall_of_a_kept_counter_over_a_long_gap_still_proves_that_little_was_used():
    interval = only(GEN2, reading(0, 0.0, 3.9), reading(8 * HOUR_S, 0.0, 3.0, Flag.BOOT))
    assert (interval.energy_mwh, interval.basis) == (0, Basis.COUNTED)


def test_kasa_counter_back_at_zero_is_a_reset():
    interval = only(KEPT, reading(0, 0.0, 12_068), reading(5, 0.0, 0.0))
    assert (interval.energy_mwh, interval.flags) == (0, 0)


def test_tapo_day_counter_rolls_over_at_midnight():
    intervals = booked(TAPO, reading(0, None, 173), reading(60, None, 0), reading(1000, None, 4))
    assert [each.energy_mwh for each in intervals] == [0, 4000]
    assert not any(each.flags & Flag.SUSPECT for each in intervals)


def test_a_day_counter_not_heard_for_a_day_books_what_today_shows():
    interval = only(TAPO, reading(0, None, 173), reading(30 * HOUR_S, None, 300))
    assert interval.energy_mwh == 300_000


def test_a_run_over_midnight_on_a_day_counter_equals_its_integral():
    readings = [reading(0, 600.0, 900)]
    for step in range(1, 721):
        midnight = 10 * step > HOUR_S
        count = 10 * step / 6 - 600 if midnight else 900 + 10 * step / 6
        readings.append(reading(10 * step, 600.0, int(count)))
    total_mwh = sum(each.energy_mwh for each in booked(TAPO, *readings))
    assert total_mwh == pytest.approx(1_200_000, rel=0.002)


def test_mystrom_new_boot_id_is_a_new_epoch_even_when_its_counter_is_larger():
    interval = only(
        Counter(CounterKind.SINCE_BOOT, resolution_wh=1 / 3600),
        reading(0, None, 10.0),
        reading(HOUR_S, None, 12.5, Flag.BOOT),
    )
    assert interval.energy_mwh == 12_500


def test_inspelning_jump_of_20_kwh_within_seconds_is_not_billed():
    counter = Counter(CounterKind.LIFETIME, resolution_wh=1.0)
    jump, after = booked(
        counter, reading(0, 90.0, 1000), reading(10, 90.0, 21_000), reading(20, 90.0, 21_001)
    )
    assert (jump.energy_mwh, jump.basis) == (250, Basis.INTEGRATED)
    assert jump.flags & Flag.SUSPECT
    assert (after.energy_mwh, after.flags) == (1000, 0)


def test_a_counter_higher_after_power_loss_is_flagged_not_billed():
    interval = only(KEPT, reading(0, 0.0, 5_000), reading(1200, 0.0, 9_000, Flag.BOOT))
    assert (interval.energy_mwh, interval.basis) == (0, Basis.MISSING)
    assert interval.flags & Flag.SUSPECT
    assert interval.flags & Flag.GAP


def test_an_error_code_of_48_ones_is_no_counter():
    interval = only(KEPT, reading(0, 36.0, 10.0), reading(60, 36.0, 281_474_976_710_655.0))
    assert (interval.energy_mwh, interval.basis) == (600, Basis.INTEGRATED)


def test_a_counter_at_its_modulus_wraps():
    counter = Counter(CounterKind.LIFETIME, resolution_wh=1.0, modulus_wh=100_000.0)
    interval = only(counter, reading(0, None, 99_998), reading(60, None, 3))
    assert (interval.energy_mwh, interval.flags) == (5000, 0)


def test_a_wobble_of_the_last_digit_is_climbed_over_before_it_counts_again():
    intervals = booked(
        KEPT,
        reading(0, None, 100),
        reading(60, None, 99),
        reading(120, None, 100),
        reading(180, None, 99),
        reading(240, None, 101),
    )
    assert [each.energy_mwh for each in intervals] == [0, 0, 0, 1000]


def test_a_counter_refreshed_once_a_minute_is_believed_when_the_power_explains_its_step():
    readings = [reading(0, 3000.0, 10.0)]
    readings += [reading(2 * step, 3000.0, 10.0) for step in range(1, 30)]
    readings.append(reading(60, 3000.0, 60.0))
    intervals = booked(GEN2, *readings)
    assert sum(each.energy_mwh for each in intervals) == 50_000
    assert not any(each.flags for each in intervals)


def test_a_counter_that_reports_each_tenth_of_a_kwh_is_believed_after_hours_of_standby():
    counter = Counter(CounterKind.LIFETIME, resolution_wh=10.0)
    readings = [reading(60 * step, 10.0, 4000.0) for step in range(600)]
    readings.append(reading(600 * 60, 10.0, 4100.0))
    intervals = booked(counter, *readings)
    assert sum(each.energy_mwh for each in intervals) == 100_000


def test_standby_that_the_power_cannot_see_is_taken_from_the_counter():
    readings = [reading(60 * step, 0.0, 0.015 * step) for step in range(61)]
    assert sum(each.energy_mwh for each in booked(GEN2, *readings)) == 900


def test_a_whole_watt_hour_counter_still_gives_a_smooth_course():
    readings = [reading(10 * step, 60.0, step // 6) for step in range(61)]
    energies = [each.energy_mwh for each in booked(KEPT, *readings)]
    assert max(energies) <= 167
    assert sum(energies) == pytest.approx(10_000, abs=170)


def test_the_booked_total_is_never_more_than_a_count_above_the_counter():
    meter = Meter(KEPT)
    for step in range(200):
        meter.feed(reading(10 * step, 2000.0, 50.0))
    assert meter.total_mwh == 1000


def test_power_only_news_follow_the_power_and_the_counter_settles_them():
    intervals = booked(
        GEN2,
        reading(0, 100.0, 5.0),
        reading(20, 100.0),
        reading(40, 100.0),
        reading(60, 100.0, 6.7),
    )
    assert [each.energy_mwh for each in intervals] == [555, 556, 589]
    assert [each.basis for each in intervals] == [
        Basis.INTEGRATED,
        Basis.INTEGRATED,
        Basis.COUNTED,
    ]


def test_what_the_power_said_too_much_is_taken_back_from_what_comes_next():
    meter = Meter(GEN2)
    for each in (reading(0, 100.0, 5.0), reading(36, 100.0), reading(40, 0.0, 5.5)):
        meter.feed(each)
    assert meter.total_mwh == 1000
    meter.feed(reading(50, 0.0, 6.0))
    assert meter.total_mwh == 1000
    meter.feed(reading(60, 0.0, 6.2))
    assert meter.total_mwh == 1200


def test_a_counter_without_power_is_enough():
    meter = Meter(GEN2)
    for step in range(100):
        meter.feed(reading(7 * step, None, step / 1000))
    assert meter.total_mwh == 99


def test_a_tuya_delta_never_feeds_a_total():
    interval = only(BARE, reading(0, 60.0, 1.0), reading(60, 60.0, 900.0))
    assert (interval.energy_mwh, interval.basis) == (1000, Basis.INTEGRATED)


@pytest.mark.parametrize("power_w", [math.nan, math.inf, -math.inf])
def test_power_that_is_no_number_says_nothing(power_w: float):
    intervals = booked(BARE, reading(0, 36.0), reading(30, power_w), reading(60, 36.0))
    assert [each.energy_mwh for each in intervals] == [600]


@pytest.mark.parametrize("energy_wh", [math.nan, math.inf, -1.0])
def test_a_counter_that_is_no_number_says_nothing(energy_wh: float):
    intervals = booked(
        KEPT, reading(0, None, 5.0), reading(30, None, energy_wh), reading(60, None, 8.0)
    )
    assert [each.energy_mwh for each in intervals] == [3000]


@pytest.mark.parametrize("power_w", [-626.6, -3276.8])
def test_fed_back_power_uses_nothing(power_w: float):
    assert only(BARE, reading(0, power_w), reading(60, power_w)).energy_mwh == 0


def test_more_power_than_the_plug_can_deliver_is_cut_and_flagged():
    first, _ = booked(BARE, reading(0, 3680.0), reading(36, 65_535.0), reading(72, 3680.0))
    assert first.energy_mwh == 37_720
    assert first.flags & Flag.SUSPECT


def test_a_gap_is_not_counted_as_zero():
    interval = only(BARE, reading(0, 700.0), reading(40 * HOUR_S, 700.0))
    assert (interval.energy_mwh, interval.basis) == (0, Basis.MISSING)
    assert interval.flags & Flag.GAP


def test_a_gap_with_a_counter_is_counted_and_flagged():
    interval = only(KEPT, reading(0, 700.0, 10), reading(2 * HOUR_S, 0.0, 1310))
    assert (interval.energy_mwh, interval.basis) == (1_300_000, Basis.COUNTED)
    assert interval.flags == Flag.GAP


def test_the_first_news_after_a_gap_waits_for_the_counter_to_tell_the_gap():
    meter = Meter(GEN2)
    news = (
        reading(0, 100.0, 10.0),
        reading(2 * HOUR_S, 100.0),
        reading(2 * HOUR_S + 2, 100.0),
        reading(2 * HOUR_S + 4, 100.0, 210.1),
    )
    told = [meter.feed(each) for each in news]
    assert told[:3] == [None, None, None]
    assert told[3] == Interval(
        T0, T0 + (2 * HOUR_S + 4) * 1000, 200_100, Basis.COUNTED, int(Flag.GAP)
    )


def test_a_gap_whose_counter_never_comes_is_missing_after_five_minutes():
    intervals = booked(
        GEN2,
        reading(0, 100.0, 10.0),
        *(reading(2 * HOUR_S + 60 * step, 100.0) for step in range(7)),
    )
    assert [each.basis for each in intervals] == [Basis.MISSING, Basis.INTEGRATED]
    assert intervals[1].energy_mwh == 1666


def test_power_is_held_not_interpolated_when_a_plug_reports_changes_only():
    interval = only(BARE, reading(0, 0.0), reading(600, 2000.0))
    assert interval.energy_mwh == 0
    assert only(BARE, reading(0, 2000.0), reading(600, 0.0)).energy_mwh == 333_333


def test_power_is_a_line_between_two_polls():
    assert only(BARE, reading(0, 0.0), reading(10, 720.0)).energy_mwh == 1000


def test_a_blip_of_700_watts_is_no_28_kwh():
    readings = [reading(0, 0.0), reading(40 * HOUR_S, 700.0), reading(40 * HOUR_S + 5, 0.0)]
    assert sum(each.energy_mwh for each in booked(BARE, *readings)) == 486


def test_a_duplicate_and_a_late_reading_change_nothing():
    meter = Meter(KEPT)
    meter.feed(reading(0, 10.0, 100))
    meter.feed(reading(10, 10.0, 101))
    before = msgspec.json.encode(meter.state)
    assert meter.feed(reading(10, 99.0, 150)) is None
    assert meter.feed(reading(5, 99.0, 90)) is None
    assert msgspec.json.encode(meter.state) == before


def test_a_clock_set_back_two_hours_changes_no_energy():
    first, second = booked(
        KEPT,
        reading(0, 100.0, 100),
        reading(-2 * HOUR_S, 100.0, 101, Flag.CLOCK),
        reading(-2 * HOUR_S + 36, 100.0, 102),
    )
    assert (first.start_ms, first.end_ms) == (T0 - 7_200_000, T0 - 7_200_000)
    assert (first.energy_mwh, first.basis) == (1000, Basis.COUNTED)
    assert first.flags & Flag.CLOCK
    assert second.energy_mwh == 1000


def test_a_clock_set_forward_two_hours_changes_no_energy():
    interval = only(KEPT, reading(0, 2000.0, 100), reading(2 * HOUR_S, 2000.0, 105, Flag.CLOCK))
    assert (interval.energy_mwh, interval.basis) == (5000, Basis.COUNTED)
    assert interval.flags & Flag.GAP


def test_a_clock_that_was_set_leaves_power_alone_without_a_duration():
    interval = only(BARE, reading(0, 2000.0), reading(300, 2000.0, None, Flag.CLOCK))
    assert (interval.energy_mwh, interval.basis) == (0, Basis.MISSING)


def test_power_from_before_a_clock_was_set_is_not_held():
    _, after = booked(
        GEN2,
        reading(0, 3600.0, 10.0),
        reading(-500, None, 10.0, Flag.CLOCK),
        reading(-400, 0.0),
    )
    assert (after.energy_mwh, after.basis) == (0, Basis.MISSING)


def test_what_was_booked_ahead_of_a_counter_is_not_taken_from_the_next_epoch():
    meter = Meter(Counter(CounterKind.SINCE_BOOT, resolution_wh=10.0))
    for each in (
        reading(0, 360.0, 500.0),
        reading(60, 0.0, 500.0),
        reading(120, 0.0, 0.0, Flag.BOOT),
        reading(420, None, 10.0),
    ):
        meter.feed(each)
    assert meter.total_mwh == 3000 + 10_000


def test_a_jump_across_a_clock_set_back_is_bounded_by_a_quarter_of_an_hour():
    interval = only(KEPT, reading(0, 0.0, 100), reading(-60, 0.0, 1100, Flag.CLOCK))
    assert (interval.energy_mwh, bool(interval.flags & Flag.SUSPECT)) == (0, True)


def test_flags_of_a_reading_without_figures_are_not_forgotten():
    interval = only(
        GEN1,
        reading(0, None, 10.0),
        reading(5, None, None, Flag.BOOT),
        reading(60, None, 12.0),
    )
    assert interval.energy_mwh == 12_000
    assert interval.flags == Flag.BOOT


def test_two_plugs_keep_separate_reset_corrections():
    one, two = Meter(GEN1), Meter(GEN1)
    for at_s, first_wh, second_wh in ((0, 500.0, 20.0), (60, 0.0, 21.0), (120, 1.0, 22.0)):
        one.feed(reading(at_s, None, first_wh))
        two.feed(reading(at_s, None, second_wh))
    assert (one.total_mwh, two.total_mwh) == (1000, 2000)


def test_a_suspect_reading_is_booked_and_stays_flagged():
    interval = only(BARE, reading(0, 184.0), reading(60, 184.0, None, Flag.SUSPECT))
    assert interval.flags == Flag.SUSPECT


def test_rounding_loses_nothing_in_a_million_small_intervals():
    meter = Meter(BARE)
    for step in range(100_001):
        meter.feed(reading(step / 10, 0.9))
    assert meter.total_mwh == 2500


def test_drift_shows_how_far_counter_and_power_are_apart():
    meter = Meter(GEN2)
    for step in range(361):
        meter.feed(reading(10 * step, 100.0, 0.001 * (step * 280)))
    meter.feed(reading(10 * HOUR_S, 100.0, 5000.0))
    assert meter.drift.integrated_wh == pytest.approx(100.0)
    assert meter.drift.counted_wh == pytest.approx(100.8)
    assert meter.drift.difference_wh == pytest.approx(0.8)
    assert meter.drift_percent == pytest.approx(0.8)


def test_without_a_counter_there_is_no_drift():
    meter = Meter(BARE)
    meter.feed(reading(0, 100.0))
    meter.feed(reading(60, 100.0))
    assert meter.drift_percent is None


def test_a_checkpoint_restores_a_meter_exactly():
    meter = Meter(GEN2)
    meter.feed(reading(0, 100.0, 1.0))
    meter.feed(reading(10, 100.0))
    again = Meter(GEN2, msgspec.json.decode(msgspec.json.encode(meter.state), type=MeterState))
    last = reading(20, 90.0, 1.6)
    assert again.feed(last) == meter.feed(last)
    assert again.state == meter.state


@given(
    start_ms=st.integers(0, 2**42),
    length_ms=st.integers(0, 40 * QUARTER_MS),
    energy_mwh=st.integers(0, 10**9),
)
def test_a_split_adds_up_and_follows_the_clock(start_ms: int, length_ms: int, energy_mwh: int):
    interval = Interval(start_ms, start_ms + length_ms, energy_mwh, Basis.COUNTED)
    slices = split(interval)
    assert sum(mwh for _, mwh in slices) == energy_mwh
    assert slices[0][0] == start_ms - start_ms % QUARTER_MS
    for slot_ms, mwh in slices:
        assert slot_ms % QUARTER_MS == 0
        assert slot_ms < interval.end_ms or length_ms == 0
        inside_ms = min(slot_ms + QUARTER_MS, interval.end_ms) - max(slot_ms, start_ms)
        if length_ms:
            assert abs(mwh - energy_mwh * inside_ms / length_ms) <= 1
    starts = [slot_ms for slot_ms, _ in slices]
    assert starts == list(range(starts[0], starts[0] + len(starts) * QUARTER_MS, QUARTER_MS))


def test_an_interval_that_ends_on_a_quarter_hour_stays_in_the_one_before():
    assert split(Interval(QUARTER_MS - 10, QUARTER_MS, 7, Basis.COUNTED)) == ((0, 7),)
