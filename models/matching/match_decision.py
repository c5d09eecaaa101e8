# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who decided what about a match, and when: added to, never changed."""

from odoo import fields, models

from .match import STATES


class MatchDecision(models.Model):
    _name = "q2c.match.decision"
    _description = "Decision About a Possible Duplicate"
    _order = "id desc"

    match_id = fields.Many2one(
        "q2c.match", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="match_id.company_id", store=True)
    state = fields.Selection(STATES, string="Decision", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    date = fields.Datetime(
        string="On", required=True, readonly=True, default=fields.Datetime.now
    )
    note = fields.Char(readonly=True)
