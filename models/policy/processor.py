# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every event keeps the revision that it was processed under."""

from odoo import api, fields, models


class Event(models.Model):
    _inherit = "q2c.event"

    policy_id = fields.Many2one(
        "q2c.policy",
        string="Policy Revision",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The revision of the rules that it was processed under.",
    )


class Processor(models.AbstractModel):
    _inherit = "q2c.processor"

    @api.model
    def _settle(self, connection, items):
        """Set-based: one look-up a batch, written with what became of the events."""
        policy = self.env["q2c.policy"]._in_force(connection.company_id)
        self.env["q2c.event"].union(*(item.event for item in items)).policy_id = policy
        return super()._settle(connection, items)


class Connection(models.Model):
    _inherit = "q2c.connection"

    needs_approval = fields.Boolean(
        string="Changes Need Approval",
        compute="_compute_needs_approval",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Changes of mappings and of ownership take effect when another person "
        "approved them. It is on for live connections, unless you turn it off.",
    )

    @api.depends("environment")
    def _compute_needs_approval(self):
        for connection in self:
            connection.needs_approval = connection.environment == "live"
