# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A revision from the file of another database."""

import base64

from odoo import fields, models


class PolicyImport(models.TransientModel):
    _name = "q2c.policy.import"
    _description = "Import of a Policy Revision"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    def action_import(self):
        """Make a draft of it, and show what could not be matched."""
        self.ensure_one()
        draft = self.env["q2c.policy"]._import(
            base64.b64decode(self.file), self.company_id
        )
        return draft._get_records_action(context={})
