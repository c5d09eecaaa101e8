# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""TaxRate → tax rate."""

from __future__ import annotations

from ....canonical import Hold, TaxRate
from .common import head, number, text


def tax_rate(content: dict) -> TaxRate:
    """:raises Hold: ``flat_tax``"""
    if content.get("rate_type") == "flat_amount":
        raise Hold(
            "flat_tax",
            f"The tax rate {content['id']} is an amount, not a percentage.",
            "Create a tax of a fixed amount in Odoo and link it to this tax rate.",
        )
    return TaxRate(
        **head(content),
        name=text(content, "display_name", "id"),
        percentage=number(content["percentage"], f"percentage of {content['id']}"),
        inclusive=bool(content.get("inclusive")),
        country=text(content, "country"),
        state=text(content, "state"),
        active=bool(content.get("active")),
    )
