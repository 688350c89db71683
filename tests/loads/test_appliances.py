"""The models against what such appliances are known to draw."""

import itertools

import pytest

from flatwatt.loads import load_of

ORIGIN_MS = 1_767_225_600_000  # 2026-01-01 UTC, a Thursday
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
WEEKS = 8
SEEDS = range(12)


def powers_w(load, start_ms, end_ms, step_ms=1000):
    return [load.power_w(at) for at in range(start_ms, end_ms, step_ms)]


def local_hour(at_ms):
    return (at_ms + HOUR_MS) % DAY_MS / HOUR_MS


def runs_of(kind, seed):
    load = load_of(kind, seed, ORIGIN_MS)
    return load, load.runs_between(ORIGIN_MS, ORIGIN_MS + WEEKS * 7 * DAY_MS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fridge_uses_between_400_and_1000_wh_a_day(seed):
    load = load_of("fridge", seed, ORIGIN_MS)
    for day in range(30):
        start_ms = ORIGIN_MS + day * DAY_MS
        assert 400 < load.energy_wh(start_ms + DAY_MS) - load.energy_wh(start_ms) < 1000


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fridge_starts_with_a_spike_and_rests_most_of_the_time(seed):
    load = load_of("fridge", seed, ORIGIN_MS)
    powers = powers_w(load, ORIGIN_MS, ORIGIN_MS + DAY_MS, 100)
    on = [power for power in powers if power > 40]
    assert 0.25 < len(on) / len(powers) < 0.42
    assert 320 < max(powers) < 700
    assert 60 < sorted(on)[len(on) // 2] < 95
    assert sorted(powers)[len(powers) // 3] < 2.2


def test_a_fridge_works_harder_in_the_afternoon():
    afternoon = night = 0.0
    for seed in SEEDS:
        load = load_of("fridge", seed, ORIGIN_MS)
        for day in range(28):
            midnight_ms = ORIGIN_MS + day * DAY_MS + 23 * HOUR_MS  # of the flat
            for hours, name in (((12, 18), "afternoon"), ((0, 6), "night")):
                start_ms, end_ms = (midnight_ms + hour * HOUR_MS for hour in hours)
                used = load.energy_wh(end_ms) - load.energy_wh(start_ms)
                afternoon += used if name == "afternoon" else 0
                night += used if name == "night" else 0
    assert 1.05 < afternoon / night < 1.3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wash_uses_what_its_temperature_needs(seed):
    _, runs = runs_of("washing_machine", seed)
    bounds = {"30": (300, 550), "40": (450, 800), "60": (700, 1300)}
    for run in runs:
        low_wh, high_wh = bounds[run.programme]
        assert low_wh < run.energy_wh < high_wh
        assert 1.0 < (run.end_ms - run.start_ms) / HOUR_MS < 2.3


@pytest.mark.parametrize("seed", SEEDS)
def test_washing_is_done_three_to_five_times_a_week_by_day(seed):
    _, runs = runs_of("washing_machine", seed)
    assert 3 * WEEKS - 3 <= len(runs) <= 5 * WEEKS
    assert all(8 <= local_hour(run.start_ms) <= 18 for run in runs)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wash_heats_at_two_kilowatts_and_spins_at_the_end(seed):
    load, runs = runs_of("washing_machine", seed)
    for run in runs[:4]:
        heating = next(stage for stage in run.stages if stage.name == "heating")
        heat = powers_w(load, heating.start_ms, heating.end_ms)
        assert all(1780 < power < 2180 for power in heat)
        assert run.stages[-1].name == "spinning"
        spin = powers_w(load, run.stages[-1].start_ms, run.end_ms)
        assert 350 < max(spin) < 610


def test_a_drum_turns_12_s_and_rests_5_s():
    load, runs = runs_of("washing_machine", 3)
    stages = runs[0].stages
    washing = next(stage for stage in stages[2:] if stage.name == "washing")
    turning = [
        power > 50 for power in powers_w(load, washing.start_ms, washing.start_ms + 600_000)
    ]
    lengths = [len(list(group)) for _, group in itertools.groupby(turning)]
    assert set(lengths[1:-1]) == {5, 12}


def test_a_finished_washer_keeps_its_screen_on_for_a_while():
    load, runs = runs_of("washing_machine", 3)
    for run in runs[:5]:
        assert all(2 <= power <= 3 for power in powers_w(load, run.end_ms, run.end_ms + 480_000))
        assert 0.3 < load.power_w(run.end_ms + 26 * MINUTE_MS) < 1.2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_print_heats_levels_prints_and_cools(seed):
    load, runs = runs_of("printer_3d", seed)
    for run in runs[:6]:
        heating, printing, cooling = run.stages
        assert [stage.name for stage in run.stages] == ["heating", "printing", "cooling"]
        assert printing.end_ms == run.end_ms
        heat = powers_w(load, heating.start_ms, heating.end_ms)
        assert 230 < max(heat) < 285
        assert sum(45 <= power <= 80 for power in heat) >= 110  # the levelling dip
        assert 135 < heat[-1] < 165  # the nozzle on top
        work = powers_w(load, printing.start_ms, printing.end_ms)
        assert 88 < min(work) < max(work) < 142
        assert 98 < sum(work) / len(work) < 118
        assert all(20 <= power <= 25 for power in powers_w(load, cooling.start_ms, cooling.end_ms))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_printer_waits_above_a_5_w_rule(seed):
    load, runs = runs_of("printer_3d", seed)
    for run in runs:
        assert 6.9 < load.power_w(run.tail_end_ms + MINUTE_MS) < 8.1


def test_several_prints_a_week_some_of_them_over_night():
    counts, overnight = [], 0
    for seed in SEEDS:
        _, runs = runs_of("printer_3d", seed)
        counts.append(len(runs) / WEEKS)
        overnight += sum(local_hour(run.start_ms) > 21 > local_hour(run.end_ms) for run in runs)
        assert all(0.7 < (run.end_ms - run.start_ms) / HOUR_MS < 6.3 for run in runs)
        assert all(12 < local_hour(run.start_ms) < 23.1 for run in runs)
    assert min(counts) > 3
    assert max(counts) < 8
    assert overnight > len(SEEDS) * WEEKS / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dishwasher_is_silent_for_long_before_its_last_pump(seed):
    load, runs = runs_of("dishwasher", seed)
    for run in runs[:4]:
        assert 450 < run.energy_wh < 1200
        drying = run.stages[-1]
        powers = powers_w(load, drying.start_ms, drying.end_ms)
        assert sum(power < 1 for power in powers) >= 1195
        assert 25 < powers[-1] < 35


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dryer_tumbles_on_when_it_has_finished(seed):
    load, runs = runs_of("dryer", seed)
    for run in runs[:4]:
        assert [stage.name for stage in run.stages] == ["drying", "anti_crease"]
        assert run.tail_end_ms - run.end_ms == 30 * MINUTE_MS
        after = powers_w(load, run.end_ms, run.tail_end_ms)
        assert 0.15 < sum(power > 100 for power in after) / len(after) < 0.52


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kettle_boils_for_minutes_and_then_draws_nothing(seed):
    load, runs = runs_of("kettle", seed)
    assert 1 <= len(runs) / WEEKS / 7 <= 4
    for run in runs[:20]:
        assert 2 <= (run.end_ms - run.start_ms) / MINUTE_MS <= 4
        assert 1900 < load.power_w(run.start_ms) < 2200
        assert load.power_w(run.end_ms) == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_desk_is_used_in_the_evening_and_at_weekends(seed):
    load, runs = runs_of("desk", seed)
    for run in runs:
        weekend = (run.start_ms + HOUR_MS) // DAY_MS % 7 in (2, 3)  # day 0 was a Thursday
        assert weekend or local_hour(run.start_ms) > 18
        used = powers_w(load, run.start_ms, run.end_ms, 60_000)
        assert 55 < min(used) < max(used) < 155
        assert 2.2 < load.power_w(run.end_ms) < 3.8


@pytest.mark.parametrize("seed", SEEDS)
def test_a_router_draws_9_to_11_w_all_day(seed):
    load = load_of("standby", seed, ORIGIN_MS)
    powers = powers_w(load, ORIGIN_MS, ORIGIN_MS + 2 * DAY_MS, 10_000)
    assert 9 <= min(powers) < max(powers) <= 11
