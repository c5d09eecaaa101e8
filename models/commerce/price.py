# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Prices as billing systems know them: of a product, in a currency, per interval."""

from decimal import Decimal

from odoo import api, fields, models

from ...canonical import Package, Tier
from ...canonical.currency import exponent
from ...canonical.pricing import tiered_cost
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
    pricing = fields.Selection(
        [
            ("flat", "Per unit"),
            ("graduated", "Graduated tiers"),
            ("volume", "Volume tiers"),
            ("package", "Packages"),
            ("custom", "Chosen by the customer"),
        ],
        required=True,
        readonly=True,
        default="flat",
        help="Graduated: each unit costs what its own tier says. Volume: all units "
        "cost what the tier of the whole quantity says.",
    )
    is_metered = fields.Boolean(
        string="Metered",
        readonly=True,
        help="The quantity is what was used in the period that is billed.",
    )
    tiers = fields.Json(
        readonly=True,
        help="Exact amounts in minor units: last unit, per unit, for the tier.",
    )
    package_size = fields.Integer(readonly=True, help="Units in one package.")
    package_rounding = fields.Selection(
        [("up", "A started package counts"), ("down", "Only whole packages count")],
        readonly=True,
    )
    # A float as it is: finer than any number of decimals that fits all currencies.
    unit_amount = fields.Float(
        readonly=True,
        help="Major units of the currency per unit of the product, or per package, "
        "before discount; finer than the currency's smallest unit where the provider's "
        "is.",
    )
    terms = fields.Text(compute="_compute_terms", help="What quantities cost.")
    interval = fields.Selection(
        SELECTION, required=True, readonly=True, default=ONE_TIME
    )
    interval_count = fields.Integer(required=True, readonly=True, default=1)
    inclusive = fields.Boolean(
        string="Tax Included", readonly=True, help="The amount contains its taxes."
    )
    active = fields.Boolean(default=True)

    _flat_uniq = models.UniqueIndex(
        "(product_id, currency_id, unit_amount, interval, interval_count, inclusive, "
        "is_metered) WHERE is_flat"
    )

    @api.depends(
        "product_id",
        "currency_id",
        "unit_amount",
        "interval",
        "interval_count",
        "pricing",
    )
    def _compute_display_name(self):
        labels = dict(self._fields["interval"]._description_selection(self.env))
        sorts = dict(self._fields["pricing"]._description_selection(self.env))
        for price in self:
            parts = [price.product_id.display_name or ""]
            if price.is_flat:
                parts.append(f"{price.unit_amount:g} {price.currency_id.name}")
            else:
                parts.append(sorts[price.pricing])
            if price.interval != ONE_TIME:
                count = f"{price.interval_count} " if price.interval_count > 1 else ""
                parts.append(f"/ {count}{labels[price.interval].lower()}")
            price.display_name = " ".join(parts)

    # ------------------------------------------------------------------
    # TIERS AND PACKAGES
    # ------------------------------------------------------------------

    @api.depends(
        "is_flat", "tiers", "package_size", "unit_amount", "currency_id", "pricing"
    )
    def _compute_terms(self):
        for price in self:
            if price.is_flat:
                # Exact, where a column of numbers has fewer decimals.
                price.terms = price._amount_text(repr(price.unit_amount))
            elif price.pricing == "package":
                price.terms = price.env._(
                    "%(amount)s for each %(size)s",
                    amount=price._amount_text(price.unit_amount),
                    size=price.package_size,
                )
            else:
                price.terms = "\n".join(price._tier_texts()) or False

    def _tier_texts(self):
        first = 1
        for tier in self._canonical_tiers():
            until = tier.up_to if tier.up_to is not None else "…"
            parts = [self._minor_text(tier.unit_amount)]
            if tier.flat_amount:
                parts.append(self._minor_text(tier.flat_amount))
            yield f"{first}–{until}: {' + '.join(parts)}"
            first = (tier.up_to or 0) + 1

    def _minor_text(self, amount):
        return self._amount_text(amount.scaleb(-exponent(self.currency_id.name)))

    def _amount_text(self, amount):
        return f"{Decimal(str(amount)).normalize():f} {self.currency_id.name}"

    def _canonical_tiers(self):
        return tuple(
            Tier(
                up_to=up_to,
                unit_amount=Decimal(unit_amount),
                flat_amount=Decimal(flat_amount),
            )
            for up_to, unit_amount, flat_amount in self.tiers or []
        )

    def _unit_cost(self, quantity):
        """What one of ``quantity`` units (Decimal) costs on average, in major units; 0
        where it is not known."""
        if self.is_flat or not quantity:
            return self.unit_amount if self.is_flat else 0.0
        if self.pricing == "package":
            amount = Decimal(repr(self.unit_amount))
            package = Package(
                size=self.package_size, amount=amount, rounding=self.package_rounding
            )
            return float(package.cost(quantity) / quantity)
        if self.tiers:
            cost = tiered_cost(self._canonical_tiers(), self.pricing, quantity)
            return float(cost.scaleb(-exponent(self.currency_id.name)) / quantity)
        return 0.0

    # ------------------------------------------------------------------
    # FLAT PRICES
    # ------------------------------------------------------------------

    @api.model
    def _obtain(self, keys):
        """The flat prices for ``keys``, created where they do not exist yet.

        :param keys: iterable of (product, currency, unit amount in major units,
            interval, interval count, inclusive, metered)
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
                    "is_metered": metered,
                }
                for product, currency, amount, interval, count, inclusive, metered in (
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
                self.is_metered,
            )
        )


def _plain(key):
    product, currency, amount, interval, count, inclusive, metered = key
    return (
        product.id,
        currency.id,
        amount,
        interval,
        count,
        bool(inclusive),
        bool(metered),
    )
