# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 3: the objects that were created in a period, whatever events told of them.

https://docs.stripe.com/api/pagination gives the newest first, up to a hundred a page.

The cursor: ``{"list": number of the list, "after": id, "created": seconds}`` behind the
last object that was read; ``{}`` stands before the first.
"""

from __future__ import annotations

from datetime import datetime

from ...canonical import Hold, Page, Ref
from . import lists
from .connector import PAGE_SIZE, Connector
from .envelope import envelope_of_object
from .moment import format_moment
from .reader import EXPAND, get_expanded, itemize, resource_of
from .translate.common import part

# In the order in which they depend on each other.
KINDS = (
    "customer",
    "subscription",
    "invoice",
    "balance_transaction",
    "payment",
    "credit_note",
    "refund",
    "dispute",
    "payout",
)
# A payment is an intent; or a charge that was made without one; or what was noted on an
# invoice as paid elsewhere (see canonical.Payment).
_PAYMENT_LISTS = ("payment_intents", "charges", "invoice_payments")
# What a list is asked for besides the period. Canceled subscriptions are told only on
# request.
_PARAMS = {
    "subscriptions": {"status": "all"},
    "invoice_payments": {"status": "paid"},
}


def page(
    connector: Connector, kind: str, since: datetime, until: datetime, cursor: dict
) -> Page:
    """Whole objects of ``kind`` created in [``since``, ``until``), both aware.

    What an intent paid is not among its contents, and stays to be fetched: the lists do
    not tell it (see ``envelope.open_payload``).

    :raises Hold: refused; ``unknown_kind``
    :raises Retry: passing fault
    """
    resources = _lists_of(kind)
    number = cursor.get("list", 0)
    resource = resources[number]
    expand = EXPAND.get(resource, ())
    answer = _read(connector, resource, expand, (since, until), cursor)
    found = [each for each in answer["data"] if _is_one(resource, each)]
    for content in found:
        if kind == "payout":
            itemize(connector, content)
        lists.complete(connector, content, kind, expand)
    more = bool(answer.get("has_more") and answer["data"])
    if more:
        last = answer["data"][-1]
        following = {"list": number, "after": last["id"], "created": last["created"]}
    else:
        following = {"list": number + 1}
    return Page(
        envelopes=tuple(envelope_of_object(kind, content) for content in found),
        cursor=following,
        more=more or number + 1 < len(resources),
    )


def _lists_of(kind: str) -> tuple[str, ...]:
    return _PAYMENT_LISTS if kind == "payment" else (resource_of(Ref(kind, "")),)


def _read(
    connector: Connector,
    resource: str,
    expand: tuple[str, ...],
    period: tuple[datetime, datetime],
    cursor: dict,
) -> dict:
    """The page behind ``cursor``. Where Stripe has deleted the object that it names,
    the page begins with all of that second: some are told twice, none is left out."""
    since, until = map(format_moment, period)
    path = f"/v1/{resource}"
    wanted = [f"data.{each}" for each in expand]
    params = {
        "limit": PAGE_SIZE,
        "created": {"gte": since, "lt": until},
        **_PARAMS.get(resource, {}),
    }
    if not cursor.get("after"):
        return get_expanded(connector, path, params, wanted, resource)
    try:
        behind = {**params, "starting_after": cursor["after"]}
        return get_expanded(connector, path, behind, wanted, resource)
    except Hold as failure:
        if failure.code != "missing":
            raise
    params["created"] = {"gte": since, "lt": cursor["created"] + 1}
    return get_expanded(connector, path, params, wanted, resource)


def _is_one(resource: str, content: dict) -> bool:
    """Whether the object is a payment of its own: those that belong to an intent, or to
    a charge, are told there."""
    if resource == "charges":
        return not content.get("payment_intent")
    if resource == "invoice_payments":
        return not (
            part(content, "payment", "payment_intent")
            or part(content, "payment", "charge")
        )
    return True
