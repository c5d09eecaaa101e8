# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 26: no entry of ours lands in a closed period, or out of it, without a word."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..finance import period


class AccountMove(models.Model):
    _inherit = "account.move"

    q2c_date_reason = fields.Char(
        string="Why This Date",
        readonly=True,
        copy=False,
        help="Why the entry bears another date than its document, or stands in a "
        "period that was closed.",
    )

    def _post(self, soft=True):
        self._q2c_keep_periods()
        return super()._post(soft=soft)

    def copy_data(self, default=None):
        """Odoo gives reversals the first open day as soon as it makes them."""
        vals_list = super().copy_data(default)
        if self.env.context.get("q2c_connection_id"):
            asked = fields.Date.to_date((default or {}).get("date"))
            for move, vals in zip(self, vals_list, strict=True):
                dated = asked or move.date
                if vals.get("date", dated) > dated:
                    vals["q2c_date_reason"] = move._q2c_moved_reason(dated)
        return vals_list

    def _q2c_keep_periods(self):
        """Odoo moves what is dated in a closed period: it must not go unsaid.

        :raises UserError: the period is closed, and the policy is to wait
        """
        for company, moves in self.grouped("company_id").items():
            dates = list(filter(None, moves.mapped("date")))
            if dates and period.is_ever_locked(company, min(dates)):
                for move in moves:
                    connection = move._q2c_source()
                    if connection:
                        move._q2c_keep_period(connection)

    def _q2c_source(self):
        """The connection whose flow posts, else that which the draft came from; none
        for what is not ours."""
        # sudo: who posts need not see connections
        move = self.sudo()
        flow = self.env.context.get("q2c_connection_id")
        if flow:
            return move.env["q2c.connection"].browse(flow)
        links = move.q2c_binding_ids if move.q2c_figures else move.q2c_binding_ids[:0]
        return links.connection_id[:1]

    def _q2c_keep_period(self, connection):
        company, dated = self.company_id, self.date
        locks = self._q2c_locks()
        found = period.violations(company, dated, **locks)
        if not found:
            used = period.exceptions_used(company, dated, **locks)
            if used:
                self.q2c_date_reason = self._q2c_exception_reason(used)
            return
        day = period.first_open_day(company, dated, **locks)
        if connection.lock_policy != "next_open" or day > fields.Date.context_today(
            self
        ):
            raise UserError(
                self.env._(
                    "The entry %(name)s is dated %(date)s, which is locked: %(locks)s.",
                    name=self.ref or self.display_name,
                    date=format_date(self.env, dated),
                    locks=company._format_lock_dates(found),
                )
            )
        reason = self._q2c_moved_reason(dated)
        self.write({"date": day, "q2c_date_reason": reason})
        self.env["q2c.exception"]._report(
            connection,
            "period_moved",
            f"{self.ref or self.display_name}: {reason}",
            self.env._("Nothing, if that is right; else change the lock dates first."),
            key=f"period:{self.id}",
            record=self,
            severity="info",
        )

    def _q2c_locks(self):
        """Which locks are for this entry; see period.violations."""
        return {
            "sale": self.journal_id.type == "sale",
            "tax": self._affect_tax_report(),
        }

    def _q2c_moved_reason(self, dated):
        company = self.company_id
        found = period.violations(company, dated, **self._q2c_locks())
        return self.env._(
            "Of %(date)s, which is locked: %(locks)s. Booked on the first open day.",
            date=format_date(self.env, dated),
            locks=company._format_lock_dates(found),
        )

    def _q2c_exception_reason(self, exceptions):
        told = [
            " - ".join(
                filter(None, (each.display_name, each.reason, each.create_uid.name))
            )
            for each in exceptions
        ]
        return self.env._(
            "%(date)s is locked. Booked by leave of: %(exceptions)s.",
            date=format_date(self.env, self.date),
            exceptions="; ".join(told),
        )
