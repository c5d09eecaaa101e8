# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Test cards that dispute, that are refunded slowly or in vain; days of funds."""

import pytest
import stripe

from tests.simulators.stripe_shapes import misfits
from tests.simulators.stripe_story import DAY, START, event_types

pytest_plugins = ["tests.simulators.stripe_fixtures"]


def pay(client, card="visa", currency="usd"):
    intent = client.v1.payment_intents.create(
        {
            "amount": 10000,
            "currency": currency,
            "payment_method": f"pm_card_{card}",
            "confirm": True,
        }
    )
    return intent.latest_charge


def balance_of(client):
    """(available, pending): currency -> minor units."""
    balance = client.v1.balance.retrieve()
    return tuple(
        {entry.currency: entry.amount for entry in part if entry.amount}
        for part in (balance.available, balance.pending)
    )


@pytest.mark.parametrize(
    ("card", "status", "reason"),
    [
        ("createDispute", "needs_response", "fraudulent"),
        ("createDisputeProductNotReceived", "needs_response", "product_not_received"),
        ("createDisputeInquiry", "warning_needs_response", "fraudulent"),
    ],
)
def test_a_card_disputes_what_it_paid(stripe_client, card, status, reason):
    charge = pay(stripe_client, card)
    (dispute,) = stripe_client.v1.disputes.list({"charge": charge}).data
    assert (dispute.status, dispute.reason, dispute.amount) == (status, reason, 10000)
    assert len(dispute.balance_transactions) == (status == "needs_response")


@pytest.mark.parametrize(
    ("card", "text", "status"),
    [
        ("createDispute", "winning_evidence", "won"),
        ("createDispute", "losing_evidence", "lost"),
        ("createDisputeInquiry", "winning_evidence", "warning_closed"),
    ],
)
def test_test_evidence_decides_at_once(stripe_client, card, text, status):
    charge = pay(stripe_client, card)
    (dispute,) = stripe_client.v1.disputes.list({"charge": charge}).data
    params = {"evidence": {"uncategorized_text": text}}
    assert stripe_client.v1.disputes.update(dispute.id, params).status == status
    assert "charge.dispute.closed" in event_types(stripe_client)


def test_rule_21_a_refund_that_fails_is_money_again(stripe_sim, stripe_client):
    client = stripe_client
    charge = pay(client, "refundFail")
    refund = client.v1.refunds.create({"charge": charge, "amount": 4000})
    assert refund.status == "succeeded"
    stripe_sim.advance(5 * DAY)
    failed = client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == (
        "failed",
        "expired_or_canceled_card",
    )
    assert client.v1.charges.retrieve(charge).amount_refunded == 0
    assert event_types(client)[-1] == "refund.failed"
    assert balance_of(client) == ({"usd": 9680}, {})


def test_a_refund_may_be_pending_first(stripe_sim, stripe_client):
    client = stripe_client
    refund = client.v1.refunds.create({"charge": pay(client, "pendingRefund")})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    shown = stripe_sim.raw("GET", f"/v1/refunds/{refund.id}").json()
    assert not list(misfits(shown, stripe.Refund, "refund"))
    stripe_sim.advance(5 * DAY)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert event_types(client)[-1] == "refund.updated"


def test_a_pending_refund_may_fail_before_it_is_done(stripe_sim, stripe_client):
    client = stripe_client
    refund = client.v1.refunds.create({"charge": pay(client, "pendingRefund")})
    stripe_sim.post(f"refunds/{refund.id}/fail", {"reason": "declined"})
    stripe_sim.advance(9 * DAY)
    failed = client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.pending_reason) == ("failed", None)


def test_a_refund_leaves_the_balance_at_once(stripe_sim, stripe_client):
    client = stripe_client
    refund = client.v1.refunds.create({"charge": pay(client), "amount": 4000})
    booked = client.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (booked.status, booked.available_on) == ("available", START)
    assert balance_of(client) == ({"usd": -4000}, {"usd": 9680})


def test_each_currency_has_its_own_delay(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"delay_days": {"eur": 7, "gbp": 3}})
    for currency in ("usd", "eur", "gbp"):
        pay(client, currency=currency)
    pay(client, "bypassPending")
    rows = client.v1.balance_transactions.list().data
    days = [(row.currency, (row.available_on - START) // DAY) for row in rows]
    assert days == [("usd", 0), ("gbp", 3), ("eur", 7), ("usd", 2)]
    stripe_sim.advance(3 * DAY)
    assert balance_of(client) == ({"usd": 19360, "gbp": 9680}, {"eur": 9680})
