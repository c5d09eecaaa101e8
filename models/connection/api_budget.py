# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 13: a connection takes no more than its share of the account's daily calls.

What can wait does, the less urgent first: status updates, then polls and loads. Never
what a webhook needs to be understood, and never money.
"""

from datetime import timedelta

from odoo import api, fields, models

from ...canonical import Retry
from .api_use import Use

# Parts of the budget in use from which on something waits. What is left behind the
# last one is for webhooks.
UPDATES_WAIT_FROM = 0.90
POLLS_WAIT_FROM = 0.97
# Others use the account as well, so what frees it is not ours to foretell.
LONGEST_WAIT = timedelta(hours=1)
SHORTEST_WAIT = timedelta(minutes=5)
# Commands that can wait: they tell what is known here.
PATIENT_KINDS = ("status",)


class Connection(models.Model):
    _inherit = "q2c.connection"

    api_share = fields.Integer(
        string="Share of Daily Calls (%)",
        default=50,
        required=True,
        tracking=True,
        help="The part of the account's daily API allocation that this connection may "
        "take. When it is nearly used, status updates wait until calls are free again, "
        "then polls; webhooks never do.",
    )
    is_metered = fields.Boolean(compute="_compute_is_metered")
    api_calls = fields.Integer(
        string="Calls in 24 Hours", compute="_compute_api_use", help="Our own."
    )
    api_used = fields.Integer(
        string="Used by All",
        compute="_compute_api_use",
        help="Calls of everybody who uses the account, as it told last.",
    )
    api_allowed = fields.Integer(string="Allocation", compute="_compute_api_use")
    api_budget = fields.Integer(
        string="Our Share", compute="_compute_api_use", help="In calls a day."
    )
    api_budget_used = fields.Float(
        string="Share in Use (%)", compute="_compute_api_use", digits=(5, 1)
    )
    api_waits = fields.Selection(
        [("updates", "Status updates"), ("polls", "Status updates and polls")],
        string="Waiting for Calls",
        compute="_compute_api_use",
    )

    _api_share_percent = models.Constraint(
        "CHECK (api_share BETWEEN 1 AND 100)",
        "The share of the daily calls must be between 1 and 100 percent.",
    )

    @api.depends("provider")
    def _compute_is_metered(self):
        for connection in self:
            connection.is_metered = bool(
                connection.provider and connection._provider()._is_metered
            )

    @api.depends("api_share")
    def _compute_api_use(self):
        uses = self.env["q2c.api.use"]._of(self)
        for connection in self:
            use = uses.get(connection.id, Use())
            level = connection._level(use)
            connection.api_calls = use.calls
            connection.api_used = use.used
            connection.api_allowed = use.allowed
            connection.api_budget = connection._budget(use)
            connection.api_budget_used = 100 * level
            connection.api_waits = _waiting(level)

    def action_refresh_api_use(self):
        """Ask the provider how much of the allocation is in use."""
        self.ensure_one()
        self._check_manager()
        self._check_health()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _budget(self, use):
        """Our share of the allocation, in calls; zero where it is not known."""
        return use.allowed * self.api_share // 100

    def _level(self, use):
        """Which part of what we may use is in use: ours or, where others have left less
        than that, the whole account's. What it said an hour ago says nothing: it is
        asked again, or it would never tell that there are calls again."""
        budget = self._budget(use)
        if not budget:
            return 0.0
        fresh = use.told_at > fields.Datetime.now() - LONGEST_WAIT
        return max(use.calls / budget, use.used / use.allowed if fresh else 0.0)

    def _budget_failure(self, for_polls=False):
        """Why status updates, or polls, are to wait: a Retry, or None."""
        self.ensure_one()
        if not self._provider()._is_metered:
            return None
        use = self.env["q2c.api.use"]._of(self).get(self.id, Use())
        limit = POLLS_WAIT_FROM if for_polls else UPDATES_WAIT_FROM
        if self._level(use) < limit:
            return None
        after = self._until_free(use, limit)
        return Retry(
            "api_budget",
            f"{self.name} made {use.calls} of its {self._budget(use)} calls within 24 "
            f"hours, and {use.used} of {use.allowed} of the account are used. It goes "
            f"on by itself; {fields.Datetime.now() + after} UTC is the next look.",
            after=after,
        )

    def _until_free(self, use, limit):
        """How long what can wait is left alone."""
        excess = use.calls - int(limit * self._budget(use)) + 1
        free_at = excess > 0 and self.env["q2c.api.use"]._free_at(self, excess)
        wait = free_at - fields.Datetime.now() if free_at else LONGEST_WAIT
        return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)

    def _defer_updates(self):
        """Put off what is due and can wait, all at once, where the share is nearly
        used."""
        due = self.env["q2c.command"].search(
            [
                ("connection_id", "=", self.id),
                ("kind", "in", PATIENT_KINDS),
                ("state", "in", ("queued", "waiting")),
                ("next_attempt", "<=", fields.Datetime.now()),
            ]
        )
        failure = due and self._budget_failure()
        if failure:
            # What another transaction is changing right now is met at the next run.
            due.try_lock_for_update().write(
                {
                    "state": "waiting",
                    "reason": failure.code,
                    "message": failure.message,
                    "next_attempt": fields.Datetime.now() + failure.after,
                }
            )


def _waiting(level):
    if level >= POLLS_WAIT_FROM:
        return "polls"
    return "updates" if level >= UPDATES_WAIT_FROM else False
