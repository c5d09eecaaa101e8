# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys, idempotency, lists, expansion, errors and faults, as a client meets them."""

import threading
import time

import pytest
import requests
import stripe

from tests.simulators.stripe_story import (
    DAY,
    START,
    make_customer,
    make_price,
    subscribe,
    wait_until,
)

pytest_plugins = ["tests.simulators.stripe_fixtures"]


def create(sim, data="name=Ada", key=None, **given):
    headers = {"Idempotency-Key": key} if key else {}
    return sim.raw("POST", "/v1/customers", data, headers=headers, **given)


def created(sim):
    return sim.get("state")["objects"].get("customer", 0)


def test_the_same_key_gives_the_first_answer_again(stripe_sim):
    first, second = create(stripe_sim, key="k1"), create(stripe_sim, key="k1")
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert created(stripe_sim) == 1


def test_the_same_key_with_other_parameters_is_an_error(stripe_client):
    options = {"idempotency_key": "k1"}
    stripe_client.v1.customers.create({"name": "Ada"}, options)
    with pytest.raises(stripe.IdempotencyError) as refused:
        stripe_client.v1.customers.create({"name": "Grace"}, options)
    assert refused.value.http_status == 400


def test_a_key_in_flight_is_a_conflict(stripe_sim):
    stripe_sim.fault("slow", seconds=1.5, path="/v1/customers")
    answers = []
    slow = threading.Thread(target=lambda: answers.append(create(stripe_sim, key="k1")))
    slow.start()
    wait_until(lambda: not stripe_sim.get("faults")["waiting"])
    conflict = create(stripe_sim, key="k1")
    slow.join()
    assert conflict.status_code == 409
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"
    assert answers[0].status_code == 200
    assert created(stripe_sim) == 1


def test_a_key_is_forgotten_after_24_hours(stripe_sim):
    create(stripe_sim, key="k1")
    stripe_sim.advance(DAY - 1)
    create(stripe_sim, key="k1")
    assert created(stripe_sim) == 1
    stripe_sim.advance(1)
    assert "Idempotent-Replayed" not in create(stripe_sim, key="k1").headers
    assert created(stripe_sim) == 2


def test_a_declined_payment_is_kept_under_its_key(stripe_sim, stripe_client):
    params = {
        "amount": 500,
        "currency": "usd",
        "payment_method": "pm_card_chargeDeclined",
        "confirm": True,
    }
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            stripe_client.v1.payment_intents.create(params, {"idempotency_key": "p"})
        assert declined.value.error.decline_code == "generic_decline"
    assert stripe_sim.get("state")["objects"]["charge"] == 1


def test_a_refused_request_is_not_kept_under_its_key(stripe_sim):
    assert create(stripe_sim, "colour=red", key="k1").status_code == 400
    assert create(stripe_sim, "name=Ada", key="k1").status_code == 200


@pytest.mark.parametrize("key", [None, "", "sk_test_invalid_1", "pk_test_1", "x"])
def test_a_missing_or_invalid_key_is_401(stripe_sim, key):
    answer = stripe_sim.raw("GET", "/v1/customers", key=key)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_basic_authentication_works(stripe_sim):
    session = requests.Session()
    session.trust_env = False
    url = f"{stripe_sim.url}/v1/account"
    assert session.get(url, auth=("sk_test_x", "")).json()["object"] == "account"


def test_live_and_test_objects_do_not_meet(stripe_sim):
    live = stripe_sim.raw("POST", "/v1/customers", "name=L", key="sk_live_x").json()
    assert live["livemode"] is True
    path = f"/v1/customers/{live['id']}"
    assert stripe_sim.raw("GET", path, key="sk_live_x").status_code == 200
    assert stripe_sim.raw("GET", path).status_code == 404


def test_request_id_and_version_are_told(stripe_sim):
    answer = stripe_sim.raw("GET", "/v1/account")
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-10-28.endive"
    asked = stripe_sim.raw(
        "GET", "/v1/account", headers={"Stripe-Version": "2023-08-16"}
    )
    assert asked.headers["Stripe-Version"] == "2023-08-16"
    wrong = stripe_sim.raw("GET", "/v1/account", headers={"Stripe-Version": "soon"})
    assert wrong.status_code == 400


def test_errors_have_stripe_s_shape(stripe_sim, stripe_client):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        stripe_client.v1.customers.retrieve("cus_none")
    error = missing.value
    assert (error.http_status, error.code, error.param) == (
        404,
        "resource_missing",
        "id",
    )
    assert "No such customer: 'cus_none'" in str(error)
    assert error.request_id
    answer = stripe_sim.raw("POST", "/v1/prices", "unit_amount=ten&currency=usd")
    assert answer.json()["error"]["code"] == "parameter_invalid_integer"
    answer = stripe_sim.raw("POST", "/v1/products", "active=true")
    assert answer.json()["error"]["code"] == "parameter_missing"
    answer = stripe_sim.raw("POST", "/v1/products", "name=")
    assert answer.json()["error"]["code"] == "parameter_invalid_empty"
    answer = stripe_sim.raw("GET", "/v1/unicorns")
    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


def test_lists_are_paged_both_ways(stripe_client):
    made = [stripe_client.v1.customers.create().id for _ in range(25)]
    newest_first = list(reversed(made))
    pages = stripe_client.v1.customers.list({"limit": 10})
    assert (len(pages.data), pages.has_more) == (10, True)
    assert [row.id for row in pages.auto_paging_iter()] == newest_first
    back = stripe_client.v1.customers.list(
        {"limit": 10, "ending_before": newest_first[15]}
    )
    assert [row.id for row in back.data] == newest_first[5:15]
    assert back.has_more is True
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.customers.list({"limit": 101})


def test_lists_are_filtered(stripe_sim, stripe_client):
    stripe_client.v1.customers.create({"email": "a@example.com"})
    stripe_sim.advance(10)
    stripe_client.v1.customers.create({"email": "b@example.com"})
    found = stripe_client.v1.customers.list({"created": {"gte": START + 10}})
    assert [row.email for row in found.data] == ["b@example.com"]
    found = stripe_client.v1.customers.list({"email": "a@example.com"})
    assert len(found.data) == 1


def test_search_by_metadata_and_email(stripe_client):
    customers = stripe_client.v1.customers
    first = customers.create({"email": "a@example.com", "metadata": {"sf": "001A"}})
    customers.create({"email": "b@example.com", "metadata": {"sf": "001B"}})
    found = customers.search({"query": "metadata['sf']:'001A'"})
    assert [row.id for row in found.data] == [first.id]
    query = 'email:"b@example.com" AND -metadata["sf"]:"001A"'
    assert len(customers.search({"query": query}).data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        customers.search({"query": "shoe:'1'"})


def test_expansion_replaces_ids_by_objects(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    subscription = subscribe(
        client,
        customer,
        make_price(client),
        expand=["customer", "latest_invoice.payments"],
    )
    assert subscription.customer.email == "ada@example.com"
    assert subscription.latest_invoice.payments.data[0].status == "paid"
    found = client.v1.subscriptions.list({"expand": ["data.items.data.price.product"]})
    assert found.data[0]["items"].data[0].price.product.name == "Seat"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.customers.retrieve(customer.id, {"expand": ["email"]})


def test_metadata_is_merged_and_unset(stripe_client):
    customers = stripe_client.v1.customers
    made = customers.create({"metadata": {"a": "1", "0": "zero"}})
    changed = customers.update(made.id, {"metadata": {"b": "2", "a": ""}})
    assert changed.metadata.to_dict() == {"0": "zero", "b": "2"}
    assert customers.update(made.id, {"metadata": ""}).metadata.to_dict() == {}


def test_a_deleted_customer_leaves_a_tombstone(stripe_client):
    made = stripe_client.v1.customers.create()
    stripe_client.v1.customers.delete(made.id)
    assert stripe_client.v1.customers.retrieve(made.id).deleted is True
    assert stripe_client.v1.customers.list().data == []


def test_a_rate_limit_says_when_to_come_back(stripe_sim, stripe_client):
    stripe_sim.fault("429", method="POST", path="/v1/customers", retry_after=7, times=2)
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError) as limited:
            stripe_client.v1.customers.create()
        assert limited.value.headers["Retry-After"] == "7"
    assert stripe_client.v1.customers.list().data == []
    stripe_client.v1.customers.create()
    assert created(stripe_sim) == 1


def test_a_server_error_does_no_work(stripe_sim, stripe_client):
    stripe_sim.fault("500")
    with pytest.raises(stripe.APIError) as broken:
        stripe_client.v1.customers.create({}, {"idempotency_key": "k"})
    assert broken.value.http_status == 500
    assert created(stripe_sim) == 0
    stripe_client.v1.customers.create({}, {"idempotency_key": "k"})
    assert created(stripe_sim) == 1


def test_a_dropped_answer_hides_work_that_was_done(stripe_sim, stripe_client):
    stripe_sim.fault("drop_response", path="/v1/customers")
    options = {"idempotency_key": "k1"}
    with pytest.raises(stripe.APIConnectionError):
        stripe_client.v1.customers.create({"name": "Ada"}, options)
    assert created(stripe_sim) == 1
    again = stripe_client.v1.customers.create({"name": "Ada"}, options)
    assert again.name == "Ada"
    assert created(stripe_sim) == 1


def test_a_reset_ends_the_calls_that_still_wait(stripe_sim):
    stripe_sim.fault("slow", seconds=0.5, path="/v1/customers")
    ended = []

    def call():
        with pytest.raises(requests.ConnectionError):
            create(stripe_sim)
        ended.append(True)

    slow = threading.Thread(target=call)
    slow.start()
    wait_until(lambda: not stripe_sim.get("faults")["waiting"])
    stripe_sim.post("reset")
    slow.join()
    assert ended
    assert created(stripe_sim) == 0


def test_a_timeout_closes_without_work(stripe_sim, stripe_client):
    stripe_sim.fault("timeout", seconds=0.05)
    with pytest.raises(stripe.APIConnectionError):
        stripe_client.v1.customers.create()
    assert created(stripe_sim) == 0


def test_faults_can_be_taken_back(stripe_sim, stripe_client):
    stripe_sim.fault("500", times=5)
    stripe_sim.call("DELETE", "faults")
    stripe_client.v1.customers.create()


def test_the_official_library_retries_with_one_key(stripe_sim):
    patient = stripe.StripeClient(
        "sk_test_x", base_addresses={"api": stripe_sim.url}, max_network_retries=2
    )
    stripe_sim.fault("drop_response", path="/v1/customers")
    assert patient.v1.customers.create({"name": "Ada"}).name == "Ada"
    assert stripe_sim.get("state")["executed"]["POST /v1/customers"] == 1


def test_events_older_than_30_days_are_gone(stripe_sim, stripe_client):
    stripe_client.v1.customers.create()
    event = stripe_client.v1.events.list().data[0]
    stripe_sim.advance(30 * DAY + 1)
    assert stripe_client.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.events.retrieve(event.id)


def test_events_name_the_request_that_caused_them(stripe_sim, stripe_client):
    stripe_client.v1.customers.create({}, {"idempotency_key": "k1"})
    event = stripe_client.v1.events.list({"types": ["customer.created"]}).data[0]
    assert event.request.idempotency_key == "k1"
    assert event.request.id.startswith("req_")


def test_an_unfrozen_clock_runs_with_real_time(stripe_sim):
    stripe_sim.post("clock", {"freeze": False})
    first = stripe_sim.get("clock")["now"]
    wait_until(lambda: stripe_sim.get("clock")["now"] > first)
    assert abs(stripe_sim.get("clock")["now"] - first) < 60
    assert time.time() > first


def test_a_refused_call_leaves_nothing_behind(stripe_sim, stripe_client):
    client = stripe_client
    customer = make_customer(stripe_sim, client)
    price = make_price(client)
    before = stripe_sim.get("state")["objects"]
    with pytest.raises(stripe.InvalidRequestError):
        subscribe(client, customer, price, discounts=[{"coupon": "NONE"}])
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create({"expand": ["colour"]})
    assert stripe_sim.get("state")["objects"] == before
