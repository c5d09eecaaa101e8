# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What most stories begin with: a customer who can pay, something to sell."""

import time

# 1 March 2026 00:00 UTC: a frozen start makes periods and numbers of days exact.
START = 1772323200
DAY = 86400


def wait_until(condition, seconds=10):
    """The first true value of `condition`; fails the test when it stays false."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("The awaited state did not come.")


def make_customer(sim, client, card="visa", **given):
    params = {"name": "Ada Lovelace", "email": "ada@example.com", **given}
    customer = client.v1.customers.create(params)
    if card:
        sim.give_card(customer.id, card)
    return customer


def make_price(client, unit_amount=1000, currency="usd", interval="month", **given):
    product = client.v1.products.create({"name": given.pop("name", "Seat")})
    params = {"product": product.id, "currency": currency}
    if unit_amount is not None:
        params["unit_amount"] = unit_amount
    if interval:
        params["recurring"] = {"interval": interval}
    return client.v1.prices.create({**params, **given})


def subscribe(client, customer, price, quantity=1, **given):
    params = {
        "customer": customer.id,
        "items": [{"price": price.id, "quantity": quantity}],
        **given,
    }
    return client.v1.subscriptions.create(params)


def event_types(client, **given):
    """All events, oldest first."""
    events = client.v1.events.list({"limit": 100, **given})
    return [event.type for event in reversed(list(events.auto_paging_iter()))]


def latest(client, subscription, **given):
    return client.v1.invoices.retrieve(
        client.v1.subscriptions.retrieve(subscription.id).latest_invoice, given
    )


def invoices_of(client, subscription):
    found = client.v1.invoices.list({"subscription": subscription.id, "limit": 100})
    return list(reversed(found.data))
