# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refund → outgoing payment, settled by a credit note or by opening the debt again."""

from odoo import models

from ...canonical import Hold, Money, Ref
from . import intercompany, payment_lines, refund_policy
from .currencies import Currencies
from .payment import TAKEN_BACK

# State of the account.payment of a refund that came back.
FAILED = "rejected"


class RefundApplier(models.AbstractModel):
    _name = "q2c.applier.refund"
    _inherit = "q2c.applier.payment"
    _description = "Refund to Outgoing Payment"

    # ------------------------------------------------------------------
    # BOOKED OR NOT
    # ------------------------------------------------------------------

    def _may_come_again(self, record):
        """A refund that failed is not tried again: it is another one that succeeds."""
        return super()._may_come_again(record) and record.state != FAILED

    def _is_nothing(self, batch, item, record):
        """Rule 21: a charge that was given up before it was captured has moved no
        money, nor has a refund that waits for funds. Rule 5: what failed is not booked
        again because an older state of it comes late."""
        refund = item.document
        if record:
            return record.state == FAILED
        failed = refund.status in TAKEN_BACK and not self._has_come_and_gone(refund)
        return failed or not refund.balance_transaction_id or not refund.amount

    # ------------------------------------------------------------------
    # BOOK
    # ------------------------------------------------------------------

    def _payment_values(self, batch, item, currencies: Currencies):
        """Values of a new account.payment.

        :raises Wait: the payment or the balance transaction is not here yet
        :raises Hold: it cannot be booked as it is
        """
        refund = item.document
        what = f"The refund {refund.id}"
        date = (refund.created or item.occurred_at).date()
        self._check_period(batch.connection, date, what)
        currency = currencies.get_rated(refund.amount.currency, date, what)
        settled = self._settlement(batch, refund, currencies, date)
        if self._has_come_and_gone(refund):
            self._check_return(batch, item, date)
        payment = self._payment(batch, refund)
        parts = intercompany.refunded(batch.connection, payment, refund.amount, what)
        companies = payment.company_id.union(*(entity.company_id for entity in parts))
        self._check_companies(batch, companies, item, date, currencies)
        method = self._outgoing_method(batch.connection, what)
        reason = (refund.reason or "refund").replace("_", " ")
        values = {
            "payment_type": "outbound",
            "partner_type": "customer",
            "partner_id": payment.partner_id.id,
            "destination_account_id": payment.destination_account_id.id,
            "amount": float(refund.amount),
            "currency_id": currency.id,
            "date": date,
            "journal_id": method.journal_id.id,
            "payment_method_line_id": method.id,
            "memo": " - ".join((payment.payment_reference, refund.id, reason)),
            "payment_reference": refund.id,
            "q2c_refunded_payment_id": payment.id,
            "q2c_trace": refund.trace or payment.q2c_trace,
        }
        if settled or parts:
            portions = self._portions(payment, refund.amount, parts)
            values["line_ids"] = payment_lines.commands(
                batch, values, portions, method.payment_account_id, settled
            )
        return values

    def _portions(self, payment, amount, parts):
        """The customer's side: what the further companies give back is not due to them
        any more."""
        own = amount - Money.total(parts.values(), amount.currency)
        portions = [
            payment_lines.due_to(entity, part) for entity, part in parts.items()
        ]
        if own:
            account = payment_lines.receivables(payment.move_id).account_id[:1]
            account = account or payment.destination_account_id
            portions.append(payment_lines.Portion(own, account.id))
        return portions

    def _legs(self, batch, payments):
        """The customer is given back what the payment settled."""
        legs = []
        for item, record in payments.items():
            payment = self._payment(batch, item.document)
            for entity, amount in intercompany.shares(batch.connection, record).items():
                paid = payment_lines.entries(payment).filtered(
                    lambda move, entity=entity: move.company_id == entity.company_id
                )
                portions = [intercompany.owed(paid, amount)]
                legs.append(
                    intercompany.Leg(
                        record.move_id,
                        entity,
                        record.currency_id,
                        portions,
                        -1,
                        record.memo,
                    )
                )
        return legs

    def _payment(self, batch, refund):
        """:raises Hold: ``no_payment``"""
        payment = batch.record(Ref("payment", refund.payment_id), "account.payment")
        if not payment:
            raise Hold(
                "no_payment",
                f"The refund {refund.id} names no payment that it gives back.",
                "Register it by hand in the journal of the connection, then skip the "
                "event.",
            )
        return payment

    def _outgoing_method(self, connection, what):
        lines = connection.payment_journal_id.outbound_payment_method_line_ids
        found = lines.filtered("payment_account_id")[:1]
        if not found:
            raise Hold(
                "no_clearing_account",
                f"{what} cannot be booked: outgoing payments of the connection "
                f"{connection.name} have no clearing account.",
                "Choose an outstanding account on the outgoing payments of its payment "
                "journal, then retry.",
            )
        return found

    # ------------------------------------------------------------------
    # RECONCILE
    # ------------------------------------------------------------------

    def _reconcile(self, batch, payments):
        """Settle {item: outgoing payment}: by the credit notes that name it; where none
        does, by policy."""
        notes = self._credit_notes(batch, payments)
        plan = []
        for item, record in payments.items():
            owed = payment_lines.open_receivables(payment_lines.entries(record))
            credit = payment_lines.open_receivables(notes[item])
            plan += payment_lines.in_companies(owed, credit)
        if plan:
            batch.env["account.move.line"]._reconcile_plan(plan)
        for item, record in payments.items():
            if not notes[item] and not refund_policy.is_applied(record):
                refund_policy.apply(batch, record)

    def _credit_notes(self, batch, payments):
        """{item: the credit notes that the refund is a part of}, in one query."""
        partners = batch.env["account.payment"].union(*payments.values()).partner_id
        found = batch.env["account.move"].search(
            [
                ("move_type", "=", "out_refund"),
                ("state", "!=", "cancel"),
                ("company_id", "in", batch.connection._served_companies().ids),
                ("commercial_partner_id", "in", partners.commercial_partner_id.ids),
                ("q2c_refunds", "!=", False),
            ]
        )
        return {
            item: found.filtered(lambda note, key=item.ref.id: key in note.q2c_refunds)
            for item in payments
        }

    # ------------------------------------------------------------------
    # FOLLOW
    # ------------------------------------------------------------------

    def _check_parts(self, batch, refund):
        self._payment(batch, refund)

    def _take_back(self, batch, payments):
        """The money came back to the balance: the credit, or what was owed before, is
        as it was."""
        returned = super()._take_back(batch, payments)
        refund_policy.undo(batch.env["account.payment"].union(*returned))
        return returned

    def _settle_reopened(self, batch, refunds):
        """A refund pays no invoice."""
