# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Discounts, taxes and totals of an invoice, in whole minor units.

Order of computation (docs.stripe.com/billing/subscriptions/coupons, /tax/tax-rates and
/usage-based/billing-credits): discounts of a line, discounts of the invoice spread over
its lines, billing credits, then the taxes of each line. An inclusive tax is part of the
amount.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from stripe_sim.money.rounding import half_up, spread


@dataclass(frozen=True)
class Discount:
    id: str
    percent: Decimal | None = None
    amount: int | None = None
    products: frozenset = frozenset()

    def fits(self, line) -> bool:
        """A coupon may be for some products only."""
        return not self.products or line.product in self.products


@dataclass(frozen=True)
class Rate:
    id: str
    percent: Decimal
    inclusive: bool


@dataclass(frozen=True)
class Grant:
    """Billing credits: `left` of them, for lines that are billed by their use; `prices`
    are the ones that they are for, none for all."""

    id: str
    left: int
    prices: frozenset = frozenset()

    def fits(self, line) -> bool:
        return line.is_metered and (not self.prices or line.price in self.prices)


@dataclass
class Line:
    """`left` is what remains after discounts and billing credits; `credits` are those
    that were used, by grant; taxes are (rate, amount) pairs."""

    amount: int
    product: str = ""
    price: str = ""
    is_metered: bool = False
    discountable: bool = True
    discounts: tuple = ()
    rates: tuple = ()
    left: int = 0
    off: dict = field(default_factory=dict)
    credits: dict = field(default_factory=dict)
    taxes: list = field(default_factory=list)

    @property
    def included(self) -> int:
        return sum(amount for rate, amount in self.taxes if rate.inclusive)


@dataclass(frozen=True)
class Totals:
    subtotal: int
    subtotal_excluding_tax: int
    total_excluding_tax: int
    total: int


def compute(
    lines: list[Line], discounts: list[Discount], mode: str, step: int, grants=()
):
    """Fill the lines and give the totals. `mode`: see Settings.tax_rounding. `grants`:
    in the order in which they are used up."""
    for line in lines:
        line.left = line.amount
        for discount in line.discounts:
            _take_off([line] if discount.fits(line) else [], discount, step)
    subtotal = sum(line.left for line in lines)
    untaxed_subtotal = subtotal - sum(_included(line, step) for line in lines)
    for discount in discounts:
        fitting = [line for line in lines if line.discountable and discount.fits(line)]
        _take_off(fitting, discount, step)
    for grant in grants:
        _use(lines, grant)
    _tax(lines, mode, step)
    net = sum(line.left - line.included for line in lines)
    tax = sum(amount for line in lines for _rate, amount in line.taxes)
    return Totals(subtotal, untaxed_subtotal, net, net + tax)


def _take_off(lines: list[Line], discount: Discount, step: int) -> None:
    base = [max(line.left, 0) for line in lines]
    whole = sum(base)
    if not whole:
        return
    if discount.percent is not None:
        exact = [Fraction(each) * Fraction(discount.percent) / 100 for each in base]
        total = half_up(sum(exact), step)
    else:
        total = min(discount.amount, whole)
        exact = [Fraction(total * each, whole) for each in base]
    for line, share in zip(lines, spread(total, exact, step), strict=True):
        line.left -= share
        line.off[discount.id] = line.off.get(discount.id, 0) + share


def _use(lines: list[Line], grant: Grant) -> None:
    left = grant.left
    for line in lines:
        used = min(left, line.left) if grant.fits(line) else 0
        if used > 0:
            line.left -= used
            line.credits[grant.id] = used
            left -= used


def _exact_taxes(line: Line) -> list[tuple[Rate, Fraction]]:
    """Exclusive rates are reckoned on what the inclusive ones leave."""
    included = sum(Fraction(rate.percent) for rate in line.rates if rate.inclusive)
    net = Fraction(line.left) / (1 + included / 100)
    return [(rate, net * Fraction(rate.percent) / 100) for rate in line.rates]


def _included(line: Line, step: int) -> int:
    exact = sum(tax for rate, tax in _exact_taxes(line) if rate.inclusive)
    return half_up(exact, step)


def _tax(lines: list[Line], mode: str, step: int) -> None:
    by_rate: dict[Rate, list] = {}
    for line in lines:
        for rate, tax in _exact_taxes(line):
            by_rate.setdefault(rate, []).append((line, tax))
    for rate, shares in by_rate.items():
        exact = [tax for _line, tax in shares]
        if mode == "line":
            amounts = [half_up(tax, step) for tax in exact]
        else:
            amounts = spread(half_up(sum(exact), step), exact, step)
        for (line, _exact), amount in zip(shares, amounts, strict=True):
            line.taxes.append((rate, amount))
