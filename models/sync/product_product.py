# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "q2c.synced"]
