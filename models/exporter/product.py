# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...canonical import Product


class ProductExporter(models.AbstractModel):
    _name = "q2c.exporter.product"
    _inherit = "q2c.exporter"
    _description = "Product to Product"

    _kind = "product"

    def _document(self, connection, record):
        return Product(
            **self._common(connection, record),
            name=record.name,
            code=record.default_code or "",
            description=record.description_sale or "",
            active=record.active,
        )
