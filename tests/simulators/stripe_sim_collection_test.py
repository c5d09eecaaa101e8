# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Collecting invoices: declines, retries, credit, money that comes elsewhere."""

import pytest
import stripe

from tests.simulators.stripe_story import (
    DAY,
    START,
    event_types,
    latest,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


def test_a_decline_leaves_the_first_invoice_open(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client, card="declined")
    subscription = subscribe(client, customer, make_price(client))
    assert subscription.status == "incomplete"
    invoice = latest(client, subscription)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert event_types(client)[-5:] == [
        "payment_intent.payment_failed",
        "charge.failed",
        "invoice.updated",
        "invoice.payment_failed",
        "customer.updated",
    ]
    with pytest.raises(stripe.CardError) as declined:
        client.v1.invoices.pay(invoice.id)
    assert declined.value.code == "card_declined"
    assert declined.value.http_status == 402
    stripe_sim.give_card(customer.id, "visa")
    assert client.v1.invoices.pay(invoice.id).status == "paid"
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_an_unpaid_first_invoice_expires(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client, card="declined")
    subscription = subscribe(client, customer, make_price(client))
    stripe_sim.advance(DAY)
    ended = client.v1.subscriptions.retrieve(subscription.id)
    assert ended.status == "incomplete_expired"
    assert latest(client, subscription).status == "void"


def test_a_failing_renewal_is_retried_then_canceled(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client))
    stripe_sim.give_card(customer.id, "declined")
    stripe_sim.advance(31 * DAY + 3600)
    assert client.v1.subscriptions.retrieve(subscription.id).status == "past_due"
    invoice = latest(client, subscription)
    assert invoice.next_payment_attempt == START + 34 * DAY + 3600
    stripe_sim.advance(16 * DAY)
    invoice = latest(client, subscription)
    assert (invoice.attempt_count, invoice.status) == (4, "open")
    ended = client.v1.subscriptions.retrieve(subscription.id)
    assert ended.status == "canceled"
    assert ended.cancellation_details.reason == "payment_failed"


def test_a_retry_that_succeeds_makes_the_subscription_active(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client))
    stripe_sim.give_card(customer.id, "declined")
    stripe_sim.advance(31 * DAY + 3600)
    stripe_sim.give_card(customer.id, "visa")
    stripe_sim.advance(3 * DAY)
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"
    assert latest(client, subscription).status == "paid"


def test_a_sent_invoice_is_open_then_overdue_then_paid_elsewhere(
    stripe_sim, stripe_client
):
    client = stripe_client
    customer = make_customer(stripe_sim, client, card=None)
    subscription = subscribe(
        client,
        customer,
        make_price(client),
        collection_method="send_invoice",
        days_until_due=14,
    )
    assert subscription.status == "active"
    invoice = latest(client, subscription)
    assert (invoice.status, invoice.due_date) == ("open", START + 14 * DAY)
    assert invoice.hosted_invoice_url and invoice.invoice_pdf
    stripe_sim.advance(14 * DAY)
    assert "invoice.overdue" in event_types(client)
    assert client.v1.subscriptions.retrieve(subscription.id).status == "past_due"
    paid = client.v1.invoices.pay(
        invoice.id, {"paid_out_of_band": True, "expand": ["payments"]}
    )
    assert (paid.status, paid.amount_remaining) == ("paid", 0)
    assert [payment.status for payment in paid.payments.data] == ["canceled"]
    assert client.v1.charges.list().data == []
    types = event_types(client)
    assert "invoice.paid" in types and "invoice.payment_succeeded" not in types


def test_credit_is_applied_and_given_back(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client, card=None)
    client.v1.customers.balance_transactions.create(
        customer.id, {"amount": -300, "currency": "usd"}
    )
    subscription = subscribe(
        client,
        customer,
        make_price(client),
        collection_method="send_invoice",
        days_until_due=14,
    )
    invoice = latest(client, subscription)
    assert (invoice.total, invoice.amount_due) == (1000, 700)
    assert (invoice.starting_balance, invoice.ending_balance) == (-300, 0)
    assert client.v1.customers.retrieve(customer.id).balance == 0
    client.v1.invoices.void_invoice(invoice.id)
    assert client.v1.customers.retrieve(customer.id).balance == -300


def test_a_refund_reduces_the_charge_and_the_balance(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscribe(client, customer, make_price(client))
    charge = client.v1.charges.list({"customer": customer.id}).data[0]
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 400})
    booked = client.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (booked.amount, booked.fee, booked.type) == (-400, 0, "refund")
    assert client.v1.charges.retrieve(charge.id).amount_refunded == 400
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"charge": charge.id, "amount": 601})


def test_funds_become_available_after_two_days(stripe_sim, stripe_client):
    client = stripe_client
    subscribe(client, make_customer(stripe_sim, client), make_price(client))
    # 10.00 less 0.29 and 0.30.
    assert client.v1.balance.retrieve().pending[0].amount == 941
    stripe_sim.advance(2 * DAY)
    assert client.v1.balance.retrieve().available[0].amount == 941


def test_an_uncollectible_invoice_may_still_be_paid(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client, card="declined")
    subscription = subscribe(client, customer, make_price(client))
    invoice = latest(client, subscription)
    marked = client.v1.invoices.mark_uncollectible(invoice.id)
    assert marked.status == "uncollectible"
    stripe_sim.give_card(customer.id, "visa")
    assert client.v1.invoices.pay(invoice.id).status == "paid"


def test_a_foreign_charge_is_settled_at_the_rate_that_was_set(
    stripe_sim, stripe_client
):
    client = stripe_client
    stripe_sim.post("settings", {"exchange_rates": {"eur": "1.085"}})
    customer = make_customer(stripe_sim, client)
    subscribe(client, customer, make_price(client, 1000, "eur"))
    charge = client.v1.charges.list({"expand": ["data.balance_transaction"]}).data[0]
    booked = charge.balance_transaction
    assert (charge.currency, charge.amount) == ("eur", 1000)
    assert (booked.currency, booked.amount, booked.exchange_rate) == (
        "usd",
        1085,
        1.085,
    )


@pytest.mark.parametrize(
    ("behavior", "status"),
    [
        ("keep_as_draft", "draft"),
        ("void", "void"),
        ("mark_uncollectible", "uncollectible"),
    ],
)
def test_paused_collection_charges_nobody(stripe_sim, stripe_client, behavior, status):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client))
    paused = {"behavior": behavior, "resumes_at": START + 40 * DAY}
    client.v1.subscriptions.update(subscription.id, {"pause_collection": paused})
    stripe_sim.advance(31 * DAY + 3600)
    assert latest(client, subscription).status == status
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"
    stripe_sim.advance(30 * DAY)
    resumed = client.v1.subscriptions.retrieve(subscription.id)
    assert resumed.pause_collection is None
    assert latest(client, subscription).status == "paid"
    assert len(client.v1.charges.list().data) == 2
