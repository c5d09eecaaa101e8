# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The breaker: a provider that is down is left alone for a while, one that refuses the
credentials until a person has entered others."""

from odoo import fields, models

from ...canonical import Hold, Retry, explain
from ..engine.queued import backoff
from ..engine.reasons import is_patient, is_refusal


class Connection(models.Model):
    _inherit = "q2c.connection"

    breaker_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Nothing is sent or polled before then; the provider did not answer.",
    )
    breaker_trips = fields.Integer(readonly=True, copy=False)
    refusal_code = fields.Char(
        readonly=True,
        copy=False,
        help="Why the provider does not accept the credentials. Nothing is sent or "
        "polled before a test of the connection passes.",
    )
    refusal_message = fields.Text(readonly=True, copy=False)

    def _is_breaker_open(self):
        self.ensure_one()
        if self.refusal_code:
            return True
        return bool(self.breaker_until and self.breaker_until > fields.Datetime.now())

    def _is_tripped(self):
        """Hook: whether the provider is not to be asked now."""
        return self._is_breaker_open()

    def _breaker_failure(self):
        """Hook: what those hear who would ask the provider now."""
        if self.refusal_code:
            return Hold(self.refusal_code, self.refusal_message)
        return Retry(
            "breaker_open",
            f"{self.name} did not answer and is left alone until "
            f"{self.breaker_until} UTC.",
            after=self.breaker_until - fields.Datetime.now(),
        )

    def _heed(self, failure):
        """Leave the provider alone where ``failure`` says that it is not worth asking.

        :return: whether it says so
        """
        if is_patient(failure):
            return False
        if isinstance(failure, Retry):
            self._trip(failure)
        elif is_refusal(failure):
            self._shut_out(failure)
        else:
            return False
        return True

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

    def _shut_out(self, failure):
        """Leave the provider alone until the credentials are others: one matter for a
        person, however many records are concerned."""
        self.ensure_one()
        if self.refusal_code:
            return
        # sudo: who looks at a preview finds it out, but may not change the connection
        connection = self.sudo()
        connection.write(
            {"refusal_code": failure.code, "refusal_message": failure.message}
        )
        connection._set_health("error", explain(failure))
        connection._tell_shut_out(failure)

    def _close_breaker(self):
        """It answered."""
        if self.breaker_trips:
            self.write({"breaker_until": False, "breaker_trips": 0, "health": "ok"})
        if self.refusal_code:
            self._let_in()

    def _let_in(self):
        """Its credentials are others by now: what waited for that goes on."""
        self.write({"refusal_code": False, "refusal_message": False})
        self._tell_let_in()
        for model in ("q2c.command", "q2c.event"):
            # sudo: who tests the connection need not be one who moves the queue
            self.env[model].sudo()._wake_refused(self)
        self._wake_queues()

    def _tell_shut_out(self, failure):
        """Hook: from now on nothing is asked of the provider."""

    def _tell_let_in(self):
        """Hook: its credentials are accepted again."""
