# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When what was issued elsewhere is posted here."""

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get


class Connection(models.Model):
    _inherit = "q2c.connection"

    invoice_posting = fields.Selection(
        [
            ("post", "Post at once what ties out"),
            ("window", "Post what ties out once a day"),
            ("draft", "Leave as drafts until finance posts them"),
        ],
        required=True,
        default="post",
        tracking=True,
        help="Invoices and credit notes are compared with the provider's as soon as "
        "they come. Whose figures differ are never posted.",
    )
    posting_time = fields.Float(
        default=2.0, tracking=True, help="When the drafts of the day are posted."
    )
    posting_tz = fields.Selection(
        _tz_get,
        string="Posting Time Zone",
        default=lambda self: self.env.user.tz or "UTC",
    )
    next_posting = fields.Datetime(compute="_compute_next_posting", store=True)
    rounding_tolerance = fields.Integer(
        tracking=True,
        help="In the smallest units of the currency (cents): a document whose untaxed "
        "amount, taxes or total differ from the provider's by no more is booked, with "
        "a line to the rounding account that makes the total equal. 0: it is held.",
    )
    rounding_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("account_type", "not in", ("asset_receivable", "liability_payable"))],
        tracking=True,
        help="Where rounding differences within the tolerance are booked.",
    )
    lock_policy = fields.Selection(
        [
            ("hold", "Wait until the period is opened"),
            ("exception", "Wait until a lock date exception is approved"),
            ("next_open", "Book on the first open day"),
        ],
        string="Closed Periods",
        required=True,
        default="hold",
        tracking=True,
        help="What becomes of a document that is dated in a closed period. An entry "
        "that bears another date, or stands in a closed period by an exception, says "
        "why.",
    )
    locked_count = fields.Integer(
        compute="_compute_locked_count", string="Held by a Lock Date"
    )
    draft_count = fields.Integer(compute="_compute_draft_count", string="Drafts")

    _tolerance_positive = models.Constraint(
        "CHECK (rounding_tolerance >= 0)", "The tolerance is not negative."
    )

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def _set_up_accounting(self):
        result = super()._set_up_accounting()
        if not self.rounding_account_id:
            # sudo: see billing
            self.rounding_account_id = self._create_account(
                self.sudo().company_id,
                self.env._("Rounding Differences"),
                "expense",
            )
        return result

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("invoice_posting", "posting_time", "posting_tz")
    def _compute_next_posting(self):
        for connection in self:
            in_window = connection.invoice_posting == "window"
            connection.next_posting = in_window and connection._next_window()

    def _next_window(self):
        """The next time, from now on, that the clocks of the zone show it."""
        zone = ZoneInfo(self.posting_tz or "UTC")
        now = fields.Datetime.now().replace(tzinfo=timezone.utc).astimezone(zone)
        minutes = round((self.posting_time or 0.0) * 60) % (24 * 60)
        today = now.replace(
            hour=minutes // 60, minute=minutes % 60, second=0, microsecond=0
        )
        window = today if today > now else today + timedelta(days=1)
        return window.astimezone(timezone.utc).replace(tzinfo=None)

    def _compute_draft_count(self):
        for connection in self:
            domain = self.env["q2c.posting"]._domain(connection)
            # sudo: a number only; who sees the connection need not see its invoices
            connection.draft_count = (
                self.env["account.move"].sudo().search_count(domain)
            )

    def _compute_locked_count(self):
        for connection in self:
            connection.locked_count = len(connection._locked_events())

    def _locked_events(self):
        """What was held because its period is closed."""
        return self.env["q2c.event"].search(
            [
                ("connection_id", "in", self.ids),
                ("state", "=", "failed"),
                ("reason", "=", "period_locked"),
            ]
        )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_approve_lock_exception(self):
        """Ask until when, from which day on and why."""
        self.ensure_one()
        self._check_finance()
        moments = self._locked_events().mapped("occurred_at")
        first = min(filter(None, moments), default=fields.Datetime.now())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve a Lock Date Exception"),
            "res_model": "q2c.lock.approval",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_connection_id": self.id,
                "default_open_from": first.date(),
            },
        }

    def action_post_drafts(self):
        """Post what ties out now, instead of in the next window."""
        self.ensure_one()
        self._check_finance()
        service = self._as_service()
        posting = service.env["q2c.posting"]
        drafts = service.env["account.move"].search(posting._domain(service))
        posted, refused = posting._post_drafts(drafts)
        self._log_posting(len(posted), len(refused))
        return posting._notification(len(posted), refused)

    def action_view_drafts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        domain = self.env["q2c.posting"]._domain(self)
        return {**action, "domain": list(domain), "context": {"create": False}}

    def _check_finance(self):
        if self.env.su or self.env.user.has_group("quote_to_cash.group_finance"):
            return
        raise UserError(
            self.env._(
                "Only finance may do this. Ask an administrator for the Quote to Cash "
                "role Finance."
            )
        )

    # ------------------------------------------------------------------
    # THE WINDOW
    # ------------------------------------------------------------------

    @api.model
    def _run_posting(self):
        """Entry point of the scheduled action: post what the windows that have opened
        are for."""
        due = self.search(
            [
                ("invoice_posting", "=", "window"),
                ("state", "=", "active"),
                ("next_posting", "<=", fields.Datetime.now()),
            ]
        )
        for connection in due._runnable():
            posted, refused = self.env["q2c.posting"]._run(connection._as_service())
            if posted or refused:
                connection._log_posting(posted, refused)
            connection.next_posting = connection._next_window()
            self.env["ir.cron"]._commit_progress()

    def _log_posting(self, posted, refused):
        self._message_log(
            body=self.env._(
                "%(posted)s drafts were posted, %(refused)s were refused.",
                posted=posted,
                refused=refused,
            )
        )
