# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 19: what customers are owed. A credit is no discount: invoices stay gross, and
are settled from a liability by entries of their own."""

from odoo.fields import Command

from ...canonical import Hold
from . import payment_lines


def account(connection, what):
    """The liability to customers.

    :param what: the document that needs it, for a person
    :raises Hold: ``no_credit_account``
    """
    found = connection.customer_credit_account_id
    if not found:
        raise Hold(
            "no_credit_account",
            f"{what} changes the customer's balance, but the connection "
            f"{connection.name} has no account for what customers are owed.",
            "Choose a customer credit account on the connection's Accounting page, or "
            "let Set Up Accounting create one, then retry.",
        )
    return found


def settle(batch, amounts):
    """Book the entries that {move: Money} need and do not have yet, and reconcile them.

    A positive amount is taken from the customer's credit and settles an invoice: Dr
    customer credit, Cr receivable; a negative one is added to the credit and settles a
    credit note.
    """
    model = batch.env["account.move"]
    missing = {
        move: amount
        for move, amount in amounts.items()
        if amount and not move.q2c_balance_move_id
    }
    if not missing:
        return
    created = model.create(
        [_entry_values(batch, move, amount) for move, amount in missing.items()]
    )
    created._post(soft=False)
    plan = []
    for move, entry in zip(missing, created, strict=True):
        move.q2c_balance_move_id = entry
        plan.append(payment_lines.open_receivables(move + entry))
    batch.env["account.move.line"]._reconcile_plan(plan)


def _entry_values(batch, move, amount):
    connection = batch.connection
    company = connection.company_id
    balance = move.currency_id._convert(
        float(amount), company.currency_id, company, move.date
    )
    receivable = payment_lines.receivables(move).account_id[:1]
    sides = (
        (1, connection.customer_credit_account_id),
        (-1, receivable or move.partner_id.property_account_receivable_id),
    )
    return {
        "move_type": "entry",
        "journal_id": connection.payment_journal_id.id,
        "date": move.date,
        "ref": batch.env._("Customer balance: %s", move.ref or move.name),
        "currency_id": move.currency_id.id,
        "q2c_trace": move.q2c_trace,
        "line_ids": [
            Command.create(
                {
                    "name": move.ref or move.name,
                    "partner_id": move.commercial_partner_id.id,
                    "account_id": side.id,
                    "currency_id": move.currency_id.id,
                    "amount_currency": sign * float(amount),
                    "balance": sign * balance,
                }
            )
            for sign, side in sides
        ],
    }


def give_back(moves, dates):
    """Undo the entries of ``moves``, whose documents were voided.

    :param dates: {move: the day of it}
    """
    entries = {
        move.q2c_balance_move_id: dates[move]
        for move in moves
        if move.q2c_balance_move_id.state == "posted"
    }
    if not entries:
        return
    moves.browse().union(*entries)._reverse_moves(
        [
            {"date": date, "ref": f"Void: {entry.ref}"}
            for entry, date in entries.items()
        ],
        cancel=True,
    )
