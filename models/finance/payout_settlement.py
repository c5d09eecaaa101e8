# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a payout leaves open in the clearing account: nothing."""

from odoo import models

from ..sync.tie_out import minor_units


class Payout(models.Model):
    _inherit = "q2c.payout"

    def _settle_clearing(self):
        """Reconcile the clearing items of these payouts with those of what they pay
        out, as soon as all of it is booked. What is open there is what the provider
        still holds, and differences of exchange rates are realised.
        """
        plan = [
            lines
            for payout in self
            if payout._is_itemized() and (lines := payout._clearing_items())
        ]
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    def _is_itemized(self):
        """Whether it and all that it pays out is in the books."""
        self.ensure_one()
        moved = self.transaction_ids + self.transaction_id
        return (
            self.booking in ("booked", "reversed")
            and self.reconciliation == "completed"
            and self.transaction_ids
            and not any(record._missing_parts() for record in moved)
        )

    def _clearing_items(self):
        """The open items, where they settle each other but for what stays in the
        balance; none where they do not, because somebody matched one otherwise."""
        self.ensure_one()
        moved = self.transaction_ids + self.transaction_id
        clearing = self.connection_id._clearing_account()
        lines = (moved.move_id + moved.fee_move_id).line_ids.filtered(
            lambda line: line.account_id == clearing and not line.reconciled
        )
        code = moved.currency_id[:1].name
        left = minor_units(sum(lines.mapped("amount_residual_currency")), code)
        if len(lines) < 2 or left != minor_units(self.carried, code):
            return lines.browse()
        return lines
