# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the line items of opportunities, quotes and orders have in common."""

from __future__ import annotations

from .field import READ_ONLY, Field, area, link, money, number, percent, text


def priced_line(discounts=True) -> tuple[Field, ...]:
    """Entry, product, quantity and prices; ``Discount`` is in percent."""
    discount = (percent("Discount", 5, 2),) if discounts else ()
    return (
        link("PricebookEntryId", "PricebookEntry", updateable=False, nillable=False),
        link("Product2Id", "Product2", "Product2", derived=True, **READ_ONLY),
        number("Quantity", nillable=False),
        money("UnitPrice"),
        money("ListPrice", derived=True, **READ_ONLY),
        *discount,
        area("Description", 255),
    )


def named_line() -> tuple[Field, ...]:
    """The two texts that opportunity lines copy from their product."""
    return (
        text("ProductCode", 255, derived=True, **READ_ONLY),
        text("Name", 376, name_field=True, derived=True, **READ_ONLY),
    )
