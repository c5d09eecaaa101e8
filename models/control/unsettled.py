# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Money that was received or given back, and settles nothing yet."""

from odoo import api, models


class ExceptionCase(models.Model):
    _inherit = "q2c.exception"

    @api.model
    def _report_unsettled(self, connection, cases):
        """Money waits for a person to say what it is for.

        :param cases: those of :meth:`_report_many`, each with the account.payment as
            ``payment`` instead of a key
        """
        return self._report_many(
            connection, [{**case, "key": _key(case["payment"])} for case in cases]
        )

    @api.model
    def _reconsider(self, moves):
        """Entries were matched or posted: what waited for that is resolved."""
        # sudo: the accountant who matches need not see the list
        moves = moves.sudo()
        paying = moves | moves.q2c_mirrored_move_id
        payments = paying.origin_payment_id | moves.q2c_refund_payment_id
        waiting = {_key(p): p for p in payments if p.payment_reference}
        if not waiting:
            return
        cases = self.sudo().search(
            [("key", "in", list(waiting)), ("state", "!=", "resolved")]
        )
        settled = cases.filtered(lambda case: _is_settled(waiting[case.key]))
        if settled:
            # By whoever matched it.
            settled.sudo(False)._close("resolved", self.env._("Matched in full"))


def _key(payment):
    return f"settle:{payment.payment_reference}"


def _is_settled(payment):
    """Whether all of it is matched, with entries that are posted."""
    moves = payment.move_id | payment.move_id.q2c_mirror_ids
    lines = moves.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )
    partners = (
        lines.matched_debit_ids.debit_move_id | lines.matched_credit_ids.credit_move_id
    )
    return all(lines.mapped("reconciled")) and all(
        state == "posted" for state in partners.mapped("parent_state")
    )
