# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payout → its record, and an entry from the clearing account to Bank in Transit."""

from odoo import models

from ...canonical import Failure, Hold, Ref
from ...canonical.currency import payout_step, step
from ..sync.tie_out import minor_units
from . import transfer
from .currencies import Currencies


class PayoutApplier(models.AbstractModel):
    """The record is kept even when nothing can be booked: it says why."""

    _name = "q2c.applier.payout"
    _inherit = "q2c.applier.booked"
    _description = "Payout to Entry"

    _target = "q2c.payout"

    # ------------------------------------------------------------------
    # THE RECORD
    # ------------------------------------------------------------------

    def _book(self, batch):
        values = self._collect_values(batch)
        # sudo: nobody has the right to edit what the provider says
        model = batch.env[self._target].sudo()
        created = model.create(list(values.values())).with_env(batch.env)
        records = dict(zip(values, created, strict=True))
        batch.bind(records, origins=records)
        self._book_entries(batch, records)

    def _follow(self, batch, existing):
        batch.collect(lambda item: self._check(item, existing[item]))
        values = self._collect_values(batch)
        for item, vals in values.items():
            changed = self._changed(existing[item], vals, vals)
            if changed:
                existing[item].sudo().write(changed)  # see _book
        records = {item: existing[item] for item in values}
        batch.bind(records)
        self._book_entries(batch, records)

    def _collect_values(self, batch):
        currencies = self._currencies(batch)
        return batch.collect(lambda item: self._payout_values(batch, item, currencies))

    def _currencies(self, batch):
        told = [item.document for item in batch.items]
        codes = {money.currency for payout in told for money in _amounts(payout)}
        return Currencies(batch.connection, codes)

    def _payout_values(self, batch, item, currencies):
        """:raises Wait: a balance transaction is not here yet
        :raises Hold: the currency cannot be used
        """
        told = item.document
        currency = currencies.get(told.amount.currency, f"The payout {told.id}")
        self._mirrors(batch, told)
        return {
            "name": told.id,
            "connection_id": batch.connection.id,
            "currency_id": currency.id,
            "amount": float(told.amount),
            "status": told.status,
            "is_manual": not told.automatic,
            "method": told.method,
            "reconciliation": told.reconciliation,
            "created": told.created and told.created.replace(tzinfo=None),
            "arrival_date": told.arrival_on,
            "description": told.description or False,
            "bank_reference": told.bank_reference or False,
            "failure_message": told.failure_message or False,
            "transaction_id": self._mirror(batch, told.balance_transaction_id).id,
            "failure_transaction_id": self._mirror(
                batch, told.failure_transaction_id
            ).id,
        }

    def _mirror(self, batch, transaction_id):
        ref = Ref("balance_transaction", transaction_id)
        return batch.record(ref, "q2c.balance.transaction")

    def _mirrors(self, batch, told):
        refs = [Ref("balance_transaction", part.transaction_id) for part in told.parts]
        return batch.records(refs, "q2c.balance.transaction")

    def _check(self, item, record):
        """:raises Hold: ``payout_changed``"""
        told, code = item.document, record.currency_id.name
        if (minor_units(record.amount, code), code) != (
            told.amount.amount,
            told.amount.currency,
        ):
            raise Hold(
                "payout_changed",
                f"The payout {told.id} is known as {record.amount} {code}, but at the "
                f"provider it is {told.amount}.",
                "Amounts of payouts do not change: ask the provider's support, and "
                "correct the books by hand.",
            )

    # ------------------------------------------------------------------
    # THE ENTRIES
    # ------------------------------------------------------------------

    def _book_entries(self, batch, records):
        """Link {item: payout} to what they pay out, enter those that are not in the
        books, and reverse those that came back."""
        self._link(batch, records)
        held = {}
        currencies = self._currencies(batch)
        entries = self._try(
            batch, records, held, lambda i, r: self._new_entry(batch, i, r, currencies)
        )
        for item, move in transfer.post(batch, entries).items():
            records[item].sudo().move_id = move  # see _book
        failed = self._try(
            batch, records, held, lambda i, r: self._new_reversal(batch, i, r)
        )
        self._mark(batch, records, "balance_transaction_id", "move_id")
        batch.env[self._target].union(*records.values())._settle_clearing()
        self._reverse(batch, records, failed)
        self._mark(batch, records, "failure_transaction_id", "failure_move_id")
        self._tell(batch, records, held)

    def _try(self, batch, records, held, function):
        """{item: what function(item, record) gives}, without those that give nothing or
        are ``held``, {item: failure}, then."""
        found = {}
        for item, record in records.items():
            try:
                result = item not in held and function(item, record)
            except Failure as failure:
                held[item] = failure
                continue
            if result:
                found[item] = result
        return found

    def _link(self, batch, records):
        for item, record in records.items():
            mirrors = self._mirrors(batch, item.document)
            new = mirrors.filtered(lambda m, record=record: m.payout_id != record)
            if new:
                new.sudo().payout_id = record  # see _book
            self._keep_carried(item, record)

    def _keep_carried(self, item, record):
        told = item.document
        tied = told.reconciliation == "completed" and _ties_out(told)
        carried = float(told.difference) if tied else 0.0
        if record.carried != carried:
            record.sudo().carried = carried  # see _book

    def _new_entry(self, batch, item, record, currencies):
        """Values of the entry Dr bank in transit, Cr clearing; None where there is
        nothing to enter, or not yet. Its day is the one on which it left the balance.

        :raises Hold: it cannot be booked as it is
        """
        told, own = item.document, record.transaction_id
        if record.move_id or not own or _is_awaited(told):
            return None
        self._check_ties(told)
        what = f"The payout {told.id}"
        date = (own.created or record.created or item.occurred_at).date()
        self._check_period(batch.connection, date, what)
        currency = currencies.get_rated(told.settled.currency, date, what)
        company = batch.connection.company_id.currency_id
        is_own = told.amount.currency == company.name
        values = transfer.values(
            batch,
            # What is in the company's currency has its value on its face.
            (float(told.settled), float(told.amount) if is_own else None),
            (
                self._transit_account(batch.connection, what),
                self._clearing_account(batch.connection, what),
            ),
            currency=currency,
            date=date,
            name=" - ".join(filter(None, (told.id, told.description))),
            ref=told.id,
        )
        if record.currency_id != currency:
            _command, _id, transit = values["line_ids"][0]
            transit["currency_id"] = record.currency_id.id
            transit["amount_currency"] = float(told.amount)
        return values

    def _transit_account(self, connection, what):
        """:raises Hold: ``no_transit_account``"""
        account = connection._transit_account()
        if not account:
            raise Hold(
                "no_transit_account",
                f"{what} cannot be booked: the connection {connection.name} has no "
                "account for money in transit to the bank.",
                "Choose Bank in Transit on the connection's Accounting page, or let "
                "Set Up Accounting create one, then retry.",
            )
        return account

    def _check_ties(self, told):
        """Rule 23: what is paid out is what its transactions come to.

        :raises Hold: ``payout_amount_differs``, ``payout_does_not_tie_out``
        """
        same_currency = told.amount.currency == told.settled.currency
        if same_currency and told.amount != told.settled:
            raise Hold(
                "payout_amount_differs",
                f"The payout {told.id} is one of {told.amount}, but {told.settled} "
                "left the balance for it.",
                "Compare both in Stripe; retry reads them again.",
            )
        if not _ties_out(told):
            raise Hold(
                "payout_does_not_tie_out",
                f"The {len(told.parts)} transactions of the payout {told.id} come to "
                f"{told.difference + told.settled + told.fee}, but {told.settled} was "
                f"paid out with a fee of {told.fee}: the difference is "
                f"{told.difference}.",
                "Compare the payout's transactions at the provider; retry reads them "
                "again. Where the difference is the provider's, ask its support and "
                "post the payout by hand.",
            )

    # ------------------------------------------------------------------
    # WHAT CAME BACK
    # ------------------------------------------------------------------

    def _new_reversal(self, batch, item, record):
        """The entry that is to be reversed; None where there is none.

        :raises Hold: it cannot be reversed as it is
        """
        move, back = record.move_id, record.failure_transaction_id
        if move.state != "posted" or not back or record.failure_move_id:
            return None
        told = item.document
        code = back.currency_id.name
        returned = (minor_units(back.amount, code), code)
        if returned != (told.settled.amount, told.settled.currency):
            raise Hold(
                "payout_return_differs",
                f"{told.settled} left the balance for the payout {told.id}, but "
                f"{back.amount} {code} came back.",
                "See in Stripe what became of the rest, and post the return by hand.",
            )
        self._check_period(
            batch.connection, back.created.date(), f"The return of the payout {told.id}"
        )
        return move

    def _reverse(self, batch, records, entries):
        """Reverse {item: entry} on the day on which the money came back. In transit the
        two settle each other; in the clearing account they are movements of the balance
        like any others, which the payouts settle that they belong to."""
        if not entries:
            return
        values = [
            {
                "date": records[item].failure_transaction_id.created.date(),
                "ref": batch.env._("Return of %s", item.document.id),
            }
            for item in entries
        ]
        moves = batch.env["account.move"].union(*entries.values())
        reversals = moves._reverse_moves(values)
        reversals._post(soft=False)
        clearing = batch.connection._clearing_account()
        lines = reversals.line_ids.filtered(lambda line: line.account_id == clearing)
        lines.remove_move_reconcile()
        for item, reversal in zip(entries, reversals, strict=True):
            records[item].sudo().failure_move_id = reversal  # see _book

    # ------------------------------------------------------------------
    # WHAT IS SAID ABOUT IT
    # ------------------------------------------------------------------

    def _mark(self, batch, records, transaction, entry):
        self._mark_booked(
            batch,
            {
                getattr(item.document, transaction): record[entry]
                for item, record in records.items()
            },
        )

    def _tell(self, batch, records, held):
        for item, record in records.items():
            failure = held.get(item)
            if failure:
                batch.reconsider(item, failure)
            reason = failure.message if failure else False
            if record.hold_reason != reason:
                record.sudo().hold_reason = reason  # see _book


def _amounts(told):
    return (told.amount, told.settled)


def _is_awaited(told):
    """Whether the provider will still say what the payout is made of. What came back is
    not made of anything."""
    return told.reconciliation == "in_progress" and not told.failure_transaction_id


def _ties_out(told):
    """Whether the parts are the payout, but for what is less than the smallest payout
    in its currency and stays in the balance."""
    if told.reconciliation != "completed" or told.failure_transaction_id:
        return True
    code = told.settled.currency
    rest = payout_step(code) if payout_step(code) > step(code) else 1
    return abs(told.difference.amount) < rest
