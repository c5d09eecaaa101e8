# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person is shown of a connection: the next step, its links, the last days."""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date

DAYS = 7
# What is left to do, in this order.
STEPS = [
    ("credentials", "Enter credentials"),
    ("sign_in", "Sign in"),
    ("accounting", "Set up accounting"),
    ("webhook", "Register webhooks"),
    ("test", "Test"),
    ("activate", "Activate"),
    ("none", "Nothing"),
]


class Connection(models.Model):
    _inherit = "q2c.connection"

    next_step = fields.Selection(STEPS, compute="_compute_next_step")
    next_step_help = fields.Char(compute="_compute_next_step")
    is_breaker_open = fields.Boolean(compute="_compute_is_breaker_open")
    binding_count = fields.Integer(
        string="Linked Object Count", compute="_compute_binding_count"
    )
    exception_count = fields.Integer(
        string="Open Exceptions", compute="_compute_exception_count"
    )
    last_event_at = fields.Datetime(string="Last Event", compute="_compute_last_event")
    dashboard_graph = fields.Text(compute="_compute_dashboard_graph")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends(
        "provider",
        "state",
        "health",
        "invoice_journal_id",
        "payment_journal_id",
        "fee_account_id",
        "customer_credit_account_id",
        "transit_account_id",
        "salesforce_sign_in",
        "salesforce_client_id",
    )
    def _compute_next_step(self):
        sentences = self._step_sentences()
        for connection in self:
            open_steps = connection.provider and connection._open_steps() or {"none"}
            step = next(step for step, _label in STEPS if step in open_steps)
            connection.next_step = step
            connection.next_step_help = sentences.get(step, "")

    def _compute_is_breaker_open(self):
        for connection in self:
            connection.is_breaker_open = connection._is_breaker_open()

    def _compute_binding_count(self):
        counts = dict(
            self.env["q2c.binding"]._read_group(
                [("connection_id", "in", self.ids)], ["connection_id"], ["__count"]
            )
        )
        for connection in self:
            connection.binding_count = counts.get(connection, 0)

    def _compute_exception_count(self):
        counts = dict(
            self.env["q2c.exception"]._read_group(
                [("connection_id", "in", self.ids), ("state", "=", "open")],
                ["connection_id"],
                ["__count"],
            )
        )
        for connection in self:
            connection.exception_count = counts.get(connection, 0)

    def _compute_last_event(self):
        for connection in self:
            # The last row instead of the latest time: that one is found by its index.
            last = self.env["q2c.event"].search(
                [("connection_id", "in", connection.ids)], order="id desc", limit=1
            )
            connection.last_event_at = last.received_at

    def _compute_dashboard_graph(self):
        today = fields.Date.context_today(self)
        days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
        counts = self._count_events_by_day(days[0])
        for connection in self:
            values = [
                {
                    "label": format_date(self.env, day, date_format="EEE d"),
                    "value": counts.get((connection, day), 0),
                    "type": "future" if day == today else "past",
                }
                for day in days
            ]
            connection.dashboard_graph = json.dumps(
                [{"key": self.env._("Events"), "values": values}]
            )

    def _count_events_by_day(self, first_day):
        """{(connection, date): number of events received}"""
        groups = self.env["q2c.event"]._read_group(
            [("connection_id", "in", self.ids), ("received_at", ">=", first_day)],
            ["connection_id", "received_at:day"],
            ["__count"],
        )
        return {
            (connection, moment.date()): count for connection, moment, count in groups
        }

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    def _open_steps(self):
        """The steps (set of codes) between this connection and running."""
        self.ensure_one()
        if self.state == "active":
            return {"none"}
        return {"activate"} if self.health == "ok" else {"activate", "test"}

    def _step_sentences(self):
        return {
            "credentials": self.env._("Enter the credentials below, then save."),
            "sign_in": self.env._(
                "Press Sign In with Salesforce and allow the access there."
            ),
            "accounting": self.env._(
                "Press Set Up Accounting to create the journals, or choose them on the "
                "page Accounting."
            ),
            "webhook": self.env._(
                "Press Create Webhook Endpoint, or enter the signing secret of an "
                "endpoint that exists."
            ),
            "test": self.env._("Press Test Connection to see whether it answers."),
            "activate": self.env._(
                "Everything is ready. Press Activate to let the data flow."
            ),
        }

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_view_bindings(self):
        return self._view_action("quote_to_cash.q2c_binding_action")

    def action_view_subscriptions(self):
        return self._view_action("quote_to_cash.q2c_subscription_action")

    def action_view_exceptions(self):
        return self._view_action("quote_to_cash.q2c_exception_action")
