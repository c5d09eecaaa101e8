# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Records of which other systems say something, too: a change here settles conflicts,
and goes to where Odoo owns what was changed."""

from odoo import models
from odoo.fields import Domain

from .conflict import TOLD
from .owned_fields import fields_of


class Owned(models.AbstractModel):
    _name = "q2c.owned"
    _description = "Record With Owners of its Fields"

    def write(self, vals):
        result = super().write(vals)
        self._q2c_follow(vals)
        return result

    def _q2c_follow(self, names):
        """The fields ``names`` were changed. Flows, which write record by record, look
        at the conflicts of their batch together when they are done."""
        names = fields_of(self._name).intersection(names)
        if names and not self.env.context.get("q2c_connection_id"):
            self._q2c_tell_owned(names)
            self.env["q2c.conflict"]._look_again(self)

    def _q2c_tell_owned(self, names):
        """Bring changes of what Odoo owns by a rule to all billing systems."""
        # sudo: whoever may change the record causes the update
        bindings = (
            self.env["q2c.binding"]
            .sudo()
            .search(
                Domain("res_model", "=", self._name)
                & Domain("res_id", "in", self.ids)
                & Domain("kind", "in", TOLD)
            )
        )
        bindings = bindings.filtered("connection_id.is_billing")
        rules = self.env["q2c.ownership.rule"]
        told = rules._owned_here(bindings, names)
        for (connection, kind), share in told.grouped(
            lambda binding: (binding.connection_id, binding.kind)
        ).items():
            records = self.browse(sorted(set(share.mapped("res_id"))))
            self.env["q2c.command"]._enqueue(connection, "update", kind, records)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "q2c.owned"]


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "q2c.owned"]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "q2c.owned"]


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """What variants have of their template is changed in it."""
        result = super().write(vals)
        if fields_of("product.product").intersection(vals):
            variants = self.with_context(active_test=False).product_variant_ids
            variants._q2c_follow(vals)
        return result
