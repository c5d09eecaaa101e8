# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Create or change by the value of an external id field."""

from __future__ import annotations

from ..errors import ApiError, not_found
from ..schema.field import Field
from ..schema.sobject import SObject
from .values import read
from .writer import create, update


def external_field(sobject: SObject, name: str) -> Field:
    field = sobject.field(name)
    if field is None or not (field.external_id or field.type == "id"):
        raise not_found(
            f"Provided external ID field does not exist or is not accessible: {name}"
        )
    return field


def match(org, sobject: SObject, field: Field, value) -> dict | None:
    """The one record with this external id. Raises ApiError 300 if several."""
    found = org.store.find(sobject.name, field.name, read(field, value, sobject.label))
    if len(found) > 1:
        raise ApiError(
            "DUPLICATE_EXTERNAL_ID",
            f"{field.name}: more than one record found for external id field:"
            f" [{', '.join(row['Id'] for row in found)}]",
            (),
            status=300,
        )
    return found[0] if found else None


def upsert(org, sobject, field: Field, value, payload, allow_duplicates=False):
    """(id, created). The external id's value must not stand in the payload too."""
    if any(key.lower() == field.name.lower() for key in payload):
        raise ApiError(
            "INVALID_FIELD",
            f"The {field.name} field should not be specified in the sobject data.",
        )
    row = match(org, sobject, field, value)
    if row:
        return update(org, sobject, row["Id"], payload, allow_duplicates), False
    payload = {**payload, field.name: value}
    return create(org, sobject, payload, allow_duplicates), True
