# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Discounts: a coupon at work on a subscription, an item or an invoice."""

from stripe_sim.billing.periods import add_interval
from stripe_sim.core import errors
from stripe_sim.core.types import register
from stripe_sim.wire import params as p

register("discount", "di", omits=("created", "livemode"))

DISCOUNTS = p.ListOf(
    p.Hash(
        {
            "coupon": p.REQUIRED,
            "discount": p.REQUIRED,
            "promotion_code": p.REQUIRED,
            **p.unsupported("discount_end"),
        }
    )
)


def coupon_valid(world, coupon: dict) -> bool:
    spent = coupon["max_redemptions"]
    if spent is not None and coupon["times_redeemed"] >= spent:
        return False
    return coupon["redeem_by"] is None or world.now() <= coupon["redeem_by"]


def make_discounts(world, given: list[dict] | None, param: str, **owner) -> list[str]:
    """Ids of the discounts for a `discounts` parameter; new ones redeem a coupon."""
    made = []
    for entry in given or []:
        if entry.get("discount"):
            made.append(world.get("discount", entry["discount"], param)["id"])
        elif entry.get("coupon"):
            made.append(_redeem(world, entry["coupon"], param, owner)["id"])
        elif entry.get("promotion_code"):
            made.append(_enter(world, entry["promotion_code"], param, owner)["id"])
    return made


def code_active(world, code: dict) -> bool:
    """Whether a promotion code can be entered."""
    coupon = world.store.find("coupon", code["promotion"]["coupon"])
    spent = code["max_redemptions"]
    over = code["expires_at"] is not None and world.now() >= code["expires_at"]
    used_up = spent is not None and code["times_redeemed"] >= spent
    return code["_active"] and not over and not used_up and coupon_valid(world, coupon)


def _enter(world, identifier: str, param: str, owner: dict) -> dict:
    param = f"{param}[promotion_code]"
    code = world.get("promotion_code", identifier, param)
    if not code_active(world, code):
        raise errors.invalid(
            "This promotion code is not active.", param, "promotion_code_inactive"
        )
    if code["customer"] not in (None, owner.get("customer")):
        raise errors.invalid(
            "This promotion code cannot be redeemed by this customer.", param
        )
    with world.changing(code, "promotion_code.updated"):
        code["times_redeemed"] += 1
    discount = _redeem(world, code["promotion"]["coupon"], param, owner)
    discount["promotion_code"] = code["id"]
    return discount


def _redeem(world, identifier: str, param: str, owner: dict) -> dict:
    coupon = world.get("coupon", identifier, f"{param}[coupon]")
    if not coupon_valid(world, coupon):
        raise errors.invalid(
            f"Coupon {identifier} is used up and cannot be applied.",
            f"{param}[coupon]",
            "coupon_expired",
        )
    with world.changing(coupon, "coupon.updated"):
        coupon["times_redeemed"] += 1
    fields = {
        "checkout_session": None,
        "customer": owner.get("customer"),
        "customer_account": None,
        "end": _end(world, coupon),
        "invoice": owner.get("invoice"),
        "invoice_item": owner.get("invoice_item"),
        "promotion_code": None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": world.now(),
        "subscription": owner.get("subscription"),
        "subscription_item": owner.get("subscription_item"),
        "_used": False,
    }
    return world.add("discount", fields)


def _end(world, coupon: dict) -> int | None:
    if coupon["duration"] != "repeating":
        return None
    return add_interval(world.now(), "month", coupon["duration_in_months"])


def running(world, discounts: list[str]) -> list[str]:
    """Those of a subscription's discounts that still apply to a new invoice."""
    kept = []
    for identifier in discounts:
        discount = world.store.find("discount", identifier)
        coupon = world.store.find("coupon", discount["source"]["coupon"])
        once_used = coupon["duration"] == "once" and discount["_used"]
        over = discount["end"] is not None and world.now() >= discount["end"]
        if not once_used and not over:
            kept.append(identifier)
    return kept


def use(world, discounts: list[str]) -> None:
    for identifier in discounts:
        world.store.find("discount", identifier)["_used"] = True
