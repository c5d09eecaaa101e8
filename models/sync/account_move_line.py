# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    q2c_line_id = fields.Char(
        string="Provider Line",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="The provider's id of the line, which credit notes refer to.",
    )
    q2c_period_start = fields.Date(
        string="Service From", readonly=True, help="First day of what is billed."
    )
    q2c_period_end = fields.Date(
        string="Service Until",
        readonly=True,
        help="The day on which the next period starts.",
    )
