# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is sold, at what price, taxed and discounted how."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .document import Document, unique
from .money import Money, UnitAmount
from .pricing import Package, Tier, tiered_cost
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
    default_price_id: str = ""

    def figures(self) -> dict[str, Any]:
        """What the catalogue is compared with."""
        return {
            "name": self.name,
            "code": self.code,
            "active": self.active and not self.deleted,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList(Document):
    """A list of prices, in one or several currencies. ``standard``: it holds the price
    of each product that other lists depart from."""

    KIND = "price_list"

    name: str
    active: bool = True
    standard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Document):
    """A price of a product. ``interval``: one of INTERVALS.

    ``price_list_id``: of the list that it is an entry of, whose amount may change;
    empty where prices stand alone, and another amount is another price.
    ``lookup_key``: a name that leads to the price that is on sale now.

    ``unit_amount`` is None for a price without one flat amount per unit: it has
    ``tiers``, read as ``tiers_mode`` says, or a ``package``, or neither where the
    customer chooses the amount. ``inclusive``: the amount contains its taxes (Stripe's
    tax_behavior). ``metered``: the quantity is what was used in the period.
    """

    KIND = "price"

    product_id: str
    unit_amount: UnitAmount | None
    tiers: tuple[Tier, ...] = ()
    tiers_mode: str = ""
    package: Package | None = None
    currency: str
    interval: str = "one_time"
    interval_count: int = 1
    metered: bool = False
    inclusive: bool = False
    active: bool = True
    price_list_id: str = ""
    lookup_key: str = ""

    def dependencies(self) -> tuple[Ref, ...]:
        needed = Ref("product", self.product_id), Ref("price_list", self.price_list_id)
        return unique(list(needed))

    def figures(self) -> dict[str, Any]:
        """What the catalogue is compared with; the amount in major units, as text, for
        it may be finer than a minor unit."""
        amount = self.unit_amount
        return {
            "amount": None if amount is None else f"{amount.major.normalize():f}",
            "currency": self.currency,
            "interval": self.interval,
            "interval_count": self.interval_count,
            "metered": self.metered,
            "active": self.active and not self.deleted,
        }

    def cost(self, quantity: Decimal) -> Decimal | None:
        """Minor units of ``quantity`` units, which may have a fraction; None where the
        price does not say."""
        if self.unit_amount is not None:
            return quantity * self.unit_amount.amount
        if self.package is not None:
            return self.package.cost(quantity)
        if self.tiers:
            return tiered_cost(self.tiers, self.tiers_mode, quantity)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate(Document):
    """A tax in percent (19 for 19 %), or of a fixed amount. ``inclusive``: contained in
    the amounts."""

    KIND = "tax_rate"

    name: str
    percentage: Decimal
    flat_amount: Money | None = None
    inclusive: bool = False
    country: str = ""
    state: str = ""
    active: bool = True


# How long a coupon takes something off, Stripe's words (coupon.duration).
DURATIONS = ("once", "repeating", "forever")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon(Document):
    """Takes off ``percent_off`` (10 for 10 %) or ``amount_off``, the other is None.

    ``duration``: one of DURATIONS, "repeating" for ``months``. ``products``: ids of
    those that it is for; empty for all.
    """

    KIND = "coupon"

    name: str
    percent_off: Decimal | None = None
    amount_off: Money | None = None
    duration: str = "forever"
    months: int = 0
    products: tuple[str, ...] = ()

    def dependencies(self) -> tuple[Ref, ...]:
        return unique([Ref("product", product) for product in self.products])
