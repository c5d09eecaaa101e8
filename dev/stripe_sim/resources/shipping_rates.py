# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Shipping rates: what sending the goods costs."""

from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_amount, check_currency
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by
from stripe_sim.wire.routes import route, serve_reads

register("shipping_rate", "shr")

_BEHAVIOR = p.OneOf("inclusive", "exclusive", "unspecified")
RATE_DATA = {
    "display_name": p.REQUIRED,
    "type": p.Only(p.TEXT, "fixed_amount"),
    "fixed_amount": p.Hash(
        {
            "amount": p.NATURAL,
            "currency": p.REQUIRED,
            **p.unsupported("currency_options"),
        },
        ("amount", "currency"),
    ),
    "metadata": p.METADATA,
    "tax_behavior": _BEHAVIOR,
    "tax_code": p.TEXT,
    **p.unsupported("delivery_estimate"),
}
# What an invoice takes.
SHIPPING_COST = p.Hash(
    {
        "shipping_rate": p.REQUIRED,
        "shipping_rate_data": p.Hash(RATE_DATA, ("display_name",)),
    }
)


@route("POST", "/v1/shipping_rates", RATE_DATA, ("display_name",))
def create(call):
    return new_rate(call.world, call.params)


def new_rate(world, params: dict) -> dict:
    """Stripe sends no events about them."""
    amount = params.get("fixed_amount")
    if not amount:
        raise errors.missing_param("fixed_amount")
    currency = check_currency(amount["currency"])
    check_amount(amount["amount"], currency, "fixed_amount[amount]")
    fields = {
        "active": True,
        "delivery_estimate": None,
        "display_name": params["display_name"],
        "fixed_amount": {"amount": amount["amount"], "currency": currency},
        "metadata": clean_metadata(params),
        "tax_behavior": params.get("tax_behavior") or "unspecified",
        "tax_code": params.get("tax_code"),
        "type": "fixed_amount",
    }
    return world.add("shipping_rate", fields)


def chosen_rate(world, given: dict | None, currency: str) -> str | None:
    """The id of the rate that an invoice is given; None takes shipping off it."""
    if not given:
        return None
    if given.get("shipping_rate"):
        param = "shipping_cost[shipping_rate]"
        rate = world.get("shipping_rate", given["shipping_rate"], param)
    else:
        rate = new_rate(world, given.get("shipping_rate_data") or {})
    if rate["fixed_amount"]["currency"] != currency:
        raise errors.invalid(
            "The currency of the shipping rate differs from that of the invoice.",
            "shipping_cost",
        )
    return rate["id"]


@route(
    "POST",
    "/v1/shipping_rates/<id>",
    {"active": p.FLAG, "metadata": p.METADATA, "tax_behavior": _BEHAVIOR},
)
def update(call):
    rate = call.world.get("shipping_rate", call.id)
    apply(rate, call.params, "active", "tax_behavior")
    return rate


serve_reads(
    "shipping_rate",
    "/v1/shipping_rates",
    {"active": by("active", p.FLAG), "created": CREATED},
)
