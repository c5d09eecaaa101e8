# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Coupon → coupon."""

from __future__ import annotations

from decimal import Decimal

from ....canonical import Coupon, Hold
from .common import head, number, text


def coupon(content: dict) -> Coupon:
    """:raises Hold: ``fixed_amount_coupon``"""
    common = head(content)
    percent = content.get("percent_off")
    if percent is None and not common["deleted"]:
        raise Hold(
            "fixed_amount_coupon",
            f"The coupon {content['id']} takes off an amount, not a percentage.",
            "Skip the event: invoices bring the amounts that it takes off.",
        )
    return Coupon(
        **common,
        name=text(content, "name", "id"),
        percent_off=Decimal(0)
        if percent is None
        else number(percent, f"percent_off of {content['id']}"),
    )
