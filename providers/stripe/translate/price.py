# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Price → price."""

from __future__ import annotations

from decimal import Decimal

from ....canonical import Hold, Package, Price, Tier
from .. import metadata
from .common import flat_decimal, head, identifier, number, part, text, unit_amount


def price(content: dict) -> Price:
    """Of a price, or of a plan as they were before prices.

    :raises Hold: ``malformed``, ``incomplete_list``
    """
    currency = text(content, "currency").upper()
    interval, count = recurrence(content)
    return Price(
        **head(content),
        metadata=metadata.foreign(content),
        product_id=identifier(content.get("product")),
        unit_amount=unit_amount(content, currency),
        tiers=_tiers(content),
        tiers_mode=text(content, "tiers_mode"),
        package=_package(content),
        currency=currency,
        interval=interval or "one_time",
        interval_count=count,
        metered=_usage_type(content) == "metered",
        inclusive=content.get("tax_behavior") == "inclusive",
        active=bool(content.get("active")),
    )


def recurrence(content: dict) -> tuple[str, int]:
    """Interval and count; empty for what is billed once."""
    recurring = part(content, "recurring")
    where = recurring if isinstance(recurring, dict) else content
    return text(where, "interval"), int(where.get("interval_count") or 1)


def has_unknown_tiers(content: dict) -> bool:
    """Whether it has tiers that are not told: only who asks for them gets them."""
    return content.get("billing_scheme") == "tiered" and not content.get("tiers")


def _usage_type(content: dict) -> str:
    return text(content, "usage_type") or text(
        part(content, "recurring") or {}, "usage_type"
    )


def _tiers(content: dict) -> tuple[Tier, ...]:
    if has_unknown_tiers(content):
        raise Hold(
            "incomplete_list",
            f"The tiers of the price {content['id']} are not known.",
            "Retry: they are read from Stripe.",
        )
    return tuple(_tier(content, tier) for tier in content.get("tiers") or [])


def _tier(content: dict, tier: dict) -> Tier:
    """Of a plan of old the amounts are ``amount`` and ``flat_amount``."""
    return Tier(
        up_to=tier.get("up_to"),
        unit_amount=_amount(content, tier, "unit_amount", "amount"),
        flat_amount=_amount(content, tier, "flat_amount"),
    )


def _amount(content: dict, tier: dict, *names: str) -> Decimal:
    for name in names:
        for field in (f"{name}_decimal", name):
            if tier.get(field) is not None:
                return number(tier[field], f"{field} of a tier of {content['id']}")
    return Decimal(0)


def _package(content: dict) -> Package | None:
    """A plan of old says ``transform_usage``."""
    transform = content.get("transform_quantity") or content.get("transform_usage")
    amount = flat_decimal(content)
    if not transform or amount is None:
        return None
    return Package(
        size=int(transform["divide_by"]),
        amount=amount,
        rounding=text(transform, "round") or "up",
    )
