# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is sold, at what price, taxed and discounted how."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .document import Document, unique
from .money import UnitAmount
from .reference import Ref

# Billing intervals, Stripe's words (price.recurring.interval), and "one_time".
INTERVALS = ("one_time", "day", "week", "month", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Document):
    """Something sold. ``code`` is the SKU. ``interval`` is empty where the provider
    keeps the billing interval on the price instead."""

    KIND = "product"

    name: str
    code: str = ""
    description: str = ""
    active: bool = True
    interval: str = ""
    interval_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Document):
    """A unit price of a product. ``interval``: one of INTERVALS.

    ``unit_amount`` is None for a price without one flat amount (tiers, packages).
    ``inclusive``: the amount contains its taxes (Stripe's tax_behavior).
    """

    KIND = "price"

    product_id: str
    unit_amount: UnitAmount | None
    currency: str
    interval: str = "one_time"
    interval_count: int = 1
    inclusive: bool = False
    active: bool = True

    def dependencies(self) -> tuple[Ref, ...]:
        return unique([Ref("product", self.product_id)])


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate(Document):
    """A tax in percent (19 for 19 %). ``inclusive``: contained in the amounts."""

    KIND = "tax_rate"

    name: str
    percentage: Decimal
    inclusive: bool = False
    country: str = ""
    state: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon(Document):
    """A discount for the life of a subscription, in percent (10 for 10 %)."""

    KIND = "coupon"

    name: str
    percent_off: Decimal
