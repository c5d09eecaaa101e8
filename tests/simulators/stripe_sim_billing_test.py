# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From a subscription to its invoices, to the cent."""

import pytest
import stripe

from tests.simulators.stripe_story import (
    DAY,
    START,
    event_types,
    invoices_of,
    latest,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


def test_a_subscription_is_invoiced_and_paid_to_the_cent(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    seats, support = make_price(client, 1999), make_price(client, 4905, name="Support")
    rate = client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "19", "inclusive": False}
    )
    client.v1.coupons.create({"id": "TEN", "percent_off": 10, "duration": "forever"})
    subscription = client.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": seats.id, "quantity": 3}, {"price": support.id}],
            "default_tax_rates": [rate.id],
            "discounts": [{"coupon": "TEN"}],
            "metadata": {"order": "SO1"},
        }
    )
    assert subscription.status == "active"
    invoice = latest(client, subscription, expand=["payments"])
    # 3 × 19.99 + 49.05 = 109.02; 10 % off is 10.902, so 10.90; 19 % of 98.12
    # is 18.6428, so 18.64.
    assert (invoice.subtotal, invoice.total_excluding_tax) == (10902, 9812)
    assert [entry.amount for entry in invoice.total_discount_amounts] == [1090]
    assert [entry.amount for entry in invoice.total_taxes] == [1864]
    assert (invoice.total, invoice.amount_due, invoice.amount_paid) == (11676,) * 3
    assert (invoice.status, invoice.amount_remaining) == ("paid", 0)
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata.order == "SO1"
    lines = invoice.lines.data
    assert [line.amount for line in lines] == [5997, 4905]
    # 599.7 and 490.5 off: the cent that is over goes to the larger remainder.
    assert [line.discount_amounts[0].amount for line in lines] == [600, 490]
    # 19 % of 53.97 is 10.2543 and of 44.15 is 8.3885.
    assert [line.taxes[0].amount for line in lines] == [1025, 839]
    assert [line.taxes[0].taxable_amount for line in lines] == [5397, 4415]
    assert lines[0].pricing.price_details.price == seats.id
    assert invoice.number.endswith("-0001")

    payment = invoice.payments.data[0]
    assert (payment.status, payment.amount_paid) == ("paid", 11676)
    intent = client.v1.payment_intents.retrieve(
        payment.payment.payment_intent,
        {"expand": ["latest_charge.balance_transaction"]},
    )
    assert (intent.status, intent.amount_received) == ("succeeded", 11676)
    booked = intent.latest_charge.balance_transaction
    # 2.9 % of 116.76 is 3.38604, and 0.30.
    assert (booked.amount, booked.fee, booked.net) == (11676, 369, 11307)
    found = client.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    )
    assert [entry.invoice for entry in found.data] == [invoice.id]


def test_the_events_come_in_the_order_of_the_story(stripe_sim, stripe_client):
    client = stripe_client
    subscribe(client, make_customer(stripe_sim, client), make_price(client))
    assert event_types(client) == [
        "customer.created",
        "payment_method.attached",
        "customer.updated",
        "product.created",
        "price.created",
        "customer.updated",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "payment_intent.succeeded",
        "charge.succeeded",
        "invoice_payment.paid",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    changed = client.v1.events.list({"type": "customer.subscription.updated"}).data[0]
    assert changed.data.previous_attributes.to_dict() == {"status": "incomplete"}
    assert changed.data.object["status"] == "active"
    assert changed.api_version == "2026-10-28.endive"


def test_an_inclusive_tax_is_part_of_the_price(stripe_sim, stripe_client):
    client = stripe_client
    rate = client.v1.tax_rates.create(
        {"display_name": "MwSt", "percentage": "7", "inclusive": True}
    )
    subscription = subscribe(
        client,
        make_customer(stripe_sim, client),
        make_price(client, 999, "eur"),
        default_tax_rates=[rate.id],
    )
    invoice = latest(client, subscription)
    # 9.99 / 1.07 = 9.3364…, so 0.65 is tax.
    assert (invoice.total, invoice.total_excluding_tax) == (999, 934)
    assert invoice.subtotal_excluding_tax == 934
    assert invoice.total_taxes[0].amount == 65
    assert invoice.total_taxes[0].tax_behavior == "inclusive"


@pytest.mark.parametrize(
    ("coupon", "totals"),
    [
        ({"percent_off": "12.5", "duration": "once"}, [875, 1000, 1000, 1000]),
        (
            {"percent_off": 50, "duration": "repeating", "duration_in_months": 2},
            [500, 500, 1000, 1000],
        ),
        (
            {"amount_off": 1500, "currency": "usd", "duration": "forever"},
            [0, 0, 0, 0],
        ),
    ],
)
def test_a_coupon_lasts_as_long_as_it_says(stripe_sim, stripe_client, coupon, totals):
    client = stripe_client
    client.v1.coupons.create({"id": "C", **coupon})
    subscription = subscribe(
        client,
        make_customer(stripe_sim, client),
        make_price(client),
        discounts=[{"coupon": "C"}],
    )
    stripe_sim.advance(93 * DAY)
    found = invoices_of(client, subscription)
    assert [invoice.total for invoice in found] == totals
    assert {invoice.status for invoice in found} == {"paid"}


def test_twelve_months_are_renewed_and_paid(stripe_sim, stripe_client):
    client = stripe_client
    subscription = subscribe(
        client, make_customer(stripe_sim, client), make_price(client)
    )
    stripe_sim.advance(365 * DAY + 3600)
    found = invoices_of(client, subscription)
    assert len(found) == 13
    assert {invoice.status for invoice in found} == {"paid"}
    assert [invoice.billing_reason for invoice in found[:2]] == [
        "subscription_create",
        "subscription_cycle",
    ]
    assert [invoice.number[-4:] for invoice in found] == [
        f"{number:04d}" for number in range(1, 14)
    ]
    periods = [invoice.lines.data[0].period for invoice in found]
    assert periods[0].start == START
    assert [p.end for p in periods[:-1]] == [p.start for p in periods[1:]]
    assert {(p.end - p.start) // DAY for p in periods} == {28, 30, 31}
    renewed = found[1]
    assert renewed.created == START + 31 * DAY
    assert renewed.status_transitions.finalized_at == renewed.created + 3600
    item = client.v1.subscriptions.retrieve(subscription.id)["items"].data[0]
    assert item.current_period_start == START + 365 * DAY


def test_the_31st_comes_back_after_a_shorter_month(stripe_sim, stripe_client):
    stripe_sim.advance(30 * DAY)
    client = stripe_client
    subscription = subscribe(
        client, make_customer(stripe_sim, client), make_price(client)
    )
    stripe_sim.advance(62 * DAY)
    ends = [
        (invoice.lines.data[0].period.end - START) // DAY
        for invoice in invoices_of(client, subscription)
    ]
    # From 31 March: 30 April, 31 May, 30 June.
    assert ends == [60, 91, 121]


def test_a_renewal_is_a_draft_for_an_hour(stripe_sim, stripe_client):
    client = stripe_client
    subscription = subscribe(
        client, make_customer(stripe_sim, client), make_price(client)
    )
    stripe_sim.advance(31 * DAY)
    invoice = latest(client, subscription)
    assert (invoice.status, invoice.number) == ("draft", None)
    client.v1.invoice_items.create(
        {
            "customer": subscription.customer,
            "invoice": invoice.id,
            "amount": 250,
            "currency": "usd",
            "description": "Set-up",
        }
    )
    stripe_sim.advance(3600)
    invoice = latest(client, subscription)
    assert (invoice.status, invoice.total) == ("paid", 1250)


def test_more_seats_are_prorated_by_the_second(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client, 3100), 2)
    stripe_sim.advance(10 * DAY)
    item = subscription["items"].data[0].id
    client.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": item, "quantity": 5}],
            "proration_behavior": "always_invoice",
        },
    )
    invoice = latest(client, subscription)
    # 21 of March's 31 days are left.
    assert [line.amount for line in invoice.lines.data] == [-4200, 10500]
    assert (invoice.total, invoice.status) == (6300, "paid")
    assert invoice.billing_reason == "subscription_update"
    line = invoice.lines.data[0]
    assert line.parent.invoice_item_details.proration is True


def test_without_proration_the_change_waits_for_the_renewal(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client))
    item = subscription["items"].data[0].id
    client.v1.subscriptions.update(
        subscription.id,
        {"items": [{"id": item, "quantity": 4}], "proration_behavior": "none"},
    )
    stripe_sim.advance(31 * DAY + 3600)
    assert latest(client, subscription).total == 4000


def test_a_cancellation_at_period_end_ends_then(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client))
    changed = client.v1.subscriptions.update(
        subscription.id, {"cancel_at_period_end": True}
    )
    assert (changed.status, changed.cancel_at) == ("active", START + 31 * DAY)
    stripe_sim.advance(31 * DAY)
    ended = client.v1.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", START + 31 * DAY)
    assert event_types(client)[-1] == "customer.subscription.deleted"
    assert len(invoices_of(client, subscription)) == 1


def test_an_invoice_of_many_lines_is_truncated_and_paged(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    invoice = client.v1.invoices.create({"customer": customer.id})
    for number in range(25):
        client.v1.invoice_items.create(
            {
                "customer": customer.id,
                "invoice": invoice.id,
                "amount": 100 + number,
                "currency": "usd",
            }
        )
    invoice = client.v1.invoices.finalize_invoice(invoice.id)
    assert (len(invoice.lines.data), invoice.lines.has_more) == (10, True)
    lines = list(client.v1.invoices.line_items.list(invoice.id).auto_paging_iter())
    assert sum(line.amount for line in lines) == invoice.subtotal == 2800
    assert len({line.id for line in lines}) == 25


def test_zero_and_three_decimal_currencies_are_whole_steps(stripe_sim, stripe_client):
    client = stripe_client
    rate = client.v1.tax_rates.create(
        {"display_name": "Tax", "percentage": "10", "inclusive": False}
    )
    totals = {}
    for currency, amount in (("jpy", 105), ("kwd", 1230), ("isk", 12300)):
        subscription = subscribe(
            client,
            make_customer(stripe_sim, client),
            make_price(client, amount, currency),
            default_tax_rates=[rate.id],
        )
        totals[currency] = latest(client, subscription).total
    # 10.5 yen, 0.123 dinars (in steps of 0.010) and 12.30 krónur of tax.
    assert totals == {"jpy": 116, "kwd": 1350, "isk": 13500}
    with pytest.raises(stripe.InvalidRequestError):
        make_price(client, 1235, "kwd")


def test_a_trial_is_free_and_then_charged(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client), trial_period_days=7)
    assert subscription.status == "trialing"
    assert latest(client, subscription).total == 0
    stripe_sim.advance(7 * DAY + 3600)
    assert client.v1.subscriptions.retrieve(subscription.id).status == "active"
    assert latest(client, subscription).amount_paid == 1000


@pytest.mark.parametrize(
    ("wish", "status", "invoices"),
    [("create_invoice", "past_due", [0, 1000]), ("cancel", "canceled", [0])],
)
def test_a_trial_ends_without_a_payment_method(
    stripe_sim, stripe_client, wish, status, invoices
):
    client = stripe_client
    customer = make_customer(stripe_sim, client, card=None)
    subscription = subscribe(
        client,
        customer,
        make_price(client),
        trial_period_days=7,
        trial_settings={"end_behavior": {"missing_payment_method": wish}},
    )
    stripe_sim.advance(7 * DAY + 3600)
    assert client.v1.subscriptions.retrieve(subscription.id).status == status
    assert [each.total for each in invoices_of(client, subscription)] == invoices


def test_a_trial_that_is_to_pause_is_not_simulated(stripe_sim, stripe_client):
    customer = make_customer(stripe_sim, stripe_client, card=None)
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    with pytest.raises(stripe.APIError, match="trial_settings"):
        subscribe(
            stripe_client,
            customer,
            make_price(stripe_client),
            trial_period_days=7,
            trial_settings=settings,
        )


def test_fewer_seats_leave_a_credit_for_the_next_invoice(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(client, customer, make_price(client, 3100), 5)
    stripe_sim.advance(10 * DAY)
    client.v1.subscriptions.update(
        subscription.id,
        {
            "items": [{"id": subscription["items"].data[0].id, "quantity": 2}],
            "proration_behavior": "always_invoice",
        },
    )
    invoice = latest(client, subscription)
    # 21 of 31 days of three seats come back, as credit and not as money.
    assert (invoice.total, invoice.amount_due, invoice.status) == (-6300, 0, "paid")
    assert invoice.ending_balance == -6300
    stripe_sim.advance(21 * DAY + 3600)
    invoice = latest(client, subscription)
    assert (invoice.total, invoice.amount_due) == (6200, 0)
    assert client.v1.customers.retrieve(customer.id).balance == -100


def test_reverse_charge_and_exemption_leave_no_tax(stripe_sim, stripe_client):
    client = stripe_client
    rate = client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "19", "inclusive": False}
    )
    reasons = {}
    for exempt in ("reverse", "exempt"):
        customer = make_customer(stripe_sim, client, tax_exempt=exempt)
        price = make_price(client)
        subscription = subscribe(client, customer, price, default_tax_rates=[rate.id])
        invoice = latest(client, subscription)
        assert (invoice.total, invoice.total_taxes[0].amount) == (1000, 0)
        reasons[exempt] = invoice.total_taxes[0].taxability_reason
    assert reasons == {"reverse": "reverse_charge", "exempt": "customer_exempt"}


def test_an_item_has_its_own_discount_and_tax(stripe_sim, stripe_client):
    client = stripe_client
    rate = client.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": "20", "inclusive": False}
    )
    client.v1.coupons.create({"id": "HALF", "percent_off": 50, "duration": "forever"})
    customer = make_customer(stripe_sim, client)
    first, second = make_price(client), make_price(client)
    discounted = {"discounts": [{"coupon": "HALF"}], "tax_rates": [rate.id]}
    subscription = client.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": first.id, **discounted}, {"price": second.id}],
        }
    )
    invoice = latest(client, subscription)
    # Stripe's subtotal has the discounts of items taken off already.
    assert (invoice.subtotal, invoice.total) == (1500, 1600)
    lines = invoice.lines.data
    assert [line.taxes[0].amount for line in lines if line.taxes] == [100]
    assert [entry.amount for entry in lines[0].discount_amounts] == [500]
