# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The scheduled actions of a connection, and what wakes them."""

import psycopg2

from odoo import models

from ..engine.concurrency import is_concurrency


class Connection(models.Model):
    _inherit = "q2c.connection"

    def _create_crons(self):
        """A poller and a sender of its own, so that a slow or broken provider holds up
        nobody else."""
        self.ensure_one()
        self.poll_cron_id = self._create_cron(self.env._("poll"), "_run_poll", 1)
        self.send_cron_id = self._create_cron(self.env._("send"), "_run_send", 1)

    def _create_cron(self, word, method, minutes):
        return (
            self.env["ir.cron"]
            # sudo: scheduled actions are the system's, the connection the manager's
            .sudo()
            .create(
                {
                    "name": self.env._(
                        "Quote to Cash: %(connection)s: %(task)s",
                        connection=self.name,
                        task=word,
                    ),
                    "model_id": self.env["ir.model"]._get_id(self._name),
                    "state": "code",
                    "code": f"model.browse({self.id}).{method}()",
                    "user_id": self.env.ref("base.user_root").id,
                    "interval_number": minutes,
                    "interval_type": "minutes",
                    "active": self.state == "active",
                }
            )
        )

    def _sync_crons(self):
        for connection in self:
            connection._switch(connection.poll_cron_id + connection.send_cron_id)

    def _switch(self, crons, wanted=True):
        """Have ``crons`` run while the connection is active, where they are wanted.

        One that is at work just now cannot be written to. It is left as it is: of a
        connection that is paused it finds nothing to do.
        """
        self.ensure_one()
        active = self.state == "active" and wanted
        # sudo: see _create_cron
        others = crons.sudo().filtered(lambda cron: cron.active != active)
        free = others.try_lock_for_update(allow_referencing=True)
        if free:
            free.active = active

    def _create_streams(self):
        for connection in self:
            connection._provider()._create_streams(connection)

    def _run_poll(self):
        for connection in self._runnable():
            if connection._is_tripped():
                continue
            try:
                connection.stream_ids._poll()
            except psycopg2.Error as error:
                if not is_concurrency(error):
                    raise
                # Somebody asked for a poll during this one. What was read is kept page
                # by page; the next run goes on from there.
                self.env.cr.rollback()
                connection.poll_cron_id._q2c_wake()

    def _run_send(self):
        for connection in self._runnable():
            self.env["q2c.sender"]._run(connection)

    def _wake_queues(self):
        """Have everything that works for these connections run soon."""
        # sudo: waking is open to whoever may change the queue
        for connection in self.sudo().filtered(lambda c: c.state == "active"):
            connection.send_cron_id._q2c_wake()
        for cron in self.env["q2c.lane"]._crons().values():
            cron._q2c_wake()

    def _wake_sender(self):
        # sudo: see _wake_queues
        for connection in self.sudo().filtered(lambda c: c.state == "active"):
            connection.send_cron_id._q2c_wake()
