# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What sales has agreed on with a customer for a time: orders are made under it."""

from odoo import fields, models


class CrmContract(models.Model):
    """A mirror: it is changed in the CRM."""

    _name = "q2c.contract"
    _inherit = ["q2c.synced"]
    _description = "CRM Contract"
    _order = "start_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null"
    )
    status = fields.Char(readonly=True, help="As it is called in the CRM.")
    is_active = fields.Boolean(string="In Force", readonly=True)
    start_date = fields.Date(string="From", readonly=True)
    end_date = fields.Date(string="Until", readonly=True, help="The last day.")
    term = fields.Integer(string="Months", readonly=True, aggregator=None)
    order_ids = fields.One2many(
        "sale.order", "q2c_contract_id", string="Orders", readonly=True
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    q2c_contract_id = fields.Many2one(
        "q2c.contract",
        string="CRM Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
        help="What it was ordered under.",
    )
    q2c_contract_end = fields.Date(
        string="Contract Until",
        related="q2c_contract_id.end_date",
        groups="quote_to_cash.group_user",
    )
