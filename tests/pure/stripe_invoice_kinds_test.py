# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 15 to 18: what stands on no line, credits, revisions, and odd prices."""

from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold, Money, UnitAmount
from quote_to_cash.providers.stripe.translate import translate

from tests.pure.stripe_payloads import invoice, line, shipped, shipping, tax, untold

TAXED = line(1, 1000, [tax(190, 1000)])


def eur(amount):
    return Money(amount, "EUR")


def held(content):
    with pytest.raises(Hold) as caught:
        translate("invoice", content)
    assert caught.value.remedy
    return caught.value.code


# ----------------------------------------------------------------------
# SHIPPING
# ----------------------------------------------------------------------


def test_rule_16_shipping_is_a_line_of_its_own():
    content = shipped(invoice(TAXED), shipping(500, [("txr_1", 95)]))
    found = translate("invoice", content)
    assert (found.untaxed, found.tax, found.total) == (eur(1500), eur(285), eur(1785))
    _first, entry = found.lines
    assert (entry.id, entry.is_shipping) == ("in_1:shipping", True)
    assert (entry.description, entry.amount, entry.net) == (
        "Express",
        eur(500),
        eur(500),
    )
    assert [(t.rate_id, t.amount) for t in entry.taxes] == [("txr_1", eur(95))]


def test_rule_16_shipping_is_in_the_lists_and_the_subtotal_or_not():
    content = shipped(invoice(TAXED), shipping(500, [("txr_1", 95)]))
    expected = translate("invoice", content)
    assert translate("invoice", {**content, "subtotal": 1500}) == expected
    all_taxes = [tax(285, 1500)]
    assert translate("invoice", {**content, "total_taxes": all_taxes}) == expected
    assert held({**content, "subtotal": 1400}) == "line_sum_mismatch"
    assert held({**content, "total_taxes": [tax(284, 1500)]}) == "tax_mismatch"


def test_an_inclusive_tax_on_shipping_is_taken_out():
    cost = shipping(595, [("txr_in", 95)], inclusive=True)
    content = shipped(invoice(TAXED), cost)
    entry = translate("invoice", content).lines[-1]
    assert (entry.amount, entry.net) == (eur(595), eur(500))
    # Should the subtotal be without it, the total is with it all the same.
    without = {**cost, "amount_subtotal": 500, "amount_total": 595}
    again = {**content, "shipping_cost": without}
    assert translate("invoice", again).lines[-1] == entry
    # A rate that is only named: both amounts are the same.
    cost["taxes"][0]["rate"] = "txr_in"
    assert translate("invoice", content).lines[-1] == entry


def test_shipping_that_does_not_add_up_is_held():
    content = shipped(invoice(TAXED), shipping(500, [("txr_1", 95)]))
    content["shipping_cost"]["amount_total"] = 590
    assert held(content) == "shipping_mismatch"
    unknown = shipped(invoice(TAXED), untold(shipping(500, [("txr_1", 95)])))
    assert held(unknown) == "incomplete_list"


def test_untaxed_and_free_shipping():
    content = shipped(invoice(TAXED), untold(shipping(500)))
    assert translate("invoice", content).untaxed == eur(1500)
    free = shipped(invoice(TAXED), shipping(0))
    assert len(translate("invoice", free).lines) == 1


# ----------------------------------------------------------------------
# BILLING CREDITS
# ----------------------------------------------------------------------


def credited(category, amount=300):
    use = {"id": "cbtxn_1", "credit_grant": {"id": "g_1", "category": category}}
    credit = {
        "amount": amount,
        "credit_balance_transaction": "cbtxn_1",
        "type": "credit_balance_transaction",
    }
    off = {"amount": 100, "discount": "di_1", "type": "discount"}
    entry = line(
        1,
        1000,
        [tax(114, 600)],
        discount_amounts=[{"amount": 100, "discount": "di_1"}],
        pretax_credit_amounts=[off, credit],
    )
    whole = [off, {**credit, "credit_balance_transaction": use}]
    return invoice(entry, total_pretax_credit_amounts=whole)


def test_credits_that_were_given_away_are_like_a_discount():
    found = translate("invoice", credited("promotional"))
    assert (found.discount, found.untaxed, found.total) == (
        eur(400),
        eur(600),
        eur(714),
    )


def test_rule_19_credits_that_were_sold_are_no_discount():
    found = translate("invoice", credited("paid"))
    [entry] = found.lines
    assert (entry.discount, entry.prepaid, entry.revenue) == (
        eur(100),
        eur(300),
        eur(900),
    )
    # The document is what Stripe says: less the credits, taxed on what is left.
    assert (entry.net, found.untaxed, found.total) == (eur(600), eur(600), eur(714))


def test_credits_that_are_not_known_are_held():
    assert held(credited(None)) == "unknown_billing_credits"
    assert held(credited("of_a_new_kind")) == "unknown_billing_credits"


def test_credits_that_were_sold_are_held_where_the_price_includes_tax():
    content = credited("paid")
    content["lines"]["data"][0]["taxes"] = [tax(96, 504, True)]
    assert held(content) == "billing_credits"


# ----------------------------------------------------------------------
# TAXES
# ----------------------------------------------------------------------


def test_rule_17_inclusive_and_exclusive_on_one_line():
    taxes = [tax(100, 1000, True, "a"), tax(50, 1000, False, "b")]
    found = translate("invoice", invoice(line(1, 1100, taxes)))
    assert (found.untaxed, found.tax, found.total) == (eur(1000), eur(150), eur(1150))


def test_rule_17_a_flat_tax_is_an_amount_like_any_other():
    fee = tax(29, 1000, rate="txr_delivery")
    found = translate("invoice", invoice(line(1, 1000, [tax(80, 1000), fee])))
    assert (found.tax, found.total) == (eur(109), eur(1109))


@pytest.mark.parametrize(
    "reason", ["reverse_charge", "customer_exempt", "zero_rated", "not_collecting"]
)
def test_rule_17_nothing_is_charged_for_a_reason(reason):
    none = {**tax(0, 1000), "taxability_reason": reason}
    found = translate("invoice", invoice(line(1, 1000, [none])))
    assert (found.tax, found.lines[0].taxes[0].reason) == (eur(0), reason)
    # A rate that charges nothing may be missing from the sums.
    again = translate("invoice", invoice(line(1, 1000, [none]), total_taxes=[]))
    assert again == found


# ----------------------------------------------------------------------
# QUANTITIES AND PRICES
# ----------------------------------------------------------------------


def test_rule_15_a_price_may_have_twelve_decimals():
    pricing = {**TAXED["pricing"], "unit_amount_decimal": "0.000000000125"}
    content = invoice(
        line(1, 1, pricing=pricing, quantity=8 * 10**9, quantity_decimal="8000000000")
    )
    [entry] = translate("invoice", content).lines
    assert entry.unit_amount == UnitAmount(Decimal("0.000000000125"), "EUR")
    assert entry.quantity * entry.unit_amount.amount == 1


def test_a_decimal_quantity_goes_before_the_truncated_one():
    content = invoice(line(1, 1050, quantity=10, quantity_decimal="10.5"))
    [entry] = translate("invoice", content).lines
    assert entry.quantity == Decimal("10.5")


def test_a_tier_has_a_quantity_but_no_one_amount():
    pricing = {**TAXED["pricing"], "unit_amount_decimal": None}
    [entry] = translate("invoice", invoice(line(1, 700, pricing=pricing))).lines
    assert (entry.unit_amount, entry.amount) == (None, eur(700))


# ----------------------------------------------------------------------
# WHAT ELSE IS ON IT
# ----------------------------------------------------------------------


def test_custom_fields_are_kept():
    fields = [{"name": "PO number", "value": "4711"}, {"name": "Ref", "value": "x"}]
    found = translate("invoice", invoice(TAXED, custom_fields=fields))
    assert found.custom_fields == (("PO number", "4711"), ("Ref", "x"))


def test_rule_25_a_revision_knows_what_it_takes_the_place_of():
    source = {"action": "revision", "invoice": "in_0"}
    found = translate("invoice", invoice(TAXED, from_invoice=source))
    assert (found.revises_id, found.revised_by_id) == ("in_0", "")
    old = translate("invoice", invoice(TAXED, status="void", latest_revision="in_2"))
    assert (old.revises_id, old.revised_by_id) == ("", "in_2")
    copied = {"action": "copy", "invoice": "in_0"}
    assert translate("invoice", invoice(TAXED, from_invoice=copied)).revises_id == ""
