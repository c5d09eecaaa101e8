# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Timestamped HMAC signatures: ``t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``.

The scheme is Stripe's (https://docs.stripe.com/webhooks/signature); our own JSON
webhooks use the same.
"""

import hashlib
import hmac
from collections.abc import Sequence

from ..canonical import Unverified

# Stripe's default tolerance. Ours holds in both directions: a time stamp from the
# future is as much a replay in the making as an old one.
TOLERANCE_SECONDS = 300


def sign(body: bytes, secret: str, timestamp: int) -> str:
    """The header that proves ``body`` at ``timestamp`` (unix seconds)."""
    return f"t={timestamp},v1={_digest(body, secret, timestamp)}"


def verify(body: bytes, header: str, secrets: Sequence[str], now: float) -> None:
    """Any of the active ``secrets`` against any ``v1`` of the ``header``.

    :raises Unverified: no secret, no usable header, too old or too new, no match
    """
    if not secrets:
        raise Unverified("no signing secret is configured")
    timestamp, candidates = _parse(header)
    if abs(now - timestamp) > TOLERANCE_SECONDS:
        raise Unverified("the signature's time stamp is outside the tolerance")
    matches = [
        hmac.compare_digest(_digest(body, secret, timestamp), candidate)
        for secret in secrets
        for candidate in candidates
    ]
    if not any(matches):
        raise Unverified("no signature matches an active secret")


def _digest(body: bytes, secret: str, timestamp: int) -> str:
    signed = b"%d." % timestamp + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _parse(header: str) -> tuple[int, list[str]]:
    pairs = [part.strip().partition("=") for part in (header or "").split(",")]
    timestamps = [value for key, _, value in pairs if key == "t"]
    candidates = [value for key, _, value in pairs if key == "v1" and value.isascii()]
    if len(timestamps) != 1 or not timestamps[0].isdecimal() or not candidates:
        raise Unverified("the signature header is missing or malformed")
    return int(timestamps[0]), candidates
