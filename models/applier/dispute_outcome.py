# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What becomes of disputed funds: matched when they came back, a loss or a debt of the
customer when they did not, and as they were when that is undone."""

from odoo.fields import Command

from ...canonical import Hold, Money, Ref
from ..sync.tie_out import minor_units
from . import intercompany, payment_lines, refund_policy, transfer
from .currencies import Currencies


def follow(applier, batch, item, record):
    """Bring the account of disputed funds to what the status of ``record`` says. Done
    again it changes nothing.

    :raises Wait: the payment is not here yet, but needed
    :raises Hold: it cannot be booked as it is
    """
    date = max([item.occurred_at.date(), *record.move_ids.mapped("date")])
    lost = item.document.status == "lost"
    if record.loss_move_ids and not lost:
        _undo_loss(applier, batch, record, date)
    _match(record)
    if not _open_items(record):
        return
    if lost:
        _take_loss(applier, batch, item, record, date)
    elif record.state == "won" and _has_come_back(record):
        _take_exchange_difference(applier, batch, record, date)


def _open_items(record):
    """What is open on the account of disputed funds."""
    account = record.connection_id.dispute_account_id
    return record.move_ids.line_ids.filtered(
        lambda line: (
            line.account_id == account
            and line.parent_state == "posted"
            and not line.reconciled
        )
    )


def _match(record):
    """What was withdrawn with what came back; a difference of rates between the two is
    an exchange difference, which Odoo books."""
    items = _open_items(record)
    if {line.balance > 0 for line in items} == {True, False}:
        items.reconcile()


def _open_amounts(record):
    """(in the settlement's currency, in the company's)."""
    items = _open_items(record)
    return (
        sum(items.mapped("amount_residual_currency")),
        sum(items.mapped("amount_residual")),
    )


def _has_come_back(record):
    """A dispute is won before the money is back."""
    moved = record.transaction_ids.sorted(lambda t: (t.created, t.id))
    return bool(moved) and moved[-1].amount > 0


# ----------------------------------------------------------------------
# LOST
# ----------------------------------------------------------------------


def _take_loss(applier, batch, item, record, date):
    what = f"The loss of the dispute {record.name}"
    applier._check_period(batch.connection, date, what)
    if batch.connection.entity_ids:
        # Whose sale it was is known from the payment.
        batch.record(Ref("payment", item.document.payment_id), "account.payment")
    entity = _entity(applier, batch, record, date, what)
    if batch.connection.dispute_loss_policy == "credit_note":
        # It waits for the payment: that says who owes the amount again, and for what.
        batch.record(Ref("payment", item.document.payment_id), "account.payment")
        values = _claim_values(batch, record, date, entity)
    elif entity:
        values = _claim_values(batch, record, date, entity)
    else:
        account = _loss_account(batch.connection, what)
        values = _closing_values(batch, record, date, account)
    # Before the new entry is among those of the dispute.
    amount = _claimed(record)
    move = transfer.post(batch, {record: values})[record]
    owing = move
    if entity:
        owing = _mirror(batch, record, entity, move, amount)
    # sudo: nobody has the right to edit what the provider says
    record.sudo().loss_move_ids = [Command.link(move.id)]
    _match(record)
    if batch.connection.dispute_loss_policy == "credit_note":
        _propose_credit(record, owing, amount, date)


def _entity(applier, batch, record, date, what):
    """The books of the further company whose sale it was; None for the holder's own.

    :raises Hold: ``not_across_companies``, and what keeps it from being booked there
    """
    payment, code = record.payment_id, record.currency_id.name
    amount = _claimed(record)
    parts = intercompany.refunded(batch.connection, payment, amount, what)
    if not parts:
        return None
    if len(parts) > 1:
        intercompany.refuse(
            what,
            batch.connection,
            "the payment was made for invoices of several companies.",
            "Book the loss by hand, in each company what is its own, then skip the "
            "event.",
        )
    (entity,) = parts
    policy = batch.connection.dispute_loss_policy
    if policy != "credit_note" and not entity.chargeback_account_id:
        raise Hold(
            "entity_incomplete",
            f"{what} cannot be booked: {entity.company_id.name} has no account for "
            "chargeback losses.",
            "Choose one on the connection's Companies page, then retry.",
        )
    currencies = Currencies(batch.connection, [code])
    intercompany.check(applier, batch, entity.company_id, date, currencies, code, what)
    return entity


def _mirror(batch, record, entity, move, amount):
    """In the company whose sale it was: Dr loss or receivable, Cr due from holder."""
    paid = payment_lines.entries(record.payment_id).filtered(
        lambda each: each.company_id == entity.company_id
    )
    portion = intercompany.owed(paid, amount)
    if batch.connection.dispute_loss_policy != "credit_note":
        portion = portion._replace(account_id=entity.chargeback_account_id.id)
    leg = intercompany.Leg(move, entity, record.currency_id, [portion], -1, move.ref)
    return intercompany.mirror(batch, [leg])[0]


def _loss_account(connection, what):
    """:raises Hold: ``no_chargeback_account``"""
    if not connection.chargeback_account_id:
        raise Hold(
            "no_chargeback_account",
            f"{what} cannot be booked: the connection {connection.name} has no account "
            "for chargeback losses.",
            "Choose one on the connection's Accounting page, or let Set Up Accounting "
            "create one, then retry.",
        )
    return connection.chargeback_account_id


def _closing_values(batch, record, date, account):
    """Dr ``account``, Cr disputed funds: all that is open there."""
    return transfer.values(
        batch,
        _open_amounts(record),
        (account, batch.connection.dispute_account_id),
        currency=_open_items(record).currency_id[:1],
        date=date,
        name=f"{record.name} {record.status}",
        ref=record.name,
        partner_id=record.partner_id.commercial_partner_id.id,
        q2c_dispute_id=record.id,
        q2c_trace=record.payment_id.q2c_trace,
    )


def _claimed(record):
    """What the customer owes again: Money in the currency of the dispute. Where that is
    not what the funds were settled in, the amount that is disputed."""
    currency, (amount, _balance) = record.currency_id, _open_amounts(record)
    if _open_items(record).currency_id[:1] != currency:
        amount = record.amount
    return Money(minor_units(amount, currency.name), currency.name)


def _claim_values(batch, record, date, entity=None):
    """Dr receivable, or what is due to ``entity``, in the currency of the invoice, Cr
    disputed funds, of equal value: the credit note is at the invoice's rate, the
    difference is an exchange difference (rule 24)."""
    receivable = record.payment_id.destination_account_id
    if entity:
        receivable = entity.due_to_account_id
    if not receivable:
        raise Hold(
            "no_payment",
            f"The lost dispute {record.name} has no payment that could be owed again.",
            "Book the loss by hand, or let lost disputes be written off on the "
            "connection's Accounting page; then retry.",
        )
    values = _closing_values(batch, record, date, receivable)
    debit = values["line_ids"][0][2]
    debit["currency_id"] = record.currency_id.id
    debit["amount_currency"] = float(_claimed(record))
    if entity:
        debit["partner_id"] = entity.company_id.sudo().partner_id.id  # sudo: see due_to
    return values


def _propose_credit(record, claim, amount, date):
    """Draft credit notes over what was lost, for finance to post."""
    notes = refund_policy.propose_notes(
        claim,
        refund_policy.paid_by(record.payment_id),
        amount,
        date,
        ref=record.name,
        q2c_dispute_id=record.id,
    )
    text = record.env._(
        "The dispute %s was lost, and the customer owes the amount again. Post this "
        "proposal if sales and taxes are to be reduced; delete it if the debt is to be "
        "collected.",
        record.name,
    )
    notes._message_log_batch(dict.fromkeys(notes.ids, text))
    if notes:
        record._report_proposed(notes, text)


# ----------------------------------------------------------------------
# NOT LOST AFTER ALL
# ----------------------------------------------------------------------


def _undo_loss(applier, batch, record, date):
    """The loss is reversed on ``date``; a proposal that nobody posted goes."""
    losses = record.loss_move_ids.filtered(lambda move: move.state == "posted")
    what = f"The end of the loss of the dispute {record.name}"
    applier._check_period(batch.connection, date, what)
    notes = record.move_ids.filtered(lambda move: move.move_type == "out_refund")
    notes.filtered(lambda move: move.state == "draft").unlink()
    reversals = losses._reverse_moves(
        [
            {
                "date": date,
                "ref": record.env._("Undone: %s", loss.ref),
                "q2c_dispute_id": record.id,
            }
            for loss in losses
        ],
        cancel=True,
    )
    intercompany.reverse_mirrors(
        batch,
        {loss: (back, date) for loss, back in zip(losses, reversals, strict=True)},
    )
    # sudo: nobody has the right to edit what the provider says
    record.sudo().loss_move_ids = False
    kept = notes.exists().filtered(lambda move: move.state == "posted")
    if kept:
        text = record.env._(
            "The dispute %(dispute)s is not lost any more, but %(notes)s stands: it is "
            "open to the customer's credit.",
            dispute=record.name,
            notes=", ".join(kept.mapped("name")),
        )
        record._message_log(body=text)
        record._report_standing(kept, text)


# ----------------------------------------------------------------------
# WON
# ----------------------------------------------------------------------


def _take_exchange_difference(applier, batch, record, date):
    """Rule 24: what came back at another rate than it was withdrawn at.

    :raises Hold: ``dispute_difference``
    """
    currency = _open_items(record).currency_id[:1]
    amount, balance = _open_amounts(record)
    if currency == record.currency_id:
        raise Hold(
            "dispute_difference",
            f"The dispute {record.name} is won, but {currency.format(amount)} of what "
            "was withdrawn did not come back.",
            "See in Stripe what became of it; where it is lost, book it from the "
            "account of disputed funds by hand, then retry.",
        )
    company = batch.connection.company_id
    account = (
        company.expense_currency_exchange_account_id
        if balance > 0
        else company.income_currency_exchange_account_id
    )
    what = f"The exchange difference of the dispute {record.name}"
    applier._check_period(batch.connection, date, what)
    if not account:
        raise Hold(
            "no_exchange_account",
            f"{what} cannot be booked: {company.name} has no account for it.",
            "Choose one in the accounting settings of the company, then retry.",
        )
    values = _closing_values(batch, record, date, account)
    transfer.post(batch, {record: values})
    _match(record)
