# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What quantities cost where a price has no one amount per unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# How the tiers of a price are read, Stripe's words (price.tiers_mode): each unit costs
# what its own tier says, or all units what the tier of the last one says.
GRADUATED, VOLUME = "graduated", "volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Up to and including the unit ``up_to`` (None: all that follow). ``unit_amount``
    for each unit, ``flat_amount`` for the tier itself, both in minor units."""

    up_to: int | None
    unit_amount: Decimal = Decimal(0)
    flat_amount: Decimal = Decimal(0)

    def cost(self, units: Decimal) -> Decimal:
        return self.flat_amount + units * self.unit_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """``amount`` minor units for each ``size`` units. What is left over is one more
    package, or none where it is rounded ``down``."""

    size: int
    amount: Decimal
    rounding: str = "up"

    def cost(self, quantity: Decimal) -> Decimal:
        whole, rest = divmod(quantity, self.size)
        return self.amount * (whole + (1 if rest and self.rounding == "up" else 0))


def tiered_cost(tiers: tuple[Tier, ...], mode: str, quantity: Decimal) -> Decimal:
    """Minor units of ``quantity`` units, before anybody rounds."""
    return (
        _graduated(tiers, quantity) if mode == GRADUATED else _volume(tiers, quantity)
    )


def _volume(tiers: tuple[Tier, ...], quantity: Decimal) -> Decimal:
    for tier in tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            return tier.cost(quantity)
    return tiers[-1].cost(quantity)


def _graduated(tiers: tuple[Tier, ...], quantity: Decimal) -> Decimal:
    """The first tier's flat amount is due even for nothing; of the others only those
    are that the quantity reaches."""
    cost, below = Decimal(0), Decimal(0)
    for place, tier in enumerate(tiers):
        if place and quantity <= below:
            break
        end = quantity if tier.up_to is None else min(quantity, Decimal(tier.up_to))
        cost += tier.cost(end - below)
        below = end if tier.up_to is None else Decimal(tier.up_to)
    return cost
