# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Subscription → subscription."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ....canonical import Discount, Hold, Subscription, SubscriptionItem
from .. import metadata
from ..moment import parse_moment
from .common import entries, head, identifier, number, part, text, unit_amount
from .price import recurrence


def subscription(content: dict) -> Subscription:
    """:raises Hold: ``incomplete_list``"""
    currency = _currency(content)
    return Subscription(
        **head(content),
        customer_id=identifier(content.get("customer")),
        currency=currency,
        status=text(content, "status"),
        items=tuple(
            _item(content, entry, currency) for entry in entries(content, "items")
        ),
        discounts=_discounts(content),
        # Before 2019-10-17 it was called billing.
        collection=text(content, "collection_method", "billing")
        or "charge_automatically",
        days_until_due=content.get("days_until_due"),
        automatic_tax=bool(part(content, "automatic_tax", "enabled")),
        started_at=parse_moment(content.get("start_date") or content.get("start")),
        cancel_at=parse_moment(content.get("cancel_at")),
        cancel_at_period_end=bool(content.get("cancel_at_period_end")),
        canceled_at=parse_moment(content.get("canceled_at")),
        ended_at=parse_moment(content.get("ended_at")),
        opportunity_id=metadata.read(content, metadata.OPPORTUNITY),
        order_name=metadata.read(content, metadata.ORDER),
    )


def has_unknown_coupons(content: dict) -> bool:
    """Whether there are discounts of which only their own ids are known."""
    owners = [content, *(part(content, "items", "data") or [])]
    return any(
        isinstance(discount, str) for owner in owners for discount in _given(owner)
    )


def _item(subscription: dict, entry: dict, currency: str) -> SubscriptionItem:
    # Until 2025-03-31 all items shared the period of their subscription.
    period = entry if entry.get("current_period_start") else subscription
    price = entry.get("price") or entry.get("plan") or {}
    interval, count = recurrence(price)
    return SubscriptionItem(
        id=entry["id"],
        price_id=identifier(price),
        product_id=identifier(price.get("product")),
        quantity=_quantity(entry, price),
        unit_amount=unit_amount(price, currency),
        interval=interval,
        interval_count=count,
        period_start=parse_moment(period.get("current_period_start")),
        period_end=parse_moment(period.get("current_period_end")),
        discounts=_discounts(entry),
        tax_rates=_tax_rates(entry, subscription),
        odoo_ref=metadata.read(entry, metadata.ODOO_REF),
    )


def _currency(content: dict) -> str:
    """Subscriptions say theirs since 2021; before, their prices did."""
    code = text(content, "currency")
    for entry in entries(content, "items"):
        price = entry.get("price") or entry.get("plan") or {}
        code = code or text(price, "currency")
    return code.upper()


def _quantity(entry: dict, price: dict) -> Decimal:
    """Metered items have none: what will be used is not known."""
    quantity = entry.get("quantity")
    if quantity is None:
        metered = part(price, "recurring", "usage_type") == "metered"
        return Decimal(0 if metered else 1)
    return number(quantity, f"quantity of {entry['id']}")


def _discounts(owner: dict) -> tuple[Discount, ...]:
    """Of an item or of the whole subscription, in the order in which they are applied
    (https://docs.stripe.com/billing/subscriptions/coupons)."""
    return tuple(map(_discount, _given(owner)))


def _given(owner: dict) -> list:
    """Until 2024 there could be but one, under ``discount``."""
    several = owner.get("discounts") or []
    single = owner.get("discount")
    return list(several) or ([single] if single else [])


def _discount(content: Any) -> Discount:
    """Since 2025-09-30 a discount names its coupon under ``source``."""
    if isinstance(content, str):
        raise Hold(
            "incomplete_list",
            f"It is not known which coupon the discount {content} stands for.",
            "Retry: it is read from Stripe.",
        )
    coupon = part(content, "source", "coupon") or content.get("coupon")
    code = content.get("promotion_code")
    return Discount(
        coupon_id=identifier(coupon),
        promotion_code=text(code, "code") if isinstance(code, dict) else code or "",
        starts_at=parse_moment(content.get("start")),
        ends_at=parse_moment(content.get("end")),
    )


def _tax_rates(entry: dict, subscription: dict) -> tuple[str, ...]:
    rates = entry.get("tax_rates") or subscription.get("default_tax_rates") or []
    return tuple(identifier(rate) for rate in rates)
