# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""OpportunityContactRole: who plays which part in a deal."""

from .field import choice, flag, link
from .sobject import define

ROLES = (
    *("Business User", "Decision Maker", "Economic Buyer", "Evaluator"),
    *("Executive Sponsor", "Influencer", "Technical Buyer", "Other"),
)


def opportunity_contact_role():
    return define(
        "OpportunityContactRole",
        "00K",
        (
            link(
                "OpportunityId",
                "Opportunity",
                children="OpportunityContactRoles",
                cascade=True,
                nillable=False,
                updateable=False,
            ),
            link(
                "ContactId",
                "Contact",
                children="OpportunityContactRoles",
                cascade=True,
                nillable=False,
            ),
            choice("Role", *ROLES, length=40),
            flag("IsPrimary"),
        ),
        label="Opportunity Contact Role",
        undeletable=False,
        searchable=False,
    )
