"""Energy times rate, exactly; cents that add up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flatwatt.model import QUARTER_MS
from flatwatt.money.cost import apportion, cents, cost_of
from flatwatt.money.tariff import Contract, FixedTariff

BERLIN = ZoneInfo("Europe/Berlin")
JAN_MS = 1_767_222_000_000  # 2026-01-01 00:00 in Berlin
TARIFF = FixedTariff(
    [Contract(date(2026, 1, 1), Decimal("0.30")), Contract(date(2026, 1, 2), Decimal("0.3512"))],
    BERLIN,
)


def test_a_kilowatt_hour_costs_its_rate():
    assert cost_of([(JAN_MS, 1_000_000)], TARIFF).eur == Decimal("0.30")


def test_energy_is_never_multiplied_by_hours():
    ten_hours = [(JAN_MS + slot * QUARTER_MS, 25_000) for slot in range(40)]
    assert cost_of(ten_hours, TARIFF).eur == Decimal("0.30")


def test_each_quarter_hour_has_the_rate_of_its_moment():
    late, early = JAN_MS + 95 * QUARTER_MS, JAN_MS + 96 * QUARTER_MS
    cost = cost_of([(late, 1_000_000), (early, 1_000_000)], TARIFF)
    assert cost.eur == Decimal("0.6512")


def test_energy_without_a_contract_is_unpriced_not_free():
    cost = cost_of([(JAN_MS - QUARTER_MS, 5), (JAN_MS, 7)], TARIFF)
    assert not cost.known
    assert cost.unpriced_mwh == 5


@given(st.lists(st.tuples(st.integers(-200, 400), st.integers(0, 10**7)), max_size=60))
def test_the_cost_equals_a_sum_of_fractions(slots):
    slices = [(JAN_MS + slot * QUARTER_MS, mwh) for slot, mwh in slots]
    exact = sum(
        (
            Fraction(mwh, 10**6) * Fraction("0.30" if slot < 96 else "0.3512")
            for slot, mwh in slots
            if slot >= 0
        ),
        Fraction(0),
    )
    cost = cost_of(slices, TARIFF)
    assert Fraction(cost.eur) == exact
    assert cost.unpriced_mwh == sum(mwh for slot, mwh in slots if slot < 0)


def test_half_a_cent_is_rounded_away_from_zero():
    assert cents(Decimal("0.005")) == 1
    assert cents(Decimal("-0.005")) == -1
    assert cents(Decimal("0.00499")) == 0


@given(
    st.integers(0, 10**6),
    st.lists(st.decimals(0, 10**4, places=5), min_size=1, max_size=12),
)
def test_shares_add_up_to_the_cent_and_none_is_a_cent_off(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        share = (
            Fraction(total) * Fraction(weight) / Fraction(whole)
            if whole
            else Fraction(total, len(weights))
        )
        assert abs(part - share) < 1


def test_nobody_shares_nothing():
    assert apportion(0, []) == []
