# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customers."""

from stripe_sim.billing.lifecycle import end_subscription
from stripe_sim.billing.payment_methods import attach_card, check_attached
from stripe_sim.core.fields import apply, clean_metadata, full_address
from stripe_sim.core.present import list_object
from stripe_sim.core.types import register
from stripe_sim.resources.tax_ids import add_tax_id
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by, unsupported
from stripe_sim.wire.routes import route, serve_reads

_INVOICE_SETTINGS = p.Hash(
    {
        "default_payment_method": p.TEXT,
        "custom_fields": p.ANYTHING,
        "footer": p.TEXT,
        "rendering_options": p.ANYTHING,
    }
)
_UPDATE = {
    "name": p.TEXT,
    "email": p.TEXT,
    "phone": p.TEXT,
    "description": p.TEXT,
    "address": p.ADDRESS,
    "shipping": p.ANYTHING,
    "balance": p.INTEGER,
    "metadata": p.METADATA,
    "invoice_prefix": p.TEXT,
    "invoice_settings": _INVOICE_SETTINGS,
    "next_invoice_sequence": p.NATURAL,
    "preferred_locales": p.IDS,
    "tax_exempt": p.OneOf("none", "exempt", "reverse"),
    "business_name": p.TEXT,
    "individual_name": p.TEXT,
    "validate": p.FLAG,
    **p.unsupported("cash_balance", "source", "tax"),
}
_CREATE = {
    **_UPDATE,
    "payment_method": p.TEXT,
    "tax_id_data": p.ListOf(
        p.Hash({"type": p.REQUIRED, "value": p.REQUIRED}, ("type", "value"))
    ),
    **p.unsupported("test_clock"),
}
_PLAIN = (
    "name",
    "email",
    "phone",
    "description",
    "shipping",
    "balance",
    "invoice_prefix",
    "next_invoice_sequence",
    "preferred_locales",
)


def _owned(kind, address):
    def included(world, customer):
        rows = world.store.owned(kind, customer["id"])
        live = [o["id"] for o in reversed(rows) if o.get("status") != "canceled"]
        return list_object(world, live, address.format(**customer))

    return included


register(
    "customer",
    "cus",
    includable={
        "subscriptions": _owned("subscription", "/v1/customers/{id}/subscriptions"),
        "tax_ids": _owned("tax_id", "/v1/customers/{id}/tax_ids"),
    },
)


@route("POST", "/v1/customers", _CREATE)
def create(call):
    world, params = call.world, call.params
    customer = world.add("customer", _blank(world, params))
    if params.get("payment_method"):
        method = attach_card(world, params["payment_method"], customer)
        settings = params.get("invoice_settings") or {}
        # A test name such as pm_card_visa means the card that was just attached.
        if settings.get("default_payment_method") == params["payment_method"]:
            settings["default_payment_method"] = method["id"]
    _apply(world, customer, params)
    world.emit("customer.created", customer)
    _add_tax_ids(world, customer, params.get("tax_id_data") or [])
    return customer


def _blank(world, params) -> dict:
    return {
        "address": None,
        "balance": 0,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": world.ids.text(8, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "metadata": clean_metadata(params),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def _apply(world, customer, params) -> None:
    apply(customer, params, *_PLAIN)
    for optional in ("business_name", "individual_name"):
        if optional in params:
            customer[optional] = params[optional]
    if "address" in params:
        customer["address"] = full_address(params["address"])
    if "tax_exempt" in params:
        customer["tax_exempt"] = params["tax_exempt"] or "none"
    given = params.get("invoice_settings") or {}
    method = given.get("default_payment_method")
    if method:
        check_attached(
            world, method, customer, "invoice_settings[default_payment_method]"
        )
    customer["invoice_settings"].update(given)


def _add_tax_ids(world, customer, wanted) -> None:
    for each in wanted:
        add_tax_id(world, customer, each["type"], each["value"])


@route("POST", "/v1/customers/<id>", _UPDATE)
def update(call):
    customer = call.world.get("customer", call.id)
    with call.world.changing(customer, "customer.updated"):
        _apply(call.world, customer, call.params)
    return customer


@route("DELETE", "/v1/customers/<id>")
def delete(call):
    """The customer stays as a tombstone; its subscriptions end at once."""
    world = call.world
    customer = world.get("customer", call.id)
    for subscription in world.store.owned("subscription", customer["id"]):
        if not subscription["ended_at"]:
            end_subscription(world, subscription, "cancellation_requested")
    world.emit("customer.deleted", customer)
    customer["deleted"] = True
    return customer


serve_reads(
    "customer",
    "/v1/customers",
    {"email": by("email"), "created": CREATED, **unsupported("test_clock")},
)
