# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from .discounts import net_amounts
from .intervals import ONE_TIME, SELECTION
from .subscription import monthly


class SubscriptionItem(models.Model):
    _name = "q2c.subscription.item"
    _description = "Subscription Item"
    _order = "subscription_id, sequence, id"

    subscription_id = fields.Many2one(
        "q2c.subscription", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    sequence = fields.Integer(default=10)
    external_id = fields.Char(string="External ID", readonly=True, index=True)
    order_line_id = fields.Many2one(
        "sale.order.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    price_id = fields.Many2one("q2c.price", required=True, readonly=True)
    product_id = fields.Many2one(related="price_id.product_id", store=True, index=True)
    is_metered = fields.Boolean(related="price_id.is_metered")
    interval = fields.Selection(
        SELECTION, required=True, readonly=True, default=ONE_TIME
    )
    interval_count = fields.Integer(required=True, readonly=True, default=1)
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        readonly=True,
        help="0 where what is used is billed: it is not known before.",
    )
    unit_amount = fields.Float(
        readonly=True,
        help="Major units, before discount and tax; of tiers and packages what one "
        "unit costs on average.",
    )
    discount_ids = fields.One2many(
        "q2c.subscription.discount", "item_id", readonly=True
    )
    net_amount = fields.Monetary(
        compute="_compute_net_amount",
        store=True,
        help="What it costs in each of its intervals, after all discounts that go on "
        "and before tax.",
    )
    discount = fields.Float(
        string="Discount (%)",
        compute="_compute_net_amount",
        store=True,
        digits="Discount",
        help="What its own discounts and those of the whole subscription take off "
        "each period, all in all; 10 is 10 %.",
    )
    tax_ids = fields.Many2many("account.tax", readonly=True)
    mrr = fields.Monetary(string="MRR", compute="_compute_mrr", store=True)

    @api.depends(
        "subscription_id.item_ids.quantity",
        "subscription_id.item_ids.unit_amount",
        "subscription_id.item_ids.interval",
        "subscription_id.item_ids.discount_ids.coupon_id",
        "subscription_id.discount_ids.coupon_id",
    )
    def _compute_net_amount(self):
        for subscription, items in self.grouped("subscription_id").items():
            every = subscription.item_ids | items
            recurring = every.filtered(lambda item: item.interval != ONE_TIME)
            net = net_amounts(recurring, _of_the_whole(subscription))
            for item in items - recurring:
                net |= net_amounts(item, self.env["q2c.subscription.discount"])
            for item in items:
                item._set_net_amount(net[item])

    def _set_net_amount(self, net):
        gross = self.quantity * self.unit_amount
        self.net_amount = net
        self.discount = 100 * (1 - net / gross) if gross else 0.0

    @api.depends("net_amount", "interval", "interval_count")
    def _compute_mrr(self):
        for item in self:
            item.mrr = monthly(item.net_amount, item.interval, item.interval_count)


def _of_the_whole(subscription):
    """New ones are in the cache of the field before its domain sorts them out."""
    return subscription.discount_ids.filtered(lambda discount: not discount.item_id)
