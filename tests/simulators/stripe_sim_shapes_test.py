# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every answer carries the fields, types and values that Stripe publishes."""

import pytest
import stripe

from tests.simulators.stripe_shapes import (
    foreign_types,
    misfits,
    missing_keys,
    published_examples,
)
from tests.simulators.stripe_story import DAY, make_customer, make_price, subscribe

pytest_plugins = ["tests.simulators.stripe_fixtures"]

CLASSES = {
    "account": stripe.Account,
    "balance": stripe.Balance,
    "balance_transaction": stripe.BalanceTransaction,
    "billing.credit_balance_transaction": stripe.billing.CreditBalanceTransaction,
    "billing.credit_grant": stripe.billing.CreditGrant,
    "billing.meter": stripe.billing.Meter,
    "charge": stripe.Charge,
    "coupon": stripe.Coupon,
    "customer": stripe.Customer,
    "customer_balance_transaction": stripe.CustomerBalanceTransaction,
    "discount": stripe.Discount,
    "event": stripe.Event,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "invoiceitem": stripe.InvoiceItem,
    "line_item": stripe.InvoiceLineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "plan": stripe.Plan,
    "price": stripe.Price,
    "product": stripe.Product,
    "promotion_code": stripe.PromotionCode,
    "refund": stripe.Refund,
    "shipping_rate": stripe.ShippingRate,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
    "tax_id": stripe.TaxId,
    "tax_rate": stripe.TaxRate,
    "webhook_endpoint": stripe.WebhookEndpoint,
}
LISTS = (
    "balance_transactions billing/credit_grants billing/meters charges coupons"
    " customers events invoice_payments invoiceitems invoices payment_intents"
    " payment_methods prices products promotion_codes refunds shipping_rates"
    " subscriptions tax_rates webhook_endpoints"
).split()


def collect(node, found):
    """Sort every object within an answer under its `object`."""
    if isinstance(node, list):
        for entry in node:
            collect(entry, found)
    elif isinstance(node, dict):
        kind = node.get("object")
        if isinstance(kind, str) and kind in CLASSES and not node.get("deleted"):
            found.setdefault(kind, []).append(node)
        for name, value in node.items():
            # The lists' own check covers what an event carries of the past.
            if name != "previous_attributes":
                collect(value, found)


def fill(sim, client):
    """One of everything: paid, declined, prorated, voided, refunded, sent."""
    customer = make_customer(
        sim, client, tax_id_data=[{"type": "eu_vat", "value": "DE123456789"}]
    )
    rate = client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "19", "inclusive": False}
    )
    client.v1.coupons.create({"id": "TEN", "percent_off": 10, "duration": "forever"})
    price = make_price(client, 1999)
    code = client.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": "TEN"}}
    )
    subscription = subscribe(
        client,
        customer,
        price,
        3,
        default_tax_rates=[rate.id],
        discounts=[{"promotion_code": code.id}],
    )
    use_tiers(client, customer)
    sim.advance(DAY)
    item = subscription.to_dict()["items"]["data"][0]["id"]
    client.v1.subscriptions.update(
        subscription.id, {"items": [{"id": item, "quantity": 5}]}
    )
    client.v1.customers.balance_transactions.create(
        customer.id, {"amount": -500, "currency": "usd"}
    )
    sim.advance(31 * DAY)
    sim.give_card(customer.id, "declined")
    sim.advance(31 * DAY)
    charge = client.v1.charges.list({"limit": 100}).data[-1]
    client.v1.refunds.create({"charge": charge.id, "amount": 100})
    client.v1.invoice_items.create(
        {"customer": customer.id, "amount": 700, "currency": "usd"}
    )
    invoice = client.v1.invoices.create(
        {
            "customer": customer.id,
            "collection_method": "send_invoice",
            "days_until_due": 30,
            "pending_invoice_items_behavior": "include",
            "shipping_cost": {"shipping_rate_data": SHIPPING},
            "default_tax_rates": [rate.id],
        }
    )
    client.v1.invoices.finalize_invoice(invoice.id)
    client.v1.invoices.void_invoice(invoice.id)
    client.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:1/hook", "enabled_events": ["payout.paid"]}
    )
    return customer


SHIPPING = {
    "display_name": "Express",
    "type": "fixed_amount",
    "fixed_amount": {"amount": 500, "currency": "usd"},
}


def use_tiers(client, customer):
    """A subscription to what is used, by tiers."""
    meter = client.v1.billing.meters.create(
        {
            "display_name": "Calls",
            "event_name": "call",
            "default_aggregation": {"formula": "sum"},
        }
    )
    price = make_price(
        client,
        None,
        interval=None,
        recurring={"interval": "month", "usage_type": "metered", "meter": meter.id},
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=[{"up_to": 5, "flat_amount": 100}, {"up_to": "inf", "unit_amount": 7}],
    )
    client.v1.billing.meter_events.create(
        {
            "event_name": "call",
            "payload": {"stripe_customer_id": customer.id, "value": "9"},
        }
    )
    client.v1.billing.credit_grants.create(
        {
            "customer": customer.id,
            "amount": {
                "type": "monetary",
                "monetary": {"currency": "usd", "value": 30},
            },
            "applicability_config": {"scope": {"price_type": "metered"}},
        }
    )
    client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}]}
    )


@pytest.fixture
def answers(stripe_sim, stripe_client):
    customer = fill(stripe_sim, stripe_client)
    found = {}
    own = f"customers/{customer.id}"
    paths = [*LISTS, "account", "balance", f"{own}/tax_ids"]
    paths += [f"{own}/balance_transactions"]
    uses = f"billing/credit_balance_transactions?customer={customer.id}"
    collect(stripe_sim.raw("GET", f"/v1/{uses}").json(), found)
    for path in paths:
        query = "?limit=100" if "/" in path or path in LISTS else ""
        if path == "prices":
            query += "&expand[]=data.tiers"
        if path == "invoices":
            query += "&expand[]=data.shipping_cost.taxes"
        if path == "subscriptions":
            query += "&expand[]=data.discounts&status=all"
        answer = stripe_sim.raw("GET", f"/v1/{path}{query}")
        assert answer.status_code == 200, answer.text
        collect(answer.json(), found)
    return found


def test_every_resource_is_answered(answers):
    assert set(answers) == set(CLASSES)


def test_fields_types_and_values_are_those_of_the_library(answers):
    wrong = {
        f"{kind} {place}"
        for kind, objects in answers.items()
        for shown in objects
        for place in misfits(shown, CLASSES[kind], kind)
    }
    assert not wrong, "\n".join(sorted(wrong))


def test_no_key_of_the_published_examples_is_missing(answers):
    examples = published_examples()
    missing = {
        (kind, name)
        for kind, objects in answers.items()
        for shown in objects
        for name in missing_keys(kind, shown, examples[kind])
    }
    assert not missing


def test_types_are_those_of_the_published_examples(answers):
    examples = published_examples()
    wrong = {
        f"{kind}{place}"
        for kind, objects in answers.items()
        if kind != "event"
        for shown in objects
        for place in foreign_types(shown, examples[kind])
    }
    assert not wrong, "\n".join(sorted(wrong))


def test_the_comparison_itself_finds_what_is_wrong(answers):
    invoice = {
        **answers["invoice"][0],
        "status": "opn",
        "amount_due": "3",
        "total_taxes": [{"amount": 1}],
        "colour": "red",
    }
    del invoice["currency"]
    found = " ".join(misfits(invoice, stripe.Invoice, "invoice"))
    for place in ("status", "amount_due", "total_taxes", "colour", "currency"):
        assert f"invoice.{place}" in found
