# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 25: invoices that the billing system gave up. By policy they stay open, or are
written off until somebody pays or voids them after all."""

from ...canonical import Failure, Hold, Money
from ..sync.tie_out import minor_units
from . import payment_lines, refund_policy, transfer

STATUS = "uncollectible"


def write_off(applier, batch, moves):
    """Write off what is open of those of {item: posted invoice} that were given up.
    What cannot be booked makes its event fail."""
    if batch.books.uncollectible_policy != "write_off":
        return
    entries = {}
    for item, move in moves.items():
        if not _is_owed(item, move):
            continue
        try:
            entries[move] = _values(applier, batch, item, move)
        except Failure as failure:
            batch.reconsider(item, failure)
    plan = []
    for move, entry in transfer.post(batch, entries).items():
        move.q2c_write_off_move_id = entry
        plan.append(payment_lines.open_receivables(move + entry))
    if plan:
        batch.env["account.move.line"]._reconcile_plan(plan)


def undo(applier, batch, dates):
    """Reverse the write-offs of {invoice: day}, so that the invoices are owed again.

    :raises Hold: ``period_locked``
    """
    written_off = {
        move.q2c_write_off_move_id: max(date, move.q2c_write_off_move_id.date)
        for move, date in dates.items()
        if move.q2c_write_off_move_id
    }
    if not written_off:
        return
    for entry, date in written_off.items():
        taxed = bool(entry.line_ids.tax_line_id)
        what = f"The end of the write-off {entry.ref}"
        applier._check_period(_books(batch, entry), date, what, sale=taxed, tax=taxed)
    batch.env["account.move"].union(*written_off)._reverse_moves(
        [
            {
                "date": date,
                "invoice_date": date,
                "ref": batch.env._("Undone: %s", entry.ref),
            }
            for entry, date in written_off.items()
        ],
        cancel=True,
    )
    invoices = batch.env["account.move"].union(*dates)
    invoices.filtered("q2c_write_off_move_id").q2c_write_off_move_id = False


def _books(batch, entry):
    return batch.connection._books_of(entry.company_id)


def _is_owed(item, move):
    return (
        item.document.status == STATUS
        and move.state == "posted"
        and move.move_type == "out_invoice"
        and move.amount_residual > 0
        and not move.q2c_write_off_move_id
    )


def _values(applier, batch, item, move):
    """Values of the entry Dr bad debts, Cr receivable; with the taxes, of a credit note
    that has the bad debts for its revenue.

    :raises Hold: ``no_bad_debt_account``, ``period_locked``
    """
    name = move.ref or move.name
    what = f"The write-off of the invoice {name}"
    given_up = item.document.uncollectible_on or item.occurred_at.date()
    date = max(given_up, move.date)
    taxed = batch.books.bad_debt_tax and bool(move.line_ids.tax_line_id)
    applier._check_period(batch.books, date, what, sale=taxed, tax=taxed)
    account = _account(batch.books, what)
    reference = batch.env._("Uncollectible: %s", name)
    if taxed:
        return _note_values(move, date, account, reference)
    owed = payment_lines.open_receivables(move)
    return transfer.values(
        batch,
        (
            sum(owed.mapped("amount_residual_currency")),
            sum(owed.mapped("amount_residual")),
        ),
        (account, owed.account_id[:1]),
        currency=move.currency_id,
        date=date,
        name=reference,
        ref=reference,
        partner_id=move.commercial_partner_id.id,
        q2c_trace=move.q2c_trace,
    )


def _note_values(move, date, account, reference):
    code = move.currency_id.name
    residual = Money(minor_units(move.amount_residual, code), code)
    values = refund_policy.note_values(move, residual, date)
    for _command, _id, line in values["invoice_line_ids"]:
        line["account_id"] = account.id
        # It is no sale that is taken back.
        line["product_id"] = False
    return {**values, "ref": reference}


def _account(books, what):
    if not books.bad_debt_account_id:
        raise Hold(
            "no_bad_debt_account",
            f"{what} cannot be booked: the connection {books.name} has no account "
            "for bad debts.",
            "Choose one on the connection's Accounting page, or let Set Up Accounting "
            "create one, then retry.",
        )
    return books.bad_debt_account_id
