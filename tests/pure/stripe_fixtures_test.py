# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every object that Stripe publishes an example of, and that we work on, translates.

The examples are found as those of the simulator's tests are (``Q2C_STRIPE_SPEC``).
"""

import json

import pytest
import stripe
from quote_to_cash.canonical import KINDS
from quote_to_cash.providers.stripe import envelope
from quote_to_cash.providers.stripe.event_types import KIND_OF_OBJECT
from quote_to_cash.providers.stripe.translate import translate
from quote_to_cash.providers.stripe.translate.payment import INVOICE_PAYMENTS
from quote_to_cash.providers.stripe.version import API_VERSION

from tests.simulators.stripe_shapes import published_examples

# The example of an invoice payment is filled with words for values: its currency is
# "currency".
OBJECTS = sorted(set(KIND_OF_OBJECT) - {"invoice_payment"})
# No events tell of balance transactions.
TOLD = [name for name in OBJECTS if name != "balance_transaction"]
DELETED = ("coupon", "customer", "invoice", "price", "product")


# Numbers of an example that were made up to fill it, and what they would be; and what
# our reader adds.
_NO_CREDITS = {"pretax_credit_amounts": []}
MADE_UP = {
    "payment_intent": {INVOICE_PAYMENTS: []},
    "payout": {"balance_transactions": []},
    "credit_note": {
        **_NO_CREDITS,
        "pre_payment_amount": 1690,
        "post_payment_amount": 0,
        "refunds": [],
    },
}


def example(name):
    content = {**published_examples()[name], **MADE_UP.get(name, {})}
    if name == "credit_note":
        lines = [{**entry, **_NO_CREDITS} for entry in content["lines"]["data"]]
        content["lines"] = {**content["lines"], "data": lines}
    return content


@pytest.mark.parametrize("name", OBJECTS)
def test_a_published_example_translates_and_survives_the_inbox(name):
    content, kind = example(name), KIND_OF_OBJECT[name]
    document = translate(kind, content, API_VERSION)
    assert document.ref.id == content["id"]
    # Balance transactions do not say.
    assert document.live is content.get("livemode")
    kept = envelope.envelope_of_object(kind, content)
    assert kept.ref == document.ref
    reading = envelope.open_payload(kept.payload, kind)
    again = translate(kind, reading.content)
    assert (reading.complete, again) == (True, document)
    assert again.fingerprint() == document.fingerprint()


@pytest.mark.parametrize("name", DELETED)
def test_a_deleted_example_translates(name):
    content = published_examples()[f"deleted_{name}"]
    assert translate(name, content).deleted


@pytest.mark.parametrize("name", TOLD)
def test_an_event_of_a_published_example_is_understood(name):
    content, kind = example(name), KIND_OF_OBJECT[name]
    of_others = {
        "subscription": "customer.subscription",
        "dispute": "charge.dispute",
    }
    prefix = of_others.get(name, name)
    verb = {"payment_intent": "succeeded", "charge": "succeeded"}.get(name, "updated")
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": API_VERSION,
        "created": 1772323200,
        "livemode": False,
        "type": f"{prefix}.{verb}",
        "data": {"object": content},
    }
    found = envelope.envelope_of_event(event, json.dumps(event))
    assert (found.kind, found.object_id) == (kind, content["id"])
    assert envelope.open_payload(found.payload, kind).content == content


def test_a_plan_is_a_price():
    plan = published_examples()["plan"]
    assert translate("price", plan).interval == plan["interval"]


def test_the_pinned_version_is_the_librarys_own():
    assert stripe.api_version == API_VERSION


def test_every_kind_of_ours_is_one_of_the_canonical_kinds():
    assert set(KIND_OF_OBJECT.values()) <= set(KINDS)
