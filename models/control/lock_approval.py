# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Leave for a connection to book in a closed period, for a while."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

SOFT_LOCKS = ("fiscalyear_lock_date", "sale_lock_date", "tax_lock_date")


class LockApproval(models.TransientModel):
    _name = "q2c.lock.approval"
    _description = "Approval to Book in a Closed Period"

    connection_id = fields.Many2one("q2c.connection", required=True, readonly=True)
    event_ids = fields.Many2many(
        "q2c.event", compute="_compute_event_ids", string="Held Events"
    )
    open_from = fields.Date(
        required=True,
        help="First day that the service user may book on.",
    )
    until = fields.Datetime(
        string="Valid Until",
        required=True,
        default=lambda self: fields.Datetime.now() + timedelta(days=1),
    )
    reason = fields.Char(required=True, help="Kept with the exception and its entries.")

    @api.depends("connection_id")
    def _compute_event_ids(self):
        for approval in self:
            approval.event_ids = approval.connection_id._locked_events()

    def action_approve(self):
        """With the rights of the one who approves: Odoo lets advisers only."""
        self.ensure_one()
        connection, company = self.connection_id, self.connection_id.company_id
        locks = [
            name
            for name in SOFT_LOCKS
            if company[name] and company[name] >= self.open_from
        ]
        if not locks:
            raise UserError(
                self.env._(
                    "No lock date that admits exceptions is after %s. The hard lock "
                    "date admits none: book on the first open day instead.",
                    self.open_from,
                )
            )
        self.env["account.lock_exception"].create(
            [
                {
                    "company_id": company.id,
                    "user_id": connection.user_id.id,
                    "lock_date_field": name,
                    "lock_date": self.open_from - timedelta(days=1),
                    "end_datetime": self.until,
                    "reason": self.reason,
                }
                for name in locks
            ]
        )
        events = self.event_ids
        # sudo: what was held for this leave goes on
        events.sudo()._requeue()
        connection._wake_queues()
        connection._message_log(
            body=self.env._(
                "%(user)s let it book from %(date)s on, until %(until)s: %(reason)s",
                user=self.env.user.name,
                date=self.open_from,
                until=self.until,
                reason=self.reason,
            )
        )
        return {"type": "ir.actions.act_window_close"}
