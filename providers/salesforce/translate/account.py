# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Account → customer."""

from __future__ import annotations

import re

from ....canonical import RECORD_TYPE, Customer
from ..identifier import optional
from ..schema import Schema
from .common import address, currency, head, payment_terms, text

_ID = re.compile(r"[A-Za-z0-9_-]{8,}")


def customer(record: dict, schema: Schema) -> Customer:
    """A company; a person account is one individual, with the contact inside it."""
    person = bool(record.get("IsPersonAccount"))
    billing = address(record, "Billing")
    return Customer(
        **head(record, "Account", schema),
        metadata=_metadata(record),
        name=text(record, "Name"),
        is_company=not person,
        email=text(record, "PersonEmail"),
        phone=text(record, "Phone", "PersonMobilePhone"),
        website=text(record, "Website"),
        vat=text(record, schema.vat) if schema.vat else "",
        number=text(record, "AccountNumber"),
        currency=currency(record, schema),
        payment_terms=payment_terms(record, schema),
        billing=billing if billing or not person else address(record, "PersonMailing"),
        shipping=address(record, "Shipping"),
        parent_id=optional(record.get("ParentId")),
        comment=text(record, "Description"),
        counterparts=_counterparts(record, schema),
        merged_into=optional(record.get("MasterRecordId")),
    )


def _metadata(record: dict) -> tuple[tuple[str, str], ...]:
    sort = text(record, "RecordType.DeveloperName")
    return ((RECORD_TYPE, sort),) if sort else ()


def _counterparts(record: dict, schema: Schema) -> tuple[str, ...]:
    """Ids in the configured field; several are separated by anything."""
    if not schema.counterpart:
        return ()
    return tuple(sorted(set(_ID.findall(text(record, schema.counterpart)))))
