# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit notes."""

from stripe_sim.billing.credit_lines import lines_of_note
from stripe_sim.billing.credit_notes import issue, void
from stripe_sim.core.fields import apply
from stripe_sim.core.types import register
from stripe_sim.wire import params as p
from stripe_sim.wire.lists import CREATED, by, page, unsupported
from stripe_sim.wire.routes import route, serve_reads

register(
    "credit_note",
    "cn",
    label="credit note",
    children={"lines": ("_lines", "/v1/credit_notes/{id}/lines")},
)

_LINE = p.Hash(
    {
        "type": p.OneOf("invoice_line_item", "custom_line_item"),
        "amount": p.Integer(low=1),
        "description": p.TEXT,
        "invoice_line_item": p.REQUIRED,
        "metadata": p.METADATA,
        "quantity": p.Integer(low=1),
        "tax_rates": p.IDS,
        "unit_amount": p.Integer(low=1),
        "unit_amount_decimal": p.NUMBER,
        **p.unsupported("tax_amounts"),
    },
    ("type",),
)
_REFUND = p.Hash(
    {
        "refund": p.REQUIRED,
        "amount_refunded": p.Integer(low=1),
        "type": p.Only(p.TEXT, "refund"),
        **p.unsupported("payment_record_refund"),
    }
)


@route(
    "POST",
    "/v1/credit_notes",
    {
        "invoice": p.REQUIRED,
        "amount": p.Integer(low=1),
        "credit_amount": p.NATURAL,
        "effective_at": p.TIMESTAMP,
        "email_type": p.OneOf("credit_note", "none"),
        "lines": p.ListOf(_LINE),
        "memo": p.TEXT,
        "metadata": p.METADATA,
        "out_of_band_amount": p.NATURAL,
        "reason": p.OneOf(
            "duplicate", "fraudulent", "order_change", "product_unsatisfactory"
        ),
        "refund_amount": p.NATURAL,
        "refunds": p.ListOf(_REFUND),
        **p.unsupported("shipping_cost"),
    },
    ("invoice",),
)
def create(call):
    invoice = call.world.get("invoice", call.params["invoice"], "invoice")
    return issue(call.world, invoice, call.params)


@route("POST", "/v1/credit_notes/<id>", {"memo": p.TEXT, "metadata": p.METADATA})
def update(call):
    note = call.world.get("credit_note", call.id)
    with call.world.changing(note, "credit_note.updated"):
        apply(note, call.params, "memo")
    return note


@route("POST", "/v1/credit_notes/<id>/void")
def void_call(call):
    note = call.world.get("credit_note", call.id)
    void(call.world, note)
    return note


@route(
    "GET",
    "/v1/credit_notes/<id>/lines",
    {
        "limit": p.NATURAL,
        "starting_after": p.REQUIRED,
        "ending_before": p.REQUIRED,
    },
)
def lines(call):
    note = call.world.get("credit_note", call.id)
    rows = lines_of_note(call.world, note)
    return page(call, rows, f"/v1/credit_notes/{call.id}/lines")


serve_reads(
    "credit_note",
    "/v1/credit_notes",
    {
        "customer": by("customer"),
        "invoice": by("invoice"),
        "created": CREATED,
        **unsupported("customer_account"),
    },
)
