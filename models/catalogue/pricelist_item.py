# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._q2c_products()._q2c_publish()
        return items

    def write(self, vals):
        before = self._q2c_products()
        result = super().write(vals)
        (before | self._q2c_products())._q2c_publish()
        return result

    def unlink(self):
        products = self._q2c_products()
        result = super().unlink()
        products._q2c_publish()
        return result

    def _q2c_products(self):
        """The products that these items are about; none for those of a category, or of
        all products."""
        templates = self.filtered(lambda item: not item.product_id).product_tmpl_id
        return self.product_id | templates.product_variant_ids
