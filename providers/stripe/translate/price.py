# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Price → price."""

from __future__ import annotations

from ....canonical import Price
from .common import head, identifier, part, text, unit_amount


def price(content: dict) -> Price:
    """Of a price, or of a plan as they were before prices."""
    currency = text(content, "currency").upper()
    interval, count = recurrence(content)
    return Price(
        **head(content),
        product_id=identifier(content.get("product")),
        unit_amount=unit_amount(content, currency),
        currency=currency,
        interval=interval or "one_time",
        interval_count=count,
        inclusive=content.get("tax_behavior") == "inclusive",
        active=bool(content.get("active")),
    )


def recurrence(content: dict) -> tuple[str, int]:
    """Interval and count; empty for what is billed once."""
    recurring = part(content, "recurring")
    where = recurring if isinstance(recurring, dict) else content
    return text(where, "interval"), int(where.get("interval_count") or 1)
