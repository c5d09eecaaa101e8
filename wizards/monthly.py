# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows that belong to a month."""

from odoo import api, fields, models
from odoo.tools.misc import format_date


class Monthly(models.AbstractModel):
    _name = "q2c.monthly"
    _description = "Row of a Month"

    month = fields.Date(required=True, readonly=True)
    month_label = fields.Char(string="Month Name", compute="_compute_month_label")

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_label(self):
        for row in self:
            row.month_label = format_date(self.env, row.month, date_format="MMMM y")
