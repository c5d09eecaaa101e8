# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contact."""

from .addresses import address
from .field import READ_ONLY, area, choice, link, text
from .field import Field as F
from .sobject import define

SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")


def contact():
    return define(
        "Contact",
        "003",
        (
            link("MasterRecordId", "Contact", **READ_ONLY),
            link("AccountId", "Account", children="Contacts", cascade=True),
            text("LastName", 80, nillable=False, compound="Name"),
            text("FirstName", 40, compound="Name"),
            choice("Salutation", *SALUTATIONS, length=40, compound="Name"),
            text("Name", 121, name_field=True, derived=True, **READ_ONLY),
            *address("Mailing"),
            F("Phone", "phone", length=40),
            F("MobilePhone", "phone", length=40),
            link("ReportsToId", "Contact"),
            F("Email", "email", length=80),
            text("Title", 128),
            text("Department", 80),
            area("Description"),
            link("OwnerId", "User", nillable=False, default=""),
        ),
        mergeable=True,
    )
