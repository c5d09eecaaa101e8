# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Command

from .coupon import DURATIONS, FOREVER
from .intervals import ONE_TIME, SELECTION


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    q2c_external_id = fields.Char(
        string="External ID",
        readonly=True,
        copy=False,
        help="The line of the deal that it was made from.",
    )
    q2c_interval = fields.Selection(
        SELECTION,
        string="Billed Every",
        compute="_compute_q2c_interval",
        store=True,
        readonly=False,
        precompute=True,
    )
    q2c_interval_count = fields.Integer(
        string="Billing Interval Count",
        compute="_compute_q2c_interval",
        store=True,
        readonly=False,
        precompute=True,
    )
    q2c_discount_duration = fields.Selection(
        DURATIONS,
        string="Discount For",
        default=FOREVER,
        help="How long the discount of a subscribed product is granted: on the first "
        "invoice, for some months, or as long as the contract runs.",
    )
    q2c_discount_months = fields.Integer(
        string="Discount Months",
        help="Months for which the discount is granted, where it is for some months.",
    )
    q2c_subscription_item_ids = fields.One2many(
        "q2c.subscription.item", "order_line_id", readonly=True
    )

    @api.depends("product_id")
    def _compute_q2c_interval(self):
        for line in self:
            product = line.product_id
            line.q2c_interval = product.q2c_interval or ONE_TIME
            line.q2c_interval_count = product.q2c_interval_count or 1

    @api.depends("q2c_subscription_item_ids")
    def _compute_qty_to_invoice(self):
        """What the billing system invoices is never to be invoiced here as well."""
        result = super()._compute_qty_to_invoice()
        # sudo: who may see the order need not see the subscription
        billed = self.filtered(lambda line: line.sudo().q2c_subscription_item_ids)
        billed.qty_to_invoice = 0
        return result

    def _q2c_item_vals(self):
        """Values of the subscription items that bill these lines."""
        inclusive = {
            line: bool(line.tax_ids) and all(line.tax_ids.mapped("price_include"))
            for line in self
        }
        keys = {
            line: (
                line.product_id,
                line.currency_id,
                line.price_unit,
                line.q2c_interval,
                line.q2c_interval_count,
                inclusive[line],
                False,
            )
            for line in self
        }
        prices = self.env["q2c.price"]._obtain(keys.values())
        self.env["q2c.price"].union(*prices.values())._put_on_sale()
        terms = {line: line._q2c_discount_terms() for line in self if line.discount}
        coupons = self.env["q2c.coupon"]._obtain(terms.values())
        return [
            {
                "sequence": line.sequence,
                "order_line_id": line.id,
                "price_id": prices[keys[line]].id,
                "interval": line.q2c_interval,
                "interval_count": line.q2c_interval_count,
                "quantity": line.product_uom_qty,
                "unit_amount": line.price_unit,
                "discount_ids": [Command.create({"coupon_id": coupons[terms[line]].id})]
                if line in terms
                else [],
                "tax_ids": [(6, 0, line.tax_ids.ids)],
            }
            for line in self
        ]

    def _q2c_discount_terms(self):
        """What is taken off, how long, and for how many months. What is billed once is
        discounted as a whole."""
        duration = self.q2c_discount_duration or FOREVER
        if self.q2c_interval == ONE_TIME:
            duration = FOREVER
        months = self.q2c_discount_months if duration == "repeating" else 0
        return self.discount, duration, months
