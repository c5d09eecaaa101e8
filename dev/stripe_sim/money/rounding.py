# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rounding to whole minor units: half up, and shares that add up."""

import math
from decimal import Decimal
from fractions import Fraction


def half_up(exact, step: int = 1) -> int:
    """The nearest multiple of `step`; a half goes away from zero."""
    units = Fraction(exact) / step
    rounded = math.floor(abs(units) + Fraction(1, 2))
    return step * (rounded if units >= 0 else -rounded)


def spread(total: int, exact: list, step: int = 1) -> list[int]:
    """Whole shares near their `exact` values that add up to `total`.

    Each is rounded down; what is missing goes, step by step, to those that lost
    the largest remainder, the first among equals.
    """
    shares = [math.floor(Fraction(value) / step) * step for value in exact]
    lost = [Fraction(value) - share for value, share in zip(exact, shares, strict=True)]
    order = sorted(range(len(exact)), key=lambda place: (-lost[place], place))
    missing = (total - sum(shares)) // step
    for turn in range(missing):
        shares[order[turn % len(order)]] += step
    return shares


def plain_number(text: str | None):
    """A decimal for JSON: 19 rather than 19.0, and 8.875 as it is."""
    if text is None:
        return None
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
