# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Journal items of payments: what of them settles which invoice."""

from typing import NamedTuple

from odoo.fields import Command

from ...canonical import Money, Ref
from ..sync.tie_out import minor_units


class Portion(NamedTuple):
    """A part of a payment: ``account_id`` on the other side of the money, and whose it
    is there; no ``partner_id``: the payment's."""

    amount: Money
    account_id: int
    partner_id: int | None = None


def entries(payments):
    """The entries of payments: the holder's, and those that mirror them in its further
    companies."""
    # sudo: which entries those are, is for all to use who may reconcile
    moves = payments.sudo().move_id
    return (moves + moves.q2c_mirror_ids).with_env(payments.env)


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
    """What the money settles: a Portion for each allocation, and for what is left.

    :param account_id: where that is, and what has no account yet
    """
    rest, found = payment.amount, []
    for part in payment.allocations:
        rest -= part.amount
        move = batch.record(Ref("invoice", part.invoice_id), "account.move")
        found.append(_part(batch.connection, move, part.amount, account_id))
    return [*found, Portion(rest, account_id)] if rest else found


def _part(connection, move, amount, account_id):
    if move.company_id != connection.company_id:
        return due_to(connection._books_of(move.company_id), amount)
    return Portion(amount, receivables(move).account_id[:1].id or account_id)


def due_to(entity, amount):
    """What the holder of the account owes for ``amount`` (Money) that it received for
    a further company."""
    partner = entity.company_id.sudo().partner_id  # sudo: who is owed
    return Portion(amount, entity.due_to_account_id.id, partner.id)


def commands(batch, values, portions, clearing, settled):
    """Commands that create the items of an account.payment: the money, and what it
    settles. Rule 24: the money is what the balance was moved by, in its currency; the
    customer's side has the same value in the company's currency, so that the
    difference from the invoice's is the exchange difference.

    :param values: of the account.payment
    :param portions: Portions of the customer's side
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
    for balance, part in zip(
        balances(company.currency_id, left, portions), portions, strict=True
    ):
        amounts = (-sign * float(part.amount), -sign * balance)
        item = _item(values, *amounts, part.account_id, values["currency_id"])
        items.append({**item, "partner_id": part.partner_id or values["partner_id"]})
    return [Command.create(item) for item in items]


def balances(currency, total, portions):
    """``total`` in proportion to the portions; the last one takes what rounding leaves,
    so that the entry balances."""
    whole, left, found = sum(part.amount.amount for part in portions), total, []
    for part in portions[:-1]:
        found.append(currency.round(total * part.amount.amount / whole))
        left -= found[-1]
    return [*found, currency.round(left)]


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


def matches(record, moves, only=None):
    """What is to be reconciled: a list of recordsets, each an item of ``record`` with
    the open items of the invoice that it settles, in whichever company that is.

    :param moves: the invoice of each allocation, in order
    :param only: those that are asked for, else all
    """
    items = receivables(entries(record)).sorted("id")
    by_company, numbers, groups = items.grouped("company_id"), {}, []
    for move in moves:
        own = by_company.get(move.company_id)
        if not own or only is not None and move not in only:
            numbers[move.company_id] = numbers.get(move.company_id, 0) + 1
            continue
        # The n-th item is the n-th allocation's, where there are several.
        number = numbers.get(move.company_id, 0)
        numbers[move.company_id] = number + 1
        item = own[number : number + 1] or own[:1]
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
    # sudo: see entries
    paying = matched.sudo().filtered(
        lambda move: move.origin_payment_id or move.q2c_mirrored_move_id
    )
    return open_receivables(paying.with_env(invoice.env))


def met(items, move):
    """Whether the two settle each other already."""
    matched = (
        items.matched_debit_ids.debit_move_id | items.matched_credit_ids.credit_move_id
    )
    return move in matched.move_id


def residual(record):
    """What of the payment settles nothing, in its currency."""
    items = receivables(entries(record))
    return record.currency_id.round(-sum(items.mapped("amount_residual_currency")))


def in_companies(items, others):
    """Items of two recordsets that can settle each other: a recordset for each company
    in which both have some."""
    by_company = others.grouped("company_id")
    return [
        share + by_company[company]
        for company, share in items.grouped("company_id").items()
        if company in by_company
    ]


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
