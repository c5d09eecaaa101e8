# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is polled, how often, and how far it has been read."""

import logging
from datetime import timedelta

from odoo import fields, models

from ...canonical import Failure

_logger = logging.getLogger(__name__)

PAGES_PER_RUN = 50


class Stream(models.Model):
    _name = "q2c.stream"
    _description = "Polled Stream"
    _order = "connection_id, sequence, id"

    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True, translate=True)
    source = fields.Selection(
        [("poll", "Poll"), ("sweep", "Sweep of missed events")],
        required=True,
        readonly=True,
        default="poll",
    )
    active = fields.Boolean(default=True)
    interval = fields.Integer(
        string="Every (minutes)",
        default=5,
        required=True,
        help="Minutes between polls.",
    )
    overlap = fields.Integer(
        string="Overlap (seconds)",
        default=300,
        required=True,
        help="How far before the last seen change the next poll starts, for rows that "
        "were committed late. Repeats are recognised and cost nothing.",
    )
    cursor = fields.Json(readonly=True, copy=False)
    next_run = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, copy=False
    )
    last_run = fields.Datetime(readonly=True, copy=False)
    last_count = fields.Integer(string="New in Last Run", readonly=True, copy=False)
    message = fields.Text(readonly=True, copy=False)

    _code_uniq = models.Constraint(
        "UNIQUE (connection_id, code)", "A stream exists once per connection."
    )
    _interval_positive = models.Constraint(
        "CHECK (interval > 0 AND overlap >= 0)",
        "The interval must be positive and the overlap must not be negative.",
    )

    def action_poll_now(self):
        """Have this stream read at once."""
        self.connection_id.check_access("read")
        # sudo: operators may wake what the system runs
        self.sudo().next_run = fields.Datetime.now()
        self.connection_id.sudo().poll_cron_id._q2c_wake()
        return True

    def _poll(self):
        """Read every stream that is due, page by page, each page kept before the next
        is asked for."""
        for stream in self.filtered(lambda s: s.next_run <= fields.Datetime.now()):
            try:
                stream._read_pages()
                stream.message = False
            except Failure as failure:
                # The page in hand was not kept; the cursor still points before it.
                _logger.warning("Polling %s stopped: %s", stream.name, failure)
                stream.message = str(failure)
                stream.connection_id._heed(failure)
            stream.last_run = fields.Datetime.now()
            stream.next_run = stream.last_run + timedelta(minutes=stream.interval)
            if not self.env["ir.cron"]._commit_progress(1):
                return
            if stream.connection_id._is_tripped():
                return

    def _read_pages(self):
        self.ensure_one()
        connection = self.connection_id
        provider = connection._provider()
        self.last_count = 0
        cursor = provider._start(self, self.cursor or {})
        for _page in range(PAGES_PER_RUN):
            page = provider._list(connection, self.code, cursor)
            added = self.env["q2c.event"]._store(
                connection, page.envelopes, self.source
            )
            cursor = page.cursor
            self.cursor = cursor
            self.last_count += len(added)
            time_left = self.env["ir.cron"]._commit_progress(0)
            if not page.more or not time_left:
                break
