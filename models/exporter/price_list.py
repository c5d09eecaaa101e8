# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...canonical import PriceList


class PriceListExporter(models.AbstractModel):
    _name = "q2c.exporter.price_list"
    _inherit = "q2c.exporter"
    _description = "Pricelist to Price List"

    _kind = "price_list"

    def _document(self, connection, record):
        return PriceList(
            **self._common(connection, record),
            name=record.name,
            active=record.active,
        )
