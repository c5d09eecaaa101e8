# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Creating and changing records, each in a transaction of its own."""

from __future__ import annotations

from ..behaviour import after_save, before_save
from ..errors import ApiError, entity_is_deleted, not_found
from ..ids import IdError, to_18
from ..schema.sobject import SObject
from ..stamps import changed, created
from .payload import values_of
from .uniqueness import check_unique


def existing(org, sobject: SObject, given_id: str) -> dict:
    """The row of an id, given in either length. Raises ApiError 404 if none."""
    try:
        record_id = to_18(given_id)
    except IdError:
        raise not_found() from None
    row = org.store.get(sobject.name, record_id)
    if row is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise entity_is_deleted()
    return row


def create(org, sobject: SObject, payload: dict, allow_duplicates=False) -> str:
    """The new record's id."""
    if not sobject.createable:
        raise ApiError(
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            f"entity type cannot be inserted: {sobject.label}",
            (),
        )
    with org.store.transaction():
        values = values_of(org, sobject, payload, creating=True)
        org.faults.before_write(sobject.name, None, values)
        row = {"Id": org.ids.next(sobject.key_prefix), **defaults(org, sobject)}
        row.update({name: value for name, value in values.items() if value is not None})
        save(org, sobject, None, created(org, row), allow_duplicates)
    return row["Id"]


def update(org, sobject: SObject, given_id: str, payload, allow_duplicates=False):
    """Change the record; returns its 18-character id."""
    before = existing(org, sobject, given_id)
    if not sobject.updateable:
        raise ApiError(
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "insufficient access rights on object id",
            (),
        )
    with org.store.transaction():
        values = values_of(org, sobject, payload, creating=False)
        org.faults.before_write(sobject.name, before["Id"], values)
        save(org, sobject, before, changed(org, {**before, **values}), allow_duplicates)
    return before["Id"]


def save(org, sobject: SObject, before, row: dict, allow_duplicates=False) -> None:
    """Put a row through derivation, rules and storing. Needs a transaction."""
    row = before_save(org, sobject, before, row)
    org.faults.check_duplicates(sobject, row, allow_duplicates)
    check_unique(org, sobject, row)
    org.store.put(sobject.name, row)
    after_save(org, sobject, before, row)


def defaults(org, sobject: SObject) -> dict:
    made = {
        field.name: field.default
        for field in sobject.fields.values()
        if field.default not in (None, "")
    }
    if sobject.soft_deletes:
        made["IsDeleted"] = False
    if sobject.field("OwnerId"):
        made["OwnerId"] = org.acting_user
    for field in sobject.fields.values():
        if field.auto_number:
            made[field.name] = org.numbers.next(sobject.name, field.name)
    return made
