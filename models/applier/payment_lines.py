# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Journal items of payments: what of them settles which invoice."""

from odoo.fields import Command

from ...canonical import Money, Ref


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


def commands(batch, payment, values, clearing):
    """Commands that create the items of a divided payment: the money, what settles each
    invoice, and what is left.

    :param values: of the account.payment
    :param clearing: the account that takes the money
    """
    convert = _converter(batch, values)
    rest = payment.amount
    credits = []
    for part in payment.allocations:
        rest -= part.amount
        move = batch.record(Ref("invoice", part.invoice_id), "account.move")
        account = receivables(move).account_id[:1].id
        credits.append((part.amount, account or values["destination_account_id"]))
    if rest:
        credits.append((rest, values["destination_account_id"]))
    total = convert(payment.amount)
    items = [_item(values, payment.amount, total, clearing.id)]
    for number, (amount, account_id) in enumerate(credits, start=1):
        # The last one takes what rounding leaves, so that the entry balances.
        balance = convert(amount) if number < len(credits) else total
        total -= balance
        items.append(_item(values, -amount, -balance, account_id))
    return [Command.create(item) for item in items]


def _converter(batch, values):
    company = batch.connection.company_id
    currency = batch.env["res.currency"].browse(values["currency_id"])

    def convert(amount):
        return currency._convert(
            float(amount), company.currency_id, company, values["date"]
        )

    return convert


def _item(values, amount: Money, balance, account_id):
    return {
        "name": values["memo"],
        "date_maturity": values["date"],
        "amount_currency": float(amount),
        "balance": balance,
        "currency_id": values["currency_id"],
        "partner_id": values["partner_id"],
        "account_id": account_id,
    }


def plan(batch, payment, record):
    """What is to be reconciled: a list of recordsets, each an item of ``record`` with
    the open items of the invoice that it settles."""
    open_items = receivables(record.move_id).sorted("id")
    parts = [
        (part, batch.record(Ref("invoice", part.invoice_id), "account.move"))
        for part in payment.allocations
    ]
    groups = []
    for number, (_part, move) in enumerate(parts):
        # The n-th item is the n-th allocation's, where there are several.
        item = open_items[number : number + 1] or open_items[:1]
        owed = receivables(move).filtered(lambda line: not line.reconciled)
        if item.reconciled or not owed or move.state == "cancel" or _met(item, move):
            continue
        groups.append(item + owed)
    return groups


def _met(item, move):
    """Whether the two settle each other already."""
    matched = (
        item.matched_debit_ids.debit_move_id | item.matched_credit_ids.credit_move_id
    )
    return move in matched.move_id


def residual(record):
    """What of the payment settles nothing, in its currency."""
    items = receivables(record.move_id)
    return record.currency_id.round(-sum(items.mapped("amount_residual_currency")))
