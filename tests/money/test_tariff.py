"""Contracts follow one another; base fees of whole months are exact."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flatwatt.money.tariff import Contract, FixedTariff

BERLIN = ZoneInfo("Europe/Berlin")
OLD = Contract(date(2026, 1, 1), Decimal("0.30"), Decimal("10.00"))
NEW = Contract(date(2026, 3, 29), Decimal("0.35"), Decimal("31.00"))
TARIFF = FixedTariff([NEW, OLD], BERLIN)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def test_a_contract_begins_at_local_midnight_and_ends_the_one_before():
    assert TARIFF.rate_at(ms("2026-03-28T23:59:59.999+01:00")).eur_kwh == Decimal("0.30")
    assert TARIFF.rate_at(ms("2026-03-29T00:00:00+01:00")).eur_kwh == Decimal("0.35")
    assert TARIFF.rate_at(ms("2026-01-01T00:00:00+01:00")).end_ms == ms(
        "2026-03-29T00:00:00+01:00"
    )


def test_before_the_first_contract_nobody_knows_the_rate():
    assert TARIFF.rate_at(ms("2025-12-31T23:59:59+01:00")) is None
    assert FixedTariff([], BERLIN).rate_at(0) is None


def test_a_whole_month_costs_exactly_its_fee():
    assert TARIFF.base_fee_eur(date(2026, 2, 1), date(2026, 2, 28)) == Decimal("10.00")


def test_a_month_with_two_contracts_pays_each_for_its_days():
    fee = TARIFF.base_fee_eur(date(2026, 3, 1), date(2026, 3, 31))
    assert fee == Decimal("10.00") * 28 / 31 + Decimal("31.00") * 3 / 31


def test_days_before_the_first_contract_cost_no_fee():
    assert TARIFF.base_fee_eur(date(2025, 12, 1), date(2025, 12, 31)) == 0


@given(
    first=st.dates(date(2025, 11, 1), date(2027, 1, 1)),
    days=st.integers(0, 200),
    cut=st.integers(0, 200),
)
def test_the_fee_of_a_stretch_is_the_sum_of_its_parts(first, days, cut):
    last = first + timedelta(days=days)
    middle = first + timedelta(days=min(cut, days))
    whole = TARIFF.base_fee_eur(first, last)
    parts = TARIFF.base_fee_eur(first, middle)
    parts += TARIFF.base_fee_eur(middle + timedelta(days=1), last)
    assert abs(whole - parts) < Decimal("1e-20")


def test_the_zone_of_the_flat_decides_not_the_computers():
    tokyo = FixedTariff([OLD], ZoneInfo("Asia/Tokyo"))
    start = datetime(2025, 12, 31, 15, tzinfo=UTC)
    assert tokyo.rate_at(int(start.timestamp() * 1000)) is not None
    assert tokyo.rate_at(int(start.timestamp() * 1000) - 1) is None
