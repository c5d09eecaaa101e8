# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4 and 21: refunds of all versions."""

import pytest
from quote_to_cash.canonical import Money, Ref
from quote_to_cash.providers.stripe import envelope
from quote_to_cash.providers.stripe.enclosed import enclosed
from quote_to_cash.providers.stripe.translate import translate

MARCH = 1772323200


def refund(**values):
    return {
        "id": "re_1",
        "object": "refund",
        "amount": 2400,
        "balance_transaction": "txn_1",
        "charge": "ch_1",
        "created": MARCH,
        "currency": "eur",
        "metadata": {},
        "payment_intent": "pi_1",
        "reason": "requested_by_customer",
        "status": "succeeded",
        **values,
    }


def translated(**values):
    return translate("refund", refund(**values))


def test_a_refund_is_of_a_payment_and_out_of_the_balance():
    found = translated()
    assert (found.status, found.amount) == ("succeeded", Money(2400, "EUR"))
    assert (found.reason, found.created.timestamp()) == ("requested_by_customer", MARCH)
    assert found.dependencies() == (
        Ref("payment", "pi_1"),
        Ref("balance_transaction", "txn_1"),
    )


@pytest.mark.parametrize(
    ("values", "payment_id"),
    [
        ({"payment_intent": None}, "ch_1"),
        ({"payment_intent": {"id": "pi_2"}}, "pi_2"),
        ({"payment_intent": None, "charge": {"id": "ch_2"}}, "ch_2"),
        (
            {"payment_intent": None, "charge": {"id": "ch_2", "payment_intent": "pi"}},
            "pi",
        ),
        ({"payment_intent": None, "charge": None}, ""),
    ],
)
def test_rule_4_the_payment_is_the_intents_or_the_charges(values, payment_id):
    assert translated(**values).payment_id == payment_id


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pending", "pending"),
        ("requires_action", "pending"),
        ("failed", "failed"),
        ("canceled", "canceled"),
        (None, "succeeded"),
    ],
)
def test_states(status, expected):
    assert translated(status=status).status == expected


def test_a_failed_refund_says_why_and_how_the_money_came_back():
    found = translated(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction="txn_2",
    )
    assert found.failure_reason == "expired_or_canceled_card"
    assert Ref("balance_transaction", "txn_2") in found.dependencies()


def test_what_came_inside_is_not_asked_for():
    whole = {"id": "txn_1", "object": "balance_transaction"}
    content = refund(balance_transaction=whole)
    assert enclosed("refund", content) == {Ref("balance_transaction", "txn_1"): whole}
    assert translate("refund", content).balance_transaction_id == "txn_1"


@pytest.mark.parametrize("name", ["refund.created", "charge.refund.updated"])
def test_its_events_are_understood(name):
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2024-06-20",
        "created": MARCH,
        "type": name,
        "data": {"object": refund()},
    }
    kept = envelope.envelope_of_event(event)
    assert (kept.kind, kept.object_id, kept.partition) == ("refund", "re_1", "re_1")
    assert envelope.open_payload(kept.payload, "refund").complete
