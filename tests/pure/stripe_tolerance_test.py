# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sums may differ by a tolerance; the lines may not (rules 16 and 17)."""

import copy

import pytest
from quote_to_cash.canonical import Hold
from quote_to_cash.providers.stripe.translate import translate

INVOICE = {
    "id": "in_1",
    "object": "invoice",
    "number": "N-1",
    "status": "open",
    "currency": "usd",
    "customer": "cus_1",
    "created": 1767225600,
    "subtotal": 10000,
    "total_excluding_tax": 10000,
    "total": 12000,
    "amount_due": 12000,
    "amount_paid": 0,
    "amount_remaining": 12000,
    "total_taxes": [
        {
            "amount": 2000,
            "tax_behavior": "exclusive",
            "tax_rate_details": {"tax_rate": "txr_1"},
        }
    ],
    "lines": {
        "has_more": False,
        "data": [
            {
                "id": "il_1",
                "amount": 10000,
                "currency": "usd",
                "description": "Plan",
                "quantity": 1,
                "taxes": [
                    {
                        "amount": 2000,
                        "tax_behavior": "exclusive",
                        "tax_rate_details": {"tax_rate": "txr_1"},
                    }
                ],
            }
        ],
    },
}


def changed(**values):
    return {**copy.deepcopy(INVOICE), **values}


def with_tax(amount):
    content = changed(total=10000 + amount)
    content["total_taxes"][0]["amount"] = amount
    return content


@pytest.mark.parametrize(
    "content, code",
    [
        (changed(total=12001), "total_mismatch"),
        (changed(total_excluding_tax=10001), "untaxed_mismatch"),
        (with_tax(2001), "tax_mismatch"),
    ],
)
def test_rule_17_one_unit_is_held_but_for_a_tolerance(content, code):
    with pytest.raises(Hold) as held:
        translate("invoice", content)
    assert held.value.code == code
    document = translate("invoice", content, tolerance=1)
    assert document.total.amount == content["total"]


@pytest.mark.parametrize(
    "content", [changed(total=12002), changed(total_excluding_tax=9998), with_tax(2002)]
)
def test_rule_17_beyond_the_tolerance_it_is_held(content):
    with pytest.raises(Hold):
        translate("invoice", content, tolerance=1)


def test_rule_16_the_sum_of_the_lines_has_no_tolerance():
    with pytest.raises(Hold) as held:
        translate("invoice", changed(subtotal=10001), tolerance=5)
    assert held.value.code == "line_sum_mismatch"
