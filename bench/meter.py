"""Meters held against true accounts, their speed, and what the counter and power are worth.

    .venv/bin/python -m bench.meter [--examples 100000] [--seed 0] [--only model|speed|accuracy]

`model` runs the household of tests/appliance/meter_machine.py: sequences of thirty things
that can happen to two plugs, against an exact integer account. `speed` is microseconds a
reading. `accuracy` makes a washing machine with a heater that switches on and off and a
fridge beside it for some days, and compares quarter-hours with the truth second by second.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.appliance.meter_machine import MeterMachine

from flatwatt.appliance.energy import Meter, split
from flatwatt.model import QUARTER_MS, Counter, CounterKind, Reading

T0 = 1_790_000_100_000 // QUARTER_MS * QUARTER_MS
DAYS = 7
PORTION = 5_000
UJ_PER_WH = 3_600_000_000
WHOLE_WH = Counter(CounterKind.LIFETIME, resolution_wh=1.0)
FINE = Counter(CounterKind.LIFETIME, resolution_wh=0.001)
BARE = Counter(CounterKind.NONE)


def hold_to_account(examples: int, number: int) -> None:
    """Run the state machine; a difference ends with its shortest story.

    In portions, each with the next seed: the search remembers all it has tried.
    """
    started = time.perf_counter()
    for portion, done in enumerate(range(0, examples, PORTION)):
        rules = settings(
            max_examples=min(PORTION, examples - done),
            stateful_step_count=30,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        machine = type("Machine", (MeterMachine,), {})
        run_state_machine_as_test(seed(number + portion)(machine), settings=rules)
    spent_s = time.perf_counter() - started
    print(f"model     {examples} examples of up to 30 steps agree, seed {number}, {spent_s:.0f} s")


def washer_mw(second: int) -> int:
    """A wash every eight hours: PWM heating (7 s of 2 kW in each 17 s), then a drum."""
    into = second % 28_817
    if into < 1800:
        return 2_050_000 if second % 17 < 7 else 45_000
    if into < 5400:
        return (120_000, 180_000, 4_000)[second // 13 % 3]
    if into < 6000:
        return 350_000 + 50_000 * (second // 30 % 4)
    return 2_200


def fridge_mw(second: int) -> int:
    """A compressor of 20 minutes in 67, with a start of a few seconds."""
    into = second % 4037
    return 0 if into >= 1207 else 900_000 if into < 2 else 72_000


def sums_uj(power_mw: Callable[[int], int]) -> list[int]:
    """Return energy since the start at each second."""
    total, sums = 0, [0]
    for second in range(DAYS * 86_400):
        total += power_mw(second) * 1000
        sums.append(total)
    return sums


def readings(
    power_mw: Callable[[int], int], sums: list[int], step_s: int, count_uj: int
) -> Iterator[Reading]:
    """Ask the plug every `step_s`, at a time that wanders by a few seconds."""
    for number, asked in enumerate(range(0, DAYS * 86_400 - 9, step_s)):
        second = asked + (number * 2_654_435_761 % 2**32 >> 8) % (4 if step_s > 4 else 1)
        shown_uj = sums[second] - sums[second] % count_uj
        at_ms = T0 + second * 1000
        yield Reading(at_ms, "a", "p", power_mw(second) / 1000, shown_uj / UJ_PER_WH)


def quarters_wh(counter: Counter, told: Iterator[Reading]) -> dict[int, float]:
    """Return what a meter books by quarter-hour."""
    meter = Meter(counter)
    found: dict[int, float] = {}
    for reading in told:
        interval = meter.feed(reading)
        if interval is not None:
            for slot_ms, mwh in split(interval):
                found[slot_ms] = found.get(slot_ms, 0.0) + mwh / 1000
    return found


def without_power(told: Iterator[Reading]) -> Iterator[Reading]:
    for each in told:
        yield Reading(each.at_ms, each.appliance, each.plug, None, each.energy_wh)


def errors(found: dict[int, float], sums: list[int]) -> tuple[float, float, float]:
    """Return total error in %, worst day in Wh, RMS of a quarter-hour in Wh."""
    differences = []
    for slot in range(DAYS * 96 - 1):
        truth_wh = (sums[(slot + 1) * 900] - sums[slot * 900]) / UJ_PER_WH
        differences.append(found.get(T0 + slot * QUARTER_MS, 0.0) - truth_wh)
    days = [abs(sum(differences[day * 96 : day * 96 + 96])) for day in range(DAYS)]
    rms_wh = math.sqrt(sum(each * each for each in differences) / len(differences))
    truth_wh = sums[(DAYS * 96 - 1) * 900] / UJ_PER_WH
    return 100 * abs(sum(differences)) / truth_wh, max(days), rms_wh


def show_accuracy() -> None:
    print("accuracy  load    every  method               total %   worst day Wh  15-min RMS Wh")
    for name, power_mw in (("washer", washer_mw), ("fridge", fridge_mw)):
        sums = sums_uj(power_mw)
        for step_s in (10, 60):
            whole = list(readings(power_mw, sums, step_s, UJ_PER_WH))
            fine = readings(power_mw, sums, step_s, UJ_PER_WH // 1000)
            rows = {
                "trapezoid": quarters_wh(BARE, iter(whole)),
                "1 Wh counter alone": quarters_wh(WHOLE_WH, without_power(iter(whole))),
                "1 Wh and power": quarters_wh(WHOLE_WH, iter(whole)),
                "1 mWh and power": quarters_wh(FINE, fine),
            }
            figures = {method: errors(found, sums) for method, found in rows.items()}
            for method, (total, day, rms) in figures.items():
                print(
                    f"          {name:7} {step_s:3} s  {method:19} {total:8.4f} "
                    f"{day:13.2f} {rms:13.3f}"
                )
            ratio = figures["1 Wh and power"][2] / figures["1 Wh counter alone"][2]
            print(f"          {name:7} {step_s:3} s  RMS with power / counter alone: {ratio:.2f}")


def show_speed() -> None:
    sums = sums_uj(washer_mw)
    for name, counter, count_uj in (
        ("1 Wh counter", WHOLE_WH, UJ_PER_WH),
        ("1 mWh counter", FINE, UJ_PER_WH // 1000),
        ("no counter", BARE, UJ_PER_WH),
    ):
        told = list(readings(washer_mw, sums, 5, count_uj))
        rounds = []
        for _ in range(5):
            feed = Meter(counter).feed
            started = time.perf_counter()
            for reading in told:
                feed(reading)
            rounds.append((time.perf_counter() - started) / len(told) * 1e6)
        print(f"speed     {name:14} {min(rounds):.2f} us a reading, {len(told)} readings")


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=("model", "speed", "accuracy"))
    options = parser.parse_args()
    if options.only in {None, "speed"}:
        show_speed()
    if options.only in {None, "accuracy"}:
        show_accuracy()
    if options.only in {None, "model"}:
        hold_to_account(options.examples, options.seed)


if __name__ == "__main__":
    main()
