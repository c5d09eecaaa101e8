# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices from draft to open, void or uncollectible."""

import copy

from stripe_sim.billing import collection
from stripe_sim.billing.balance import move_balance
from stripe_sim.billing.charging import cancel, new_intent
from stripe_sim.billing.credit_grants import give_back, grants_for
from stripe_sim.billing.lines import line_for_invoiceitem
from stripe_sim.billing.totals import recalculate
from stripe_sim.core import errors

_DAY = 86400
_BLANK = {
    "account_tax_ids": None,
    "amount_due": 0,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_remaining": 0,
    "amount_shipping": 0,
    "application": None,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": False,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "automatically_finalizes_at": None,
    "billing_reason": "manual",
    "collection_method": "charge_automatically",
    "custom_fields": None,
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "effective_at": None,
    "ending_balance": None,
    "footer": None,
    "from_invoice": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "issuer": {"type": "self"},
    "last_finalization_error": None,
    "latest_revision": None,
    "metadata": {},
    "next_payment_attempt": None,
    "number": None,
    "on_behalf_of": None,
    "parent": None,
    "payment_settings": {
        "default_mandate": None,
        "payment_method_options": None,
        "payment_method_types": None,
    },
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "status": "draft",
    "status_transitions": {
        "finalized_at": None,
        "marked_uncollectible_at": None,
        "paid_at": None,
        "voided_at": None,
    },
    "subtotal": 0,
    "subtotal_excluding_tax": 0,
    "test_clock": None,
    "total": 0,
    "total_discount_amounts": [],
    "total_excluding_tax": 0,
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
    "webhooks_delivered_at": None,
    "_days_until_due": None,
    "_lines": [],
    "_payments": [],
    "_shipping_rate": None,
    "_shipping_taxes": [],
    "_subscription": None,
}


def new_invoice(world, customer: dict, currency: str, **given) -> dict:
    """An empty draft that nobody has been told of yet; see `announce`."""
    fields = {
        **copy.deepcopy(_BLANK),
        **_customer_fields(world, customer),
        "account_country": world.settings.country,
        "account_name": world.settings.account_name,
        "currency": currency,
        "period_end": world.now(),
        "period_start": world.now(),
    }
    return world.add("invoice", {**fields, **given})


def _customer_fields(world, customer: dict) -> dict:
    tax_ids = [
        {"type": row["type"], "value": row["value"]}
        for row in world.store.owned("tax_id", customer["id"])
    ]
    return {
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": tax_ids,
    }


def take_pending(world, invoice: dict) -> None:
    """Move the customer's pending invoice items of this currency onto it."""
    for entry in world.store.owned("invoiceitem", invoice["customer"]):
        same = entry["currency"] == invoice["currency"]
        owner = entry["_subscription"]
        if same and not entry["invoice"] and owner in (None, invoice["_subscription"]):
            line_for_invoiceitem(world, invoice, entry)


def announce(world, invoice: dict) -> None:
    """Tell of a new draft; with auto_advance it is finalized in an hour."""
    recalculate(world, invoice)
    if invoice["auto_advance"]:
        plan_finalization(world, invoice)
    world.emit("invoice.created", invoice)


def plan_finalization(world, invoice: dict) -> None:
    due = world.now() + world.settings.finalize_after_seconds
    invoice["automatically_finalizes_at"] = due

    def work():
        if invoice["status"] == "draft" and invoice["auto_advance"]:
            finalize(world, invoice)
            collection.advance(world, invoice)

    world.clock.at(due, work)


def finalize(world, invoice: dict) -> dict:
    """Draft to open: number, credit applied, a PaymentIntent for what is due."""
    if invoice["status"] != "draft":
        raise errors.invalid(
            "This invoice is already finalized, you can't re-finalize a non-draft"
            " invoice.",
            code="invoice_not_editable",
        )
    recalculate(world, invoice, grants_for(world, invoice))
    customer = world.store.find("customer", invoice["customer"])
    _number(invoice, customer)
    _apply_balance(world, invoice, customer)
    now = world.now()
    invoice["status"] = "open"
    invoice["effective_at"] = invoice["effective_at"] or now
    invoice["automatically_finalizes_at"] = None
    invoice["status_transitions"]["finalized_at"] = now
    address = (
        f"https://invoice.stripe.com/i/{world.simulation.account_id}/{invoice['id']}"
    )
    invoice["hosted_invoice_url"] = address
    invoice["invoice_pdf"] = f"{address}/pdf"
    _plan_due(world, invoice)
    world.emit("invoice.finalized", invoice)
    _supersede(world, invoice)
    if invoice["amount_due"]:
        _open_payment(world, invoice)
    else:
        collection.settle_paid(world, invoice, None)
    return invoice


def _supersede(world, invoice: dict) -> None:
    """A revision that is issued takes the place of the invoice it was made from."""
    if not invoice["from_invoice"]:
        return
    original = world.store.find("invoice", invoice["from_invoice"]["invoice"])
    if original["status"] in ("open", "uncollectible"):
        with world.changing(original, "invoice.updated"):
            original["latest_revision"] = invoice["id"]
        void(world, original)


def _number(invoice: dict, customer: dict) -> None:
    if invoice["number"] is None:
        sequence = customer["next_invoice_sequence"]
        invoice["number"] = f"{customer['invoice_prefix']}-{sequence:04d}"
        customer["next_invoice_sequence"] += 1


def _apply_balance(world, invoice: dict, customer: dict) -> None:
    ending = invoice["total"] + customer["balance"] - invoice["amount_due"]
    invoice["ending_balance"] = ending
    if ending != customer["balance"]:
        move_balance(
            world,
            customer,
            ending - customer["balance"],
            "applied_to_invoice",
            currency=invoice["currency"],
            invoice=invoice["id"],
        )


def _plan_due(world, invoice: dict) -> None:
    if invoice["collection_method"] != "send_invoice":
        return
    if invoice["due_date"] is None:
        days = invoice["_days_until_due"] or 0
        invoice["due_date"] = world.now() + days * _DAY
    world.clock.at(invoice["due_date"], lambda: collection.fall_overdue(world, invoice))


def _open_payment(world, invoice: dict) -> None:
    intent = new_intent(
        world,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description=_payment_description(invoice),
        _invoice=invoice["id"],
    )
    fields = {
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    payment = world.add("invoice_payment", fields)
    invoice["_payments"].append(payment["id"])


def _payment_description(invoice: dict) -> str:
    reasons = {
        "subscription_create": "Subscription creation",
        "subscription_cycle": "Subscription update",
        "subscription_update": "Subscription update",
    }
    other = f"Payment for Invoice {invoice['number']}"
    return reasons.get(invoice["billing_reason"], other)


def drop_payments(world, invoice: dict, reason: str) -> None:
    """Cancel what is still open of an invoice's payments."""
    for identifier in invoice["_payments"]:
        payment = world.store.find("invoice_payment", identifier)
        if payment["status"] != "open":
            continue
        payment["status"] = "canceled"
        payment["status_transitions"]["canceled_at"] = world.now()
        intent = world.store.find(
            "payment_intent", payment["payment"]["payment_intent"]
        )
        cancel(world, intent, reason)


def void(world, invoice: dict) -> None:
    """Open or uncollectible to void; credits that were applied are given back."""
    applied = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    with world.changing(invoice, "invoice.updated"):
        invoice["status"] = "void"
        invoice["auto_advance"] = False
        invoice["next_payment_attempt"] = None
        invoice["status_transitions"]["voided_at"] = world.now()
    world.emit("invoice.voided", invoice)
    drop_payments(world, invoice, "void_invoice")
    give_back(world, invoice)
    if applied:
        move_balance(
            world,
            world.store.find("customer", invoice["customer"]),
            -applied,
            "unapplied_from_invoice",
            currency=invoice["currency"],
            invoice=invoice["id"],
        )


def mark_uncollectible(world, invoice: dict) -> None:
    with world.changing(invoice, "invoice.updated"):
        invoice["status"] = "uncollectible"
        invoice["auto_advance"] = False
        invoice["next_payment_attempt"] = None
        invoice["status_transitions"]["marked_uncollectible_at"] = world.now()
    world.emit("invoice.marked_uncollectible", invoice)
