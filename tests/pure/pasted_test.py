# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person pastes is JSON of a provider's, or is turned away in words."""

import pytest
from quote_to_cash.canonical import Hold
from quote_to_cash.providers import pasted
from quote_to_cash.providers.salesforce import envelope as salesforce
from quote_to_cash.providers.stripe import envelope as stripe

ACCOUNT = "001D000000IRFma"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "__import__('os').system('true')",
        "{'id': 'in_1'}",
        '{"id": NaN}',
        '{"amount": 1e999999999}',
        '{"amount": 1e-999999999}',
        f'{{"amount": {"9" * 40}}}',
        f'{{"amount": {"9" * 5000}}}',
        '{"name": "\\u0000"}',
        '{"name": "\\ud800"}',
        "[" * 200_000,
        '{"a":' * 40_000,
        f'{{"name": "{"x" * pasted.MAX_CHARACTERS}"}}',
    ],
    ids=range(14),
)
def test_hostile_text_is_refused_and_not_repeated(text):
    with pytest.raises(Hold) as caught:
        pasted.read(text)
    assert caught.value.code == "malformed"
    assert len(caught.value.message) < 100
    assert caught.value.remedy


def test_what_providers_write_is_read():
    assert pasted.read('{"id": "in_1", "amount": 1999, "rate": 0.35, "x": null}')


def test_stripe_event_is_what_it_says():
    content = {"id": "in_1", "object": "invoice", "customer": "cus_1"}
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "invoice.finalized",
        "created": 1772323200,
        "api_version": "2025-02-24.acacia",
        "data": {"object": content},
    }
    found = stripe.envelope_of_pasted(event)
    assert (found.kind, found.object_id) == ("invoice", "in_1")
    assert found.api_version == "2025-02-24.acacia"


def test_stripe_object_is_as_if_it_had_been_read_now():
    found = stripe.envelope_of_pasted({"id": "cus_1", "object": "customer"})
    assert (found.kind, found.type) == ("customer", "customer.fetched")
    assert stripe.open_payload(found.payload, "customer").complete


@pytest.mark.parametrize(
    ("content", "ref"),
    [
        (
            {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"},
            ("payment", "pi_1"),
        ),
        (
            {"id": "txi_1", "object": "tax_id", "customer": "cus_1"},
            ("customer", "cus_1"),
        ),
    ],
)
def test_part_of_a_stripe_object_has_the_whole_read(content, ref):
    found = stripe.envelope_of_pasted(content)
    assert (found.kind, found.object_id) == ref
    assert not stripe.open_payload(found.payload, found.kind).complete


@pytest.mark.parametrize("content", [{}, {"object": "account", "id": "acct_1"}])
def test_other_stripe_objects_are_refused(content):
    with pytest.raises(Hold, match="neither an event"):
        stripe.envelope_of_pasted(content)


def test_salesforce_record_is_told_by_its_id_or_its_object():
    by_id = salesforce.envelope_of_pasted({"Id": ACCOUNT, "Name": "Acme"})
    assert (by_id.kind, by_id.type) == ("customer", "Account.changed")
    named = {"attributes": {"type": "Account"}, "Id": ACCOUNT, "Name": "Acme"}
    assert salesforce.envelope_of_pasted(named).kind == "customer"


@pytest.mark.parametrize("record", [{}, {"Id": 7}, {"Id": "500D000000IRFma"}])
def test_other_salesforce_records_are_refused(record):
    with pytest.raises(Hold):
        salesforce.envelope_of_pasted(record)
