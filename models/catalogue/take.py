# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What products cost by a billing system whose prices stand in no list."""

from decimal import Decimal

from odoo import models

from ..policy.owned_fields import ORIGIN

ONE_TIME = "one_time"


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _q2c_take_prices(self, connection):
        """Where the connection says what these cost, they cost that in Odoo: what the
        one price costs that is on sale in a currency. Where several are on sale, it
        does not say which.

        :param connection: in the service user's environment
        """
        products = self._q2c_priced_by(connection) if self else self
        if not products:
            return
        on_sale = products._q2c_on_sale(connection)
        products._q2c_take_intervals(connection, on_sale)
        amounts = {}
        for (product, currency, interval, count), found in on_sale.items():
            if (interval, count) == (product.q2c_interval, product.q2c_interval_count):
                if len(found) == 1:
                    amounts[product, currency] = found.pop()
        products._q2c_set_standard(connection, amounts)

    def _q2c_priced_by(self, connection):
        rules = self.env["q2c.ownership.rule"]
        owner = rules._owners(connection.company_id, "price").get("amount", ORIGIN)
        if owner != ORIGIN:
            return self if owner == connection.provider else self.browse()
        # sudo: links are the engine's own
        bindings = self.env["q2c.binding"].sudo()
        linked = bindings._of_records(connection, "product", self)
        return self.filtered(lambda p: p.id in linked and linked[p.id].is_origin)

    def _q2c_on_sale(self, connection):
        """{(product, currency, interval, count): amounts} of the flat prices that are
        on sale there, and were not made from here."""
        prices = self.env["q2c.price"].search(
            [
                ("product_id", "in", self.ids),
                ("is_flat", "=", True),
                ("is_metered", "=", False),
            ]
        )
        # sudo: links are the engine's own
        bindings = (
            self.env["q2c.binding"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", connection.id),
                    ("kind", "=", "price"),
                    ("res_model", "=", "q2c.price"),
                    ("res_id", "in", prices.ids),
                    ("sent_at", "=", False),
                ]
            )
        )
        found = {}
        for binding in bindings:
            if (binding.figures or {}).get("active"):
                price = prices.browse(binding.res_id)
                key = (
                    price.product_id,
                    price.currency_id,
                    price.interval,
                    price.interval_count,
                )
                found.setdefault(key, set()).add(Decimal(binding.figures["amount"]))
        return found

    def _q2c_take_intervals(self, connection, on_sale):
        """A product that was made from one there, where only prices say how often it is
        billed, is billed as often as all of them say."""
        intervals = {}
        for product, _currency, *interval in on_sale:
            intervals.setdefault(product, set()).add(tuple(interval))
        for product, found in intervals.items():
            if product.q2c_interval == ONE_TIME and len(found) == 1:
                interval, count = next(iter(found))
                if interval != ONE_TIME:
                    product.write(
                        {"q2c_interval": interval, "q2c_interval_count": count}
                    )

    def _q2c_set_standard(self, connection, amounts):
        """
        :param amounts: {(product, currency): Decimal}
        """
        if not amounts:
            return
        company = connection.company_id
        # sudo: prices follow from the provider's, whoever the flow runs as
        lists = self.env["product.pricelist"].sudo()
        by_currency = {
            currency: lists._q2c_standard_made(company, currency, connection.name)
            for _product, currency in amounts
        }
        entries = self.env["q2c.price.entry"].sudo()
        keys = {
            (product, by_currency[currency], currency): amount
            for (product, currency), amount in amounts.items()
        }
        found = entries._obtain(company, keys)
        entries._set_amounts({found[key]: amount for key, amount in keys.items()})
