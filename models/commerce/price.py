# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Prices as billing systems know them: of a product, in a currency, per interval."""

from odoo import api, fields, models

from .intervals import ONE_TIME, SELECTION


class Price(models.Model):
    _name = "q2c.price"
    _description = "Billing Price"
    _inherit = ["q2c.synced"]
    _order = "product_id, interval, unit_amount"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="product_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    is_flat = fields.Boolean(
        default=True,
        readonly=True,
        help="One amount per unit. Tiered and package prices have none.",
    )
    unit_amount = fields.Float(
        digits=(16, 6),
        readonly=True,
        help="Major units of the currency per unit of the product, before discount; "
        "finer than the currency's smallest unit where the provider's is.",
    )
    interval = fields.Selection(
        SELECTION, required=True, readonly=True, default=ONE_TIME
    )
    interval_count = fields.Integer(required=True, readonly=True, default=1)
    inclusive = fields.Boolean(
        string="Tax Included", readonly=True, help="The amount contains its taxes."
    )
    active = fields.Boolean(default=True)

    _flat_uniq = models.UniqueIndex(
        "(product_id, currency_id, unit_amount, interval, interval_count, inclusive) "
        "WHERE is_flat"
    )

    @api.depends(
        "product_id", "currency_id", "unit_amount", "interval", "interval_count"
    )
    def _compute_display_name(self):
        labels = dict(self._fields["interval"]._description_selection(self.env))
        for price in self:
            parts = [price.product_id.display_name or ""]
            if price.is_flat:
                parts.append(f"{price.unit_amount:g} {price.currency_id.name}")
            if price.interval != ONE_TIME:
                count = f"{price.interval_count} " if price.interval_count > 1 else ""
                parts.append(f"/ {count}{labels[price.interval].lower()}")
            price.display_name = " ".join(parts)

    @api.model
    def _obtain(self, keys):
        """The flat prices for ``keys``, created where they do not exist yet.

        :param keys: iterable of (product, currency, unit amount in major units,
            interval, interval count, inclusive)
        :return: {key: price}
        """
        keys = list(dict.fromkeys(keys))
        if not keys:
            return {}
        # sudo: a billing price follows from an order line, whoever confirms the order
        prices = self.sudo().with_context(active_test=False)
        known = {
            price._key(): price
            for price in prices.search(
                [
                    ("is_flat", "=", True),
                    ("product_id", "in", [product.id for product, *_rest in keys]),
                ]
            )
        }
        missing = {_plain(key): key for key in keys if _plain(key) not in known}
        created = prices.create(
            [
                {
                    "product_id": product.id,
                    "currency_id": currency.id,
                    "unit_amount": amount,
                    "interval": interval,
                    "interval_count": count,
                    "inclusive": inclusive,
                }
                for product, currency, amount, interval, count, inclusive in (
                    missing.values()
                )
            ]
        )
        known.update({price._key(): price for price in created})
        return {key: known[_plain(key)].with_env(self.env) for key in keys}

    def _key(self):
        return _plain(
            (
                self.product_id,
                self.currency_id,
                self.unit_amount,
                self.interval,
                self.interval_count,
                self.inclusive,
            )
        )


def _plain(key):
    product, currency, amount, interval, count, inclusive = key
    return product.id, currency.id, round(amount, 6), interval, count, bool(inclusive)
