# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rights that permission sets give: everyone has every right to what is not closed.

What is closed (a field that was just created, an object that an administrator took
away) opens by the records that Salesforce keeps of it: ObjectPermissions,
FieldPermissions and PermissionSetAssignment.
"""

from __future__ import annotations

from dataclasses import replace

from ..schema.field import Field
from ..schema.sobject import SObject


class Closed:
    """Names in lower case: objects, and (object, field)."""

    def __init__(self):
        self.objects = set()
        self.fields = set()

    def close_object(self, name: str) -> None:
        self.objects.add(name.lower())

    def close_field(self, name: str, field: str) -> None:
        self.fields.add((name.lower(), field.lower()))


def seen(org, sobject: SObject) -> SObject | None:
    """The object as the acting user sees it; None if not at all."""
    object_rights = _object_rights(org, sobject)
    if object_rights is None:
        return None
    closed = {f for name, f in org.closed.fields if name == sobject.name.lower()}
    if not closed and all(object_rights):
        return sobject
    create, edit = object_rights
    rights = _field_rights(org, sobject) if closed else {}
    fields = {
        key: _field_seen(field, rights.get(key)) if key in closed else field
        for key, field in sobject.fields.items()
        if key not in closed or key in rights
    }
    return replace(
        sobject,
        fields=fields,
        createable=sobject.createable and create,
        updateable=sobject.updateable and edit,
    )


def _field_seen(field: Field, edit: bool) -> Field:
    return field if edit else replace(field, createable=False, updateable=False)


def _object_rights(org, sobject: SObject) -> tuple[bool, bool] | None:
    """(create, edit), or None without the right to read."""
    if sobject.name.lower() not in org.closed.objects:
        return True, True
    rows = _granted(org, "ObjectPermissions", sobject)
    if not any(row.get("PermissionsRead") for row in rows):
        return None
    return (
        any(row.get("PermissionsCreate") for row in rows),
        any(row.get("PermissionsEdit") for row in rows),
    )


def _field_rights(org, sobject: SObject) -> dict[str, bool]:
    """{field in lower case: whether it may be edited}, of those that may be read."""
    rights = {}
    for row in _granted(org, "FieldPermissions", sobject):
        if row.get("PermissionsRead"):
            name = row["Field"].partition(".")[2].lower()
            rights[name] = rights.get(name, False) or bool(row.get("PermissionsEdit"))
    return rights


def _granted(org, table: str, sobject: SObject) -> list[dict]:
    sets = sets_of(org, org.acting_user)
    return [
        row
        for row in org.store.rows(table)
        if row["ParentId"] in sets
        and row["SobjectType"].lower() == sobject.name.lower()
    ]


def sets_of(org, user_id: str) -> set[str]:
    """Ids of the permission sets that the user has, the profile's own among them."""
    rows = org.store.find("PermissionSetAssignment", "AssigneeId", user_id)
    return {row["PermissionSetId"] for row in rows}


def may(org, permission: str) -> bool:
    """Whether the acting user has a permission such as CustomizeApplication."""
    sets = sets_of(org, org.acting_user)
    return any(
        org.store.get("PermissionSet", set_id).get(f"Permissions{permission}")
        for set_id in sets
    )
