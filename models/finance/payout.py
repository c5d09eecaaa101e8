# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the provider paid out to the bank, and what it was made of."""

from odoo import api, fields, models
from odoo.fields import Domain

# Stripe's words (https://docs.stripe.com/api/payouts/object).
STATUSES = [
    ("pending", "Pending"),
    ("in_transit", "In transit"),
    ("paid", "Paid"),
    ("failed", "Failed"),
    ("canceled", "Canceled"),
]


class Payout(models.Model):
    _name = "q2c.payout"
    _description = "Payout"
    _inherit = ["mail.thread", "mail.activity.mixin", "q2c.synced"]
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
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        readonly=True, help="Negative where the provider took it from the bank."
    )
    status = fields.Selection(
        STATUSES,
        required=True,
        readonly=True,
        tracking=True,
        help="Where the provider says that it is.",
    )
    is_manual = fields.Boolean(
        string="Manual",
        readonly=True,
        help="Requested by somebody instead of the schedule: nobody can tell which "
        "transactions it pays out.",
    )
    method = fields.Selection(
        [("standard", "Standard"), ("instant", "Instant")], readonly=True
    )
    reconciliation = fields.Selection(
        [
            ("completed", "Completed"),
            ("in_progress", "In progress"),
            ("not_applicable", "Not applicable"),
        ],
        string="Reconciliation at Provider",
        readonly=True,
        tracking=True,
        help="Completed: the transactions that it pays out are known. Not applicable: "
        "the provider does not know them.",
    )
    created = fields.Datetime(readonly=True, help="When it left the balance.")
    arrival_date = fields.Date(
        readonly=True, tracking=True, help="When it is to be in the bank."
    )
    description = fields.Char(
        readonly=True, help="What the bank statement is likely to say."
    )
    bank_reference = fields.Char(
        readonly=True, help="The number under which the bank can find it."
    )
    failure_message = fields.Char(readonly=True, tracking=True)
    transaction_id = fields.Many2one(
        "q2c.balance.transaction",
        string="Left the Balance By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    failure_transaction_id = fields.Many2one(
        "q2c.balance.transaction",
        string="Came Back By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    transaction_ids = fields.One2many(
        "q2c.balance.transaction", "payout_id", readonly=True
    )
    total_ids = fields.One2many("q2c.payout.total", "payout_id", readonly=True)
    transaction_count = fields.Integer(compute="_compute_totals", store=True)
    gross = fields.Monetary(
        compute="_compute_totals", store=True, help="Of its transactions, before fees."
    )
    fees = fields.Monetary(
        compute="_compute_totals",
        store=True,
        help="What the provider kept of its transactions.",
    )
    net = fields.Monetary(
        compute="_compute_totals",
        store=True,
        help="What its transactions come to: the payout, and its own fee.",
    )
    carried = fields.Monetary(
        string="Left in the Balance",
        readonly=True,
        help="What its transactions come to beyond it. Payouts in some currencies are "
        "of whole units; the rest is paid out with a later one.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    failure_move_id = fields.Many2one(
        "account.move",
        string="Reversal",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Of the entry, on the day on which the money came back.",
    )
    hold_reason = fields.Char(
        readonly=True, tracking=True, help="Why it could not be booked."
    )
    booking = fields.Selection(
        [
            ("held", "Held"),
            ("open", "Not booked"),
            ("booked", "Booked"),
            ("reversed", "Reversed"),
        ],
        compute="_compute_booking",
        store=True,
        help="Held: a person must decide. Not booked: it waits until the provider says "
        "what it is made of. Booked: from the clearing account to Bank in Transit. "
        "Reversed: the money came back.",
    )
    is_in_bank = fields.Boolean(
        string="In the Bank",
        compute="_compute_is_in_bank",
        search="_search_is_in_bank",
        help="Its entry is reconciled with a line of the bank statement.",
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("transaction_ids.amount", "transaction_ids.fee", "transaction_ids.net")
    def _compute_totals(self):
        groups = self.env["q2c.balance.transaction"]._read_group(
            [("payout_id", "in", self.ids)],
            ["payout_id"],
            ["__count", "amount:sum", "fee:sum", "net:sum"],
        )
        totals = {payout.id: sums for payout, *sums in groups}
        for payout in self:
            count, gross, fees, net = totals.get(payout.id, (0, 0, 0, 0))
            payout.transaction_count = count
            payout.gross, payout.fees, payout.net = gross, fees, net

    @api.depends("move_id.state", "failure_move_id.state", "hold_reason")
    def _compute_booking(self):
        for payout in self:
            if payout.hold_reason:
                payout.booking = "held"
            elif payout.failure_move_id.state == "posted":
                payout.booking = "reversed"
            elif payout.move_id.state == "posted":
                payout.booking = "booked"
            else:
                payout.booking = "open"

    @api.depends("move_id", "failure_move_id")
    def _compute_is_in_bank(self):
        arrived = self.search(Domain("id", "in", self.ids) & self._in_bank())
        for payout in self:
            payout.is_in_bank = payout in arrived

    def _search_is_in_bank(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._in_bank()
        return domain if True in value else ~domain

    @api.model
    def _in_bank(self):
        """Payouts whose item in transit is reconciled, with something else than their
        own reversal."""
        # sudo: whether it is matched is for those, too, who may not see journal items
        lines = (
            self.env["account.move.line"]
            .sudo()
            ._search(
                [
                    ("reconciled", "=", True),
                    ("account_id", "in", self._transit_accounts().ids),
                ]
            )
        )
        return Domain("booking", "=", "booked") & Domain(
            "move_id", "in", lines.subselect("move_id")
        )

    @api.model
    def _transit_accounts(self):
        # sudo: see _in_bank
        return self.env["q2c.connection"].sudo().search([]).transit_account_id

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_view_transactions(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "quote_to_cash.q2c_balance_transaction_action"
            ),
            "domain": [("payout_id", "=", self.id)],
            "context": {"search_default_group_by_category": 1},
        }

    def action_view_entries(self):
        self.ensure_one()
        moves = self.move_id + self.failure_move_id
        return moves._get_records_action(name=self.env._("Entries of %s", self.name))

    def action_view_payments(self):
        """The payments and refunds that it pays out."""
        self.ensure_one()
        moves = self.transaction_ids.move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments of %s", self.name),
            "res_model": "account.payment",
            "view_mode": "list,form",
            "domain": [("move_id", "in", moves.ids)],
            "context": {"create": False},
        }
