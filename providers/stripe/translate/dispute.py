# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Dispute → dispute."""

from __future__ import annotations

from ....canonical import Dispute, Hold
from ....canonical.cash import DISPUTE_STATUSES
from ..moment import parse_moment
from .common import head, identifier, money, part, payment_of, text


def dispute(content: dict) -> Dispute:
    """:raises Hold: ``malformed``, ``unknown_currency``, ``unknown_status``"""
    card = part(content, "payment_method_details", "card") or {}
    return Dispute(
        **head(content),
        status=_status(content),
        amount=money(
            content.get("amount"),
            text(content, "currency"),
            f"amount of {content['id']}",
        ),
        payment_id=payment_of(content),
        transaction_ids=_transaction_ids(content),
        reason=text(content, "reason"),
        # Told of the dispute until it was told of the card.
        network_reason=text(card, "network_reason_code")
        or text(content, "network_reason_code"),
        respond_by=parse_moment(part(content, "evidence_details", "due_by")),
        created=parse_moment(content.get("created")),
    )


def _status(content: dict) -> str:
    status = text(content, "status")
    if status not in DISPUTE_STATUSES:
        raise Hold(
            "unknown_status",
            f"The dispute {content['id']} has the status {status[:40]!r}, which is not "
            "known here.",
            "Book what Stripe did about it by hand, then skip the event; an update of "
            "this module may know the status.",
        )
    return status


def _transaction_ids(content: dict) -> tuple[str, ...]:
    """Whole ones or their ids. Of old there was one, that of the withdrawal, which
    later stood in the list as well."""
    listed = [identifier(each) for each in content.get("balance_transactions") or []]
    first = identifier(content.get("balance_transaction"))
    return tuple(dict.fromkeys(filter(None, [first, *listed])))
