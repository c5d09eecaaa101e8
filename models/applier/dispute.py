# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Dispute → its record, and an entry for each movement of the disputed funds."""

from odoo import models

from ...canonical import Failure, Hold, Ref
from . import dispute_outcome, dispute_reminder, refund_policy, transfer
from .currencies import Currencies


class DisputeApplier(models.AbstractModel):
    """Rule 22. The record is there from the first moment, whatever keeps the entries
    from being booked: evidence is due on a day. The invoice stays paid."""

    _name = "q2c.applier.dispute"
    _inherit = "q2c.applier.booked"
    _description = "Dispute to Entries"

    _target = "q2c.dispute"

    # ------------------------------------------------------------------
    # THE RECORD
    # ------------------------------------------------------------------

    def _book(self, batch):
        currencies = self._currencies(batch)
        values = batch.collect(
            lambda item: self._dispute_values(batch, item, currencies)
        )
        if not values:
            return
        # sudo: nobody has the right to edit what the provider says
        created = batch.env[self._target].sudo().create(list(values.values()))
        records = dict(zip(values, created.with_env(batch.env), strict=True))
        self._tell_invoices(records)
        batch.bind(records, origins=records)
        self._bring_up_to_date(batch, records, currencies)

    def _follow(self, batch, existing):
        currencies = self._currencies(batch)
        values = batch.collect(
            lambda item: self._dispute_values(batch, item, currencies)
        )
        records = {item: existing[item] for item in values}
        for item, record in records.items():
            changed = self._changed(record, values[item], values[item])
            if changed:
                record.sudo().write(changed)  # see _book
        batch.bind(records)
        self._bring_up_to_date(batch, records, currencies)

    def _dispute_values(self, batch, item, currencies):
        """:raises Hold: the currency cannot be used"""
        told = item.document
        payment = self._linked(
            batch, Ref("payment", told.payment_id), "account.payment"
        )
        currency = currencies.get(told.amount.currency, f"The dispute {told.id}")
        opened = told.created or item.occurred_at
        return {
            "name": told.id,
            "connection_id": batch.connection.id,
            "status": told.status,
            "currency_id": currency.id,
            "amount": float(told.amount),
            "reason": told.reason.replace("_", " ").capitalize() or False,
            "network_reason": told.network_reason or False,
            "opened_on": opened.date(),
            "respond_by": told.respond_by and told.respond_by.replace(tzinfo=None),
            "payment_id": payment.id,
            "partner_id": payment.partner_id.id,
            "invoice_ids": [(6, 0, _settled(payment).ids)],
        }

    def _linked(self, batch, ref, model):
        """The record of ``ref``; an empty one where it is not here yet."""
        return batch.record(ref, model) if ref in batch.bindings else batch.env[model]

    def _currencies(self, batch):
        codes = {item.document.amount.currency for item in batch.items}
        for item in batch.items:
            codes.update(self._transactions(batch, item).currency_id.mapped("name"))
        return Currencies(batch.connection, codes)

    def _transactions(self, batch, item):
        """Its balance transactions that are here, in the order in which they came."""
        model = "q2c.balance.transaction"
        refs = [
            ref
            for ref in item.document.dependencies()
            if ref.kind == "balance_transaction" and ref in batch.bindings
        ]
        return batch.records(refs, model).sorted(lambda t: (t.created, t.id))

    def _tell_invoices(self, records):
        notes = {}
        for item, record in records.items():
            note = record.env._(
                "The customer disputes %(amount)s of the payment: %(dispute)s.",
                amount=record.currency_id.format(record.amount),
                dispute=item.document.id,
            )
            notes |= dict.fromkeys(record.invoice_ids.ids, note)
        self.env["account.move"].browse(notes)._message_log_batch(notes)

    # ------------------------------------------------------------------
    # THE ENTRIES
    # ------------------------------------------------------------------

    def _bring_up_to_date(self, batch, records, currencies):
        """Book what of {item: dispute} is not booked. What cannot be makes the event
        fail; it is tried again with the next one."""
        dispute_reminder.refresh(batch, records)
        entries = {}
        for item, record in records.items():
            try:
                entries |= self._movements(batch, item, record, currencies)
            except Failure as failure:
                batch.reconsider(item, failure)
        booked = batch.env["q2c.balance.transaction"]
        for transaction, move in transfer.post(batch, entries).items():
            # sudo: see _book
            transaction.sudo().write(
                {"move_id": move.id, "dispute_id": move.q2c_dispute_id.id}
            )
            booked += transaction
        # They may be the last ones that a payout waited for.
        booked.payout_id._settle_clearing()
        for item, record in records.items():
            if item.failure is None:
                self._conclude(batch, item, record)

    def _conclude(self, batch, item, record):
        try:
            dispute_outcome.follow(self, batch, item, record)
            self._check_known(batch, item)
        except Failure as failure:
            batch.reconsider(item, failure)

    def _check_known(self, batch, item):
        """:raises Wait: the payment, or a movement of the funds, is not here yet"""
        for ref in item.document.dependencies():
            model = (
                "account.payment"
                if ref.kind == "payment"
                else "q2c.balance.transaction"
            )
            batch.record(ref, model)

    def _movements(self, batch, item, record, currencies):
        """{balance transaction: values of its entry}: Dr disputed funds, Cr clearing
        where the money was withdrawn; the other way round where it came back.

        :raises Hold: it cannot be booked as it is
        """
        missing = self._transactions(batch, item).filtered(
            lambda moved: moved.amount and not moved.move_id
        )
        return {
            moved: self._movement_values(batch, record, moved, currencies)
            for moved in missing
        }

    def _movement_values(self, batch, record, moved, currencies):
        what = f"The balance transaction {moved.name} of the dispute {record.name}"
        date = moved.created.date()
        self._check_period(batch.connection, date, what)
        currency = currencies.get_rated(moved.currency_id.name, date, what)
        accounts = (
            self._dispute_account(batch.connection, what),
            self._clearing_account(batch.connection, what),
        )
        word = "withdrawn" if moved.amount < 0 else "reinstated"
        return transfer.values(
            batch,
            (-moved.amount, None),
            accounts,
            currency=currency,
            date=date,
            name=f"{record.name} {word}",
            ref=moved.name,
            partner_id=record.partner_id.commercial_partner_id.id,
            q2c_dispute_id=record.id,
            q2c_trace=record.payment_id.q2c_trace,
        )

    def _dispute_account(self, connection, what):
        """:raises Hold: ``no_dispute_account``"""
        if not connection.dispute_account_id:
            raise Hold(
                "no_dispute_account",
                f"{what} cannot be booked: the connection {connection.name} has no "
                "account for disputed funds.",
                "Choose one on the connection's Accounting page, or let Set Up "
                "Accounting create one, then retry.",
            )
        return connection.dispute_account_id


def _settled(payment):
    """The invoices that were paid by it, in whichever company they are."""
    paid = refund_policy.paid_by(payment)
    return payment.reconciled_invoice_ids.union(*paid)
