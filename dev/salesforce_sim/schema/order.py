# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Order and OrderItem."""

from .addresses import address
from .field import READ_ONLY, area, choice, day, link, money, text
from .priced_lines import priced_line
from .sobject import define


def order():
    return define(
        "Order",
        "801",
        (
            text("OrderNumber", 30, auto_number=True, name_field=True, **READ_ONLY),
            text("Name", 80),
            link("AccountId", "Account", children="Orders", nillable=False),
            link("OpportunityId", "Opportunity", children="Orders"),
            link("QuoteId", "Quote", children="Orders"),
            link("ContractId", "Contract", children="Orders"),
            link("Pricebook2Id", "Pricebook2", "Pricebook2"),
            day("EffectiveDate", nillable=False),
            day("EndDate"),
            choice("Status", "Draft", "Activated", nillable=False),
            choice("Type"),
            text("PoNumber", 80),
            area("Description"),
            *address("Billing"),
            *address("Shipping"),
            money("TotalAmount", derived=True, **READ_ONLY),
            link("OwnerId", "User", nillable=False, default=""),
        ),
    )


def order_item():
    return define(
        "OrderItem",
        "802",
        (
            text("OrderItemNumber", 30, auto_number=True, name_field=True, **READ_ONLY),
            link(
                "OrderId",
                "Order",
                children="OrderItems",
                cascade=True,
                nillable=False,
                updateable=False,
            ),
            link("QuoteLineItemId", "QuoteLineItem"),
            *priced_line(discounts=False),
            money("TotalPrice", derived=True, **READ_ONLY),
            day("ServiceDate"),
            day("EndDate"),
        ),
        label="Order Product",
    )
