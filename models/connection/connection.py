# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One account at one provider, and everything that is agreed with it."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...canonical import Failure, explain
from .environment import is_production


class Connection(models.Model):
    _name = "q2c.connection"
    _description = "Connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    _webhook_token_uniq = models.UniqueIndex("(webhook_token)")

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="The first active one of a company is used for its new orders."
    )
    provider = fields.Selection(
        [], required=True, tracking=True, help="The system at the other end."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    environment = fields.Selection(
        [("test", "Test"), ("live", "Live")],
        required=True,
        default="test",
        tracking=True,
        help="Live handles real customers and money. It is refused unless odoo.conf "
        "says q2c_environment = production.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("paused", "Paused")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        help="Only active connections apply events, poll and send. Webhooks are kept "
        "while a connection is paused.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Service User",
        required=True,
        default=lambda self: self.env.ref(
            "quote_to_cash.user_service", raise_if_not_found=False
        ),
        domain=[("share", "=", False)],
        tracking=True,
        help="Records are created and changed with this user's rights.",
    )
    api_base = fields.Char(
        string="API Address",
        groups="quote_to_cash.group_manager",
        help="Only for a proxy or a simulator; empty for the provider's own.",
    )
    webhook_token = fields.Char(
        readonly=True,
        copy=False,
        groups="quote_to_cash.group_manager",
        default=lambda self: secrets.token_urlsafe(24),
    )
    webhook_url = fields.Char(
        string="Webhook Address",
        compute="_compute_webhook_url",
        groups="quote_to_cash.group_manager",
        help="Where the provider sends its events. Whoever knows it can knock, but "
        "only signed messages are let in.",
    )
    account_ref = fields.Char(
        string="Account ID",
        readonly=True,
        copy=False,
        tracking=True,
        help="The provider's id of the account or organization. Messages of any other "
        "are refused.",
    )
    account_name = fields.Char(readonly=True, copy=False)
    database_uuid = fields.Char(
        readonly=True,
        copy=False,
        help="The database that the connection was activated in. A copy with another "
        "identity pauses it.",
    )
    sync_from = fields.Datetime(
        string="Changes Since",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        tracking=True,
        help="What was last changed before is not read by itself: no old deal becomes "
        "an order. Records that a newer one refers to are fetched, however old.",
    )
    stream_ids = fields.One2many("q2c.stream", "connection_id", copy=False)
    poll_cron_id = fields.Many2one("ir.cron", readonly=True, copy=False)
    send_cron_id = fields.Many2one("ir.cron", readonly=True, copy=False)
    queued_event_count = fields.Integer(compute="_compute_counts")
    failed_event_count = fields.Integer(compute="_compute_counts")
    queued_command_count = fields.Integer(compute="_compute_counts")
    failed_command_count = fields.Integer(compute="_compute_counts")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    def _compute_counts(self):
        for model, word in (("q2c.event", "event"), ("q2c.command", "command")):
            counts = {
                (connection, state): count
                for connection, state, count in self.env[model]._read_group(
                    [
                        ("connection_id", "in", self.ids),
                        ("state", "in", ("queued", "waiting", "failed")),
                    ],
                    ["connection_id", "state"],
                    ["__count"],
                )
            }
            for connection in self:
                connection[f"queued_{word}_count"] = counts.get(
                    (connection, "queued"), 0
                ) + counts.get((connection, "waiting"), 0)
                connection[f"failed_{word}_count"] = counts.get(
                    (connection, "failed"), 0
                )

    @api.depends("webhook_token", "provider")
    def _compute_webhook_url(self):
        base = self.get_base_url()
        for connection in self:
            connection.webhook_url = f"{base}/q2c/{connection.webhook_token}"

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

    @api.constrains("environment", "state")
    def _check_environment(self):
        for connection in self:
            if (
                connection.environment == "live"
                and connection.state == "active"
                and not is_production(self.env)
            ):
                raise ValidationError(
                    self.env._(
                        "The connection %(name)s is live, but this database is not the "
                        "production one. Use a test account here, or, if it really is "
                        "production, set q2c_environment = production in odoo.conf and "
                        "restart Odoo.",
                        name=connection.name,
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_service_user(self):
        for connection in self:
            # sudo: the manager need not see the user's companies
            if connection.company_id not in connection.user_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "The service user %(user)s of the connection %(name)s has no "
                        "access to the company %(company)s. Add the company to the "
                        "user, or choose another user.",
                        user=connection.user_id.name,
                        name=connection.name,
                        company=connection.company_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._admit_default_service_user(vals_list)
        connections = super().create(vals_list)
        for connection in connections:
            connection._create_crons()
            connection._create_streams()
        return connections

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._sync_crons()
        return result

    def unlink(self):
        # sudo: the scheduled actions are the connection's own
        crons = (self.poll_cron_id + self.send_cron_id).sudo()
        result = super().unlink()
        crons.unlink()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["q2c.binding"].search(
            [("connection_id", "in", self.ids)], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "The connection %s has linked records and is needed to explain "
                    "them. Pause it instead.",
                    used.connection_id.name,
                )
            )

    @api.model
    def _admit_default_service_user(self, vals_list):
        """Give the addon's own service user access to the companies it will serve."""
        user = self.env.ref("quote_to_cash.user_service", raise_if_not_found=False)
        if not user:
            return
        companies = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
            for vals in vals_list
            if vals.get("user_id", user.id) == user.id
        )
        # sudo: a manager of this addon need not administer users; this one only
        user.sudo().write({"company_ids": [(4, company.id) for company in companies]})

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_activate(self):
        """Test, then let events, polls and commands flow."""
        self._check_manager()
        for connection in self:
            message = connection._check_health()
            if connection.health != "ok":
                raise UserError(message)
            connection._provider()._check_complete(connection)
        self.write({"state": "active", "database_uuid": self._current_uuid()})
        self._wake_queues()
        return True

    def action_pause(self):
        """Stop applying and sending. What comes in is kept."""
        self._check_manager()
        self.write({"state": "paused"})
        return True

    def action_poll_now(self):
        """Look for changes now instead of at the next scheduled time."""
        self.ensure_one()
        if self.state != "active":
            raise UserError(self.env._("Activate the connection %s first.", self.name))
        # sudo: operators may wake what the system runs
        self.sudo().stream_ids.write({"next_run": fields.Datetime.now()})
        self.sudo().poll_cron_id._q2c_wake()
        return True

    def action_load_everything(self):
        """Read all that can be loaded anew from its beginning."""
        self.ensure_one()
        self._check_manager()
        if self.state != "active":
            raise UserError(self.env._("Activate the connection %s first.", self.name))
        return self.stream_ids.action_load_everything()

    def action_view_events(self):
        return self._view_action("quote_to_cash.q2c_event_action")

    def action_view_commands(self):
        return self._view_action("quote_to_cash.q2c_command_action")

    def _view_action(self, xmlid):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "domain": [("connection_id", "=", self.id)],
            # The buttons say which filter the list opens with.
            "context": {
                name: value
                for name, value in self.env.context.items()
                if name.startswith("search_default_")
            },
        }

    def _check_manager(self):
        if self.env.su or self.env.user.has_group("quote_to_cash.group_manager"):
            return
        raise UserError(
            self.env._(
                "Only managers of Quote to Cash may do this. Ask an administrator for "
                "the role Manager."
            )
        )

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _provider(self):
        """The strategy for this connection's provider."""
        self.ensure_one()
        return self.env[f"q2c.provider.{self.provider}"]

    @api.model
    def _by_token(self, token):
        """The connection whose webhook address ends in ``token``."""
        return self.search([("webhook_token", "=", token)], limit=1)

    def _receive(self, envelopes):
        """Keep verified messages, whatever state the connection is in."""
        self.ensure_one()
        self.env["q2c.event"]._store(self, envelopes, "webhook")

    def _runnable(self):
        """The connections that may talk to their provider from this database, now.

        One that was activated in another database, of which this is a copy, is paused:
        it would answer for the original.
        """
        uuid = self._current_uuid()
        active = self.filtered(lambda connection: connection.state == "active")
        foreign = active.filtered(lambda connection: connection.database_uuid != uuid)
        for connection in foreign:
            connection.state = "paused"
            connection._message_log(
                body=self.env._(
                    "Paused: it was activated in another database, of which this one "
                    "is a copy. Check the credentials, then activate it again."
                )
            )
        live_elsewhere = active.filtered(
            lambda connection: (
                connection.environment == "live" and not is_production(self.env)
            )
        )
        return active - foreign - live_elsewhere

    def _as_service(self):
        """The connection in the environment that its flows run in: the service user's
        rights, the connection's company (its further ones can be changed to), no one's
        language or time zone."""
        self.ensure_one()
        return (
            self.with_user(self.user_id)
            .with_company(self.company_id)
            .with_context(
                allowed_company_ids=self._served_companies().ids,
                lang="en_US",
                tz="UTC",
                mail_notify_author=False,
                mail_auto_subscribe_no_notify=True,
                q2c_connection_id=self.id,
            )
        )

    def _current_uuid(self):
        # sudo: a plain fact about the database
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _odoo_ref(self, record):
        """The reference that we leave on objects made from ``record``."""
        return f"{self._current_uuid()}:{record._name}:{record.id}"

    def _open_external(self, ref):
        """Action that opens the object ``ref`` at the provider."""
        try:
            url = self._provider()._url(self, ref)
        except Failure as failure:
            raise UserError(explain(failure)) from failure
        if not url:
            raise UserError(self.env._("There is no page for %s.", ref))
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}
