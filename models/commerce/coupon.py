# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Discounts as billing systems know them: what is taken off, and for how long."""

from odoo import api, fields, models

FOREVER = "forever"
# Stripe's words (https://docs.stripe.com/api/coupons/object, duration).
DURATIONS = [
    ("once", "First invoice"),
    ("repeating", "Some months"),
    (FOREVER, "Whole contract"),
]


class Coupon(models.Model):
    _name = "q2c.coupon"
    _description = "Billing Coupon"
    _inherit = ["q2c.synced"]
    _order = "name, id"

    label = fields.Char(readonly=True, help="Its name in the billing system.")
    name = fields.Char(compute="_compute_name", store=True)
    made_here = fields.Boolean(
        readonly=True,
        help="Made for the discounts of orders. What the billing system made is "
        "followed, but never granted from here.",
    )
    percent_off = fields.Float(
        digits=(9, 6), readonly=True, help="10 takes off 10 %; 0 where it is an amount."
    )
    amount_off = fields.Monetary(
        readonly=True, help="Taken off each invoice; 0 where it is a percentage."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    duration = fields.Selection(
        DURATIONS, required=True, readonly=True, default=FOREVER
    )
    months = fields.Integer(readonly=True)
    is_limited = fields.Boolean(
        string="Some Products Only", readonly=True, help="It is not for all products."
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        readonly=True,
        help="Those that it is for, where it is not for all.",
    )
    active = fields.Boolean(default=True)

    _terms_uniq = models.UniqueIndex("(percent_off, duration, months) WHERE made_here")
    _percent_range = models.Constraint(
        "CHECK (percent_off >= 0 AND percent_off <= 100)",
        "A discount is at most 100 %.",
    )

    @api.depends("label", "percent_off", "amount_off", "duration", "months")
    def _compute_name(self):
        for coupon in self:
            coupon.name = coupon.label or coupon._wording()

    def _wording(self):
        if self.amount_off:
            off = self.env._("%s off", self.currency_id.format(self.amount_off))
        else:
            off = self.env._("%g %% off", self.percent_off)
        if self.duration == "once":
            return self.env._("%s, first invoice", off)
        if self.duration == "repeating":
            return self.env._(
                "%(off)s for %(months)s months", off=off, months=self.months
            )
        return off

    @api.model
    def _obtain(self, terms):
        """The coupons of orders, created where they do not exist yet.

        :param terms: iterable of (percentage, duration, months)
        :return: {terms: coupon}
        """
        terms = list(dict.fromkeys(terms))
        if not terms:
            return {}
        # sudo: a coupon follows from an order line, whoever confirms the order
        coupons = self.sudo()
        found = coupons.search([("made_here", "=", True)])
        known = {coupon._terms(): coupon for coupon in found}
        missing = {_plain(each) for each in terms} - set(known)
        for coupon in coupons.create(
            [
                {
                    "percent_off": percent,
                    "duration": duration,
                    "months": months,
                    "made_here": True,
                }
                for percent, duration, months in sorted(missing)
            ]
        ):
            known[coupon._terms()] = coupon
        return {each: known[_plain(each)].with_env(self.env) for each in terms}

    def _terms(self):
        return _plain((self.percent_off, self.duration, self.months))

    def _fits(self, product):
        """Whether it takes something off ``product``."""
        return not self.is_limited or product in self.product_ids


def _plain(terms):
    percent, duration, months = terms
    return round(percent, 6), duration, months if duration == "repeating" else 0
