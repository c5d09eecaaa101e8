# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Promotion codes: what customers enter to get the discount of a coupon."""

from stripe_sim.billing.discounts import code_active
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter, by
from stripe_sim.wire.routes import route, serve_reads


def _live(world, shown: dict) -> None:
    shown["active"] = code_active(world, world.store.find_any(shown["id"]))


register("promotion_code", "promo", live=_live)

_PROMOTION = p.Hash(
    {"type": p.Only(p.TEXT, "coupon"), "coupon": p.REQUIRED}, ("type", "coupon")
)


@route(
    "POST",
    "/v1/promotion_codes",
    {
        "promotion": _PROMOTION,
        "code": p.TEXT,
        "active": p.FLAG,
        "customer": p.TEXT,
        "expires_at": p.TIMESTAMP,
        "max_redemptions": p.Integer(low=1),
        "metadata": p.METADATA,
        **p.unsupported("customer_account", "restrictions"),
    },
    ("promotion",),
)
def create(call):
    world, params = call.world, call.params
    coupon = params["promotion"]["coupon"]
    world.get("coupon", coupon, "promotion[coupon]")
    code = params.get("code") or world.ids.text(8).upper()
    _check_free(world, code)
    fields = {
        "active": True,
        "code": code,
        "customer": params.get("customer"),
        "customer_account": None,
        "expires_at": params.get("expires_at"),
        "max_redemptions": params.get("max_redemptions"),
        "metadata": clean_metadata(params),
        "promotion": {"coupon": coupon, "type": "coupon"},
        "restrictions": {
            "first_time_transaction": False,
            "minimum_amount": None,
            "minimum_amount_currency": None,
        },
        "times_redeemed": 0,
        "_active": params.get("active", True),
    }
    return world.create("promotion_code", fields, "promotion_code.created")


def _check_free(world, code: str) -> None:
    for other in world.store.all("promotion_code"):
        if other["code"].lower() == code.lower() and code_active(world, other):
            raise errors.invalid(
                f"An active promotion code with `code: {code}` already exists.", "code"
            )


@route(
    "POST",
    "/v1/promotion_codes/<id>",
    {"active": p.FLAG, "metadata": p.METADATA, **p.unsupported("restrictions")},
)
def update(call):
    code = call.world.get("promotion_code", call.id)
    with call.world.changing(code, "promotion_code.updated"):
        if "active" in call.params:
            code["_active"] = call.params["active"]
        apply(code, {k: v for k, v in call.params.items() if k == "metadata"})
    return code


def _of_coupon(row: dict, wanted: str) -> bool:
    return row["promotion"]["coupon"] == wanted


serve_reads(
    "promotion_code",
    "/v1/promotion_codes",
    {
        "active": by("_active", p.FLAG),
        "code": by("code"),
        "coupon": Filter(p.REQUIRED, _of_coupon),
        "created": CREATED,
        "customer": by("customer"),
    },
)
