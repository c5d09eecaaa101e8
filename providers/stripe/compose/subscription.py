# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Subscription → parameters."""

from __future__ import annotations

from datetime import datetime

from ....canonical import Hold, Subscription, SubscriptionItem
from .. import metadata
from ..moment import format_moment
from .start import start_of

# https://docs.stripe.com/api/subscriptions/create: items and add_invoice_items.
MAX_ITEMS = 20


def subscription(document: Subscription, now: datetime) -> dict:
    """:raises Hold: ``no_items``, ``too_many_items``, ``fractional_quantity``,
    ``no_payment_terms``"""
    _check(document)
    params = {
        "customer": document.customer_id,
        "currency": document.currency.lower(),
        "items": [_item(document, item) for item in document.items],
        **_collection(document),
        **start_of(document, now),
        **_end(document),
        "metadata": metadata.of(
            document,
            **{
                metadata.ORDER: document.order_name,
                metadata.OPPORTUNITY: document.opportunity_id,
            },
        ),
    }
    if document.one_time:
        params["add_invoice_items"] = [
            _item(document, item) for item in document.one_time
        ]
    if document.automatic_tax:
        params["automatic_tax"] = {"enabled": True}
    return params


def _check(document: Subscription) -> None:
    if not document.items:
        raise Hold(
            "no_items",
            f"{_name(document)} has nothing that is billed again and again.",
            "Bill one-time products by an invoice of Odoo.",
        )
    if max(len(document.items), len(document.one_time)) > MAX_ITEMS:
        raise Hold(
            "too_many_items",
            f"{_name(document)} has more than {MAX_ITEMS} items of one sort, which"
            " Stripe does not take.",
            "Divide it into several orders.",
        )


def _item(document: Subscription, item: SubscriptionItem) -> dict:
    entry: dict = {"price": item.price_id, "quantity": _quantity(document, item)}
    if item.discounts:
        entry["discounts"] = [{"coupon": each.coupon_id} for each in item.discounts]
    # Stripe computes them itself then, and refuses both together.
    if item.tax_rates and not document.automatic_tax:
        entry["tax_rates"] = list(item.tax_rates)
    if item.odoo_ref:
        entry["metadata"] = {metadata.ODOO_REF: item.odoo_ref}
    return entry


def _quantity(document: Subscription, item: SubscriptionItem) -> int:
    if item.quantity != item.quantity.to_integral_value() or item.quantity < 0:
        raise Hold(
            "fractional_quantity",
            f"{_name(document)} has a quantity of {item.quantity:f}; Stripe takes whole"
            " ones only.",
            "Change the quantity, or the unit of the product.",
        )
    return int(item.quantity)


def _collection(document: Subscription) -> dict:
    """Charged: what fails leaves the subscription incomplete, with an open invoice that
    the customer can pay, and nobody is there to confirm a payment
    (https://docs.stripe.com/billing/subscriptions/overview#payment-behavior)."""
    if document.collection == "charge_automatically":
        return {
            "collection_method": "charge_automatically",
            "payment_behavior": "allow_incomplete",
            "off_session": True,
        }
    if document.days_until_due is None:
        raise Hold(
            "no_payment_terms",
            f"{_name(document)} is billed by invoice, but not due in any number of"
            " days.",
            "Set payment terms on the order.",
        )
    return {
        "collection_method": "send_invoice",
        "days_until_due": document.days_until_due,
    }


def _end(document: Subscription) -> dict:
    if document.cancel_at:
        return {"cancel_at": format_moment(document.cancel_at)}
    return {"cancel_at_period_end": True} if document.cancel_at_period_end else {}


def _name(document: Subscription) -> str:
    return f"The subscription of {document.order_name or document.customer_id}"
