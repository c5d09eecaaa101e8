# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What part of a line's discounts and taxes goes with a part of its amount."""

from fractions import Fraction

from stripe_sim.money.rounding import half_up


def share(whole: int, before: int, now: int, amount: int, step: int = 1) -> int:
    """The part of `whole` that `now` of `amount` carries, `before` being credited.

    Reckoned on what is credited up to here, so that all parts add up to `whole` once
    the whole amount is credited.
    """
    if not amount:
        return 0
    upto = half_up(Fraction(whole * (before + now), amount), step)
    return upto - half_up(Fraction(whole * before, amount), step)
