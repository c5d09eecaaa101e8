# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a deal and its order come to. Pure but for reading records."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


def shown(lines, currency):
    """(lowest, highest) sum, in major units, that the CRM can show for ``lines``
    (canonical.OrderLine), each rounded to the currency: they differ by what is exactly
    half a unit, which may go either way.
    """
    step = Decimal(repr(currency.rounding))
    totals = [_bounds(line, step) for line in lines]
    return sum(low for low, _high in totals), sum(high for _low, high in totals)


def _bounds(line, step):
    exact = line.quantity * line.unit_price.major * (1 - line.discount / HUNDRED) / step
    low, high = (exact.to_integral_value(way) for way in (ROUND_FLOOR, ROUND_CEILING))
    if exact - low != Decimal("0.5"):
        low = high = exact.to_integral_value(ROUND_HALF_UP)
    return low * step, high * step


def figure(order):
    """What ``order`` (sale.order) comes to in the terms of its prices: before tax, but
    for the taxes that are inside them."""
    inside = sum(
        line.price_total - line.price_subtotal
        for line in order.order_line
        if line.tax_ids and all(line.tax_ids.mapped("price_include"))
    )
    step = Decimal(repr(order.currency_id.rounding))
    amount = Decimal(repr(order.amount_untaxed + inside)) / step
    return amount.to_integral_value(ROUND_HALF_UP) * step
