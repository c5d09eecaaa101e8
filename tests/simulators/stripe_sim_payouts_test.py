# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payouts: what the clock pays out, what comes back, and sums that always agree."""

import pytest
import stripe

from tests.simulators.stripe_shapes import (
    foreign_types,
    misfits,
    missing_keys,
    published_examples,
)
from tests.simulators.stripe_story import (
    DAY,
    START,
    event_types,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


def pay(sim, client, amount=1000, currency="usd"):
    """A paid PaymentIntent without an invoice."""
    return client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": currency,
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )


def transactions(client, **given):
    found = client.v1.balance_transactions.list({"limit": 100, **given})
    return list(found.auto_paging_iter())


def check_balance(client):
    """The balance is the sum of the transactions, by currency and status."""
    balance = client.v1.balance.retrieve()
    for part in ("available", "pending"):
        sums = {}
        for row in transactions(client):
            if row.status == part:
                sums[row.currency] = sums.get(row.currency, 0) + row.net
        shown = {entry.currency: entry.amount for entry in balance[part]}
        assert {k: v for k, v in shown.items() if v} == {
            k: v for k, v in sums.items() if v
        }


def automatic(client):
    found = client.v1.payouts.list({"limit": 100})
    return [payout for payout in reversed(found.data) if payout.automatic]


def check_net(client, payout):
    """What it took adds up to it; with its own transaction nothing is left."""
    rows = transactions(client, payout=payout.id)
    own = [row for row in rows if row.id == payout.balance_transaction]
    assert [row.amount for row in own] == [-payout.amount]
    assert sum(row.net for row in rows) == 0
    return [row for row in rows if row.id != payout.balance_transaction]


def test_a_daily_payout_takes_what_is_available(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    pay(stripe_sim, client)
    stripe_sim.advance(DAY)
    pay(stripe_sim, client, 2000)
    stripe_sim.advance(DAY + 601)
    (payout,) = automatic(client)
    # 10.00 less 0.59; the second charge is pending until the next day.
    assert (payout.amount, payout.status) == (941, "pending")
    assert payout.reconciliation_status == "in_progress"
    assert payout.arrival_date == START + 3 * DAY
    (taken,) = check_net(client, payout)
    assert (taken.type, taken.available_on) == ("charge", START + 2 * DAY)
    check_balance(client)
    own = client.v1.balance_transactions.retrieve(payout.balance_transaction)
    assert (own.type, own.reporting_category, own.fee) == ("payout", "payout", 0)
    assert (own.source, own.status) == (payout.id, "available")


def test_a_payout_is_paid_then_reconciled(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    pay(stripe_sim, client)
    stripe_sim.advance(3 * DAY)
    (payout,) = automatic(client)
    assert (payout.status, payout.reconciliation_status) == ("paid", "in_progress")
    stripe_sim.advance(3600)
    assert automatic(client)[0].reconciliation_status == "completed"
    assert [kind for kind in event_types(client) if kind.startswith("payout")] == [
        "payout.created",
        "payout.updated",
        "payout.updated",
        "payout.paid",
        "payout.reconciliation_completed",
    ]


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        ({"payout_interval": "weekly", "payout_weekly_anchor": "friday"}, [5, 12, 19]),
        ({"payout_interval": "monthly", "payout_monthly_anchor": 31}, [30]),
        ({"payout_interval": "manual"}, []),
    ],
)
def test_payouts_follow_their_schedule(stripe_sim, stripe_client, schedule, days):
    client = stripe_client
    stripe_sim.post("settings", schedule)
    for _day in range(21):
        pay(stripe_sim, client)
        stripe_sim.advance(DAY)
    stripe_sim.advance(10 * DAY)
    made = [(payout.created - START) // DAY for payout in automatic(client)]
    # 1 March 2026 is a Sunday; the last Friday's payout comes on day 26.
    assert [day for day in made if day != 26] == days
    schedule_shown = client.v1.accounts.retrieve_current().settings.payouts.schedule
    assert schedule_shown.interval == schedule["payout_interval"]
    for payout in automatic(client):
        assert check_net(client, payout)
    check_balance(client)


def test_a_failed_payout_comes_back_and_is_paid_again(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    stripe_sim.post("payouts/fail", {"code": "no_account"})
    pay(stripe_sim, client)
    stripe_sim.advance(3 * DAY)
    (failed,) = automatic(client)
    assert (failed.status, failed.failure_code) == ("failed", "no_account")
    back = client.v1.balance_transactions.retrieve(failed.failure_balance_transaction)
    assert (back.type, back.amount, back.source) == ("payout_failure", 941, failed.id)
    assert back.reporting_category == "payout_reversal"
    check_balance(client)
    stripe_sim.advance(2 * DAY)
    _failed, again = automatic(client)
    assert (again.amount, again.status) == (941, "paid")
    assert [row.id for row in check_net(client, again)] == [back.id]
    # A bank may send it back after it was paid.
    stripe_sim.post(f"payouts/{again.id}/fail")
    assert automatic(client)[1].status == "failed"
    assert event_types(client).count("payout.failed") == 2
    check_balance(client)


def test_a_negative_balance_is_debited_from_the_bank(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    intent = pay(stripe_sim, client)
    stripe_sim.advance(3 * DAY)
    client.v1.refunds.create({"payment_intent": intent.id})
    stripe_sim.advance(3 * DAY)
    first, second = automatic(client)
    assert (first.amount, second.amount) == (941, -1000)
    own = client.v1.balance_transactions.retrieve(second.balance_transaction)
    assert (own.type, own.amount) == ("payout", 1000)
    assert [row.type for row in check_net(client, second)] == ["refund"]
    check_balance(client)


def test_currencies_settle_apart_or_converted(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post(
        "settings",
        {
            "payout_interval": "daily",
            "settlement_currencies": ["eur"],
            "exchange_rates": {"eur": "1.1", "gbp": "1.25"},
        },
    )
    for currency in ("usd", "eur", "gbp"):
        pay(stripe_sim, client, 1000, currency)
    with pytest.raises(stripe.InvalidRequestError, match="no exchange rate for chf"):
        pay(stripe_sim, client, 1000, "chf")
    stripe_sim.advance(2 * DAY + 601)
    amounts = {payout.currency: payout.amount for payout in automatic(client)}
    assert amounts == {"eur": 941, "usd": 941 + 1250 - 66}
    for payout in automatic(client):
        check_net(client, payout)
    check_balance(client)


def test_a_manual_payout_is_made_and_canceled(stripe_sim, stripe_client):
    client = stripe_client
    pay(stripe_sim, client)
    asked = {"amount": 900, "currency": "usd"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payouts.create(asked)
    assert refused.value.code == "balance_insufficient"
    stripe_sim.advance(2 * DAY)
    payout = client.v1.payouts.create({**asked, "metadata": {"a": "b"}})
    assert (payout.automatic, payout.status) == (False, "pending")
    assert payout.reconciliation_status == "not_applicable"
    with pytest.raises(stripe.InvalidRequestError, match="only be filtered on auto"):
        transactions(client, payout=payout.id)
    canceled = client.v1.payouts.cancel(payout.id)
    back = client.v1.balance_transactions.retrieve(canceled.failure_balance_transaction)
    assert (canceled.status, back.type, back.net) == ("canceled", "payout_cancel", 900)
    assert client.v1.balance.retrieve().available[0].amount == 941
    second = client.v1.payouts.create(asked)
    stripe_sim.advance(2 * DAY)
    assert client.v1.payouts.retrieve(second.id).status == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="only be canceled"):
        client.v1.payouts.cancel(second.id)
    check_balance(client)


def test_an_instant_payout_has_a_fee_and_is_netted_by_the_next(
    stripe_sim, stripe_client
):
    client = stripe_client
    pay(stripe_sim, client, 10000)
    stripe_sim.advance(2 * DAY)
    payout = client.v1.payouts.create(
        {"amount": 5000, "currency": "usd", "method": "instant"}
    )
    own = client.v1.balance_transactions.retrieve(payout.balance_transaction)
    assert (own.amount, own.fee, own.net) == (-5000, 50, -5050)
    assert own.fee_details[0].amount == 50
    stripe_sim.post("settings", {"payout_interval": "daily"})
    stripe_sim.advance(DAY)
    assert client.v1.payouts.retrieve(payout.id).status == "paid"
    (daily,) = automatic(client)
    assert daily.amount == 10000 - 320 - 5050
    assert {row.type for row in check_net(client, daily)} == {"charge", "payout"}


def test_payouts_have_the_published_shape(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    stripe_sim.post("payouts/fail")
    for _round in range(3):
        pay(stripe_sim, client)
        stripe_sim.advance(2 * DAY)
    client.v1.payouts.create({"amount": 100, "currency": "usd"})
    path = "/v1/payouts?limit=100&expand[]=data.destination"
    shown = stripe_sim.raw("GET", path).json()["data"]
    assert {payout["status"] for payout in shown} >= {"failed", "paid", "pending"}
    example = published_examples()["payout"]
    for payout in shown:
        assert not list(misfits(payout, stripe.Payout, "payout"))
        assert not missing_keys("payout", payout, example)
        assert not list(misfits(payout["destination"], stripe.BankAccount, "account"))
        payout["destination"] = payout["destination"]["id"]
        assert not list(foreign_types(payout, example))


def test_payouts_are_listed_by_date_and_status(stripe_sim, stripe_client):
    client = stripe_client
    stripe_sim.post("settings", {"payout_interval": "daily"})
    customer = make_customer(stripe_sim, client)
    subscribe(client, customer, make_price(client, interval="day"))
    stripe_sim.advance(10 * DAY)
    every = automatic(client)
    third = every[2]
    since = client.v1.payouts.list({"created": {"gte": third.created}, "limit": 100})
    assert [payout.id for payout in reversed(since.data)] == [p.id for p in every[2:]]
    before = client.v1.payouts.list({"created": {"lt": third.created}})
    assert len(before.data) == 2
    arrived = client.v1.payouts.list({"arrival_date": {"lte": START + 10 * DAY}})
    paid = client.v1.payouts.list({"status": "paid", "limit": 100})
    assert {p.id for p in arrived.data} == {p.id for p in paid.data}
