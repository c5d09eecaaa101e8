# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Coupons, and the discounts that apply them."""

from stripe_sim.billing.discounts import coupon_valid
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_currency
from stripe_sim.money.rounding import plain_number
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED
from stripe_sim.wire.routes import route, serve_reads


def _live(world, shown: dict) -> None:
    shown["valid"] = coupon_valid(world, shown)


def _applies_to(_world, coupon: dict) -> dict | None:
    return {"products": list(coupon["_products"])} if coupon["_products"] else None


register("coupon", "coupon", live=_live, includable={"applies_to": _applies_to})


@route(
    "POST",
    "/v1/coupons",
    {
        "id": p.REQUIRED,
        "name": p.TEXT,
        "percent_off": p.NUMBER,
        "amount_off": p.Integer(low=1),
        "currency": p.TEXT,
        "duration": p.OneOf("once", "forever", "repeating"),
        "duration_in_months": p.Integer(low=1),
        "max_redemptions": p.Integer(low=1),
        "redeem_by": p.TIMESTAMP,
        "metadata": p.METADATA,
        "applies_to": p.Hash({"products": p.IDS}),
        **p.unsupported("currency_options"),
    },
)
def create(call):
    world, params = call.world, call.params
    _check(world, params)
    fields = {
        "amount_off": params.get("amount_off"),
        "currency": params.get("currency") and check_currency(params["currency"]),
        "duration": params.get("duration") or "once",
        "duration_in_months": params.get("duration_in_months"),
        "max_redemptions": params.get("max_redemptions"),
        "metadata": clean_metadata(params),
        "name": params.get("name"),
        "percent_off": plain_number(params.get("percent_off")),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
        "_products": (params.get("applies_to") or {}).get("products") or [],
    }
    identifier = params.get("id") or world.ids.text(8)
    return world.create("coupon", fields, "coupon.created", identifier)


def _check(world, params: dict) -> None:
    if world.store.find("coupon", params.get("id")):
        raise errors.invalid("Coupon already exists.", "id", "resource_already_exists")
    if (params.get("percent_off") is None) == (params.get("amount_off") is None):
        raise errors.invalid(
            "You must pass exactly one of `percent_off` or `amount_off`.",
            "percent_off",
        )
    if params.get("amount_off") and not params.get("currency"):
        raise errors.missing_param("currency")
    for product in (params.get("applies_to") or {}).get("products") or []:
        world.get("product", product, "applies_to[products]")
    if params.get("duration") == "repeating" and not params.get("duration_in_months"):
        raise errors.missing_param("duration_in_months")


@route("POST", "/v1/coupons/<id>", {"name": p.TEXT, "metadata": p.METADATA})
def update(call):
    coupon = call.world.get("coupon", call.id)
    with call.world.changing(coupon, "coupon.updated"):
        apply(coupon, call.params, "name")
    return coupon


@route("DELETE", "/v1/coupons/<id>")
def delete(call):
    """No new discounts; those that exist go on applying it."""
    coupon = call.world.get("coupon", call.id)
    call.world.emit("coupon.deleted", coupon)
    coupon["deleted"] = True
    return coupon


serve_reads("coupon", "/v1/coupons", {"created": CREATED})
