# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Command

from ...canonical import Hold, Ref
from .currencies import Currencies

DECIMALS = 6


class CouponApplier(models.AbstractModel):
    """A coupon of the billing system is a record of its own: two that take off the same
    may be for different products, or may no longer be redeemed."""

    _name = "q2c.applier.coupon"
    _inherit = "q2c.applier"
    _description = "Coupon to Coupon"

    _target = "q2c.coupon"

    def _apply(self, batch):
        # sudo: coupons are the provider's, in Odoo nobody has the right to edit them
        return super()._apply(batch.sudo())

    def _lookup(self, batch):
        codes = [
            item.document.amount_off.currency
            for item in batch.open_items
            if item.document.amount_off is not None
        ]
        return Currencies(batch.connection, codes)

    def _match(self, batch, items):
        """Those that were made here bear the reference of their record."""
        return self._made_here(batch, items)

    def _values(self, batch, item, record):
        """Terms never change; nothing else but the name does."""
        coupon = item.document
        if record.made_here:
            return {}
        return {
            "label": coupon.name or False,
            "percent_off": self._percent(coupon),
            **self._amount_values(batch, coupon),
            "duration": self._duration(coupon, record),
            "months": coupon.months if coupon.duration == "repeating" else 0,
            "is_limited": bool(coupon.products),
            "product_ids": [Command.set(self._products(batch, coupon).ids)],
        }

    def _percent(self, coupon):
        percent = coupon.percent_off or 0
        if round(percent, DECIMALS) != percent:
            raise Hold(
                "discount_too_fine",
                f"The coupon {coupon.name or coupon.id} takes off {percent:f} %, but "
                f"{DECIMALS} decimals are kept.",
                "Use a coupon with a coarser percentage.",
            )
        return float(percent)

    def _amount_values(self, batch, coupon):
        if coupon.amount_off is None:
            return {}
        what = f"The coupon {coupon.name or coupon.id}"
        currency = batch.lookup.get(coupon.amount_off.currency, what)
        return {"amount_off": float(coupon.amount_off), "currency_id": currency.id}

    def _duration(self, coupon, record):
        known = dict(record._fields["duration"].selection)
        if coupon.duration not in known:
            raise Hold(
                "unknown_duration",
                f"The coupon {coupon.name or coupon.id} is for {coupon.duration!r}, "
                "which is not known here.",
                "Update the addon Quote to Cash, then retry.",
            )
        return coupon.duration

    def _products(self, batch, coupon):
        """Those that are here: it is for no others of ours."""
        links = (batch.bindings.get(Ref("product", each)) for each in coupon.products)
        return batch.env["product.product"].browse(
            link.res_id
            for link in links
            if link and link.res_model == "product.product"
        )

    def _remove(self, batch, item, record):
        """It goes on where it was granted, but cannot be granted again: one of orders
        loses its link, so that the next discount of these terms gets a new one."""
        if not record.made_here:
            return super()._remove(batch, item, record)
        binding = batch.bindings.pop(item.ref, None)
        if binding:
            # sudo: links are the engine's own
            binding.sudo().unlink()
        return record.browse()
