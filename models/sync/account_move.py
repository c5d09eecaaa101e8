# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from . import tie_out


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "q2c.traced"]

    q2c_subscription_id = fields.Many2one(
        "q2c.subscription",
        string="Subscription",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
    )
    q2c_status = fields.Char(
        string="Provider Status",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="The status of the invoice where it was issued.",
    )
    q2c_next_attempt = fields.Date(
        string="Next Payment Attempt",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="The day on which the billing system tries to collect it the next time.",
    )
    q2c_hosted_url = fields.Char(
        string="Payment Page",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
    )
    q2c_pdf_url = fields.Char(
        string="Provider PDF",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
    )

    q2c_balance_move_id = fields.Many2one(
        "account.move",
        string="Customer Balance Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
        help="What was taken from the customer's credit for it, or added to that.",
    )
    q2c_write_off_move_id = fields.Many2one(
        "account.move",
        string="Bad Debt Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
        help="What wrote this invoice off when the billing system gave it up.",
    )
    q2c_revises_id = fields.Many2one(
        "account.move",
        string="Revises",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
        help="The voided invoice that this one takes the place of.",
    )
    q2c_revised_by_id = fields.Many2one(
        "account.move",
        string="Revised By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
        help="The invoice that took the place of this one.",
    )
    q2c_mirrored_move_id = fields.Many2one(
        "account.move",
        string="Mirrors",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
        help="The entry of the company that holds the account at the provider, where "
        "the money of this one is.",
    )
    q2c_mirror_ids = fields.One2many(
        "account.move",
        "q2c_mirrored_move_id",
        string="Mirrored In",
        readonly=True,
        groups="quote_to_cash.group_user",
        help="The entries of other companies for which the money was received.",
    )
    q2c_refunds = fields.Json(
        string="Provider Refunds",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="On a credit note: how much of it which refund gives back.",
    )
    q2c_refund_payment_id = fields.Many2one(
        "account.payment",
        string="Proposed For Refund",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="quote_to_cash.group_user",
        help="The refund without a credit note that this one was proposed for.",
    )
    q2c_figures = fields.Json(
        string="Provider Figures",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="The amounts that the invoice must have in order to be posted.",
    )
    q2c_tolerance = fields.Integer(
        string="Tolerance",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="Minor units by which the untaxed amount and each tax may differ from the "
        "provider's, because a rounding difference was booked to make the total equal.",
    )
    q2c_hold_reason = fields.Char(
        string="Not Posted Because",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
        help="Why the last posting of drafts left it behind.",
    )
    q2c_proof_ids = fields.One2many(
        "q2c.proof",
        "move_id",
        string="Proof",
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_user",
    )

    def action_q2c_open_subscription(self):
        self.ensure_one()
        return self.q2c_subscription_id._get_records_action(context={})

    def action_q2c_post_drafts(self):
        """Post what ties out of the selected drafts that were issued elsewhere."""
        # sudo: who posts need not see what the provider said
        drafts = self.filtered(lambda m: m.state == "draft" and m.sudo().q2c_figures)
        if not drafts:
            raise UserError(
                self.env._("None of these is a draft that was issued elsewhere.")
            )
        posting = self.env["q2c.posting"]
        posted, refused = posting._post_drafts(drafts)
        return posting._notification(len(posted), refused)

    def _post(self, soft=True):
        self._q2c_check_ties()
        posted = super()._post(soft=soft)
        posted._q2c_no_longer_held()
        if not self.env.context.get("q2c_connection_id"):
            # Not one of our own flows, which settle what they post themselves.
            # sudo: who posts need not see what the provider said
            ours = posted.filtered(lambda move: move.sudo().q2c_figures)
            self.env["q2c.settling"]._settle(ours)
        self.env["q2c.status"]._changed_moves(posted)
        self.env["q2c.exception"]._reconsider(posted)
        return posted

    def _compute_payment_state(self):
        """What another company received for it is a payment, though Odoo sees an entry
        only."""
        result = super()._compute_payment_state()
        # sudo: whether it was, whoever looks at the invoice
        for move in self.sudo().filtered(lambda m: m.payment_state == "reversed"):
            items = move.line_ids
            payers = (
                items.matched_credit_ids.credit_move_id
                | items.matched_debit_ids.debit_move_id
            ).move_id
            if payers.q2c_mirrored_move_id:
                move.payment_state = "paid"
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._q2c_no_longer_held()
        self.env["q2c.status"]._changed_moves(self)
        return result

    def _q2c_no_longer_held(self):
        # sudo: who posts need not see why it was held
        held = self.sudo().filtered("q2c_hold_reason")
        if held:
            self.env["q2c.posting"]._resolve(held)

    def _q2c_check_ties(self):
        """Whoever posts it: an invoice that was issued elsewhere says the same here.

        :raises UserError: a figure differs
        """
        # sudo: who posts need not see what the provider said
        for move in self.sudo().filtered("q2c_figures"):
            found = tie_out.of_move(move)
            difference = tie_out.difference(
                self.env, move.q2c_figures, found, move.q2c_tolerance
            )
            if difference:
                raise UserError(
                    self.env._(
                        "The invoice %(name)s cannot be posted: %(difference)s, as it "
                        "was issued. Undo what was changed, or cancel it and create "
                        "another one.",
                        name=move.ref,
                        difference=difference,
                    )
                )
