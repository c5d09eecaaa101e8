# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from ...canonical import Hold, TaxRate


class TaxRateExporter(models.AbstractModel):
    _name = "q2c.exporter.tax_rate"
    _inherit = "q2c.exporter"
    _description = "Tax to Tax Rate"

    _kind = "tax_rate"

    def _document(self, connection, record):
        if record.amount_type != "percent":
            raise Hold(
                "tax_not_percent",
                f"The tax {record.name} is no percentage, so the billing system cannot "
                "apply it.",
                "Use a percentage tax on the order line, or turn on automatic tax on "
                f"the connection {connection.name}.",
            )
        return TaxRate(
            **self._common(connection, record),
            name=record.invoice_label or record.name,
            # Odoo keeps four decimals of a percentage, as Stripe does.
            percentage=Decimal(f"{record.amount:.4f}").normalize(),
            inclusive=record.price_include,
            country=record.country_id.code or "",
            active=record.active,
        )
