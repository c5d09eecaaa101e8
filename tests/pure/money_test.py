# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 15: minor units are integers, with Stripe's own exponents."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Hold, Money, UnitAmount
from quote_to_cash.canonical.currency import (
    THREE_DECIMAL,
    TWO_DECIMAL,
    WHOLE_UNITS_ONLY,
    ZERO_DECIMAL,
    exponent,
    payout_step,
    step,
)

currencies = st.sampled_from(sorted(TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL))
minors = st.integers(-(10**15), 10**15)


@st.composite
def amounts(draw, currency=None):
    return Money(draw(minors), currency or draw(currencies))


@pytest.mark.parametrize(
    ("currency", "decimals", "smallest", "smallest_payout"),
    [
        ("USD", 2, 1, 1),
        ("jpy", 0, 1, 1),
        ("MGA", 0, 1, 1),
        ("KWD", 3, 10, 10),
        ("ISK", 2, 100, 100),
        ("UGX", 2, 100, 100),
        ("HUF", 2, 1, 100),
        ("TWD", 2, 1, 100),
    ],
)
def test_rule_15_exponents_and_steps(currency, decimals, smallest, smallest_payout):
    assert exponent(currency) == decimals
    assert step(currency) == smallest
    assert payout_step(currency) == smallest_payout


def test_rule_15_every_currency_has_one_exponent():
    assert not TWO_DECIMAL & ZERO_DECIMAL
    assert not (TWO_DECIMAL | ZERO_DECIMAL) & THREE_DECIMAL
    assert WHOLE_UNITS_ONLY <= TWO_DECIMAL
    assert len(ZERO_DECIMAL) == 15
    assert len(THREE_DECIMAL) == 5


@pytest.mark.parametrize("currency", ["", "XXX", "currency", "USDT"])
def test_rule_15_an_unknown_currency_is_held(currency):
    for make in (exponent, step, lambda code: Money(1, code)):
        with pytest.raises(Hold) as caught:
            make(currency)
        assert caught.value.code == "unknown_currency"
        assert caught.value.remedy


@pytest.mark.parametrize("amount", [1.0, "1", Decimal(1), True, None])
def test_rule_15_money_is_made_of_integers_only(amount):
    with pytest.raises(TypeError):
        Money(amount, "EUR")


@given(amounts())
def test_major_units_and_back_lose_nothing(money):
    assert Money.of_major(money.major, money.currency) == money
    assert Money(money.amount, money.currency.lower()) == money


@given(st.data(), currencies)
def test_sums_are_those_of_integers_in_any_order(data, currency):
    parts = data.draw(st.lists(amounts(currency), max_size=8))
    total = Money.total(parts, currency)
    assert total.amount == sum(part.amount for part in parts)
    assert Money.total(reversed(parts), currency) == total
    assert total - total == Money(0, currency)
    negated = -total
    assert -negated == total
    assert bool(total) == bool(total.amount)
    assert abs(total).amount == abs(total.amount)


@given(amounts(), amounts())
def test_currencies_do_not_mix(one, other):
    if one.currency == other.currency:
        assert (one < other) == (one.amount < other.amount)
        return
    for mix in (lambda: one + other, lambda: one - other, lambda: one < other):
        with pytest.raises(ValueError, match="cannot mix"):
            mix()
    with pytest.raises(TypeError):
        one + 1


@pytest.mark.parametrize(
    ("value", "currency"),
    [("0.001", "EUR"), ("0.1", "JPY"), ("0.0001", "KWD"), ("1.234", "ISK")],
)
def test_what_is_finer_than_the_minor_unit_is_no_money(value, currency):
    with pytest.raises(ValueError, match="finer"):
        Money.of_major(Decimal(value), currency)


@given(
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=8),
    currencies,
)
def test_unit_amounts_keep_every_fraction(value, currency):
    unit = UnitAmount.of_major(value, currency)
    assert unit.major == value
    assert unit.is_whole == (unit.amount % 1 == 0)


def test_unit_amounts_have_one_form():
    assert UnitAmount(Decimal("10.00"), "eur") == UnitAmount(Decimal("1E+1"), "EUR")
    assert str(Money(1050, "EUR")) == "10.50 EUR"
    assert float(Money(1050, "EUR")) == 10.5
