# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payment → customer payment, reconciled with the invoices that it settles."""

from odoo import models

from ...canonical import Hold, Ref
from ..sync.tie_out import minor_units
from . import (
    intercompany,
    left_over,
    payment_lines,
    payment_return,
    uncollectible,
)
from .currencies import Currencies
from .mappings import Mappings

BOOKED = ("in_process", "paid")
TAKEN_BACK = ("failed", "canceled")
# Parts of Stripe's words for payment methods that are no words
# (https://docs.stripe.com/api/payment_methods/object#payment_method_object-type).
ACRONYMS = frozenset("ach acss au bacs becs blik eps fpx nz p24 sepa upi us".split())


class PaymentApplier(models.AbstractModel):
    _name = "q2c.applier.payment"
    _inherit = "q2c.applier.booked"
    _description = "Payment to Customer Payment"

    _target = "account.payment"

    # ------------------------------------------------------------------
    # BOOKED OR NOT
    # ------------------------------------------------------------------

    def _existing(self, batch):
        existing = super()._existing(batch)
        return {i: r for i, r in existing.items() if not self._may_come_again(r)}

    def _may_come_again(self, record):
        """What was returned is over: if it succeeds later, that is another entry."""
        return record.state not in BOOKED

    def _is_nothing(self, batch, item, record):
        """Only money that was received is booked, be it that it went again. What was
        made out of band has to have a journal: else the invoice stays open until the
        bank statement settles it."""
        payment = item.document
        if record:
            return payment.status == "pending"
        elsewhere = payment.out_of_band and not batch.connection.out_of_band_journal_id
        came = payment.status == "succeeded" or self._has_come_and_gone(payment)
        over = payment.status in TAKEN_BACK and self._is_over(batch, item)
        return not came or not payment.amount or elsewhere or over

    def _is_over(self, batch, item):
        """Whether its coming and going is booked already: what is canceled after it was
        returned says nothing new."""
        binding = batch.bindings.get(
            Ref("balance_transaction", item.document.balance_transaction_id)
        )
        booked = batch.bound(item, self._target)
        if not binding or not booked:
            return False
        # sudo: which entry the amount is in
        transaction = batch.env[binding.res_model].sudo().browse(binding.res_id)
        return transaction.move_id == booked.sudo().move_id

    def _has_come_and_gone(self, payment):
        """The balance was moved and moved back: both have their day in the books."""
        transactions = payment.balance_transaction_id, payment.failure_transaction_id
        return payment.status in TAKEN_BACK and all(transactions)

    # ------------------------------------------------------------------
    # BOOK
    # ------------------------------------------------------------------

    def _book(self, batch):
        currencies = Currencies(batch.connection, self._codes(batch))
        batch.lookup = Mappings(batch.connection)
        values = batch.collect(
            lambda item: self._payment_values(batch, item, currencies)
        )
        batch.lookup.keep()
        if not values:
            return
        # Odoo asks for it payment by payment.
        partner_ids = {vals["partner_id"] for vals in values.values()}
        partners = batch.env["res.partner"].browse(partner_ids)
        partners.fetch(["property_account_position_id"])
        created = batch.env["account.payment"].create(list(values.values()))
        created.action_post()
        payments = dict(zip(values, created, strict=True))
        intercompany.mirror(batch, self._legs(batch, payments))
        gone = self._gone(payments)
        self._reconcile(batch, {i: p for i, p in payments.items() if i not in gone})
        self._mark_payments(batch, payments)
        batch.bind(payments, origins=payments)
        self._take_back(batch, gone)

    def _mark_payments(self, batch, payments):
        self._mark_booked(
            batch,
            {
                item.document.balance_transaction_id: payment.move_id
                for item, payment in payments.items()
            },
        )

    def _codes(self, batch):
        """Of all currencies, of the payments and of their settlements."""
        codes = {item.document.amount.currency for item in batch.open_items}
        for item in batch.open_items:
            ref = Ref("balance_transaction", item.document.balance_transaction_id)
            if ref in batch.bindings:
                settled = batch.record(ref, "q2c.balance.transaction")
                codes.add(settled.currency_id.name)
        return codes

    def _payment_values(self, batch, item, currencies):
        """Values of a new account.payment.

        :raises Wait: an invoice or the customer is not here yet
        :raises Hold: it cannot be booked as it is
        """
        payment = item.document
        what = f"The payment {payment.id}"
        date = self._booking_date(batch, item)
        self._check_period(batch.connection, date, what)
        currency = currencies.get_rated(payment.amount.currency, date, what)
        settled = self._settlement(batch, payment, currencies, date)
        if self._has_come_and_gone(payment):
            self._check_return(batch, item, date)
        invoices = self._invoices(batch, payment)
        self._check_companies(batch, invoices.company_id, item, date, currencies)
        method = self._method(batch, payment)
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
        return {**values, **self._settling_values(batch, item, values, method, settled)}

    def _settling_values(self, batch, item, values, method, settled):
        """What the money settles: the account on its other side, and, unless all of it
        is there and in the currency of the payment, the items."""
        payment = item.document
        invoices = self._invoices(batch, payment)
        company = batch.connection.company_id
        own = invoices.filtered(lambda move: move.company_id == company)
        accounts = payment_lines.receivables(own).account_id[:1]
        if own == invoices and not payment_lines.is_divided(payment) and not settled:
            return {"destination_account_id": accounts.id} if accounts else {}
        account_id = accounts.id or self._receivable(batch, values["partner_id"])
        parts = payment_lines.parts(batch, payment, account_id)
        return {
            "destination_account_id": parts[0].account_id if not own else account_id,
            "line_ids": payment_lines.commands(
                batch, values, parts, method.payment_account_id, settled
            ),
        }

    def _check_companies(self, batch, companies, item, date, currencies):
        """:raises Hold: it concerns a company that cannot be booked in"""
        document = item.document
        what = f"The {document.KIND} {document.id}"
        others = companies - batch.connection.company_id
        if document.KIND == "payment" and document.out_of_band and others:
            intercompany.refuse(
                what,
                batch.connection._books_of(others[0]) or batch.connection,
                "it was made out of band, so the holder of the account has received "
                "nothing.",
                f"Register it in {others[0].sudo().name} by hand, then skip the event.",
            )
        code = document.amount.currency
        intercompany.check(self, batch, companies, date, currencies, code, what)

    def _legs(self, batch, payments):
        """What {item: posted payment} is in the books of further companies: an item for
        each allocation, in order."""
        legs = []
        for item, payment in payments.items():
            parts = {}
            for part in item.document.allocations:
                ref = Ref("invoice", part.invoice_id)
                move = batch.record(ref, "account.move")
                if move.company_id != payment.company_id:
                    parts.setdefault(move.company_id, []).append(
                        intercompany.owed(move, part.amount)
                    )
            legs += [
                intercompany.Leg(
                    payment.move_id,
                    batch.connection._books_of(company),
                    payment.currency_id,
                    portions,
                    1,
                    payment.memo,
                )
                for company, portions in parts.items()
            ]
        return legs

    def _booking_date(self, batch, item):
        """The day on which the money came; of what is gone again only the balance
        transaction tells it.

        :raises Wait: that is not here yet
        """
        payment = item.document
        if payment.paid_at:
            return payment.paid_at.date()
        moved = self._settled(batch, payment.balance_transaction_id)
        return (moved.created or item.occurred_at).date()

    def _invoices(self, batch, payment):
        refs = [Ref("invoice", part.invoice_id) for part in payment.allocations]
        return batch.records(refs, "account.move")

    def _settlement(self, batch, payment, currencies, date):
        """The balance transaction of a payment or a refund that is settled in another
        currency than its own; else an empty one.

        :raises Wait: its balance transactions, and so its fees, are not here yet
        :raises Hold: the currency cannot be used
        """
        settled = self._settled(batch, payment.balance_transaction_id)
        self._settled(batch, payment.failure_transaction_id)
        if settled.currency_id.name == payment.amount.currency:
            return settled.browse()
        if settled:
            what = f"The balance transaction {settled.name}"
            currencies.get_rated(settled.currency_id.name, date, what)
        return settled

    def _receivable(self, batch, partner_id):
        partner = batch.env["res.partner"].browse(partner_id)
        partner = partner.with_company(batch.connection.company_id)
        return partner.property_account_receivable_id.id

    def _settled(self, batch, transaction_id):
        ref = Ref("balance_transaction", transaction_id)
        return batch.record(ref, "q2c.balance.transaction")

    def _partner(self, batch, payment, invoices):
        customer = batch.record(Ref("customer", payment.customer_id), "res.partner")
        partner = (invoices.partner_id or customer).commercial_partner_id[:1]
        if not partner:
            raise Hold(
                "no_customer",
                f"The payment {payment.id} names neither a customer nor an invoice.",
                "Register it by hand in the journal of the connection, then skip the "
                "event.",
            )
        return partner

    def _method(self, batch, payment):
        """The payment method line whose outstanding account takes the money: the one
        that its method is mapped to, else the journal's first."""
        connection = batch.connection
        if payment.out_of_band:
            return connection.out_of_band_journal_id.inbound_payment_method_line_ids[:1]
        clearing = self._clearing_account(connection, f"The payment {payment.id}")
        word = payment.method
        mapped = word and batch.lookup.seen("payment_method", word, _in_words(word))
        if mapped and mapped.payment_account_id == clearing:
            return mapped
        lines = connection.payment_journal_id.inbound_payment_method_line_ids
        return lines.filtered("payment_account_id")[:1]

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
        payment stays on the customer's account, until somebody decides about it."""
        self._undo_write_offs(batch, payments)
        plan = []
        for item, payment in payments.items():
            plan += payment_lines.plan(batch, item.document, payment)
        if plan:
            batch.env["account.move.line"]._reconcile_plan(plan)
            self._settle_credits(batch, payments)
        left_over.report(
            batch,
            {i: (p, self._invoices(batch, i.document)) for i, p in payments.items()},
        )

    def _undo_write_offs(self, batch, payments):
        """Rule 25: what was given up may still be paid."""
        uncollectible.undo(
            self,
            batch,
            {
                invoice: payment.date
                for item, payment in payments.items()
                if payment_lines.residual(payment)
                for invoice in self._invoices(batch, item.document)
            },
        )

    def _settle_credits(self, batch, payments):
        """What is left open of the invoices may be what a credit note took off before
        they were paid, that came here before the payment."""
        invoices = batch.env["account.move"].union(
            *(self._invoices(batch, item.document) for item in payments)
        )
        plan = [
            group
            for invoice in invoices.filtered("amount_residual")
            for note in invoice.reversal_move_ids
            if (group := payment_lines.credited(note, invoice))
        ]
        if plan:
            batch.env["account.move.line"]._reconcile_plan(plan)

    # ------------------------------------------------------------------
    # FOLLOW
    # ------------------------------------------------------------------

    def _follow(self, batch, existing):
        checked = batch.collect(lambda item: self._check(batch, item, existing[item]))
        payments = {item: existing[item] for item in checked}
        gone = self._gone(payments)
        self._take_back(batch, gone)
        stays = {i: p for i, p in payments.items() if i not in gone}
        self._reconcile(batch, stays)
        self._mark_payments(batch, payments)
        batch.bind(payments)

    def _gone(self, payments):
        return {i: p for i, p in payments.items() if i.document.status in TAKEN_BACK}

    def _take_back(self, batch, payments):
        """The money is not there any more: what {item: payment} settled is open again,
        from the day on which it went.

        :return: {payment: the entry that reverses it}
        """
        returned = payment_return.reverse(
            batch,
            {
                payment: payment_return.Return(
                    self._return_date(batch, item, payment.date),
                    self._settled(batch, item.document.balance_transaction_id),
                    self._settled(batch, item.document.failure_transaction_id),
                    item.document.failure,
                )
                for item, payment in payments.items()
            },
        )
        self._mark_booked(
            batch,
            {
                item.document.failure_transaction_id: returned[payment]
                for item, payment in payments.items()
            },
        )
        self._settle_reopened(batch, payments)
        return returned

    def _settle_reopened(self, batch, payments):
        """What the returned {item: payment} settled may be paid by another one, that
        found nothing to settle when it came and stayed on account."""
        invoices = batch.env["account.move"].union(
            *(self._invoices(batch, item.document) for item in payments)
        )
        if invoices.filtered("amount_residual"):
            batch.env["q2c.settling"]._settle(invoices)
            self._settle_credits(batch, payments)

    def _return_date(self, batch, item, since):
        """The day of the balance transaction that took the money back; where there was
        none, of the event. Not before ``since``, on which it came.

        :raises Wait: the balance transaction is not here yet
        """
        moved = self._settled(batch, item.document.failure_transaction_id)
        return max((moved.created or item.occurred_at).date(), since)

    def _check_return(self, batch, item, since):
        """:raises Hold: ``period_locked``"""
        payment = item.document
        what = f"The {payment.KIND} {payment.id}, which {payment.status},"
        date = self._return_date(batch, item, since)
        self._check_period(batch.connection, date, what)

    def _check(self, batch, item, record):
        """Whether what came can be followed.

        :raises Hold: ``<kind>_changed``, ``period_locked``
        """
        payment = item.document
        self._settled(batch, payment.balance_transaction_id)
        self._settled(batch, payment.failure_transaction_id)
        if payment.status in TAKEN_BACK:
            self._check_return(batch, item, record.date)
            return
        code = record.currency_id.name
        booked = (minor_units(record.amount, code), code)
        if booked != (payment.amount.amount, payment.amount.currency):
            raise Hold(
                f"{payment.KIND}_changed",
                f"The {payment.KIND} {payment.id} is booked as {record.display_name} "
                f"with {record.amount} {code}, but at the provider it is "
                f"{payment.amount}.",
                "What succeeded does not change: see who changed which of the "
                "two, and correct the books by hand.",
            )
        self._check_parts(batch, payment)

    def _check_parts(self, batch, payment):
        """:raises Wait: what it refers to is not here yet"""
        self._invoices(batch, payment)


def _in_words(method):
    """A payment method for a person: SEPA debit, US bank account."""
    parts = [part.upper() if part in ACRONYMS else part for part in method.split("_")]
    return " ".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]])
