# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Quote and QuoteLineItem."""

from .addresses import address
from .field import READ_ONLY, area, choice, day, flag, link, money, percent, text
from .field import Field as F
from .priced_lines import priced_line
from .sobject import define

STATUSES = (
    *("Draft", "Needs Review", "In Review", "Approved", "Rejected", "Presented"),
    *("Accepted", "Denied"),
)


def quote():
    return define(
        "Quote",
        "0Q0",
        (
            text("QuoteNumber", 30, auto_number=True, **READ_ONLY),
            text("Name", 255, nillable=False, name_field=True),
            link(
                "OpportunityId",
                "Opportunity",
                children="Quotes",
                cascade=True,
                nillable=False,
                updateable=False,
            ),
            link("AccountId", "Account", derived=True, **READ_ONLY),
            link("ContactId", "Contact"),
            link("Pricebook2Id", "Pricebook2", "Pricebook2"),
            choice("Status", *STATUSES),
            flag("IsSyncing", derived=True, **READ_ONLY),
            day("ExpirationDate"),
            area("Description"),
            *address("Billing"),
            money("Subtotal", derived=True, **READ_ONLY),
            percent("Discount", derived=True, **READ_ONLY),
            money("TotalPrice", derived=True, **READ_ONLY),
            money("Tax"),
            money("ShippingHandling"),
            money("GrandTotal", derived=True, **READ_ONLY),
            link("OwnerId", "User", nillable=False, default=""),
        ),
    )


def quote_line_item():
    return define(
        "QuoteLineItem",
        "0QL",
        (
            text("LineNumber", 30, auto_number=True, name_field=True, **READ_ONLY),
            link(
                "QuoteId",
                "Quote",
                children="QuoteLineItems",
                cascade=True,
                nillable=False,
                updateable=False,
            ),
            link("OpportunityLineItemId", "OpportunityLineItem"),
            F("SortOrder", "int", precision=8),
            *priced_line(),
            money("Subtotal", derived=True, **READ_ONLY),
            money("TotalPrice", derived=True, **READ_ONLY),
            day("ServiceDate"),
        ),
        label="Quote Line Item",
    )
