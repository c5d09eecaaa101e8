# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Through which of several accounts an order is billed."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    q2c_billing_connection_id = fields.Many2one(
        "q2c.connection",
        string="Billed Through",
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('id', 'in', q2c_billing_choice_ids)]",
        groups="quote_to_cash.group_user",
        help="The billing account that the subscription is created in. Empty: the one "
        "that the customer is in already, else the first that bills new customers.",
    )
    q2c_billing_choice_ids = fields.Many2many(
        "q2c.connection",
        string="Billing Accounts",
        compute="_compute_q2c_billing_choice_ids",
        groups="quote_to_cash.group_user",
        help="Where there are several to choose from.",
    )

    @api.depends("company_id")
    def _compute_q2c_billing_choice_ids(self):
        # sudo: that there is a choice is for everyone to know who may choose
        choices = self.env["q2c.connection"].sudo()._billing(self.company_id)
        for order in self:
            found = choices.get(order.company_id, ())
            order.q2c_billing_choice_ids = found if len(found) > 1 else False

    @api.constrains("q2c_billing_connection_id", "company_id")
    def _check_q2c_billing_connection(self):
        # sudo: which companies the account collects for, whoever writes the order
        for connection, orders in (
            self.sudo().grouped("q2c_billing_connection_id").items()
        ):
            if connection:
                connection._check_names(orders)

    def _q2c_billing_connections(self):
        """{order: the connection that bills it} of those whose company has one; what
        was entered, else the customer's account, else the first for new customers.

        :raises UserError: none of these says
        """
        choices = self.env["q2c.connection"]._billing(self.company_id)
        billed = self.filtered(lambda order: order.company_id in choices)
        linked = billed._q2c_customer_accounts()
        return {
            order: order.q2c_billing_connection_id
            or order._q2c_usual_account(choices[order.company_id], linked)
            for order in billed
        }

    def _q2c_usual_account(self, choices, linked):
        """
        :param linked: {customer: connections that it is linked through}
        """
        self.ensure_one()
        customer = self.partner_invoice_id.commercial_partner_id
        theirs = choices & linked.get(customer, choices.browse())
        usual = choices.filtered("bills_new_customers")
        found = (theirs & usual or theirs or usual)[:1]
        if not found:
            raise UserError(
                self.env._(
                    "It is not said through which account %(order)s is billed: "
                    "%(customer)s is in none of %(accounts)s yet. Choose one as Billed "
                    "Through on the order, then confirm it.",
                    order=self.name,
                    customer=customer.display_name,
                    accounts=", ".join(choices.mapped("name")),
                )
            )
        return found

    def _q2c_customer_accounts(self):
        customers = self.partner_invoice_id.commercial_partner_id
        bindings = self.env["q2c.binding"].search(
            [
                ("kind", "=", "customer"),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", customers.ids),
            ]
        )
        return {
            customers.browse(customer_id): share.connection_id
            for customer_id, share in bindings.grouped("res_id").items()
        }
