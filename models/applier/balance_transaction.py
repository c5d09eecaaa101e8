# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Balance transaction → its mirror, and an entry for the provider's fee."""

from odoo import models
from odoo.fields import Command

from ...canonical import Hold
from ..sync.tie_out import minor_units
from .currencies import Currencies


class BalanceTransactionApplier(models.AbstractModel):
    """What the amount itself is booked as is up to the object that moved it."""

    _name = "q2c.applier.balance_transaction"
    _inherit = "q2c.applier.booked"
    _description = "Balance Transaction to Fee Entry"

    _target = "q2c.balance.transaction"

    # ------------------------------------------------------------------
    # BOOK
    # ------------------------------------------------------------------

    def _book(self, batch):
        codes = [item.document.amount.currency for item in batch.open_items]
        currencies = Currencies(batch.connection, codes)
        mirrors = batch.collect(
            lambda item: self._mirror_values(batch, item, currencies)
        )
        fees = batch.of([item for item in mirrors if item.document.fee]).collect(
            lambda item: self._fee_values(batch, item, currencies)
        )
        mirrors = {item: mirrors[item] for item in mirrors if item.open}
        if not mirrors:
            return
        moves = self._post(batch, fees)
        for item, move in moves.items():
            mirrors[item]["fee_move_id"] = move.id
        # sudo: nobody has the right to edit what the provider says
        model = batch.env[self._target].sudo()
        created = model.create(list(mirrors.values())).with_env(batch.env)
        records = dict(zip(mirrors, created, strict=True))
        batch.bind(records, origins=records)

    def _mirror_values(self, batch, item, currencies):
        """:raises Hold: the currency cannot be used"""
        told = item.document
        what = f"The balance transaction {told.id}"
        return {
            "name": told.id,
            "connection_id": batch.connection.id,
            "currency_id": currencies.get(told.amount.currency, what).id,
            "amount": float(told.amount),
            "fee": float(told.fee),
            "net": float(told.net),
            "category": told.category,
            "source": told.source_id or False,
            "description": told.description or False,
            "created": told.created and told.created.replace(tzinfo=None),
            "available_on": told.available_on,
        }

    # ------------------------------------------------------------------
    # THE FEE
    # ------------------------------------------------------------------

    def _fee_values(self, batch, item, currencies):
        """Values of the entry Dr fees, Cr clearing; a fee that is given back is
        negative and exchanges the sides.

        :raises Hold: it cannot be booked as it is
        """
        told = item.document
        what = f"The fee of the balance transaction {told.id}"
        date = self._date(item)
        self._check_period(batch.connection, date, what)
        currency = currencies.get_rated(told.fee.currency, date, what)
        accounts = (
            self._fee_account(batch.connection, told),
            self._clearing_account(batch.connection, what),
        )
        label = " - ".join(filter(None, (told.description, told.source_id, told.id)))
        return {
            "move_type": "entry",
            "journal_id": batch.connection.payment_journal_id.id,
            "date": date,
            "ref": told.id,
            "currency_id": currency.id,
            "q2c_trace": told.trace or False,
            "line_ids": [
                Command.create(line)
                for line in self._lines(batch, told.fee, currency, date, accounts)
            ],
            "narration": label,
        }

    def _lines(self, batch, amount, currency, date, accounts):
        """``amount`` on the debit of the first account and the credit of the other."""
        company = batch.connection.company_id
        balance = currency._convert(float(amount), company.currency_id, company, date)
        return [
            {
                "name": batch.env._("Fee"),
                "account_id": account.id,
                "currency_id": currency.id,
                "amount_currency": sign * float(amount),
                "balance": sign * balance,
            }
            for sign, account in zip((1, -1), accounts, strict=True)
        ]

    def _fee_account(self, connection, told):
        if not connection.fee_account_id:
            raise Hold(
                "no_fee_account",
                f"The connection {connection.name} has no account for the fee of "
                f"{told.fee} in the balance transaction {told.id}.",
                "Choose a fee account on the connection's Accounting page, or let Set "
                "Up Accounting create one, then retry.",
            )
        return connection.fee_account_id

    def _post(self, batch, values):
        """{item: posted entry} of {item: values}, in one go."""
        moves = batch.env["account.move"].create(list(values.values()))
        if moves:
            moves._post(soft=False)
        return dict(zip(values, moves, strict=True))

    def _date(self, item):
        return (item.document.created or item.occurred_at).date()

    # ------------------------------------------------------------------
    # FOLLOW
    # ------------------------------------------------------------------

    def _follow(self, batch, existing):
        """Amounts are final once Stripe has told them; when the money becomes available
        is not."""
        checked = batch.collect(lambda item: self._check(item, existing[item]))
        for item in checked:
            record, available_on = existing[item], item.document.available_on
            if record.available_on != available_on:
                record.sudo().available_on = available_on  # see _book
        batch.bind({item: existing[item] for item in checked})

    def _check(self, item, record):
        """:raises Hold: ``transaction_changed``"""
        told, code = item.document, record.currency_id.name
        booked = [minor_units(record[name], code) for name in ("amount", "fee")]
        if (booked, code) != ([told.amount.amount, told.fee.amount], told.fee.currency):
            raise Hold(
                "transaction_changed",
                f"The balance transaction {told.id} is known as {record.amount} {code} "
                f"less a fee of {record.fee}, but at the provider it is {told.amount} "
                f"less {told.fee}.",
                "Balance transactions do not change: ask the provider's support, and "
                "correct the books by hand.",
            )
