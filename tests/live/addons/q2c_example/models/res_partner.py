# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What makes a command: here a button, elsewhere whatever the business needs."""

from odoo import models


class Partner(models.Model):
    _inherit = "res.partner"

    def action_q2c_example_create(self):
        """Create these partners at the support desk, once however often it is asked."""
        # sudo: whoever may see the partner may have it created there
        connection = (
            self.env["q2c.connection"]
            .sudo()
            .search([("provider", "=", "example"), ("state", "=", "active")], limit=1)
        )
        self.env["q2c.command"]._enqueue(connection, "create", "customer", self)
        return True
