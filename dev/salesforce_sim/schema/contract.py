# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contract."""

from .addresses import address
from .field import READ_ONLY, area, choice, day, link, text
from .field import Field as F
from .sobject import define

#: what a new organisation calls its statuses; each is its own category here
STATUSES = ("Draft", "In Approval Process", "Activated")


def contract():
    return define(
        "Contract",
        "800",
        (
            link("AccountId", "Account", children="Contracts", nillable=False),
            link("Pricebook2Id", "Pricebook2", "Pricebook2"),
            day("StartDate"),
            day("EndDate", derived=True, **READ_ONLY),
            *address("Billing"),
            F("ContractTerm", "int", precision=8),
            link("OwnerId", "User", nillable=False, default=""),
            choice("Status", *STATUSES, nillable=False, default=STATUSES[0]),
            choice("StatusCode", *STATUSES, derived=True, **READ_ONLY),
            area("Description"),
            text("ContractNumber", 30, auto_number=True, name_field=True, **READ_ONLY),
        ),
    )
