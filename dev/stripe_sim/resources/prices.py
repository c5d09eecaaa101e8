# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Prices: one-off and recurring, per unit, in packages or by tiers."""

from decimal import Decimal

from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_amount, check_currency
from stripe_sim.money.tiers import tiers_of
from stripe_sim.resources.products import new_product
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter, by, one_of
from stripe_sim.wire.routes import route, serve_reads

RECURRING = p.Hash(
    {
        "interval": p.OneOf("day", "week", "month", "year"),
        "interval_count": p.Integer(low=1),
        "usage_type": p.OneOf("licensed", "metered"),
        "meter": p.REQUIRED,
        **p.unsupported("trial_period_days"),
    },
    ("interval",),
)
_UPDATE = {
    "active": p.FLAG,
    "lookup_key": p.TEXT,
    "metadata": p.METADATA,
    "nickname": p.TEXT,
    "tax_behavior": p.OneOf("inclusive", "exclusive", "unspecified"),
    "transfer_lookup_key": p.FLAG,
    **p.unsupported("currency_options"),
}
_PRODUCT_DATA = p.Hash(
    {
        "name": p.REQUIRED,
        "active": p.FLAG,
        "id": p.REQUIRED,
        "metadata": p.METADATA,
        "statement_descriptor": p.TEXT,
        "tax_code": p.TEXT,
        "unit_label": p.TEXT,
        **p.unsupported("tax_details"),
    },
    ("name",),
)
_TIER = p.Hash(
    {
        "up_to": p.Timestamp("inf"),
        "unit_amount": p.NATURAL,
        "unit_amount_decimal": p.NUMBER,
        "flat_amount": p.NATURAL,
        "flat_amount_decimal": p.NUMBER,
    },
    ("up_to",),
)
_CREATE = {
    **_UPDATE,
    "currency": p.REQUIRED,
    "product": p.REQUIRED,
    "product_data": _PRODUCT_DATA,
    "recurring": RECURRING,
    "unit_amount": p.NATURAL,
    "unit_amount_decimal": p.NUMBER,
    "billing_scheme": p.OneOf("per_unit", "tiered"),
    "tiers": p.ListOf(_TIER),
    "tiers_mode": p.OneOf("graduated", "volume"),
    "transform_quantity": p.Hash(
        {"divide_by": p.Integer(low=1), "round": p.OneOf("up", "down")},
        ("divide_by", "round"),
    ),
    **p.unsupported("custom_unit_amount"),
}
# What an item may give in place of a price's id.
PRICE_DATA = p.Hash(
    {
        "currency": p.REQUIRED,
        "product": p.REQUIRED,
        "recurring": RECURRING,
        "unit_amount": p.INTEGER,
        "unit_amount_decimal": p.NUMBER,
        "tax_behavior": p.OneOf("inclusive", "exclusive", "unspecified"),
    },
    ("currency", "product"),
)


def _tiers(_world, price: dict) -> list | None:
    return price["_tiers"] or None


register("price", "price", includable={"tiers": _tiers})


def new_price(world, params: dict, active: bool = True, quiet=False) -> dict:
    """`quiet`: made by Stripe for an amount; listed nowhere, told to nobody."""
    currency = check_currency(params["currency"])
    tiers = tiers_of(params)
    amount, text = (None, None) if tiers else _amount(params)
    check_amount(amount, currency, "unit_amount")
    _claim_lookup_key(world, params)
    fields = {
        "active": params.get("active", active),
        "billing_scheme": "tiered" if tiers else "per_unit",
        "currency": currency,
        "custom_unit_amount": None,
        "lookup_key": params.get("lookup_key"),
        "metadata": clean_metadata(params),
        "nickname": params.get("nickname"),
        "product": _product(world, params)["id"],
        "recurring": _recurring(world, params.get("recurring")),
        "tax_behavior": params.get("tax_behavior") or "unspecified",
        "tiers_mode": params.get("tiers_mode"),
        "transform_quantity": params.get("transform_quantity"),
        "type": "recurring" if params.get("recurring") else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": text,
        "_tiers": tiers,
    }
    if quiet:
        return world.add("price", {**fields, "_hidden": True})
    return world.create("price", fields, "price.created")


def _amount(params: dict) -> tuple:
    """(unit_amount or None where it is no whole number, unit_amount_decimal)."""
    if params.get("unit_amount") is not None:
        return params["unit_amount"], str(params["unit_amount"])
    if params.get("unit_amount_decimal") is None:
        raise errors.invalid(
            "You must specify either `unit_amount` or `unit_amount_decimal` when"
            " `billing_scheme=per_unit`.",
            "unit_amount",
            "parameter_missing",
        )
    exact = Decimal(params["unit_amount_decimal"])
    whole = int(exact) if exact == exact.to_integral_value() else None
    return whole, params["unit_amount_decimal"]


def _product(world, params: dict) -> dict:
    if params.get("product"):
        return world.get("product", params["product"], "product")
    if not params.get("product_data"):
        raise errors.missing_param("product")
    return new_product(world, params["product_data"])


def _recurring(world, given: dict | None) -> dict | None:
    if not given:
        return None
    usage_type = given.get("usage_type") or "licensed"
    if usage_type == "metered":
        if not given.get("meter"):
            raise errors.missing_param("recurring[meter]")
        world.get("billing.meter", given["meter"], "recurring[meter]")
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count") or 1,
        "meter": given.get("meter"),
        "trial_period_days": None,
        "usage_type": usage_type,
    }


def _claim_lookup_key(world, params: dict, own: dict | None = None) -> None:
    """A lookup key belongs to one active price; it may be taken over."""
    key = params.get("lookup_key")
    for price in world.store.all("price"):
        if key is None or price["lookup_key"] != key or price is own:
            continue
        if not params.get("transfer_lookup_key"):
            raise errors.invalid(
                f"A price (`{price['id']}`) already uses that lookup key.",
                "lookup_key",
            )
        with world.changing(price, "price.updated"):
            price["lookup_key"] = None


def _check_archiving(world, price: dict, params: dict) -> None:
    product = world.store.find_any(price["product"]) or {}
    if params.get("active") is False and product.get("default_price") == price["id"]:
        raise errors.invalid(
            "This price cannot be archived because it is the default price of its"
            " product.",
            "active",
        )


@route("POST", "/v1/prices", _CREATE, ("currency",))
def create(call):
    return new_price(call.world, call.params)


@route("POST", "/v1/prices/<id>", _UPDATE)
def update(call):
    price = call.world.get("price", call.id)
    _check_archiving(call.world, price, call.params)
    _claim_lookup_key(call.world, call.params, price)
    with call.world.changing(price, "price.updated"):
        apply(price, call.params, "active", "lookup_key", "nickname", "tax_behavior")
    return price


def _same_recurrence(price, wanted) -> bool:
    recurring = price["recurring"] or {}
    return all(recurring.get(name) == value for name, value in wanted.items())


serve_reads(
    "price",
    "/v1/prices",
    {
        "active": by("active", p.FLAG),
        "created": CREATED,
        "currency": by("currency"),
        "lookup_keys": Filter(p.IDS, one_of("lookup_key").keeps),
        "product": by("product"),
        "recurring": Filter(p.ANYTHING, _same_recurrence),
        "type": by("type"),
    },
)
