# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "q2c.traced"]

    q2c_refunded_payment_id = fields.Many2one(
        "account.payment",
        string="Refund Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The payment that this one gives back.",
    )
    q2c_reopened_move_ids = fields.Many2many(
        "account.move",
        "q2c_refund_reopened_move_rel",
        string="Reopened Invoices",
        readonly=True,
        copy=False,
        help="Invoices that are owed again because their payment was given back.",
    )
    q2c_return_move_id = fields.Many2one(
        "account.move",
        string="Returned By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The entry that reversed this payment when the bank returned it. The "
        "payment itself stays in the books on its own day.",
    )
    q2c_date_reason = fields.Char(related="move_id.q2c_date_reason")
    q2c_proof_ids = fields.One2many(
        "q2c.proof",
        "payment_id",
        string="Proof",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
    )
