# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...canonical import Ref, UnitAmount
from .currencies import Currencies


class PriceApplier(models.AbstractModel):
    """A flat price is its product, currency, amount and interval: an entry whose amount
    changes is linked to another price from then on, and what was sold at the former one
    keeps it."""

    _name = "q2c.applier.price"
    _inherit = "q2c.applier"
    _description = "Price to Price"

    _target = "q2c.price"

    def _apply(self, batch):
        entries = [i for i in batch.open_items if i.document.price_list_id]
        if entries:
            batch.env["q2c.applier.price.entry"]._apply(batch.of(entries))
        self._apply_alone(batch.of([i for i in batch.open_items if i not in entries]))

    def _apply_alone(self, batch):
        """Prices that are in no list."""
        existing = self._existing(batch)
        self._apply_deleted(batch, existing)
        codes = [item.document.currency for item in batch.open_items]
        currencies = Currencies(batch.connection, codes)
        keys = batch.collect(lambda item: self._key(batch, item, currencies))
        flat = {i: k for i, k in keys.items() if i.document.unit_amount is not None}
        prices = batch.env[self._target]._obtain(flat.values())
        records = {item: prices[key] for item, key in flat.items()}
        tiered = {item: key for item, key in keys.items() if item not in flat}
        records.update(self._tiered(batch, tiered, existing))
        batch.bind(records)
        products = batch.env["product.product"].union(
            *(price.product_id for price in records.values())
        )
        products._q2c_take_prices(batch.connection)

    def _key(self, batch, item, currencies):
        document = item.document
        product = batch.record(Ref("product", document.product_id), "product.product")
        currency = currencies.get(document.currency, f"The price {document.id}")
        amount = document.unit_amount
        return (
            product,
            currency,
            float(amount.major) if amount is not None else 0.0,
            document.interval,
            document.interval_count,
            document.inclusive,
            document.metered,
        )

    def _tiered(self, batch, keys, existing):
        """{item: price} of those without one amount per unit; each is its own."""
        new = [item for item in keys if item not in existing]
        # sudo: billing prices are the engine's own
        created = (
            batch.env[self._target]
            .sudo()
            .create(
                [
                    {
                        "product_id": keys[item][0].id,
                        "currency_id": keys[item][1].id,
                        "interval": item.document.interval,
                        "interval_count": item.document.interval_count,
                        "inclusive": item.document.inclusive,
                        "is_metered": item.document.metered,
                        **_pricing_values(item.document),
                    }
                    for item in new
                ]
            )
        )
        records = dict(zip(new, created.with_env(batch.env), strict=True))
        return {item: records.get(item) or existing[item] for item in keys}

    def _remove(self, batch, item, record):
        """Others may be linked to the same price, and what was sold keeps it."""
        return record


def _pricing_values(document):
    """Tiers as they are, for a float would not keep all of their decimals."""
    values = {"is_flat": False, "pricing": document.tiers_mode or "custom"}
    if document.package is not None:
        package = document.package
        amount = UnitAmount(package.amount, document.currency)
        values |= {
            "pricing": "package",
            "package_size": package.size,
            "package_rounding": package.rounding,
            "unit_amount": float(amount.major),
        }
    if document.tiers:
        values["tiers"] = [
            [tier.up_to, str(tier.unit_amount), str(tier.flat_amount)]
            for tier in document.tiers
        ]
    return values
