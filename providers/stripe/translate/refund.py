# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refund → refund."""

from __future__ import annotations

from ....canonical import Refund
from ..moment import parse_moment
from .common import head, identifier, money, payment_of, text

# https://docs.stripe.com/refunds#refund-statuses; what awaits the customer's doing is
# no other than what awaits the bank's.
_STATUS = {"requires_action": "pending"}


def refund(content: dict) -> Refund:
    """:raises Hold: ``malformed``, ``unknown_currency``"""
    currency, status = text(content, "currency"), text(content, "status")
    return Refund(
        **head(content),
        # Of old there were refunds without one: they had been made.
        status=_STATUS.get(status, status) or "succeeded",
        amount=money(content.get("amount"), currency, f"amount of {content['id']}"),
        payment_id=payment_of(content),
        balance_transaction_id=identifier(content.get("balance_transaction")),
        failure_transaction_id=identifier(content.get("failure_balance_transaction")),
        created=parse_moment(content.get("created")),
        reason=text(content, "reason"),
        failure_reason=text(content, "failure_reason"),
    )
