# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...canonical import Hold

DECIMALS = 2


class CouponApplier(models.AbstractModel):
    _name = "q2c.applier.coupon"
    _inherit = "q2c.applier"
    _description = "Coupon to Coupon"

    _target = "q2c.coupon"

    def _apply(self, batch):
        """A coupon is its percentage: those with the same one are one record."""
        self._apply_deleted(batch, self._existing(batch))
        percentages = batch.collect(self._percentage)
        coupons = batch.env[self._target]._obtain(percentages.values())
        batch.bind({item: coupons[value] for item, value in percentages.items()})

    def _percentage(self, item):
        percent = item.document.percent_off
        if round(percent, DECIMALS) != percent:
            raise Hold(
                "discount_too_fine",
                f"The coupon {item.document.name or item.document.id} takes off "
                f"{percent:f} %, but a discount in Odoo has {DECIMALS} decimals.",
                "Use a coupon with a coarser percentage.",
            )
        return float(percent)

    def _remove(self, batch, item, record):
        """It goes on where it was granted, but cannot be granted again: without a link
        the next discount of this percentage gets a new one."""
        binding = batch.bindings.pop(item.ref, None)
        if binding:
            # sudo: links are the engine's own
            binding.sudo().unlink()
        return record.browse()
