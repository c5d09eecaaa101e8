# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Whatever pays an invoice, or takes a payment back, passes here."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        moves = partials._q2c_moves()
        self.env["q2c.status"]._changed_moves(moves)
        self.env["q2c.exception"]._reconsider(moves)
        return partials

    def unlink(self):
        if not self:
            # Odoo asks for it a dozen times for each entry that it posts.
            return super().unlink()
        moves = self._q2c_moves()
        result = super().unlink()
        self.env["q2c.status"]._changed_moves(moves.exists())
        return result

    def _q2c_moves(self):
        return (self.debit_move_id + self.credit_move_id).move_id
