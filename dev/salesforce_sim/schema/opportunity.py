# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opportunity, its stages and the custom fields that quote to cash writes back to."""

from .field import (
    READ_ONLY,
    area,
    choice,
    day,
    flag,
    link,
    money,
    number,
    percent,
    text,
)
from .field import Field as F
from .sobject import define

#: stage: (closed, won, default probability in percent), as in a new organisation
STAGES = {
    "Prospecting": (False, False, 10),
    "Qualification": (False, False, 10),
    "Needs Analysis": (False, False, 20),
    "Value Proposition": (False, False, 50),
    "Id. Decision Makers": (False, False, 60),
    "Perception Analysis": (False, False, 70),
    "Proposal/Price Quote": (False, False, 75),
    "Negotiation/Review": (False, False, 90),
    "Closed Won": (True, True, 100),
    "Closed Lost": (True, False, 0),
}
TYPES = (
    "Existing Customer - Upgrade",
    "Existing Customer - Replacement",
    "Existing Customer - Downgrade",
    "New Customer",
)


def opportunity():
    return define(
        "Opportunity",
        "006",
        (
            link("AccountId", "Account", children="Opportunities", cascade=True),
            link("RecordTypeId", "RecordType"),
            flag("IsPrivate"),
            text("Name", 120, nillable=False, name_field=True),
            area("Description"),
            choice("StageName", *STAGES, nillable=False),
            money("Amount"),
            percent("Probability", 3, 0),
            money("ExpectedRevenue", derived=True, **READ_ONLY),
            number("TotalOpportunityQuantity"),
            day("CloseDate", nillable=False),
            choice("Type", *TYPES),
            text("NextStep", 255),
            choice("LeadSource", "Web", "Phone Inquiry", "Partner Referral", "Other"),
            flag("IsClosed", derived=True, **READ_ONLY),
            flag("IsWon", derived=True, **READ_ONLY),
            flag("HasOpportunityLineItem", derived=True, **READ_ONLY),
            link("Pricebook2Id", "Pricebook2", "Pricebook2"),
            link("OwnerId", "User", nillable=False, default=""),
            F("FiscalYear", "int", precision=8, derived=True, **READ_ONLY),
            F("FiscalQuarter", "int", precision=8, derived=True, **READ_ONLY),
            link("ContactId", "Contact", None, updateable=False),
            link("SyncedQuoteId", "Quote", "SyncedQuote", createable=False),
            link("ContractId", "Contract"),
            text("Q2C_Order_Number__c", 80),
            text("Q2C_Order_Status__c", 80),
            text("Q2C_Subscription_Status__c", 80),
            text("Q2C_Invoice_Number__c", 80),
            text("Q2C_Invoice_Status__c", 80),
            text("Q2C_Payment_Status__c", 80),
            money("Q2C_Amount_Paid__c"),
            money("Q2C_Amount_Due__c"),
            day("Q2C_Billing_Start__c"),
        ),
        plural="Opportunities",
    )
