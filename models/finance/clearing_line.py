# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What makes the clearing account differ from the provider's balance."""

from odoo import fields, models

KINDS = [
    ("transit", "Received, not booked"),
    ("held", "Held"),
    ("payout", "Payout not booked"),
    ("later", "Booked on a later day"),
    ("earlier", "Booked on an earlier day"),
    ("stranger", "Entry without a transaction"),
    ("missing", "Not received"),
    ("opening", "Opening balance not booked"),
    ("mismatch", "Booked with another amount"),
]
# What explains nothing, although it is known where it is.
UNEXPLAINED = ("mismatch",)


class ClearingProofLine(models.Model):
    _name = "q2c.clearing.proof.line"
    _description = "Item of a Clearing Proof"
    _order = "proof_id, kind, date, id"
    _rec_name = "label"

    proof_id = fields.Many2one(
        "q2c.clearing.proof",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    connection_id = fields.Many2one(related="proof_id.connection_id", store=True)
    company_id = fields.Many2one(
        related="proof_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="proof_id.currency_id", store=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    label = fields.Char(string="Item", readonly=True)
    date = fields.Date(readonly=True)
    amount = fields.Monetary(
        readonly=True,
        help="By this, the clearing account is higher than the provider's balance.",
    )
    reason = fields.Char(readonly=True)
    transaction_id = fields.Many2one(
        "q2c.balance.transaction", readonly=True, ondelete="set null"
    )
    payout_id = fields.Many2one("q2c.payout", readonly=True, ondelete="set null")
    event_id = fields.Many2one(
        "q2c.event", string="Event in Line", readonly=True, ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", string="Entry", readonly=True, ondelete="set null"
    )

    def action_open(self):
        """Open what is to be looked at: the event that stopped, the payout, the entry,
        or the transaction."""
        self.ensure_one()
        record = self.event_id or self.payout_id or self.move_id or self.transaction_id
        return record and record._get_records_action()
