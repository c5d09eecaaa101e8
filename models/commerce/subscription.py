# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The contract as the billing system keeps it."""

from odoo import api, fields, models

from .intervals import MONTHS

# Stripe's words (https://docs.stripe.com/api/subscriptions/object#subscription_object-status),
# before them our own for what Stripe has not seen yet.
STATUSES = [
    ("draft", "To be created"),
    ("incomplete", "Incomplete"),
    ("incomplete_expired", "Expired"),
    ("trialing", "Trial"),
    ("active", "Active"),
    ("past_due", "Past due"),
    ("paused", "Paused"),
    ("unpaid", "Unpaid"),
    ("canceled", "Canceled"),
]
ENDED = ("incomplete_expired", "canceled")


class Subscription(models.Model):
    _name = "q2c.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin", "q2c.synced"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    connection_id = fields.Many2one(
        "q2c.connection",
        required=True,
        readonly=True,
        index=True,
        help="The account that bills it.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        help="The order that the contract was made from.",
    )
    status = fields.Selection(
        STATUSES, required=True, readonly=True, default="draft", tracking=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    collection = fields.Selection(
        [
            ("charge_automatically", "Charge automatically"),
            ("send_invoice", "Send invoice"),
        ],
        required=True,
        readonly=True,
        default="charge_automatically",
    )
    days_until_due = fields.Integer(readonly=True)
    start_date = fields.Date(readonly=True)
    period_start = fields.Date(readonly=True)
    period_end = fields.Date(
        readonly=True, help="The day on which the next period starts."
    )
    cancel_at = fields.Date(string="Ends On", readonly=True, tracking=True)
    canceled_on = fields.Date(readonly=True)
    ended_on = fields.Date(readonly=True)
    item_ids = fields.One2many(
        "q2c.subscription.item", "subscription_id", readonly=True
    )
    discount_ids = fields.One2many(
        "q2c.subscription.discount",
        "subscription_id",
        domain=[("item_id", "=", False)],
        readonly=True,
        help="Those of the whole subscription.",
    )
    all_discount_ids = fields.One2many(
        "q2c.subscription.discount", "subscription_id", readonly=True
    )
    mrr = fields.Monetary(
        string="MRR",
        compute="_compute_mrr",
        store=True,
        help="Monthly recurring revenue after discounts and before tax.",
    )
    invoice_ids = fields.One2many("account.move", "q2c_subscription_id")
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    trace = fields.Char(readonly=True, index="btree_not_null")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("status", "item_ids.mrr")
    def _compute_mrr(self):
        for subscription in self:
            ended = subscription.status in ENDED
            total = 0 if ended else sum(subscription.item_ids.mapped("mrr"))
            subscription.mrr = total

    def _compute_invoice_count(self):
        # sudo: how many there are is for those, too, who may not open them
        counts = dict(
            self.env["account.move"]
            .sudo()
            ._read_group(
                [("q2c_subscription_id", "in", self.ids)],
                ["q2c_subscription_id"],
                ["__count"],
            )
        )
        for subscription in self:
            subscription.invoice_count = counts.get(subscription.sudo(), 0)

    @api.constrains("connection_id", "company_id")
    def _check_connection(self):
        for connection, share in self.grouped("connection_id").items():
            connection._check_names(share)

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].next_by_code("q2c.subscription")
        return super().create(vals_list)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_view_invoices(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "account.action_move_out_invoice_type"
            ),
            "domain": [("q2c_subscription_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_view_order(self):
        self.ensure_one()
        return self.order_id._get_records_action(context={})


def monthly(amount, interval, count):
    """``amount`` per ``count`` intervals as an amount per month; 0 for what is billed
    once."""
    if interval not in MONTHS:
        return 0.0
    return amount / (MONTHS[interval] * count)
