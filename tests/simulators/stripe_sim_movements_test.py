# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Money that no payment moves, and lists that reconcile a period."""

import pytest
import stripe

from tests.simulators.stripe_shapes import misfits, missing_keys, published_examples
from tests.simulators.stripe_story import (
    DAY,
    START,
    event_types,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


@pytest.mark.parametrize(
    ("kind", "amount", "category"),
    [
        ("topup", 5000, "topup"),
        ("adjustment", -120, "other_adjustment"),
        ("stripe_fee", -999, "fee"),
        ("tax_fee", -190, "tax"),
        ("reserve_transaction", -3000, "risk_reserved_funds"),
        ("transfer", -700, "transfer"),
    ],
)
def test_a_movement_has_its_category(stripe_sim, stripe_client, kind, amount, category):
    client = stripe_client
    planted = {"type": kind, "amount": amount, "description": "Planted"}
    shown = stripe_sim.post("balance_transactions", planted)
    row = client.v1.balance_transactions.retrieve(shown["id"])
    assert (row.type, row.reporting_category) == (kind, category)
    assert (row.amount, row.net, row.description) == (amount, amount, "Planted")
    assert client.v1.balance.retrieve().available[0].amount == amount
    assert not list(misfits(shown, stripe.BalanceTransaction, "row"))


def test_a_movement_may_be_pending_with_a_fee_in_another_currency(
    stripe_sim, stripe_client
):
    client = stripe_client
    planted = {
        "type": "topup",
        "amount": 1000,
        "fee": 10,
        "currency": "eur",
        "pending": True,
    }
    row = stripe_sim.post("balance_transactions", planted)
    assert (row["status"], row["net"], row["currency"]) == ("pending", 990, "eur")
    stripe_sim.advance(2 * DAY)
    available = client.v1.balance.retrieve().available
    assert [(each.currency, each.amount) for each in available] == [("eur", 990)]
    with pytest.raises(AssertionError, match="type must be one of"):
        stripe_sim.post("balance_transactions", {"type": "charge", "amount": 1})


def test_topups_and_transfers_are_the_sources(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    stripe_sim.post("balance_transactions", {"type": "topup", "amount": 5000})
    stripe_sim.post("balance_transactions", {"type": "transfer", "amount": -700})
    rows = client.v1.balance_transactions.list({"expand": ["data.source"]}).data
    transfer, topup = (row.source for row in rows)
    assert (topup.status, topup.amount, transfer.amount) == ("succeeded", 5000, 700)
    assert event_types(client) == [
        "topup.created",
        "topup.succeeded",
        "transfer.created",
    ]
    kinds = {"topup": stripe.Topup, "transfer": stripe.Transfer}
    for name, kind in kinds.items():
        (shown,) = stripe_sim.raw("GET", f"/v1/{name}s").json()["data"]
        assert not list(misfits(shown, kind, name))
        assert not missing_keys(name, shown, published_examples()[name])
    stripe_sim.advance(DAY)
    assert client.v1.payouts.list().data[0].amount == 4300


@pytest.fixture
def business(stripe_sim, stripe_client):
    """Every day a customer who subscribes, and is refunded, credited or in dispute."""
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    price = make_price(client)
    for day in range(6):
        customer = make_customer(stripe_sim, client)
        invoice = subscribe(client, customer, price).latest_invoice
        charge = client.v1.charges.list({"customer": customer.id}).data[0]
        client.v1.refunds.create({"charge": charge.id, "amount": 100 + day})
        client.v1.credit_notes.create(
            {"invoice": invoice, "amount": 200, "credit_amount": 200}
        )
        stripe_sim.post(f"charges/{charge.id}/dispute", {"inquiry": True})
        stripe_sim.advance(DAY)
    return client


@pytest.mark.parametrize(
    "path",
    [
        "invoices",
        "charges",
        "refunds",
        "payment_intents",
        "customers",
        "subscriptions",
        "balance_transactions",
        "credit_notes",
        "disputes",
        "payouts",
    ],
)
def test_created_bounds_cut_every_list_at_the_same_moment(stripe_sim, business, path):
    def ids(query):
        found = stripe_sim.raw("GET", f"/v1/{path}?limit=100&{query}").json()
        assert found["has_more"] is False
        return [(row["created"], row["id"]) for row in found["data"]]

    cut = START + 4 * DAY
    # A payout is made ten minutes into its day.
    cut += 600 if path == "payouts" else 0
    every = ids(f"created[gte]={START}")
    assert ids(f"created[gte]={cut}") == [row for row in every if row[0] >= cut]
    assert ids(f"created[gt]={cut}") == [row for row in every if row[0] > cut]
    assert ids(f"created[lt]={cut}") == [row for row in every if row[0] < cut]
    between = ids(f"created[gte]={START + DAY}&created[lt]={cut}")
    assert between == [row for row in every if START + DAY <= row[0] < cut]
    assert 0 < len(between) < len(every)
