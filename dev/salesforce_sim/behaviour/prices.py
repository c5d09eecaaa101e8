# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Amounts of line items. All are Decimal in the record's currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ..errors import ApiError

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def take_entry(org, row: dict, header: dict, header_name: str) -> None:
    """Fill in what a line copies from its price book entry.

    Raises ApiError if the entry is inactive or of another book than the header's.
    """
    entry = org.store.get("PricebookEntry", row["PricebookEntryId"])
    if not entry["IsActive"]:
        raise ApiError(
            "FIELD_INTEGRITY_EXCEPTION",
            "The pricebook entry is inactive",
            ("PricebookEntryId",),
        )
    book = header.get("Pricebook2Id")
    if book and book != entry["Pricebook2Id"]:
        raise ApiError(
            "FIELD_INTEGRITY_EXCEPTION",
            "The pricebook entry is in a different pricebook than the one assigned"
            f" to the {header_name}",
            ("PricebookEntryId",),
        )
    check_currency(row, header, entry)
    row["Product2Id"] = entry["Product2Id"]
    row["ListPrice"] = entry["UnitPrice"]


def check_currency(row: dict, header: dict, entry: dict) -> None:
    if "CurrencyIsoCode" not in entry or "CurrencyIsoCode" not in header:
        return
    if entry["CurrencyIsoCode"] != header["CurrencyIsoCode"]:
        raise ApiError(
            "FIELD_INTEGRITY_EXCEPTION",
            "The currency of the pricebook entry must match that of its parent",
            ("PricebookEntryId",),
        )
    row["CurrencyIsoCode"] = header["CurrencyIsoCode"]


def subtotal(row: dict) -> Decimal:
    return rounded(row["UnitPrice"] * row["Quantity"])


def discounted(row: dict) -> Decimal:
    """Subtotal less the discount, which is in percent."""
    kept = Decimal(100) - (row.get("Discount") or ZERO)
    return rounded(row["UnitPrice"] * row["Quantity"] * kept / 100)


def total(rows, name: str) -> Decimal:
    return sum((row.get(name) or ZERO for row in rows), ZERO)
