# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices."""

from stripe_sim.billing import collection
from stripe_sim.billing.charging import decline_error
from stripe_sim.billing.discounts import DISCOUNTS, make_discounts
from stripe_sim.billing.invoices import (
    announce,
    drop_payments,
    finalize,
    mark_uncollectible,
    new_invoice,
    plan_finalization,
    take_pending,
    void,
)
from stripe_sim.billing.lines import drop_line, lines_of
from stripe_sim.billing.payment_methods import check_attached, find_method
from stripe_sim.billing.revisions import revise
from stripe_sim.billing.shipping import told_taxes
from stripe_sim.billing.standing import after_payment
from stripe_sim.billing.totals import recalculate
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.present import list_object
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_currency
from stripe_sim.resources.shipping_rates import SHIPPING_COST, chosen_rate
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by, page, unsupported, within
from stripe_sim.wire.routes import route, serve_reads


def _payments(world, invoice: dict) -> dict:
    return list_object(world, invoice["_payments"], "/v1/invoice_payments")


register(
    "invoice",
    "in",
    embedded=("default_tax_rates",),
    children={"lines": ("_lines", "/v1/invoices/{id}/lines")},
    includable={"payments": _payments},
    parts={"shipping_cost.taxes": told_taxes},
)

_KEPT = (
    "account_tax_ids",
    "custom_fields",
    "footer",
    "number",
    "rendering",
    "shipping_details",
    "statement_descriptor",
)
_UPDATE = {
    "auto_advance": p.FLAG,
    "automatic_tax": p.NO_AUTOMATIC_TAX,
    "collection_method": p.OneOf("charge_automatically", "send_invoice"),
    "days_until_due": p.NATURAL,
    "default_payment_method": p.TEXT,
    "default_tax_rates": p.IDS,
    "description": p.TEXT,
    "discounts": DISCOUNTS,
    "due_date": p.TIMESTAMP,
    "effective_at": p.TIMESTAMP,
    "issuer": p.ANYTHING,
    "metadata": p.METADATA,
    "payment_settings": p.ANYTHING,
    **{name: p.ANYTHING for name in _KEPT},
    **p.unsupported(
        "application_fee_amount",
        "automatically_finalizes_at",
        "default_source",
        "on_behalf_of",
        "transfer_data",
    ),
    "shipping_cost": SHIPPING_COST,
}
_CREATE = {
    **_UPDATE,
    "customer": p.REQUIRED,
    "currency": p.REQUIRED,
    "subscription": p.REQUIRED,
    "pending_invoice_items_behavior": p.OneOf("include", "exclude"),
    "from_invoice": p.Hash(
        {"action": p.Only(p.TEXT, "revision"), "invoice": p.REQUIRED},
        ("action", "invoice"),
    ),
    **p.unsupported("customer_account"),
}
_PLAIN = (
    "auto_advance",
    "collection_method",
    "default_payment_method",
    "default_tax_rates",
    "description",
    "due_date",
    "effective_at",
    *_KEPT,
)


@route("POST", "/v1/invoices", _CREATE)
def create(call):
    world, params = call.world, call.params
    if params.get("from_invoice"):
        return _revise(world, params)
    if "customer" not in params:
        raise errors.missing_param("customer")
    customer = world.get("customer", params["customer"], "customer")
    fallback = customer["currency"] or world.settings.default_currency
    currency = check_currency(params.get("currency") or fallback)
    _check(world, customer, params)
    invoice = new_invoice(world, customer, currency, metadata=clean_metadata(params))
    _apply(world, invoice, params)
    if params.get("pending_invoice_items_behavior") == "include":
        take_pending(world, invoice)
    announce(world, invoice)
    return invoice


def _revise(world, params: dict) -> dict:
    source = params["from_invoice"]["invoice"]
    original = world.get("invoice", source, "from_invoice[invoice]")
    invoice = revise(world, original)
    _apply(world, invoice, params)
    announce(world, invoice)
    return invoice


def _check(world, customer: dict, params: dict) -> None:
    sent = params.get("collection_method") == "send_invoice"
    if sent and params.get("days_until_due") is None and not params.get("due_date"):
        raise errors.invalid(
            "You must pass either `days_until_due` or `due_date` when"
            " `collection_method` is `send_invoice`.",
            "days_until_due",
        )
    if params.get("subscription"):
        raise errors.not_simulated("subscription")
    for rate in params.get("default_tax_rates") or []:
        world.get("tax_rate", rate, "default_tax_rates")
    if params.get("default_payment_method"):
        check_attached(
            world, params["default_payment_method"], customer, "default_payment_method"
        )


def _apply(world, invoice: dict, params: dict) -> None:
    apply(invoice, params, *_PLAIN)
    if "days_until_due" in params:
        invoice["_days_until_due"] = days = params["days_until_due"]
        invoice["due_date"] = days and world.now() + days * 86400
    if "shipping_cost" in params:
        rate = chosen_rate(world, params["shipping_cost"], invoice["currency"])
        invoice["_shipping_rate"] = rate
    if "discounts" in params:
        invoice["discounts"] = make_discounts(
            world,
            params["discounts"],
            "discounts",
            customer=invoice["customer"],
            invoice=invoice["id"],
        )


@route("POST", "/v1/invoices/<id>", _UPDATE)
def update(call):
    world, params = call.world, call.params
    invoice = world.get("invoice", call.id)
    if invoice["status"] != "draft":
        _only_open_fields(params)
    with world.changing(invoice, "invoice.updated"):
        _apply(world, invoice, params)
        if invoice["status"] == "draft":
            recalculate(world, invoice)
            if params.get("auto_advance"):
                plan_finalization(world, invoice)
    return invoice


def _only_open_fields(params: dict) -> None:
    allowed = {"metadata", "auto_advance", "default_payment_method", "expand"}
    refused = set(params) - allowed - {"due_date", "days_until_due", "payment_settings"}
    if refused:
        raise errors.invalid(
            f"Finalized invoices can't be updated in this way: {', '.join(refused)}",
            sorted(refused)[0],
            "invoice_not_editable",
        )


@route("DELETE", "/v1/invoices/<id>")
def delete(call):
    """Drafts only; their invoice items are pending again."""
    world = call.world
    invoice = world.get("invoice", call.id)
    if invoice["status"] != "draft":
        raise errors.invalid(
            "You can only delete draft invoices.", code="invoice_not_editable"
        )
    world.emit("invoice.deleted", invoice)
    for line in lines_of(world, invoice):
        drop_line(world, invoice, line)
    for entry in world.store.all("invoiceitem"):
        if entry["invoice"] == invoice["id"]:
            entry["invoice"] = None
    world.store.remove(invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


@route("POST", "/v1/invoices/<id>/finalize", {"auto_advance": p.FLAG})
def finalize_call(call):
    world = call.world
    invoice = world.get("invoice", call.id)
    if invoice["status"] == "draft" and "auto_advance" in call.params:
        invoice["auto_advance"] = call.params["auto_advance"]
    finalize(world, invoice)
    _plan_collection(world, invoice)
    return invoice


def _plan_collection(world, invoice: dict) -> None:
    """What was finalized by hand is collected by the clock an hour later."""
    if invoice["status"] != "open" or not invoice["auto_advance"]:
        return
    due = world.now() + world.settings.finalize_after_seconds
    if invoice["collection_method"] == "charge_automatically":
        invoice["next_payment_attempt"] = due

    def work():
        if not invoice["attempted"]:
            collection.advance(world, invoice)

    world.clock.at(due, work)


@route("POST", "/v1/invoices/<id>/send")
def send(call):
    world = call.world
    invoice = world.get("invoice", call.id)
    if invoice["collection_method"] != "send_invoice":
        raise errors.invalid(
            "You can only manually send an invoice if its collection method is"
            " 'send_invoice'."
        )
    if invoice["status"] == "draft":
        finalize(world, invoice)
    world.emit("invoice.sent", invoice)
    return invoice


@route(
    "POST",
    "/v1/invoices/<id>/pay",
    {
        "payment_method": p.REQUIRED,
        "paid_out_of_band": p.FLAG,
        "off_session": p.FLAG,
        **p.unsupported("forgive", "mandate", "source"),
    },
)
def pay(call):
    world, params = call.world, call.params
    invoice = world.get("invoice", call.id)
    _check_payable(invoice)
    method = _paying_method(world, invoice, params)
    if invoice["status"] == "draft":
        finalize(world, invoice)
    if invoice["status"] == "paid":
        return invoice
    if params.get("paid_out_of_band"):
        _pay_out_of_band(world, invoice)
    elif not collection.attempt(world, invoice, method):
        raise decline_error(world, collection.open_intent(world, invoice)[1])
    return invoice


def _check_payable(invoice: dict) -> None:
    if invoice["status"] == "paid":
        raise errors.invalid("Invoice is already paid")
    if invoice["status"] == "void":
        raise errors.invalid("Voided invoices cannot be paid.")


def _paying_method(world, invoice: dict, params: dict) -> dict | None:
    if params.get("paid_out_of_band"):
        return None
    if params.get("payment_method"):
        return find_method(world, params["payment_method"])
    method = collection.method_for(world, invoice)
    if method is None:
        raise errors.invalid(
            "There is no `default_payment_method` set on this Customer or Invoice."
            " Please set either an `invoice.default_payment_method` or"
            " `customer.invoice_settings.default_payment_method`.",
            code="resource_missing",
        )
    return method


def _pay_out_of_band(world, invoice: dict) -> None:
    drop_payments(world, invoice, "automatic")
    invoice["amount_paid_off_stripe"] = invoice["amount_due"]
    collection.mark_paid(world, invoice, attempted=False)
    after_payment(world, invoice)


@route("POST", "/v1/invoices/<id>/void")
def void_call(call):
    invoice = call.world.get("invoice", call.id)
    if invoice["status"] not in ("open", "uncollectible"):
        raise errors.invalid(
            "You can only pass in open invoices. This invoice isn't open."
        )
    void(call.world, invoice)
    return invoice


@route("POST", "/v1/invoices/<id>/mark_uncollectible")
def uncollectible(call):
    invoice = call.world.get("invoice", call.id)
    if invoice["status"] != "open":
        raise errors.invalid(
            "You can only pass in open invoices. This invoice isn't open."
        )
    mark_uncollectible(call.world, invoice)
    return invoice


@route(
    "GET",
    "/v1/invoices/<id>/lines",
    {
        "limit": p.NATURAL,
        "starting_after": p.REQUIRED,
        "ending_before": p.REQUIRED,
    },
)
def lines(call):
    invoice = call.world.get("invoice", call.id)
    rows = lines_of(call.world, invoice)
    return page(call, rows, f"/v1/invoices/{call.id}/lines")


serve_reads(
    "invoice",
    "/v1/invoices",
    {
        "customer": by("customer"),
        "status": by("status"),
        "subscription": by("_subscription"),
        "collection_method": by("collection_method"),
        "created": CREATED,
        "due_date": within("due_date"),
        **unsupported("customer_account"),
    },
)
