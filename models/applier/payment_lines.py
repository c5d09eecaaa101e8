# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Journal items of payments: what of them settles which invoice."""

from odoo.fields import Command

from ...canonical import Ref
from ..sync.tie_out import minor_units


def receivables(moves):
    """The items that customers owe."""
    return moves.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )


def is_divided(payment):
    """Whether the receivable side needs an item for each allocation, because Odoo would
    not allot the money to the invoices as the provider does."""
    amounts = [part.amount for part in payment.allocations]
    return bool(amounts) and amounts != [payment.amount]


def parts(batch, payment, account_id):
    """What the money settles: (amount, id of the receivable account) for each
    allocation, and for what is left.

    :param account_id: where that is, and what has no account yet
    """
    rest, found = payment.amount, []
    for part in payment.allocations:
        rest -= part.amount
        move = batch.record(Ref("invoice", part.invoice_id), "account.move")
        found.append((part.amount, receivables(move).account_id[:1].id or account_id))
    return [*found, (rest, account_id)] if rest else found


def commands(batch, values, portions, clearing, settled):
    """Commands that create the items of an account.payment: the money, and what it
    settles. Rule 24: the money is what the balance was moved by, in its currency; the
    customer's side has the same value in the company's currency, so that the
    difference from the invoice's is the exchange difference.

    :param values: of the account.payment
    :param portions: (amount, account id) of the items on the customer's side
    :param clearing: the account that takes or gives the money
    :param settled: its q2c.balance.transaction, empty where there is none
    """
    company = batch.connection.company_id
    sign = -1 if values["payment_type"] == "outbound" else 1
    own = batch.env["res.currency"].browse(values["currency_id"])
    currency = settled.currency_id or own
    moved = abs(settled.amount) if settled else values["amount"]
    if own == company.currency_id:
        # What is in the company's currency has its value on its face.
        left = values["amount"]
    else:
        left = currency._convert(moved, company.currency_id, company, values["date"])
    items = [_item(values, sign * moved, sign * left, clearing.id, currency.id)]
    for balance, (amount, account_id) in zip(
        _balances(company.currency_id, left, portions), portions, strict=True
    ):
        amounts = (-sign * float(amount), -sign * balance)
        items.append(_item(values, *amounts, account_id, values["currency_id"]))
    return [Command.create(item) for item in items]


def _balances(currency, total, portions):
    """``total`` in proportion to the portions; the last one takes what rounding leaves,
    so that the entry balances."""
    whole, left, balances = sum(amount.amount for amount, _id in portions), total, []
    for amount, _account_id in portions[:-1]:
        balances.append(currency.round(total * amount.amount / whole))
        left -= balances[-1]
    return [*balances, currency.round(left)]


def _item(values, amount, balance, account_id, currency_id):
    return {
        "name": values["memo"],
        "date_maturity": values["date"],
        "amount_currency": amount,
        "balance": balance,
        "currency_id": currency_id,
        "partner_id": values["partner_id"],
        "account_id": account_id,
    }


def open_receivables(moves):
    return receivables(moves).filtered(lambda line: not line.reconciled)


def plan(batch, payment, record):
    """See :func:`matches`: with the invoices of the allocations."""
    return matches(
        record,
        [
            batch.record(Ref("invoice", part.invoice_id), "account.move")
            for part in payment.allocations
        ],
    )


def matches(record, moves):
    """What is to be reconciled: a list of recordsets, each an item of ``record`` with
    the open items of the invoice that it settles.

    :param moves: the invoice of each allocation, in order
    """
    open_items = receivables(record.move_id).sorted("id")
    groups = []
    for number, move in enumerate(moves):
        # The n-th item is the n-th allocation's, where there are several.
        item = open_items[number : number + 1] or open_items[:1]
        # With a debt of the customer's balance that was put on the invoice.
        # sudo: which entry that is, is for all to use who may reconcile
        owed = open_receivables(move + move.sudo().q2c_balance_move_id)
        if item.reconciled or not owed or move.state == "cancel":
            continue
        groups.append(item + owed)
    return groups


def left_of_payments(invoice):
    """The open items of the payments that settle a part of ``invoice``."""
    matched = receivables(invoice).matched_credit_ids.credit_move_id.move_id
    return open_receivables(matched.filtered("origin_payment_id"))


def met(items, move):
    """Whether the two settle each other already."""
    matched = (
        items.matched_debit_ids.debit_move_id | items.matched_credit_ids.credit_move_id
    )
    return move in matched.move_id


def residual(record):
    """What of the payment settles nothing, in its currency."""
    items = receivables(record.move_id)
    return record.currency_id.round(-sum(items.mapped("amount_residual_currency")))


def credited(note, invoice):
    """The open items of a credit note and its invoice, where no more is settled by them
    than what reduces the amount due: a part that is to be refunded must not meet an
    invoice whose payment is not here yet. None where there is nothing to settle."""
    credit, owed = open_receivables(note), open_receivables(invoice)
    if not credit or not owed or met(credit, invoice):
        return None
    settled = min(_open(credit), _open(owed))
    before = (note.q2c_figures or {}).get("before_payment", 0)
    return credit + owed if settled <= before else None


def _open(lines):
    """What is open on ``lines``, in minor units, whichever side it is on."""
    total = sum(lines.mapped("amount_residual_currency"))
    return abs(minor_units(total, lines.currency_id.name))
