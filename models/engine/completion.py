# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What events depend on is fetched, before anything is written."""

from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ...canonical import Hold
from .batch import Item

# Dependencies of dependencies (an invoice's price's product) and a step to spare.
MAX_DEPTH = 4


class Processor(models.AbstractModel):
    _inherit = "q2c.processor"

    @api.model
    def _complete(self, connection, items, bindings):
        """Fetch the dependencies that are neither linked nor in hand, and theirs.

        They are kept in the inbox as well, so that the trail shows where they came from
        and a killed process finds them again.

        :return: the items of what was fetched
        """
        known = {item.ref for item in items}
        frontier, extra, enclosed, refused = items, [], {}, {}
        for _depth in range(MAX_DEPTH):
            wanted = {
                ref: item
                for item in frontier
                if item.document
                for ref in item.document.dependencies()
                if ref not in known
            }
            bindings.update(self.env["q2c.binding"]._resolve(connection, wanted))
            missing = sorted(ref for ref in wanted if ref not in bindings)
            known |= wanted.keys()
            if not missing:
                break
            enclosed.update(self._enclosed(connection, frontier))
            needing = {ref: wanted[ref].event for ref in missing}
            frontier = self._fetch_items(connection, needing, enclosed, refused)
            extra += frontier
        self._refuse(items + extra, refused)
        if not extra:
            return []
        self._keep_fetched()
        return self._take(connection, extra, bindings)

    @api.model
    def _take(self, connection, items, bindings):
        """Lock what was fetched. What another lane, which needs it too, is
        at work on, or was in the meantime, is left to that one: two that apply the same
        would undo each other's batch, for ever where it is held.

        :return: the items that are this lane's
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM q2c_event
                 WHERE id IN %s
                   -- Two states of an object are two rows.
                   AND pg_try_advisory_xact_lock(hashtextextended(
                           concat_ws('/', connection_id, kind, object_id), 0))
                   FOR UPDATE SKIP LOCKED
                """,
                tuple(item.event.id for item in items),
            )
        )
        locked = {event_id for (event_id,) in rows}
        bindings.update(self._resolve(connection, items))
        return [
            item
            for item in items
            if item.event.id in locked and item.ref not in bindings
        ]

    @api.model
    def _keep_fetched(self):
        """The fetched rows are safe before the first business record is touched."""
        self.env["ir.cron"]._commit_progress(0)

    @api.model
    def _refuse(self, items, refused):
        """What depends on something that the provider refuses to give would wait in
        vain: it is held for the same reason.

        :param refused: {ref: Hold}
        """
        for item in items:
            if item.open and item.document:
                needed = item.document.dependencies()
                item.failure = next((refused[r] for r in needed if r in refused), None)

    @api.model
    def _enclosed(self, connection, items):
        """{ref: content} of what came inside the objects of ``items``."""
        provider = connection._provider()
        return {
            ref: content
            for item in items
            if item.document and item.reading
            for ref, content in provider._enclosed(
                connection, item.ref.kind, item.reading.content
            ).items()
        }

    @api.model
    def _fetch_items(self, connection, needing, enclosed, refused):
        """Items of what is needed: read from ``enclosed``, else from the provider; what
        it refuses for good is put into ``refused``.

        :param needing: {ref: the event that needs it, in whose lane it stays}
        """
        provider, refs = connection._provider(), list(needing)
        found = {ref: enclosed[ref] for ref in refs if ref in enclosed}
        asked = self._fetch(connection, [ref for ref in refs if ref not in found])
        refused |= {
            r: answer for r, answer in asked.items() if isinstance(answer, Hold)
        }
        found |= {
            ref: content
            for ref, content in asked.items()
            # What could not be had now is awaited by those that need it.
            if content is not None and not isinstance(content, Exception)
        }
        envelopes = {
            ref: replace(
                provider._envelope(connection, ref.kind, content),
                partition=needing[ref].partition,
            )
            for ref, content in found.items()
        }
        self.env["q2c.event"]._store(connection, list(envelopes.values()), "fetch")
        by_id = self.env["q2c.event"]._find(connection, envelopes.values())
        items = []
        for ref, envelope in envelopes.items():
            event = by_id[envelope.external_id]
            item = Item(event=event, ref=ref, occurred_at=event.occurred_at)
            item.reading = provider._open(connection, ref.kind, envelope.payload)
            item.reading = type(item.reading)(content=found[ref])
            items.append(item)
        self._translate(connection, items)
        return items
