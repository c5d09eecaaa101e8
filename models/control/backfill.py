# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Repairing a difference: its object goes through the inbox and is compared anew."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...canonical import Failure, Hold, Retry, explain
from ..engine.concurrency import run_batches
from ..engine.queued import OPEN_STATES
from ..engine.reasons import concerns_all
from . import compare, rights
from .reconciliation_difference import is_repairable

_logger = logging.getLogger(__name__)

# Objects that are read at a time, one call each.
SIZE = 50
# Time for the lanes to apply what was put into the inbox.
SETTLE = timedelta(minutes=2)
# How often what nobody has repaired is looked at again.
AGAIN = timedelta(hours=20)
# What is in the inbox, and goes on from there.
_IN_INBOX = (compare.NOT_APPLIED, compare.HELD)


class ReconciliationDifference(models.Model):
    _inherit = "q2c.reconciliation.difference"

    checked_at = fields.Datetime(
        string="Compared", required=True, readonly=True, default=fields.Datetime.now
    )
    is_repairable = fields.Boolean(compute="_compute_is_repairable")

    @api.depends("sort", "state")
    def _compute_is_repairable(self):
        for row in self:
            row.is_repairable = is_repairable(row.sort, row.state)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_backfill(self):
        """Bring the objects through the inbox into Odoo."""
        self._check_may_repair()
        rows = self.filtered("is_repairable")
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing here can be repaired by reading it again. See what each "
                    "difference says is to be done."
                )
            )
        # sudo: what is found is the program's, what is done about it a person's
        rows.sudo().state = "backfill"
        rows.connection_id._wake_control()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "%s objects are being read from the provider. They are compared "
                    "again once they are applied.",
                    len(rows),
                ),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_check_again(self):
        """Compare the objects as they are now."""
        self._check_may_repair()
        # sudo: see action_backfill
        rows = self.sudo().filtered(lambda row: row.state in ("open", "backfilled"))
        for connection, share in rows.grouped("connection_id").items():
            try:
                share[:SIZE]._compare_again(connection)
            except Failure as failure:
                raise UserError(explain(failure)) from failure
        rest = rows[SIZE:]
        rest.checked_at = fields.Datetime.now() - AGAIN
        rest.connection_id._wake_control()
        return True

    def _check_may_repair(self):
        self.check_access("read")
        rights.check(self.env)

    # ------------------------------------------------------------------
    # THE LOOP
    # ------------------------------------------------------------------

    @api.model
    def _work(self, connection):
        """Backfill what is asked for, and compare again what may be settled by now."""
        run_batches(self.env, lambda _size: self._work_step(connection), 1)

    @api.model
    def _work_step(self, connection):
        """:return: 1 where there may be more to do"""
        if connection._is_tripped():
            return 0
        mine = Domain("connection_id", "=", connection.id)
        asked = mine & Domain("state", "=", "backfill")
        rows = self.search(asked, order="id", limit=SIZE)
        try:
            if rows:
                rows._backfill(connection)
                return 1
            rows = self.search(mine & self._due(), order="checked_at", limit=SIZE)
            rows._compare_again(connection)
        except (Retry, Hold) as failure:
            if not connection._heed(failure):
                raise
            _logger.warning("Repairing differences stopped: %s", failure)
            connection._wake_control(at=connection.breaker_until)
            return 0
        return len(rows[:1])

    def _due(self):
        now = fields.Datetime.now()
        applied = Domain("state", "=", "backfilled")
        left = Domain("state", "=", "open")
        return (applied & Domain("checked_at", "<=", now - SETTLE)) | (
            left & Domain("checked_at", "<=", now - AGAIN)
        )

    # ------------------------------------------------------------------
    # BACKFILL
    # ------------------------------------------------------------------

    def _backfill(self, connection):
        """Put the objects of these rows into the inbox, or in line again there.

        :raises Retry: nothing was read
        :raises Hold: the credentials are refused
        """
        here = self.filtered(lambda row: row.sort in _IN_INBOX and row.event_id)
        contents = connection._provider()._fetch(
            connection, [row._ref() for row in self - here]
        )
        for answer in contents.values():
            if concerns_all(answer):
                raise answer
        here._take_up()
        self._forget_fingerprints(connection)
        (self - here)._store_contents(connection, contents)
        connection._wake_control(at=fields.Datetime.now() + SETTLE)

    def _take_up(self):
        """Events that stopped go on, with the object as it is then."""
        for row in self:
            row.event_id.write({"gap": row._gap(), "difference_id": row.id})
        if self:
            self.event_id._requeue()
            self.event_id._wake_workers()
        self.write({"state": "backfilled", "checked_at": fields.Datetime.now()})

    def _forget_fingerprints(self, connection):
        """What is read is to be applied, though it may say nothing new."""
        bindings = self.env["q2c.binding"]._resolve(
            connection, [row._ref() for row in self]
        )
        self.env["q2c.binding"].union(*bindings.values()).fingerprint = False

    def _store_contents(self, connection, contents):
        provider = connection._provider()
        envelopes = {}
        for row in self:
            content = contents.get(row._ref())
            if isinstance(content, Failure):
                row.write({"state": "open", "message": explain(content)})
            elif content is None:
                # Gone since: compared again, it says whether Odoo has it.
                row.state = "backfilled"
            else:
                envelopes[row] = provider._envelope(connection, row.kind, content)
        if not envelopes:
            return
        events = self.env["q2c.event"]
        added = events._store(connection, list(envelopes.values()), "backfill")
        by_id = events._find(connection, envelopes.values())
        for row, envelope in envelopes.items():
            event = by_id[envelope.external_id]
            event.write({"gap": row._gap(), "difference_id": row.id})
            row.write(
                {
                    "state": "backfilled",
                    "checked_at": fields.Datetime.now(),
                    "event_id": event.id,
                }
            )
        # The same state was there, and was set aside or applied.
        known = events.union(*by_id.values()).filtered(
            lambda event: event.id not in added and event.state not in OPEN_STATES
        )
        if known:
            known._requeue()
            known._wake_workers()

    def _gap(self):
        sorts = dict(self._fields["sort"]._description_selection(self.env))
        run = self.run_id
        return self.env._(
            "%(sort)s, found by %(run)s (%(begin)s to %(end)s)",
            sort=sorts[self.sort],
            run=run.name,
            begin=run.date_from,
            end=run.date_to,
        )

    # ------------------------------------------------------------------
    # COMPARE AGAIN
    # ------------------------------------------------------------------

    def _compare_again(self, connection):
        """Settle what says the same by now; say of the rest how it differs.

        :raises Retry: the provider does not answer
        :raises Hold: it refuses the credentials
        """
        refs = {row._ref() for row in self}
        contents = connection._provider()._fetch(connection, refs) if refs else {}
        found = {}
        for kind in {ref.kind for ref in refs}:
            of_kind = {}
            for ref, content in contents.items():
                if concerns_all(content):
                    raise content
                if ref.kind == kind:
                    of_kind[ref] = content
            for each in compare.of_contents(connection, kind, of_kind):
                found[each.ref] = each
        self.checked_at = fields.Datetime.now()
        settled = self.filtered(lambda row: not found[row._ref()].sort)
        settled._resolve()
        for row in self - settled:
            row._differs_still(found[row._ref()])
        (self - settled).filtered(lambda row: row.state == "open")._report()

    def _differs_still(self, each):
        currencies = self.run_id._currencies([each])
        values = self._object_values(each, currencies)
        if each.newest_state in OPEN_STATES and self.state == "backfilled":
            # It stands in line.
            values = {"event_id": values["event_id"]}
        else:
            values["state"] = "open"
        self.write(values)
