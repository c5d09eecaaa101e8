# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import models

from ...canonical import Product


class ProductExporter(models.AbstractModel):
    _name = "q2c.exporter.product"
    _inherit = "q2c.exporter"
    _description = "Product to Product"

    _kind = "product"

    def _documents(self, connection, records):
        """Each with its price of the catalogue; until that is there with the one that
        it takes over from."""
        documents = super()._documents(connection, records)
        prices = (
            self.env["q2c.price"]
            .with_context(active_test=False)
            .search(
                [
                    "|",
                    ("is_catalogue", "=", True),
                    ("active", "=", False),
                    ("product_id", "in", records.ids),
                    ("currency_id", "=", connection.company_id.currency_id.id),
                ],
                # The last one counts.
                order="is_catalogue, write_date, id",
            )
        )
        for price, price_id in self._known_ids(connection, "price", prices).items():
            document = documents[price.product_id]
            if not isinstance(document, Exception):
                documents[price.product_id] = replace(
                    document, default_price_id=price_id
                )
        return documents

    def _document(self, connection, record):
        return Product(
            **self._common(connection, record),
            name=record.name,
            code=record.default_code or "",
            description=record.description_sale or "",
            active=record.active,
        )
