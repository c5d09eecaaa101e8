# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What events would do to the books: they are worked on for real, and taken back."""

from contextlib import contextmanager

from odoo import api, models
from odoo.tools.misc import Callbacks

from ..engine.reasons import label_of
from .preview_findings import Findings


class _TakenBack(Exception):
    """Ends a preview: nothing of it may stay."""


class Preview(models.AbstractModel):
    """The inbox processor, without what cannot be taken back: it commits nothing, and
    nobody is written to. Reading from the provider is done before the first business
    record is touched, as always."""

    _name = "q2c.preview"
    _inherit = "q2c.processor"
    _description = "Preview of Events"

    # ------------------------------------------------------------------
    # WHAT IS ASKED FOR
    # ------------------------------------------------------------------

    @api.model
    def _of_events(self, events):
        """What would happen if ``events`` were worked on now, whatever their state.

        All are worked on together, so ask for some hundred at a time.

        :return: JSON-able dict: ``events``, what would become of each;
            ``records``, created and changed; ``entries`` and ``reconciliations``;
            ``accounts``, what the posted entries sum up to; ``commands``, what would be
            sent. See :meth:`_outcome` and :class:`Findings`. Amounts are floats in
            major units, rounded to their currency.
        """
        with self._taken_back() as found:
            found.update(self._work_on(events))
        return found

    @api.model
    def _of_envelopes(self, connection, envelopes):
        """The same for what is not in the inbox yet.

        :param envelopes: list of canonical.Envelope
        """
        with self._taken_back() as found:
            found.update(self._work_on(self._stored(connection, envelopes)))
        return found

    @api.model
    def _stored(self, connection, envelopes):
        """The events of ``envelopes``, in the inbox as long as the preview goes on."""
        self.env["q2c.event"]._store(connection, envelopes, "poll")
        return self.env["q2c.event"].search(
            [
                ("connection_id", "=", connection.id),
                ("external_id", "in", [e.external_id for e in envelopes]),
            ],
            order="id",
        )

    # ------------------------------------------------------------------
    # WORKING WITHOUT A TRACE
    # ------------------------------------------------------------------

    @contextmanager
    def _taken_back(self):
        """Whatever is done inside is undone at its end: rows, mails, notifications.

        :return: the dict that the result is put into
        """
        cr, found = self.env.cr, {}
        kept, cr.postcommit = cr.postcommit, Callbacks()
        try:
            with cr.savepoint():
                yield found
                raise _TakenBack
        except _TakenBack:
            return
        finally:
            cr.postcommit = kept

    def _keep_fetched(self):
        """A preview keeps nothing."""

    def _hand_over(self, _connection, items):
        """All is in one hand, whosever lane it is."""
        return items

    def _settle_failure(self, item):
        """Told to whoever asked, not to the log."""
        item.event._fail(item.failure)

    # ------------------------------------------------------------------
    # WORKING
    # ------------------------------------------------------------------

    @api.model
    def _quiet(self):
        """No mail goes out; what would be in line for it is taken back."""
        # sudo: who may ask was checked; the books are touched by the service user
        return self.sudo().with_context(mail_notify_force_send=False)

    @api.model
    def _work_on(self, events):
        quiet = self._quiet()
        events = events.sudo().with_env(quiet.env)
        free = events.try_lock_for_update()
        findings = Findings(quiet.env)
        told = [self._busy(event) for event in events - free]
        connections = free.grouped("connection_id")
        gathered = {
            connection: quiet._gather(connection, share)
            for connection, share in connections.items()
        }
        for connection, (items, extra, bindings) in gathered.items():
            findings.watch(bindings)
            quiet._apply(connection, [i for i in items if i.open] + extra, bindings)
            quiet._settle(connection, items + extra)
            told += [
                self._outcome(item, fetched=item in extra) for item in items + extra
            ]
        self.env.flush_all()
        return {"events": told, **findings.collect()}

    @api.model
    def _outcome(self, item, fetched):
        """What would become of one event; ``fetched`` are those that it depends on."""
        event = item.event
        return {
            **self._event_values(event),
            "fetched": fetched,
            "state": event.state,
            "reason": event.reason or "",
            "reason_label": label_of(self.env, event.reason) if event.reason else "",
            "message": event.message or "",
            "remedy": event.remedy or "",
            "record_name": event.record_name or "",
            "record_type": event.record_type or "",
        }

    @api.model
    def _busy(self, event):
        return {
            **self._event_values(event),
            "fetched": False,
            "state": "busy",
            "reason": "busy",
            "reason_label": label_of(self.env, "busy"),
            "message": self.env._("It is being worked on at this moment."),
            "remedy": "",
            "record_name": "",
            "record_type": "",
        }

    @api.model
    def _event_values(self, event):
        return {
            "external_id": event.external_id,
            "type": event.type,
            "kind": event.kind or "",
            "object_id": event.object_id or "",
        }
