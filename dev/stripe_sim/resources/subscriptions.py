# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Subscriptions."""

import copy

from stripe_sim.billing.discounts import DISCOUNTS, make_discounts
from stripe_sim.billing.lifecycle import (
    check_can_pay,
    end_subscription,
    first_period,
    invoice_now,
    items_of,
    plan_cancellation,
    plan_resumption,
    refuse_unpaid,
    start,
)
from stripe_sim.billing.payment_methods import check_attached
from stripe_sim.billing.periods import add_interval
from stripe_sim.billing.proration import prorate
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.resources.invoiceitems import ADDED, add_invoice_items
from stripe_sim.resources.subscription_items import (
    ITEM,
    PRORATION,
    add_item,
    change_item,
    item_price,
    new_item,
    remove_item,
    settle,
)
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter, by, unsupported, within
from stripe_sim.wire.routes import route, serve_reads

_LIST = "/v1/subscription_items?subscription={id}"
register(
    "subscription",
    "sub",
    embedded=("default_tax_rates",),
    children={"items": ("_items", _LIST)},
)

_BEHAVIOR = p.OneOf(
    "allow_incomplete",
    "default_incomplete",
    "error_if_incomplete",
)
_TRIAL_END = p.Hash(
    {"missing_payment_method": p.Only(p.TEXT, "cancel", "create_invoice")},
    ("missing_payment_method",),
)
_COMMON = {
    "automatic_tax": p.NO_AUTOMATIC_TAX,
    "cancel_at": p.TIMESTAMP,
    "cancel_at_period_end": p.FLAG,
    "collection_method": p.OneOf("charge_automatically", "send_invoice"),
    "days_until_due": p.NATURAL,
    "default_payment_method": p.TEXT,
    "default_tax_rates": p.IDS,
    "description": p.TEXT,
    "discounts": DISCOUNTS,
    "invoice_settings": p.ANYTHING,
    "metadata": p.METADATA,
    "off_session": p.FLAG,
    "payment_behavior": _BEHAVIOR,
    "payment_settings": p.ANYTHING,
    "proration_behavior": PRORATION,
    "trial_settings": p.Hash({"end_behavior": _TRIAL_END}, ("end_behavior",)),
    **p.unsupported(
        "add_invoice_items",
        "application_fee_percent",
        "billing_schedules",
        "billing_thresholds",
        "default_source",
        "on_behalf_of",
        "pending_invoice_item_interval",
        "transfer_data",
        "trial_from_plan",
    ),
}
_CREATE = {
    **_COMMON,
    "customer": p.REQUIRED,
    "currency": p.REQUIRED,
    "items": p.ListOf(p.Hash(ITEM), 20),
    "add_invoice_items": ADDED,
    "billing_cycle_anchor": p.TIMESTAMP,
    "trial_end": p.Timestamp("now"),
    "trial_period_days": p.NATURAL,
    "billing_mode": p.ANYTHING,
    **p.unsupported("backdate_start_date", "billing_cycle_anchor_config"),
    **p.unsupported("customer_account"),
}
_UPDATE = {
    **_COMMON,
    "items": p.ListOf(p.Hash({**ITEM, "id": p.REQUIRED, "deleted": p.FLAG}), 20),
    "cancellation_details": p.Hash({"comment": p.TEXT, "feedback": p.TEXT}),
    "proration_date": p.TIMESTAMP,
    "billing_cycle_anchor": p.Only(p.TEXT, "unchanged"),
    "pause_collection": p.Hash(
        {
            "behavior": p.OneOf("keep_as_draft", "mark_uncollectible", "void"),
            "resumes_at": p.TIMESTAMP,
        },
        ("behavior",),
    ),
    **p.unsupported("trial_end"),
}


_BLANK = {
    "object": "subscription",
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
    },
    "billing_cycle_anchor_config": None,
    "billing_mode": {"flexible": None, "type": "classic"},
    "billing_schedules": [],
    "billing_thresholds": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "customer_account": None,
    "default_source": None,
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": {"type": "self"},
    },
    "latest_invoice": None,
    "managed_payments": None,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "payment_settings": {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": "off",
    },
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "test_clock": None,
    "transfer_data": None,
    "_items": [],
    "_renews_at": None,
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
}


@route("POST", "/v1/subscriptions", _CREATE, ("customer", "items"))
def create(call):
    world, params = call.world, call.params
    customer = world.get("customer", params["customer"], "customer")
    prices = _prices(world, params)
    subscription = _build(world, customer, params, prices[0]["currency"])
    behavior = params.get("payment_behavior") or "allow_incomplete"
    if subscription["collection_method"] == "charge_automatically":
        check_can_pay(world, subscription, behavior)
    world.store.add(subscription)
    for price, given in zip(prices, params["items"], strict=True):
        new_item(world, subscription, price, given)
    _set_discounts(world, subscription, params)
    add_invoice_items(world, subscription, params.get("add_invoice_items") or [])
    _cancel_at_period_end(world, subscription, params)
    start(world, subscription, behavior, params.get("proration_behavior") != "none")
    if subscription["cancel_at"] and not subscription["cancel_at_period_end"]:
        plan_cancellation(world, subscription)
    return subscription


def _prices(world, params: dict) -> list[dict]:
    """The items' prices, of one currency and one interval."""
    currency = params.get("currency") and params["currency"].lower()
    prices = []
    for place, given in enumerate(params["items"]):
        price = item_price(world, given, f"items[{place}]", currency)
        currency = price["currency"]
        prices.append(price)
    if not prices:
        raise errors.missing_param("items")
    periods = {
        (price["recurring"]["interval"], price["recurring"]["interval_count"])
        for price in prices
    }
    if len(periods) > 1:
        raise errors.invalid(
            "Currently, all items in a subscription must have the same billing"
            " interval.",
            "items",
        )
    return prices


def _build(world, customer: dict, params: dict, currency: str) -> dict:
    now = world.now()
    method = params.get("collection_method") or "charge_automatically"
    _check_terms(method, params)
    _check_references(world, customer, params)
    trial_end = _trial_end(world, params)
    anchor = params.get("billing_cycle_anchor") or trial_end or now
    if anchor < now:
        raise errors.invalid(
            "billing_cycle_anchor must be in the future.", "billing_cycle_anchor"
        )
    fields = {
        **copy.deepcopy(_BLANK),
        "id": world.ids.new("sub"),
        "billing_cycle_anchor": anchor,
        "cancel_at": params.get("cancel_at"),
        "collection_method": method,
        "created": now,
        "currency": currency,
        "customer": customer["id"],
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": params.get("default_payment_method"),
        "default_tax_rates": params.get("default_tax_rates") or [],
        "description": params.get("description"),
        "livemode": world.livemode,
        "metadata": clean_metadata(params),
        "start_date": now,
        "status": "trialing" if trial_end else "active",
        "trial_end": trial_end,
        "trial_start": now if trial_end else None,
    }
    for name in ("invoice_settings", "payment_settings", "trial_settings"):
        fields[name].update(params.get(name) or {})
    return fields


def _check_terms(method: str, params: dict) -> None:
    days = params.get("days_until_due")
    if method == "send_invoice" and days is None:
        raise errors.invalid(
            "If `collection_method` is `send_invoice`, you must also provide"
            " `days_until_due`.",
            "days_until_due",
        )
    if method == "charge_automatically" and days is not None:
        raise errors.invalid(
            "You can only pass `days_until_due` if `collection_method` is"
            " `send_invoice`.",
            "days_until_due",
        )


def _check_references(world, customer: dict, params: dict) -> None:
    if params.get("default_payment_method"):
        check_attached(
            world, params["default_payment_method"], customer, "default_payment_method"
        )
    for rate in params.get("default_tax_rates") or []:
        world.get("tax_rate", rate, "default_tax_rates")


def _trial_end(world, params: dict) -> int | None:
    if params.get("trial_period_days"):
        return add_interval(world.now(), "day", params["trial_period_days"])
    end = params.get("trial_end")
    return end if end != "now" else None


def _set_discounts(world, subscription: dict, params: dict) -> None:
    subscription["discounts"] = make_discounts(
        world,
        params.get("discounts"),
        "discounts",
        customer=subscription["customer"],
        subscription=subscription["id"],
    )


def _cancel_at_period_end(world, subscription: dict, params: dict) -> None:
    if "cancel_at_period_end" not in params:
        return
    wanted = params["cancel_at_period_end"]
    subscription["cancel_at_period_end"] = wanted
    subscription["canceled_at"] = world.now() if wanted else None
    reason = "cancellation_requested" if wanted else None
    subscription["cancellation_details"]["reason"] = reason
    item = items_of(world, subscription)[0]
    end = item["current_period_end"] or first_period(world, subscription)[1]
    subscription["cancel_at"] = end if wanted else None


@route("POST", "/v1/subscriptions/<id>", _UPDATE)
def update(call):
    world, params = call.world, call.params
    subscription = world.get("subscription", call.id)
    if subscription["ended_at"]:
        raise errors.invalid(
            "A canceled subscription can only update its cancellation_details and"
            " metadata."
        )
    customer = world.store.find("customer", subscription["customer"])
    _check_references(world, customer, params)
    with world.changing(subscription, "customer.subscription.updated"):
        _change(world, subscription, params)
    invoice = settle(world, subscription, params)
    refuse_unpaid(world, invoice, params.get("payment_behavior"))
    return subscription


def _change(world, subscription: dict, params: dict) -> None:
    apply(
        subscription,
        params,
        "collection_method",
        "days_until_due",
        "default_payment_method",
        "default_tax_rates",
        "description",
        "cancel_at",
    )
    for name in ("cancellation_details", "invoice_settings", "payment_settings"):
        subscription[name].update(params.get(name) or {})
    if "discounts" in params:
        _set_discounts(world, subscription, params)
    if "pause_collection" in params:
        paused = params["pause_collection"]
        subscription["pause_collection"] = paused and {"resumes_at": None, **paused}
        plan_resumption(world, subscription)
    for place, given in enumerate(params.get("items") or []):
        _change_item(world, subscription, given, f"items[{place}]", params)
    _cancel_at_period_end(world, subscription, params)
    if params.get("cancel_at"):
        subscription["canceled_at"] = world.now()
        plan_cancellation(world, subscription)


def _change_item(world, subscription, given, param, options) -> None:
    if not given.get("id"):
        add_item(world, subscription, given, param, options)
        return
    item = world.get("subscription_item", given["id"], f"{param}[id]")
    if given.get("deleted"):
        remove_item(world, subscription, item, options)
    else:
        change_item(world, subscription, item, given, param, options)


@route(
    "DELETE",
    "/v1/subscriptions/<id>",
    {
        "invoice_now": p.FLAG,
        "prorate": p.FLAG,
        "cancellation_details": p.Hash({"comment": p.TEXT, "feedback": p.TEXT}),
    },
)
def cancel(call):
    world, params = call.world, call.params
    subscription = world.get("subscription", call.id)
    if subscription["ended_at"]:
        raise errors.no_such("subscription", call.id)
    subscription["cancellation_details"].update(
        params.get("cancellation_details") or {}
    )
    if params.get("prorate"):
        for item in items_of(world, subscription):
            old = (item["price"], item["quantity"])
            prorate(world, subscription, item, old, None)
    if params.get("invoice_now"):
        invoice_now(world, subscription)
    end_subscription(world, subscription, "cancellation_requested")
    return subscription


def _by_status(row: dict, wanted: str) -> bool:
    if wanted == "all":
        return True
    if wanted == "ended":
        return row["status"] in ("canceled", "incomplete_expired")
    return row["status"] == wanted


def _listed(call) -> list[dict]:
    """Canceled subscriptions are listed only when asked for."""
    world, price = call.world, call.params.get("price")
    rows = [
        row
        for row in world.store.all("subscription")
        if not price or price in [item["price"] for item in items_of(world, row)]
    ]
    if "status" in call.params:
        return rows
    return [row for row in rows if row["status"] != "canceled"]


serve_reads(
    "subscription",
    "/v1/subscriptions",
    {
        "customer": by("customer"),
        "status": Filter(p.TEXT, _by_status),
        "created": CREATED,
        "collection_method": by("collection_method"),
        "current_period_end": within("_renews_at"),
        # Sorted out by the source, which knows the items.
        "price": Filter(p.REQUIRED, lambda row, price: True),
        **unsupported(
            "automatic_tax",
            "current_period_start",
            "customer_account",
            "plan",
            "test_clock",
        ),
    },
    source=_listed,
)
