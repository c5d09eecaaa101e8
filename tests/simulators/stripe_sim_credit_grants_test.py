# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Billing credits, sold and given away, and what the addon's client makes of them."""

import pytest
import stripe
from quote_to_cash.canonical import Ref
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.translate import translate

from tests.simulators.stripe_story import (
    DAY,
    START,
    invoices_of,
    make_customer,
    make_price,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]

MONTH = 31 * DAY
UNIT = 10
EVENT = "call"


@pytest.fixture
def client(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url)
    yield client
    client.close()


@pytest.fixture
def price(stripe_client):
    meter = stripe_client.v1.billing.meters.create(
        {
            "display_name": "Calls",
            "event_name": EVENT,
            "default_aggregation": {"formula": "sum"},
        }
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter.id}
    return make_price(stripe_client, UNIT, interval=None, recurring=recurring)


@pytest.fixture
def rate(stripe_client):
    return stripe_client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "20", "inclusive": False}
    )


@pytest.fixture
def customer(stripe_sim, stripe_client):
    return make_customer(stripe_sim, stripe_client)


def grant(stripe_client, customer, value, category="paid", **given):
    return stripe_client.v1.billing.credit_grants.create(
        {
            "customer": customer.id,
            "category": category,
            "amount": {
                "type": "monetary",
                "monetary": {"currency": "usd", "value": value},
            },
            "applicability_config": {"scope": {"price_type": "metered"}},
            **given,
        }
    )


def bill(stripe_sim, stripe_client, customer, price, units, **terms):
    """The invoice for what was used in a month."""
    subscription = stripe_client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}], **terms}
    )
    payload = {"stripe_customer_id": customer.id, "value": str(units)}
    stripe_client.v1.billing.meter_events.create(
        {"event_name": EVENT, "payload": payload}
    )
    stripe_sim.advance(MONTH + DAY)
    return invoices_of(stripe_client, subscription)[-1]


def left(stripe_client, customer):
    """Minor units that the customer can use."""
    summary = stripe_client.v1.billing.credit_balance_summary.retrieve(
        {"customer": customer.id, "filter": {"type": "applicability_scope"}}
    )
    return [entry.available_balance.monetary.value for entry in summary.balances]


def test_credits_come_off_before_the_tax(
    stripe_sim, stripe_client, customer, price, rate
):
    made = grant(stripe_client, customer, 300)
    invoice = bill(
        stripe_sim, stripe_client, customer, price, 100, default_tax_rates=[rate.id]
    )
    assert invoice.subtotal == 1000
    assert invoice.total_excluding_tax == 700
    assert invoice.total == invoice.amount_due == 840
    [use] = invoice.total_pretax_credit_amounts
    assert (use.type, use.amount) == ("credit_balance_transaction", 300)
    transaction = stripe_client.v1.billing.credit_balance_transactions.retrieve(
        use.credit_balance_transaction
    )
    assert transaction.credit_grant == made.id
    assert transaction.debit.credits_applied.invoice == invoice.id
    assert left(stripe_client, customer) == [0]


def test_what_is_left_is_used_by_the_next_invoice(
    stripe_sim, stripe_client, customer, price
):
    grant(stripe_client, customer, 1500)
    invoice = bill(stripe_sim, stripe_client, customer, price, 100)
    assert (invoice.total, invoice.status) == (0, "paid")
    assert left(stripe_client, customer) == [500]


def test_only_what_is_used_is_paid_with_credits(stripe_sim, stripe_client, customer):
    grant(stripe_client, customer, 1500)
    seat = make_price(stripe_client, 2000)
    stripe_client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": seat.id}]}
    )
    assert left(stripe_client, customer) == [1500]


def test_what_was_given_away_is_used_first(stripe_sim, stripe_client, customer, price):
    grant(stripe_client, customer, 800)
    gift = grant(stripe_client, customer, 600, "promotional")
    invoice = bill(stripe_sim, stripe_client, customer, price, 100)
    uses = invoice.total_pretax_credit_amounts
    assert [use.amount for use in uses] == [600, 400]
    first = stripe_client.v1.billing.credit_balance_transactions.retrieve(
        uses[0].credit_balance_transaction
    )
    assert first.credit_grant == gift.id


def test_a_voided_invoice_gives_them_back(stripe_sim, stripe_client, customer, price):
    grant(stripe_client, customer, 400)
    terms = {"collection_method": "send_invoice", "days_until_due": 30}
    invoice = bill(stripe_sim, stripe_client, customer, price, 100, **terms)
    assert left(stripe_client, customer) == [0]
    stripe_client.v1.invoices.void_invoice(invoice.id)
    assert left(stripe_client, customer) == [400]


def test_credits_expire(stripe_sim, stripe_client, customer, price):
    made = grant(stripe_client, customer, 400, expires_at=START + 2 * DAY)
    stripe_sim.advance(3 * DAY)
    assert left(stripe_client, customer) == [0]
    kinds = [
        row.debit.type if row.debit else row.credit.type
        for row in stripe_client.v1.billing.credit_balance_transactions.list(
            {"customer": customer.id, "credit_grant": made.id}
        )
    ]
    assert kinds == ["credits_expired", "credits_granted"]


def test_used_credits_cannot_be_voided(stripe_sim, stripe_client, customer, price):
    made = grant(stripe_client, customer, 400)
    bill(stripe_sim, stripe_client, customer, price, 10)
    with pytest.raises(stripe.InvalidRequestError, match="has been used"):
        stripe_client.v1.billing.credit_grants.void_grant(made.id)
    unused = grant(stripe_client, customer, 400)
    stripe_client.v1.billing.credit_grants.void_grant(unused.id)
    assert left(stripe_client, customer) == [300]


def test_the_addon_tells_sold_credits_from_gifts(
    stripe_sim, stripe_client, client, customer, price
):
    grant(stripe_client, customer, 300)
    grant(stripe_client, customer, 200, "promotional")
    invoice = bill(stripe_sim, stripe_client, customer, price, 100)
    ref = Ref("invoice", invoice.id)
    [line] = translate("invoice", client.fetch([ref])[ref]).lines
    # What a gift takes off is a discount; what was sold is revenue.
    assert (line.revenue.amount, line.prepaid.amount) == (800, 300)
    assert line.net.amount == invoice.total == 500
