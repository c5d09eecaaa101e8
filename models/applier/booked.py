# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Documents that are entered in the books once: what was posted is never rewritten,
only followed by further entries."""

from odoo import fields, models

from ...canonical import Hold, Ref
from ..engine.rules_applied import rules_of
from ..finance import period


class BookedApplier(models.AbstractModel):
    """Base of the appliers of invoices and payments, and of whatever else is money."""

    _name = "q2c.applier.booked"
    _inherit = "q2c.applier"
    _description = "Applier of Booked Documents"

    # ------------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------------

    def _is_nothing(self, batch, item, record):
        """Whether the books need not know: ``record`` is empty where they do not."""
        return False

    def _books(self, batch, item, record):
        """Whose settings the item is booked by: those of the company of ``record``,
        where there is one.

        :raises Failure: that company cannot be booked in
        """
        return batch.connection

    def _follow(self, batch, existing):
        """Bring entries that are there up to date: {item: record}."""
        raise NotImplementedError

    def _book(self, batch):
        """Enter the items of ``batch``, none of which is in the books."""
        raise NotImplementedError

    # ------------------------------------------------------------------
    # THE TEMPLATE
    # ------------------------------------------------------------------

    def _apply(self, batch):
        existing = self._existing(batch)
        self._apply_deleted(batch, existing)
        empty = batch.env[self._target]
        for item in batch.open_items:
            if self._is_nothing(batch, item, existing.get(item, empty)):
                item.result = "ignored"
        known = {i: existing[i] for i in batch.open_items if i in existing}
        new = [item for item in batch.open_items if item not in existing]
        for books, share in self._by_books(batch, list(known), existing).items():
            records = {item: existing[item] for item in share}
            self._follow(batch.into(books).of(share), records)
        for books, share in self._by_books(batch, new, existing).items():
            self._book(batch.into(books).of(share))

    def _by_books(self, batch, items, existing):
        """{books: those of ``items`` that are booked in them}"""
        empty = batch.env[self._target]
        found = batch.of(items).collect(
            lambda item: self._books(batch, item, existing.get(item, empty))
        )
        groups = {}
        for item, books in found.items():
            groups.setdefault(books, []).append(item)
        return groups

    # ------------------------------------------------------------------
    # WHAT ALL ENTRIES NEED
    # ------------------------------------------------------------------

    def _check_period(self, books, date, what, sale=False, tax=False):
        """An entry on ``date`` must not land in a period that is closed. Where policy
        has it on the first open day, account.move gives it that when it is posted, and
        the reason.

        :param books: whose settings it goes by, see :class:`Batch`
        :param what: the document and its number, for a person
        :raises Hold: ``period_locked``
        """
        company = books.company_id
        violations = period.violations(company, date, sale=sale, tax=tax)
        rules_of(books.env).dated(what, date, bool(violations))
        if not violations:
            return
        if books.lock_policy == "next_open":
            day = period.first_open_day(company, date, sale=sale, tax=tax)
            if day <= fields.Date.context_today(books):
                return
        raise Hold(
            "period_locked",
            f"{what} is dated {date}, which is locked in {company.name}: "
            f"{company._format_lock_dates(violations)}.",
            self._period_remedy(books, violations),
        )

    def _period_remedy(self, books, violations):
        if any(field == "hard_lock_date" for _date, field in violations):
            return (
                "The hard lock date admits no exception: have the connection "
                f"{books.name} book on the first open day, then retry."
            )
        if books.lock_policy == "exception":
            return (
                "Approve a lock date exception on the connection "
                f"{books.name}; what is held goes on by itself."
            )
        return (
            "Open the period or add a lock date exception for the service user "
            f"{books.user_id.name}, then retry."
        )

    def _clearing_account(self, connection, what):
        """The account that mirrors the provider's balance.

        :param what: what is to be booked to it, for a person
        :raises Hold: ``no_clearing_account``
        """
        account = connection._clearing_account()
        if not account:
            raise Hold(
                "no_clearing_account",
                f"{what} cannot be booked: the connection {connection.name} has no "
                "clearing account.",
                "Choose a payment journal on the connection, and an outstanding "
                "account on the incoming payments of that journal, then retry.",
            )
        return account

    def _mark_booked(self, batch, entries):
        """Say on balance transactions which entry their amount is in.

        :param entries: {id of a balance transaction, or empty: account.move}
        """
        marked = batch.env["q2c.balance.transaction"]
        for transaction_id, move in entries.items():
            ref = Ref("balance_transaction", transaction_id)
            record = batch.record(ref, "q2c.balance.transaction")
            if record and move and record.move_id != move:
                # sudo: nobody has the right to edit what the provider says
                record.sudo().move_id = move
                marked += record
        # They may be the last ones that a payout waited for.
        marked.payout_id._settle_clearing()

    def _write_grouped(self, values):
        """Write {record: changed values}, those that get the same in one go."""
        groups = {}
        for record, vals in values.items():
            if vals:
                groups.setdefault(repr(vals), (vals, []))[1].append(record.id)
        for vals, ids in groups.values():
            self.env[self._target].browse(ids).write(vals)
