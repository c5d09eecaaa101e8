# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Custom fields created through the Tooling API.

The body is ``{"FullName": "Account.Name__c", "Metadata": {…}}``, the metadata that of
CustomField in the Metadata API Developer Guide, as JSON. A new field is closed to
everyone until a permission set opens it.
"""

from __future__ import annotations

import re

from ..errors import ApiError
from ..schema.field import Field
from ..stamps import created

NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
#: longest Text, and most digits of a number (Metadata API guide, CustomField)
LONGEST_TEXT, MOST_DIGITS = 255, 18


def create(org, body: dict) -> str:
    """The new field's id. Raises ApiError."""
    sobject, name = _where(org, body.get("FullName"))
    metadata = body.get("Metadata")
    if not isinstance(metadata, dict) or not metadata.get("label"):
        raise _wrong("Required fields are missing: [Label]", "REQUIRED_FIELD_MISSING")
    if sobject.field(name):
        raise _wrong(
            f"There is already a field named {name.removesuffix('__c')} on"
            f" {sobject.label}.",
            "DUPLICATE_DEVELOPER_NAME",
        )
    sobject.add(_field(name, metadata))
    org.closed.close_field(sobject.name, name)
    return keep(org, sobject, name)


def _where(org, full_name):
    object_name, _dot, name = str(full_name or "").partition(".")
    sobject = org.schema.get(object_name)
    if sobject is None or sobject.tooling:
        raise _wrong(f"Entity enumeration or id not found: {object_name}")
    if not NAME.fullmatch(name):
        raise _wrong(f"The field name provided, {name}, is not valid")
    return sobject, name


def _field(name: str, metadata: dict) -> Field:
    maker = MAKERS.get(metadata.get("type"))
    if maker is None:
        raise _wrong(f"Invalid field type: {metadata.get('type')}")
    return Field(
        name,
        label=metadata["label"],
        external_id=bool(metadata.get("externalId")),
        unique=bool(metadata.get("unique")),
        **maker(metadata),
    )


def _text(metadata) -> dict:
    length = metadata.get("length")
    if not isinstance(length, int) or not 0 < length <= LONGEST_TEXT:
        raise _wrong("Custom field length must be between 1 and 255")
    return {"type": "string", "length": length}


def _number(kind):
    def made(metadata) -> dict:
        precision, scale = metadata.get("precision"), metadata.get("scale")
        if not isinstance(precision, int) or not isinstance(scale, int):
            raise _wrong("Must specify a 'precision' and a 'scale' for this type")
        if not 0 <= scale <= precision <= MOST_DIGITS:
            raise _wrong("The sum of the length and decimals must be 18 or less")
        return {"type": kind, "precision": precision, "scale": scale}

    return made


def _picklist(metadata) -> dict:
    value_set = metadata.get("valueSet") or {}
    values = (value_set.get("valueSetDefinition") or {}).get("value")
    if not values or not all(value.get("valueName") for value in values):
        raise _wrong("Must specify a valueSet with values for a picklist")
    return {
        "type": "picklist",
        "length": LONGEST_TEXT,
        "picklist": tuple(value["valueName"] for value in values),
        "restricted": bool(value_set.get("restricted")),
    }


def _date(metadata) -> dict:
    return {"type": "date"}


def _checkbox(metadata) -> dict:
    return {"type": "boolean", "nillable": False, "default": False}


MAKERS = {
    "Text": _text,
    "Number": _number("double"),
    "Currency": _number("currency"),
    "Picklist": _picklist,
    "Date": _date,
    "Checkbox": _checkbox,
}


def keep(org, sobject, name: str) -> str:
    """The id of the field's row in the table CustomField, made if there is none."""
    developer_name = name.removesuffix("__c")
    for row in org.store.find("CustomField", "DeveloperName", developer_name):
        if row["TableEnumOrId"] == sobject.name:
            return row["Id"]
    row = {
        "Id": org.ids.next("00N"),
        "IsDeleted": False,
        "DeveloperName": developer_name,
        "TableEnumOrId": sobject.name,
    }
    with org.store.transaction():
        org.store.put("CustomField", created(org, row))
    return row["Id"]


def keep_all(org) -> None:
    """Rows for the fields that the organisation came with."""
    for sobject in org.schema:
        for field in sobject.fields.values():
            if field.custom:
                keep(org, sobject, field.name)


def _wrong(message: str, code="FIELD_INTEGRITY_EXCEPTION") -> ApiError:
    return ApiError(code, message, ())
