# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a dry run would book: objects are applied in pieces, and taken back."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..canonical import KINDS, Retry
from ..models.engine.processor import BATCH_SIZE

# What is not, or not yet, in the books.
HELD_STATES = ("failed", "waiting", "busy")


@dataclass(frozen=True)
class Forecast:
    """What some objects would book.

    ``totals``: {(month, journal id, account id, state of the entries): (debit, credit,
    entries)} in the companies' currencies. ``entries``: how many entries that are.
    ``held``: outcomes (see q2c.preview) of what would not be booked. ``contents``:
    {ref: content} of what was counted: the objects, and what they depend on.
    """

    totals: dict
    entries: int
    held: list
    contents: dict


class HistoryForecast(models.AbstractModel):
    """A preview in which what was counted before is the ground that the next objects
    stand on: it is brought into the books first, from the copies that the import keeps,
    and only what comes on top of it is counted. So a payment finds the invoice of an
    earlier piece, and no entry is counted twice."""

    _name = "q2c.history.forecast"
    _inherit = "q2c.preview"
    _description = "Forecast of a History Import"

    @api.model
    def _of_objects(self, imported, envelopes):
        """What these would book.

        :param envelopes: some dozens, of objects that were not counted before
        :return: Forecast
        :raises Retry: the provider does not answer
        """
        forecast = self.with_context(q2c_history_import=imported.id)._quiet()
        with forecast._taken_back() as found:
            events = forecast._stored(imported.connection_id, envelopes)
            found["forecast"] = forecast._sum_up(imported, events)
        return found["forecast"]

    @api.model
    def _sum_up(self, imported, events):
        connection = imported.connection_id.with_env(self.env)
        free = events.try_lock_for_update()
        items, extra, bindings = self._gather(connection, free)
        ground, new = self._split(imported, items, extra)
        last = self._last_entry()
        self._lay(connection, ground, bindings)
        totals, entries = self._booked_since(last)
        self._apply(connection, new, bindings)
        self._settle(connection, new)
        self.env.flush_all()
        totals_now, entries_now = self._booked_since(last)
        told = [self._outcome(item, fetched=item in extra) for item in new]
        told += [self._busy(event) for event in events - free]
        return Forecast(
            totals=_on_top(totals_now, totals),
            entries=entries_now - entries,
            held=[each for each in told if each["state"] in HELD_STATES],
            contents={
                item.ref: item.reading.content for item in new if _is_whole(item)
            },
        )

    @api.model
    def _split(self, imported, items, extra):
        """(what was counted before, the rest), each in the order in which it can be
        applied: what was fetched last is what the others depend on."""
        objects = self.env["q2c.history.import.object"]
        counted = objects._counted(imported, [item.ref for item in items + extra])
        found = sorted(
            [*reversed(extra), *items], key=lambda item: KINDS.index(item.ref.kind)
        )
        ground = [item for item in found if item.ref in counted]
        return ground, [item for item in found if item.ref not in counted]

    @api.model
    def _lay(self, connection, ground, bindings):
        """Apply ``ground`` in pieces, each forgotten then: a payout may stand on
        thousands of balance transactions."""
        for share in split_every(BATCH_SIZE, ground, list):
            self._apply(connection, share, bindings)
            self.env.flush_all()
            self.env.invalidate_all()

    # ------------------------------------------------------------------
    # THE BOOKS
    # ------------------------------------------------------------------

    @api.model
    def _last_entry(self):
        self.env.flush_all()
        [[last]] = self.env.execute_query(
            SQL("SELECT coalesce(max(id), 0) FROM account_move")
        )
        return last

    @api.model
    def _booked_since(self, last):
        """(totals, number) of the entries that are newer than ``last``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('month', move.date)::date, move.journal_id,
                       line.account_id, move.state,
                       sum(line.debit), sum(line.credit), count(DISTINCT move.id)
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                 WHERE move.id > %s AND move.state != 'cancel'
                   AND line.account_id IS NOT NULL
                 GROUP BY 1, 2, 3, 4
                """,
                last,
            )
        )
        [[entries]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM account_move
                 WHERE id > %s AND state != 'cancel'
                """,
                last,
            )
        )
        return {row[:4]: row[4:] for row in rows}, entries

    # ------------------------------------------------------------------
    # READING
    # ------------------------------------------------------------------

    @api.model
    def _fetch(self, connection, refs):
        """From the copies that the import keeps, else from the provider. A passing
        fault ends the forecast: what lacks an object for that is not held."""
        imported = self.env["q2c.history.import"].browse(
            self.env.context["q2c_history_import"]
        )
        objects = self.env["q2c.history.import.object"]
        kept = objects._contents(imported, refs)
        asked = super()._fetch(connection, [ref for ref in refs if ref not in kept])
        for answer in asked.values():
            if isinstance(answer, Retry):
                raise answer
        return {**kept, **asked}


def _is_whole(item):
    return item.reading is not None and item.reading.complete


def _on_top(after, before):
    """What ``after`` has more than ``before``; less, where something was taken away."""
    nothing = (0, 0, 0)
    differences = {
        key: tuple(
            now - then
            for now, then in zip(
                after.get(key, nothing), before.get(key, nothing), strict=True
            )
        )
        for key in {**before, **after}
    }
    return {key: each for key, each in differences.items() if any(each)}
