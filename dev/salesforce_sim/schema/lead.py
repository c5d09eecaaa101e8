# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lead."""

from .addresses import address
from .contact import SALUTATIONS
from .field import READ_ONLY, area, choice, flag, link, text
from .field import Field as F
from .sobject import define

STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
#: the status that conversion gives
CONVERTED = "Closed - Converted"


def lead():
    return define(
        "Lead",
        "00Q",
        (
            link("MasterRecordId", "Lead", **READ_ONLY),
            text("LastName", 80, nillable=False, compound="Name"),
            text("FirstName", 40, compound="Name"),
            choice("Salutation", *SALUTATIONS, length=40, compound="Name"),
            text("Name", 121, name_field=True, derived=True, **READ_ONLY),
            text("Title", 128),
            text("Company", 255, nillable=False),
            *address(""),
            F("Phone", "phone", length=40),
            F("MobilePhone", "phone", length=40),
            F("Email", "email", length=80),
            F("Website", "url", length=255),
            area("Description"),
            choice("LeadSource", "Web", "Phone Inquiry", "Partner Referral", "Other"),
            choice("Status", *STATUSES, CONVERTED, nillable=False, default=STATUSES[0]),
            link("OwnerId", "User", nillable=False, default=""),
            flag("IsConverted", **READ_ONLY),
            F("ConvertedDate", "date", **READ_ONLY),
            link("ConvertedAccountId", "Account", **READ_ONLY),
            link("ConvertedContactId", "Contact", **READ_ONLY),
            link("ConvertedOpportunityId", "Opportunity", **READ_ONLY),
        ),
        mergeable=True,
    )
