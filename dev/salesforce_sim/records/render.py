# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows as the JSON records of answers."""

from __future__ import annotations

from ..schema.field import Field
from ..schema.sobject import SObject
from .values import shown

ADDRESS_PARTS = ("City", "Country", "PostalCode", "State", "Street")
CODE_PARTS = ("CountryCode", "StateCode")


def attributes(name: str, record_id: str | None, version: str) -> dict:
    """``version`` as in the path: v66.0."""
    made = {"type": name}
    if record_id:
        made["url"] = f"/services/data/{version}/sobjects/{name}/{record_id}"
    return made


def address(row: dict, field: Field) -> dict | None:
    prefix = field.name.removesuffix("Address")
    parts = ADDRESS_PARTS + CODE_PARTS
    values = {part: row.get(prefix + part) for part in parts}
    if not any(values.values()):
        return None
    named = {part[0].lower() + part[1:]: value for part, value in values.items()}
    return {**named, "geocodeAccuracy": None, "latitude": None, "longitude": None}


def value_of(row: dict, field: Field):
    """The Python value of a field, compound addresses put together."""
    if field.type == "address":
        return address(row, field)
    value = row.get(field.name)
    return False if value is None and field.type == "boolean" else value


def record(sobject: SObject, row: dict, version: str, fields=None) -> dict:
    """A whole record, or the given Fields of it."""
    made = {"attributes": attributes(sobject.name, row["Id"], version)}
    for field in fields or sobject.fields.values():
        made[field.name] = shown(value_of(row, field))
    return made
