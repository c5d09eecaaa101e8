# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the work list to the comparison."""

from odoo import api, fields, models
from odoo.fields import Domain


class ExceptionCase(models.Model):
    _inherit = "q2c.exception"

    match_count = fields.Integer(compute="_compute_match_count")

    @api.depends("connection_id", "kind", "external_id")
    def _compute_match_count(self):
        cases = self.filtered(lambda case: case.category == "duplicate")
        groups = self.env["q2c.match"]._read_group(
            [
                ("connection_id", "in", cases.connection_id.ids),
                ("external_id", "in", cases.mapped("external_id")),
            ],
            ["connection_id", "kind", "external_id"],
            ["__count"],
        )
        counts = {tuple(key): count for *key, count in groups}
        for case in self:
            key = (case.connection_id, case.kind, case.external_id)
            case.match_count = counts.get(key, 0)

    def action_view_matches(self):
        """Compare what it is about with those that it may be."""
        self.ensure_one()
        domain = (
            Domain("connection_id", "=", self.connection_id.id)
            & Domain("kind", "=", self.kind)
            & Domain("external_id", "=", self.external_id)
        )
        return self.env["q2c.match"]._view(domain)
