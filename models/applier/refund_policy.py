# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a refund without a credit note means: a proposal for finance, or that the
invoice is owed again."""

import math
from fractions import Fraction

from odoo.fields import Command

from ...canonical import Money, Ref
from ..sync.tie_out import minor_units
from . import payment_lines


def is_applied(record):
    """Whether the outgoing payment ``record`` needs nothing more."""
    items = payment_lines.receivables(payment_lines.entries(record))
    return all(items.mapped("reconciled")) or bool(proposals(record))


def proposals(records):
    """The credit notes that were made for these outgoing payments and stand."""
    return records.env["account.move"].search(
        [("q2c_refund_payment_id", "in", records.ids), ("state", "!=", "cancel")]
    )


def apply(batch, record):
    if batch.connection.refund_policy == "reopen":
        _reopen(record)
    else:
        _propose(batch, record)


def withdraw(records):
    """Delete the proposals for ``records`` that nobody has posted."""
    proposals(records).filtered(lambda move: move.state == "draft").unlink()


def undo(records):
    """The refunds failed, and are reversed."""
    withdraw(records)
    for record in records.filtered("q2c_reopened_move_ids"):
        payment = record.q2c_refunded_payment_id
        _settle_in_turn(payment, record.q2c_reopened_move_ids)
        record.q2c_reopened_move_ids = False


def paid_by(payment):
    """{invoice: minor units} that ``payment`` settles."""
    paid, code = {}, payment.currency_id.name
    items = payment_lines.receivables(payment_lines.entries(payment))
    for partial in items.matched_debit_ids:
        move = partial.debit_move_id.move_id
        if move.move_type == "out_invoice":
            amount = minor_units(partial.debit_amount_currency, code)
            paid[move] = paid.get(move, 0) + amount
    return paid


# ----------------------------------------------------------------------
# REOPEN
# ----------------------------------------------------------------------


def _reopen(record):
    """The payment pays the refund first, after those that it has paid before, and its
    invoices with what is left."""
    payment = record.q2c_refunded_payment_id
    invoices = list(paid_by(payment))
    items = payment_lines.receivables(payment_lines.entries(payment))
    before = items.matched_debit_ids.debit_move_id.filtered(
        lambda line: line.move_id not in invoices
    )
    items.remove_move_reconcile()
    given = payment_lines.receivables(payment_lines.entries(record))
    # Exchange differences are gone with what they were made for.
    given |= before.exists().filtered(lambda line: not line.reconciled)
    for group in payment_lines.in_companies(given, items):
        group.reconcile()
    for invoice in invoices:
        _settle_in_turn(payment, invoice)
    opened = [invoice.id for invoice in invoices if invoice.amount_residual]
    record.q2c_reopened_move_ids = [Command.set(opened)]
    note = record.env._("%s was refunded: this invoice is owed again.", payment.name)
    record.env["account.move"].browse(opened)._message_log_batch(
        dict.fromkeys(opened, note)
    )


def _settle_in_turn(payment, invoices):
    for invoice in invoices:
        credit = payment_lines.open_receivables(payment_lines.entries(payment))
        owed = payment_lines.open_receivables(invoice)
        for group in payment_lines.in_companies(credit, owed):
            group.reconcile()


# ----------------------------------------------------------------------
# PROPOSE
# ----------------------------------------------------------------------


def _propose(batch, record):
    """What no invoice accounts for stays on account."""
    notes = propose_notes(
        payment_lines.entries(record),
        paid_by(record.q2c_refunded_payment_id),
        Money(
            minor_units(record.amount, record.currency_id.name), record.currency_id.name
        ),
        record.date,
        ref=record.payment_reference,
        q2c_refund_payment_id=record.id,
    )
    if notes:
        _report_proposed(batch, record, notes)
    else:
        _report_on_account(batch, record)


def _report_proposed(batch, record, notes):
    env = record.env
    case = {
        "code": "refund_without_credit_note",
        "record": notes[0],
        "message": env._(
            "The refund %(refund)s of %(amount)s to %(customer)s has no credit note at "
            "the provider; one is proposed as a draft.",
            **_words(record),
        ),
        "remedy": env._(
            "Post the proposal if sales and taxes are to be reduced; otherwise change "
            "or delete it, and match the refund with what it is for."
        ),
    }
    _report(batch, record, case, notes)


def _report_on_account(batch, record):
    env = record.env
    case = {
        "code": "refund_on_account",
        "record": record,
        "message": env._(
            "The refund %(refund)s of %(amount)s to %(customer)s has no credit note "
            "and its payment settles no invoice: it stays on the customer's account.",
            **_words(record),
        ),
        "remedy": env._("Match it with what it is for."),
    }
    _report(batch, record, case, record)


def _words(record):
    return {
        "refund": record.payment_reference,
        "amount": record.currency_id.format(record.amount),
        "customer": record.partner_id.display_name,
    }


def _report(batch, record, case, told):
    """On the work list, and in the chatter of the records ``told``."""
    text = " ".join((case["message"], case["remedy"]))
    told._message_log_batch(dict.fromkeys(told.ids, text))
    case |= {
        "payment": record,
        "ref": Ref("refund", record.payment_reference),
        "category": "refund",
        "trace": record.q2c_trace,
    }
    batch.env["q2c.exception"]._report_unsettled(batch.connection, [case])


def propose_notes(owing, invoices, amount, date, **values):
    """Draft credit notes in proportion to the lines and taxes of invoices, the first
    one first, matched with what is owed by the entries ``owing``.

    :param invoices: {invoice: minor units of it at most}
    :param amount: Money, of all notes together
    :param values: further ones of each note
    """
    left, drafts = amount.amount, []
    for invoice, most in invoices.items():
        share = min(left, most)
        if share and invoice.currency_id.name == amount.currency:
            share = Money(share, amount.currency)
            drafts.append({**note_values(invoice, share, date), **values})
            left -= share.amount
    notes = owing.env["account.move"].create(drafts)
    for note in notes:
        owed = payment_lines.open_receivables(owing)
        credit = payment_lines.receivables(note)
        plan = payment_lines.in_companies(owed, credit)
        owing.env["account.move.line"]._reconcile_plan(plan)
    return notes


def note_values(invoice, amount, date):
    """Values of a credit note over ``amount`` (Money, taxes included)."""
    return {
        "move_type": "out_refund",
        "journal_id": invoice.journal_id.id,
        "currency_id": invoice.currency_id.id,
        "invoice_currency_rate": invoice.invoice_currency_rate,
        "invoice_date": date,
        "date": date,
        "invoice_date_due": date,
        "invoice_payment_term_id": False,
        "fiscal_position_id": False,
        "partner_id": invoice.partner_id.id,
        "invoice_origin": invoice.ref or invoice.name,
        "q2c_subscription_id": invoice.q2c_subscription_id.id,
        "q2c_trace": invoice.q2c_trace,
        "invoice_line_ids": [
            Command.create(line) for line in _lines(invoice, amount.amount)
        ],
    }


def _lines(invoice, amount):
    """Values of lines that make ``amount`` (minor units) together, taxes included, each
    net and each tax in proportion to the invoice's."""
    code = invoice.currency_id.name
    lines = invoice.invoice_line_ids.filtered(
        lambda line: line.display_type == "product"
    )
    keys, figures = [], []
    for line in lines:
        keys.append((line, False))
        figures.append(minor_units(line.price_subtotal, code))
        for tax_id, tax in _taxes(line).items():
            keys.append((line, tax_id))
            figures.append(minor_units(tax, code))
    shares = dict(zip(keys, _in_proportion(figures, amount), strict=True))
    for line in lines:
        taxes = {tax_id: shares[line, tax_id] for tax_id in _taxes(line)}
        yield _line_values(line, shares[line, False], taxes, code)


def _taxes(line):
    """{id of a tax, as text: its amount on ``line``} as the provider told it."""
    told = (line.extra_tax_data or {}).get("manual_tax_amounts") or {}
    return {tax_id: tax["tax_amount_currency"] for tax_id, tax in told.items()}


def _line_values(line, net, taxes, code):
    def major(minor):
        return float(Money(minor, code))

    included = [
        taxes[str(tax.id)]
        for tax in line.tax_ids
        if tax.price_include and str(tax.id) in taxes
    ]
    values = {
        "name": line.name,
        "product_id": line.product_id.id,
        "account_id": line.account_id.id,
        "quantity": 1.0,
        "price_unit": major(net + sum(included)),
        "discount": 0.0,
        "tax_ids": [Command.set(line.tax_ids.ids)],
        "q2c_period_start": line.q2c_period_start,
        "q2c_period_end": line.q2c_period_end,
    }
    if taxes:
        # See _tax_data in invoice_lines.
        values["extra_tax_data"] = {
            "currency_id": line.currency_id.id,
            **{name: values[name] for name in ("price_unit", "quantity", "discount")},
            "manual_total_excluded_currency": major(net),
            "manual_tax_amounts": {
                tax_id: {
                    "base_amount_currency": major(net),
                    "tax_amount_currency": major(tax),
                }
                for tax_id, tax in taxes.items()
            },
        }
    return values


def _in_proportion(figures, amount):
    """Integers near their share of ``amount`` that add up to it: what rounding down
    leaves goes to those that lost most."""
    whole = sum(figures)
    exact = [Fraction(amount * figure, whole) for figure in figures]
    shares = [math.floor(value) for value in exact]
    lost = sorted(
        range(len(exact)), key=lambda place: (shares[place] - exact[place], place)
    )
    for place in lost[: amount - sum(shares)]:
        shares[place] += 1
    return shares
