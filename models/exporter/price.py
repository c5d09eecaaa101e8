# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from ...canonical import Hold, Price, UnitAmount


class PriceExporter(models.AbstractModel):
    _name = "q2c.exporter.price"
    _inherit = "q2c.exporter"
    _description = "Price to Price"

    _kind = "price"

    def _document(self, connection, record):
        if not record.is_flat:
            raise Hold(
                "price_not_flat",
                f"The price {record.display_name} has no one amount per unit, so it "
                "cannot be created from here.",
                "Create it in the billing system; it is matched when it comes in.",
            )
        product = self._external_id(connection, "product", record.product_id)
        currency = record.currency_id.name
        return Price(
            **self._common(connection, record),
            product_id=product,
            # The shortest form of a float is what was entered.
            unit_amount=UnitAmount.of_major(
                Decimal(repr(record.unit_amount)), currency
            ),
            currency=currency,
            interval=record.interval,
            interval_count=record.interval_count,
            inclusive=record.inclusive,
            active=record.active,
            lookup_key=record._lookup_key() if record.is_catalogue else "",
        )

    def _sent(self, connection, command):
        """A price of the catalogue takes over from the one before."""
        if command.verb == "create" and command.res_model == "q2c.price":
            price = self.env["q2c.price"].browse(command.res_id)
            connection._take_over(price.filtered("is_catalogue"))
