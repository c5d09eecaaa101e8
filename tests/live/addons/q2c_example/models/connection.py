# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A support desk can be connected: its name in the selection, its secret, its address
(``api_base``, which every connection has)."""

from odoo import api, fields, models


class Connection(models.Model):
    _inherit = "q2c.connection"

    provider = fields.Selection(
        selection_add=[("example", "Example Support Desk")],
        ondelete={"example": "cascade"},
    )
    # Computed by the base addon to nothing: it takes a secret in and never shows it.
    example_secret = fields.Char(
        string="Desk Secret",
        compute="_compute_write_only",
        inverse="_inverse_example_secret",
        groups="quote_to_cash.group_manager",
        help="Signs what the desk sends, and opens its API.",
    )
    example_secret_hint = fields.Char(
        compute="_compute_secret_hints", groups="quote_to_cash.group_manager"
    )

    def _inverse_example_secret(self):
        for connection in self.filtered("example_secret"):
            connection._put_secret("desk_secret", connection.example_secret)

    @api.model
    def _secret_hint_fields(self):
        return {**super()._secret_hint_fields(), "example_secret_hint": "desk_secret"}
