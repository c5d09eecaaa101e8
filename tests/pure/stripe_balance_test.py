# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 4 and 24: balance transactions, and where they come from."""

from datetime import date
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold, Money, Ref
from quote_to_cash.providers.stripe import envelope
from quote_to_cash.providers.stripe.enclosed import enclosed
from quote_to_cash.providers.stripe.reporting_categories import BOOKED_WITH, OTHERS
from quote_to_cash.providers.stripe.translate import translate

MARCH = 1772323200


def usd(amount):
    return Money(amount, "USD")


def transaction(**values):
    return {
        "id": "txn_1",
        "object": "balance_transaction",
        "amount": 10800,
        "available_on": MARCH + 7 * 86400,
        "created": MARCH,
        "currency": "usd",
        "description": "Subscription update",
        "exchange_rate": None,
        "fee": 350,
        "fee_details": [],
        "net": 10450,
        "reporting_category": "charge",
        "source": "ch_1",
        "status": "pending",
        "type": "charge",
        **values,
    }


def translated(**values):
    return translate("balance_transaction", transaction(**values))


def test_a_balance_transaction_is_read_whole():
    found = translated()
    assert (found.amount, found.fee, found.net) == (usd(10800), usd(350), usd(10450))
    assert (found.category, found.source_id) == ("charge", "ch_1")
    assert found.created.timestamp() == MARCH
    assert (found.available_on, found.exchange_rate) == (date(2026, 3, 8), None)
    assert found.dependencies() == ()


def test_rule_24_the_rate_is_exact():
    found = translated(exchange_rate=Decimal("1.08"), currency="usd")
    assert found.exchange_rate == Decimal("1.08")


def test_rule_4_of_old_it_had_a_type_only_and_its_source_may_be_whole():
    old = transaction(source={"id": "ch_2", "object": "charge"}, type="refund")
    del old["reporting_category"]
    found = translate("balance_transaction", old)
    assert (found.category, found.source_id) == ("refund", "ch_2")


def test_becoming_available_is_no_other_state():
    assert translated(status="available").fingerprint() == translated().fingerprint()


def test_what_does_not_add_up_is_held():
    with pytest.raises(Hold) as caught:
        translated(net=10451)
    assert caught.value.code == "net_mismatch"


def charge(**values):
    return {
        "id": "ch_1",
        "object": "charge",
        "amount": 10000,
        "amount_captured": 10000,
        "created": MARCH,
        "currency": "eur",
        "status": "succeeded",
        "balance_transaction": "txn_1",
        **values,
    }


def intent(latest):
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 10000,
        "amount_received": 10000,
        "created": MARCH,
        "currency": "eur",
        "status": "succeeded",
        "latest_charge": latest,
    }


@pytest.mark.parametrize("content", [charge(), intent(charge())])
def test_a_payment_depends_on_its_balance_transaction(content):
    found = translate("payment", content)
    assert found.balance_transaction_id == "txn_1"
    assert found.dependencies() == (Ref("balance_transaction", "txn_1"),)


def test_a_returned_debit_has_two():
    returned = charge(status="failed", failure_balance_transaction="txn_2")
    found = translate("payment", returned)
    assert found.dependencies() == (
        Ref("balance_transaction", "txn_1"),
        Ref("balance_transaction", "txn_2"),
    )


def test_what_came_inside_a_payment_is_not_asked_for():
    whole = charge(
        balance_transaction=transaction(),
        failure_balance_transaction=transaction(id="txn_2"),
    )
    wanted = {
        Ref("balance_transaction", "txn_1"): transaction(),
        Ref("balance_transaction", "txn_2"): transaction(id="txn_2"),
    }
    assert enclosed("payment", whole) == wanted
    assert enclosed("payment", intent(whole)) == wanted
    assert enclosed("payment", intent("ch_1")) == enclosed("invoice", {}) == {}
    assert translate("payment", intent(whole)).balance_transaction_id == "txn_1"


def test_it_is_kept_in_the_inbox():
    kept = envelope.envelope_of_object("balance_transaction", transaction())
    assert kept.ref == Ref("balance_transaction", "txn_1")
    reading = envelope.open_payload(kept.payload, "balance_transaction")
    assert (reading.complete, reading.content) == (True, transaction())


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("charge", "payment"),
        ("charge_failure", "payment"),
        ("refund_failure", "refund"),
        ("dispute_reversal", "dispute"),
        ("payout_reversal", "payout"),
        ("topup", ""),
        ("never_heard_of", ""),
    ],
)
def test_the_category_says_what_books_the_amount(category, kind):
    assert translated(reporting_category=category).booked_with == kind


def test_no_category_is_booked_twice():
    assert not set(BOOKED_WITH) & set(OTHERS)
    assert {role for _label, role in OTHERS.values()} == {
        "fee",
        "transit",
        "reserve",
        "",
    }
