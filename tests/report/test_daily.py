"""A report's lines add up, say what is missing, and know the days of October and March."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flatwatt.model import QUARTER_MS, Flag, Run
from flatwatt.money.tariff import Contract, FixedTariff
from flatwatt.report.daily import standby_w, summarise
from flatwatt.report.periods import Period, day_period, month_period, week_period
from flatwatt.store.quarters import Quarter

BERLIN = ZoneInfo("Europe/Berlin")
PRICES = FixedTariff([Contract(date(2020, 1, 1), Decimal("0.3141"), Decimal(12))], BERLIN)
DAY = day_period(date(2026, 11, 22))
START_MS, END_MS = DAY.bounds_ms(BERLIN)


def quarter(appliance: str, slot: int, energy_mwh: int, **more) -> Quarter:
    facts = {"power_min_mw": 0, "power_max_mw": 0, "readings": 90, "missing_ms": 0, "flags": 0}
    return Quarter(
        appliance=appliance, plug=f"simulated-{appliance}",
        start_ms=START_MS + slot * QUARTER_MS, energy_mwh=energy_mwh, **{**facts, **more},
    )  # fmt: skip


def run(appliance: str, start_ms: int, end_ms: int | None) -> Run:
    return Run(f"{appliance}-x", appliance, start_ms, end_ms, 1, 100.0)


def summary(quarters, runs=(), names=None, prices=PRICES, now_ms=END_MS):
    names = names or {"washer": ("Washer", True), "fridge": ("Fridge", False)}
    return summarise((START_MS, END_MS), quarters, list(runs), names, prices, Decimal(1), now_ms)


def test_days_of_the_clock_changes_have_23_and_25_hours():
    hours = [
        (end - start) / 3_600_000
        for start, end in (
            day_period(day).bounds_ms(BERLIN)
            for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 22))
        )
    ]
    assert hours == [23, 25, 24]


def test_weeks_begin_on_monday_and_months_end_when_they_do():
    assert week_period(date(2026, 11, 22)) == Period(date(2026, 11, 16), date(2026, 11, 22))
    assert month_period(date(2028, 2, 11)).last == date(2028, 2, 29)


def test_a_line_has_energy_cost_peak_hours_and_runs():
    hours = (START_MS + 4 * QUARTER_MS, START_MS + 8 * QUARTER_MS)
    result = summary(
        [quarter("washer", slot, 250_000, power_max_mw=2_000_000) for slot in range(4, 8)],
        [run("washer", *hours)],
    )
    line = result.lines[0]
    assert (line.energy_mwh, line.cost_cents, line.peak_w) == (1_000_000, 31, 2000.0)
    assert (line.active_s, line.runs) == (3600, 1)
    assert result.lines[1].active_s is None


def test_a_run_over_midnight_counts_its_hours_in_both_days_and_once_as_a_run():
    early = run("washer", START_MS - 7_200_000, START_MS + 1_800_000)
    late = run("washer", END_MS - 3_600_000, END_MS + 3_600_000)
    line = summary([quarter("washer", 0, 10)], [early, late]).lines[0]
    assert line.active_s == 1800 + 3600
    assert line.runs == 1


def test_a_run_going_on_counts_until_now():
    now_ms = START_MS + 5 * 3_600_000
    line = summary([], [run("washer", now_ms - 60_000, None)], now_ms=now_ms).lines[0]
    assert line.active_s == 60


def test_without_a_contract_costs_are_unknown_not_zero():
    result = summary([quarter("washer", 0, 5000)], prices=FixedTariff([], BERLIN))
    assert result.lines[0].cost_cents is None
    assert result.total.cost_cents is None


def test_the_totals_peak_is_the_highest_quarter_hour_of_the_flat():
    result = summary([quarter("washer", 9, 250_000), quarter("fridge", 9, 25_000)])
    assert result.total.peak_w == 1100.0


def test_standby_comes_from_energy_as_plugs_round_small_watts_to_zero():
    quarters = [quarter("strip", slot, 225, power_max_mw=0) for slot in range(10)]
    assert standby_w(quarters, []) == 0.9


def test_standby_leaves_out_runs_and_holes():
    quarters = [quarter("washer", slot, 250) for slot in range(10)]
    quarters += [quarter("washer", slot, 0, missing_ms=900_000) for slot in range(10, 30)]
    quarters += [quarter("washer", slot, 0) for slot in range(30, 40)]
    quarters += [quarter("washer", slot, 0, readings=0) for slot in range(40, 60)]
    quarters += [quarter("washer", slot, 0, flags=int(Flag.GAP)) for slot in range(60, 80)]
    busy = run("washer", START_MS + 30 * QUARTER_MS, START_MS + 40 * QUARTER_MS)
    assert standby_w(quarters, [busy]) == 1.0


def test_too_few_quarter_hours_say_nothing_about_standby():
    assert standby_w([quarter("washer", 0, 250)], []) is None


def test_the_quarter_hour_still_being_filled_is_not_taken_for_standby():
    now_ms = START_MS + 10 * QUARTER_MS + 60_000
    quarters = [quarter("washer", slot, 500) for slot in range(10)]
    quarters += [quarter("washer", 10, 1)]
    assert summary(quarters, now_ms=now_ms).lines[0].standby_w == 2.0


def test_what_was_not_measured_is_said():
    assert summary([quarter("washer", 0, 0, missing_ms=120_000)]).lines[0].missing_s == 120


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.integers(0, 95), st.integers(0, 10**6)),
        max_size=60,
    )
)
def test_the_cents_of_the_lines_add_up_to_the_total(rows):
    result = summary([quarter(*row) for row in rows])
    assert sum(line.cost_cents for line in result.lines) == result.total.cost_cents
    assert result.total.energy_mwh == sum(mwh for _, _, mwh in rows)
