# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The way of an import: day by day, so that the books grow in their order, and within a
day kind by kind and page by page."""

import logging
from datetime import date, datetime, time, timedelta, timezone

from odoo import api, fields, models

from ..canonical import Hold, Retry, explain
from ..models.control import compare
from ..models.engine.concurrency import run_batches

_logger = logging.getLogger(__name__)

# As many of its events may stand in line: what happens today must not wait behind
# years of history.
MAX_OPEN = 500
PAUSE = timedelta(minutes=1)


class HistoryImport(models.Model):
    _inherit = "q2c.history.import"

    # ------------------------------------------------------------------
    # THE LOOP
    # ------------------------------------------------------------------

    @api.model
    def _work(self, connection):
        """Go on with the imports of ``connection``, until they are done, the time is
        up, the inbox is full or the provider does not answer."""
        run_batches(self.env, lambda: self._work_step(connection), 1)

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
                ("state", "in", ("checking", "running")),
            ],
            order="id",
            limit=1,
        )
        if not record or record._is_too_fast():
            return 0
        try:
            record._step()
        except (Retry, Hold) as failure:
            if connection._heed(failure):
                record._interrupt(failure)
                return 0
            record._give_up(failure)
        return 1

    def _is_too_fast(self):
        """Whether the lanes have to catch up first."""
        mine = [("import_id", "=", self.id), ("state", "=", "queued")]
        if self.state != "running" or (
            self.env["q2c.event"].search_count(mine, limit=MAX_OPEN) < MAX_OPEN
        ):
            return False
        self.connection_id._wake_control(at=fields.Datetime.now() + PAUSE)
        return True

    def _step(self):
        """:raises Retry: nothing was read
        :raises Hold: the kind in hand cannot be read"""
        self.place = self.place or {"day": self.date_from.isoformat(), "kind": 0}
        if not self.started_at:
            self.started_at = fields.Datetime.now()
        kind = self._kind()
        if kind:
            self._read_page(kind)
        else:
            self._next_day()
        self.message = False
        self.progress = self._reached()

    def _interrupt(self, failure):
        """The place is kept. The provider is left alone for as long as it wants."""
        _logger.warning("%s stopped: %s", self.name, failure)
        self.message = str(failure)
        self.connection_id._wake_control(at=self.connection_id.breaker_until)

    def _give_up(self, failure):
        """The other kinds can be read all the same; this one is not asked for again on
        the next day."""
        kind = self._kind()
        kind.included = False
        said = f"{kind.display_name}: {explain(failure)}"
        self.notes = "\n".join(filter(None, (self.notes, said)))
        # What is left out moves the others up: the number stays.
        self.place = {**self.place, "cursor": {}}

    # ------------------------------------------------------------------
    # THE PLACE
    # ------------------------------------------------------------------

    def _kind(self):
        """The one in hand; empty behind the last of the day."""
        return self.kind_ids.filtered("included")[self.place["kind"] :][:1]

    def _day(self):
        return date.fromisoformat(self.place["day"])

    def _next_day(self):
        """Or the end."""
        day = self._day() + timedelta(days=1)
        if day > self.date_to:
            self._conclude()
        else:
            self.place = {"day": day.isoformat(), "kind": 0}

    def _reached(self):
        """In percent, by the days."""
        if self.state not in ("checking", "running"):
            return 100
        days = (self.date_to - self.date_from).days + 1
        kinds = len(self.kind_ids.filtered("included")) or 1
        gone = (self._day() - self.date_from).days + self.place["kind"] / kinds
        return 100 * gone / days

    def _conclude(self):
        if self.state == "checking":
            self.state = "checked"
            self._message_log(
                body=self.env._("Dry run done: %s new objects.", self.new_count)
            )
        else:
            self.write({"state": "done", "finished_at": fields.Datetime.now()})
            self._message_log(
                body=self.env._(
                    "All is in the inbox: %s objects were brought in.", self.event_count
                )
            )

    # ------------------------------------------------------------------
    # A PAGE
    # ------------------------------------------------------------------

    def _read_page(self, kind):
        connection = self.connection_id
        since = datetime.combine(self._day(), time.min, timezone.utc)
        page = connection._provider()._objects(
            connection,
            kind.kind,
            since,
            since + timedelta(days=1),
            self.place.get("cursor", {}),
        )
        compared = compare.of_envelopes(connection, kind.kind, page.envelopes)
        if self.state == "checking":
            self._find(kind, compared)
        else:
            self._bring_in(kind, compared, page.envelopes)
        if page.more:
            self.place = {**self.place, "cursor": page.cursor}
        else:
            self.place = {"day": self.place["day"], "kind": self.place["kind"] + 1}

    def _find(self, kind, compared):
        """Count what there is, by month of the documents."""
        new = [each for each in compared if _is_new(each)]
        told = [each for each in compared if each.told or each.failure]
        kind._count(len(told), len(told) - len(new), len(new))
        comparison = self.env[f"q2c.comparison.{kind.kind}"]
        currencies = self.env["q2c.reconciliation.run"]._currencies(new)
        groups = {}
        for each in new:
            dated = each.document and comparison._dated(each.document)
            month = (dated or self._day()).replace(day=1)
            amount = float((each.told and each.told.amount) or 0)
            groups.setdefault((month, each.currency), []).append(amount)
        for (month, code), amounts in groups.items():
            currency = currencies.get(code, self.env["res.currency"])
            self.env["q2c.history.import.month"]._add(
                self, kind, month, currency, amounts
            )

    def _bring_in(self, kind, compared, envelopes):
        """Put what is new into the inbox; what the books know already is not asked to
        be applied again."""
        new = {each.ref for each in compared if _is_new(each)}
        wanted = [envelope for envelope in envelopes if envelope.ref in new]
        events = self.env["q2c.event"]
        added = events._store(self.connection_id, wanted, "import")
        gap = self.env._("History before the connection, brought in by %s", self.name)
        events.browse(added).write({"import_id": self.id, "gap": gap})
        kind.stored_count += len(added)


def _is_new(each):
    """Whether the books lack it. What cannot be understood comes in as well: there it
    says why."""
    return each.failure is not None or each.told is not None and each.booked is None
