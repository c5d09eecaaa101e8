# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The way of an import: day by day, so that the books grow in their order, and within a
day kind by kind and page by page."""

from datetime import date, timedelta

from odoo import fields, models

from ..canonical import explain
from ..models.control import compare

# As many of its events may stand in line: what happens today must not wait behind
# years of history.
MAX_OPEN = 500
PAUSE = timedelta(minutes=1)
# Objects whose entries are foreseen at a time, with what they depend on.
FORECAST_SIZE = 50


class HistoryImport(models.Model):
    _inherit = "q2c.history.import"

    _open_states = ("checking", "running")

    # ------------------------------------------------------------------
    # A STEP
    # ------------------------------------------------------------------

    def _has_to_wait(self):
        """The lanes have to catch up first."""
        mine = [("import_id", "=", self.id), ("state", "=", "queued")]
        if self.state != "running" or (
            self.env["q2c.event"].search_count(mine, limit=MAX_OPEN) < MAX_OPEN
        ):
            return False
        self.connection_id._wake_control(at=fields.Datetime.now() + PAUSE)
        return True

    def _begin(self):
        if not self.place:
            self.place = {"day": self.date_from.isoformat(), "kind": 0}
        return super()._begin()

    def _step(self):
        """A piece of the forecast comes first, as soon as it is full."""
        if self._foresee():
            return
        kind = self._kind()
        if kind:
            self._read_page(kind)
        else:
            self._next_day()

    def _leave_out(self, failure):
        """The other kinds can be read all the same; this one is not asked for again on
        the next day."""
        kind = self._kind()
        kind.included = False
        # What is left out moves the others up: the number stays.
        self.place = {**self.place, "cursor": {}}
        return f"{kind.display_name}: {explain(failure)}"

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
        if day <= self.date_to:
            self.place = {"day": day.isoformat(), "kind": 0}
        elif not self._foresee(rest=True):
            self._conclude()

    def _reached(self):
        """By the days."""
        if self.state not in ("checking", "running"):
            return 100
        days = (self.date_to - self.date_from).days + 1
        kinds = len(self.kind_ids.filtered("included")) or 1
        gone = (self._day() - self.date_from).days + self.place["kind"] / kinds
        return 100 * gone / days

    def _conclude(self):
        if self.state == "checking":
            self._end_forecast()
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
        page = connection._provider()._objects(
            connection,
            kind.kind,
            *self._days(self._day(), self._day()),
            self.place.get("cursor", {}),
        )
        compared = compare.of_envelopes(connection, kind.kind, page.envelopes)
        if self.state == "checking":
            self._find(kind, compared)
            self._put_in_line(compared, page.envelopes)
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
        currencies = self._currencies(new)
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
        wanted = _new_among(compared, envelopes)
        events = self.env["q2c.event"]
        added = events._store(self.connection_id, wanted, "import")
        gap = self.env._("History before the connection, brought in by %s", self.name)
        events.browse(added).write({"import_id": self.id, "gap": gap})
        kind.stored_count += len(added)

    # ------------------------------------------------------------------
    # THE FORECAST
    # ------------------------------------------------------------------

    def _put_in_line(self, compared, envelopes):
        """Have what is new foreseen, in the order in which it would come in."""
        wanted = _new_among(compared, envelopes)
        self.env["q2c.history.import.object"]._put_in_line(self, wanted)

    def _foresee(self, rest=False):
        """Work out what the next objects in line would book.

        :param rest: also when they are few
        :return: whether there were enough
        :raises Retry: nothing was worked out
        """
        objects = self.env["q2c.history.import.object"]
        if self.state != "checking":
            return False
        rows = objects._next(self, FORECAST_SIZE)
        if not rows or (len(rows) < FORECAST_SIZE and not rest):
            return False
        forecast = self.env["q2c.history.forecast"]._of_objects(self, rows._envelopes())
        objects._keep(self, forecast.contents)
        # What could not be read is not asked for again.
        rows.is_counted = True
        self.env["q2c.history.import.total"]._add(self, forecast.totals)
        self.env["q2c.history.import.hold"]._add(self, forecast.held)
        self.entry_count += forecast.entries
        return True

    def _end_forecast(self):
        self.total_ids._drop_empty()
        self.env["q2c.history.import.object"]._forget(self)


def _new_among(compared, envelopes):
    """The envelopes of what is new."""
    new = {each.ref for each in compared if _is_new(each)}
    return [envelope for envelope in envelopes if envelope.ref in new]


def _is_new(each):
    """Whether the books lack it. What cannot be understood comes in as well: there it
    says why."""
    return each.failure is not None or each.told is not None and each.booked is None
