# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products are linked by their variants; a template sums those up."""

from odoo import api, models

from .synced import STATES


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "q2c.shown"]

    @api.depends("product_variant_ids.q2c_binding_ids.sync_state")
    def _compute_q2c_sync(self):
        for template in self:
            variants = template.product_variant_ids
            states = set(variants.mapped("q2c_sync_state"))
            template.q2c_binding_count = sum(variants.mapped("q2c_binding_count"))
            template.q2c_sync_state = next(
                (state for state in STATES if state in states), "none"
            )
            template.q2c_in_stripe = any(variants.mapped("q2c_in_stripe"))
            template.q2c_in_salesforce = any(variants.mapped("q2c_in_salesforce"))

    def _search_q2c_sync_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("product_variant_ids.q2c_sync_state", "in", list(value))]

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_q2c_view_bindings(self):
        self.ensure_one()
        action = self.product_variant_ids[:1].action_q2c_view_bindings()
        return {
            **action,
            "domain": [
                ("res_model", "=", "product.product"),
                ("res_id", "in", self.product_variant_ids.ids),
            ],
        }

    def action_q2c_open_stripe(self):
        return self._q2c_linked_variant("q2c_in_stripe").action_q2c_open_stripe()

    def action_q2c_open_salesforce(self):
        linked = self._q2c_linked_variant("q2c_in_salesforce")
        return linked.action_q2c_open_salesforce()

    def _q2c_linked_variant(self, flag):
        self.ensure_one()
        return self.product_variant_ids.filtered(flag)[:1]
