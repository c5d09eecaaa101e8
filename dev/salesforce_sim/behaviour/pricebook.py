# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products and price book entries."""

from __future__ import annotations

from ..errors import ApiError


class Product:
    """Entries repeat their product's name and code."""

    @staticmethod
    def before(org, before, row: dict) -> dict:
        return row

    @staticmethod
    def after(org, before, row) -> None:
        if row is None:
            return
        for entry in org.store.children("PricebookEntry", "Product2Id", row["Id"]):
            org.store.put("PricebookEntry", {**entry, **copied(row)})


class Entry:
    """A product has one entry per book and currency, the standard one first."""

    @staticmethod
    def before(org, before, row: dict) -> dict:
        row.update(copied(org.store.get("Product2", row["Product2Id"])))
        if before is None:
            _check_new(org, row)
        if row.get("UseStandardPrice"):
            row["UnitPrice"] = _standard(org, row)["UnitPrice"]
        return row

    @staticmethod
    def after(org, before, row) -> None:
        """Lines keep the prices that they were made with."""


def copied(product: dict) -> dict:
    return {"Name": product["Name"], "ProductCode": product.get("ProductCode")}


def _siblings(org, row: dict) -> list[dict]:
    entries = org.store.children("PricebookEntry", "Product2Id", row["Product2Id"])
    currency = row.get("CurrencyIsoCode")
    return [entry for entry in entries if entry.get("CurrencyIsoCode") == currency]


def _standard(org, row: dict) -> dict | None:
    for entry in _siblings(org, row):
        if org.store.get("Pricebook2", entry["Pricebook2Id"])["IsStandard"]:
            return entry
    return None


def _check_new(org, row: dict) -> None:
    book = org.store.get("Pricebook2", row["Pricebook2Id"])
    if any(item["Pricebook2Id"] == book["Id"] for item in _siblings(org, row)):
        raise ApiError(
            "DUPLICATE_VALUE", "This price definition already exists in this price book"
        )
    if not book["IsStandard"] and not _standard(org, row):
        raise ApiError(
            "STANDARD_PRICE_NOT_DEFINED",
            "Before creating a custom price, create a standard price.",
        )
