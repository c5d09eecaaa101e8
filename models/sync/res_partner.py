# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .gathering import gather, gathering

# What the billing system is told about a customer.
EXPORTED = frozenset(
    "name email phone street street2 city zip state_id country_id vat lang".split()
)
GATHERING = "q2c.partners_told"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "q2c.synced"]

    q2c_subscription_count = fields.Integer(
        string="Subscription Count",
        compute="_compute_q2c_subscription_count",
        groups="quote_to_cash.group_user",
    )

    def _compute_q2c_subscription_count(self):
        counts = dict(
            self.env["q2c.subscription"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.q2c_subscription_count = counts.get(partner, 0)

    def action_q2c_view_subscriptions(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_subscription_action"
            ),
            "domain": [("partner_id", "=", self.id)],
            "context": {},
        }

    @api.model_create_multi
    def create(self, vals_list):
        with gathering(self, GATHERING) as written:
            partners = super().create(vals_list)
        # The new ones are linked to nothing yet.
        others = written.difference(partners.ids)
        if others:
            self.browse(sorted(others))._q2c_enqueue_update()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if EXPORTED.intersection(vals) and not gather(self, GATHERING):
            self._q2c_enqueue_update()
        return result

    def _q2c_enqueue_update(self):
        """Bring changed customers to where they were created from here."""
        # sudo: whoever may change the partner causes the update
        bindings = (
            self.env["q2c.binding"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind", "=", "customer"),
                    ("sent_at", "!=", False),
                ]
            )
        )
        # Those whose creation is under way were written down before this change.
        commands = (
            self.env["q2c.command"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind", "=", "customer"),
                    ("verb", "=", "create"),
                    ("state", "in", ("queued", "waiting")),
                    ("first_sent_at", "!=", False),
                ]
            )
        )
        for connection in bindings.connection_id | commands.connection_id:
            rows = [*bindings, *commands]
            ids = {row.res_id for row in rows if row.connection_id == connection}
            self.env["q2c.command"]._enqueue(
                connection, "update", "customer", self.browse(sorted(ids))
            )
