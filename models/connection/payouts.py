# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Money on its way from the provider's balance to the bank."""

from odoo import fields, models


class Connection(models.Model):
    _inherit = "q2c.connection"

    transit_account_id = fields.Many2one(
        "account.account",
        string="Bank in Transit",
        check_company=True,
        domain=[("account_type", "=", "asset_current"), ("reconcile", "=", True)],
        tracking=True,
        help="Holds payouts until the bank statement line that they arrive with is "
        "reconciled with them.",
    )
    opening_ids = fields.One2many(
        "q2c.clearing.opening",
        "connection_id",
        string="Opening Balances",
        help="What the provider held when the connection began.",
    )
    payout_count = fields.Integer(compute="_compute_payout_count")

    def _compute_payout_count(self):
        counts = dict(
            self.env["q2c.payout"]._read_group(
                [("connection_id", "in", self.ids)], ["connection_id"], ["__count"]
            )
        )
        for connection in self:
            connection.payout_count = counts.get(connection, 0)

    def action_view_payouts(self):
        return self._view_action("quote_to_cash.q2c_payout_action")

    def action_prove_clearing(self):
        """Prove the clearing account as it is now."""
        proofs = self.env["q2c.clearing.proof"]._prove_for_user(
            self, fields.Date.today()
        )
        return proofs._action()

    def _set_up_accounting(self):
        result = super()._set_up_accounting()
        if not self.transit_account_id:
            self.transit_account_id = self._create_account(
                self.sudo().company_id,  # see _set_up_accounting of billing
                self.env._("%s Bank in Transit", self._accounting_label()),
                "asset_current",
                reconcile=True,
            )
        return result

    def _has_accounting(self):
        return super()._has_accounting() and bool(self.transit_account_id)

    def _transit_account(self):
        """Money on its way from or to the bank; empty where none is chosen."""
        return self.transit_account_id
