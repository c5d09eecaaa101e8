# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 1, 3, 4 and 5: what the simulator says by itself is heard and understood."""

import json
import time
from datetime import timedelta

import pytest
from quote_to_cash.canonical import Unverified
from quote_to_cash.providers.stripe import envelope, event_list, webhook
from quote_to_cash.providers.stripe.client import ENDPOINT_EVENTS, Client
from quote_to_cash.providers.stripe.translate import translate
from quote_to_cash.providers.stripe.version import API_VERSION

from tests.simulators.stripe_story import (
    event_types,
    make_customer,
    make_price,
    subscribe,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


@pytest.fixture
def client(stripe_sim):
    client = Client("sk_test_x", api_base=stripe_sim.url)
    yield client
    client.close()


def sweep(client, cursor, limit=100):
    """(envelopes, cursor) of all pages."""
    found, more, pages = [], True, 0
    while more:
        page = client.events(cursor, limit)
        json.dumps(page.cursor)
        found += page.envelopes
        cursor, more, pages = page.cursor, page.more, pages + 1
        assert pages < 200
    return found, cursor


def types_of(envelopes):
    return [each.type for each in envelopes]


# ----------------------------------------------------------------------
# SWEEPS (rule 3)
# ----------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_rule_3_every_event_is_read_once_oldest_first(
    stripe_sim, stripe_client, client, limit
):
    for number in range(4):
        make_customer(stripe_sim, stripe_client, name=f"C{number}")
        stripe_sim.advance(3 * 86400 + 7 * number)
    found, cursor = sweep(client, {}, limit)
    assert types_of(found) == event_types(stripe_client)
    assert len({each.external_id for each in found}) == len(found)
    assert sweep(client, cursor, limit) == ([], cursor)
    make_price(stripe_client)
    found, _ = sweep(client, cursor, limit)
    assert types_of(found) == ["product.created", "price.created"]


def test_rule_3_more_events_in_one_second_than_a_page_has(
    stripe_sim, stripe_client, client
):
    stripe_sim.post("clock", {"freeze": True})
    for number in range(7):
        stripe_client.v1.products.create({"name": f"P{number}"})
    found, _ = sweep(client, {}, limit=2)
    assert len({each.external_id for each in found}) == 7
    names = [json.loads(each.payload)["data"]["object"]["name"] for each in found]
    assert names == [f"P{number}" for number in range(7)]


def test_rule_3_an_empty_account_has_no_events(client):
    page = client.events({})
    assert (page.envelopes, page.cursor, page.more) == ((), {}, False)


def test_rule_3_an_overlap_brings_the_same_events_again(
    stripe_sim, stripe_client, client
):
    stripe_client.v1.products.create({"name": "old"})
    stripe_sim.advance(3600)
    stripe_client.v1.products.create({"name": "new"})
    found, cursor = sweep(client, {})
    again, _ = sweep(client, event_list.rewound(cursor, timedelta(minutes=5)))
    assert [each.external_id for each in again] == [found[-1].external_id]
    assert event_list.rewound({}, timedelta(minutes=5)) == {}


def test_rule_3_a_cursor_that_stripe_has_forgotten_begins_at_its_time(
    stripe_sim, stripe_client, client
):
    stripe_client.v1.products.create({"name": "old"})
    _, cursor = sweep(client, {})
    stripe_sim.advance(40 * 86400)
    stripe_client.v1.products.create({"name": "new"})
    forgotten = {"created": cursor["created"], "id": "evt_forgotten"}
    assert types_of(sweep(client, forgotten)[0]) == ["product.created"]


def test_rule_5_what_is_complete_is_understood_from_its_payload(
    stripe_sim, stripe_client, client
):
    customer = make_customer(stripe_sim, stripe_client)
    subscribe(stripe_client, customer, make_price(stripe_client))
    found, _ = sweep(client, {})
    complete = set()
    for each in found:
        if not each.kind:
            continue
        reading = envelope.open_payload(each.payload, each.kind)
        if reading.complete:
            document = translate(each.kind, reading.content, each.api_version)
            assert document.ref == each.ref
            complete.add(each.kind)
        else:
            assert each.kind in ("customer", "payment")
            assert client.fetch([each.ref])[each.ref]
        if each.kind in ("customer", "subscription", "invoice", "payment"):
            assert each.partition in (customer.id, each.object_id)
    assert complete == {"product", "price", "subscription", "invoice"}


# ----------------------------------------------------------------------
# WEBHOOKS (rules 1, 4)
# ----------------------------------------------------------------------


def test_rule_1_a_delivery_is_signed_with_the_secret_of_our_endpoint(
    stripe_sim, stripe_client, stripe_listener, client
):
    endpoint, secret = client.create_endpoint(stripe_listener.url)
    make_customer(stripe_sim, stripe_client, card=None)
    body, headers = stripe_listener.wait_for(1)[0]
    header = headers[webhook.HEADER]
    webhook.verify(body.encode(), header, ["whsec_old", secret], time.time())
    [found] = webhook.parse(body.encode())
    assert (found.type, found.kind) == ("customer.created", "customer")
    assert (found.api_version, found.live) == (API_VERSION, False)
    assert found.payload == body
    with pytest.raises(Unverified):
        webhook.verify(body.encode() + b" ", header, [secret], time.time())
    [swept], _ = sweep(client, {})
    assert swept.external_id == found.external_id
    assert endpoint.startswith("we_")


def test_rule_4_an_endpoint_is_pinned_listed_changed_and_deleted(client):
    endpoint, secret = client.create_endpoint("https://odoo.example/q2c/webhook")
    assert secret.startswith("whsec_")
    [listed] = client.endpoints()
    assert listed["api_version"] == API_VERSION
    assert set(listed["enabled_events"]) == set(ENDPOINT_EVENTS)
    assert "secret" not in listed
    client.update_endpoint(endpoint, events=["invoice.paid"], disabled=True)
    [listed] = client.endpoints()
    assert (listed["enabled_events"], listed["status"]) == (
        ["invoice.paid"],
        "disabled",
    )
    assert listed["url"] == "https://odoo.example/q2c/webhook"
    client.delete_endpoint(endpoint)
    assert client.endpoints() == []
