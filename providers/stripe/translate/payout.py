# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payout → payout."""

from __future__ import annotations

from ....canonical import BalanceTransaction, Hold, Money, Payout, PayoutPart
from ....canonical.currency import payout_step
from ..moment import parse_day, parse_moment
from .balance_transaction import balance_transaction
from .common import head, identifier, money, part, text

# Where the reader puts what a payout pays out: Stripe tells it in a list of its own.
TRANSACTIONS = "balance_transactions"


def payout(content: dict) -> Payout:
    """:raises Hold: ``incomplete_list``, ``payout_step``, ``payout_currencies``, and
    the faults of balance transactions"""
    amount = _amount(content)
    own_id = identifier(content.get("balance_transaction"))
    listed = _listed(content)
    own = _own(content, listed, own_id)
    settled = -own.amount if own else amount
    return Payout(
        **head(content),
        status=text(content, "status"),
        amount=amount,
        automatic=bool(content.get("automatic")),
        method=text(content, "method") or "standard",
        # Told since 2022; nobody knows what was in the payouts before.
        reconciliation=text(content, "reconciliation_status") or "not_applicable",
        parts=tuple(_part(entry, settled) for entry in listed if entry.id != own_id),
        settled=settled,
        fee=own.fee if own else Money(0, settled.currency),
        balance_transaction_id=own_id,
        failure_transaction_id=identifier(content.get("failure_balance_transaction")),
        created=parse_moment(content.get("created")),
        arrival_on=parse_day(content.get("arrival_date")),
        description=text(content, "statement_descriptor", "description"),
        bank_reference=text(part(content, "trace_id") or {}, "value"),
        failure_message=text(content, "failure_message", "failure_code"),
    )


def is_reconciled(content: dict) -> bool:
    """Whether Stripe can tell what the payout pays out."""
    return content.get("reconciliation_status") == "completed"


def is_itemized(content: dict) -> bool:
    """Whether all that there is to be told is in hand."""
    return TRANSACTIONS in content or not is_reconciled(content)


def _amount(content: dict) -> Money:
    """Rule 15: payouts of some currencies are of whole units, although their charges
    are not."""
    currency = text(content, "currency")
    amount = money(content.get("amount"), currency, f"amount of {content['id']}")
    step = payout_step(amount.currency)
    if amount.amount % step:
        raise Hold(
            "payout_step",
            f"The payout {content['id']} of {amount} is no multiple of "
            f"{Money(step, amount.currency)}, as payouts in {amount.currency} are.",
            "See in Stripe how much was paid out, and post it by hand if it is so.",
        )
    return amount


def _listed(content: dict) -> list[BalanceTransaction]:
    if not is_itemized(content):
        raise Hold(
            "incomplete_list",
            f"It is not known what the payout {content['id']} pays out.",
            "Retry: it is read from Stripe.",
        )
    return [balance_transaction(entry) for entry in content.get(TRANSACTIONS) or ()]


def _own(content: dict, listed: list[BalanceTransaction], own_id: str):
    """The transaction that moves the payout itself, which is in the list, too; None
    where it is known by its id at most."""
    expanded = content.get("balance_transaction")
    if isinstance(expanded, dict):
        return balance_transaction(expanded)
    return next((entry for entry in listed if entry.id == own_id), None)


def _part(entry: BalanceTransaction, settled: Money) -> PayoutPart:
    if entry.net.currency != settled.currency:
        raise Hold(
            "payout_currencies",
            f"The balance transaction {entry.id} of {entry.net} is said to be paid out "
            f"by a payout of {settled}.",
            "Compare the payout in Stripe; retry reads it again.",
        )
    return PayoutPart(entry.id, entry.net)
