# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Subscription items: a price and a quantity."""

from stripe_sim.billing.discounts import DISCOUNTS, make_discounts
from stripe_sim.billing.lifecycle import invoice_now, items_of
from stripe_sim.billing.metering import is_metered
from stripe_sim.billing.proration import prorate
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.resources.prices import PRICE_DATA, new_price
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import page
from stripe_sim.wire.routes import route, serve_retrieve

PRORATION = p.OneOf("create_prorations", "always_invoice", "none")
ITEM = {
    "price": p.REQUIRED,
    "price_data": PRICE_DATA,
    "quantity": p.NATURAL,
    "metadata": p.METADATA,
    "tax_rates": p.IDS,
    "discounts": DISCOUNTS,
    **p.unsupported("billing_thresholds", "plan", "current_trial"),
}
_OPTIONS = {
    "proration_behavior": PRORATION,
    "proration_date": p.TIMESTAMP,
    "payment_behavior": p.TEXT,
    "off_session": p.FLAG,
}


def _plan(world, shown: dict) -> None:
    """The plan is the price in its older shape."""
    price = shown["price"]
    recurring = price["recurring"]
    shown["plan"] = {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": price["livemode"],
        "metadata": price["metadata"],
        "meter": recurring["meter"],
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": price["transform_quantity"],
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }


register(
    "subscription_item",
    "si",
    label="subscription_item",
    embedded=("price", "tax_rates"),
    live=_plan,
    omits=("livemode",),
)


def item_price(world, given: dict, param: str, currency: str | None) -> dict:
    """The recurring price that an item names, in the subscription's currency."""
    if given.get("price_data"):
        price = new_price(world, given["price_data"], active=False)
    elif given.get("price"):
        price = world.get("price", given["price"], f"{param}[price]")
        _check_active(price, f"{param}[price]")
    else:
        raise errors.missing_param(f"{param}[price]")
    if price["type"] != "recurring":
        raise errors.invalid(
            f"The price specified is set to `type=one_time` but this field only"
            f" accepts prices with `type=recurring`: {price['id']}",
            f"{param}[price]",
        )
    if currency and price["currency"] != currency:
        raise errors.invalid(
            f"The price specified only supports `{price['currency']}`. This doesn't"
            f" match the expected currency: `{currency}`.",
            f"{param}[price]",
        )
    return price


def _check_active(price: dict, param: str) -> None:
    if not price["active"]:
        raise errors.invalid(
            "The price specified is inactive. This field only accepts active prices.",
            param,
        )


def _quantity(price: dict, given: dict) -> int | None:
    """What is metered has none: it is known when the period is over."""
    if not is_metered(price):
        return given.get("quantity", 1)
    if given.get("quantity") is not None:
        raise errors.invalid(
            "You cannot set a quantity for metered prices; report usage instead.",
            "quantity",
        )
    return None


def new_item(world, subscription: dict, price: dict, given: dict) -> dict:
    for rate in given.get("tax_rates") or []:
        world.get("tax_rate", rate, "tax_rates")
    item = world.add(
        "subscription_item",
        {
            "billing_thresholds": None,
            "current_period_end": None,
            "current_period_start": None,
            "discounts": [],
            "metadata": clean_metadata(given),
            "price": price["id"],
            "quantity": _quantity(price, given),
            "subscription": subscription["id"],
            "tax_rates": given.get("tax_rates") or [],
            "_running": [],
        },
    )
    item["discounts"] = make_discounts(
        world,
        given.get("discounts"),
        "discounts",
        customer=subscription["customer"],
        subscription=subscription["id"],
        subscription_item=item["id"],
    )
    subscription["_items"].append(item["id"])
    return item


def add_item(world, subscription, given, param, options) -> dict:
    """Add an item to a running subscription, prorated from now."""
    sibling = items_of(world, subscription)[0]
    price = item_price(world, given, param, subscription["currency"])
    _same_interval(world, sibling, price, param)
    item = new_item(world, subscription, price, given)
    for name in ("current_period_start", "current_period_end"):
        item[name] = sibling[name]
    _prorate(world, subscription, item, None, _side(item), options)
    return item


def change_item(world, subscription, item, given, param, options) -> None:
    old = _side(item)
    if given.get("price") or given.get("price_data"):
        price = item_price(world, given, param, subscription["currency"])
        _same_interval(world, item, price, param)
        item["price"] = price["id"]
    apply(item, given, "quantity", "tax_rates")
    if "discounts" in given:
        item["discounts"] = make_discounts(
            world,
            given["discounts"],
            f"{param}[discounts]",
            customer=subscription["customer"],
            subscription=subscription["id"],
            subscription_item=item["id"],
        )
    _prorate(world, subscription, item, old, _side(item), options)


def remove_item(world, subscription, item, options) -> None:
    if len(subscription["_items"]) == 1:
        raise errors.invalid(
            "A subscription must have at least one active item. To end it, cancel the"
            " subscription.",
            "items",
        )
    _prorate(world, subscription, item, _side(item), None, options)
    subscription["_items"].remove(item["id"])
    world.store.remove(item)


def _side(item: dict) -> tuple:
    return item["price"], item["quantity"]


def _same_interval(world, item: dict, price: dict, param: str) -> None:
    """Another interval would restart the cycle, which is not simulated."""
    old = world.store.find("price", item["price"])["recurring"]
    names = ("interval", "interval_count")
    if any(old[name] != price["recurring"][name] for name in names):
        raise errors.not_simulated(f"{param}[price] of another interval")


def _prorate(world, subscription, item, old, new, options) -> None:
    behavior = options.get("proration_behavior") or "create_prorations"
    if behavior != "none" and subscription["status"] in ("active", "past_due"):
        moment = options.get("proration_date")
        prorate(world, subscription, item, old, new, moment)


def settle(world, subscription: dict, options: dict) -> dict | None:
    if options.get("proration_behavior") == "always_invoice":
        return invoice_now(world, subscription)
    return None


@route(
    "POST",
    "/v1/subscription_items",
    {**ITEM, **_OPTIONS, "subscription": p.REQUIRED},
    ("subscription",),
)
def create(call):
    world, params = call.world, call.params
    subscription = world.get("subscription", params["subscription"], "subscription")
    with world.changing(subscription, "customer.subscription.updated"):
        item = add_item(world, subscription, params, "items", params)
    settle(world, subscription, params)
    return item


@route("POST", "/v1/subscription_items/<id>", {**ITEM, **_OPTIONS})
def update(call):
    world, params = call.world, call.params
    item = world.get("subscription_item", call.id)
    subscription = world.get("subscription", item["subscription"])
    with world.changing(subscription, "customer.subscription.updated"):
        change_item(world, subscription, item, params, "items", params)
    settle(world, subscription, params)
    return item


@route(
    "DELETE",
    "/v1/subscription_items/<id>",
    {**_OPTIONS, **p.unsupported("clear_usage")},
)
def delete(call):
    world, params = call.world, call.params
    item = world.get("subscription_item", call.id)
    subscription = world.get("subscription", item["subscription"])
    with world.changing(subscription, "customer.subscription.updated"):
        remove_item(world, subscription, item, params)
    settle(world, subscription, params)
    return {"id": item["id"], "object": "subscription_item", "deleted": True}


@route(
    "GET",
    "/v1/subscription_items",
    {
        "subscription": p.REQUIRED,
        "limit": p.NATURAL,
        "starting_after": p.REQUIRED,
        "ending_before": p.REQUIRED,
    },
    ("subscription",),
)
def listing(call):
    wanted = call.params["subscription"]
    subscription = call.world.get("subscription", wanted, "subscription")
    return page(call, items_of(call.world, subscription), "/v1/subscription_items")


serve_retrieve("subscription_item", "/v1/subscription_items")
