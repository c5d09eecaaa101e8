# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a connection listens to, and how far it has heard."""

import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...canonical import Hold, explain
from ...providers.salesforce.pubsub.topic import CHANGES, PLATFORM_EVENTS
from ..engine.queued import backoff

_logger = logging.getLogger(__name__)

# Passing faults in a row that a person is told of: a firewall does not pass by itself.
TOLD_FROM = 6


class Topic(models.Model):
    """Rows of their own: what is heard is written several times a minute, and must not
    meet who edits the connection."""

    _name = "q2c.topic"
    _description = "Topic Listened To"
    _order = "connection_id, id"

    connection_id = fields.Many2one(
        "q2c.connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True
    )
    name = fields.Char(
        string="Topic",
        required=True,
        help="/data/ChangeEvents brings the changes of all objects that are selected "
        "in Salesforce Setup, Change Data Capture; /data/AccountChangeEvent those of "
        "one object, /data/My_Channel__chn those of a custom channel. "
        "/event/My_Event__e is a platform event.",
    )
    record_field = fields.Char(
        help="Of a platform event: API name of the field that holds the id of the "
        "record that it is about.",
    )
    position = fields.Char(
        string="Replay ID",
        readonly=True,
        copy=False,
        help="What was heard last. Salesforce goes on behind it, for up to 72 hours.",
    )
    listening_since = fields.Datetime(readonly=True, copy=False)
    heard_at = fields.Datetime(
        string="Last Heard",
        readonly=True,
        copy=False,
        help="When Salesforce said last that there is something, or nothing, new.",
    )
    event_at = fields.Datetime(string="Last Change", readonly=True, copy=False)
    message = fields.Text(readonly=True, copy=False)
    attempts = fields.Integer(readonly=True, copy=False)
    next_attempt = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, copy=False
    )

    _name_uniq = models.Constraint(
        "UNIQUE (connection_id, name)", "A topic is listened to once per connection."
    )

    @api.constrains("name", "record_field")
    def _check_name(self):
        for topic in self:
            is_event = topic.name.startswith(PLATFORM_EVENTS)
            if not is_event and not topic.name.startswith(CHANGES):
                raise ValidationError(
                    self.env._(
                        "%s is no topic. Enter one that begins with /data/ or /event/, "
                        "for example /data/ChangeEvents.",
                        topic.name,
                    )
                )
            if is_event and not topic.record_field:
                raise ValidationError(
                    self.env._(
                        "Which record is an event of %s about? Enter the API name of "
                        "the field that holds its id under Record Field.",
                        topic.name,
                    )
                )

    def write(self, vals):
        """Another topic is heard from its tip, and at once."""
        if "name" in vals:
            self._settle(self.env._("It is not listened to any more"))
            now = fields.Datetime.now()
            fresh = {"position": False, "listening_since": False, "next_attempt": now}
            vals = {**fresh, **vals}
        return super().write(vals)

    def unlink(self):
        self._settle(self.env._("It is not listened to any more"))
        return super().unlink()

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _due(self):
        now = fields.Datetime.now()
        return self.filtered(lambda topic: topic.next_attempt <= now)

    def _keep(self, heard):
        """Put what was heard into the inbox, and remember how far that was; both, or
        neither."""
        self.ensure_one()
        connection = self.connection_id
        now = fields.Datetime.now()
        self.env["q2c.event"]._store(connection, heard.envelopes, "listen")
        behind = heard.behind
        if heard.lost:
            self._tell_lost()
            behind = dict.fromkeys(connection.stream_ids.mapped("code"), now)
        connection.stream_ids._fall_behind(behind)
        self.write(
            {
                "position": heard.position,
                "heard_at": now,
                **({"event_at": now} if heard.envelopes or heard.behind else {}),
            }
        )
        self._note_listening()

    def _note_listening(self):
        """These are being listened to."""
        self._settle(self.env._("It is listened to again"))
        fresh = self.filtered(lambda topic: not topic.listening_since)
        fresh.listening_since = fields.Datetime.now()

    def _settle(self, how):
        """What kept anybody from listening to these is of no matter any more.

        :param how: why, for a person
        """
        for topic in self.filtered("message"):
            topic.connection_id._tell_settled(topic, how)
            topic.write({"message": False, "attempts": 0})

    def _put_off(self, failure):
        """Leave these alone, a little longer each time in a row."""
        for topic in self:
            attempts = topic.attempts + 1
            delay = getattr(failure, "after", None) or backoff(attempts)
            topic.write(
                {
                    "attempts": attempts,
                    "next_attempt": fields.Datetime.now() + delay,
                    "message": explain(failure),
                    "listening_since": False,
                }
            )
            _logger.warning("Listening to %s stopped: %s", topic.name, failure)
            if isinstance(failure, Hold) or attempts >= TOLD_FROM:
                topic.connection_id._tell_unheard(topic, failure)

    def _tell_lost(self):
        """Salesforce keeps events for 72 hours, and forgets them when an org moves."""
        message = self.env._(
            "Salesforce cannot go on from where %s was heard last, which is longer "
            "ago than it keeps events. It is heard from now on, and all streams are "
            "polled at once, which brings what changed meanwhile.",
            self.name,
        )
        _logger.warning(message)
        self.connection_id._message_log(body=message)
