# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The way of a revision: reviewed, approved by another person, in force, superseded."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .policy import DRAFT, WHOLE


class Policy(models.Model):
    _inherit = "q2c.policy"

    def action_send(self):
        """Have another person look at it."""
        self._check_decider()
        for policy in self:
            policy._check_draft()
            policy._check_current()
            policy._compare()
            if not policy.change_ids:
                raise UserError(
                    self.env._(
                        "%s changes nothing of what is in force.", policy.display_name
                    )
                )
        # sudo: states are written by actions only, after their checks
        self.sudo().state = "review"
        return True

    def action_reset(self):
        """Let the author change it again; an approval is void."""
        self._check_decider()
        policies = self.filtered(lambda policy: policy.state in ("review", "approved"))
        # sudo: see action_send
        policies.sudo().write(
            {"state": DRAFT, "reviewer_id": False, "approved_at": False}
        )
        return True

    def action_approve(self):
        """Approve what another person drafted."""
        self._check_decider()
        for policy in self:
            policy._check_approvable()
            policy._check_current()
            # sudo: see action_send
            policy.sudo().write(
                {
                    "state": "approved",
                    "reviewer_id": self.env.uid,
                    "approved_at": fields.Datetime.now(),
                }
            )
        self._begin_due()
        return True

    def action_put_in_force(self):
        """Without a review, where no connection of the company asks for one."""
        self._check_decider()
        for policy in self:
            policy._check_draft()
            policy._check_current()
            if policy.needs_approval:
                raise UserError(
                    self.env._(
                        "Changes of the rules of %s need the approval of another "
                        "person. Send the revision for review.",
                        policy.company_id.name,
                    )
                )
            # sudo: see action_send
            policy.sudo().state = "approved"
            policy._message_log(body=self.env._("No approval was asked for."))
        self._begin_due()
        return True

    def action_rebase(self):
        """Make its changes those of what is in force now."""
        self._check_decider()
        for policy in self:
            policy._check_draft()
            current = self._in_force(policy.company_id)
            policy.write(
                {
                    name: [
                        fields.Command.clear(),
                        *map(fields.Command.create, policy._rebased(current, name)),
                    ]
                    for name in WHOLE
                }
            )
            policy.sudo().base_id = current  # sudo: see action_send
            policy._compare()
        return True

    def _rebased(self, current, name):
        """What the rules of one list say, where the changes of this draft are made to
        those of ``current``."""
        before, after = self.base_id._rules_said(name), self._rules_said(name)
        merged = current._rules_said(name)
        for key in (*before, *after):
            if before.get(key) == after.get(key):
                continue
            if key in after:
                merged[key] = after[key]
            else:
                merged.pop(key, None)
        return merged.values()

    # ------------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------------

    def _check_decider(self):
        """:raises UserError: the user is not of finance, which managers are, too"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "quote_to_cash.group_finance"
        ):
            raise UserError(
                self.env._(
                    "Rules are decided by finance and managers of Quote to Cash. Ask "
                    "an administrator for one of these roles."
                )
            )

    def _check_approvable(self):
        """Of people no one approves what is his own, however he comes by it.

        :raises UserError: it is not to be reviewed, or the user's own
        """
        self.ensure_one()
        if self.state != "review":
            raise UserError(
                self.env._(
                    "%s was not sent for review, so it cannot be approved.",
                    self.display_name,
                )
            )
        if self.author_id.id == self.env.uid:
            raise UserError(
                self.env._(
                    "%s is your own. It takes effect when another person approves it.",
                    self.display_name,
                )
            )

    def _check_current(self):
        """:raises UserError: it does not know of the revision that is in force"""
        self.ensure_one()
        if self.is_outdated:
            raise UserError(
                self.env._(
                    "%(policy)s was begun before %(current)s came into force, and "
                    "would undo it. Reset it to draft and use Rebase.",
                    policy=self.display_name,
                    current=self._in_force(self.company_id).display_name,
                )
            )

    # ------------------------------------------------------------------
    # IN FORCE
    # ------------------------------------------------------------------

    @api.model
    def _run_begin(self):
        """Bring into force what was approved and whose day has come; for the cron."""
        self.search([("state", "=", "approved")], order="date_from, number")._begin_due(
            alone=True
        )

    def _begin_due(self, alone=False):
        """
        :param alone: nobody looks on: what is refused is written to the revision
        """
        today = fields.Date.context_today(self)
        for policy in self:
            if policy.state != "approved" or policy.date_from > today:
                continue
            if not alone:
                policy._begin()
                continue
            try:
                with self.env.cr.savepoint():
                    policy._check_current()
                    policy._begin()
            except UserError as error:
                policy.sudo().state = DRAFT  # sudo: see action_send
                policy._message_log(
                    body=self.env._("It did not come into force: %s", error)
                )

    def _begin(self):
        """From now on this one holds."""
        self.ensure_one()
        # sudo: it was approved; what follows is the program's
        policy = self.sudo()
        # One revision after the other begins in a company.
        self.env.execute_query(
            SQL(
                "SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE",
                policy.company_id.id,
            )
        )
        policy._compare()
        now = fields.Datetime.now()
        former = policy._in_force(policy.company_id)
        former.write({"state": "superseded", "ended_at": now})
        former.flush_recordset(["state"])
        policy.write({"state": "in_force", "began_at": now})
        policy.mapping_ids._carry_out()
        policy.content = policy._live_content(policy.company_id)
        self.env["q2c.conflict"]._follow_rules(policy.company_id)
