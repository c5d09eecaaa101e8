# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit note → customer credit note, settled as the provider says."""

from odoo import models
from odoo.tools import plaintext2html

from ...canonical import Hold, Ref
from ..sync import tie_out
from . import payment_lines, refund_policy
from .invoice import what
from .invoice_lines import InvoiceLines
from .payment import BOOKED


class CreditNoteLines(InvoiceLines):
    """Lines that take back those of an invoice."""

    def _product_values(self, document, line):
        """To where the invoice booked it; a line of its own goes to where free lines
        do."""
        invoice = self.batch.record(Ref("invoice", document.invoice_id), "account.move")
        found = invoice.invoice_line_ids.filtered(
            lambda billed: (
                billed.q2c_line_id and billed.q2c_line_id == line.invoice_line_id
            )
        )[:1]
        if not found:
            return super()._product_values(document, line)
        return {
            "product_id": found.product_id.id,
            "account_id": found.account_id.id,
            "q2c_period_start": found.q2c_period_start,
            "q2c_period_end": found.q2c_period_end,
        }

    def journal(self, document):
        """The invoice's."""
        invoice = self.batch.record(Ref("invoice", document.invoice_id), "account.move")
        return invoice.journal_id

    def fiscal_position(self, document):
        """The invoice's, which the rules may have changed since."""
        invoice = self.batch.record(Ref("invoice", document.invoice_id), "account.move")
        return invoice.fiscal_position_id

    def _order_values(self, document, line):
        """Not the order's: it would show as to be invoiced once more, while it is the
        provider that bills it."""
        return {}


class CreditNoteApplier(models.AbstractModel):
    _name = "q2c.applier.credit_note"
    _inherit = "q2c.applier.invoice"
    _description = "Credit Note to Customer Credit Note"

    _lines = CreditNoteLines

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _company(self, batch, note):
        """The invoice's."""
        return self._invoice(batch, note).company_id

    def _move_values(self, batch, item, currencies, lines):
        note = item.document
        values = super()._move_values(batch, item, currencies, lines)
        self._check_not_credited(batch, note)
        invoice = self._invoice(batch, note)
        return {
            **values,
            "move_type": "out_refund",
            # What was billed is taken back: nothing is gained or lost on the currency.
            "invoice_currency_rate": invoice.invoice_currency_rate,
            "q2c_refunds": _refunds(note),
        }

    def _check_not_credited(self, batch, note):
        """:raises Hold: ``already_credited``"""
        made = refund_policy.proposals(self._refund_payments(batch, note))
        posted = made.filtered(lambda move: move.state == "posted")[:1]
        if posted:
            raise Hold(
                "already_credited",
                f"{what(note)} is for a refund that {posted.display_name} has credited "
                "already.",
                f"Reverse {posted.display_name} and retry, or skip the event.",
            )

    def _refund_payments(self, batch, note):
        """The outgoing payments of its refunds that are here."""
        bindings = [
            batch.bindings.get(Ref("refund", part.refund_id)) for part in note.refunds
        ]
        model = batch.env["account.payment"]
        ids = [binding.res_id for binding in bindings if binding]
        return model.browse(ids).filtered(lambda payment: payment.state in BOOKED)

    def _invoice(self, batch, note):
        return batch.record(Ref("invoice", note.invoice_id), "account.move")

    def _from_balance(self, note):
        return -note.to_balance

    def _due_on(self, note):
        return None

    def _figures(self, note, lines):
        figures = tie_out.of_document(note, lines.rates(note), sign=-1)
        return {**figures, "before_payment": note.before_payment.amount}

    def _party_values(self, batch, note):
        """Whoever was billed."""
        invoice = self._invoice(batch, note)
        words = filter(None, (note.reason.replace("_", " ").capitalize(), note.memo))
        return {
            "partner_id": invoice.partner_id.id,
            "q2c_subscription_id": invoice.q2c_subscription_id.id,
            "q2c_trace": note.trace or invoice.q2c_trace,
            "invoice_user_id": invoice.invoice_user_id.id,
            "invoice_origin": invoice.ref or invoice.name,
            "narration": plaintext2html("\n".join(words)),
        }

    def _state_values(self, note):
        return {"q2c_status": note.status, "q2c_pdf_url": note.pdf_url or False}

    def _link_revisions(self, batch, moves):
        """There are none: credit notes are voided, not revised."""

    # ------------------------------------------------------------------
    # SETTLE
    # ------------------------------------------------------------------

    def _settle(self, batch, moves):
        """What went to the customer's balance and what was refunded first: what is left
        then is what reduces the invoice."""
        for item, move in moves.items():
            if move.state == "posted" and not move.reversed_entry_id:
                # Not before it is posted: Odoo would settle the invoice with all of it.
                move.reversed_entry_id = self._invoice(batch, item.document)
        self._settle_balances(batch, moves)
        for item, move in moves.items():
            self._settle_refunds(batch, item.document, move)
        plan = [
            group
            for item, move in moves.items()
            if (
                group := payment_lines.credited(
                    move, self._invoice(batch, item.document)
                )
            )
        ]
        if plan:
            batch.env["account.move.line"]._reconcile_plan(plan)

    def _settle_refunds(self, batch, note, move):
        """Rule 20: the refund that came first had no credit note; what was done about
        that is not needed any more."""
        refunds = self._refund_payments(batch, note)
        if not refunds:
            return
        refund_policy.withdraw(refunds)
        reopened = refunds.q2c_reopened_move_ids
        for owing in (*payment_lines.entries(refunds), *reopened):
            credit = payment_lines.open_receivables(move)
            owed = payment_lines.open_receivables(owing)
            for group in payment_lines.in_companies(owed, credit):
                group.reconcile()
        refunds.filtered("q2c_reopened_move_ids").q2c_reopened_move_ids = False

    # ------------------------------------------------------------------
    # VOID
    # ------------------------------------------------------------------

    def _check_voidable(self, batch, item, move):
        """Stripe voids credit notes of open invoices only.

        :raises Hold: ``period_locked``, ``void_after_settlement``
        """
        note = item.document
        if note.before_payment != note.total:
            raise Hold(
                "void_after_settlement",
                f"{what(note)} is void, but a part of it was refunded or credited to "
                "the customer's balance.",
                "See in Stripe what became of that money, book it by hand, then skip "
                "the event.",
            )
        return super()._check_voidable(batch, item, move)

    def _void(self, batch, moves):
        """The invoice owes again what the note took off: a payment of all of it that
        came here before had that left on account."""
        result = super()._void(batch, moves)
        for item in moves:
            invoice = self._invoice(batch, item.document)
            owed = payment_lines.open_receivables(invoice)
            left = payment_lines.left_of_payments(invoice)
            if owed and left:
                (owed + left).reconcile()
        return result

    def _void_date(self, item, move):
        voided_on = item.document.voided_on or item.occurred_at.date()
        return max(voided_on, move.date)


def _refunds(note):
    return {part.refund_id: part.amount.amount for part in note.refunds}
