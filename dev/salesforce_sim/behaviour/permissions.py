# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What permission sets may hold, and who may fill them.

Object Reference, FieldPermissions and ObjectPermissions: Field and SobjectType are
restricted picklists; editing needs reading; children have the rights of their parents.
"""

from __future__ import annotations

from ..access.rights import may
from ..errors import ApiError

CONTROLLED_BY_PARENT = (
    *("OpportunityLineItem", "OrderItem", "PricebookEntry", "QuoteLineItem"),
)


class Rights:
    """Rows that hang on a permission set."""

    key = ""

    @classmethod
    def before(cls, org, before, row: dict) -> dict:
        check_manager(org)
        cls.check(org, row)
        if row.get("PermissionsEdit") and not row.get("PermissionsRead"):
            raise ApiError(
                "FIELD_INTEGRITY_EXCEPTION",
                "Permission Edit depends on permission(s): Read",
                (),
            )
        for other in org.store.find(cls.__name__, "ParentId", row["ParentId"]):
            if other["Id"] != row["Id"] and other[cls.key] == row[cls.key]:
                raise ApiError("DUPLICATE_VALUE", "duplicate value found", ())
        return row

    @staticmethod
    def after(org, before, row) -> None:
        """Rights roll up to nothing."""


class ObjectPermissions(Rights):
    key = "SobjectType"

    @staticmethod
    def check(org, row) -> None:
        found = org.schema.get(row["SobjectType"])
        if found is None or found.name in CONTROLLED_BY_PARENT:
            raise bad_value("SobjectType", row["SobjectType"])


class FieldPermissions(Rights):
    key = "Field"

    @staticmethod
    def check(org, row) -> None:
        name, _dot, field_name = row["Field"].partition(".")
        found = org.schema.get(name)
        field = found and found.field(field_name)
        if not field or name != row["SobjectType"] or not field.nillable:
            raise bad_value("Field", row["Field"])


class PermissionSet:
    @staticmethod
    def before(org, before, row: dict) -> dict:
        check_manager(org)
        return row

    @staticmethod
    def after(org, before, row) -> None:
        """It rolls up to nothing."""


def check_manager(org) -> None:
    if not may(org, "ManageProfilesPermissionsets"):
        raise ApiError(
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "insufficient access rights on object id",
            (),
        )


def bad_value(field: str, value: str) -> ApiError:
    return ApiError(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        f"{field}: bad value for restricted picklist field: {value}",
        (field,),
    )
