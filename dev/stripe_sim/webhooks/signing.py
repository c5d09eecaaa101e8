# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The `Stripe-Signature` header: docs.stripe.com/webhooks/signature."""

import hashlib
import hmac
import time


def signature(secret: str, body: str) -> str:
    """Signed with real time: receivers compare it with their own clock."""
    moment = int(time.time())
    signed = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"
