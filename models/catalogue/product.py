# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A change of a product goes to where the catalogue is published."""

from odoo import api, fields, models

# What other systems are told of a product, and what says whether they are.
TOLD = frozenset(
    "name default_code description_sale active list_price lst_price taxes_id "
    "q2c_interval q2c_interval_count q2c_publish categ_id".split()
)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    q2c_publish = fields.Boolean(
        string="Publish",
        help="Bring it to where marked products are published, before it is sold.",
    )

    def write(self, vals):
        result = super().write(vals)
        if TOLD.intersection(vals):
            variants = self.with_context(active_test=False).product_variant_ids
            variants._q2c_publish()
        return result


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products._q2c_publish()
        return products

    def write(self, vals):
        result = super().write(vals)
        if TOLD.intersection(vals):
            self._q2c_publish()
        return result

    def _q2c_publish(self):
        """Bring these to all connections that the catalogue is published to, but for
        the one that the change comes from."""
        if self:
            for connection in self.env["q2c.connection"]._followers():
                connection._publish(self)
