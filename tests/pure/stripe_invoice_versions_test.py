# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 4: an invoice is the same document in the shape of every version of the API."""

import copy
import json
from dataclasses import replace

import pytest
from quote_to_cash.providers.stripe import envelope
from quote_to_cash.providers.stripe.translate import translate
from quote_to_cash.providers.stripe.version import API_VERSION

from tests.pure.stripe_payloads import (
    MARCH,
    as_of_2020,
    as_of_2025_02,
    invoice,
    line,
    shipped,
    shipping,
    tax,
    untold,
)

TAXED = line(1, 1000, [tax(190, 1000)])
ITEM = {
    "type": "invoice_item_details",
    "invoice_item_details": {
        "invoice_item": "ii_1",
        "proration": True,
        "subscription": "sub_1",
    },
    "subscription_item_details": None,
}
DISCOUNTED = line(
    3,
    1000,
    [tax(161, 850)],
    discount_amounts=[
        {"amount": 100, "discount": "di_own"},
        {"amount": 50, "discount": "di_all"},
    ],
    discounts=["di_own"],
)
KINDS = {
    "taxed": invoice(TAXED),
    "inclusive": invoice(line(1, 1190, [tax(190, 1000, True)]), line(2, -90)),
    "discounts": invoice(DISCOUNTED, discounts=["di_all"], subtotal=900),
    "proration": invoice(line(1, -300, parent=ITEM), line(2, 800, parent=ITEM)),
    "tiered": invoice(
        line(1, 1000, pricing={**TAXED["pricing"], "unit_amount_decimal": None})
    ),
    "rates": invoice(line(1, 1000, [tax(90, 1000, rate="a"), tax(48, 1090, rate="b")])),
    "shipping": shipped(invoice(TAXED), shipping(500, [("txr_1", 95)])),
    "paid": invoice(
        TAXED,
        status="paid",
        amount_paid=1190,
        amount_remaining=0,
        payments={"object": "list", "has_more": False, "data": [{"id": "inpay_1"}]},
    ),
    "negative": invoice(line(1, -1000, [tax(-190, -1000)])),
}


def without_reasons(document):
    """Why a tax is what it is, and its base, are told since 2023 only."""
    lines = tuple(
        replace(
            each,
            taxes=tuple(
                each_tax
                if each.is_shipping
                else replace(each_tax, reason="", taxable=None)
                for each_tax in each.taxes
            ),
        )
        for each in document.lines
    )
    return replace(document, lines=lines)


@pytest.mark.parametrize("kind", KINDS)
def test_rule_4_an_invoice_of_2025_02_is_the_same_document(kind):
    content = KINDS[kind]
    new, old = (
        translate("invoice", content),
        translate("invoice", as_of_2025_02(content)),
    )
    assert old == new
    assert old.fingerprint() == new.fingerprint()


@pytest.mark.parametrize("kind", KINDS)
def test_rule_4_an_invoice_of_2020_is_the_same_document(kind):
    content = {**KINDS[kind], "effective_at": None}
    new, old = translate("invoice", content), translate("invoice", as_of_2020(content))
    assert old == without_reasons(new)


def test_rule_4_while_it_changed_both_shapes_were_told_at_once():
    """Version 2025-03-31 kept the old fields of a line beside the new ones."""
    content = KINDS["taxed"]
    both = copy.deepcopy(content)
    [entry], [old] = both["lines"]["data"], as_of_2025_02(content)["lines"]["data"]
    both["lines"]["data"] = [{**old, **entry}]
    assert translate("invoice", both) == translate("invoice", content)


def test_rule_4_the_discounts_of_old_are_those_of_the_lines():
    """Until 2025-03-31 an invoice told its first discount under ``discount``; what
    they take off is on the lines in every version."""
    old = as_of_2020({**KINDS["discounts"], "effective_at": None})
    old["discount"] = {"id": "di_all", "object": "discount", "coupon": {"id": "c"}}
    old["total_discount_amounts"] = [
        {"amount": 100, "discount": "di_own"},
        {"amount": 50, "discount": "di_all"},
    ]
    assert translate("invoice", old).discount.amount == 150


def test_rule_4_before_there_were_lists_of_taxes_there_was_their_sum():
    old = as_of_2020(invoice(TAXED, effective_at=None))
    del old["total_tax_amounts"]
    assert translate("invoice", old).tax.amount == 190


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
# WHAT CANNOT BE UNDERSTOOD AS IT IS
# ----------------------------------------------------------------------


def complete(content, version=API_VERSION):
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": version,
        "created": MARCH,
        "type": "invoice.finalized",
        "data": {"object": content},
    }
    return envelope.open_payload(json.dumps(event), "invoice").complete


@pytest.mark.parametrize(
    ("version", "readable"),
    [
        ("2019-12-03", False),
        ("2020-08-27", True),
        ("2022-11-15", True),
        ("2024-06-20", True),
        ("2025-02-24.acacia", True),
        ("2025-03-31.basil", True),
        ("2025-07-30.preview", False),
        ("2027-01-01.unheard", False),
    ],
)
def test_rule_4_versions_that_are_not_known_are_read_at_the_pinned_one(
    version, readable
):
    assert complete(KINDS["taxed"], version) is readable


def test_rule_4_what_a_payload_does_not_tell_is_read():
    content = shipped(invoice(TAXED), untold(shipping(500, [("txr_1", 95)])))
    assert not complete(content)
    assert complete(KINDS["shipping"])
    use = {"amount": 10, "type": "credit_balance_transaction"}
    named = {**use, "credit_balance_transaction": "cbtxn_1"}
    assert not complete(invoice(line(1, 1000, pretax_credit_amounts=[named])))
