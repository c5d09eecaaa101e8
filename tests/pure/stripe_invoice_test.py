# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 2, 16, 17, 18: an invoice is understood, if it is whole and adds up."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Hold, Money
from quote_to_cash.providers.stripe.translate import translate

from tests.pure.stripe_payloads import MARCH, invoice, line, tax


def eur(amount):
    return Money(amount, "EUR")


def held(content):
    with pytest.raises(Hold) as caught:
        translate("invoice", content)
    assert caught.value.remedy
    assert "A-0001 (in_1)" in str(caught.value) or "il_" in str(caught.value)
    return caught.value.code


TAXED = line(1, 1000, [tax(190, 1000)])


# ----------------------------------------------------------------------
# THE CURRENT SHAPE
# ----------------------------------------------------------------------


def test_an_invoice_is_understood():
    found = translate("invoice", invoice(TAXED, footer="F", description="M"))
    assert (found.untaxed, found.tax, found.total) == (eur(1000), eur(190), eur(1190))
    assert (found.remaining, found.paid) == (eur(1190), eur(0))
    assert (found.subscription_id, found.trace) == ("sub_1", "006x")
    assert (found.issued_on, found.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert (found.memo, found.footer, found.number) == ("M", "F", "A-0001")
    [entry] = found.lines
    assert (entry.price_id, entry.product_id) == ("price_1", "prod_1")
    assert (entry.subscription_item_id, entry.proration) == ("si_1", False)
    assert (entry.unit_amount.amount, entry.quantity) == (1000, 1)
    [part] = entry.taxes
    assert (part.rate_id, part.amount, part.taxable) == ("txr_1", eur(190), eur(1000))
    assert part.reason == "standard_rated"
    assert [str(ref) for ref in found.dependencies()] == [
        "customer:cus_1",
        "subscription:sub_1",
        "price:price_1",
        "product:prod_1",
        "tax_rate:txr_1",
    ]


def test_an_invoice_item_is_a_proration_where_it_says_so():
    parent = {
        "type": "invoice_item_details",
        "invoice_item_details": {"invoice_item": "ii_1", "proration": True},
        "subscription_item_details": None,
    }
    [entry] = translate("invoice", invoice(line(1, -500, parent=parent))).lines
    assert (entry.proration, entry.subscription_item_id) == (True, "")


def test_rule_18_negative_lines_stay_and_may_outweigh_the_others():
    content = invoice(line(1, -1000, [tax(-190, -1000)]), line(2, 300, [tax(57, 300)]))
    found = translate("invoice", content)
    assert (found.untaxed, found.tax, found.total) == (eur(-700), eur(-133), eur(-833))


def test_an_inclusive_tax_is_taken_out_of_the_revenue():
    found = translate("invoice", invoice(line(1, 1190, [tax(190, 1000, True)])))
    assert (found.untaxed, found.tax, found.total) == (eur(1000), eur(190), eur(1190))
    assert found.lines[0].net == eur(1000)


def test_discounts_of_a_line_and_of_the_whole_are_one_sum():
    off = [{"amount": 100, "discount": "di_own"}, {"amount": 90, "discount": "di_all"}]
    content = invoice(
        line(1, 1000, [tax(154, 810)], discount_amounts=off, discounts=["di_own"]),
        discounts=["di_all"],
    )
    found = translate("invoice", content)
    assert (found.discount, found.subtotal, found.untaxed) == (
        eur(190),
        eur(1000),
        eur(810),
    )
    # The documentation has the line's own discount already taken off the subtotal.
    assert translate("invoice", {**content, "subtotal": 900}) == found
    assert held({**content, "subtotal": 810}) == "line_sum_mismatch"


def test_rule_17_a_tax_of_zero_keeps_its_reason():
    reverse = {**tax(0, 1000), "taxability_reason": "reverse_charge"}
    [entry] = translate("invoice", invoice(line(1, 1000, [reverse]))).lines
    assert (entry.taxes[0].amount, entry.taxes[0].reason) == (eur(0), "reverse_charge")


def test_a_draft_is_not_issued_yet():
    transitions = {"finalized_at": None}
    content = invoice(
        TAXED, status="draft", effective_at=None, status_transitions=transitions
    )
    assert translate("invoice", content).issued_on is None
    content["status"] = "open"
    assert translate("invoice", content).issued_on == date(2026, 3, 1)


def test_an_invoice_of_its_own_has_no_subscription():
    found = translate("invoice", invoice(TAXED, parent=None))
    assert (found.subscription_id, found.trace) == ("", "")
    quoted = {"type": "quote_details", "subscription_details": {"subscription": "x"}}
    assert translate("invoice", invoice(TAXED, parent=quoted)).subscription_id == ""


@pytest.mark.parametrize(
    ("currency", "amount", "major"),
    [("jpy", 1000, "1000"), ("kwd", 1230, "1.23"), ("isk", 500, "5")],
)
def test_rule_15_amounts_of_every_sort_of_currency(currency, amount, major):
    content = invoice(line(1, amount, currency=currency), currency=currency)
    assert translate("invoice", content).total.major == Decimal(major)


# ----------------------------------------------------------------------
# WHAT DOES NOT ADD UP IS HELD (rules 2, 16)
# ----------------------------------------------------------------------


def test_rule_16_the_beginning_of_a_list_is_held():
    content = invoice(TAXED)
    content["lines"]["has_more"] = True
    with pytest.raises(Hold) as caught:
        translate("invoice", content)
    assert caught.value.code == "incomplete_list"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("subtotal", "line_sum_mismatch"),
        ("total_excluding_tax", "untaxed_mismatch"),
        ("total", "total_mismatch"),
    ],
)
@pytest.mark.parametrize("off", [-1, 1])
def test_rule_16_a_cent_is_enough_to_hold(field, code, off):
    content = invoice(TAXED, line(2, 500))
    assert held({**content, field: content[field] + off}) == code


def test_rule_17_taxes_must_agree_rate_by_rate():
    content = invoice(TAXED, line(2, 1000, [tax(70, 1000, rate="txr_2")]))
    translate("invoice", content)
    one, other = content["total_taxes"]
    one["amount"], other["amount"] = one["amount"] + 1, other["amount"] - 1
    assert held(content) == "tax_mismatch"
    other["amount"] += 5
    assert held(content) == "tax_mismatch"


def test_a_line_in_another_currency_is_held():
    assert held(invoice(line(1, 1000, currency="usd"))) == "mixed_currencies"


@pytest.mark.parametrize("amount", [None, 10.5, "1000", True])
def test_rule_15_an_amount_that_is_no_integer_is_held(amount):
    content = invoice(TAXED)
    content["lines"]["data"][0]["amount"] = amount
    with pytest.raises(Hold) as caught:
        translate("invoice", content)
    assert caught.value.code == "malformed"


# ----------------------------------------------------------------------
# WHATEVER THE AMOUNTS
# ----------------------------------------------------------------------

minor = st.integers(-(10**9), 10**9)


@st.composite
def lines(draw):
    found = []
    for number in range(draw(st.integers(1, 6))):
        amount = draw(minor)
        off = draw(st.integers(0, max(amount, 0)))
        taxes = [
            tax(draw(st.integers(-(10**6), 10**6)), amount, inclusive, rate)
            for rate, inclusive in draw(
                st.sets(
                    st.sampled_from(
                        [("a", False), ("b", False), ("a", True), ("c", True)]
                    )
                )
            )
        ]
        discounts = [{"amount": off, "discount": "di_1"}] if off else []
        found.append(line(number, amount, taxes, discount_amounts=discounts))
    return found


@pytest.mark.parametrize(
    ("balances", "applied"),
    [
        ({"starting_balance": -2400, "ending_balance": 0}, 2400),
        ({"starting_balance": -2400, "ending_balance": -1210}, 1190),
        ({"starting_balance": 1000, "ending_balance": 0}, -1000),
        # Not issued yet; and never told of.
        ({"starting_balance": -2400, "ending_balance": None}, 0),
        ({}, 0),
    ],
)
def test_rule_19_what_was_taken_from_the_customers_balance(balances, applied):
    document = translate("invoice", invoice(TAXED, **balances))
    assert document.balance_applied == Money(applied, "EUR")


@given(lines())
def test_rule_16_whatever_the_amounts_lines_make_the_totals(found):
    document = translate("invoice", invoice(*found))
    net = Money.total((each.net for each in document.lines), "EUR")
    taxes = [part.amount for each in document.lines for part in each.taxes]
    assert net == document.untaxed
    assert Money.total(taxes, "EUR") == document.tax
    assert document.untaxed + document.tax == document.total


@given(lines(), st.data())
def test_rule_16_whatever_the_amounts_a_wrong_line_is_held(found, data):
    content = invoice(*found)
    entry = data.draw(st.sampled_from(content["lines"]["data"]))
    entry["amount"] += data.draw(minor.filter(bool))
    with pytest.raises(Hold):
        translate("invoice", content)


def test_rule_25_it_says_when_it_was_given_up():
    transitions = {"finalized_at": MARCH, "marked_uncollectible_at": MARCH + 86400}
    content = invoice(TAXED, status="uncollectible", status_transitions=transitions)
    found = translate("invoice", content)
    assert (found.status, found.uncollectible_on) == ("uncollectible", date(2026, 3, 2))
    assert translate("invoice", invoice(TAXED)).uncollectible_on is None


def test_rule_25_it_says_when_it_was_voided():
    transitions = {"finalized_at": MARCH, "voided_at": MARCH + 86400}
    content = invoice(TAXED, status="void", status_transitions=transitions)
    assert translate("invoice", content).voided_on == date(2026, 3, 2)


def test_metadata_are_its_own_and_its_subscriptions():
    own = {"entity": "de", "odoo_ref": "uuid:account.move:1"}
    inherited = {"entity": "fr", "channel": "shop"}
    content = invoice(
        TAXED,
        metadata=own,
        parent={
            "type": "subscription_details",
            "subscription_details": {"subscription": "sub_1", "metadata": inherited},
        },
    )
    told = dict(translate("invoice", content).metadata)
    assert (told["entity"], told["channel"]) == ("de", "shop")
    assert "odoo_ref" not in told
