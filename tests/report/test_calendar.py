"""The calendar of quarter-hours knows local days and hours, and what each costs."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.money.tariff import Contract, FixedTariff, Rate
from flatwatt.report.calendar import Calendar, day_number, day_of, rate_ueur
from flatwatt.report.periods import local_time

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana",
         "Africa/Cairo", "America/Santiago", "UTC"]  # fmt: skip


def tariff(*contracts, zone=BERLIN):
    return FixedTariff([Contract(day, Decimal(rate)) for day, rate in contracts], zone)


TARIFF = tariff((date(2026, 10, 15), "0.3141"), (date(2026, 12, 1), "0.28"))


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=15, deadline=None)
@given(st.integers(2020, 2034), st.integers(1, 12))
def test_every_slot_says_its_own_local_time(name, year, month):
    zone = ZoneInfo(name)
    for slot in Calendar(zone, TARIFF).slots(year * 100 + month)[::7]:
        at = local_time(slot[0] * 1000, zone)
        hour = local_time(slot[1] * 1000, zone)
        assert (day_of(slot[2]), slot[6], slot[7]) == (at.date(), at.weekday(), at.hour)
        assert (slot[4], slot[5]) == (at.year * 100 + at.month, at.year)
        assert day_of(slot[3]).weekday() == 0
        assert 0 <= slot[2] - slot[3] < 7
        assert 0 <= slot[0] - slot[1] < 3600
        assert name == "Australia/Lord_Howe" or (hour.hour, hour.minute) == (at.hour, 0)


@pytest.mark.parametrize("name", ZONES)
def test_months_follow_one_another_without_hole_or_overlap(name):
    maker = Calendar(ZoneInfo(name), TARIFF)
    starts = [slot[0] for month in range(202601, 202613) for slot in maker.slots(month)]
    assert starts == list(range(starts[0], starts[-1] + 1, 900))
    assert {maker.month(at_s) for at_s in starts} == set(range(202601, 202613))


def test_a_rate_holds_from_its_local_midnight_and_nobody_knows_the_one_before():
    rates = {slot[2]: slot[8] for slot in Calendar(BERLIN, TARIFF).slots(202610)}
    assert rates[day_number(date(2026, 10, 14))] is None
    assert rates[day_number(date(2026, 10, 15))] == 314_100


@pytest.mark.parametrize(
    ("eur", "ueur"), [("0.3141", 314_100), ("0.0000005", 1), ("-0.0000005", -1), ("0", 0)]
)
def test_rates_are_whole_millionths_rounded_half_away_from_zero(eur, ueur):
    assert rate_ueur(Rate(0, None, Decimal(eur))) == ueur


def test_a_fingerprint_changes_with_its_own_months_rates_and_zone_only():
    now = Calendar(BERLIN, TARIFF)
    other = Calendar(BERLIN, tariff((date(2026, 10, 15), "0.3141"), (date(2026, 12, 1), "0.29")))
    assert now.fingerprint(202611) == other.fingerprint(202611)
    assert now.fingerprint(202612) != other.fingerprint(202612)
    paris = Calendar(ZoneInfo("Europe/Paris"), TARIFF)
    assert now.fingerprint(202611) != paris.fingerprint(202611)
