# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Unique fields hold a value once, in any case, among records not deleted."""

from __future__ import annotations

from ..errors import ApiError
from ..schema.sobject import SObject


def check_unique(org, sobject: SObject, row: dict) -> None:
    for field in sobject.fields.values():
        value = row.get(field.name)
        if not field.unique or value is None:
            continue
        for other in org.store.find(sobject.name, field.name, value):
            if other["Id"] != row["Id"]:
                raise ApiError(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: {field.name} duplicates value on record"
                    f" with id: {other['Id']}",
                    (),
                )
