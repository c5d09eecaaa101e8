# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Waking a scheduled action often and cheaply."""

from psycopg2.errors import SerializationFailure

from odoo import fields, models
from odoo.tools import SQL


class IrCron(models.Model):
    _inherit = "ir.cron"

    q2c_lane = fields.Integer(
        string="Quote to Cash Lane",
        readonly=True,
        help="Number, from 1, of the inbox lane that this action runs; 0 for others.",
    )

    def _q2c_wake(self):
        """Trigger, unless a trigger is already pending.

        A trigger that a running job has consumed, but not yet committed away, is locked
        by it and does not count: the job may already have looked past our row.
        """
        self.ensure_one()
        if not self._q2c_is_pending():
            self._trigger()

    def _q2c_is_pending(self):
        query = SQL(
            """
            SELECT 1 FROM ir_cron_trigger
             WHERE cron_id = %s AND call_at <= clock_timestamp() AT TIME ZONE 'UTC'
             LIMIT 1 FOR KEY SHARE SKIP LOCKED
            """,
            self.id,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                return bool(self.env.cr.fetchall())
        except SerializationFailure:
            # It was consumed since this transaction began. That must not undo what the
            # transaction did: a batch would be repeated because another lane is busy.
            return False
