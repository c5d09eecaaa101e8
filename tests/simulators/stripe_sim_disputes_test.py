# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Disputes: what the bank takes, what it gives back, and what is told of it."""

import pytest
import stripe

from tests.simulators.stripe_shapes import (
    foreign_types,
    misfits,
    missing_keys,
    published_examples,
)
from tests.simulators.stripe_story import DAY, START, event_types

pytest_plugins = ["tests.simulators.stripe_fixtures"]


@pytest.fixture
def charge(stripe_sim, stripe_client):
    """A paid charge of 10.00, of which 9.41 stay after the fee."""
    return make_charge(stripe_client)


def make_charge(client, currency="usd"):
    intent = client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": currency,
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    return client.v1.charges.retrieve(intent.latest_charge)


def dispute_events(client):
    kinds = event_types(client)
    return [kind.removeprefix("charge.dispute.") for kind in kinds if "dispute" in kind]


def net(client):
    balance = client.v1.balance.retrieve()
    return sum(e.amount for part in ("available", "pending") for e in balance[part])


def test_a_chargeback_withdraws_funds_and_fee(stripe_sim, stripe_client, charge):
    client = stripe_client
    opened = stripe_sim.post(f"charges/{charge.id}/dispute", {"reason": "duplicate"})
    dispute = client.v1.disputes.retrieve(opened["id"])
    assert (dispute.status, dispute.reason) == ("needs_response", "duplicate")
    assert dispute.payment_intent == charge.payment_intent
    assert dispute.is_charge_refundable is False
    assert dispute.evidence_details.due_by == START + 10 * DAY - 1
    (taken,) = dispute.balance_transactions
    assert (taken.type, taken.reporting_category) == ("adjustment", "dispute")
    assert (taken.amount, taken.fee, taken.net) == (-1000, 1500, -2500)
    assert [fee.amount for fee in taken.fee_details] == [1500]
    assert (taken.source, taken.status) == (dispute.id, "available")
    assert client.v1.charges.retrieve(charge.id).disputed is True
    assert net(client) == 941 - 2500
    assert dispute_events(client) == ["created", "funds_withdrawn"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"charge": charge.id})
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize(("return_fee", "left"), [(False, 941 - 1500), (True, 941)])
def test_a_won_dispute_reinstates_the_funds(
    stripe_sim, stripe_client, charge, return_fee, left
):
    client = stripe_client
    opened = stripe_sim.post(f"charges/{charge.id}/dispute")
    client.v1.disputes.update(
        opened["id"], {"evidence": {"customer_name": "Ada Lovelace"}}
    )
    answered = client.v1.disputes.retrieve(opened["id"])
    assert (answered.status, answered.evidence_details.submission_count) == (
        "under_review",
        1,
    )
    stripe_sim.post(f"disputes/{opened['id']}/win", {"return_fee": return_fee})
    dispute = client.v1.disputes.retrieve(opened["id"])
    _taken, back = dispute.balance_transactions
    assert dispute.status == "won"
    assert (back.amount, back.reporting_category) == (1000, "dispute_reversal")
    assert net(client) == left
    assert dispute_events(client) == [
        "created",
        "funds_withdrawn",
        "updated",
        "funds_reinstated",
        "closed",
    ]


def test_a_lost_dispute_keeps_the_funds(stripe_sim, stripe_client, charge):
    client = stripe_client
    opened = stripe_sim.post(f"charges/{charge.id}/dispute")
    lost = stripe_sim.post(f"disputes/{opened['id']}/lose")
    assert (lost["status"], len(lost["balance_transactions"])) == ("lost", 1)
    assert net(client) == 941 - 2500
    assert dispute_events(client)[-1] == "closed"


def test_the_merchant_may_accept_a_dispute(stripe_sim, stripe_client, charge):
    client = stripe_client
    opened = stripe_sim.post(f"charges/{charge.id}/dispute", {"amount": 400})
    assert client.v1.disputes.close(opened["id"]).status == "lost"
    assert net(client) == 941 - 1900
    with pytest.raises(stripe.InvalidRequestError, match="cannot be closed"):
        client.v1.disputes.close(opened["id"])


def test_an_inquiry_moves_no_money_until_it_escalates(
    stripe_sim, stripe_client, charge
):
    client = stripe_client
    opened = stripe_sim.post(f"charges/{charge.id}/dispute", {"inquiry": True})
    assert opened["status"] == "warning_needs_response"
    assert (opened["balance_transactions"], opened["is_charge_refundable"]) == (
        [],
        True,
    )
    assert net(client) == 941
    stripe_sim.post(f"disputes/{opened['id']}/escalate", {"fee": 2000})
    assert net(client) == 941 - 3000
    assert dispute_events(client) == ["created", "updated", "funds_withdrawn"]


def test_an_inquiry_is_closed(stripe_sim, stripe_client, charge):
    client = stripe_client
    opened = stripe_sim.post(f"charges/{charge.id}/dispute", {"inquiry": True})
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 100})
    assert refund.status == "succeeded"
    closed = stripe_sim.post(f"disputes/{opened['id']}/close_inquiry")
    assert closed["status"] == "warning_closed"
    assert dispute_events(client) == ["created", "closed"]


def test_an_unanswered_dispute_is_past_due(stripe_sim, stripe_client, charge):
    client = stripe_client
    opened = stripe_sim.post(f"charges/{charge.id}/dispute")
    stripe_sim.advance(10 * DAY)
    dispute = client.v1.disputes.retrieve(opened["id"])
    assert dispute.evidence_details.past_due is True
    assert dispute_events(client)[-1] == "updated"


def test_a_foreign_dispute_is_settled_at_the_day_s_rate(stripe_sim, stripe_client):
    client = stripe_client
    rates = {"exchange_rates": {"eur": "1.1"}}
    stripe_sim.post("settings", rates)
    foreign = make_charge(client, "eur")
    opened = stripe_sim.post(f"charges/{foreign.id}/dispute")
    stripe_sim.post("settings", {"exchange_rates": {"eur": "1.2"}})
    won = stripe_sim.post(f"disputes/{opened['id']}/win")
    booked = won["balance_transactions"]
    assert [(row["currency"], row["amount"]) for row in booked] == [
        ("usd", -1100),
        ("usd", 1200),
    ]
    assert (won["currency"], won["amount"]) == ("eur", 1000)


def test_a_payout_takes_what_disputes_moved(stripe_sim, stripe_client, charge):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    opened = stripe_sim.post(f"charges/{charge.id}/dispute")
    stripe_sim.advance(DAY)
    stripe_sim.post(f"disputes/{opened['id']}/win")
    stripe_sim.advance(2 * DAY)
    payouts = client.v1.payouts.list().data
    assert [payout.amount for payout in reversed(payouts)] == [-2500, 1000, 941]


def test_disputes_have_the_published_shape_and_are_found(stripe_sim, stripe_client):
    client = stripe_client
    charges = [make_charge(client) for _ in range(3)]
    for place, charge in enumerate(charges):
        values = {"inquiry": place == 1}
        opened = stripe_sim.post(f"charges/{charge.id}/dispute", values)
        stripe_sim.advance(DAY)
    stripe_sim.post(f"disputes/{opened['id']}/win", {"return_fee": True})
    example = published_examples()["dispute"]
    shown = stripe_sim.raw("GET", "/v1/disputes").json()["data"]
    assert len(shown) == 3
    for dispute in shown:
        assert not list(misfits(dispute, stripe.Dispute, "dispute"))
        assert not missing_keys("dispute", dispute, example)
        assert not list(foreign_types(dispute, example))
    by_charge = client.v1.disputes.list({"charge": charges[0].id})
    assert [row.charge for row in by_charge.data] == [charges[0].id]
    later = client.v1.disputes.list({"created": {"gte": START + DAY}})
    assert len(later.data) == 2
    with pytest.raises(AssertionError, match="under dispute already"):
        stripe_sim.post(f"charges/{charges[0].id}/dispute")
