# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from ...canonical import Coupon


class CouponExporter(models.AbstractModel):
    _name = "q2c.exporter.coupon"
    _inherit = "q2c.exporter"
    _description = "Coupon to Coupon"

    _kind = "coupon"

    def _document(self, connection, record):
        return Coupon(
            **self._common(connection, record),
            name=record.name,
            percent_off=Decimal(f"{record.percent_off:.6f}").normalize(),
            duration=record.duration,
            months=record.months,
        )
