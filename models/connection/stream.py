# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is polled, how often, and how far it has been read."""

import logging
from datetime import timedelta

from odoo import api, fields, models

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
    reread_from = fields.Datetime(
        readonly=True,
        copy=False,
        help="The next poll, which is due, begins there or earlier: something changed, "
        "and it was not said what.",
    )
    last_run = fields.Datetime(readonly=True, copy=False)
    last_count = fields.Integer(string="New in Last Run", readonly=True, copy=False)
    message = fields.Text(readonly=True, copy=False)
    is_loading = fields.Boolean(
        compute="_compute_load_progress",
        help="It is being read from its beginning.",
    )
    load_progress = fields.Float(
        string="Loaded (%)", compute="_compute_load_progress", digits=(5, 1)
    )
    can_load = fields.Boolean(compute="_compute_can_load")

    _code_uniq = models.Constraint(
        "UNIQUE (connection_id, code)", "A stream exists once per connection."
    )
    _interval_positive = models.Constraint(
        "CHECK (interval > 0 AND overlap >= 0)",
        "The interval must be positive and the overlap must not be negative.",
    )

    # ------------------------------------------------------------------
    # LOADING
    # ------------------------------------------------------------------

    @api.depends("cursor")
    def _compute_load_progress(self):
        for stream in self:
            load = (stream.cursor or {}).get("load")
            stream.is_loading = load is not None
            done, total = (load or {}).get("done"), (load or {}).get("total")
            stream.load_progress = total and min(100 * (done or 0) / total, 100)

    def _compute_can_load(self):
        for stream in self:
            provider = stream.connection_id._provider()
            stream.can_load = provider._load(stream) is not None

    def action_load_everything(self):
        """Have these streams read anew from their beginning. What is known already is
        recognised; the rest is applied like any other change."""
        self.connection_id._check_manager()
        # sudo: how far a stream was read is the engine's to write
        for stream in self.sudo():
            cursor = stream.connection_id._provider()._load(stream)
            if cursor is not None:
                stream.cursor = cursor
                stream.next_run = fields.Datetime.now()
        self.connection_id.sudo().poll_cron_id._q2c_wake()
        return True

    def _is_to_load(self):
        """Whether it is still before, or within, its first complete reading."""
        return not self.cursor or self.is_loading

    # ------------------------------------------------------------------
    # POLLING
    # ------------------------------------------------------------------

    def _fall_behind(self, behind):
        """Have streams polled at once.

        A note of its own, which a poll that is under way leaves alone: it may have read
        past what is meant.

        :param behind: {code: since when (aware)}
        """
        concerned = self.filtered(lambda stream: stream.code in behind)
        for stream in concerned:
            since = behind[stream.code].replace(tzinfo=None, microsecond=0)
            stream.reread_from = min(since, stream.reread_from or since)
        # sudo: scheduled actions are the system's
        for cron in concerned.sudo().connection_id.poll_cron_id:
            cron._q2c_wake()

    def _is_due(self):
        return bool(self.reread_from) or self.next_run <= fields.Datetime.now()

    def action_poll_now(self):
        """Have this stream read at once."""
        self.connection_id.check_access("read")
        # sudo: operators may wake what the system runs
        self.sudo().next_run = fields.Datetime.now()
        self.connection_id.sudo().poll_cron_id._q2c_wake()
        return True

    def _poll(self):
        """Read every stream that is due, page by page, each page kept before the next
        is asked for.

        They stand in the order of dependence. While one is being loaded, those that
        come after it and are to be loaded too wait for it: what they refer to would
        have to be fetched piece by piece.
        """
        loading = False
        for stream in self:
            if loading and stream._is_to_load():
                continue
            if stream._is_due() and not stream._poll_one():
                return
            loading = loading or stream.is_loading

    def _poll_one(self):
        """:return: whether there is time for another one, and the provider answers"""
        delay = timedelta(minutes=self.interval)
        try:
            delay = self._read_pages()
            self.message = False
        except Failure as failure:
            # The page in hand was not kept; the cursor still points before it.
            _logger.warning("Polling %s stopped: %s", self.name, failure)
            self.message = str(failure)
            self.connection_id._heed(failure)
            delay = max(delay, getattr(failure, "after", None) or delay)
        self.last_run = fields.Datetime.now()
        self.next_run = self.last_run + delay
        if delay < timedelta(minutes=1):
            # Sooner than the scheduled action would look by itself.
            # sudo: scheduled actions are the system's
            self.connection_id.sudo().poll_cron_id._trigger(at=self.next_run)
        time_left = self.env["ir.cron"]._commit_progress(1)
        return bool(time_left) and not self.connection_id._is_tripped()

    def _read_pages(self):
        """:return: how long to leave the stream alone"""
        self.ensure_one()
        connection = self.connection_id
        provider = connection._provider()
        self.last_count = 0
        cursor, reread = self.cursor or {}, self.reread_from
        if reread:
            cursor = provider._rewind(cursor, reread)
        cursor = provider._start(self, cursor)
        for _page in range(PAGES_PER_RUN):
            waits = connection._budget_failure(for_polls=True)
            if waits:
                raise waits
            page = provider._list(connection, self.code, cursor)
            added = self.env["q2c.event"]._store(
                connection, page.envelopes, "load" if "load" in cursor else self.source
            )
            cursor = page.cursor
            self.cursor = cursor
            if reread:
                # Only now: what is noted from here on may be in none of these pages.
                self.reread_from = reread = False
            self.last_count += len(added)
            time_left = self.env["ir.cron"]._commit_progress(0)
            if page.again is not None:
                return page.again
            if not page.more:
                return timedelta(minutes=self.interval)
            if not time_left:
                break
        return timedelta()
