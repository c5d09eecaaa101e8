# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A price list in Stripe: amounts do not change, prices take over from one another."""

from dataclasses import replace
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Price, Product, UnitAmount
from quote_to_cash.providers.stripe import requests
from quote_to_cash.providers.stripe.client import Client

from tests.simulators.stripe_story import make_customer

pytest_plugins = ["tests.simulators.stripe_fixtures"]


@pytest.fixture
def client(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url)
    yield client
    client.close()


def send(client, document, external_id=""):
    verb = "update" if external_id else "create"
    request = requests.compose(document.KIND, verb, document, external_id)
    outcome = client.send(f"{request}", request)
    if outcome.failure:
        raise outcome.failure
    return outcome.id


def price(product, amount, **values):
    return Price(
        id="",
        odoo_ref=f"db:q2c.price:{amount}",
        product_id=product,
        unit_amount=UnitAmount.of_major(Decimal(amount), "EUR"),
        currency="EUR",
        interval="month",
        lookup_key="seat-eur-month",
        **values,
    )


def test_another_amount_takes_over_from_the_one_before(client, stripe_client):
    product = Product(id="", name="Seat")
    product_id = send(client, product)
    first, second = price(product_id, "49"), price(product_id, "59")
    first_id = send(client, first)
    send(client, replace(product, default_price_id=first_id), product_id)
    second_id = send(client, second)
    archived = replace(first, active=False, lookup_key="")
    with pytest.raises(Exception, match="default price"):
        send(client, archived, first_id)
    send(client, replace(product, default_price_id=second_id), product_id)
    send(client, replace(archived, trace="later"), first_id)
    [found] = stripe_client.v1.prices.list({"lookup_keys": ["seat-eur-month"]}).data
    assert (found.id, found.unit_amount) == (second_id, 5900)
    active = stripe_client.v1.prices.list({"product": product_id, "active": True}).data
    assert [row.id for row in active] == [second_id]


def test_nothing_new_is_sold_at_an_archived_price(stripe_sim, client, stripe_client):
    product_id = send(client, Product(id="", name="Seat"))
    price_id = send(client, price(product_id, "49"))
    send(client, price(product_id, "49", active=False), price_id)
    customer = make_customer(stripe_sim, stripe_client)
    values = {"customer": customer.id, "items": [{"price": price_id}]}
    with pytest.raises(Exception, match="inactive"):
        stripe_client.v1.subscriptions.create(values)
