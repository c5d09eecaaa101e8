# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person does about exceptions."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...canonical import Ref

OPEN_WORK = ("queued", "waiting")


class ExceptionCase(models.Model):
    _inherit = "q2c.exception"

    work_state = fields.Selection(
        [("stuck", "Stands still"), ("in_line", "Being tried again"), ("none", "None")],
        string="Retry",
        compute="_compute_work_state",
        help="What became of the event or command that stood still.",
    )
    may_decide = fields.Boolean(compute="_compute_may_decide")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("event_id.state", "command_id.state")
    def _compute_work_state(self):
        for case in self:
            state = case.event_id.state or case.command_id.state
            if state == "failed":
                case.work_state = "stuck"
            else:
                case.work_state = "in_line" if state in OPEN_WORK else "none"

    @api.depends("category")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for case in self:
            try:
                case._check_may_decide()
                case.may_decide = True
            except UserError:
                case.may_decide = False

    # ------------------------------------------------------------------
    # FIXES
    # ------------------------------------------------------------------

    def action_take(self):
        """Make them one's own."""
        self._check_roles("operator", "finance")
        self.filtered(lambda c: c.user_id != self.env.user).user_id = self.env.user
        return True

    def action_retry(self):
        """Put what stands still back in line; it leaves the list when it succeeds."""
        cases = self.filtered(lambda case: case.work_state == "stuck")
        if not cases:
            raise UserError(
                self.env._(
                    "There is nothing to retry here: none of it is an event or a "
                    "command that stands still."
                )
            )
        cases._check_roles("operator", "finance")
        # sudo: the roles that may retry were checked right before
        cases = cases.sudo()
        for rows in (cases.event_id, cases.command_id):
            if rows:
                rows.action_retry()
        return True

    def action_skip(self):
        """Set aside what stands still: nothing of it is applied or sent."""
        self._check_may_decide()
        for case in self.filtered(lambda case: case.state == "open"):
            # sudo: see action_retry
            work = case.sudo().event_id or case.sudo().command_id
            if not work:
                raise UserError(
                    self.env._(
                        "%s is no event or command that could be skipped. Dismiss it "
                        "with a reason instead.",
                        case.display_name,
                    )
                )
            work._stuck_with().action_skip()
        return True

    def action_dismiss(self):
        """Ask for the reason why these may stay as they are."""
        cases = self.filtered(lambda case: case.state == "open")
        if not cases:
            raise UserError(self.env._("Only what is open can be dismissed."))
        cases._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss"),
            "res_model": "q2c.exception.dismiss",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_exception_ids": cases.ids},
        }

    def action_reopen(self):
        """Put what was dismissed back on the list."""
        cases = self.filtered(lambda case: case.state == "dismissed")
        cases._check_may_decide()
        # sudo: see _close
        cases.sudo().write(self._opening())
        return True

    # ------------------------------------------------------------------
    # LOOKING CLOSER
    # ------------------------------------------------------------------

    def action_open_event(self):
        return self.event_id._get_records_action(context={})

    def action_open_command(self):
        return self.command_id._get_records_action(context={})

    def action_open_partner(self):
        return self.partner_id._get_records_action(context={})

    def action_open_provider(self):
        """Open the object where it lives."""
        self.ensure_one()
        return self.connection_id._open_external(
            Ref(self.kind or "", self.external_id or "")
        )

    def action_show_payload(self):
        """Show what was received, or what is sent."""
        self.ensure_one()
        if self.event_id:
            return self.event_id.action_show_payload()
        return self.command_id.action_show_request()
