# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 2, 4, 16, 17, 18: an invoice is understood in every shape, if it is whole."""

import copy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Hold, Money
from quote_to_cash.providers.stripe.translate import translate

MARCH, APRIL = 1772323200, 1775001600


def eur(amount):
    return Money(amount, "EUR")


def tax(amount, taxable, inclusive=False, rate="txr_1"):
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": rate},
        "taxability_reason": "standard_rated",
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def line(number, amount, taxes=(), **values):
    return {
        "id": f"il_{number}",
        "object": "line_item",
        "amount": amount,
        "currency": "eur",
        "description": f"Line {number}",
        "discount_amounts": [],
        "discounts": [],
        "period": {"start": MARCH, "end": APRIL},
        "pricing": {
            "type": "price_details",
            "price_details": {"price": "price_1", "product": "prod_1"},
            "unit_amount_decimal": "1000",
        },
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": {
                "proration": False,
                "subscription": "sub_1",
                "subscription_item": "si_1",
            },
        },
        "quantity": 1,
        "quantity_decimal": "1",
        "taxes": list(taxes),
        **values,
    }


def summed(lines):
    """Totals as Stripe gives them, from lines that are right."""
    gross = sum(each["amount"] for each in lines)
    off = sum(d["amount"] for each in lines for d in each["discount_amounts"])
    taxes = [each for one in lines for each in one["taxes"]]
    inclusive = sum(t["amount"] for t in taxes if t["tax_behavior"] == "inclusive")
    by_rate = {}
    for each in taxes:
        key = (each["tax_rate_details"]["tax_rate"], each["tax_behavior"])
        known = by_rate.setdefault(key, {**each, "amount": 0, "taxable_amount": 0})
        known["amount"] += each["amount"]
    all_taxes = sum(each["amount"] for each in taxes)
    untaxed = gross - off - inclusive
    return {
        "subtotal": gross,
        "total_excluding_tax": untaxed,
        "total": untaxed + all_taxes,
        "total_taxes": list(by_rate.values()),
    }


def invoice(*lines, **values):
    lines = copy.deepcopy(lines)
    totals = summed(lines)
    return {
        "id": "in_1",
        "object": "invoice",
        "number": "A-0001",
        "status": "open",
        "currency": "eur",
        "customer": "cus_1",
        "created": MARCH,
        "due_date": APRIL,
        "effective_at": MARCH + 90000,
        "status_transitions": {"finalized_at": MARCH, "paid_at": None},
        "amount_due": totals["total"],
        "amount_paid": 0,
        "amount_remaining": totals["total"],
        "starting_balance": 0,
        "billing_reason": "subscription_cycle",
        "livemode": False,
        "parent": {
            "type": "subscription_details",
            "subscription_details": {
                "subscription": "sub_1",
                "metadata": {"trace": "006x"},
            },
        },
        "discounts": [],
        "lines": {"object": "list", "has_more": False, "data": list(lines)},
        "metadata": {},
        **totals,
        **values,
    }


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
# OLDER SHAPES (rule 4)
# ----------------------------------------------------------------------


def as_of_2020(content):
    """The same invoice as version 2020-08-27 shows it."""
    old = copy.deepcopy(content)
    details = old.pop("parent")["subscription_details"]
    old["subscription"] = details["subscription"]
    old["payment_intent"], old["charge"] = "pi_1", "ch_1"
    old["tax"] = sum(each["amount"] for each in old["total_taxes"])
    old["total_tax_amounts"] = [_old_tax(each) for each in old.pop("total_taxes")]
    del old["total_excluding_tax"], old["effective_at"]
    for entry in old["lines"]["data"]:
        parent = entry.pop("parent")["subscription_item_details"]
        entry["subscription_item"] = parent["subscription_item"]
        entry["proration"], entry["type"] = parent["proration"], "subscription"
        entry["metadata"] = details["metadata"]
        entry["tax_amounts"] = [_old_tax(each) for each in entry.pop("taxes")]
        entry["price"] = {
            "id": entry["pricing"]["price_details"]["price"],
            "product": entry["pricing"]["price_details"]["product"],
            "unit_amount": 1000,
            "unit_amount_decimal": entry.pop("pricing")["unit_amount_decimal"],
        }
        del entry["quantity_decimal"]
    return old


def _old_tax(entry):
    return {
        "amount": entry["amount"],
        "inclusive": entry["tax_behavior"] == "inclusive",
        "tax_rate": entry["tax_rate_details"]["tax_rate"],
        "taxability_reason": entry["taxability_reason"],
        "taxable_amount": entry["taxable_amount"],
    }


@pytest.mark.parametrize("inclusive", [False, True])
def test_rule_4_an_invoice_of_2020_is_the_same_document(inclusive):
    content = invoice(
        line(1, 1190, [tax(190, 1000, inclusive)]), line(2, -90, []), effective_at=None
    )
    new, old = translate("invoice", content), translate("invoice", as_of_2020(content))
    assert old == new
    assert old.fingerprint() == new.fingerprint()


def test_rule_4_subscription_details_of_2023_lead_to_the_deal():
    old = as_of_2020(invoice(TAXED))
    for entry in old["lines"]["data"]:
        entry["metadata"] = {}
    old["subscription_details"] = {"metadata": {"salesforce_opportunity_id": "006y"}}
    assert translate("invoice", old).trace == "006y"


def test_rule_4_a_plan_on_a_line_is_its_price():
    old = as_of_2020(invoice(TAXED))
    [entry] = old["lines"]["data"]
    del entry["price"]
    entry["plan"] = {"id": "gold", "amount": 1000, "currency": "eur", "product": "p"}
    [found] = translate("invoice", old).lines
    assert (found.price_id, found.product_id) == ("gold", "p")
    assert found.unit_amount.amount == 1000


def test_rule_4_expanded_objects_are_their_ids():
    content = invoice(TAXED, customer={"id": "cus_1", "object": "customer"})
    [entry] = content["lines"]["data"]
    entry["pricing"]["price_details"]["price"] = {"id": "price_1"}
    assert translate("invoice", content) == translate("invoice", invoice(TAXED))


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


def test_what_is_on_no_line_is_held():
    assert held(invoice(TAXED, amount_shipping=500)) == "shipping_cost"
    credit = [{"amount": 5, "type": "credit_balance_transaction"}]
    paid = line(1, 1000, pretax_credit_amounts=credit)
    assert held(invoice(paid)) == "billing_credits"
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
