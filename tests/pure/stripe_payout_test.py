# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 15 and 23: payouts, and what they pay out."""

import json
from datetime import date

import pytest
from quote_to_cash.canonical import Hold, Money, PayoutPart, Ref
from quote_to_cash.providers.stripe import balance, envelope, links
from quote_to_cash.providers.stripe.enclosed import enclosed
from quote_to_cash.providers.stripe.event_types import ENDPOINT_EVENTS
from quote_to_cash.providers.stripe.reader import read
from quote_to_cash.providers.stripe.translate import translate
from quote_to_cash.providers.stripe.translate.payout import TRANSACTIONS

MARCH = 1772323200
PAYOUT = Ref("payout", "po_1")


def usd(amount):
    return Money(amount, "USD")


def transaction(id, amount, fee=0, **values):
    return {
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": MARCH,
        "created": MARCH,
        "currency": "usd",
        "fee": fee,
        "net": amount - fee,
        "reporting_category": "charge",
        "source": "ch_1",
        **values,
    }


def own(amount=-11622, fee=0, **values):
    values = {"reporting_category": "payout", "source": "po_1", **values}
    return transaction("txn_po", amount, fee, **values)


def payout(**values):
    return {
        "id": "po_1",
        "object": "payout",
        "amount": 11622,
        "arrival_date": MARCH + 2 * 86400,
        "automatic": True,
        "balance_transaction": own(),
        "created": MARCH,
        "currency": "usd",
        "description": "STRIPE PAYOUT",
        "failure_balance_transaction": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed",
        "statement_descriptor": None,
        "status": "paid",
        "trace_id": {"status": "supported", "value": "123456789012345"},
        TRANSACTIONS: [own(), transaction("txn_1", 12000, 378)],
        **values,
    }


def translated(**values):
    return translate("payout", payout(**values))


def held(**values):
    with pytest.raises(Hold) as caught:
        translated(**values)
    assert caught.value.message
    assert caught.value.remedy
    return caught.value.code


def test_rule_23_a_payout_is_what_its_transactions_come_to():
    found = translated()
    assert (found.amount, found.settled, found.fee) == (usd(11622), usd(11622), usd(0))
    assert (found.status, found.automatic, found.method) == ("paid", True, "standard")
    assert found.parts == (PayoutPart("txn_1", usd(11622)),)
    assert found.difference == usd(0)
    assert (found.arrival_on, found.created.timestamp()) == (date(2026, 3, 3), MARCH)
    assert found.bank_reference == "123456789012345"
    assert found.dependencies() == (
        Ref("balance_transaction", "txn_po"),
        Ref("balance_transaction", "txn_1"),
    )


def test_rule_23_the_difference_is_what_the_parts_come_to_beyond_it():
    parts = [own(), transaction("txn_1", 12000, 378), transaction("txn_2", 5)]
    assert translated(**{TRANSACTIONS: parts}).difference == usd(5)


def test_rule_23_the_fee_of_an_instant_payout_is_paid_out_of_the_balance():
    found = translated(
        amount=11500, method="instant", balance_transaction=own(-11500, 122)
    )
    assert (found.fee, found.settled, found.difference) == (
        usd(122),
        usd(11500),
        usd(0),
    )


def test_rule_23_the_fee_is_found_in_the_list_too():
    parts = [own(-11500, 122), transaction("txn_1", 12000, 378)]
    found = translated(
        amount=11500, balance_transaction="txn_po", **{TRANSACTIONS: parts}
    )
    assert (found.fee, found.difference) == (usd(122), usd(0))


def test_rule_23_a_negative_payout_is_taken_from_the_bank():
    parts = [own(2400), transaction("txn_1", -2400)]
    found = translated(
        amount=-2400, balance_transaction=own(2400), **{TRANSACTIONS: parts}
    )
    assert (found.amount, found.settled, found.difference) == (
        usd(-2400),
        usd(-2400),
        usd(0),
    )


def test_rule_23_a_failed_payout_says_how_it_came_back():
    back = transaction("txn_back", 11622, reporting_category="payout_reversal")
    found = translated(
        status="failed", failure_balance_transaction=back, failure_message="Closed"
    )
    assert found.failure_transaction_id == "txn_back"
    assert found.failure_message == "Closed"
    assert Ref("balance_transaction", "txn_back") in found.dependencies()


def test_rule_23_before_it_is_reconciled_there_are_no_parts():
    content = payout(reconciliation_status="in_progress")
    del content[TRANSACTIONS]
    found = translate("payout", content)
    assert (found.reconciliation, found.parts) == ("in_progress", ())


def test_rule_23_manual_payouts_are_never_itemized():
    content = payout(automatic=False, reconciliation_status="not_applicable")
    del content[TRANSACTIONS]
    found = translate("payout", content)
    assert (found.automatic, found.reconciliation) == (False, "not_applicable")


def test_rule_4_of_old_nobody_said_whether_it_is_reconciled():
    content = payout(balance_transaction="txn_po", trace_id=None, method=None)
    del content["reconciliation_status"], content[TRANSACTIONS]
    found = translate("payout", content)
    assert (found.reconciliation, found.method) == ("not_applicable", "standard")
    assert (found.settled, found.bank_reference) == (usd(11622), "")


def test_rule_16_without_its_transactions_it_is_not_known():
    content = payout()
    del content[TRANSACTIONS]
    with pytest.raises(Hold) as caught:
        translate("payout", content)
    assert caught.value.code == "incomplete_list"


@pytest.mark.parametrize("code", ["huf", "twd"])
def test_rule_15_payouts_of_some_currencies_are_of_whole_units(code):
    given = {"currency": code, "balance_transaction": "txn_po", TRANSACTIONS: []}
    assert translated(amount=1000, **given).amount == Money(1000, code.upper())
    assert held(amount=1045, **given) == "payout_step"


def test_rule_24_what_it_pays_out_is_in_the_currency_of_the_balance():
    foreign = transaction("txn_1", 12000, currency="eur")
    assert held(**{TRANSACTIONS: [own(), foreign]}) == "payout_currencies"


def test_rule_24_settled_is_what_the_balance_was_moved_by():
    parts = [transaction("txn_1", 12000, currency="eur")]
    found = translated(
        balance_transaction=own(-12000, currency="eur"), **{TRANSACTIONS: parts}
    )
    assert (found.amount, found.settled) == (usd(11622), Money(12000, "EUR"))
    assert found.difference == Money(0, "EUR")


# ----------------------------------------------------------------------
# THE INBOX
# ----------------------------------------------------------------------


def test_its_transactions_are_enclosed():
    back = transaction("txn_back", 11622)
    found = enclosed("payout", payout(failure_balance_transaction=back))
    assert {ref.id for ref in found} == {"txn_po", "txn_1", "txn_back"}
    assert {ref.kind for ref in found} == {"balance_transaction"}


def test_it_is_kept_in_the_inbox():
    kept = envelope.envelope_of_object("payout", payout())
    assert kept.ref == PAYOUT
    reading = envelope.open_payload(kept.payload, "payout")
    assert (reading.complete, reading.content) == (True, payout())


@pytest.mark.parametrize(
    ("status", "complete"), [("completed", False), ("in_progress", True)]
)
def test_as_listed_it_is_whole_only_where_it_has_no_parts(status, complete):
    content = payout(reconciliation_status=status)
    del content[TRANSACTIONS]
    reading = envelope.open_payload(json.dumps(content), "payout")
    assert reading.complete is complete


@pytest.mark.parametrize("name", ["created", "paid", "reconciliation_completed"])
def test_events_of_payouts_are_asked_for_and_read_again(name):
    content = payout()
    del content[TRANSACTIONS]
    event = {
        "id": "evt_1",
        "object": "event",
        "type": f"payout.{name}",
        "created": MARCH,
        "data": {"object": content},
    }
    assert event["type"] in ENDPOINT_EVENTS
    kept = envelope.envelope_of_event(event)
    assert (kept.ref, kept.partition) == (PAYOUT, "po_1")
    assert envelope.open_payload(kept.payload, "payout").complete is False


def test_it_has_a_page():
    url = links.object_url("payout", "po_1", live=False)
    assert url == "https://dashboard.stripe.com/test/payouts/po_1"


# ----------------------------------------------------------------------
# READING
# ----------------------------------------------------------------------


class Account:
    """Answers as the connector does, from ``answers``: {path: content, or a list of
    pages}. ``asked``: (path, parameters)."""

    def __init__(self, **answers):
        self.answers = {f"/v1/{path}": answer for path, answer in answers.items()}
        self.asked = []

    def get(self, path, params=None, subject=""):
        self.asked.append((path, params))
        return dict(self.answers[path])

    def pages(self, path, params=None):
        self.asked.append((path, params))
        for data in self.answers[path]:
            yield {"data": data}


def told(**values):
    content = payout(**values)
    del content[TRANSACTIONS]
    return content


def account(content, *pages):
    found = Account(balance_transactions=pages)
    found.answers["/v1/payouts/po_1"] = content
    return found


def test_rule_16_all_pages_of_its_transactions_are_read():
    parts = [own()], [transaction("txn_1", 12000, 378)]
    asked = account(told(), *parts)
    content = read(asked, [PAYOUT])[PAYOUT]
    assert content[TRANSACTIONS] == [*parts[0], *parts[1]]
    expanded, listed = asked.asked
    assert expanded[1] == {
        "expand": ["balance_transaction", "failure_balance_transaction"]
    }
    assert listed == ("/v1/balance_transactions", {"payout": "po_1"})


def test_rule_23_before_it_is_reconciled_nothing_is_listed():
    asked = account(told(reconciliation_status="in_progress"))
    content = read(asked, [PAYOUT])[PAYOUT]
    assert TRANSACTIONS not in content
    assert len(asked.asked) == 1


# ----------------------------------------------------------------------
# THE BALANCE
# ----------------------------------------------------------------------


def test_the_balance_is_pending_and_available_by_currency():
    content = {
        "object": "balance",
        "pending": [{"amount": 500, "currency": "usd"}],
        "available": [
            {"amount": -200, "currency": "usd"},
            {"amount": 70, "currency": "eur"},
        ],
        "connect_reserved": [{"amount": 9, "currency": "usd"}],
        "instant_available": [{"amount": 300, "currency": "usd"}],
    }
    found = balance.read(Account(balance=content))
    assert list(found) == ["EUR", "USD"]
    assert (found["USD"].pending, found["USD"].available) == (usd(500), usd(-200))
    assert found["USD"].total == usd(300)
    assert found["EUR"].total == Money(70, "EUR")


def test_what_was_put_in_for_refunds_belongs_to_the_balance():
    content = {
        "pending": [],
        "available": [{"amount": 100, "currency": "usd"}],
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 40, "currency": "usd"}],
            "pending": [{"amount": 1, "currency": "usd"}],
        },
    }
    assert balance.read(Account(balance=content))["USD"].total == usd(141)


def test_what_moved_the_balance_is_listed_by_time():
    asked = Account(balance_transactions=[[own()], [transaction("txn_1", 5)]])
    moment = translated().created
    found = list(balance.transactions(asked, moment, moment))
    assert [entry["id"] for entry in found] == ["txn_po", "txn_1"]
    assert asked.asked[0][1] == {"created": {"gte": MARCH, "lte": MARCH}}
