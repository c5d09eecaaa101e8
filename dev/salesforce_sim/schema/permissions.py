# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PermissionSet and what hangs on it: Object Reference, the objects of these names."""

from .field import READ_ONLY, flag, link, text
from .sobject import define

#: of the several hundred user permissions those that setting up an integration needs
USER_PERMISSIONS = (
    "ApiEnabled",
    "AssignPermissionSets",
    "CustomizeApplication",
    "ManageProfilesPermissionsets",
    "ViewAllData",
    "ViewSetup",
)


def permission_set():
    return define(
        "PermissionSet",
        "0PS",
        (
            text("Name", 80, nillable=False),
            text("Label", 80, nillable=False),
            text("Description", 255),
            flag("IsOwnedByProfile", **READ_ONLY),
            *(flag(f"Permissions{name}") for name in USER_PERMISSIONS),
        ),
        label="Permission Set",
    )


def permission_set_assignment():
    return define(
        "PermissionSetAssignment",
        "0Pa",
        (
            link("AssigneeId", "User", nillable=False),
            link("PermissionSetId", "PermissionSet", nillable=False),
        ),
        label="Permission Set Assignment",
    )


def object_permissions():
    return define(
        "ObjectPermissions",
        "110",
        (
            link("ParentId", "PermissionSet", nillable=False),
            text("SobjectType", 40, nillable=False),
            *(
                flag(f"Permissions{name}")
                for name in (
                    *("Create", "Read", "Edit", "Delete"),
                    *("ViewAllRecords", "ModifyAllRecords"),
                )
            ),
        ),
        label="Object Permissions",
        plural="Object Permissions",
    )


def field_permissions():
    return define(
        "FieldPermissions",
        "01k",
        (
            link("ParentId", "PermissionSet", nillable=False),
            text("SobjectType", 40, nillable=False),
            text("Field", 120, nillable=False),
            flag("PermissionsRead"),
            flag("PermissionsEdit"),
        ),
        label="Field Permissions",
        plural="Field Permissions",
    )


def platform_event_channel_member():
    """Of the Tooling API: an object that is selected for Change Data Capture."""
    return define(
        "PlatformEventChannelMember",
        "0v8",
        (
            text("DeveloperName", 80, nillable=False),
            text("EventChannel", 80, nillable=False),
            text("SelectedEntity", 80, nillable=False),
        ),
        label="Platform Event Channel Member",
        tooling=True,
        createable=False,
    )


def custom_field():
    """Of the Tooling API: not known to the data API."""
    return define(
        "CustomField",
        "00N",
        (
            text("DeveloperName", 40, nillable=False),
            text("NamespacePrefix", 15),
            text("TableEnumOrId", 40, nillable=False),
        ),
        label="Custom Field",
        tooling=True,
        createable=False,
    )
