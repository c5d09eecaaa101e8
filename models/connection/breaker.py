# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The breaker: a provider that is down is left alone for a while."""

from odoo import fields, models

from ...canonical import Retry
from ..engine.queued import PATIENT, backoff


class Connection(models.Model):
    _inherit = "q2c.connection"

    breaker_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Nothing is sent or polled before then; the provider did not answer.",
    )
    breaker_trips = fields.Integer(readonly=True, copy=False)

    def _is_breaker_open(self):
        self.ensure_one()
        return bool(self.breaker_until and self.breaker_until > fields.Datetime.now())

    def _is_tripped(self):
        """Hook: whether the provider is not to be asked now."""
        return self._is_breaker_open()

    def _breaker_failure(self):
        """Hook: what those hear who would ask the provider now."""
        return Retry(
            "breaker_open",
            f"{self.name} did not answer and is left alone until "
            f"{self.breaker_until} UTC.",
            after=self.breaker_until - fields.Datetime.now(),
        )

    def _trip(self, failure):
        """Leave the provider alone: as long as it asked for, else a little longer each
        time in a row."""
        self.ensure_one()
        trips = self.breaker_trips + 1
        delay = failure.after or backoff(trips)
        self.write(
            {
                "breaker_until": fields.Datetime.now() + delay,
                "breaker_trips": trips,
                "health": "error",
                "health_message": str(failure),
                "health_checked_at": fields.Datetime.now(),
            }
        )

    def _resume(self):
        """It can be asked again: what waited for that alone is due now."""
        self._close_breaker()
        for model in ("q2c.event", "q2c.command"):
            # sudo: what waits is the program's
            self.env[model].sudo().search(
                [
                    ("connection_id", "in", self.ids),
                    ("state", "=", "waiting"),
                    ("reason", "in", PATIENT),
                ]
            ).next_attempt = fields.Datetime.now()
        self._wake_queues()

    def _close_breaker(self):
        """It answered."""
        if self.breaker_trips:
            self.write({"breaker_until": False, "breaker_trips": 0, "health": "ok"})
