# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 3: what was created in a period is listed whole, page by page; and whether our
endpoint brings everything is seen."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from quote_to_cash.canonical import KINDS, Retry
from quote_to_cash.providers.stripe import envelope, object_list
from quote_to_cash.providers.stripe.client import Client
from quote_to_cash.providers.stripe.translate import translate

from tests.simulators.stripe_story import (
    DAY,
    START,
    invoices_of,
    latest,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]

SINCE = datetime.fromtimestamp(START, timezone.utc)
URL = "https://odoo.example/q2c/token"


@pytest.fixture
def client(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url)
    yield client
    client.close()


def listed(client, kind, since=SINCE, until=SINCE + timedelta(days=100)):
    """All envelopes of a kind; each page as if after a restart."""
    found, cursor, more = [], {}, True
    while more:
        page = client.objects(kind, since, until, json.loads(json.dumps(cursor)))
        found += page.envelopes
        cursor, more = page.cursor, page.more
    return found


def ids(envelopes):
    return [each.object_id for each in envelopes]


def test_rule_3_objects_are_listed_by_their_creation(stripe_sim, stripe_client, client):
    made = []
    for number in range(4):
        made.append(make_customer(stripe_sim, stripe_client, name=f"C{number}").id)
        stripe_sim.advance(DAY)
    assert ids(listed(client, "customer")) == made[::-1]
    since, until = SINCE + timedelta(days=1), SINCE + timedelta(days=3)
    assert ids(listed(client, "customer", since, until)) == [made[2], made[1]]
    assert listed(client, "customer", until + timedelta(days=9)) == []


def test_rule_3_pages_follow_each_other_without_a_gap(
    stripe_sim, stripe_client, client, monkeypatch
):
    monkeypatch.setattr(object_list, "PAGE_SIZE", 2)
    made = []
    for number in range(5):
        made.append(make_customer(stripe_sim, stripe_client, name=f"C{number}").id)
        stripe_sim.advance(60)
    assert ids(listed(client, "customer")) == made[::-1]
    until = SINCE + timedelta(days=1)
    first = client.objects("customer", SINCE, until, {})
    assert first.more
    # What the cursor names is gone: its second is told again, and nothing left out.
    gone = {**first.cursor, "after": "cus_gone"}
    rest = client.objects("customer", SINCE, until, gone)
    assert ids(rest.envelopes) == [made[3], made[2]]


def test_rule_3_every_kind_is_listed_whole(stripe_sim, stripe_client, client):
    customer = make_customer(stripe_sim, stripe_client)
    subscription = subscribe(stripe_client, customer, make_price(stripe_client))
    canceled = subscribe(stripe_client, customer, make_price(stripe_client))
    stripe_client.v1.subscriptions.cancel(canceled.id)
    invoice = latest(stripe_client, subscription, expand=["payments"])
    intent = invoice.payments.data[0].payment.payment_intent
    stripe_client.v1.refunds.create({"payment_intent": intent, "amount": 300})
    for kind in (
        "customer",
        "subscription",
        "invoice",
        "balance_transaction",
        "refund",
    ):
        found = listed(client, kind)
        assert found, kind
        for each in found:
            reading = envelope.open_payload(each.payload, kind)
            assert reading.complete, each
            document = translate(kind, reading.content)
            assert document.ref == each.ref
            # The same state, however it was read.
            now = client.fetch([each.ref])[each.ref]
            assert document.fingerprint() == translate(kind, now).fingerprint()
            assert envelope.envelope_of_object(kind, now).external_id == (
                each.external_id
            )
    assert set(ids(listed(client, "subscription"))) == {subscription.id, canceled.id}


def test_rule_3_a_listed_payment_is_read_before_it_is_applied(
    stripe_sim, stripe_client, client
):
    customer = make_customer(stripe_sim, stripe_client)
    subscribe(stripe_client, customer, make_price(stripe_client))
    [found] = listed(client, "payment")
    reading = envelope.open_payload(found.payload, "payment")
    assert not reading.complete
    assert translate("payment", reading.content).status == "succeeded"
    whole = client.fetch([found.ref])[found.ref]
    stored = envelope.envelope_of_object("payment", whole)
    assert envelope.open_payload(stored.payload, "payment").complete
    assert translate("payment", whole).allocations


def test_rule_3_what_was_paid_elsewhere_is_a_payment_too(
    stripe_sim, stripe_client, client
):
    customer = make_customer(stripe_sim, stripe_client, card=None)
    subscription = subscribe(
        stripe_client,
        customer,
        make_price(stripe_client),
        collection_method="send_invoice",
        days_until_due=30,
    )
    [invoice] = invoices_of(stripe_client, subscription)
    stripe_client.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
    kinds = {each.object_id.partition("_")[0] for each in listed(client, "payment")}
    assert kinds <= {"pi", "inpay"}


def test_a_fault_keeps_the_place(stripe_sim, stripe_client, client, monkeypatch):
    monkeypatch.setattr(object_list, "PAGE_SIZE", 1)
    made = [
        make_customer(stripe_sim, stripe_client, name=name).id for name in ("A", "B")
    ]
    until = SINCE + timedelta(days=1)
    first = client.objects("customer", SINCE, until, {})
    stripe_sim.fault("429", path="/v1/customers", retry_after=7)
    with pytest.raises(Retry) as caught:
        client.objects("customer", SINCE, until, first.cursor)
    assert caught.value.after == timedelta(seconds=7)
    rest = client.objects("customer", SINCE, until, first.cursor)
    assert ids(first.envelopes + rest.envelopes) == made[::-1]


# ----------------------------------------------------------------------
# THE ENDPOINT
# ----------------------------------------------------------------------


def codes(client, endpoint_id="", url=URL):
    return [fault.code for fault in client.endpoint_faults(endpoint_id, url)]


def test_rule_3_the_state_of_our_endpoint_is_seen(stripe_sim, stripe_client, client):
    assert codes(client) == ["endpoint_missing"]
    endpoint, _secret = client.create_endpoint(URL)
    assert codes(client) == codes(client, endpoint) == []
    assert codes(client, endpoint, "https://moved.example") == ["endpoint_address"]
    client.update_endpoint(endpoint, events=["invoice.paid"], disabled=True)
    found = client.endpoint_faults(endpoint, URL)
    assert [fault.code for fault in found] == ["endpoint_disabled", "endpoint_types"]
    assert all(endpoint in fault.message and fault.remedy for fault in found)
    assert "charge.captured" in found[1].message and "others" in found[1].message
    client.update_endpoint(endpoint, events=["*"], disabled=False)
    assert codes(client, endpoint) == []


def test_rule_4_another_version_of_the_endpoint_is_seen(stripe_client, client):
    stripe_client.v1.webhook_endpoints.create(
        {"url": URL, "enabled_events": ["*"], "api_version": "2025-03-31.basil"}
    )
    assert codes(client) == ["endpoint_version"]


def test_rule_3_kinds_are_listed_in_the_order_of_dependence():
    known = [kind for kind in KINDS if kind in object_list.KINDS]
    assert list(object_list.KINDS) == known
