# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Recurring contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .document import Document, unique
from .money import UnitAmount
from .reference import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A coupon at work on an item or on a whole subscription, from ``starts_at`` until
    ``ends_at`` (aware, UTC; None: as long as the coupon says). ``promotion_code``: what
    the customer entered to get it, its id where the code is not told."""

    coupon_id: str
    promotion_code: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionItem:
    """``period_start``/``period_end``: the current service period (aware, UTC).
    ``discounts``: the item's own; ``tax_rates``: ids of tax rates."""

    id: str = ""
    price_id: str
    product_id: str = ""
    quantity: Decimal = Decimal(1)
    unit_amount: UnitAmount | None = None
    interval: str = ""
    interval_count: int = 1
    period_start: datetime | None = None
    period_end: datetime | None = None
    discounts: tuple[Discount, ...] = ()
    tax_rates: tuple[str, ...] = ()
    # reference of the record that the item was made from ("<uuid>:<model>:<id>")
    odoo_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Document):
    """A recurring contract. ``status``: Stripe's words (incomplete, incomplete_expired,
    trialing, active, past_due, canceled, unpaid, paused).

    ``collection``: charge_automatically or send_invoice, the latter with
    ``days_until_due``.
    ``one_time``: items billed once, on the first invoice. ``discounts``: those of the
    whole, which are applied after the items' own.
    """

    KIND = "subscription"

    customer_id: str
    currency: str
    status: str = ""
    items: tuple[SubscriptionItem, ...]
    one_time: tuple[SubscriptionItem, ...] = ()
    discounts: tuple[Discount, ...] = ()
    collection: str = "charge_automatically"
    days_until_due: int | None = None
    automatic_tax: bool = False
    started_at: datetime | None = None
    cancel_at: datetime | None = None
    cancel_at_period_end: bool = False
    canceled_at: datetime | None = None
    ended_at: datetime | None = None
    # what the deal is called elsewhere, as found in the object's metadata
    opportunity_id: str = ""
    order_name: str = ""

    def dependencies(self) -> tuple[Ref, ...]:
        items = self.items + self.one_time
        owners = (*items, self)
        return unique(
            [Ref("customer", self.customer_id)]
            + [Ref("price", item.price_id) for item in items]
            + [
                Ref("coupon", discount.coupon_id)
                for owner in owners
                for discount in owner.discounts
            ]
        )
