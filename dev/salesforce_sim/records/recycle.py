# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The recycle bin: delete, undelete, empty."""

from __future__ import annotations

from ..behaviour import after_delete
from ..errors import ApiError, not_found
from ..schema.sobject import SObject
from ..stamps import changed
from .writer import existing


def delete(org, sobject: SObject, given_id: str) -> str:
    """To the bin, with what hangs on it; references elsewhere are emptied."""
    row = existing(org, sobject, given_id)
    if not sobject.deletable:
        raise ApiError(
            "INSUFFICIENT_ACCESS_OR_READONLY",
            f"entity type cannot be deleted: {sobject.label}",
            (),
        )
    with org.store.transaction():
        org.faults.before_write(sobject.name, row["Id"], {})
        _bin(org, sobject, row, row["Id"])
    return row["Id"]


def _bin(org, sobject: SObject, row: dict, batch: str) -> None:
    binned = {**changed(org, row), "IsDeleted": True, "_batch": batch}
    org.store.put(sobject.name, binned)
    for child, field in org.schema.children_of(sobject.name):
        for other in org.store.children(child.name, field.name, row["Id"]):
            if field.cascade and child.soft_deletes:
                _bin(org, child, other, batch)
            elif field.updateable and field.nillable:
                org.store.put(child.name, {**other, field.name: None})
    after_delete(org, sobject, row)


def undelete(org, sobject: SObject, record_id: str) -> str:
    """Back from the bin, with all that was deleted along with it."""
    row = org.store.get(sobject.name, record_id)
    if row is None or not row.get("IsDeleted"):
        raise not_found("invalid record id")
    with org.store.transaction():
        for item in org.schema:
            for other in org.store.rows(item.name, deleted=True):
                if other.get("IsDeleted") and other.get("_batch") == record_id:
                    restored = {**changed(org, other), "IsDeleted": False}
                    restored.pop("_batch")
                    org.store.put(item.name, restored)
    return record_id


def empty(org, name: str | None = None) -> int:
    """Remove what is in the bin for good; the number of rows."""
    gone = 0
    with org.store.transaction():
        for item in org.schema:
            if name and item.name.lower() != name.lower():
                continue
            for row in org.store.rows(item.name, deleted=True):
                if row.get("IsDeleted"):
                    org.store.remove(item.name, row["Id"])
                    gone += 1
    return gone
