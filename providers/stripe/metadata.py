# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What we leave on objects in Stripe, and read back
(https://docs.stripe.com/metadata: keys up to 40 characters, values up to 500)."""

from __future__ import annotations

import re
from typing import Any

from ...canonical import Document

# Reference of the record that the object was made from: <database uuid>:<model>:<id>.
ODOO_REF = "odoo_ref"
# Id of the deal, which follows it through every system: that of the opportunity.
TRACE = "trace"
# For people who look at the object in Stripe.
ORDER = "odoo_order"
OPPORTUNITY = "salesforce_opportunity_id"
# What Stripe has no field for.
CODE = "code"
VAT = "vat"
IS_COMPANY = "is_company"

_MAX_VALUE = 500
_OURS = frozenset((ODOO_REF, TRACE, ORDER, OPPORTUNITY, CODE, VAT, IS_COMPANY))
# Ids of other systems have no spaces; Salesforce's, the shortest, have 15 characters.
_FOREIGN_ID = re.compile(r"\S{15,64}")


def of(document: Document, **more: str) -> dict[str, str]:
    """The metadata to send for ``document``; empty values are left out."""
    values = {ODOO_REF: document.odoo_ref, TRACE: document.trace, **more}
    return {name: value[:_MAX_VALUE] for name, value in values.items() if value}


def read(content: Any, name: str) -> str:
    """The value on an object, empty where there is none."""
    metadata = content.get("metadata") if isinstance(content, dict) else None
    value = metadata.get(name) if isinstance(metadata, dict) else None
    return str(value).strip() if value else ""


def foreign(content: Any) -> tuple[tuple[str, str], ...]:
    """What others put on an object, in the order of the names."""
    metadata = content.get("metadata") if isinstance(content, dict) else None
    names = sorted(metadata.keys() - _OURS) if isinstance(metadata, dict) else ()
    found = ((name, read(content, name)) for name in names)
    return tuple((name, value) for name, value in found if value)


def foreign_ids(content: Any) -> tuple[str, ...]:
    """Values of others that may be ids of the same thing elsewhere, whatever their keys
    are called: every integration has its own word for an account of Salesforce."""
    values = {value for _name, value in foreign(content)}
    return tuple(sorted(filter(_FOREIGN_ID.fullmatch, values)))


def trace_of(content: Any) -> str:
    return read(content, TRACE) or read(content, OPPORTUNITY)
