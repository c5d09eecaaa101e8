# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lines of a subscription's items: what is licensed for the period that begins,
what was used in the one that ended."""

from stripe_sim.billing.discounts import running, use
from stripe_sim.billing.lines import line_for_item
from stripe_sim.billing.metering import is_metered, usage
from stripe_sim.billing.pricing import charges, item_description
from stripe_sim.money.rounding import half_up


def add_item_lines(world, subscription, invoice, items, period, past=None, share=1):
    """`period` and `past`: (start, end). `past` is None before the first period has
    ended; `share`: the part of `period` that is charged for."""
    for item in items:
        price = world.store.find("price", item["price"])
        item["discounts"] = item["_running"] = running(world, item["discounts"])
        use(world, item["discounts"])
        if is_metered(price):
            quantity = usage(world, subscription, price, past) if past else 0
            _add(world, subscription, invoice, item, quantity, past or period, 1)
        else:
            _add(world, subscription, invoice, item, item["quantity"], period, share)


def _add(world, subscription, invoice, item, quantity, period, share) -> None:
    price = world.store.find("price", item["price"])
    for charge in charges(price, quantity):
        text = item_description(world, item, charge)
        if subscription["status"] == "trialing":
            text = f"Trial period for {text}"
        amount = half_up(charge.exact * share)
        line_for_item(world, invoice, item, charge, amount, period, text)
