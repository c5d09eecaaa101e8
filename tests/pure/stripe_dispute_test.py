# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4 and 22: disputes of all versions."""

import pytest
from quote_to_cash.canonical import Hold, Money, Ref
from quote_to_cash.canonical.cash import DISPUTE_STATUSES
from quote_to_cash.providers.stripe import envelope
from quote_to_cash.providers.stripe.enclosed import enclosed
from quote_to_cash.providers.stripe.event_types import ENDPOINT_EVENTS
from quote_to_cash.providers.stripe.links import object_url
from quote_to_cash.providers.stripe.translate import translate

MARCH = 1772323200


def moved(identifier, amount):
    return {
        "id": identifier,
        "object": "balance_transaction",
        "amount": amount,
        "reporting_category": "dispute" if amount < 0 else "dispute_reversal",
    }


def dispute(**values):
    return {
        "id": "dp_1",
        "object": "dispute",
        "amount": 12000,
        "balance_transactions": [moved("txn_1", -12000)],
        "charge": "ch_1",
        "created": MARCH,
        "currency": "eur",
        "evidence_details": {"due_by": MARCH + 864000, "has_evidence": False},
        "livemode": False,
        "metadata": {},
        "network_reason_code": None,
        "payment_intent": "pi_1",
        "payment_method_details": {
            "card": {"brand": "visa", "network_reason_code": "10.4"},
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
        **values,
    }


def translated(**values):
    return translate("dispute", dispute(**values))


def test_a_dispute_is_read_whole():
    found = translated()
    assert (found.status, found.amount) == ("needs_response", Money(12000, "EUR"))
    assert (found.reason, found.network_reason) == ("fraudulent", "10.4")
    assert found.respond_by.timestamp() == MARCH + 864000
    assert (found.created.timestamp(), found.live) == (MARCH, False)
    assert found.dependencies() == (
        Ref("payment", "pi_1"),
        Ref("balance_transaction", "txn_1"),
    )


def test_rule_22_every_movement_of_it_counts():
    both = [moved("txn_1", -12000), moved("txn_2", 12000), moved("txn_3", -12000)]
    found = translated(balance_transactions=both)
    assert found.transaction_ids == ("txn_1", "txn_2", "txn_3")
    assert set(enclosed("dispute", dispute(balance_transactions=both))) == {
        Ref("balance_transaction", f"txn_{number}") for number in (1, 2, 3)
    }


def test_rule_22_an_inquiry_has_moved_nothing():
    found = translated(
        status="warning_needs_response",
        balance_transactions=[],
        evidence_details={"due_by": None},
    )
    assert (found.transaction_ids, found.respond_by) == ((), None)
    assert found.needs_response


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"balance_transactions": ["txn_9"]}, ("txn_9",)),
        ({"balance_transactions": None, "balance_transaction": "txn_8"}, ("txn_8",)),
        ({"balance_transaction": "txn_1"}, ("txn_1",)),
    ],
)
def test_rule_4_movements_are_told_in_several_ways(values, expected):
    assert translated(**values).transaction_ids == expected


@pytest.mark.parametrize(
    ("values", "payment_id"),
    [
        ({"payment_intent": None}, "ch_1"),
        ({"payment_intent": None, "charge": {"id": "c", "payment_intent": "pi"}}, "pi"),
    ],
)
def test_rule_4_the_payment_is_the_intents_or_the_charges(values, payment_id):
    assert translated(**values).payment_id == payment_id


def test_rule_4_the_networks_code_was_told_of_the_dispute():
    found = translated(payment_method_details=None, network_reason_code="4837")
    assert found.network_reason == "4837"


@pytest.mark.parametrize("status", DISPUTE_STATUSES)
def test_states(status):
    found = translated(status=status)
    assert found.status == status
    asks = ("needs_response", "warning_needs_response", "appeal_needs_response")
    assert found.needs_response is (status in asks)


def test_an_unknown_state_is_held():
    with pytest.raises(Hold) as caught:
        translated(status="on_the_moon")
    assert caught.value.code == "unknown_status"
    assert "on_the_moon" in caught.value.message


@pytest.mark.parametrize(
    "verb", ["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"]
)
def test_its_events_are_asked_for_and_understood(verb):
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2024-06-20",
        "created": MARCH,
        "type": f"charge.dispute.{verb}",
        "data": {"object": dispute()},
    }
    kept = envelope.envelope_of_event(event)
    assert (kept.kind, kept.object_id, kept.partition) == ("dispute", "dp_1", "dp_1")
    assert envelope.open_payload(kept.payload, "dispute").complete
    assert event["type"] in ENDPOINT_EVENTS


def test_it_has_a_page():
    assert object_url("dispute", "dp_1", False).endswith("/test/disputes/dp_1")
