# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Errors of the API as failures of ours.

Statuses and codes: https://docs.stripe.com/api/errors,
https://docs.stripe.com/error-codes and https://docs.stripe.com/error-low-level.
"""

from __future__ import annotations

from typing import Any

import stripe

from ...canonical import Failure, Hold, Retry
from ..http import retry_after
from .api_key import mask

_NEW_KEY = (
    "Create a new key in the Stripe Dashboard, Developers, API keys, and enter it on"
    " the connection."
)
_GRANT = (
    "Edit the restricted key in the Stripe Dashboard, Developers, API keys: give it the"
    " permission that the message names, then retry."
)
_GONE = (
    "Check in the Stripe Dashboard whether it was deleted, or belongs to another"
    " account or to the other mode (test or live)."
)
_READ = "Stripe names the reason: correct it there or here, then retry."
_CARD = (
    "Ask the customer for another payment method; Stripe retries by its own schedule."
)
_PAYMENT_METHOD = (
    "Add a payment method to the customer in Stripe, or bill the order by invoice, then"
    " retry."
)
# Stripe's code → (our code, remedy).
_HOLDS = {
    "api_key_expired": ("invalid_key", _NEW_KEY),
    "platform_api_key_expired": ("invalid_key", _NEW_KEY),
    "secret_key_required": ("invalid_key", _NEW_KEY),
    "resource_missing": ("missing", _GONE),
    "livemode_mismatch": ("missing", _GONE),
    "tax_id_invalid": (
        "invalid_tax_id",
        "Correct the customer's tax id, then retry.",
    ),
    "customer_tax_location_invalid": (
        "invalid_address",
        "Complete the customer's address (country and postal code), then retry.",
    ),
    "email_invalid": ("invalid_email", "Correct the customer's e-mail, then retry."),
    "testmode_charges_only": (
        "account_inactive",
        "Activate the Stripe account in its Dashboard, or use a test key.",
    ),
    "coupon_expired": ("coupon_expired", "Replace the coupon, then retry."),
}
_BY_STATUS = {
    401: ("invalid_key", _NEW_KEY),
    402: ("payment_declined", _CARD),
    403: ("insufficient_access", _GRANT),
    404: ("missing", _GONE),
}
# A record that something else works on just now: the provider is worth asking on.
_LOCKED = ("lock_timeout", "idempotency_key_in_use")


def failure_of(error: stripe.StripeError, subject: str = "") -> Failure:
    """The failure for whatever the library raised.

    :param subject: which object or call, for a person
    """
    if isinstance(error, stripe.APIConnectionError):
        return Retry("unreachable", f"Stripe did not answer ({_first_line(error)}).")
    status, details = error.http_status or 0, _details(error)
    said = _sentence(error, details, subject)
    passing = _passing(error, status, details)
    if passing:
        return Retry(passing, said, after=retry_after(_headers(error)))
    return _hold(error, status, details, said)


def _passing(error: stripe.StripeError, status: int, details: dict) -> str:
    """Our code of a fault that passes by itself, else empty."""
    if details.get("code") in _LOCKED or status == 409:
        return "record_locked"
    if status == 429 or isinstance(error, stripe.RateLimitError):
        return "rate_limited"
    # 424: something that Stripe depends on failed. 501 does not pass by itself.
    return "unavailable" if status == 424 or status >= 500 and status != 501 else ""


def _hold(error: stripe.StripeError, status: int, details: dict, said: str) -> Hold:
    code = details.get("code")
    if isinstance(error, stripe.IdempotencyError):
        return Hold(
            "key_reused",
            said,
            "Retry: the command is composed anew and sent under a new key.",
        )
    # Told apart by the wording: the code is resource_missing here, too.
    if "no attached payment source" in said:
        return Hold("no_payment_method", said, _PAYMENT_METHOD)
    if not details:
        return Hold(
            "unexpected_answer",
            said,
            "Check the API address of the connection; a proxy may have answered.",
        )
    ours, remedy = _HOLDS.get(code) or _BY_STATUS.get(status) or ("refused", _READ)
    return Hold(ours, said, remedy)


def _headers(error: stripe.StripeError) -> Any:
    """Where an answer is no JSON, the library (16.1) has them in the wrong place."""
    return error.headers or error.json_body or {}


def _details(error: stripe.StripeError) -> dict:
    """Stripe's own error object; empty where something else answered."""
    body = error.json_body
    details = body.get("error") if isinstance(body, dict) else None
    return dict(details) if isinstance(details, dict) else {}


def _sentence(error: stripe.StripeError, details: dict, subject: str) -> str:
    place = f"{subject}: " if subject else ""
    if not details:
        # What answered may be anything, and long.
        return f"{place}Stripe answered {error.http_status} without a reason."
    said = str(details.get("message") or details.get("type") or "refused").strip()
    word = details.get("decline_code") or details.get("code") or error.http_status
    param = f" Parameter: {details['param']}." if details.get("param") else ""
    return mask(f"{place}{said} ({word}).{param}")


def _first_line(error: stripe.StripeError) -> str:
    """The library's own remark on the network fault stands in the last brackets."""
    text = str(error).rpartition("Network error: ")[2]
    return mask(text.splitlines()[0].partition(":")[0][:80]) if text else "no reason"
