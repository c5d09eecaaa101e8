# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the provider held for us when the connection began."""

from odoo import api, fields, models


class ClearingOpening(models.Model):
    _name = "q2c.clearing.opening"
    _description = "Opening Balance at the Provider"
    _order = "connection_id, currency_id"
    _rec_name = "currency_id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Datetime(
        required=True,
        readonly=True,
        help="What moved the balance before is in the opening balance.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="The provider's balance when it was first proven, less everything that "
        "moved it since this moment.",
    )
    held = fields.Monetary(
        string="To Be Entered",
        compute="_compute_held",
        help="The amount, less what an import of history brought in of it.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Opening Entry",
        check_company=True,
        ondelete="restrict",
        domain=[("move_type", "=", "entry"), ("state", "=", "posted")],
        help="The entry that brings it to the clearing account. Until it is "
        "chosen, the clearing proof lists the amount.",
    )

    _currency_uniq = models.Constraint(
        "UNIQUE (connection_id, currency_id)",
        "A connection has one opening balance in each currency.",
    )

    @api.depends("amount", "date", "connection_id.sync_from")
    def _compute_held(self):
        for opening in self:
            opening.held = opening._held()

    def _begun_at(self):
        """Since when everything is known here: an import of history moves it back."""
        return min(self.date, self.connection_id.sync_from)

    def _held(self):
        """What the provider held then."""
        begun = self._begun_at()
        if begun == self.date:
            return self.amount
        [[imported]] = self.env["q2c.balance.transaction"]._read_group(
            [
                ("connection_id", "=", self.connection_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("created", ">=", begun),
                ("created", "<", self.date),
            ],
            aggregates=["net:sum"],
        )
        return self.currency_id.round(self.amount - (imported or 0.0))
