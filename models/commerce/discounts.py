# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the discounts of a subscription leave of its items, period after period."""


def net_amounts(items, whole):
    """{item: amount per billing interval after discounts, major units}

    The discounts of an item first, then those of the whole, each on what the ones
    before it left (https://docs.stripe.com/billing/subscriptions/coupons). An amount
    that is for several items is divided in proportion to what they cost. What is only
    for the first invoice is not part of what recurs.

    :param items: recurring items of one subscription, q2c.subscription.item
    :param whole: the discounts of that subscription itself, in their order
    """
    net = {item: item.quantity * item.unit_amount for item in items}
    for item in items:
        for coupon in _recurring(item.discount_ids):
            _take_off(net, [item], coupon)
    for coupon in _recurring(whole):
        _take_off(net, [i for i in items if coupon._fits(i.product_id)], coupon)
    return net


def _recurring(discounts):
    return discounts.coupon_id.filtered(lambda coupon: coupon.duration != "once")


def _take_off(net, items, coupon):
    whole = sum(net[item] for item in items)
    if not whole:
        return
    off = _amount(coupon, items[0].currency_id, whole)
    for item in items:
        net[item] -= off * net[item] / whole


def _amount(coupon, currency, whole):
    if coupon.percent_off:
        return whole * coupon.percent_off / 100
    # In another currency it takes off what the billing system says on the invoices.
    same = coupon.currency_id == currency
    return min(coupon.amount_off, whole) if same else 0.0
