# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Listening to a provider: a scheduled action that holds a stream open.

It does so for a while and then wakes itself, so that it needs no process of its own,
runs on whichever host is free, and never twice at once. Nothing is written and no
transaction is open while it waits, but for the one in which Odoo holds any scheduled
action that runs. What is heard and how far that was are committed together; only then
more is asked for. So a process may be killed at any time.
"""

import time

import psycopg2

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ...canonical import Failure
from ..engine.concurrency import in_own_transaction, is_concurrency
from ..engine.server import cron_seconds, cron_workers, is_stopping

# Salesforce says within 270 seconds that there is nothing new, and how far that is.
LONGEST = 300
# A worker goes through several scheduled actions within the time that it is given.
PART_OF_LIMIT = 1 / 3
# Where all other scheduled actions of the server wait for it.
LONGEST_ALONE = 15
# How often it looks whether it is still wanted.
LOOK_SECONDS = 2
# After so many of them, in which nothing was heard, there is nothing new.
SILENCES = 2


class Connection(models.Model):
    _inherit = "q2c.connection"

    listens = fields.Boolean(
        string="Listen to Change Events",
        tracking=True,
        help="Hear of changes within a second or two, through Salesforce's Pub/Sub "
        "API, instead of at the next poll. The streams may then be polled less often: "
        "they bring what was missed. It keeps one worker for scheduled actions busy: "
        "let Odoo have one more (max_cron_threads).",
    )
    topic_ids = fields.One2many("q2c.topic", "connection_id", copy=True)
    listen_cron_id = fields.Many2one("ir.cron", readonly=True, copy=False)
    can_listen = fields.Boolean(compute="_compute_can_listen")
    listening = fields.Selection(
        [
            ("off", "Off"),
            ("waiting", "Not yet"),
            ("listening", "Listening"),
            ("partly", "Partly listening"),
            ("stopped", "Not listening"),
        ],
        compute="_compute_listening",
    )
    listening_message = fields.Text(
        compute="_compute_listening", help="What keeps it from hearing everything."
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("provider")
    def _compute_can_listen(self):
        for connection in self:
            connection.can_listen = bool(
                connection.provider and connection._provider()._default_topics()
            )

    @api.depends("listens", "state", "topic_ids.message", "topic_ids.listening_since")
    def _compute_listening(self):
        for connection in self:
            messages = connection.topic_ids.filtered("message").mapped("message")
            if connection.listens:
                messages = connection._listening_obstacles() + messages
            connection.listening_message = "\n".join(dict.fromkeys(messages))
            connection.listening = connection._listening_state()

    def _listening_state(self):
        if not self.listens or self.state != "active":
            return "off"
        heard = self.topic_ids.filtered("listening_since")
        if self.topic_ids.filtered("message"):
            return "partly" if heard else "stopped"
        return "listening" if heard else "waiting"

    def _listening_obstacles(self):
        """What of this server keeps it from listening, or makes it dear: sentences."""
        obstacles = self._provider()._listening_obstacles()
        if cron_workers() == 1:
            obstacles.append(
                self.env._(
                    "This server has one worker for scheduled actions, which listening "
                    "takes turns with: set max_cron_threads to 2 or more in odoo.conf."
                )
            )
        return obstacles

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections.filtered("listens")._begin_listening()
        return connections

    def write(self, vals):
        result = super().write(vals)
        if "listens" in vals:
            self.filtered("listens")._begin_listening()
            self._sync_crons()
        return result

    def unlink(self):
        # sudo: the scheduled actions are the connection's own
        crons = self.sudo().listen_cron_id
        result = super().unlink()
        crons.unlink()
        return result

    def _begin_listening(self):
        for connection in self:
            if not connection.listen_cron_id:
                word = self.env._("listen")
                connection.listen_cron_id = connection._create_cron(
                    word, "_run_listen", 1
                )
            if not connection.topic_ids:
                names = connection._provider()._default_topics()
                connection.topic_ids = [
                    Command.create({"name": name}) for name in names
                ]
            connection._wake_listening()

    def _sync_crons(self):
        result = super()._sync_crons()
        for connection in self:
            connection._switch(connection.listen_cron_id, connection.listens)
            if not connection.listens or connection.state != "active":
                connection._stop_noting()
        return result

    def _stop_noting(self):
        """Nobody listens any more, and what kept somebody from it is of no matter."""
        rows = self.topic_ids.filtered(lambda t: t.listening_since or t.message)
        # What is just being heard notes it anew once the connection is active again.
        free = rows.try_lock_for_update()
        free.listening_since = False
        free._settle(self.env._("It is not listened to any more"))

    def _wake_queues(self):
        result = super()._wake_queues()
        self._wake_listening()
        return result

    def _wake_listening(self):
        # sudo: waking is open to whoever may move the queue on
        for connection in self.sudo().filtered(lambda c: c.listens):
            if connection.state == "active":
                connection.listen_cron_id._q2c_wake()

    def action_listen_now(self):
        """Try anew what could not be listened to."""
        self.ensure_one()
        self.check_access("read")
        # sudo: operators may wake what the system runs
        self.sudo().topic_ids.next_attempt = fields.Datetime.now()
        self._wake_listening()
        return True

    # ------------------------------------------------------------------
    # LISTENING
    # ------------------------------------------------------------------

    def _run_listen(self):
        for connection in self._runnable():
            if connection.listens and not connection._is_tripped():
                connection._listen()

    def _listen(self):
        """Listen for a while, and have it gone on with."""
        topics = self.topic_ids._due()
        try:
            if topics and self._listen_to(topics):
                # sudo: scheduled actions are the system's
                self.sudo().listen_cron_id._q2c_wake()
        except Failure as failure:
            # If it is about signing in, it concerns all that is asked.
            if not self._heed(failure):
                topics._put_off(failure)
        except psycopg2.Error as error:
            if not is_concurrency(error):
                raise
            # A poll was at work on a stream that is to be polled. What was not kept is
            # told again.
            self.env.cr.rollback()
            self.sudo().listen_cron_id._q2c_wake()

    def _listen_to(self, topics):
        """:return: whether something is still listened to"""
        with self._provider()._ear(self, topics) as ear:
            open_ones = {topic.name: topic for topic in topics}
            wanted = set(self.topic_ids.mapped("name"))
            end = time.monotonic() + self._seconds_to_listen(topics)
            # Nothing may be pending while it waits.
            self.env["ir.cron"]._commit_progress(0)
            silences = 0
            while open_ones and time.monotonic() < end and self._wants() == wanted:
                heard = ear.hear(LOOK_SECONDS)
                if heard:
                    self._take(heard, open_ones)
                    ear.go_on(heard)
                elif ear.is_connected:
                    silences += 1
                    if silences == SILENCES:
                        self._note_silence(open_ones)
                if heard and heard.envelopes and cron_workers() == 1:
                    # Nobody else is there to work on them.
                    break
            return bool(open_ones)

    def _seconds_to_listen(self, topics):
        """How long one run may last; others that wait are to have their turn."""
        longest = LONGEST if cron_workers() != 1 else LONGEST_ALONE
        waits = [
            (topic.next_attempt - fields.Datetime.now()).total_seconds()
            for topic in self.topic_ids - topics
        ]
        return min(longest, cron_seconds() * PART_OF_LIMIT, *waits)

    def _take(self, heard, open_ones):
        topic = open_ones[heard.topic].exists()
        if heard.failure or not topic:
            topic._put_off(heard.failure)
            del open_ones[heard.topic]
        else:
            topic._keep(heard)
        self.env["ir.cron"]._commit_progress(len(heard.envelopes))

    def _note_silence(self, open_ones):
        """They are connected, and have not said that anything is wrong."""
        self.env["q2c.topic"].union(*open_ones.values())._note_listening()
        self.env["ir.cron"]._commit_progress(0)

    def _wants(self):
        """Names of the topics that are to be listened to by now; looked up in a
        transaction of its own, which ends at once."""
        if is_stopping():
            return set()
        query = SQL(
            """
            SELECT topic.name
              FROM q2c_connection connection
              JOIN q2c_topic topic ON topic.connection_id = connection.id
             WHERE connection.id = %s AND connection.state = 'active'
               AND connection.listens
            """,
            self.id,
        )
        rows = in_own_transaction(self.env, lambda env: env.execute_query(query))
        return {name for (name,) in rows}

    # ------------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------------

    def _tell_unheard(self, topic, failure):
        """Hook: ``topic`` cannot be listened to until a person has done something."""

    def _tell_settled(self, topic, how):
        """Hook: that is of no matter any more; ``how`` says why, for a person."""
