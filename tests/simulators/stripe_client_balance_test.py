# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The addon's client against the simulator: the balance, and what moved it."""

from datetime import datetime, timedelta, timezone

import pytest
from quote_to_cash.canonical import Money
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.translate import translate

from tests.simulators.stripe_story import (
    DAY,
    START,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]
BEGIN = datetime.fromtimestamp(START, timezone.utc)


@pytest.fixture
def client(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url)
    yield client
    client.close()


def test_the_balance_is_what_its_transactions_come_to(
    stripe_sim, stripe_client, client
):
    price = make_price(stripe_client, 5000)
    for _number in range(3):
        subscribe(stripe_client, make_customer(stripe_sim, stripe_client), price)
    before = client.balance()["USD"]
    assert (before.available.amount, before.pending.amount > 0) == (0, True)
    stripe_sim.advance(10 * DAY)
    after = client.balance()["USD"]
    assert (after.available, after.pending) == (before.pending, Money(0, "USD"))
    listed = list(client.balance_transactions(BEGIN, BEGIN + timedelta(days=1)))
    found = [translate("balance_transaction", content) for content in listed]
    assert len(found) == 3
    assert Money.total([each.net for each in found], "USD") == after.total
    later = BEGIN + timedelta(days=2)
    assert not list(client.balance_transactions(later, later))
