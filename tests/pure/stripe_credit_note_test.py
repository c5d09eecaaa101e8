# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4, 16, 17 and 20: credit notes of all versions."""

import json
from datetime import date
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold, Money, Ref, RefundPart, UnitAmount
from quote_to_cash.providers.stripe import envelope
from quote_to_cash.providers.stripe.translate import translate
from quote_to_cash.providers.stripe.version import API_VERSION

from tests.pure.stripe_payloads import shipping

MARCH = 1772323200


def eur(amount):
    return Money(amount, "EUR")


def line(amount=2000, tax=400, **values):
    return {
        "id": "cnli_1",
        "object": "credit_note_line_item",
        "amount": amount,
        "description": "Plan, February",
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": "il_1",
        "quantity": 1,
        "taxes": [
            {
                "amount": tax,
                "tax_behavior": "exclusive",
                "tax_rate_details": {"tax_rate": "txr_1"},
                "taxability_reason": "standard_rated",
                "taxable_amount": amount,
            }
        ],
        "type": "invoice_line_item",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
        **values,
    }


def note(*lines, **values):
    """Of 20.00 + 4.00, before payment."""
    lines = list(lines) or [line()]
    return {
        "id": "cn_1",
        "object": "credit_note",
        "amount": 2400,
        "amount_shipping": 0,
        "created": MARCH,
        "currency": "eur",
        "customer": "cus_1",
        "customer_balance_transaction": None,
        "effective_at": MARCH + 86400,
        "invoice": "in_1",
        "lines": {"object": "list", "data": lines, "has_more": False, "url": "/v1/x"},
        "livemode": False,
        "memo": "Sorry",
        "metadata": {},
        "number": "CN-1",
        "out_of_band_amount": None,
        "pdf": "https://pay.stripe.com/cn.pdf",
        "post_payment_amount": 0,
        "pre_payment_amount": 2400,
        "reason": "order_change",
        "refunds": [],
        "status": "issued",
        "subtotal": 2000,
        "total": 2400,
        "total_excluding_tax": 2000,
        "total_taxes": lines[0].get("taxes"),
        "type": "pre_payment",
        "voided_at": None,
        **values,
    }


def old_note(*lines, **values):
    """As it was before 2025-03-31."""
    tax = {"amount": 400, "inclusive": False, "tax_rate": "txr_1"}
    content = note(line(taxes=None, tax_amounts=[tax]), tax_amounts=[tax], **values)
    for name in ("refunds", "pre_payment_amount", "post_payment_amount", "total_taxes"):
        content.pop(name)
    return content


def translated(content):
    return translate("credit_note", content)


def held(content):
    with pytest.raises(Hold) as caught:
        translated(content)
    return caught.value.code


def test_a_credit_note_before_payment():
    found = translated(note())
    assert (found.untaxed, found.tax, found.total) == (eur(2000), eur(400), eur(2400))
    assert (found.before_payment, found.to_balance) == (eur(2400), eur(0))
    assert (found.refunds, found.out_of_band) == ((), eur(0))
    assert (found.status, found.reason, found.memo) == (
        "issued",
        "order_change",
        "Sorry",
    )
    assert (found.issued_on, found.voided_on) == (date(2026, 3, 2), None)
    [only] = found.lines
    assert (only.invoice_line_id, only.amount, only.net) == (
        "il_1",
        eur(2000),
        eur(2000),
    )
    assert only.unit_amount == UnitAmount(Decimal(2000), "EUR")
    assert found.dependencies() == (
        Ref("invoice", "in_1"),
        Ref("customer", "cus_1"),
        Ref("tax_rate", "txr_1"),
    )


def test_rule_20_after_payment_it_is_refund_and_balance_and_out_of_band():
    content = note(
        pre_payment_amount=400,
        post_payment_amount=2000,
        out_of_band_amount=300,
        refunds=[
            {"amount_refunded": 700, "refund": "re_1", "type": "refund"},
            {"amount_refunded": 500, "refund": {"id": "re_2"}, "type": "refund"},
        ],
        customer_balance_transaction={"id": "cbtxn_1", "amount": -500},
    )
    found = translated(content)
    assert found.before_payment == eur(400)
    assert found.refunds == (
        RefundPart("re_1", eur(700)),
        RefundPart("re_2", eur(500)),
    )
    assert (found.to_balance, found.out_of_band) == (eur(500), eur(300))
    assert Ref("refund", "re_2") in found.dependencies()


def test_what_does_not_say_where_it_went_is_held():
    after = {"pre_payment_amount": 0, "post_payment_amount": 2400}
    assert held(note(**after)) == "credit_mismatch"
    refunds = [{"amount_refunded": 2500, "refund": "re_1"}]
    assert held(note(**after, refunds=refunds)) == "credit_mismatch"
    # What is not expanded is believed.
    unknown = note(**after, customer_balance_transaction="cbtxn_1")
    assert translated(unknown).to_balance == eur(2400)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"type": "pre_payment"}, (2400, 0, ())),
        ({"type": "post_payment", "refund": "re_1"}, (0, 0, (2400,))),
        (
            {
                "type": "post_payment",
                "refund": {"id": "re_1", "object": "refund"},
                "customer_balance_transaction": {"id": "cbtxn_1", "amount": -400},
            },
            (0, 400, (2000,)),
        ),
        (
            {
                "type": "post_payment",
                "customer_balance_transaction": {"id": "cbtxn_1", "amount": -2400},
            },
            (0, 2400, ()),
        ),
    ],
)
def test_rule_4_of_old_it_was_the_one_or_the_other(values, expected):
    found = translated(old_note(**values))
    assert (found.tax, found.lines[0].taxes[0].rate_id) == (eur(400), "txr_1")
    assert (
        found.before_payment.amount,
        found.to_balance.amount,
        tuple(part.amount.amount for part in found.refunds),
    ) == expected


def test_rule_4_of_old_the_parts_may_be_unknown():
    content = old_note(
        type="post_payment", refund="re_1", customer_balance_transaction="cbtxn_1"
    )
    assert held(content) == "incomplete_credit"


@pytest.mark.parametrize(
    ("values", "complete"),
    [
        ({}, True),
        ({"customer_balance_transaction": {"id": "cbtxn_1", "amount": -1}}, True),
        ({"customer_balance_transaction": "cbtxn_1"}, False),
        ({"lines": {"data": [line()], "has_more": True, "url": "/v1/x"}}, False),
    ],
)
def test_what_is_not_whole_is_read_again(values, complete):
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": API_VERSION,
        "created": MARCH,
        "type": "credit_note.created",
        "data": {"object": note(**values)},
    }
    kept = envelope.envelope_of_event(event)
    assert (kept.kind, kept.object_id, kept.partition) == (
        "credit_note",
        "cn_1",
        "cus_1",
    )
    assert envelope.open_payload(kept.payload, "credit_note").complete is complete


def test_rule_16_what_does_not_add_up_is_held():
    assert held(note(line(1999))) == "untaxed_mismatch"
    assert held(note(total_taxes=[], total_excluding_tax=2000)) == "tax_mismatch"
    assert held(note(total=2500, pre_payment_amount=2500)) == "total_mismatch"
    assert held(note(amount_shipping=100)) == "malformed"


def test_discounts_and_included_taxes_are_taken_off():
    included = {
        "amount": 400,
        "tax_behavior": "inclusive",
        "tax_rate_details": {"tax_rate": "txr_in"},
    }
    content = note(
        line(
            3000,
            discount_amounts=[{"amount": 600, "discount": "di_1"}],
            taxes=[included],
            unit_amount=None,
            unit_amount_decimal=None,
        ),
    )
    found = translated(content)
    assert (found.lines[0].net, found.lines[0].unit_amount) == (eur(2000), None)


def test_without_a_total_excluding_tax_it_is_what_is_left():
    assert translated(note(total_excluding_tax=None)).untaxed == eur(2000)


def test_a_void_says_when():
    found = translated(note(status="void", voided_at=MARCH + 2 * 86400))
    assert (found.status, found.voided_on) == ("void", date(2026, 3, 3))


def test_shipping_is_credited_on_a_line_of_its_own():
    cost = shipping(500, [("txr_1", 95)])
    found = translate(
        "credit_note",
        note(
            amount_shipping=500,
            shipping_cost=cost,
            pre_payment_amount=2995,
            total=2995,
            total_excluding_tax=2500,
        ),
    )
    assert (found.untaxed, found.tax, found.total) == (eur(2500), eur(495), eur(2995))
    entry = found.lines[-1]
    assert (entry.id, entry.invoice_line_id) == ("cn_1:shipping", "in_1:shipping")
    untold = note(amount_shipping=500, shipping_cost={**cost, "taxes": None})
    event = {"data": {"object": untold}, "id": "evt_1", "object": "event"}
    payload = {**event, "type": "credit_note.created", "api_version": API_VERSION}
    assert not envelope.open_payload(json.dumps(payload), "credit_note").complete


@pytest.mark.parametrize("category", ["paid", "promotional"])
def test_rule_20_credits_that_were_sold_may_live_up_again_so_it_is_held(category):
    use = {"id": "cbtxn_1", "credit_grant": {"id": "g_1", "category": category}}
    credit = {
        "amount": 500,
        "credit_balance_transaction": "cbtxn_1",
        "type": "credit_balance_transaction",
    }
    whole = [{**credit, "credit_balance_transaction": use}]
    content = note(
        line(2500, 400, pretax_credit_amounts=[credit]), pretax_credit_amounts=whole
    )
    if category == "promotional":
        assert translate("credit_note", content).total == eur(2400)
        return
    with pytest.raises(Hold) as caught:
        translate("credit_note", content)
    assert caught.value.code == "billing_credits"
    assert caught.value.remedy
