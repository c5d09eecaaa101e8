# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 15: amounts in the steps that Stripe takes."""

from __future__ import annotations

from ....canonical import Hold, UnitAmount
from ....canonical.currency import step
from .common import decimal

# https://docs.stripe.com/api/prices/create (unit_amount_decimal)
MAX_DECIMALS = 12


def unit_amount(amount: UnitAmount | None) -> dict:
    """The one parameter that says it: ``unit_amount``, or ``unit_amount_decimal`` for
    what has a fraction of the minor unit.

    :raises Hold: ``no_flat_amount``, ``negative_price``, ``amount_too_fine``
    """
    if amount is None:
        raise Hold(
            "no_flat_amount",
            "The price has no flat amount per unit.",
            "Create prices with tiers or packages in Stripe; they are read from there.",
        )
    if amount.amount < 0:
        raise Hold(
            "negative_price",
            f"The price is {_shown(amount)}, but Stripe knows no negative prices.",
            "Use a discount or a credit note instead.",
        )
    _check_step(amount)
    if amount.is_whole:
        return {"unit_amount": int(amount.amount)}
    return {"unit_amount_decimal": decimal(amount.amount)}


def _check_step(amount: UnitAmount) -> None:
    smallest = step(amount.currency)
    if smallest > 1:
        fits = amount.amount % smallest == 0
    else:
        fits = -amount.amount.as_tuple().exponent <= MAX_DECIMALS
    if not fits:
        raise Hold(
            "amount_too_fine",
            f"The price {_shown(amount)} is finer than Stripe takes in this currency.",
            "Round the price.",
        )


def _shown(amount: UnitAmount) -> str:
    return f"{amount.major:f} {amount.currency}"
