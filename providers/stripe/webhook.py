# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Webhooks: signed events.

Format: https://docs.stripe.com/api/events/object and, for thin events,
https://docs.stripe.com/api/v2/core/events/object.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...canonical import Envelope, Hold, Unverified
from .. import signature
from ..json_text import loads
from .envelope import envelope_of_event

HEADER = "Stripe-Signature"
# An event is as large as its object; with 250 lines an invoice has about 500 KB.
MAX_BYTES = 4 * 1024 * 1024


def verify(body: bytes, header: str, secrets: Sequence[str], now: float) -> None:
    """Rule 1.

    :raises Unverified: not signed by one of the active ``secrets``, or too old
    """
    signature.verify(body, header, secrets, now)


def parse(body: bytes, account_id: str = "") -> tuple[Envelope, ...]:
    """The event in a verified body.

    :param account_id: the account that the connection belongs to, where it is known
    :raises Unverified: of another account
    :raises Hold: ``malformed``
    """
    event = _read(body)
    _check_account(event, account_id)
    return (envelope_of_event(event, body.decode()),)


def _read(body: bytes) -> dict:
    try:
        event = loads(body.decode()) if len(body) <= MAX_BYTES else None
    except ValueError:
        event = None
    if not isinstance(event, dict) or not all(
        isinstance(event.get(key), str) and event[key] for key in ("id", "type")
    ):
        raise Hold(
            "malformed",
            "The message is no event of Stripe.",
            "Check which system sends to this address; Stripe only.",
        )
    return event


def _check_account(event: dict, account_id: str) -> None:
    """Events name an account if they are of a connected one (``account``, in thin ones
    ``context``): a platform's endpoint must not bring us its customers' books."""
    named = event.get("account") or event.get("context")
    if named and named != account_id:
        raise Unverified("the event is of another account")
