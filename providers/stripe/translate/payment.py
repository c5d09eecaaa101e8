# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PaymentIntent, charge or invoice payment → payment."""

from __future__ import annotations

from typing import Any

from ....canonical import Allocation, Hold, Payment
from .. import metadata
from ..moment import parse_moment
from .common import head, identifier, money, part, text

# Where the client puts the invoice payments of an object beside it: since 2025-03-31
# neither a PaymentIntent nor a charge names its invoice.
INVOICE_PAYMENTS = "invoice_payments"

# https://docs.stripe.com/payments/paymentintents/lifecycle
_PENDING = (
    "processing",
    "requires_action",
    "requires_capture",
    "requires_confirmation",
    "requires_payment_method",
)


def payment(content: dict) -> Payment:
    """:raises Hold: ``wrong_object``"""
    kind = content.get("object")
    if kind not in _READERS:
        raise Hold(
            "wrong_object",
            f"{content.get('id')} is a {kind}, which is no payment.",
            "Skip the event.",
        )
    return _READERS[kind](content)


def _of_intent(content: dict) -> Payment:
    charge = _charge(content)
    status = _intent_status(content)
    collected = status == "succeeded" and content.get("amount_received") is not None
    received = "amount_received" if collected else "amount"
    return Payment(
        **_head(content),
        status=status,
        amount=_money(content, received),
        customer_id=identifier(content.get("customer")),
        allocations=_allocations(content, received),
        method=_method(content, charge),
        charge_id=identifier(content.get("latest_charge") or charge),
        **_balance_transactions(charge),
        paid_at=_paid_at(content, charge) if status == "succeeded" else None,
        failure_message=text(content.get("last_payment_error") or {}, "message"),
    )


def _of_charge(content: dict) -> Payment:
    common = _head(content)
    common["id"] = identifier(content.get("payment_intent")) or content["id"]
    status = _charge_status(content)
    captured = content.get("amount_captured")
    received = "amount_captured" if status == "succeeded" and captured else "amount"
    return Payment(
        **common,
        status=status,
        amount=_money(content, received),
        customer_id=identifier(content.get("customer")),
        allocations=_allocations(content, received),
        method=text(content.get("payment_method_details") or {}, "type"),
        charge_id=content["id"],
        **_balance_transactions(content),
        paid_at=_paid_at(content, content) if status == "succeeded" else None,
        failure_message=text(content, "failure_message"),
    )


def _of_invoice_payment(content: dict) -> Payment:
    """Out of band: recorded in Stripe, made elsewhere. One that went through Stripe has
    an intent or a charge, which is the payment then."""
    common = _head(content)
    through = part(content, "payment", "payment_intent") or part(
        content, "payment", "charge"
    )
    common["id"] = identifier(through) or content["id"]
    paid = content.get("status") == "paid"
    amount = _money(content, "amount_paid" if paid else "amount_requested")
    invoice_id = identifier(content.get("invoice"))
    return Payment(
        **common,
        status=_INVOICE_PAYMENT_STATUS.get(text(content, "status"), "pending"),
        amount=amount,
        customer_id=identifier(part(content, "invoice", "customer")),
        allocations=(Allocation(invoice_id, amount),) if paid and invoice_id else (),
        out_of_band=not through,
        paid_at=parse_moment(part(content, "status_transitions", "paid_at")),
    )


_READERS = {
    "payment_intent": _of_intent,
    "charge": _of_charge,
    "invoice_payment": _of_invoice_payment,
}
_INVOICE_PAYMENT_STATUS = {"paid": "succeeded", "canceled": "canceled"}


def _head(content: dict) -> dict[str, Any]:
    """The deal is named on the payment, or on an invoice that it pays."""
    common = head(content)
    invoices = [content.get("invoice"), *map(_invoice, _payments(content))]
    places = [
        place
        for invoice in invoices
        for place in (invoice, part(invoice, "parent", "subscription_details"))
    ]
    found = next(filter(None, map(metadata.trace_of, places)), "")
    common["trace"] = common["trace"] or found
    return common


def _invoice(invoice_payment: dict) -> Any:
    return invoice_payment.get("invoice")


def _payments(content: dict) -> list[dict]:
    return content.get(INVOICE_PAYMENTS) or []


def _allocations(content: dict, received: str) -> tuple[Allocation, ...]:
    """What was paid on which invoice. Until 2025-03-31 a payment paid one invoice, in
    full, and named it."""
    currency = text(content, "currency").upper()
    parts = [
        Allocation(
            identifier(each.get("invoice")),
            money(each.get("amount_paid"), currency, f"amount of {each['id']}"),
        )
        for each in _payments(content)
        if each.get("status") == "paid"
    ]
    invoice_id = identifier(content.get("invoice"))
    if not parts and invoice_id:
        parts = [Allocation(invoice_id, _money(content, received))]
    return tuple(parts)


def _money(content: dict, name: str):
    currency = text(content, "currency")
    return money(content.get(name), currency, f"{name} of {content['id']}")


def _charge(content: dict) -> dict:
    """The latest charge, where it is known. Until 2022-11-15 all of them were listed,
    the newest first."""
    latest = content.get("latest_charge")
    if isinstance(latest, dict):
        return latest
    listed = part(content, "charges", "data") or [{}]
    return listed[0]


def _balance_transactions(charge: dict) -> dict[str, str]:
    """How the balance was moved. A debit that was returned has moved it twice."""
    return {
        "balance_transaction_id": identifier(charge.get("balance_transaction")),
        "failure_transaction_id": identifier(charge.get("failure_balance_transaction")),
    }


def _method(content: dict, charge: dict) -> str:
    told = text(charge.get("payment_method_details") or {}, "type")
    offered = content.get("payment_method_types") or []
    return told or (offered[0] if len(offered) == 1 else "")


def _paid_at(content: dict, charge: dict):
    """When the last invoice was paid, which for debits is days after they began."""
    moments = [
        part(each, "status_transitions", "paid_at")
        for each in _payments(content)
        if each.get("status") == "paid"
    ]
    paid = max(filter(None, moments), default=None)
    return parse_moment(paid or charge.get("created") or content.get("created"))


def _intent_status(content: dict) -> str:
    status = text(content, "status")
    failed = content.get("last_payment_error") and status == "requires_payment_method"
    if failed:
        return "failed"
    return "pending" if status in _PENDING else status


def _charge_status(content: dict) -> str:
    """A charge that is only authorized is no money yet."""
    status = text(content, "status")
    authorized = status == "succeeded" and content.get("captured") is False
    return "pending" if authorized else status
