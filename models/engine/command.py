# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The outbox: what is to be done at a provider, committed with the business change."""

import json
import uuid

from odoo import api, fields, models
from odoo.tools import SQL

from ...canonical import Hold, Ref, Request
from .event import KIND_LABELS, pretty
from .reasons import is_refusal

VERBS = [("create", "Create"), ("update", "Update")]
# What is written down before the first attempt.
SENT = ("request", "fingerprint", "idempotency_key", "first_sent_at")
# The conditions of the unique indexes below, by which PostgreSQL finds them.
_UNSENT_UPDATE = SQL(
    "verb <> 'create' AND state IN ('queued', 'waiting') AND first_sent_at IS NULL"
)
_OPEN_CREATE = SQL(
    "verb = 'create' AND (state IN ('queued', 'waiting') "
    "OR (state = 'failed' AND idempotency_key IS NOT NULL))"
)


class Command(models.Model):
    """Says which record is to be brought to which provider. What exactly is sent is
    written down, with its idempotency key, in a transaction of its own before the first
    call: from then on the same bytes go out under the same key, however often."""

    _name = "q2c.command"
    _inherit = ["q2c.queued", "q2c.pointing"]
    _description = "Outbound Command"
    _order = "id desc"

    verb = fields.Selection(VERBS, required=True, readonly=True)
    kind = fields.Selection(
        KIND_LABELS + [("status", "Status")], required=True, readonly=True
    )
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(required=True)
    external_id = fields.Char(string="External ID", readonly=True, index=True)
    request = fields.Text(
        readonly=True,
        prefetch=False,
        copy=False,
        groups="quote_to_cash.group_operator",
        help="What is sent, fixed before the first attempt.",
    )
    request_pretty = fields.Text(
        string="Request (formatted)",
        compute="_compute_request_pretty",
        groups="quote_to_cash.group_operator",
    )
    fingerprint = fields.Char(readonly=True, copy=False)
    idempotency_key = fields.Char(readonly=True, copy=False, index="btree_not_null")
    first_sent_at = fields.Datetime(readonly=True, copy=False)

    _due_idx = models.Index(
        "(connection_id, next_attempt, id) WHERE state IN ('queued', 'waiting')"
    )
    # Coalesced: as long as an update has not gone out, one is enough.
    _unsent_update_uniq = models.UniqueIndex(
        "(connection_id, verb, kind, res_model, res_id) WHERE verb <> 'create' "
        "AND state IN ('queued', 'waiting') AND first_sent_at IS NULL"
    )
    # Nothing is created twice: while the outcome of one creation is open or unknown,
    # there is no second one. A refused one has lost its key and is out of the way.
    _open_create_uniq = models.UniqueIndex(
        "(connection_id, verb, kind, res_model, res_id) WHERE verb = 'create' "
        "AND (state IN ('queued', 'waiting') "
        "OR (state = 'failed' AND idempotency_key IS NOT NULL))"
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("verb", "kind", "record_name")
    def _compute_display_name(self):
        verbs = dict(self._fields["verb"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for command in self:
            verb, kind = verbs.get(command.verb, ""), kinds.get(command.kind, "")
            command.display_name = f"{verb} {kind.lower()} {command.record_name}"

    @api.depends("request")
    def _compute_request_pretty(self):
        for command in self:
            command.request_pretty = pretty(command.request or "")

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_open_provider(self):
        """Open the object where it lives."""
        self.ensure_one()
        return self.connection_id._open_external(self._ref())

    def action_show_request(self):
        """Show what is sent, formatted, in a dialog."""
        self.ensure_one()
        view = self.env.ref("quote_to_cash.q2c_command_view_request")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request of %s", self.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _ref(self):
        return Ref(self.kind, self.external_id or "")

    @api.model
    def _enqueue(self, connection, verb, kind, records, traces=None):
        """Have ``records`` brought to the provider after this transaction commits.

        Where an unsent command for the same record is there already, it will pick up
        this change as well. That one is updated, not just found: if the sender is
        reading the record at this moment, one of the two transactions has to be
        repeated. Plain SQL for that, and because whoever may change the record causes
        the command, but nobody may write one.

        :param traces: {record id: trace of its deal}
        """
        if not records:
            return
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO q2c_command (
                    connection_id, company_id, verb, kind, res_model, res_id, trace,
                    state, attempts, next_attempt,
                    create_uid, write_uid, create_date, write_date
                ) VALUES %s
                ON CONFLICT (connection_id, verb, kind, res_model, res_id) WHERE %s
                  DO UPDATE SET write_date = EXCLUDED.write_date
                RETURNING id
                """,
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s, %s, 'queued', 0, %s, %s, %s, %s, %s)",
                        connection.id,
                        connection.company_id.id,
                        verb,
                        kind,
                        records._name,
                        record_id,
                        (traces or {}).get(record_id) or None,
                        now,
                        self.env.uid,
                        self.env.uid,
                        now,
                        now,
                    )
                    for record_id in sorted(records.ids)
                ),
                _OPEN_CREATE if verb == "create" else _UNSENT_UPDATE,
            )
        )
        self.invalidate_model()
        connection._wake_sender()

    def _requeue(self):
        """What would stand twice in line is set aside instead."""
        twins = self.search(
            [
                ("id", "not in", self.ids),
                ("state", "in", ("queued", "waiting")),
                ("res_id", "in", self.mapped("res_id")),
            ]
        ).filtered(lambda twin: twin.verb == "create" or not twin.first_sent_at)
        targets = {twin._target() for twin in twins}
        for command in self:
            sent_update = command.verb != "create" and command.first_sent_at
            if sent_update or command._target() not in targets:
                targets.add(command._target())
                super(Command, command)._requeue()
            else:
                command._finish("skipped", "superseded")
        return True

    def _wake_workers(self):
        self.connection_id._wake_sender()

    def _target(self):
        return (self.connection_id, self.verb, self.kind, self.res_model, self.res_id)

    def _failure_values(self, error, attempts):
        """After a refusal of the request the next attempt is composed anew under a new
        key. After anything else the outcome is unknown, and the same bytes must go out
        again. Who refuses the credentials has not looked at the request: what became of
        an attempt before is as unknown as it was."""
        values = super()._failure_values(error, attempts)
        if isinstance(error, Hold) and not is_refusal(error):
            values.update(dict.fromkeys(SENT, False))
        return values

    def _fix(self, request, fingerprint):
        """Write down what will be sent, before it is."""
        self.ensure_one()
        self.write(
            {
                "request": json.dumps(
                    {
                        "verb": request.verb,
                        "resource": request.resource,
                        "params": request.params,
                        "id": request.id,
                    }
                ),
                "fingerprint": fingerprint,
                "idempotency_key": self.idempotency_key or str(uuid.uuid4()),
                "first_sent_at": fields.Datetime.now(),
            }
        )

    def _fixed_request(self):
        """The canonical.Request that was written down."""
        self.ensure_one()
        return Request(**json.loads(self.request))
