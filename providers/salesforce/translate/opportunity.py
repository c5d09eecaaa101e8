# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opportunity → opportunity."""

from __future__ import annotations

from decimal import Decimal

from ....canonical import Opportunity
from ..identifier import optional, to_18
from ..moment import parse_date
from ..schema import Schema
from .common import currency, head, number, payment_terms, text
from .contract import contract_id, roles
from .line import order_lines


def opportunity(record: dict, schema: Schema) -> Opportunity:
    """:raises Hold: ``line_total_mismatch`` and the other faults of lines"""
    start = record.get(schema.billing_start) if schema.billing_start else None
    people = roles(record)
    primary = next((role.contact_id for role in people if role.is_primary), "")
    return Opportunity(
        **head(record, "Opportunity", schema),
        trace=to_18(record["Id"]),
        name=text(record, "Name"),
        customer_id=optional(record.get("AccountId")),
        contact_id=contact_id(record, "ContactId") or primary,
        contract_id=contract_id(record),
        roles=people,
        stage=text(record, "StageName"),
        is_closed=bool(record.get("IsClosed")),
        is_won=bool(record.get("IsWon")),
        probability=number(record, "Probability") or Decimal(0),
        amount=number(record, "Amount"),
        currency=currency(record, schema),
        close_date=parse_date(record.get("CloseDate")),
        billing_start=parse_date(start),
        description=text(record, "Description"),
        owner_email=text(record, "Owner.Email"),
        lines=order_lines(record, "OpportunityLineItems", "SortOrder", schema),
        quote_number=text(record, "SyncedQuote.QuoteNumber"),
        payment_terms=payment_terms(record, schema),
    )


def contact_id(record: dict, field: str) -> str:
    """The contact; none where it is the one inside the person account that buys, for
    that is the customer itself."""
    contact = optional(record.get(field))
    inner = optional(text(record, "Account.PersonContactId"))
    return "" if contact == inner else contact
