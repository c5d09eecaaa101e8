# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The reason why something may stay as it is."""

from odoo import fields, models


class ExceptionDismiss(models.TransientModel):
    _name = "q2c.exception.dismiss"
    _description = "Dismissal of Exceptions"

    exception_ids = fields.Many2many(
        "q2c.exception",
        relation="q2c_exception_dismiss_rel",
        column1="dismiss_id",
        column2="exception_id",
        string="Exceptions",
        required=True,
        readonly=True,
    )
    reason = fields.Char(
        required=True, help="Kept with the exceptions, for whoever asks later."
    )

    def action_dismiss(self):
        self.ensure_one()
        cases = self.exception_ids.filtered(lambda case: case.state == "open")
        cases._check_may_decide()
        cases._close("dismissed", self.reason)
        return {"type": "ir.actions.act_window_close"}
