# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoice items: one-off amounts that wait for an invoice."""

from stripe_sim.billing.discounts import DISCOUNTS, make_discounts
from stripe_sim.billing.lines import (
    drop_line,
    line_for_invoiceitem,
    lines_of,
    price_details,
)
from stripe_sim.billing.pricing import line_amount
from stripe_sim.billing.proration import blank_invoiceitem
from stripe_sim.billing.totals import recalculate
from stripe_sim.core import errors
from stripe_sim.core.fields import apply, clean_metadata
from stripe_sim.core.types import register
from stripe_sim.money.currencies import check_amount, check_currency
from stripe_sim.resources.prices import PRICE_DATA, new_price
from stripe_sim.resources.products import new_product
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, Filter, by, unsupported
from stripe_sim.wire.routes import route, serve_reads

# The API gives `date` where other objects have `created`.
register("invoiceitem", "ii", embedded=("tax_rates",), omits=("created",))

_PERIOD = p.Hash({"start": p.TIMESTAMP, "end": p.TIMESTAMP}, ("start", "end"))
_UPDATE = {
    "amount": p.INTEGER,
    "description": p.TEXT,
    "discountable": p.FLAG,
    "discounts": DISCOUNTS,
    "metadata": p.METADATA,
    "period": _PERIOD,
    "price_data": PRICE_DATA,
    "pricing": p.Hash({"price": p.REQUIRED}),
    "quantity": p.NATURAL,
    "tax_rates": p.IDS,
    "unit_amount_decimal": p.NUMBER,
    **p.stored("tax_behavior", "tax_code"),
    **p.unsupported("quantity_decimal"),
}
# What a new subscription may bring along for its first invoice.
ADDED = p.ListOf(
    p.Hash(
        {
            "price": p.REQUIRED,
            "quantity": p.NATURAL,
            "discounts": DISCOUNTS,
            "metadata": p.METADATA,
            "tax_rates": p.IDS,
            **p.unsupported("period", "price_data"),
        }
    ),
    20,
)
_CREATE = {
    **_UPDATE,
    "customer": p.REQUIRED,
    "currency": p.REQUIRED,
    "invoice": p.REQUIRED,
    "subscription": p.REQUIRED,
    **p.unsupported("customer_account"),
}


@route("POST", "/v1/invoiceitems", _CREATE)
def create(call):
    return new_entry(call.world, call.params)


def new_entry(world, params: dict) -> dict:
    customer = _owner(world, params)
    price = _price(world, params, customer)
    entry = world.add(
        "invoiceitem",
        {
            **blank_invoiceitem(world, customer["id"], price["currency"]),
            "metadata": clean_metadata(params),
            "quantity": params.get("quantity") or 1,
            "_subscription": params.get("subscription"),
        },
    )
    entry["date"] = world.now()
    entry["parent"] = _parent(entry["_subscription"])
    _fill(world, entry, price, params)
    world.emit("invoiceitem.created", entry)
    if params.get("invoice"):
        _onto(world, entry, _draft(world, params["invoice"]))
    return entry


def _owner(world, params: dict) -> dict:
    if params.get("customer"):
        return world.get("customer", params["customer"], "customer")
    if params.get("invoice"):
        invoice = world.get("invoice", params["invoice"], "invoice")
        return world.get("customer", invoice["customer"])
    raise errors.missing_param("customer")


def _draft(world, identifier: str) -> dict:
    invoice = world.get("invoice", identifier, "invoice")
    if invoice["status"] != "draft":
        raise errors.invalid(
            "You can only add invoice items to draft invoices.",
            "invoice",
            "invoice_not_editable",
        )
    return invoice


def _parent(subscription: str | None) -> dict | None:
    if subscription is None:
        return None
    details = {"subscription": subscription, "subscription_item": None}
    return {"type": "subscription_details", "subscription_details": details}


def _price(world, params: dict, customer: dict) -> dict:
    """The price of the item; one is made where only an amount is given."""
    if params.get("pricing"):
        identifier = params["pricing"].get("price")
        price = world.get("price", identifier, "pricing[price]")
        if price["type"] != "one_time":
            raise errors.invalid(
                "The price specified is set to `type=recurring` but this field only"
                " accepts prices with `type=one_time`.",
                "pricing[price]",
            )
        return price
    if params.get("price_data"):
        return new_price(world, params["price_data"], active=False)
    return _made_price(world, params, customer)


def _made_price(world, params: dict, customer: dict) -> dict:
    amount = params.get("unit_amount_decimal") or params.get("amount")
    if amount is None:
        raise errors.missing_param("amount")
    fallback = customer["currency"] or world.settings.default_currency
    currency = check_currency(params.get("currency") or fallback)
    check_amount(params.get("amount"), currency, "amount")
    name = params.get("description") or "Invoice item"
    product = new_product(world, {"name": name, "active": False}, quiet=True)
    price = {
        "currency": currency,
        "product": product["id"],
        "unit_amount_decimal": str(amount),
        "active": False,
    }
    return new_price(world, price, quiet=True)


def _fill(world, entry: dict, price: dict, params: dict) -> None:
    for rate in params.get("tax_rates") or []:
        world.get("tax_rate", rate, "tax_rates")
    entry["pricing"] = price_details(price)
    amount = params.get("amount")
    entry["amount"] = (
        line_amount(price, entry["quantity"]) if amount is None else amount
    )
    entry["discountable"] = entry["amount"] >= 0
    apply(entry, params, "description", "discountable", "period", "tax_rates")
    product = world.store.find("product", price["product"])
    entry["description"] = entry["description"] or product["name"]
    entry["quantity_decimal"] = str(entry["quantity"])
    entry["net_amount"] = entry["amount"]
    if "discounts" in params:
        entry["discounts"] = make_discounts(
            world,
            params["discounts"],
            "discounts",
            customer=entry["customer"],
            invoice_item=entry["id"],
        )


def _onto(world, entry: dict, invoice: dict) -> None:
    if entry["currency"] != invoice["currency"]:
        raise errors.invalid(
            f"The currency of the invoice item ({entry['currency']}) differs from that"
            f" of the invoice ({invoice['currency']}).",
            "currency",
        )
    with world.changing(invoice, "invoice.updated"):
        line_for_invoiceitem(world, invoice, entry)
        recalculate(world, invoice)


def add_invoice_items(world, subscription: dict, given: list[dict]) -> None:
    """One-off items for the first invoice of a subscription."""
    for each in given:
        params = {
            "customer": subscription["customer"],
            "subscription": subscription["id"],
            "pricing": {"price": each.get("price")},
            **{name: each[name] for name in each if name != "price"},
        }
        new_entry(world, params)


@route("POST", "/v1/invoiceitems/<id>", _UPDATE)
def update(call):
    world, params = call.world, call.params
    entry = world.get("invoiceitem", call.id)
    invoice = _draft(world, entry["invoice"]) if entry["invoice"] else None
    if "quantity" in params:
        entry["quantity"] = params["quantity"] or 1
    price = world.store.find("price", entry["pricing"]["price_details"]["price"])
    if params.get("pricing") or params.get("price_data"):
        price = _price(world, params, world.get("customer", entry["customer"]))
    _fill(world, entry, price, params)
    if invoice:
        _drop(world, entry, invoice)
        _onto(world, entry, invoice)
    return entry


def _drop(world, entry: dict, invoice: dict) -> None:
    for line in lines_of(world, invoice):
        details = line["parent"]["invoice_item_details"]
        if details and details["invoice_item"] == entry["id"]:
            drop_line(world, invoice, line)


@route("DELETE", "/v1/invoiceitems/<id>")
def delete(call):
    world = call.world
    entry = world.get("invoiceitem", call.id)
    if entry["invoice"]:
        invoice = _draft(world, entry["invoice"])
        with world.changing(invoice, "invoice.updated"):
            _drop(world, entry, invoice)
            recalculate(world, invoice)
    world.emit("invoiceitem.deleted", entry)
    world.store.remove(entry)
    return {"id": entry["id"], "object": "invoiceitem", "deleted": True}


serve_reads(
    "invoiceitem",
    "/v1/invoiceitems",
    {
        "created": CREATED,
        "customer": by("customer"),
        "invoice": by("invoice"),
        **unsupported("customer_account"),
        "pending": Filter(p.FLAG, lambda row, wanted: wanted == (not row["invoice"])),
    },
)
