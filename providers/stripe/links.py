# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Addresses for people."""

from __future__ import annotations

from urllib.parse import quote

DASHBOARD = "https://dashboard.stripe.com"
_PAGES = {
    "customer": "customers",
    "product": "products",
    "price": "prices",
    "coupon": "coupons",
    "tax_rate": "tax-rates",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "payment": "payments",
    "credit_note": "credit_notes",
    "dispute": "disputes",
    "payout": "payouts",
}


def object_url(kind: str, object_id: str, live: bool) -> str:
    """The object's page in the Dashboard; empty where it has none, as the payments have
    that were made outside of Stripe."""
    page = _PAGES.get(kind)
    if not page or not object_id or object_id.startswith("inpay_"):
        return ""
    mode = "" if live else "/test"
    return f"{DASHBOARD}{mode}/{page}/{quote(object_id, safe='')}"
