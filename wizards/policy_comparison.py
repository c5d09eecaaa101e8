# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What one revision says otherwise than another."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class PolicyComparison(models.TransientModel):
    _name = "q2c.policy.comparison"
    _description = "Comparison of Policy Revisions"

    company_id = fields.Many2one(related="new_id.company_id")
    old_id = fields.Many2one(
        "q2c.policy", string="From", required=True, ondelete="cascade"
    )
    new_id = fields.Many2one(
        "q2c.policy", string="To", required=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        "q2c.policy.comparison.line", "comparison_id", compute="_compute_line_ids"
    )

    @api.depends("old_id", "new_id")
    def _compute_line_ids(self):
        for comparison in self:
            old, new = comparison.old_id, comparison.new_id
            rows = old._differences(old._full_content(), new._full_content())
            comparison.line_ids = [
                Command.clear(),
                *(Command.create(row) for row in rows),
            ]


class PolicyComparisonLine(models.TransientModel):
    _name = "q2c.policy.comparison.line"
    _description = "Difference of Policy Revisions"

    comparison_id = fields.Many2one("q2c.policy.comparison", ondelete="cascade")
    sort = fields.Selection(
        selection=lambda self: self._words_of_change("sort"), string="Difference"
    )
    about = fields.Selection(selection=lambda self: self._words_of_change("about"))
    label = fields.Char(string="What")
    old_value = fields.Char(string="Before")
    new_value = fields.Char(string="After")

    @api.model
    def _words_of_change(self, name):
        field = self.env["q2c.policy.change"]._fields[name]
        return field._description_selection(self.env)


class Policy(models.Model):
    _inherit = "q2c.policy"

    def action_compare(self):
        """Two chosen revisions with each other; one with what it was made from, or with
        what is in force.

        :raises UserError: there are not two
        """
        if len(self) == 1:
            other = self.base_id or self._in_force(self.company_id) - self
            revisions = self | other
        else:
            revisions = self
        if len(revisions) != 2 or len(revisions.company_id) != 1:
            raise UserError(
                self.env._(
                    "Two revisions of one company are compared: choose two in the list."
                )
            )
        old, new = revisions.sorted("number")
        comparison = self.env["q2c.policy.comparison"].create(
            {"old_id": old.id, "new_id": new.id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Revisions"),
            "res_model": comparison._name,
            "res_id": comparison.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
