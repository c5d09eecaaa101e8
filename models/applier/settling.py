# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What came before a draft was posted, and belongs to it. Odoo lets payments settle
drafts, but forgets it when a draft is edited. The same goes for invoices that are owed
again because their payment was returned."""

from odoo import api, models
from odoo.fields import Domain

from ...canonical import Ref
from . import payment_lines
from .payment import BOOKED


class Settling(models.AbstractModel):
    _name = "q2c.settling"
    _description = "Settling of Posted Drafts"

    @api.model
    def _settle(self, moves):
        """Bring ``moves``, just posted or open again, together with what has settled
        them at the provider. What is done already is not done again."""
        notes = moves.filtered(lambda move: move.move_type == "out_refund")
        self._settle_notes(notes.filtered(lambda note: not note.reversed_entry_id))
        self._settle_invoices(
            moves.filtered(
                lambda move: move.move_type == "out_invoice" and move.amount_residual
            )
        )

    @api.model
    def _links(self, records, kind):
        # sudo: who posts need not see links
        return (
            self.env["q2c.binding"]
            .sudo()
            .search(
                Domain("res_model", "=", records._name)
                & Domain("res_id", "in", records.ids)
                & Domain("kind", "=", kind)
            )
        )

    # ------------------------------------------------------------------
    # CREDIT NOTES
    # ------------------------------------------------------------------

    @api.model
    def _settle_notes(self, notes):
        """Each belongs to an invoice, and reduces what is due of that."""
        if not notes:
            return
        plan = []
        for connection, links in self._by_connection(notes, "credit_note"):
            invoices = self._moves(
                connection, [link.figures.get("invoice") for link in links]
            )
            for link in links:
                invoice = invoices.get(link.figures.get("invoice"))
                note = notes.browse(link.res_id)
                if invoice and invoice.state == "posted":
                    note.reversed_entry_id = invoice
                    plan.append(payment_lines.credited(note, invoice))
        self._reconcile(plan)

    # ------------------------------------------------------------------
    # INVOICES
    # ------------------------------------------------------------------

    @api.model
    def _settle_invoices(self, invoices):
        """By the customer's balance, and by payments that stayed on account."""
        plan = [
            payment_lines.open_receivables(move + move.q2c_balance_move_id)
            for move in invoices.sudo()  # see payment_lines.matches
            if payment_lines.open_receivables(move.q2c_balance_move_id)
        ]
        self._reconcile(plan)
        invoices = invoices.filtered("amount_residual")
        payments = self._on_account(invoices)
        if not payments:
            return
        plan = []
        for connection, links in self._by_connection(payments, "payment"):
            ids = [part[0] for link in links for part in link.figures["allocations"]]
            moves = self._moves(connection, ids)
            for link in links:
                settled = [
                    moves.get(part[0], invoices.browse())
                    for part in link.figures["allocations"]
                ]
                payment = payments.browse(link.res_id)
                plan += payment_lines.matches(payment, settled, invoices)
        self._reconcile([group.with_env(self.env) for group in plan])

    @api.model
    def _on_account(self, invoices):
        """The payments of the same customers that are not used up."""
        if not invoices:
            return self.env["account.payment"]
        items = self.env["account.move.line"].search(
            Domain("partner_id", "child_of", invoices.commercial_partner_id.ids)
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("reconciled", "=", False)
            & Domain("parent_state", "=", "posted")
        )
        # sudo: the payment may be the holder's, of which an entry here is the mirror
        moves = items.sudo().move_id
        payments = (moves + moves.q2c_mirrored_move_id).origin_payment_id
        return payments.filtered(lambda payment: payment.state in BOOKED)

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    @api.model
    def _by_connection(self, records, kind):
        links = self._links(records, kind).filtered("figures")
        return links.grouped("connection_id").items()

    @api.model
    def _moves(self, connection, ids):
        """{provider's id of an invoice: its entry}"""
        refs = [Ref("invoice", invoice_id) for invoice_id in ids if invoice_id]
        # sudo: see _links
        found = self.env["q2c.binding"].sudo()._resolve(connection, refs)
        model = self.env["account.move"]
        return {ref.id: model.browse(link.res_id) for ref, link in found.items()}

    @api.model
    def _reconcile(self, plan):
        plan = list(filter(None, plan))
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
