# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payments that customers contest at their bank."""

from odoo import api, fields, models

STATUSES = [
    ("warning_needs_response", "Inquiry: needs a response"),
    ("warning_under_review", "Inquiry: under review"),
    ("warning_closed", "Inquiry: closed"),
    ("needs_response", "Needs a response"),
    ("under_review", "Under review"),
    ("appeal_needs_response", "Appeal: needs a response"),
    ("appeal_under_review", "Appeal: under review"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("prevented", "Prevented"),
    ("charge_refunded", "Refunded"),
]
STATES = [
    ("inquiry", "Inquiry"),
    ("open", "Open"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("closed", "Closed"),
]
_STATE_OF_STATUS = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "closed",
    "won": "won",
    "lost": "lost",
    "prevented": "closed",
    "charge_refunded": "closed",
}
# Of several disputes, what a payment or an invoice shows: the first of these.
WORST_FIRST = ("open", "inquiry", "lost", "won", "closed")


class Dispute(models.Model):
    _name = "q2c.dispute"
    _description = "Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin", "q2c.synced"]
    _order = "opened_on desc, id desc"

    name = fields.Char(
        required=True, readonly=True, index=True, help="The provider's id."
    )
    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    status = fields.Selection(
        STATUSES,
        required=True,
        readonly=True,
        tracking=True,
        help="The provider's own word.",
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        index=True,
        help="Inquiry: the bank asks, no money moves. Open: the money is withdrawn. "
        "Won: it came back. Lost: it did not. Closed: nothing came of it.",
    )
    needs_response = fields.Boolean(compute="_compute_state", store=True)
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    invoice_ids = fields.Many2many(
        "account.move",
        "q2c_dispute_invoice_rel",
        "dispute_id",
        "move_id",
        string="Invoices",
        readonly=True,
        help="What the payment settled.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        string="Disputed", readonly=True, help="In the currency of the payment."
    )
    reason = fields.Char(readonly=True, tracking=True)
    network_reason = fields.Char(
        string="Network Code", readonly=True, help="The card network's reason code."
    )
    opened_on = fields.Date(readonly=True)
    respond_by = fields.Datetime(
        string="Evidence Due",
        readonly=True,
        tracking=True,
        help="Until then the provider takes evidence.",
    )
    transaction_ids = fields.One2many(
        "q2c.balance.transaction",
        "dispute_id",
        string="Balance Transactions",
        readonly=True,
    )
    settlement_currency_id = fields.Many2one(
        "res.currency", compute="_compute_withdrawn", store=True
    )
    withdrawn = fields.Monetary(
        compute="_compute_withdrawn",
        store=True,
        currency_field="settlement_currency_id",
        help="What left the provider's balance and has not come back.",
    )
    fee = fields.Monetary(
        compute="_compute_withdrawn",
        store=True,
        currency_field="settlement_currency_id",
        help="What the provider charged for it, less what it gave back.",
    )
    move_ids = fields.One2many(
        "account.move", "q2c_dispute_id", string="Entries", readonly=True
    )
    move_count = fields.Integer(compute="_compute_move_count")
    loss_move_ids = fields.Many2many(
        "account.move",
        "q2c_dispute_loss_rel",
        string="Loss Entries",
        readonly=True,
        help="Entries that took the lost funds off the account of disputed funds.",
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("status")
    def _compute_state(self):
        for dispute in self:
            status = dispute.status or ""
            dispute.state = _STATE_OF_STATUS.get(status, "open")
            dispute.needs_response = status.endswith("needs_response")

    @api.depends(
        "transaction_ids.amount",
        "transaction_ids.fee",
        "transaction_ids.currency_id",
        "currency_id",
    )
    def _compute_withdrawn(self):
        for dispute in self:
            moved = dispute.transaction_ids
            currency = moved.currency_id[:1] or dispute.currency_id
            dispute.settlement_currency_id = currency
            dispute.withdrawn = currency.round(-sum(moved.mapped("amount")))
            dispute.fee = currency.round(sum(moved.mapped("fee")))

    def _compute_move_count(self):
        # sudo: how many there are is for those, too, who may not open them
        counts = dict(
            self.env["account.move"]
            .sudo()
            ._read_group(
                [("q2c_dispute_id", "in", self.ids)], ["q2c_dispute_id"], ["__count"]
            )
        )
        for dispute in self:
            dispute.move_count = counts.get(dispute.sudo(), 0)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_view_moves(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %s", self.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("q2c_dispute_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_view_invoices(self):
        self.ensure_one()
        return self.invoice_ids._get_records_action(
            name=self.env._("Disputed Invoices"), context={"create": False}
        )

    def action_view_payment(self):
        self.ensure_one()
        return self.payment_id._get_records_action(name=self.env._("Disputed Payment"))
