# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Collecting an open invoice: the first attempt, retries, paid, overdue."""

from stripe_sim.billing.charging import confirm
from stripe_sim.billing.payment_methods import usable_method
from stripe_sim.billing.standing import (
    after_failure,
    after_payment,
    fall_behind,
    start_processing,
)

_DAY = 86400


def advance(world, invoice: dict) -> None:
    """What Stripe does by itself with an invoice that was just finalized."""
    if invoice["status"] != "open" or not invoice["auto_advance"]:
        return
    if invoice["collection_method"] == "send_invoice":
        world.emit("invoice.sent", invoice)
    else:
        attempt(world, invoice)


def method_for(world, invoice: dict) -> dict | None:
    return usable_method(
        world,
        invoice,
        world.store.find("subscription", invoice["_subscription"]),
        world.store.find("customer", invoice["customer"]),
    )


def open_intent(world, invoice: dict) -> tuple:
    """(InvoicePayment, PaymentIntent) that is to pay the invoice."""
    for identifier in invoice["_payments"]:
        payment = world.store.find("invoice_payment", identifier)
        if payment["status"] == "open":
            intent = payment["payment"]["payment_intent"]
            return payment, world.store.find("payment_intent", intent)
    raise LookupError(f"{invoice['id']} has no open payment.")


def attempt(world, invoice: dict, method: dict | None = None) -> bool:
    """Charge the default payment method (or `method`); False when that failed.

    A bank debit is under way for days: the invoice stays open, its subscription is
    active meanwhile.
    """
    method = method or method_for(world, invoice)
    payment, intent = open_intent(world, invoice)
    if intent["status"] == "processing":
        return True

    def conclude(charge):
        if charge["status"] == "succeeded":
            settle_paid(world, invoice, payment)
        else:
            _fail(world, invoice)

    charge = confirm(world, intent, method, conclude) if method else None
    if charge is not None and charge["status"] == "pending":
        start_processing(world, invoice)
        return True
    if charge is not None and charge["status"] == "succeeded":
        settle_paid(world, invoice, payment)
        return True
    _fail(world, invoice)
    return False


def settle_paid(world, invoice: dict, payment: dict | None) -> None:
    """Mark paid by `payment`, or by credit where nothing was due."""
    if payment is not None:
        payment.update(status="paid", amount_paid=payment["amount_requested"])
        payment["status_transitions"]["paid_at"] = world.now()
        world.emit("invoice_payment.paid", payment)
    mark_paid(world, invoice)
    world.emit("invoice.payment_succeeded", invoice)
    after_payment(world, invoice)


def mark_paid(world, invoice: dict, attempted: bool = True) -> None:
    with world.changing(invoice, "invoice.updated"):
        invoice["status"] = "paid"
        invoice["amount_paid"] = invoice["amount_due"]
        invoice["amount_remaining"] = 0
        invoice["auto_advance"] = False
        invoice["next_payment_attempt"] = None
        invoice["status_transitions"]["paid_at"] = world.now()
        if attempted:
            invoice["attempted"] = True
            invoice["attempt_count"] += 1 if invoice["amount_due"] else 0
    world.emit("invoice.paid", invoice)


def _fail(world, invoice: dict) -> None:
    retry_at = _next_attempt(world, invoice)
    with world.changing(invoice, "invoice.updated"):
        invoice["attempted"] = True
        invoice["attempt_count"] += 1
        invoice["next_payment_attempt"] = retry_at
    world.emit("invoice.payment_failed", invoice)
    if retry_at:
        world.clock.at(retry_at, lambda: _retry(world, invoice, retry_at))
    after_failure(world, invoice, final=retry_at is None)


def _next_attempt(world, invoice: dict) -> int | None:
    """While a subscription is incomplete nothing is retried: its customer is there."""
    days = world.settings.retry_days
    turn = invoice["attempt_count"]
    subscription = world.store.find("subscription", invoice["_subscription"])
    first = subscription is not None and subscription["status"] == "incomplete"
    if first or not invoice["auto_advance"] or turn >= len(days):
        return None
    earlier = days[turn - 1] if turn else 0
    return world.now() + (days[turn] - earlier) * _DAY


def _retry(world, invoice: dict, planned: int) -> None:
    if invoice["status"] == "open" and invoice["next_payment_attempt"] == planned:
        attempt(world, invoice)


def fall_overdue(world, invoice: dict) -> None:
    if invoice["status"] == "open":
        world.emit("invoice.overdue", invoice)
        fall_behind(world, invoice)
