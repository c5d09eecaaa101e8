# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""OpportunityLineItem: product, prices, and the deal's amount."""

from __future__ import annotations

from ..errors import ApiError
from . import opportunity
from .prices import discounted, rounded, subtotal, take_entry
from .rollup import refresh


def before(org, before, row: dict) -> dict:
    deal = org.store.get("Opportunity", row["OpportunityId"])
    take_entry(org, row, deal, "opportunity")
    product = org.store.get("Product2", row["Product2Id"])
    row["ProductCode"] = product.get("ProductCode")
    row["Name"] = f"{deal['Name']} {product['Name']}"
    _price(before, row)
    row["Subtotal"] = subtotal(row)
    row["TotalPrice"] = discounted(row)
    return row


def _price(before, row: dict) -> None:
    """A written total gives the unit price; unit price and total exclude each other."""
    old = before or {}
    total_given = row.get("TotalPrice") not in (None, old.get("TotalPrice"))
    price_given = row.get("UnitPrice") not in (None, old.get("UnitPrice"))
    if total_given and price_given:
        raise ApiError(
            "FIELD_INTEGRITY_EXCEPTION",
            "Only one of UnitPrice and TotalPrice may be specified",
            ("UnitPrice", "TotalPrice"),
        )
    if total_given and row["Quantity"]:
        row["UnitPrice"] = rounded(row["TotalPrice"] / row["Quantity"])
        row["Discount"] = None
    if row.get("UnitPrice") is None:
        row["UnitPrice"] = row["ListPrice"]


def after(org, before, row) -> None:
    deal_id = (row or before)["OpportunityId"]
    _assign_pricebook(org, row, deal_id)
    refresh(org, "Opportunity", deal_id, opportunity.before)


def _assign_pricebook(org, row, deal_id: str) -> None:
    """The first product decides the deal's price book."""
    deal = org.store.get("Opportunity", deal_id)
    if row and not deal.get("Pricebook2Id"):
        entry = org.store.get("PricebookEntry", row["PricebookEntryId"])
        org.store.put("Opportunity", {**deal, "Pricebook2Id": entry["Pricebook2Id"]})
