# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Balance transaction → its mirror, an entry for the provider's fee, and one for the
amount where nothing else books it."""

from odoo import models

from ...canonical import Failure, Hold
from ..sync.tie_out import minor_units
from . import transfer
from .currencies import Currencies


class BalanceTransactionApplier(models.AbstractModel):
    """The mirror is kept even when nothing can be booked: the clearing proof lists what
    is missing from the books, and retry books it."""

    _name = "q2c.applier.balance_transaction"
    _inherit = "q2c.applier.booked"
    _description = "Balance Transaction to Entries"

    _target = "q2c.balance.transaction"

    # ------------------------------------------------------------------
    # THE MIRROR
    # ------------------------------------------------------------------

    def _book(self, batch):
        currencies = self._currencies(batch)
        values = batch.collect(
            lambda item: self._mirror_values(batch, item, currencies)
        )
        if not values:
            return
        # sudo: nobody has the right to edit what the provider says
        model = batch.env[self._target].sudo()
        created = model.create(list(values.values())).with_env(batch.env)
        records = dict(zip(values, created, strict=True))
        batch.bind(records, origins=records)
        self._book_parts(batch, records, currencies)

    def _follow(self, batch, existing):
        """Amounts are final once Stripe has told them; when the money becomes available
        is not. What could not be booked is tried again."""
        checked = batch.collect(lambda item: self._check(item, existing[item]))
        for item in checked:
            record, available_on = existing[item], item.document.available_on
            if record.available_on != available_on:
                record.sudo().available_on = available_on  # see _book
        records = {item: existing[item] for item in checked}
        batch.bind(records)
        self._book_parts(batch, records, self._currencies(batch))

    def _currencies(self, batch):
        codes = {item.document.amount.currency for item in batch.items}
        return Currencies(batch.connection, codes)

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
            "booked_with": told.booked_with or False,
            "source": told.source_id or False,
            "description": told.description or False,
            "created": told.created and told.created.replace(tzinfo=None),
            "available_on": told.available_on,
        }

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

    # ------------------------------------------------------------------
    # THE ENTRIES
    # ------------------------------------------------------------------

    def _book_parts(self, batch, records, currencies):
        """Enter what of {item: mirror} is not in the books; where it cannot be, the
        event fails and the mirror says why."""
        accounts = self._category_accounts(batch.connection)
        entries, held = {}, {}
        for item, record in records.items():
            try:
                for name in self._own_parts(record):
                    entries[item, name] = self._entry_values(
                        batch, item, name, currencies, accounts
                    )
            except Failure as failure:
                held[item] = failure
                batch.reconsider(item, failure)
        posted = transfer.post(batch, entries)
        for (item, name), move in posted.items():
            field = "move_id" if name == "amount" else "fee_move_id"
            records[item].sudo()[field] = move  # see _book
        booked = batch.env[self._target].union(*(records[i] for i, _name in posted))
        booked.payout_id._settle_clearing()
        for item, record in records.items():
            reason = item in held and held[item].message
            if record.hold_reason != reason:
                record.sudo().hold_reason = reason  # see _book

    def _own_parts(self, record):
        """The fee before the amount, which is up to another object mostly."""
        missing = record._missing_parts()
        if "fee" in missing and not record.fee_move_id:
            yield "fee"
        if "amount" in missing and not record.move_id and not record.booked_with:
            yield "amount"

    def _category_accounts(self, connection):
        return {
            mapping.category: mapping.account_id
            for mapping in connection.category_account_ids
        }

    def _entry_values(self, batch, item, name, currencies, accounts):
        """Values of the entry Dr fees, Cr clearing; or Dr clearing, Cr the category's
        account. Negative amounts exchange the sides: a fee that is given back, or money
        that left the balance.

        :param name: fee or amount
        :raises Hold: it cannot be booked as it is
        """
        told = item.document
        amount = told.fee if name == "fee" else told.amount
        part = "The fee of the" if name == "fee" else "The"
        what = f"{part} balance transaction {told.id}"
        date = self._date(item)
        self._check_period(batch.connection, date, what)
        currency = currencies.get_rated(amount.currency, date, what)
        clearing = self._clearing_account(batch.connection, what)
        if name == "fee":
            sides = (self._fee_account(batch.connection, told), clearing)
            label = batch.env._("Fee")
        else:
            sides = (clearing, self._category_account(batch.connection, told, accounts))
            label = told.description or told.category.replace("_", " ").capitalize()
        story = filter(None, (told.description, told.source_id, told.id))
        return transfer.values(
            batch,
            (float(amount), None),
            sides,
            currency=currency,
            date=date,
            name=label,
            ref=told.id,
            q2c_trace=told.trace or False,
            narration=" - ".join(story),
        )

    def _fee_account(self, connection, told):
        """:raises Hold: ``no_fee_account``"""
        if not connection.fee_account_id:
            raise Hold(
                "no_fee_account",
                f"The connection {connection.name} has no account for the fee of "
                f"{told.fee} in the balance transaction {told.id}.",
                "Choose a fee account on the connection's Accounting page, or let Set "
                "Up Accounting create one, then retry.",
            )
        return connection.fee_account_id

    def _category_account(self, connection, told, accounts):
        """:raises Hold: ``no_category_account``"""
        account = accounts.get(told.category)
        if not account:
            raise Hold(
                "no_category_account",
                f"The balance transaction {told.id} of {told.amount} is of the "
                f"category {told.category}, for which the connection {connection.name} "
                "has no account.",
                "Choose one under Balance Categories on the connection's Accounting "
                "page, then retry.",
            )
        return account

    def _date(self, item):
        return (item.document.created or item.occurred_at).date()
