# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a quantity of a price costs, and how a line words it."""

from decimal import Decimal

from stripe_sim.money.currencies import THREE_DECIMAL, ZERO_DECIMAL
from stripe_sim.money.rounding import half_up


def line_amount(price: dict, quantity: int) -> int:
    """Minor units of `quantity` units, a fraction of a unit rounded half up."""
    return half_up(Decimal(price["unit_amount_decimal"]) * quantity)


def item_description(world, item: dict) -> str:
    """As Stripe words it: `2 × Seat (at 0.00 / month)`."""
    price = world.store.find("price", item["price"])
    name = world.store.find("product", price["product"])["name"]
    recurring = price["recurring"]
    every = recurring["interval"]
    if recurring["interval_count"] > 1:
        every = f"every {recurring['interval_count']} {every}s"
    amount = _readable(price["unit_amount_decimal"], price["currency"])
    return f"{item['quantity']} × {name} (at {amount} / {every})"


def _readable(text: str, currency: str) -> str:
    if currency in ZERO_DECIMAL:
        digits = 0
    else:
        digits = 3 if currency in THREE_DECIMAL else 2
    return f"{Decimal(text).scaleb(-digits):.{digits}f} {currency.upper()}"
