# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A record in a request to the values of a row: fields known, writable, readable."""

from __future__ import annotations

from ..errors import ApiError, entity_is_deleted, invalid_cross_reference
from ..schema.field import Field
from ..schema.sobject import SObject
from .values import read, unreadable, wrong_id

SYSTEM_KEYS = ("attributes",)


def values_of(org, sobject: SObject, payload: dict, creating: bool) -> dict:
    """Python values by field name.

    Raises ApiError for unknown, read-only, missing or wrongly typed fields.
    """
    if not isinstance(payload, dict):
        raise unreadable(sobject.name, payload)
    values, read_only = {}, []
    for key, given in payload.items():
        if key in SYSTEM_KEYS:
            continue
        if key.lower() == "id":
            raise _id_given(creating)
        field, value = _field_and_value(org, sobject, key, given)
        if not (field.createable if creating else field.updateable):
            read_only.append(field.name)
            continue
        values[field.name] = _checked(org, sobject, field, value)
    if read_only:
        raise not_writable(read_only)
    require(sobject, values, creating)
    return values


def _id_given(creating: bool) -> ApiError:
    """An id belongs in the path, and a new record has none yet."""
    if creating:
        return ApiError(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "cannot specify Id in an insert call",
            ("Id",),
        )
    return ApiError(
        "INVALID_FIELD", "The Id field should not be specified in the sobject data."
    )


def _field_and_value(org, sobject, key, given):
    field = sobject.field(key)
    if field:
        return field, given
    parent = sobject.parent_link(key)
    if parent and isinstance(given, dict):
        return parent, _by_external_id(org, parent, given)
    raise ApiError(
        "INVALID_FIELD", f"No such column '{key}' on sobject of type {sobject.name}"
    )


def _by_external_id(org, link: Field, given: dict) -> str:
    """The id of the parent that ``{"Account": {"Ext__c": …}}`` points at."""
    keys = {key: value for key, value in given.items() if key not in SYSTEM_KEYS}
    target = org.schema[given.get("attributes", {}).get("type", link.reference_to[0])]
    (name, value), *more = keys.items() or [("", None)]
    field = target.field(name)
    if more or not field or not field.external_id:
        raise ApiError(
            "INVALID_FIELD",
            f"The external foreign key reference does not reference a valid entity:"
            f" {link.relationship}",
        )
    found = org.store.find(target.name, field.name, value)
    if not found:
        raise ApiError(
            "INVALID_FIELD",
            f"Foreign key external ID: {value} not found for field {field.name}"
            f" in entity {target.name}",
        )
    return found[0]["Id"]


def _checked(org, sobject, field, value):
    read_value = read(field, value, sobject.label)
    if read_value is None:
        if not field.nillable and field.type == "boolean":
            raise unreadable("boolean", None)
        return None
    if field.type == "reference":
        check_reference(org, field, read_value)
    return read_value


def check_reference(org, field: Field, record_id: str) -> None:
    target = org.schema.by_prefix(record_id[:3])
    if target is None or target.name not in field.reference_to:
        raise wrong_id(field, record_id)
    row = org.store.get(target.name, record_id)
    if row is None:
        raise invalid_cross_reference()
    if row.get("IsDeleted"):
        raise entity_is_deleted(status=400)


def not_writable(names) -> ApiError:
    return ApiError(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to create/update fields: {', '.join(names)}. Please check the"
        " security settings of this field and verify that it is read/write for your"
        " profile or permission set.",
        names,
    )


def require(sobject: SObject, values: dict, creating: bool) -> None:
    """No required field is missing on create or emptied on update."""
    missing = [
        field.name
        for field in sobject.fields.values()
        if field.required
        and (creating or field.name in values)
        and values.get(field.name) is None
    ]
    if missing:
        raise ApiError(
            "REQUIRED_FIELD_MISSING",
            f"Required fields are missing: [{', '.join(missing)}]",
            missing,
        )
