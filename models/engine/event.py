# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The inbox: everything that comes in, kept before it is worked on."""

import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...canonical import KINDS, Ref
from .queued import slot_of

# A page of a load is put into several statements, so that none is megabytes long.
ROWS_PER_INSERT = 1000
KIND_LABELS = [(kind, kind.replace("_", " ").capitalize()) for kind in KINDS]


class Event(models.Model):
    _name = "q2c.event"
    _inherit = ["q2c.queued", "q2c.pointing"]
    _description = "Inbound Event"
    _order = "id desc"
    _rec_name = "external_id"

    external_id = fields.Char(string="Event ID", required=True, readonly=True)
    type = fields.Char(required=True, readonly=True, index=True)
    kind = fields.Selection(
        KIND_LABELS, readonly=True, help="Empty for types that are kept, but not used."
    )
    object_id = fields.Char(string="Object ID", readonly=True, index=True)
    partition = fields.Char(
        readonly=True, help="Events with the same partition are applied in order."
    )
    slot = fields.Integer(readonly=True)
    source = fields.Selection(
        [
            ("webhook", "Webhook"),
            ("poll", "Poll"),
            ("listen", "Change event"),
            ("load", "Load"),
            ("sweep", "Sweep of missed events"),
            ("fetch", "Fetched as a dependency"),
            ("backfill", "Backfill of a difference"),
            ("import", "Import of history"),
        ],
        required=True,
        readonly=True,
    )
    occurred_at = fields.Datetime(
        readonly=True, index=True, help="When it happened, by the provider's clock."
    )
    received_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    api_version = fields.Char(string="API Version", readonly=True)
    live = fields.Boolean(readonly=True, help="The provider marked it as live data.")
    payload = fields.Text(
        readonly=True, prefetch=False, groups="quote_to_cash.group_operator"
    )
    payload_pretty = fields.Text(
        string="Payload (formatted)",
        compute="_compute_payload_pretty",
        groups="quote_to_cash.group_operator",
    )

    _external_id_uniq = models.Constraint(
        "UNIQUE (connection_id, external_id)",
        "An event is kept once per connection.",
    )
    _due_idx = models.Index("(next_attempt, id) WHERE state IN ('queued', 'waiting')")
    # A lane takes the oldest of what is open: of a load it would else read all that is
    # due, or all that is done, for each batch.
    _open_idx = models.Index("(id) WHERE state IN ('queued', 'waiting')")
    _held_idx = models.Index("(partition) WHERE state = 'failed'")
    _object_idx = models.Index("(connection_id, kind, object_id)")
    # For what the overview and the filters ask about the last days: next to nothing to
    # keep up, since rows are added in the order of time.
    _received_idx = models.Index("USING brin (received_at)")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("external_id", "type")
    def _compute_display_name(self):
        for event in self:
            event.display_name = f"{event.type} {event.object_id or event.external_id}"

    @api.depends("payload")
    def _compute_payload_pretty(self):
        for event in self:
            event.payload_pretty = pretty(event.payload or "")

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_open_provider(self):
        """Open the object where it lives."""
        self.ensure_one()
        return self.connection_id._open_external(self._ref())

    def action_show_payload(self):
        """Show what was received, formatted, in a dialog."""
        self.ensure_one()
        view = self.env.ref("quote_to_cash.q2c_event_view_payload")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payload of %s", self.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _ref(self):
        return Ref(self.kind or "", self.object_id or "")

    def _wake_workers(self):
        self.env["q2c.lane"]._wake_slots(set(self.mapped("slot")))

    def _move_to(self, partition):
        """Put the event in line with those of ``partition``.

        :return: whether that is in another lane
        """
        self.ensure_one()
        lanes, former = self.env["q2c.lane"]._count(), self.slot
        self.partition = partition
        self.slot = slot_of(f"{self.connection_id.id}/{partition}")
        return self.slot % lanes != former % lanes

    # ------------------------------------------------------------------
    # STORING
    # ------------------------------------------------------------------

    @api.model
    def _store(self, connection, envelopes, source):
        """Keep ``envelopes``, each once; one that failed before is revived.

        Plain SQL: it runs inside every webhook request, and in bulk for loads.

        :param connection: the q2c.connection that they came through
        :param source: one of the values of the field ``source``
        :return: ids of the rows that were added
        """
        added = []
        for start in range(0, len(envelopes), ROWS_PER_INSERT):
            part = envelopes[start : start + ROWS_PER_INSERT]
            added += self._store_part(connection, part, source)
        return added

    @api.model
    def _store_part(self, connection, envelopes, source):
        self.flush_model()
        partitions = self._known_partitions(connection, envelopes)
        rows = [
            self._row(
                connection,
                envelope,
                source,
                partitions.get(envelope.ref, envelope.partition),
            )
            for envelope in envelopes
        ]
        # Not logged when it loses a race against another delivery of the same: it is
        # repeated, and payloads are nothing for a log.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO q2c_event (%s) VALUES %s
                ON CONFLICT (connection_id, external_id) DO NOTHING
                RETURNING id
                """,
                SQL(", ").join(map(SQL.identifier, rows[0])),
                _values(rows),
            ),
            log_exceptions=False,
        )
        added = self.env.cr.fetchall()
        if len(added) < len(rows):
            self._revive(connection, [envelope.external_id for envelope in envelopes])
        slots = {row["slot"] for row in rows}
        self.env["q2c.lane"]._wake_slots(slots)
        return [event_id for (event_id,) in added]

    @api.model
    def _known_partitions(self, connection, envelopes):
        """{ref: partition} of objects that do not say now whose they are, but did in an
        earlier event: else two lanes would be at work on one payment."""
        unsaid = {
            envelope.object_id
            for envelope in envelopes
            if envelope.kind != "customer" and envelope.partition == envelope.object_id
        }
        if not unsaid:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (kind, object_id) kind, object_id, partition
                  FROM q2c_event
                 WHERE connection_id = %s AND kind = ANY(%s) AND object_id = ANY(%s)
                   AND partition <> object_id
                 ORDER BY kind, object_id, id DESC
                """,
                connection.id,
                list(KINDS),
                list(unsaid),
            )
        )
        return {Ref(kind, name): partition for kind, name, partition in rows}

    @api.model
    def _find(self, connection, envelopes):
        """{external id: the row} of those of ``envelopes`` that are kept."""
        rows = self.search(
            [
                ("connection_id", "=", connection.id),
                ("external_id", "in", [each.external_id for each in envelopes]),
            ]
        )
        return {row.external_id: row for row in rows}

    @api.model
    def _last_settled(self, connection, refs):
        """{ref: when the newest of its events happened that was worked on or skipped}
        of those ``refs`` that have one, in one query."""
        if not refs:
            return {}
        groups = self._read_group(
            [
                ("connection_id", "=", connection.id),
                ("kind", "in", list({ref.kind for ref in refs})),
                ("object_id", "in", [ref.id for ref in refs]),
                ("state", "in", ("done", "skipped")),
            ],
            ["kind", "object_id"],
            ["occurred_at:max"],
        )
        return {Ref(kind, name): moment for kind, name, moment in groups if moment}

    @api.model
    def _row(self, connection, envelope, source, partition):
        now = fields.Datetime.now()
        return {
            "connection_id": connection.id,
            "company_id": connection.company_id.id,
            "external_id": envelope.external_id,
            "type": envelope.type,
            "kind": envelope.kind or None,
            "object_id": envelope.object_id or None,
            "partition": partition,
            "slot": slot_of(f"{connection.id}/{partition}"),
            "source": source,
            "occurred_at": envelope.occurred_at.replace(tzinfo=None),
            "received_at": now,
            "api_version": envelope.api_version or None,
            "live": bool(envelope.live),
            "payload": envelope.payload,
            "state": "queued",
            "attempts": 0,
            "next_attempt": now,
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": now,
            "write_date": now,
        }

    @api.model
    def _revive(self, connection, external_ids):
        """A redelivery of what failed puts it back in line. Rows that a lane holds are
        left alone: it is about to settle them anyway."""
        self.env.execute_query(
            SQL(
                """
                UPDATE q2c_event
                   SET state = 'queued', attempts = 0, next_attempt = %s,
                       reason = NULL, message = NULL, remedy = NULL, traceback = NULL
                 WHERE id IN (
                           SELECT id FROM q2c_event
                            WHERE connection_id = %s
                              AND external_id IN %s
                              AND state = 'failed'
                              FOR UPDATE SKIP LOCKED
                       )
             RETURNING id
                """,
                fields.Datetime.now(),
                connection.id,
                tuple(external_ids),
            )
        )
        self.invalidate_model()


def _values(rows):
    """The VALUES of ``rows``, in one piece: one for each value would take longer to put
    together than to insert."""
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    return SQL(
        ", ".join([row] * len(rows)), *(value for row in rows for value in row.values())
    )


def pretty(payload):
    """``payload`` (str) for a person to read: JSON indented."""
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except ValueError:
        # XML of an outbound message, shown as it came
        return payload
