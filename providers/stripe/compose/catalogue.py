# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Product, price, coupon and tax rate → parameters."""

from __future__ import annotations

from decimal import Decimal

from ....canonical import Coupon, Hold, Price, Product, TaxRate
from .. import metadata
from .amount import unit_amount
from .common import decimal, filled, said

# https://docs.stripe.com/api/coupons/create, https://docs.stripe.com/api/tax_rates/create
MAX_COUPON_NAME = 40
MAX_TAX_NAME = 50


def product(document: Product, new: bool) -> dict:
    known = {"code": {metadata.CODE: document.code}}
    params = {
        "name": {"name": document.name},
        "description": {"description": document.description},
        "active": {"active": document.active},
        "metadata": {"metadata": metadata.of(document, **said(document, known))},
    }
    if document.default_price_id:
        # A price is archived only while it is not the default one.
        params["default_price_id"] = {"default_price": document.default_price_id}
    return filled(said(document, params), new)


def price(document: Price) -> dict:
    """:raises Hold: ``no_flat_amount``, ``negative_price``, ``amount_too_fine``"""
    params = {
        "product": document.product_id,
        "currency": document.currency.lower(),
        **unit_amount(document.unit_amount),
        "tax_behavior": "inclusive" if document.inclusive else "exclusive",
        "active": document.active,
        "metadata": metadata.of(document),
    }
    if document.interval != "one_time":
        params["recurring"] = {
            "interval": document.interval,
            "interval_count": document.interval_count,
        }
    return filled({**params, **_lookup_key(document)}, new=True)


def price_change(document: Price) -> dict:
    """All else of a price is fixed for good: another amount is another price."""
    return {"active": document.active, **_lookup_key(document)}


def _lookup_key(document: Price) -> dict:
    """The key is taken over from the price that had it before
    (https://docs.stripe.com/products-prices/manage-prices#lookup-keys)."""
    if not document.lookup_key:
        return {}
    return {"lookup_key": document.lookup_key, "transfer_lookup_key": True}


def coupon(document: Coupon) -> dict:
    """:raises Hold: ``discount_out_of_range``, ``no_duration``"""
    params = {
        **_taken_off(document),
        **_duration(document),
        "name": document.name[:MAX_COUPON_NAME],
        "metadata": metadata.of(document),
    }
    return filled(params, new=True)


def _taken_off(document: Coupon) -> dict:
    if document.amount_off is not None:
        return {
            "amount_off": document.amount_off.amount,
            "currency": document.amount_off.currency.lower(),
        }
    percent = document.percent_off or Decimal(0)
    if not 0 < percent <= 100:
        raise Hold(
            "discount_out_of_range",
            f"A discount of {percent:f} % cannot be a coupon.",
            "Correct the discount: more than 0 %, at most 100 %.",
        )
    return {"percent_off": decimal(percent)}


def _duration(document: Coupon) -> dict:
    if document.duration != "repeating":
        return {"duration": document.duration}
    if document.months < 1:
        raise Hold(
            "no_duration",
            f"The discount {document.name} is limited, but to no number of months.",
            "Enter the number of months, or grant it for the whole contract.",
        )
    return {"duration": "repeating", "duration_in_months": document.months}


def tax_rate(document: TaxRate) -> dict:
    params = {
        "display_name": document.name[:MAX_TAX_NAME],
        "percentage": decimal(document.percentage),
        "inclusive": document.inclusive,
        "country": document.country,
        "state": document.state,
        "active": document.active,
        "metadata": metadata.of(document),
    }
    return filled(params, new=True)
