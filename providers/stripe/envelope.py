# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Events and objects as they are kept in the inbox, and read from there."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import Any

from ...canonical import Envelope, Hold, Reading
from ..json_text import dumps, loads
from ..pasted import malformed
from . import lists
from .event_types import DELETIONS, KIND_OF_OBJECT, KIND_OF_TYPE
from .moment import parse_moment
from .translate import billing_credits, shipping
from .translate.common import identifier, part
from .translate.credit_note import has_unknown_parts
from .translate.payment import INVOICE_PAYMENTS
from .translate.payout import is_itemized
from .translate.price import has_unknown_tiers
from .translate.subscription import has_unknown_coupons
from .version import API_VERSION, is_readable

EVENT = "event"
# Without content: https://docs.stripe.com/event-destinations#thin-events
THIN_EVENT = "v2.core.event"
# Objects that are told of only with another one, and a type of event about them.
_TYPE_OF_PART = {
    "charge": "charge.updated",
    "invoice_payment": "invoice_payment.paid",
    "tax_id": "customer.tax_id.updated",
    "discount": "customer.discount.updated",
}
_THIN_PREFIX = "v1."


def envelope_of_event(event: dict, payload: str = "") -> Envelope:
    """For an event that was received or listed; both give the same id.

    :param payload: its text as received, where it was
    :raises Hold: ``malformed``
    """
    if event.get("object") == THIN_EVENT:
        return _envelope_of_hint(event, payload)
    content = _content(event)
    kind = _kind(event["type"], content)
    object_id = _object_id(kind, content)
    return Envelope(
        external_id=event["id"],
        type=event["type"],
        kind=kind,
        object_id=object_id,
        partition=_partition(kind, content) or object_id or event["id"],
        occurred_at=parse_moment(event.get("created") or 0),
        payload=payload or dumps(event),
        api_version=event.get("api_version") or "",
        live=event.get("livemode"),
    )


def envelope_of_object(
    kind: str,
    content: dict,
    api_version: str = API_VERSION,
    fetched_at: datetime | None = None,
) -> Envelope:
    """For an object that was read.

    The same state of an object gets the same external id, however often it is read.
    Objects do not say when they changed: it was not after ``fetched_at`` (aware; now).
    """
    object_id = _object_id(kind, content)
    return Envelope(
        external_id=f"{object_id}@{_digest(content)}",
        type=f"{kind}.fetched",
        kind=kind,
        object_id=object_id,
        partition=_partition(kind, content) or object_id,
        occurred_at=fetched_at or datetime.now(timezone.utc),
        payload=dumps(content),
        api_version=api_version,
        live=content.get("livemode"),
    )


def envelope_of_pasted(content: dict) -> Envelope:
    """For an event or object that nobody vouches for: an object as if it had been read
    right now. A charge is part of a payment, a tax id of a customer, and so on: those
    are kept like events about them, so that the whole is read.

    :raises Hold: ``malformed``
    """
    name = content.get("object")
    if name in (EVENT, THIN_EVENT):
        return envelope_of_event(content)
    kind = KIND_OF_OBJECT.get(name) or KIND_OF_TYPE.get(_TYPE_OF_PART.get(name))
    if not kind or not content.get("id"):
        raise malformed(
            "It is neither an event of Stripe nor one of the objects that are read: "
            f"{', '.join(sorted(KIND_OF_OBJECT))}"
        )
    if _object_id(kind, content) == content["id"]:
        return envelope_of_object(kind, content)
    now = datetime.now(timezone.utc)
    return envelope_of_event(
        {
            "id": content["id"],
            "object": EVENT,
            "type": _TYPE_OF_PART[name],
            "created": int(now.timestamp()),
            "api_version": API_VERSION,
            "livemode": content.get("livemode"),
            "data": {"object": content},
        }
    )


def open_payload(payload: str, kind: str) -> Reading:
    """Read back what an envelope carried.

    Not complete, and therefore to be fetched: thin events; versions that we do not
    know; objects of another kind than is asked for (a tax id for its customer); the
    beginnings of lists; customers without tax ids, which are told only when asked for;
    discounts without their coupons; prices without their tiers; payments that do not
    say what they paid; shipping without its taxes, and billing credits of which it is
    not told whether they were sold; credit notes that do not say how much went to the
    customer's balance; payouts without what they pay out.

    :raises Hold: ``malformed``
    """
    try:
        message = loads(payload)
    except ValueError:
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("id"), str):
        raise Hold(
            "malformed",
            "The stored message is neither an event nor an object of Stripe.",
            "Skip it; the nightly run brings what it was about.",
        )
    if message.get("object") == THIN_EVENT:
        return Reading(content={"id": _related(message).get("id")}, complete=False)
    if message.get("object") == EVENT:
        return _open_event(message, kind)
    complete = (
        not lists.is_truncated(message, kind)
        and (kind != "payout" or is_itemized(message))
        and _says_what_it_paid(message)
    )
    return Reading(content=message, complete=complete)


def _open_event(event: dict, kind: str) -> Reading:
    content = _content(event)
    if event["type"] in DELETIONS:
        # The last state; that it is over is said by the type alone.
        return Reading(content={**content, "deleted": True})
    complete = (
        is_readable(event.get("api_version") or "")
        and KIND_OF_OBJECT.get(content.get("object") or "") == kind
        and not lists.is_truncated(content, kind)
        and _is_whole(content, kind)
    )
    return Reading(content=content, complete=complete)


def _says_what_it_paid(content: dict) -> bool:
    """Intents as they are listed do not; those of old name their invoice."""
    if content.get("object") != "payment_intent":
        return True
    return INVOICE_PAYMENTS in content or "invoice" in content


def _is_whole(content: dict, kind: str) -> bool:
    if kind in ("payment", "payout"):
        return False
    if kind == "customer":
        return "tax_ids" in content
    missing = _MISSING.get(kind, ())
    return not any(is_missing(content) for is_missing in missing)


# Canonical kind → what tells that a part is not told.
_MISSING = {
    "price": (has_unknown_tiers,),
    "subscription": (has_unknown_coupons,),
    "invoice": (shipping.is_incomplete, billing_credits.is_incomplete),
    "credit_note": (
        has_unknown_parts,
        shipping.is_incomplete,
        billing_credits.is_incomplete,
    ),
}


def _envelope_of_hint(event: dict, payload: str) -> Envelope:
    """A thin event of a charge or an invoice payment does not say which intent is
    behind it; the intent has events of its own."""
    related = _related(event)
    event_type = event["type"].removeprefix(_THIN_PREFIX)
    kind = KIND_OF_TYPE.get(event_type, "")
    if KIND_OF_OBJECT.get(related.get("type") or "") != kind or (
        kind == "payment" and related.get("type") != "payment_intent"
    ):
        kind = ""
    object_id = str(related.get("id") or "")
    return Envelope(
        external_id=event["id"],
        type=event_type,
        kind=kind,
        object_id=object_id,
        partition=object_id or event["id"],
        occurred_at=_thin_moment(event.get("created")),
        payload=payload or dumps(event),
        live=event.get("livemode"),
    )


def _related(event: dict) -> dict:
    return event.get("related_object") or {}


def _thin_moment(text: Any) -> datetime:
    """An ISO time in thin events; Python 3.10 does not read its "Z"."""
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise _malformed("it has no time") from None


def _content(event: dict) -> dict:
    content = part(event, "data", "object")
    if not isinstance(content, dict):
        raise _malformed("it has no object")
    return content


def _kind(event_type: str, content: dict) -> str:
    kind = KIND_OF_TYPE.get(event_type, "")
    known = kind and _object_id(kind, content)
    return kind if known else ""


def _object_id(kind: str, content: dict) -> str:
    """Of the object that the event is about: the customer of a tax id, the subscription
    of a discount, the payment behind a charge or an invoice payment (see
    canonical.Payment)."""
    own = str(content.get("id") or "")
    if kind == "customer" and content.get("object") == "tax_id":
        owner = content.get("customer") or part(content, "owner", "customer")
        return identifier(owner)
    if kind == "subscription" and content.get("object") == "discount":
        return identifier(content.get("subscription"))
    if kind != "payment":
        return own
    through = part(content, "payment", "payment_intent") or part(
        content, "payment", "charge"
    )
    return identifier(content.get("payment_intent") or through) or own


def _partition(kind: str, content: dict) -> str:
    if kind == "customer":
        return _object_id(kind, content)
    invoice_customer = part(content, "invoice", "customer")
    return identifier(content.get("customer") or invoice_customer)


def _digest(content: dict) -> str:
    return hashlib.sha256(dumps(content).encode()).hexdigest()[:16]


def _malformed(complaint: str) -> Hold:
    return Hold(
        "malformed",
        f"The event was not understood: {complaint}.",
        "Check which system sends to this address; Stripe only.",
    )
