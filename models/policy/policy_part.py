# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules that a revision has all of: with the draft they are changed, compared, copied
into the next one, and moved to another database."""

from odoo import api, fields, models


class PolicyPart(models.AbstractModel):
    _name = "q2c.policy.part"
    _description = "Rule of a Revision"

    policy_id = fields.Many2one(
        "q2c.policy", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )

    # ------------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------------

    def _key(self):
        """What makes it the same rule in another revision."""
        raise NotImplementedError

    def _said(self):
        """What it says: values that create it in another revision."""
        raise NotImplementedError

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = self.env["q2c.policy"].browse(
            {vals["policy_id"] for vals in vals_list}
        )
        policies._check_draft()
        rules = super().create(vals_list)
        policies._compare()
        return rules

    def write(self, vals):
        self.policy_id._check_draft()
        result = super().write(vals)
        self.policy_id._compare()
        return result

    def unlink(self):
        policies = self.policy_id
        policies._check_draft()
        result = super().unlink()
        policies.exists()._compare()
        return result
