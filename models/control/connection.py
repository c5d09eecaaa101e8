# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a connection is controlled by: the nightly comparison, and its endpoint."""

from datetime import timedelta

from odoo import fields, models

from ...canonical import Hold, explain
from ..engine.reasons import is_refusal
from .reconciliation_difference import OPEN

# What a provider may say of its endpoint, or of our asking for it.
ENDPOINT_CODES = (
    "endpoint_missing",
    "endpoint_address",
    "endpoint_disabled",
    "endpoint_version",
    "endpoint_types",
    "insufficient_access",
)
ACCESS_KEY = "connection:access"
_ENDPOINT_KEYS = {f"endpoint:{code}" for code in ENDPOINT_CODES}
# A night's run begins within this time; whatever is asked for by hand, at once.
MINUTES = 60


class Connection(models.Model):
    _inherit = "q2c.connection"

    reconcile_nightly = fields.Boolean(
        string="Reconcile Every Night",
        default=True,
        tracking=True,
        help="Compare count and sum of everything at the provider with the inbox and "
        "with Odoo.",
    )
    reconcile_period = fields.Selection(
        [("days", "The last days"), ("month", "The month to date")],
        required=True,
        default="days",
        tracking=True,
        help="What is compared every night. Any other period can be compared by hand.",
    )
    reconcile_days = fields.Integer(
        string="Days",
        default=3,
        required=True,
        tracking=True,
        help="Days before the night of the run.",
    )
    control_cron_id = fields.Many2one("ir.cron", readonly=True, copy=False)
    endpoint_message = fields.Text(
        string="Webhook Endpoint Faults",
        readonly=True,
        copy=False,
        help="What keeps the provider from sending everything by itself, as of the "
        "last nightly run.",
    )
    open_difference_count = fields.Integer(compute="_compute_open_difference_count")

    _reconcile_days_positive = models.Constraint(
        "CHECK (reconcile_days > 0)", "At least one day must be reconciled."
    )

    def _compute_open_difference_count(self):
        counts = dict(
            self.env["q2c.reconciliation.difference"]._read_group(
                [
                    ("connection_id", "in", self.ids),
                    ("state", "in", OPEN),
                ],
                ["connection_id"],
                ["__count"],
            )
        )
        for connection in self:
            connection.open_difference_count = counts.get(connection, 0)

    def _reconcile_from(self, last_day):
        """First day of a nightly run that ends with ``last_day``."""
        if self.reconcile_period == "month":
            return last_day.replace(day=1)
        return last_day - timedelta(days=self.reconcile_days - 1)

    # ------------------------------------------------------------------
    # SCHEDULED ACTION
    # ------------------------------------------------------------------

    def _create_crons(self):
        result = super()._create_crons()
        self._create_control_cron()
        return result

    def _create_control_cron(self):
        """One of its own: comparing takes long, and must not hold up polls."""
        word = self.env._("control")
        self.control_cron_id = self._create_cron(word, "_run_control", MINUTES)

    def _sync_crons(self):
        result = super()._sync_crons()
        for connection in self:
            connection._switch(connection.control_cron_id)
        return result

    def unlink(self):
        # sudo: the scheduled actions are the connection's own
        crons = self.sudo().control_cron_id
        result = super().unlink()
        crons.unlink()
        return result

    def _run_control(self):
        for connection in self._runnable():
            self.env["q2c.reconciliation.difference"]._work(connection)
            self.env["q2c.reconciliation.run"]._plan_nightly(connection)
            self.env["q2c.reconciliation.run"]._work(connection)
            self.env["q2c.history.import"]._work(connection)

    def _wake_control(self, at=None):
        """Have what is asked for by hand done soon.

        :param at: UTC datetime before which there is nothing to do
        """
        # sudo: waking is open to whoever may ask for the work
        for connection in self.sudo():
            if not connection.control_cron_id:
                connection._create_control_cron()
            if at:
                connection.control_cron_id._trigger(at=at)
            else:
                connection.control_cron_id._q2c_wake()

    # ------------------------------------------------------------------
    # ENDPOINT
    # ------------------------------------------------------------------

    def _check_endpoint(self):
        """Rule 3: whether the provider tells us of everything by itself.

        :return: what is wrong, a list of Holds
        :raises Retry: it did not answer
        :raises Hold: it refuses the credentials
        """
        self.ensure_one()
        try:
            faults = self._provider()._endpoint_faults(self)
        except Hold as failure:
            if is_refusal(failure):
                raise
            faults = [failure]
        message = "\n".join(map(explain, faults))
        if faults:
            self._set_health("error", message)
        elif self.endpoint_message and self.health_message == self.endpoint_message:
            self._set_health("ok", self.env._("The webhook endpoint is in order."))
        self.endpoint_message = message
        self._report_endpoint(faults)
        return faults

    def _report_endpoint(self, faults):
        """Each fault is an exception until it is put right."""
        exceptions = self.env["q2c.exception"]
        cases = [
            {
                "key": f"endpoint:{fault.code}",
                "code": fault.code,
                "severity": "critical",
                "record": self,
                "message": fault.message,
                "remedy": fault.remedy,
            }
            for fault in faults
        ]
        told = {case["key"] for case in cases}
        exceptions._resolve_keys(self, _ENDPOINT_KEYS - told)
        exceptions._report_many(self, cases)

    # ------------------------------------------------------------------
    # CREDENTIALS
    # ------------------------------------------------------------------

    def _tell_shut_out(self, failure):
        self.env["q2c.exception"]._report(
            self,
            failure.code,
            self.env._(
                "%(provider)s does not accept the credentials of the connection "
                "%(name)s, so nothing is sent or polled: %(reason)s",
                provider=self._fields["provider"].convert_to_export(
                    self.provider, self
                ),
                name=self.name,
                reason=failure.message,
            ),
            self.env._(
                "%(remedy)s Then press Test Connection: what stands in line goes out "
                "by itself.",
                remedy=failure.remedy or self.env._("Enter valid credentials."),
            ),
            key=ACCESS_KEY,
            record=self,
            severity="critical",
        )
        return super()._tell_shut_out(failure)

    def _tell_let_in(self):
        how = self.env._("The provider accepts the credentials")
        self.env["q2c.exception"]._resolve_keys(self, [ACCESS_KEY], how)
        self._wake_control()
        return super()._tell_let_in()

    # ------------------------------------------------------------------
    # LISTENING
    # ------------------------------------------------------------------

    def _tell_unheard(self, topic, failure):
        self.env["q2c.exception"]._report(
            self,
            failure.code,
            self.env._(
                "The connection %(name)s does not hear of changes at once, but by its "
                "polls: %(reason)s",
                name=self.name,
                reason=failure.message,
            ),
            getattr(failure, "remedy", "")
            or self.env._(
                "See whether this server may reach the event bus address of the "
                "connection, by default api.pubsub.salesforce.com, port 7443. It is "
                "tried again by itself."
            ),
            key=f"topic:{topic.name}",
            record=self,
        )
        return super()._tell_unheard(topic, failure)

    def _tell_settled(self, topic, how):
        exceptions = self.env["q2c.exception"]
        exceptions._resolve_keys(self, [f"topic:{topic.name}"], how)
        return super()._tell_settled(topic, how)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_view_reconciliation_runs(self):
        return self._view_action("quote_to_cash.q2c_reconciliation_run_action")

    def action_view_differences(self):
        return self._view_action("quote_to_cash.q2c_reconciliation_difference_action")
