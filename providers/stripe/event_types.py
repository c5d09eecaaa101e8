# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which events say what (https://docs.stripe.com/api/events/types)."""

from __future__ import annotations

_OF_KIND = {
    "tax_rate": ("tax_rate.created", "tax_rate.updated"),
    "coupon": ("coupon.created", "coupon.updated", "coupon.deleted"),
    "product": ("product.created", "product.updated", "product.deleted"),
    "price": ("price.created", "price.updated", "price.deleted"),
    "customer": (
        "customer.created",
        "customer.updated",
        "customer.deleted",
        "customer.tax_id.created",
        "customer.tax_id.updated",
        "customer.tax_id.deleted",
    ),
    "subscription": (
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.pending_update_applied",
        "customer.subscription.pending_update_expired",
        # About a discount, which is told with its subscription.
        "customer.discount.created",
        "customer.discount.updated",
        "customer.discount.deleted",
    ),
    "invoice": (
        "invoice.created",
        "invoice.updated",
        "invoice.deleted",
        "invoice.finalized",
        "invoice.finalization_failed",
        "invoice.sent",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "invoice.overdue",
        "invoice.overpaid",
        "invoice.marked_uncollectible",
        "invoice.voided",
    ),
    "payment": (
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.canceled",
        "payment_intent.partially_funded",
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_intent.amount_capturable_updated",
        "charge.succeeded",
        "charge.updated",
        "charge.failed",
        "charge.pending",
        "charge.captured",
        "charge.expired",
        "invoice_payment.paid",
    ),
    "credit_note": (
        "credit_note.created",
        "credit_note.updated",
        "credit_note.voided",
    ),
    "refund": (
        "refund.created",
        "refund.updated",
        "refund.failed",
        # The same of old, with the refund as its object.
        "charge.refund.updated",
    ),
    "dispute": (
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    ),
    "payout": (
        "payout.created",
        "payout.updated",
        "payout.paid",
        "payout.failed",
        "payout.canceled",
        "payout.reconciliation_completed",
    ),
}
KIND_OF_TYPE = {name: kind for kind, names in _OF_KIND.items() for name in names}
# They come in numbers and move no money: read where they turn up, not asked for.
_NOT_ASKED_FOR = (
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_intent.amount_capturable_updated",
)
# What a webhook endpoint of ours is told of.
ENDPOINT_EVENTS = tuple(name for name in KIND_OF_TYPE if name not in _NOT_ASKED_FOR)
# ``object`` of an API object → canonical kind.
KIND_OF_OBJECT = {
    "tax_rate": "tax_rate",
    "coupon": "coupon",
    "product": "product",
    "price": "price",
    "customer": "customer",
    "subscription": "subscription",
    "invoice": "invoice",
    "payment_intent": "payment",
    "charge": "payment",
    "invoice_payment": "payment",
    "credit_note": "credit_note",
    "refund": "refund",
    "dispute": "dispute",
    "payout": "payout",
    # No events tell of them: they are read with what moved the balance.
    "balance_transaction": "balance_transaction",
}
# Types after which the object is no more. A subscription stays, canceled.
DELETIONS = frozenset(
    name
    for name in KIND_OF_TYPE
    if name.endswith(".deleted")
    and name
    not in (
        "customer.subscription.deleted",
        "customer.tax_id.deleted",
        "customer.discount.deleted",
    )
)
