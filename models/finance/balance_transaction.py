# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The movements of the balance that the provider keeps for us, as it tells them."""

from odoo import fields, models


class BalanceTransaction(models.Model):
    _name = "q2c.balance.transaction"
    _inherit = "q2c.synced"
    _description = "Balance Transaction"
    _order = "created desc, id desc"

    name = fields.Char(
        required=True, readonly=True, index=True, help="The provider's id."
    )
    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        readonly=True,
        help="In which it is settled; the payment may be in another one.",
    )
    amount = fields.Monetary(
        readonly=True, help="Positive where the balance grows, before the fee."
    )
    fee = fields.Monetary(readonly=True, help="What the provider keeps.")
    net = fields.Monetary(readonly=True, help="What the balance changes by.")
    category = fields.Char(
        readonly=True, index=True, help="The provider's reporting category."
    )
    source = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="The provider's id of what moved the balance.",
    )
    description = fields.Char(readonly=True)
    created = fields.Datetime(readonly=True)
    available_on = fields.Date(readonly=True, help="When it can be paid out.")
    fee_move_id = fields.Many2one(
        "account.move",
        string="Fee Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
