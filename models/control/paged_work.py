# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Work on a period of the provider's, page by page, each kept with the place to go on
from: a killed process, an outage or a restart costs one page."""

import logging
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.fields import Domain

from ...canonical import Hold, Retry
from ..engine.concurrency import run_batches

_logger = logging.getLogger(__name__)


class PagedWork(models.AbstractModel):
    """What inherits it has the fields ``name`` and ``state``, and says how a step is
    done, what is left out when the provider refuses, and how much is done."""

    _name = "q2c.paged.work"
    _description = "Paged Work on a Connection"

    # The states in which there is something to do.
    _open_states = ()

    connection_id = fields.Many2one(
        "q2c.connection",
        required=True,
        ondelete="restrict",
        index=True,
        domain=lambda self: self._connection_domain(),
        default=lambda self: self._default_connection(),
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", required=True)
    place = fields.Json(
        readonly=True, copy=False, help="How far it came; it goes on from there."
    )
    progress = fields.Float(readonly=True, copy=False, aggregator=None)
    message = fields.Text(
        readonly=True, copy=False, help="Why it does not go on just now."
    )
    notes = fields.Text(readonly=True, copy=False, help="What could not be read.")
    started_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)

    _period_ordered = models.Constraint(
        "CHECK (date_from <= date_to)", "The period ends before it begins."
    )

    # ------------------------------------------------------------------
    # THE CONNECTION
    # ------------------------------------------------------------------

    @api.model
    def _connection_domain(self):
        """Those whose provider can list what it has."""
        connections = self.env["q2c.connection"]
        codes = connections._fields["provider"].get_values(self.env)
        listing = [c for c in codes if self.env[f"q2c.provider.{c}"]._listed_kinds]
        return [("provider", "in", listing)]

    @api.model
    def _default_connection(self):
        mine = Domain("company_id", "in", self.env.companies.ids)
        active = Domain("state", "=", "active")
        return self.env["q2c.connection"].search(
            mine & active & Domain(self._connection_domain()), limit=1
        )

    # ------------------------------------------------------------------
    # THE LOOP
    # ------------------------------------------------------------------

    @api.model
    def _work(self, connection):
        """Go on with what is open of ``connection``, until it is done, the time is up,
        or it has to wait."""
        run_batches(self.env, lambda _size: self._work_step(connection), 1)

    @api.model
    def _work_step(self, connection):
        """One page.

        :return: 1 where there is more to do
        """
        if connection._is_tripped():
            return 0
        record = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", self._open_states),
            ],
            order="id",
            limit=1,
        )
        if not record or record._has_to_wait():
            return 0
        record._begin()
        try:
            record._step()
        except (Retry, Hold) as failure:
            if connection._heed(failure):
                record._interrupt(failure)
                return 0
            said = record._leave_out(failure)
            record.notes = "\n".join(filter(None, (record.notes, said)))
            return 1
        record.message = False
        record.progress = record._reached()
        return 1

    def _has_to_wait(self):
        """Whether others come first; then it sees to being woken."""
        return False

    def _begin(self):
        """Called before each step."""
        if not self.started_at:
            self.started_at = fields.Datetime.now()

    def _step(self):
        """Read something and write down what became of it, and where to go on.

        :raises Retry: nothing was read
        :raises Hold: what is in hand cannot be read, or the credentials are refused
        """
        raise NotImplementedError

    def _leave_out(self, failure):
        """Go on behind what cannot be read.

        :return: the sentence that is kept of it
        """
        raise NotImplementedError

    def _reached(self):
        """How much is done, in percent."""
        raise NotImplementedError

    def _interrupt(self, failure):
        """The place is kept; it goes on when the provider can be asked again."""
        _logger.warning("%s stopped: %s", self.name, failure)
        self.message = str(failure)
        self.connection_id._wake_control(at=self.connection_id.breaker_until)

    # ------------------------------------------------------------------
    # WHAT IS READ
    # ------------------------------------------------------------------

    def _listed_kinds(self):
        """What the provider can list and Odoo can compare, in the order of dependence;
        nothing without a connection."""
        if not self.connection_id:
            return []
        listed = self.connection_id._provider()._listed_kinds
        return [kind for kind in listed if f"q2c.comparison.{kind}" in self.env]

    def _days(self, first, last):
        """[since, until) of UTC dates, both included, as aware datetimes."""
        since = datetime.combine(first, time.min, timezone.utc)
        until = datetime.combine(last, time.min, timezone.utc)
        return since, until + timedelta(days=1)

    @api.model
    def _currencies(self, compared):
        """{code: res.currency}, active or not."""
        codes = {each.currency for each in compared} - {""}
        found = self.env["res.currency"].with_context(active_test=False)
        return {
            currency.name: currency
            for currency in found.search([("name", "in", list(codes))])
        }
