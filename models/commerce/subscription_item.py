# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

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
    interval = fields.Selection(
        SELECTION, required=True, readonly=True, default=ONE_TIME
    )
    interval_count = fields.Integer(required=True, readonly=True, default=1)
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    unit_amount = fields.Float(
        digits=(16, 6), readonly=True, help="Major units, before discount and tax."
    )
    discount = fields.Float(
        string="Discount (%)", digits="Discount", readonly=True, help="10 is 10 %."
    )
    tax_ids = fields.Many2many("account.tax", readonly=True)
    mrr = fields.Monetary(string="MRR", compute="_compute_mrr", store=True)

    @api.depends("quantity", "unit_amount", "discount", "interval", "interval_count")
    def _compute_mrr(self):
        for item in self:
            net = item.quantity * item.unit_amount * (1 - item.discount / 100)
            item.mrr = monthly(net, item.interval, item.interval_count)
