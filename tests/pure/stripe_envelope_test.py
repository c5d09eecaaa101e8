# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 1, 2, 4 and 5: what an event is about, and whether its payload is enough."""

import json
from datetime import datetime, timezone

import pytest
from quote_to_cash.canonical import Hold, Ref, Unverified
from quote_to_cash.providers.stripe import envelope, webhook
from quote_to_cash.providers.stripe.event_types import (
    DELETIONS,
    ENDPOINT_EVENTS,
    KIND_OF_TYPE,
)
from quote_to_cash.providers.stripe.version import API_VERSION, is_readable

MARCH = 1772323200
LIST = {"object": "list", "has_more": False, "data": []}


def event(event_type, content, **values):
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": API_VERSION,
        "created": MARCH,
        "livemode": False,
        "type": event_type,
        "data": {"object": content},
        **values,
    }


def parsed(event_type, content, **values):
    [found] = webhook.parse(json.dumps(event(event_type, content, **values)).encode())
    return found


def complete(event_type, content, kind, **values):
    payload = json.dumps(event(event_type, content, **values))
    return envelope.open_payload(payload, kind).complete


INVOICE = {"id": "in_1", "object": "invoice", "customer": "cus_1", "lines": LIST}


# ----------------------------------------------------------------------
# WHAT IT IS ABOUT
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event_type", "content", "ref", "partition"),
    [
        ("invoice.paid", INVOICE, Ref("invoice", "in_1"), "cus_1"),
        (
            "customer.updated",
            {"id": "cus_1", "object": "customer"},
            Ref("customer", "cus_1"),
            "cus_1",
        ),
        (
            "customer.tax_id.created",
            {"id": "txi_1", "object": "tax_id", "customer": "cus_1"},
            Ref("customer", "cus_1"),
            "cus_1",
        ),
        (
            "customer.subscription.deleted",
            {"id": "sub_1", "object": "subscription", "customer": {"id": "cus_1"}},
            Ref("subscription", "sub_1"),
            "cus_1",
        ),
        (
            "price.created",
            {"id": "price_1", "object": "price", "product": "prod_1"},
            Ref("price", "price_1"),
            "price_1",
        ),
        (
            "payment_intent.succeeded",
            {"id": "pi_1", "object": "payment_intent", "customer": "cus_1"},
            Ref("payment", "pi_1"),
            "cus_1",
        ),
        (
            "charge.succeeded",
            {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"},
            Ref("payment", "pi_1"),
            "pi_1",
        ),
        (
            "charge.updated",
            {"id": "py_1", "object": "charge", "payment_intent": None},
            Ref("payment", "py_1"),
            "py_1",
        ),
        (
            "invoice_payment.paid",
            {
                "id": "inpay_1",
                "object": "invoice_payment",
                "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
            },
            Ref("payment", "pi_1"),
            "pi_1",
        ),
        (
            "invoice_payment.paid",
            {
                "id": "inpay_1",
                "object": "invoice_payment",
                "payment": {"type": "charge", "charge": "ch_1"},
            },
            Ref("payment", "ch_1"),
            "ch_1",
        ),
        (
            "invoice_payment.paid",
            {
                "id": "inpay_1",
                "object": "invoice_payment",
                "payment": {"type": "payment_record", "payment_record": "pr_1"},
            },
            Ref("payment", "inpay_1"),
            "inpay_1",
        ),
    ],
)
def test_an_event_names_its_object_and_its_line(event_type, content, ref, partition):
    found = parsed(event_type, content)
    assert (found.ref, found.partition) == (ref, partition)
    assert (found.external_id, found.type) == ("evt_1", event_type)
    assert found.occurred_at == datetime(2026, 3, 1, tzinfo=timezone.utc)
    assert (found.api_version, found.live) == (API_VERSION, False)


@pytest.mark.parametrize(
    ("event_type", "content"),
    [
        ("issuing_dispute.created", {"id": "idp_1", "object": "issuing.dispute"}),
        ("customer.source.created", {"id": "card_1", "customer": "cus_1"}),
        ("customer.discount.created", {"id": "di_1", "object": "discount"}),
        ("balance.available", {"object": "balance"}),
        # A preview has no id, and is gone again.
        ("invoice.upcoming", {"object": "invoice", "customer": "cus_1"}),
        ("some.new_type", {"id": "x_1"}),
    ],
)
def test_rule_2_unknown_types_are_kept_as_such(event_type, content):
    found = parsed(event_type, content)
    assert found.kind == ""
    assert found.partition


def test_news_of_a_discount_are_news_of_its_subscription():
    discount = {
        "id": "di_1",
        "object": "discount",
        "customer": "cus_1",
        "subscription": "sub_1",
    }
    for verb in ("created", "updated", "deleted"):
        found = parsed(f"customer.discount.{verb}", discount)
        assert (found.ref, found.partition) == (Ref("subscription", "sub_1"), "cus_1")
        reading = envelope.open_payload(found.payload, "subscription")
        assert not reading.complete


def test_the_payload_is_kept_as_it_was_received():
    body = json.dumps(event("invoice.paid", INVOICE), indent=2).encode()
    [found] = webhook.parse(body)
    assert found.payload == body.decode()


def test_we_ask_for_all_that_we_work_on_and_nothing_twice():
    assert len(set(ENDPOINT_EVENTS)) == len(ENDPOINT_EVENTS)
    assert set(ENDPOINT_EVENTS) <= set(KIND_OF_TYPE)
    assert "invoice_payment.paid" in ENDPOINT_EVENTS
    assert "payment_intent.created" not in ENDPOINT_EVENTS
    assert "customer.subscription.deleted" not in DELETIONS


# ----------------------------------------------------------------------
# WHO SENT IT
# ----------------------------------------------------------------------


@pytest.mark.parametrize("key", ["account", "context"])
def test_events_of_connected_accounts_are_refused(key):
    with pytest.raises(Unverified, match="another account"):
        parsed("invoice.paid", INVOICE, **{key: "acct_other"})
    body = json.dumps(event("invoice.paid", INVOICE, **{key: "acct_1"})).encode()
    assert webhook.parse(body, "acct_1")
    with pytest.raises(Unverified):
        webhook.parse(body, "acct_2")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b'{"id": 1, "type": "x"}',
        b"\xff\xfe",
        '{"id": "e", "type": "x"}'.encode("utf-16"),
        b"[" * 9999,
    ]
    + [b" " * (webhook.MAX_BYTES + 1), b'{"id": "evt_1", "type": "invoice.paid"}'],
)
def test_what_is_no_event_is_held(body):
    with pytest.raises(Hold) as caught:
        webhook.parse(body)
    assert caught.value.code == "malformed"
    assert caught.value.remedy


# ----------------------------------------------------------------------
# THIN EVENTS
# ----------------------------------------------------------------------


def thin(event_type, related_type, related_id):
    return {
        "id": "evt_2",
        "object": "v2.core.event",
        "type": event_type,
        "created": "2026-03-01T00:00:00.000Z",
        "livemode": True,
        "related_object": {"id": related_id, "type": related_type, "url": "/v1/x"},
    }


def test_a_thin_event_is_a_hint():
    body = json.dumps(thin("v1.invoice.paid", "invoice", "in_1")).encode()
    [found] = webhook.parse(body)
    assert (found.ref, found.type) == (Ref("invoice", "in_1"), "invoice.paid")
    assert found.occurred_at == datetime(2026, 3, 1, tzinfo=timezone.utc)
    reading = envelope.open_payload(found.payload, "invoice")
    assert (reading.complete, reading.content["id"]) == (False, "in_1")


def test_a_thin_event_of_a_charge_is_left_to_its_intent():
    body = json.dumps(thin("v1.charge.succeeded", "charge", "ch_1")).encode()
    assert webhook.parse(body)[0].kind == ""
    body = json.dumps(thin("v1.payment_intent.succeeded", "payment_intent", "pi_1"))
    assert webhook.parse(body.encode())[0].ref == Ref("payment", "pi_1")
    body = json.dumps(thin("v2.core.account.updated", "v2.core.account", "acct_1"))
    assert webhook.parse(body.encode())[0].kind == ""
    broken = {**thin("v1.invoice.paid", "invoice", "in_1"), "created": "yesterday"}
    with pytest.raises(Hold):
        webhook.parse(json.dumps(broken).encode())


# ----------------------------------------------------------------------
# WHETHER THE PAYLOAD IS ENOUGH (rules 4, 5)
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "readable"),
    [
        (API_VERSION, True),
        ("2020-08-27", True),
        ("2022-11-15", True),
        ("2025-03-31.basil", True),
        ("2020-03-02", False),
        ("2017-08-15", False),
        ("2027-01-01.fable", False),
        ("2026-09-30.preview", False),
        (None, False),
        ("", False),
    ],
)
def test_rule_4_versions_that_are_not_known_are_read_again(version, readable):
    assert is_readable(version or "") is readable
    assert complete("invoice.paid", INVOICE, "invoice", api_version=version) is readable


def test_rule_5_truncated_lists_are_read_again():
    cut = {**INVOICE, "lines": {**LIST, "has_more": True}}
    assert not complete("invoice.paid", cut, "invoice")
    assert not envelope.open_payload(json.dumps(cut), "invoice").complete
    sub = {"id": "sub_1", "object": "subscription", "items": LIST, "discounts": []}
    assert complete("customer.subscription.updated", sub, "subscription")
    cut = {**sub, "items": {**LIST, "has_more": True}}
    assert not complete("customer.subscription.updated", cut, "subscription")


def test_what_a_payload_never_tells_is_read():
    customer = {"id": "cus_1", "object": "customer"}
    assert not complete("customer.updated", customer, "customer")
    with_ids = {**customer, "tax_ids": LIST}
    assert complete("customer.updated", with_ids, "customer")
    tax_id = {"id": "txi_1", "object": "tax_id", "customer": "cus_1", "tax_ids": LIST}
    assert not complete("customer.tax_id.created", tax_id, "customer")
    charge = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}
    assert not complete("charge.succeeded", charge, "payment")
    intent = {"id": "pi_1", "object": "payment_intent"}
    assert not complete("payment_intent.succeeded", intent, "payment")
    sub = {
        "id": "sub_1",
        "object": "subscription",
        "items": {"data": [{"id": "si_1", "discounts": ["di_1"]}]},
    }
    assert not complete("customer.subscription.updated", sub, "subscription")


@pytest.mark.parametrize("event_type", sorted(DELETIONS))
def test_what_was_deleted_needs_no_reading(event_type):
    payload = json.dumps(event(event_type, {"id": "x", "object": "x"}))
    reading = envelope.open_payload(payload, KIND_OF_TYPE[event_type])
    assert (reading.complete, reading.content["deleted"]) == (True, True)


@pytest.mark.parametrize("payload", ["", "[]", "nonsense", "{}", '{"id": 1}'])
def test_a_payload_that_is_no_object_is_held(payload):
    with pytest.raises(Hold) as caught:
        envelope.open_payload(payload, "invoice")
    assert caught.value.code == "malformed"


# ----------------------------------------------------------------------
# WHAT WAS FETCHED
# ----------------------------------------------------------------------


def test_the_same_state_gets_the_same_id_however_often_it_is_read():
    once = envelope.envelope_of_object("invoice", INVOICE)
    again = envelope.envelope_of_object("invoice", dict(reversed(INVOICE.items())))
    assert once.external_id == again.external_id
    assert once.external_id.startswith("in_1@")
    other = envelope.envelope_of_object("invoice", {**INVOICE, "status": "paid"})
    assert other.external_id != once.external_id


def test_a_fetched_object_is_as_new_as_its_reading():
    moment = datetime(2026, 3, 2, tzinfo=timezone.utc)
    found = envelope.envelope_of_object("invoice", INVOICE, fetched_at=moment)
    assert (found.type, found.occurred_at) == ("invoice.fetched", moment)
    assert (found.partition, found.api_version) == ("cus_1", API_VERSION)
    assert envelope.open_payload(found.payload, "invoice").content == INVOICE
    now = envelope.envelope_of_object("invoice", INVOICE).occurred_at
    assert now > moment
