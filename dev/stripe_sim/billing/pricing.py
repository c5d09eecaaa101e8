# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a quantity of a price costs, and how a line words it."""

from dataclasses import dataclass
from decimal import Decimal

from stripe_sim.money.currencies import THREE_DECIMAL, ZERO_DECIMAL
from stripe_sim.money.rounding import half_up


@dataclass(frozen=True)
class Charge:
    """One line's worth of a price: `exact` minor units for `quantity` units. `unit` is
    what one costs, None where there is no such amount; `words` names the tier."""

    quantity: int
    exact: Decimal
    unit: str | None
    words: str = ""


def charges(price: dict, quantity: int) -> list[Charge]:
    """A line for each tier that a quantity reaches, one line for all other prices
    (docs.stripe.com/products-prices/pricing-models)."""
    if price["tiers_mode"] == "graduated":
        return _graduated(price, quantity)
    if price["tiers_mode"] == "volume":
        return [_volume(price, quantity)]
    unit = price["unit_amount_decimal"]
    return [Charge(quantity, Decimal(unit) * _billed(price, quantity), unit)]


def line_amount(price: dict, quantity: int) -> int:
    """Minor units of `quantity` units, a fraction of a unit rounded half up."""
    return sum(half_up(charge.exact) for charge in charges(price, quantity))


def _billed(price: dict, quantity: int) -> int:
    """Packages in place of units, where the price is for packages."""
    package = price["transform_quantity"]
    if not package:
        return quantity
    whole, rest = divmod(quantity, package["divide_by"])
    return whole + (1 if rest and package["round"] == "up" else 0)


def _tier_cost(tier: dict, units: int) -> Decimal:
    flat = Decimal(tier["flat_amount_decimal"] or 0)
    return flat + units * Decimal(tier["unit_amount_decimal"] or 0)


def _graduated(price: dict, quantity: int) -> list[Charge]:
    """The first tier is there even for nothing."""
    found, first = [], 1
    for number, tier in enumerate(price["_tiers"], 1):
        if number > 1 and quantity < first:
            break
        last = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        units = last - first + 1
        words = "First" if number == 1 else "Next"
        if tier["up_to"] is None:
            words = f"{first} and above"
        else:
            words = f"{words} {tier['up_to'] - first + 1}"
        found.append(Charge(units, _tier_cost(tier, units), None, words))
        first = (tier["up_to"] or 0) + 1
    return found


def _volume(price: dict, quantity: int) -> Charge:
    for tier in price["_tiers"]:
        if tier["up_to"] is None or quantity <= tier["up_to"]:
            break
    return Charge(quantity, _tier_cost(tier, quantity), None, "Volume")


def item_description(world, item: dict, charge: Charge) -> str:
    """As Stripe words it: `2 × Seat (at 0.00 / month)`."""
    price = world.store.find("price", item["price"])
    name = world.store.find("product", price["product"])["name"]
    recurring = price["recurring"]
    every = recurring["interval"]
    if recurring["interval_count"] > 1:
        every = f"every {recurring['interval_count']} {every}s"
    if charge.unit is None:
        return f"{charge.quantity} × {name} ({charge.words} / {every})"
    amount = _readable(charge.unit, price["currency"])
    return f"{charge.quantity} × {name} (at {amount} / {every})"


def _readable(text: str, currency: str) -> str:
    if currency in ZERO_DECIMAL:
        digits = 0
    else:
        digits = 3 if currency in THREE_DECIMAL else 2
    return f"{Decimal(text).scaleb(-digits):.{digits}f} {currency.upper()}"
