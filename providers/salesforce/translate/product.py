# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Product2 → product."""

from __future__ import annotations

from ....canonical import Product
from ..schema import Schema
from .common import head, reference, text
from .interval import interval_of


def product(record: dict, schema: Schema) -> Product:
    """:raises Hold: ``unknown_billing_interval``"""
    name = text(record, "Name")
    word = text(record, schema.billing_interval) if schema.billing_interval else ""
    interval, count = interval_of(word, f"the product {name}")
    return Product(
        **head(record, "Product2", schema),
        odoo_ref=reference(record, schema),
        name=name,
        code=text(record, "ProductCode", "StockKeepingUnit"),
        description=text(record, "Description"),
        active=bool(record.get("IsActive")),
        interval=interval,
        interval_count=count,
    )
