# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What of a connection is not mapped yet."""

from odoo import fields, models


class Connection(models.Model):
    _inherit = "q2c.connection"

    open_mapping_count = fields.Integer(
        string="Not Mapped", compute="_compute_open_mapping_count"
    )

    def _compute_open_mapping_count(self):
        counts = dict(
            self.env["q2c.mapping"]._read_group(
                [("connection_id", "in", self.ids), ("state", "=", "open")],
                ["connection_id"],
                ["__count"],
            )
        )
        for connection in self:
            connection.open_mapping_count = counts.get(connection, 0)

    def action_view_mappings(self):
        return self._view_action("quote_to_cash.q2c_mapping_action")
