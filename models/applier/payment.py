# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payment → customer payment, reconciled with the invoices that it settles."""

from odoo import models

from ...canonical import Hold, Ref
from ..sync.tie_out import minor_units
from . import payment_lines
from .currencies import Currencies

BOOKED = ("in_process", "paid")
TAKEN_BACK = ("failed", "canceled")


class PaymentApplier(models.AbstractModel):
    _name = "q2c.applier.payment"
    _inherit = "q2c.applier.booked"
    _description = "Payment to Customer Payment"

    _target = "account.payment"

    # ------------------------------------------------------------------
    # BOOKED OR NOT
    # ------------------------------------------------------------------

    def _existing(self, batch):
        """What was taken back is over: if it succeeds later, that is another entry."""
        existing = super()._existing(batch)
        return {i: r for i, r in existing.items() if r.state in BOOKED}

    def _is_nothing(self, batch, item, record):
        """Only money that was received is booked. What was made out of band has to have
        a journal: else the invoice stays open until the bank statement settles it."""
        payment = item.document
        if record:
            return payment.status == "pending"
        elsewhere = payment.out_of_band and not batch.connection.out_of_band_journal_id
        return payment.status != "succeeded" or not payment.amount or elsewhere

    # ------------------------------------------------------------------
    # BOOK
    # ------------------------------------------------------------------

    def _book(self, batch):
        codes = [item.document.amount.currency for item in batch.open_items]
        currencies = Currencies(batch.connection, codes)
        values = batch.collect(
            lambda item: self._payment_values(batch, item, currencies)
        )
        if not values:
            return
        created = batch.env["account.payment"].create(list(values.values()))
        created.action_post()
        payments = dict(zip(values, created, strict=True))
        self._reconcile(batch, payments)
        batch.bind(payments, origins=payments)

    def _payment_values(self, batch, item, currencies):
        """Values of a new account.payment.

        :raises Wait: an invoice or the customer is not here yet
        :raises Hold: it cannot be booked as it is
        """
        payment = item.document
        what = f"The payment {payment.id}"
        date = (payment.paid_at or item.occurred_at).date()
        self._check_period(batch.connection, date, what)
        currency = currencies.get_rated(payment.amount.currency, date, what)
        invoices = self._invoices(batch, payment)
        method = self._method(batch.connection, payment)
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self._partner(batch, payment, invoices).id,
            "amount": float(payment.amount),
            "currency_id": currency.id,
            "date": date,
            "journal_id": method.journal_id.id,
            "payment_method_line_id": method.id,
            "memo": self._memo(payment, invoices),
            "payment_reference": payment.id,
            "q2c_trace": payment.trace or invoices[:1].q2c_trace,
        }
        receivables = payment_lines.receivables(invoices)
        if receivables:
            values["destination_account_id"] = receivables.account_id[0].id
        if payment_lines.is_divided(payment):
            values["line_ids"] = payment_lines.commands(
                batch, payment, values, method.payment_account_id
            )
        return values

    def _invoices(self, batch, payment):
        invoices = batch.env["account.move"]
        for part in payment.allocations:
            invoices |= batch.record(Ref("invoice", part.invoice_id), "account.move")
        return invoices

    def _partner(self, batch, payment, invoices):
        customer = batch.record(Ref("customer", payment.customer_id), "res.partner")
        partner = (invoices[:1].partner_id or customer).commercial_partner_id
        if not partner:
            raise Hold(
                "no_customer",
                f"The payment {payment.id} names neither a customer nor an invoice.",
                "Register it by hand in the journal of the connection, then skip the "
                "event.",
            )
        return partner

    def _method(self, connection, payment):
        """The payment method line whose outstanding account takes the money."""
        if payment.out_of_band:
            return connection.out_of_band_journal_id.inbound_payment_method_line_ids[:1]
        lines = connection.payment_journal_id.inbound_payment_method_line_ids
        found = lines.filtered("payment_account_id")[:1]
        if not found:
            raise Hold(
                "no_clearing_account",
                f"The connection {connection.name} has no clearing account to book the "
                f"payment {payment.id} to.",
                "Choose a payment journal on the connection, and an outstanding "
                "account on the incoming payments of that journal, then retry.",
            )
        return found

    def _memo(self, payment, invoices):
        method = payment.method.replace("_", " ")
        if payment.out_of_band:
            method = "out of band"
        numbers = ", ".join(invoice.ref or invoice.name for invoice in invoices)
        return " - ".join(filter(None, (numbers, payment.id, method)))

    # ------------------------------------------------------------------
    # RECONCILE
    # ------------------------------------------------------------------

    def _reconcile(self, batch, payments):
        """Settle the invoices of {item: posted payment} in one go. What is left of a
        payment stays on the customer's account, and is said in the chatter."""
        plan = []
        for item, payment in payments.items():
            plan += payment_lines.plan(batch, item.document, payment)
        if plan:
            batch.env["account.move.line"]._reconcile_plan(plan)
        notes = {}
        for item, payment in payments.items():
            left = payment_lines.residual(payment)
            if left and item.document.allocations:
                notes[payment.id] = self._left_over_note(batch, item, payment, left)
        batch.env["account.payment"].browse(notes)._message_log_batch(notes)

    def _left_over_note(self, batch, item, payment, left):
        invoices = self._invoices(batch, item.document)
        return payment.env._(
            "%(amount)s of this payment settles nothing and stays on the customer's "
            "account: %(invoices)s needed less. Refund it, or match it with another "
            "invoice.",
            amount=payment.currency_id.format(left),
            invoices=", ".join(invoice.name or invoice.ref for invoice in invoices),
        )

    # ------------------------------------------------------------------
    # FOLLOW
    # ------------------------------------------------------------------

    def _follow(self, batch, existing):
        checked = batch.collect(lambda item: self._check(batch, item, existing[item]))
        gone = [i for i in checked if i.document.status in TAKEN_BACK]
        if gone:
            batch.env["account.payment"].union(
                *(existing[item] for item in gone)
            ).action_cancel()
        self._reconcile(batch, {i: existing[i] for i in checked if i not in gone})
        batch.bind({item: existing[item] for item in checked})

    def _check(self, batch, item, record):
        """Whether what came can be followed.

        :raises Hold: ``payment_changed``, ``period_locked``
        """
        payment = item.document
        if payment.status in TAKEN_BACK:
            what = f"The payment {payment.id}, which {payment.status},"
            self._check_period(batch.connection, record.date, what)
            return
        code = record.currency_id.name
        booked = (minor_units(record.amount, code), code)
        if booked != (payment.amount.amount, payment.amount.currency):
            raise Hold(
                "payment_changed",
                f"The payment {payment.id} is booked as {record.display_name} with "
                f"{record.amount} {code}, but at the provider it is {payment.amount}.",
                "Payments that succeeded do not change: see who changed which of the "
                "two, and correct the books by hand.",
            )
        self._invoices(batch, payment)
