# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Webhooks: signed, filtered, retried, and disordered on demand."""

import json

import pytest
import stripe

from tests.simulators.stripe_story import DAY, wait_until

pytest_plugins = ["tests.simulators.stripe_fixtures"]


@pytest.fixture
def hooked(stripe_client, stripe_listener):
    """(listener, endpoint): hears of customers."""
    endpoint = stripe_client.v1.webhook_endpoints.create(
        {
            "url": stripe_listener.url,
            "enabled_events": ["customer.created", "customer.updated"],
        }
    )
    return stripe_listener, endpoint


def make_customers(client, count):
    return [client.v1.customers.create({"name": str(n)}).id for n in range(count)]


def heard_ids(listener):
    return [json.loads(body)["data"]["object"]["id"] for body, _h in listener.received]


def test_a_delivery_is_signed_and_complete(stripe_client, hooked):
    listener, endpoint = hooked
    customer = stripe_client.v1.customers.create({"name": "Ada"})
    body, headers = listener.wait_for(1)[0]
    event = stripe.Webhook.construct_event(
        body, headers["Stripe-Signature"], endpoint.secret
    )
    assert (event.type, event.data.object.id) == ("customer.created", customer.id)
    assert event.api_version == "2026-10-28.endive"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(
            body + " ", headers["Stripe-Signature"], endpoint.secret
        )


def test_the_signature_bears_real_time_and_the_event_the_simulated(
    stripe_sim, stripe_client, hooked
):
    listener, endpoint = hooked
    stripe_sim.advance(200 * DAY)
    stripe_client.v1.customers.create()
    body, headers = listener.wait_for(1)[0]
    event = stripe.Webhook.construct_event(
        body, headers["Stripe-Signature"], endpoint.secret, tolerance=60
    )
    assert event.created == stripe_sim.get("clock")["now"]


def test_the_secret_is_shown_once(stripe_client, hooked):
    _listener, endpoint = hooked
    assert endpoint.secret.startswith("whsec_")
    again = stripe_client.v1.webhook_endpoints.retrieve(endpoint.id)
    assert "secret" not in again.to_dict()


def test_only_enabled_types_are_sent_to_enabled_endpoints(stripe_client, hooked):
    listener, endpoint = hooked
    stripe_client.v1.products.create({"name": "Seat"})
    stripe_client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    make_customers(stripe_client, 1)
    stripe_client.v1.webhook_endpoints.update(endpoint.id, {"disabled": False})
    last = make_customers(stripe_client, 1)
    listener.wait_for(1)
    assert heard_ids(listener) == last


def test_a_delivery_is_retried_until_accepted(stripe_sim, stripe_client, hooked):
    listener, _endpoint = hooked
    listener.answers = [500, 302, 404]
    make_customers(stripe_client, 1)
    listener.wait_for(4)
    wait_until(lambda: stripe_sim.get("deliveries")["idle"])
    delivery = stripe_sim.get("deliveries")["deliveries"][0]
    statuses = [attempt["status"] for attempt in delivery["attempts"]]
    assert statuses == [500, 302, 404, 200]
    assert delivery["state"] == "delivered"
    assert stripe_client.v1.events.list().data[0].pending_webhooks == 0


def test_a_delivery_is_given_up_after_its_retries(stripe_sim, stripe_client, hooked):
    listener, _endpoint = hooked
    stripe_sim.post("webhooks", {"backoff": [0.01, 0.01]})
    listener.answers = [500] * 10
    make_customers(stripe_client, 1)
    wait_until(
        lambda: stripe_sim.get("deliveries")["deliveries"][0]["state"] == "failed"
    )
    assert len(listener.received) == 3
    failed = stripe_client.v1.events.list({"delivery_success": False}).data
    assert [event.type for event in failed] == ["customer.created"]
    stripe_sim.post("webhooks/resend", {"event": failed[0].id})
    assert len(listener.wait_for(4)) >= 4


def test_order_is_kept_in_normal_mode(stripe_client, hooked):
    listener, _endpoint = hooked
    made = make_customers(stripe_client, 12)
    listener.wait_for(12)
    assert heard_ids(listener) == made


def test_duplicates_on_demand(stripe_sim, stripe_client, hooked):
    listener, _endpoint = hooked
    stripe_sim.post("webhooks", {"mode": "duplicate"})
    made = make_customers(stripe_client, 3)
    listener.wait_for(6)
    assert sorted(heard_ids(listener)) == sorted(made * 2)


def test_disorder_on_demand(stripe_sim, stripe_client, hooked):
    listener, _endpoint = hooked
    stripe_sim.post("webhooks", {"mode": "shuffle", "seed": 1})
    made = make_customers(stripe_client, 12)
    listener.wait_for(12)
    assert sorted(heard_ids(listener)) == sorted(made)
    assert heard_ids(listener) != made


def test_disorder_keeps_the_pause_before_another_try(stripe_sim, stripe_client, hooked):
    listener, _endpoint = hooked
    stripe_sim.post("webhooks", {"mode": "shuffle", "seed": 1, "backoff": [60]})
    listener.answers = [500]
    make_customers(stripe_client, 12)

    def statuses():
        return [
            [attempt["status"] for attempt in delivery["attempts"]]
            for delivery in stripe_sim.get("deliveries")["deliveries"]
        ]

    wait_until(lambda: all(statuses()))
    assert sorted(statuses()) == [[200]] * 11 + [[500]]


def test_held_deliveries_are_released_as_asked(stripe_sim, stripe_client, hooked):
    listener, _endpoint = hooked
    stripe_sim.post("webhooks", {"mode": "hold"})
    made = make_customers(stripe_client, 4)
    assert stripe_sim.get("webhooks")["held"] == 4
    assert listener.received == []
    released = stripe_sim.post("webhooks/release", {"order": "reverse", "times": 2})
    assert released == {"released": 8}
    listener.wait_for(8)
    assert heard_ids(listener) == list(reversed(made * 2))


def test_an_endpoint_gets_the_version_it_was_made_with(stripe_client, stripe_listener):
    stripe_client.v1.webhook_endpoints.create(
        {
            "url": stripe_listener.url,
            "enabled_events": ["*"],
            "api_version": "2023-08-16",
        }
    )
    stripe_client.v1.products.create({"name": "Seat"})
    body, _headers = stripe_listener.wait_for(1)[0]
    assert json.loads(body)["api_version"] == "2023-08-16"
