# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""TaxRate → tax rate."""

from __future__ import annotations

from ....canonical import Money, TaxRate
from .common import head, money, number, part, text


def tax_rate(content: dict) -> TaxRate:
    """:raises Hold: ``malformed``, ``unknown_currency``"""
    # Nothing applies where Stripe Tax tells no percentage.
    percentage = content.get("percentage") or 0
    return TaxRate(
        **head(content),
        name=text(content, "display_name", "id"),
        percentage=number(percentage, f"percentage of {content['id']}"),
        flat_amount=_flat_amount(content),
        inclusive=bool(content.get("inclusive")),
        country=text(content, "country"),
        state=text(content, "state"),
        active=bool(content.get("active")),
    )


def _flat_amount(content: dict) -> Money | None:
    """Of fees on a delivery; all other rates are percentages."""
    if content.get("rate_type") != "flat_amount":
        return None
    currency = text(content["flat_amount"], "currency")
    amount = part(content, "flat_amount", "amount")
    return money(amount, currency, f"flat amount of {content['id']}")
