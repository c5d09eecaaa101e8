# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4, 15, 16: whatever Stripe bills, in whatever currency and in the shape of
whatever version, the document adds up and says the same."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Money
from quote_to_cash.canonical.currency import (
    THREE_DECIMAL,
    TWO_DECIMAL,
    WHOLE_UNITS_ONLY,
    ZERO_DECIMAL,
    exponent,
    step,
)
from quote_to_cash.providers.stripe.translate import translate

from tests.pure.stripe_payloads import (
    as_of_2020,
    as_of_2025_02,
    invoice,
    line,
    shipped,
    shipping,
    tax,
)

CURRENCIES = sorted(TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL)
RATES = [("a", False), ("b", False), ("c", True), ("d", True)]
PARENTS = {
    "item": {
        "type": "subscription_item_details",
        "subscription_item_details": {
            "proration": False,
            "subscription": "sub_1",
            "subscription_item": "si_1",
        },
    },
    "proration": {
        "type": "invoice_item_details",
        "invoice_item_details": {"invoice_item": "ii_1", "proration": True},
    },
}


@st.composite
def lines(draw, currency, number):
    size = step(currency)
    kind = draw(st.sampled_from(sorted(PARENTS)))
    low = -(10**7) if kind == "proration" else 0
    amount = draw(st.integers(low, 10**7)) * size
    own = draw(st.integers(0, max(amount // size, 0))) * size
    whole = draw(st.integers(0, max((amount - own) // size, 0))) * size
    net = amount - own - whole
    taxes = [
        tax(draw(st.integers(-(10**5), 10**5)) * size, net, inclusive, rate)
        for rate, inclusive in draw(st.lists(st.sampled_from(RATES), unique=True))
    ]
    unit = draw(st.none() | st.decimals(0, 10**6, places=12).map(str))
    quantity = draw(st.integers(0, 10**6))
    return line(
        number,
        amount,
        taxes,
        currency=currency.lower(),
        discount_amounts=[
            {"amount": off, "discount": name}
            for name, off in (("di_own", own), ("di_all", whole))
            if off
        ],
        discounts=["di_own"] if own else [],
        parent=PARENTS[kind],
        pricing={
            "type": "price_details",
            "price_details": {"price": "price_1", "product": "prod_1"},
            "unit_amount_decimal": unit,
        },
        quantity=quantity,
        quantity_decimal=str(quantity),
    )


@st.composite
def payloads(draw):
    currency = draw(st.sampled_from(CURRENCIES))
    count = draw(st.integers(1, 6))
    found = [draw(lines(currency, number)) for number in range(count)]
    content = invoice(*found, currency=currency.lower(), effective_at=None)
    if draw(st.booleans()):
        size = step(currency)
        amount = draw(st.integers(1, 10**5)) * size
        rate, inclusive = draw(st.sampled_from(RATES))
        part = draw(st.integers(0, amount // size)) * size
        content = shipped(content, shipping(amount, [(rate, part)], inclusive))
    return content


@given(payloads())
def test_rule_16_lines_make_the_subtotal_and_the_totals(content):
    found = translate("invoice", content)
    code = found.currency
    assert Money.total((each.amount for each in found.lines), code) == found.subtotal
    assert Money.total((each.net for each in found.lines), code) == found.untaxed
    taxes = [part.amount for each in found.lines for part in each.taxes]
    assert Money.total(taxes, code) == found.tax
    assert found.untaxed + found.tax == found.total
    assert found.total.amount == content["total"]


@given(payloads())
def test_rule_15_amounts_are_whole_steps_of_their_currency(content):
    found = translate("invoice", content)
    smallest = Decimal(step(found.currency)).scaleb(-exponent(found.currency))
    for each in found.lines:
        assert each.amount.major % smallest == 0
        assert each.net.major % smallest == 0
    if found.currency in ZERO_DECIMAL | WHOLE_UNITS_ONLY:
        assert found.total.major == found.total.major.to_integral_value()


@given(payloads())
def test_rule_15_quantities_and_unit_amounts_are_exact(content):
    entries = content["lines"]["data"]
    for entry, found in zip(entries, translate("invoice", content).lines, strict=False):
        assert found.quantity == Decimal(entry["quantity_decimal"])
        told = entry["pricing"]["unit_amount_decimal"]
        assert (told is None) is (found.unit_amount is None)
        if told is not None:
            assert found.unit_amount.amount == Decimal(told)


@given(payloads())
def test_rule_4_every_version_says_the_same(content):
    new = translate("invoice", content)
    assert translate("invoice", as_of_2025_02(content)) == new
    old = translate("invoice", as_of_2020(content))
    sums = [replace(each, lines=()) for each in (old, new)]
    assert sums[0] == sums[1]
    for before, now in zip(old.lines, new.lines, strict=True):
        assert (before.net, before.amount, before.quantity) == (
            now.net,
            now.amount,
            now.quantity,
        )
        assert [(t.rate_id, t.amount, t.inclusive) for t in before.taxes] == [
            (t.rate_id, t.amount, t.inclusive) for t in now.taxes
        ]
