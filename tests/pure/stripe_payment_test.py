# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4 and 25: payments, from whatever object tells of them."""

import pytest
from quote_to_cash.canonical import Allocation, Hold, Money
from quote_to_cash.providers.stripe.translate import translate

MARCH = 1772323200


def eur(amount):
    return Money(amount, "EUR")


def intent(**values):
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 1190,
        "amount_received": 1190,
        "currency": "eur",
        "customer": "cus_1",
        "created": MARCH,
        "status": "succeeded",
        "latest_charge": {
            "id": "ch_1",
            "created": MARCH + 60,
            "payment_method_details": {"type": "sepa_debit"},
        },
        "payment_method_types": ["card", "sepa_debit"],
        "metadata": {},
        **values,
    }


def invoice_payment(invoice="in_1", amount=1190, **values):
    return {
        "id": "inpay_1",
        "object": "invoice_payment",
        "invoice": invoice,
        "amount_paid": amount,
        "amount_requested": 1190,
        "currency": "eur",
        "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
        "status": "paid",
        "status_transitions": {"paid_at": MARCH + 86400},
        **values,
    }


def translated(content):
    return translate("payment", content)


def test_a_payment_of_several_invoices_is_divided():
    parts = [
        invoice_payment("in_1", 1000),
        invoice_payment("in_2", 190),
        invoice_payment("in_3", None, status="open"),
    ]
    found = translated(intent(invoice_payments=parts))
    assert found.allocations == (
        Allocation("in_1", eur(1000)),
        Allocation("in_2", eur(190)),
    )
    assert (found.amount, found.customer_id) == (eur(1190), "cus_1")
    assert (found.method, found.charge_id) == ("sepa_debit", "ch_1")
    assert found.paid_at.timestamp() == MARCH + 86400


def test_a_payment_without_invoice_is_on_account():
    found = translated(intent(invoice_payments=[]))
    assert (found.allocations, found.status) == ((), "succeeded")
    assert found.paid_at.timestamp() == MARCH + 60


def test_the_deal_is_found_through_the_invoice():
    invoice = {
        "id": "in_1",
        "metadata": {},
        "parent": {"subscription_details": {"metadata": {"trace": "006x"}}},
    }
    found = translated(intent(invoice_payments=[invoice_payment(invoice)]))
    assert (found.trace, found.allocations[0].invoice_id) == ("006x", "in_1")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"status": "processing"}, "pending"),
        ({"status": "requires_action"}, "pending"),
        ({"status": "requires_capture"}, "pending"),
        ({"status": "requires_payment_method"}, "pending"),
        (
            {
                "status": "requires_payment_method",
                "last_payment_error": {"message": "declined"},
            },
            "failed",
        ),
        ({"status": "canceled"}, "canceled"),
    ],
)
def test_what_is_not_paid_is_no_money(values, status):
    found = translated(intent(**values, amount_received=0))
    assert (found.status, found.paid_at) == (status, None)
    assert found.amount == eur(1190)
    assert found.failure_message == ("declined" if status == "failed" else "")


def test_rule_4_an_intent_of_old_names_its_invoice_and_lists_its_charges():
    old = intent(
        invoice="in_1",
        latest_charge=None,
        charges={"data": [{"id": "ch_9", "created": MARCH + 5}]},
        payment_method_types=["card"],
    )
    found = translated(old)
    assert found.allocations == (Allocation("in_1", eur(1190)),)
    assert (found.charge_id, found.method) == ("ch_9", "card")


def test_only_a_charge_that_was_collected_is_a_payment():
    charge = {
        "id": "ch_1",
        "object": "charge",
        "amount": 1000,
        "amount_captured": 700,
        "captured": True,
        "created": MARCH,
        "currency": "eur",
        "status": "succeeded",
        "payment_method_details": {"type": "card"},
        "invoice": "in_1",
    }
    found = translated(charge)
    assert (found.id, found.charge_id, found.amount) == ("ch_1", "ch_1", eur(700))
    assert found.allocations == (Allocation("in_1", eur(700)),)
    assert translated({**charge, "payment_intent": "pi_1"}).id == "pi_1"
    authorized = translated({**charge, "captured": False, "amount_captured": 0})
    assert (authorized.status, authorized.paid_at) == ("pending", None)
    failed = translated({**charge, "status": "failed", "failure_message": "no"})
    assert (failed.status, failed.failure_message) == ("failed", "no")


def test_rule_25_a_payment_record_was_made_out_of_band():
    record = {"type": "payment_record", "payment_record": "pr_1"}
    content = invoice_payment({"id": "in_1", "customer": "cus_1"}, payment=record)
    found = translated(content)
    assert (found.id, found.out_of_band) == ("inpay_1", True)
    assert found.allocations == (Allocation("in_1", eur(1190)),)
    assert (found.customer_id, found.status) == ("cus_1", "succeeded")
    assert found.paid_at.timestamp() == MARCH + 86400


def test_an_invoice_payment_through_stripe_is_its_intent():
    found = translated(invoice_payment())
    assert (found.id, found.out_of_band) == ("pi_1", False)
    open_one = translated(invoice_payment(status="open", amount=None))
    assert (open_one.status, open_one.allocations) == ("pending", ())


def test_what_is_no_payment_is_held():
    with pytest.raises(Hold) as caught:
        translated({"id": "re_1", "object": "refund"})
    assert caught.value.code == "wrong_object"
