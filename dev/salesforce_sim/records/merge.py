# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Merging records: the loser goes to the bin and names its master."""

from __future__ import annotations

from ..errors import ApiError
from ..schema.sobject import SObject
from ..stamps import changed
from .writer import existing


def merge(org, sobject: SObject, winner_id: str, loser_id: str) -> None:
    """Move all that refers to the loser to the winner, then delete the loser."""
    if not sobject.mergeable:
        raise ApiError("INVALID_TYPE", f"{sobject.name} cannot be merged")
    winner = existing(org, sobject, winner_id)
    loser = existing(org, sobject, loser_id)
    if winner["Id"] == loser["Id"]:
        raise ApiError("INVALID_ID_FIELD", "a record cannot be merged with itself")
    with org.store.transaction():
        _reparent(org, sobject, winner["Id"], loser["Id"])
        gone = {
            **changed(org, loser),
            "IsDeleted": True,
            "MasterRecordId": winner["Id"],
            "_batch": loser["Id"],
        }
        org.store.put(sobject.name, gone)
        winner = org.store.get(sobject.name, winner["Id"])
        org.store.put(sobject.name, changed(org, winner))


def _reparent(org, sobject: SObject, winner_id: str, loser_id: str) -> None:
    for child, field in org.schema.children_of(sobject.name):
        if field.name == "MasterRecordId":
            continue
        for other in org.store.children(child.name, field.name, loser_id):
            moved = winner_id if other["Id"] != winner_id else None
            org.store.put(child.name, {**changed(org, other), field.name: moved})
