# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices and payments show that they are disputed: paid they stay."""

from odoo import api, fields, models

from .dispute import STATES, WORST_FIRST


class Disputed(models.AbstractModel):
    _name = "q2c.disputed"
    _description = "Record That May Be Disputed"

    q2c_dispute_state = fields.Selection(
        STATES,
        string="Dispute",
        compute="_compute_q2c_dispute_state",
        groups="quote_to_cash.group_user",
    )

    @api.depends("q2c_dispute_ids.state")
    def _compute_q2c_dispute_state(self):
        for record in self:
            states = set(record.q2c_dispute_ids.mapped("state"))
            record.q2c_dispute_state = next(
                (state for state in WORST_FIRST if state in states), False
            )

    def action_q2c_view_disputes(self):
        self.ensure_one()
        return self.q2c_dispute_ids._get_records_action(name=self.env._("Disputes"))


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "q2c.disputed"]

    q2c_dispute_ids = fields.Many2many(
        "q2c.dispute",
        "q2c_dispute_invoice_rel",
        "move_id",
        "dispute_id",
        string="Disputes",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
    )
    q2c_dispute_id = fields.Many2one(
        "q2c.dispute",
        string="Entry of Dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
    )


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "q2c.disputed"]

    q2c_dispute_ids = fields.One2many(
        "q2c.dispute",
        "payment_id",
        string="Disputes",
        readonly=True,
        groups="quote_to_cash.group_user",
    )
