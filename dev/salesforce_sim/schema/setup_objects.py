# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""User, Organization and RecordType: what the organisation itself consists of."""

from .field import READ_ONLY, choice, flag, link, text
from .field import Field as F
from .sobject import define


def user():
    return define(
        "User",
        "005",
        (
            text("Username", 80, nillable=False),
            text("LastName", 80, nillable=False),
            text("FirstName", 40),
            text("Name", 121, name_field=True, derived=True, **READ_ONLY),
            F("Email", "email", length=128, nillable=False),
            flag("IsActive", default=True),
            choice("UserType", "Standard", **READ_ONLY),
        ),
        deletable=False,
        undeletable=False,
    )


def organization():
    return define(
        "Organization",
        "00D",
        (
            text("Name", 80, name_field=True, nillable=False),
            flag("IsSandbox", **READ_ONLY),
            choice(
                "OrganizationType",
                "Developer Edition",
                "Enterprise Edition",
                "Unlimited Edition",
                **READ_ONLY,
            ),
            text("InstanceName", 5, **READ_ONLY),
            text("NamespacePrefix", 15, **READ_ONLY),
            text("Country", 80),
            choice("TimeZoneSidKey", "Europe/Brussels", "America/Los_Angeles"),
            choice("LanguageLocaleKey", "en_US"),
            choice("DefaultLocaleSidKey", "en_US", "fr_BE"),
        ),
        createable=False,
        deletable=False,
        undeletable=False,
    )


def record_type():
    return define(
        "RecordType",
        "012",
        (
            text("Name", 80, nillable=False, name_field=True),
            text("DeveloperName", 80, nillable=False),
            text("SobjectType", 40, nillable=False, updateable=False),
            flag("IsActive", default=True),
            flag("IsPersonType", **READ_ONLY),
            link("BusinessProcessId", (), None, **READ_ONLY),
        ),
        label="Record Type",
        deletable=False,
        undeletable=False,
    )
