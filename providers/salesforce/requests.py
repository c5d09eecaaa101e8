# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From canonical documents to calls."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ...canonical import Hold, Request, StatusUpdate
from . import soql
from .identifier import sobject_of, to_18
from .moment import format_datetime


def update_of(status: StatusUpdate, record_id: str = "") -> Request:
    """The update that brings ``status`` about.

    :param record_id: of the record to tell; empty = the document's own id
    :raises Hold: ``malformed_id``, ``malformed_name``, ``wrong_object``
    """
    identifier = to_18(record_id or status.id)
    sobject = soql.name(status.object_name)
    if sobject_of(identifier) not in ("", sobject):
        raise Hold(
            "wrong_object",
            f"{identifier} is of {sobject_of(identifier)}, not of {sobject}.",
            "Correct the link of the record to Salesforce.",
        )
    params = {soql.name(name): _value(value) for name, value in status.values.items()}
    return Request(verb="update", resource=sobject, id=identifier, params=params)


def _value(value: Any) -> Any:
    """As JSON. A fraction becomes a float: the wire knows no other number, and its
    shortest form is the decimal that it came from, up to 15 digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
