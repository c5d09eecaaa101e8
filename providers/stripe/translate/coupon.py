# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Coupon → coupon."""

from __future__ import annotations

from decimal import Decimal

from ....canonical import Coupon, Hold, Money
from .common import head, identifier, money, number, part, text


def coupon(content: dict) -> Coupon:
    """:raises Hold: ``malformed``, ``unknown_currency``"""
    common = head(content)
    percent, amount = _percent_off(content), _amount_off(content)
    if percent is None and amount is None and not common["deleted"]:
        raise Hold(
            "malformed",
            f"The coupon {content['id']} takes off neither a percentage nor an amount.",
            "Check it in Stripe; retry reads it again.",
        )
    products = part(content, "applies_to", "products") or []
    return Coupon(
        **common,
        name=text(content, "name", "id"),
        percent_off=percent,
        amount_off=amount,
        duration=text(content, "duration") or "forever",
        months=int(content.get("duration_in_months") or 0),
        products=tuple(identifier(product) for product in products),
    )


def _percent_off(content: dict) -> Decimal | None:
    percent = content.get("percent_off")
    if percent is None:
        return None
    return number(percent, f"percent_off of {content['id']}")


def _amount_off(content: dict) -> Money | None:
    amount = content.get("amount_off")
    if amount is None:
        return None
    currency = text(content, "currency")
    return money(amount, currency, f"amount_off of {content['id']}")
