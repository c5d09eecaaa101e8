# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Percentage discounts as billing systems know them."""

from odoo import api, fields, models


class Coupon(models.Model):
    _name = "q2c.coupon"
    _description = "Billing Coupon"
    _inherit = ["q2c.synced"]
    _order = "percent_off"

    name = fields.Char(compute="_compute_name", store=True)
    percent_off = fields.Float(
        digits=(5, 2), required=True, readonly=True, help="10 takes off 10 %."
    )

    _percent_uniq = models.Constraint(
        "UNIQUE (percent_off)", "There is one coupon for each percentage."
    )
    _percent_range = models.Constraint(
        "CHECK (percent_off > 0 AND percent_off <= 100)",
        "A discount is more than 0 % and at most 100 %.",
    )

    @api.depends("percent_off")
    def _compute_name(self):
        for coupon in self:
            coupon.name = self.env._("%g %% off", coupon.percent_off)

    @api.model
    def _obtain(self, percentages):
        """{percentage: coupon}, created where they do not exist yet."""
        percentages = {round(value, 2) for value in percentages}
        # sudo: a coupon follows from an order line, whoever confirms the order
        coupons = self.sudo()
        found = coupons.search([("percent_off", "in", list(percentages))])
        known = {round(coupon.percent_off, 2): coupon for coupon in found}
        missing = sorted(percentages - set(known))
        for coupon in coupons.create([{"percent_off": value} for value in missing]):
            known[round(coupon.percent_off, 2)] = coupon
        return {value: coupon.with_env(self.env) for value, coupon in known.items()}
