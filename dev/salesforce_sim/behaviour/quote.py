# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Quotes and their lines."""

from __future__ import annotations

from .prices import CENT, ZERO, discounted, subtotal, take_entry, total
from .rollup import refresh


class Header:
    @staticmethod
    def before(org, before, row: dict) -> dict:
        deal = org.store.get("Opportunity", row["OpportunityId"])
        row["AccountId"] = deal.get("AccountId")
        row["IsSyncing"] = deal.get("SyncedQuoteId") == row["Id"]
        lines = org.store.children("QuoteLineItem", "QuoteId", row["Id"])
        gross, net = total(lines, "Subtotal"), total(lines, "TotalPrice")
        row["Subtotal"], row["TotalPrice"] = gross, net
        row["Discount"] = (
            ((gross - net) * 100 / gross).quantize(CENT) if gross else ZERO
        )
        extra = (row.get("Tax") or ZERO) + (row.get("ShippingHandling") or ZERO)
        row["GrandTotal"] = net + extra
        return row

    @staticmethod
    def after(org, before, row) -> None:
        """The header rolls up to nothing."""


class Line:
    @staticmethod
    def before(org, before, row: dict) -> dict:
        header = org.store.get("Quote", row["QuoteId"])
        take_entry(org, row, header, "quote")
        if row.get("UnitPrice") is None:
            row["UnitPrice"] = row["ListPrice"]
        row["Subtotal"], row["TotalPrice"] = subtotal(row), discounted(row)
        return row

    @staticmethod
    def after(org, before, row) -> None:
        refresh(org, "Quote", (row or before)["QuoteId"], Header.before)
