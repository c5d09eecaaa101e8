# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the confirmed order to the contract in the billing system."""

from odoo import api, fields, models

from .intervals import ONE_TIME


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "q2c.traced"]

    q2c_subscription_ids = fields.One2many(
        "q2c.subscription",
        "order_id",
        string="Subscriptions",
        readonly=True,
        groups="quote_to_cash.group_user",
    )
    q2c_subscription_count = fields.Integer(
        string="Subscription Count",
        compute="_compute_q2c_subscription_count",
        groups="quote_to_cash.group_user",
    )
    q2c_billing_start = fields.Date(
        string="Billing Start",
        copy=False,
        help="First day of the first billing period; empty for the day on which the "
        "order is confirmed.",
    )
    q2c_terms = fields.Char(
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="Hash of what the deal said when the order last followed it.",
    )

    @api.depends("q2c_subscription_ids")
    def _compute_q2c_subscription_count(self):
        for order in self:
            order.q2c_subscription_count = len(order.q2c_subscription_ids)

    def action_confirm(self):
        result = super().action_confirm()
        self._q2c_create_subscriptions()
        self.env["q2c.status"]._changed_orders(self)
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self.env["q2c.status"]._changed_orders(self)
        return result

    def action_q2c_view_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quote_to_cash.q2c_subscription_action"
        )
        if len(self.q2c_subscription_ids) == 1:
            action.update(views=[(False, "form")], res_id=self.q2c_subscription_ids.id)
        return {**action, "domain": [("order_id", "=", self.id)]}

    def _q2c_create_subscriptions(self):
        """Create the contracts of confirmed orders, and have them billed.

        One for each billing interval; what is billed once goes with the first of them.
        Where subscriptions are made in the billing system, and matched here, nothing is
        created.
        """
        # sudo: the contract follows from the order, whoever confirms it
        orders = self.sudo().filtered(
            lambda order: order.state == "sale" and not order.q2c_subscription_ids
        )
        vals_list = []
        for order, connection in (
            orders._q2c_recurring()._q2c_billing_connections().items()
        ):
            if connection.subscription_owner == "odoo":
                order.q2c_billing_connection_id = connection
                vals_list += order._q2c_subscription_vals(connection)
        subscriptions = self.env["q2c.subscription"].sudo().create(vals_list)
        for connection, share in subscriptions.grouped("connection_id").items():
            traces = {subscription.id: subscription.trace for subscription in share}
            self.env["q2c.command"]._enqueue(
                connection, "create", "subscription", share, traces
            )
        return subscriptions

    def _q2c_recurring(self):
        """Those with something that is billed at an interval."""
        return self.filtered(
            lambda order: any(
                line.product_id
                and not line.display_type
                and line.q2c_interval != ONE_TIME
                for line in order.order_line
            )
        )

    def _q2c_subscription_vals(self, connection):
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: line.product_id and not line.display_type
        )
        once = lines.filtered(lambda line: line.q2c_interval == ONE_TIME)
        groups = (lines - once).grouped(
            lambda line: (line.q2c_interval, line.q2c_interval_count)
        )
        vals_list = []
        for number, recurring in enumerate(groups.values()):
            share = recurring + once if number == 0 else recurring
            vals_list.append(
                {
                    "company_id": self.company_id.id,
                    "connection_id": connection.id,
                    "partner_id": self.partner_invoice_id.commercial_partner_id.id,
                    "order_id": self.id,
                    "currency_id": self.currency_id.id,
                    "collection": connection.collection,
                    "days_until_due": connection.days_until_due,
                    "start_date": self.q2c_billing_start,
                    "trace": self.q2c_trace,
                    "item_ids": [(0, 0, vals) for vals in share._q2c_item_vals()],
                }
            )
        return vals_list
