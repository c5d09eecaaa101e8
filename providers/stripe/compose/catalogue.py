# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Product, price, coupon and tax rate → parameters."""

from __future__ import annotations

from ....canonical import Coupon, Hold, Price, Product, TaxRate
from .. import metadata
from .amount import unit_amount
from .common import decimal, filled

# https://docs.stripe.com/api/coupons/create, https://docs.stripe.com/api/tax_rates/create
MAX_COUPON_NAME = 40
MAX_TAX_NAME = 50


def product(document: Product, new: bool) -> dict:
    params = {
        "name": document.name,
        "description": document.description,
        "active": document.active,
        "metadata": metadata.of(document, **{metadata.CODE: document.code}),
    }
    return filled(params, new)


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
    return filled(params, new=True)


def price_change(document: Price) -> dict:
    """All else of a price is fixed for good: another amount is another price."""
    return {"active": document.active}


def coupon(document: Coupon) -> dict:
    """:raises Hold: ``discount_out_of_range``"""
    if not 0 < document.percent_off <= 100:
        raise Hold(
            "discount_out_of_range",
            f"A discount of {document.percent_off:f} % cannot be a coupon.",
            "Correct the discount: more than 0 %, at most 100 %.",
        )
    params = {
        "percent_off": decimal(document.percent_off),
        "duration": "forever",
        "name": document.name[:MAX_COUPON_NAME],
        "metadata": metadata.of(document),
    }
    return filled(params, new=True)


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
