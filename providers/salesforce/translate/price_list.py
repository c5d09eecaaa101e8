# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pricebook2 → price list."""

from __future__ import annotations

from ....canonical import PriceList
from ..schema import Schema
from .common import head, reference, text


def price_list(record: dict, schema: Schema) -> PriceList:
    return PriceList(
        **head(record, "Pricebook2", schema),
        odoo_ref=reference(record, schema),
        name=text(record, "Name"),
        active=bool(record.get("IsActive")),
        standard=bool(record.get("IsStandard")),
    )
