# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What can be polled."""

from __future__ import annotations

from dataclasses import dataclass

from ...canonical import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """``code``: its stable name. ``kind``: what its records are to us.

    ``parent_field``: set where the records are only part of an object of ``kind``: the
    field that names it. Their change says that the object changed.
    ``deals``: what is old is over, and is not wanted.
    """

    code: str
    sobject: str
    kind: str
    label: str
    parent_field: str = ""
    deals: bool = False


# Lines have streams of their own: a new service date or description on a line does not
# touch the SystemModstamp of its opportunity, only a changed amount does.
STREAMS = {
    stream.code: stream
    for stream in (
        Stream(code="product", sobject="Product2", kind="product", label="Products"),
        Stream(
            code="price_list",
            sobject="Pricebook2",
            kind="price_list",
            label="Price Books",
        ),
        Stream(code="price", sobject="PricebookEntry", kind="price", label="Prices"),
        Stream(code="account", sobject="Account", kind="customer", label="Accounts"),
        Stream(code="contact", sobject="Contact", kind="contact", label="Contacts"),
        Stream(
            code="contract",
            sobject="Contract",
            kind="contract",
            label="Contracts",
            deals=True,
        ),
        Stream(code="lead", sobject="Lead", kind="lead", label="Leads", deals=True),
        Stream(
            code="opportunity",
            sobject="Opportunity",
            kind="opportunity",
            label="Opportunities",
            deals=True,
        ),
        Stream(
            code="opportunity_line",
            sobject="OpportunityLineItem",
            kind="opportunity",
            label="Opportunity Products",
            parent_field="OpportunityId",
        ),
        Stream(
            code="opportunity_role",
            sobject="OpportunityContactRole",
            kind="opportunity",
            label="Opportunity Contact Roles",
            parent_field="OpportunityId",
        ),
        Stream(code="order", sobject="Order", kind="order", label="Orders", deals=True),
        Stream(
            code="order_line",
            sobject="OrderItem",
            kind="order",
            label="Order Products",
            parent_field="OrderId",
        ),
    )
}
# Orgs do without these, or keep them from the user: nothing is read then.
DISPENSABLE = ("contract", "lead", "opportunity_role")
KIND_OF_SOBJECT = {
    stream.sobject: stream.kind
    for stream in STREAMS.values()
    if not stream.parent_field
}
SOBJECT_OF_KIND = {kind: sobject for sobject, kind in KIND_OF_SOBJECT.items()}


def stream_of(code: str) -> Stream:
    """:raises Hold: ``unknown_stream``"""
    if code not in STREAMS:
        raise Hold(
            "unknown_stream",
            f"Salesforce has no stream {code!r}.",
            "Delete the stream, or update the addon.",
        )
    return STREAMS[code]


def sobject_of(kind: str) -> str:
    """API name of the object behind a canonical kind.

    :raises Hold: ``unknown_kind``
    """
    if kind not in SOBJECT_OF_KIND:
        raise Hold(
            "unknown_kind",
            f"Salesforce keeps no {kind.replace('_', ' ')}.",
            "Skip the event; Salesforce is not where this comes from.",
        )
    return SOBJECT_OF_KIND[kind]
