# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Orders and their items."""

from __future__ import annotations

from .prices import subtotal, take_entry, total
from .rollup import refresh


class Header:
    @staticmethod
    def before(org, before, row: dict) -> dict:
        items = org.store.children("OrderItem", "OrderId", row["Id"])
        row["TotalAmount"] = total(items, "TotalPrice")
        return row

    @staticmethod
    def after(org, before, row) -> None:
        """The header rolls up to nothing."""


class Line:
    @staticmethod
    def before(org, before, row: dict) -> dict:
        header = org.store.get("Order", row["OrderId"])
        take_entry(org, row, header, "order")
        if row.get("UnitPrice") is None:
            row["UnitPrice"] = row["ListPrice"]
        row["TotalPrice"] = subtotal(row)
        return row

    @staticmethod
    def after(org, before, row) -> None:
        refresh(org, "Order", (row or before)["OrderId"], Header.before)
