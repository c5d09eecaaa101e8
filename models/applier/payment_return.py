# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payments and refunds whose money went back. The payment stays in the books on its own
day; another entry reverses it on the day of the return, and its state is Rejected. So
nothing in a closed period changes, and the clearing account follows the provider's
balance day by day."""

from typing import Any, NamedTuple

from ...canonical import Money
from ..sync.tie_out import minor_units
from . import intercompany, payment_lines, transfer
from .payment_lines import Portion


class Return(NamedTuple):
    """``date`` of the return; ``moved`` and ``moved_back``: the balance transactions of
    the payment and of the return, empty where there were none; ``reason``: text."""

    date: Any
    moved: Any
    moved_back: Any
    reason: str = ""


def reverse(batch, returns):
    """Reverse each payment of {account.payment: Return}, and open what it settled.

    :return: {account.payment: its reversal}
    """
    equal = {p: back for p, back in returns.items() if _is_equal(back)}
    others = {p: back for p, back in returns.items() if p not in equal}
    entries = {**_reverse_equal(batch, equal), **_reverse_others(batch, others)}
    _release_clearing(entries, returns)
    intercompany.reverse_mirrors(
        batch,
        {payment.move_id: (entry, entry.date) for payment, entry in entries.items()},
    )
    for payment, entry in entries.items():
        payment.q2c_return_move_id = entry
    payments = batch.env["account.payment"].union(*entries)
    payments.action_reject()
    payments._message_log_batch(
        {payment.id: _note(payment, back) for payment, back in returns.items()}
    )
    return entries


def _is_equal(back):
    """Whether as much went back as came, in the currency that it was settled in."""
    return not back.moved_back or back.moved.amount == -back.moved_back.amount


def _reverse_equal(batch, returns):
    """At the rate of the payment: nothing is gained or lost."""
    if not returns:
        return {}
    payments = batch.env["account.payment"].union(*returns)
    payment_lines.receivables(payments.move_id).remove_move_reconcile()
    entries = payments.move_id._reverse_moves(
        [_head(payment, returns[payment]) for payment in payments]
    )
    entries.with_context(move_reverse_cancel=True)._post(soft=False)
    return dict(zip(payments, entries, strict=True))


def _reverse_others(batch, returns):
    """Rule 24: at the rate of the return; the difference on what is owed is an exchange
    difference."""
    if not returns:
        return {}
    for payment in returns:
        payment_lines.receivables(payment.move_id).remove_move_reconcile()
    return transfer.post(
        batch,
        {
            payment: {
                "move_type": "entry",
                "journal_id": payment.journal_id.id,
                "partner_id": payment.partner_id.id,
                # Odoo matches the two when this one is posted.
                "reversed_entry_id": payment.move_id.id,
                "line_ids": _lines(batch, payment, back),
                **_head(payment, back),
            }
            for payment, back in returns.items()
        },
    )


def _release_clearing(entries, returns):
    """In the clearing account the payment and its return are movements of the balance
    like any others, which the payouts settle that they belong to."""
    for payment, entry in entries.items():
        if returns[payment].moved_back:
            account = payment.outstanding_account_id
            lines = entry.line_ids.filtered(
                lambda line, account=account: line.account_id == account
            )
            lines.remove_move_reconcile()


def _lines(batch, payment, back):
    """Commands of the opposite of the payment's items."""
    code = payment.currency_id.name
    clearing = payment.outstanding_account_id
    portions = [
        Portion(
            Money(minor_units(abs(line.amount_currency), code), code),
            line.account_id.id,
            line.partner_id.id,
        )
        for line in payment.move_id.line_ids
        if line.account_id != clearing
    ]
    inbound = payment.payment_type == "inbound"
    values = {
        "payment_type": "outbound" if inbound else "inbound",
        "currency_id": payment.currency_id.id,
        "amount": payment.amount,
        "date": back.date,
        "memo": _reference(payment),
        "partner_id": payment.partner_id.id,
    }
    return payment_lines.commands(batch, values, portions, clearing, back.moved_back)


def _head(payment, back):
    return {
        "date": back.date,
        "ref": _reference(payment),
        "q2c_trace": payment.q2c_trace,
    }


def _reference(payment):
    return payment.env._("Returned: %s", payment.payment_reference)


def _note(payment, back):
    return payment.env._(
        "The money was returned on %(date)s%(reason)s. What this payment settled is "
        "open again.",
        date=back.date,
        reason=f": {back.reason}" if back.reason else "",
    )
