# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Account, with the custom fields that quote to cash writes back to."""

from dataclasses import replace

from .addresses import address
from .field import READ_ONLY, area, choice, flag, link, money, text
from .field import Field as F
from .sobject import define

TYPES = (
    *("Prospect", "Customer - Direct", "Customer - Channel"),
    *("Channel Partner / Reseller", "Installation Partner", "Technology Partner"),
    "Other",
)
INDUSTRIES = (
    *("Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals"),
    *("Communications", "Construction", "Consulting", "Education", "Electronics"),
    *("Energy", "Engineering", "Entertainment", "Environmental", "Finance"),
    *("Food & Beverage", "Government", "Healthcare", "Hospitality", "Insurance"),
    *("Machinery", "Manufacturing", "Media", "Not For Profit", "Recreation"),
    *("Retail", "Shipping", "Technology", "Telecommunications", "Transportation"),
    *("Utilities", "Other"),
)


NAME = text("Name", 255, nillable=False, name_field=True, compound="Name")
#: where Person Accounts are on, the name may follow from first and last name
PERSON_NAME = replace(NAME, nillable=True)
#: what Account gains then
PERSON_FIELDS = (
    flag("IsPersonAccount", **READ_ONLY),
    text("FirstName", 40, compound="Name"),
    text("LastName", 80, compound="Name"),
    F("PersonEmail", "email", length=80),
    F("PersonMobilePhone", "phone", length=40),
    text("PersonTitle", 80),
    link("PersonContactId", "Contact", **READ_ONLY),
)
PERSON_CONTACT_FIELDS = (flag("IsPersonAccount", **READ_ONLY),)


def account():
    return define(
        "Account",
        "001",
        (
            link("MasterRecordId", "Account", **READ_ONLY),
            NAME,
            choice("Type", *TYPES, length=40),
            link("RecordTypeId", "RecordType"),
            link("ParentId", "Account", children="ChildAccounts"),
            *address("Billing"),
            *address("Shipping"),
            F("Phone", "phone", length=40),
            F("Fax", "phone", length=40),
            text("AccountNumber", 40),
            F("Website", "url", length=255),
            choice("Industry", *INDUSTRIES, length=40),
            money("AnnualRevenue", scale=0),
            F("NumberOfEmployees", "int", precision=8),
            area("Description"),
            link("OwnerId", "User", nillable=False, default=""),
            choice("AccountSource", "Web", "Phone Inquiry", "Partner Referral"),
            text("Q2C_Account_Status__c", 80),
            text("Q2C_Odoo_Id__c", 64, external_id=True, unique=True),
            text("Q2C_Invoice_Status__c", 80),
            text("Q2C_Payment_Status__c", 80),
            money("Q2C_Amount_Due__c"),
            money("Q2C_Amount_Paid__c"),
        ),
        mergeable=True,
    )
