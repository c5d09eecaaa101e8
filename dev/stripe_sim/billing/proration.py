# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Prorations: credit for the unused time of the old, charge for the new.

By the second, as docs.stripe.com/billing/subscriptions/prorations describes.
Discounts of the subscription are not taken into account.
"""

from fractions import Fraction

from stripe_sim.billing.lines import price_details
from stripe_sim.billing.metering import is_metered
from stripe_sim.billing.periods import day
from stripe_sim.billing.pricing import line_amount
from stripe_sim.money.rounding import half_up


def prorate(world, subscription, item, old, new, moment: int | None = None) -> None:
    """`old` and `new`: (price id, quantity) or None where there is none."""
    # Usage is billed when it is known: there is nothing to give back.
    if is_metered(world.store.find("price", item["price"])):
        return
    moment = moment or world.now()
    begin, finish = item["current_period_start"], item["current_period_end"]
    left = Fraction(max(finish - moment, 0), finish - begin)
    if old == new or not left:
        return
    for side, sign, word in ((old, -1, "Unused"), (new, 1, "Remaining")):
        if side is not None:
            text = f"{word} time on {_name(world, side)} after {day(moment)}"
            _add(world, subscription, item, side, sign * left, text, (moment, finish))


def _name(world, side) -> str:
    price = world.store.find("price", side[0])
    product = world.store.find("product", price["product"])
    return f"{side[1]} × {product['name']}"


def _add(world, subscription, item, side, share, text, period) -> None:
    price = world.store.find("price", side[0])
    amount = half_up(line_amount(price, side[1]) * share)
    fields = blank_invoiceitem(world, subscription["customer"], price["currency"])
    fields.update(
        amount=amount,
        net_amount=amount,
        description=text,
        discountable=False,
        parent={
            "type": "subscription_details",
            "subscription_details": {
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
        },
        period={"start": period[0], "end": period[1]},
        pricing=price_details(price),
        proration=True,
        quantity=side[1],
        quantity_decimal=str(side[1]),
        tax_rates=list(item["tax_rates"] or subscription["default_tax_rates"]),
        _subscription=subscription["id"],
    )
    world.create("invoiceitem", fields, "invoiceitem.created")


def blank_invoiceitem(world, customer: str, currency: str) -> dict:
    now = world.now()
    return {
        "amount": 0,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "date": now,
        "description": None,
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "metadata": {},
        "net_amount": 0,
        "parent": None,
        "period": {"start": now, "end": now},
        "pricing": None,
        "proration": False,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": None,
        "_subscription": None,
    }
