# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SubscriptionDiscount(models.Model):
    _name = "q2c.subscription.discount"
    _description = "Subscription Discount"
    _order = "sequence, id"

    subscription_id = fields.Many2one(
        "q2c.subscription",
        compute="_compute_subscription_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        ondelete="cascade",
        index=True,
    )
    item_id = fields.Many2one(
        "q2c.subscription.item",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: the discount is on the whole subscription.",
    )
    product_id = fields.Many2one(related="item_id.product_id")
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    coupon_id = fields.Many2one(
        "q2c.coupon", required=True, readonly=True, ondelete="restrict"
    )
    duration = fields.Selection(related="coupon_id.duration")
    promotion_code = fields.Char(
        readonly=True, help="The code that the customer entered."
    )
    starts_on = fields.Date(string="From", readonly=True)
    ends_on = fields.Date(
        string="Until", readonly=True, help="Empty: as long as the coupon says."
    )

    @api.depends("item_id")
    def _compute_subscription_id(self):
        for discount in self:
            discount.subscription_id = (
                discount.item_id.subscription_id or discount.subscription_id
            )
