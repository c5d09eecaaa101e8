# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The movements of the balance that the provider keeps for us, as it tells them."""

from odoo import api, fields, models


def in_words(category):
    """The provider's word for a category, as a person reads it."""
    return (category or "").replace("_", " ").capitalize()


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
    category_label = fields.Char(
        string="Category Name", compute="_compute_category_label"
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
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The entry that its amount is in.",
    )
    booked_with = fields.Selection(
        [
            ("payment", "Its payment"),
            ("refund", "Its refund"),
            ("dispute", "Its dispute"),
            ("payout", "Its payout"),
        ],
        readonly=True,
        help="What books the amount. Empty: an entry of its own, to the account that "
        "its category has on the connection.",
    )
    dispute_id = fields.Many2one(
        "q2c.dispute", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    is_booked = fields.Boolean(
        string="Booked",
        compute="_compute_booked",
        store=True,
        help="Its amount is in the books. The fee has an entry of its own.",
    )
    unbooked = fields.Monetary(
        string="Not Booked",
        compute="_compute_booked",
        store=True,
        help="What of the net is not in the books: by this the clearing account "
        "differs from the provider's balance.",
    )
    payout_id = fields.Many2one(
        "q2c.payout",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The payout that its net was paid out with.",
    )
    hold_reason = fields.Char(
        readonly=True, help="Why it, or its fee, could not be booked."
    )

    @api.depends("category")
    def _compute_category_label(self):
        for record in self:
            record.category_label = in_words(record.category)

    @api.depends(
        "amount", "fee", "move_id.state", "fee_move_id.state", "currency_id.name"
    )
    def _compute_booked(self):
        for record in self:
            missing = record._missing_parts()
            record.is_booked = "amount" not in missing
            record.unbooked = record.currency_id.round(
                ("amount" in missing and record.amount)
                - ("fee" in missing and record.fee)
            )

    def _missing_parts(self):
        """Which of amount and fee is not in the books: a set of the fields' names."""
        self.ensure_one()
        entries = {"amount": self.move_id, "fee": self.fee_move_id}
        return {
            name
            for name, move in entries.items()
            if self[name] and move.state != "posted"
        }

    @api.model
    def _own_categories(self):
        """The categories, of all that came, that no other object books."""
        groups = self._read_group([("booked_with", "=", False)], ["category"])
        return [category for (category,) in groups if category]

    def action_view_entries(self):
        self.ensure_one()
        moves = self.move_id + self.fee_move_id
        return moves._get_records_action(name=self.env._("Entries of %s", self.name))
