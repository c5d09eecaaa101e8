# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One thing that a connection needs of Salesforce."""

from odoo import fields, models

from .preflight import RESULTS


class PreflightLine(models.TransientModel):
    _name = "q2c.preflight.line"
    _description = "Set-Up Check: Line"
    _order = "id"
    _rec_name = "what"

    preflight_id = fields.Many2one(
        "q2c.preflight", required=True, readonly=True, ondelete="cascade", index=True
    )
    what = fields.Char(required=True, readonly=True, help="Name in Salesforce.")
    purpose = fields.Char(string="Needed For", required=True, readonly=True)
    result = fields.Selection(RESULTS, required=True, readonly=True)
    remedy = fields.Char(string="What to Do", readonly=True)
    is_creatable = fields.Boolean(
        readonly=True, help="Whether it can be created from here."
    )
