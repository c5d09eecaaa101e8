# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asks for a clearing proof."""

from odoo import api, fields, models


class ClearingProve(models.TransientModel):
    _name = "q2c.clearing.prove"
    _description = "Prove Clearing Accounts"

    date = fields.Date(
        required=True,
        default=fields.Date.today,
        help="The evening of this day, UTC. The provider is asked for today's balance "
        "only.",
    )
    connection_ids = fields.Many2many(
        "q2c.connection",
        required=True,
        default=lambda self: self._default_connections(),
    )

    @api.model
    def _default_connections(self):
        connections = self.env["q2c.connection"].search([("state", "!=", "draft")])
        return connections.filtered("is_billing")

    def action_prove(self):
        self.ensure_one()
        proofs = self.env["q2c.clearing.proof"]._prove_for_user(
            self.connection_ids, self.date
        )
        return proofs._action()
