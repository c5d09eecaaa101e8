# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Money that takes days, does not come, or comes back: bank debits, failed refunds."""

import pytest
import stripe

from tests.simulators.stripe_shapes import misfits
from tests.simulators.stripe_story import (
    DAY,
    event_types,
    latest,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


def subscribe_by_debit(sim, client, answer="succeeds"):
    customer = make_customer(sim, client, card=None)
    path = f"customers/{customer.id}/payment_method"
    sim.post(path, {"sepa_debit": answer})
    return subscribe(client, customer, make_price(client))


def net(client):
    balance = client.v1.balance.retrieve()
    return sum(e.amount for part in ("available", "pending") for e in balance[part])


def only_charge(client):
    (charge,) = client.v1.charges.list().data
    return charge


def test_a_debit_is_processing_for_days_then_succeeds(stripe_sim, stripe_client):
    client = stripe_client
    subscription = subscribe_by_debit(stripe_sim, client)
    assert subscription.status == "active"
    assert latest(client, subscription).status == "open"
    (intent,) = client.v1.payment_intents.list().data
    charge = only_charge(client)
    assert (intent.status, charge.status, charge.paid) == (
        "processing",
        "pending",
        False,
    )
    assert (charge.balance_transaction, net(client)) == (None, 0)
    # Asking again does not debit twice; the amount is no longer to be changed.
    client.v1.invoices.pay(intent_invoice(client))
    assert len(client.v1.charges.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="is processing"):
        client.v1.credit_notes.create({"invoice": intent_invoice(client), "amount": 1})
    stripe_sim.advance(5 * DAY)
    assert latest(client, subscription).status == "paid"
    charge = only_charge(client)
    booked = client.v1.balance_transactions.retrieve(charge.balance_transaction)
    assert (booked.type, booked.reporting_category) == ("payment", "charge")
    assert net(client) == 941
    kinds = [kind for kind in event_types(client) if kind.startswith(("charge", "pay"))]
    assert kinds[-4:] == [
        "payment_intent.processing",
        "charge.pending",
        "payment_intent.succeeded",
        "charge.succeeded",
    ]


def intent_invoice(client):
    return client.v1.invoices.list().data[0].id


def test_a_debit_that_fails_is_tried_again(stripe_sim, stripe_client):
    client = stripe_client
    subscription = subscribe_by_debit(stripe_sim, client, "insufficient_funds")
    stripe_sim.advance(5 * DAY)
    invoice = latest(client, subscription)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt
    assert client.v1.subscriptions.retrieve(subscription.id).status == "past_due"
    charge = only_charge(client)
    assert (charge.status, charge.failure_code) == ("failed", "insufficient_funds")
    assert (charge.balance_transaction, net(client)) == (None, 0)
    stripe_sim.give_card(invoice.customer, "visa")
    stripe_sim.advance(3 * DAY)
    assert latest(client, subscription).status == "paid"
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_the_bank_returns_a_debit_after_it_succeeded(stripe_sim, stripe_client):
    client = stripe_client
    subscription = subscribe_by_debit(stripe_sim, client)
    stripe_sim.advance(5 * DAY)
    charge = only_charge(client)
    values = {"code": "debit_not_authorized", "after": 3 * DAY}
    stripe_sim.post(f"charges/{charge.id}/return", values)
    assert only_charge(client).status == "succeeded"
    stripe_sim.advance(3 * DAY)
    returned = only_charge(client)
    assert (returned.status, returned.failure_code) == (
        "failed",
        "debit_not_authorized",
    )
    row = client.v1.balance_transactions.retrieve(returned.failure_balance_transaction)
    assert (row.type, row.reporting_category) == (
        "payment_failure_refund",
        "charge_failure",
    )
    assert (row.amount, row.source, row.status) == (-1000, charge.id, "available")
    assert net(client) == 941 - 1000
    assert latest(client, subscription).status == "paid"
    assert event_types(client)[-1] == "charge.failed"


@pytest.mark.parametrize("method", ["pm_card_visa", "sepa"])
def test_a_refund_may_fail_later(stripe_sim, stripe_client, method):
    client = stripe_client
    if method == "sepa":
        debit = {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}}
        method = client.v1.payment_methods.create(debit).id
    client.v1.payment_intents.create(
        {"amount": 1000, "currency": "usd", "payment_method": method, "confirm": True}
    )
    stripe_sim.advance(5 * DAY)
    charge = only_charge(client)
    refund = client.v1.refunds.create({"charge": charge.id})
    stripe_sim.post(f"refunds/{refund.id}/fail", {"reason": "declined", "after": DAY})
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert net(client) == 941 - 1000
    stripe_sim.advance(DAY)
    failed = client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "declined")
    row = client.v1.balance_transactions.retrieve(failed.failure_balance_transaction)
    assert (row.type, row.reporting_category, row.amount, row.source) == (
        "refund_failure",
        "refund_failure",
        1000,
        refund.id,
    )
    assert net(client) == 941
    charge = only_charge(client)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert event_types(client)[-3:] == [
        "refund.updated",
        "charge.updated",
        "refund.failed",
    ]
    again = client.v1.refunds.create({"charge": charge.id})
    assert again.amount == 1000


def test_the_test_iban_that_fails(stripe_sim, stripe_client):
    client = stripe_client
    with pytest.raises(stripe.InvalidRequestError, match="IBAN"):
        client.v1.payment_methods.create(
            {"type": "sepa_debit", "sepa_debit": {"iban": "DE00"}}
        )
    method = client.v1.payment_methods.create(
        {"type": "sepa_debit", "sepa_debit": {"iban": "DE62370400440532013001"}}
    )
    intent = client.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "eur",
            "payment_method": method.id,
            "confirm": True,
        }
    )
    assert intent.status == "processing"
    stripe_sim.advance(5 * DAY)
    failed = client.v1.payment_intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "insufficient_funds"


def test_debits_and_failures_have_the_published_shape(stripe_sim, stripe_client):
    client = stripe_client
    for answer in ("succeeds", "account_closed"):
        subscribe_by_debit(stripe_sim, client, answer)
    stripe_sim.advance(5 * DAY)
    charges = client.v1.charges.list().data
    paid = next(charge for charge in charges if charge.paid)
    refund = client.v1.refunds.create({"charge": paid.id, "amount": 100})
    stripe_sim.post(f"refunds/{refund.id}/fail")
    stripe_sim.post(f"charges/{paid.id}/return")
    classes = {
        "charges": stripe.Charge,
        "refunds": stripe.Refund,
        "payment_intents": stripe.PaymentIntent,
        "payment_methods": stripe.PaymentMethod,
        "balance_transactions": stripe.BalanceTransaction,
    }
    for path, kind in classes.items():
        shown = stripe_sim.raw("GET", f"/v1/{path}?limit=100").json()["data"]
        assert shown
        for each in shown:
            assert not list(misfits(each, kind, path))
