# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The way of a command: composed, written down, sent, recorded."""

import logging
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models

from ...canonical import Document, Failure, Ref, Retry, Wait
from .command import SENT
from .concurrency import run_batches
from .queued import OPEN_STATES
from .reasons import is_refusal

_logger = logging.getLogger(__name__)

BATCH_SIZE = 200
# Stripe keeps idempotency keys for at least 24 hours
# (https://docs.stripe.com/api/idempotent_requests); one hour is left as a margin.
KEY_WINDOW = timedelta(hours=23)
# A fault of one record, after which the provider is still worth asking.
RECORD_FAULTS = ("record_locked",)


class Sender(models.AbstractModel):
    _name = "q2c.sender"
    _description = "Outbox Sender"

    # ------------------------------------------------------------------
    # THE LOOP
    # ------------------------------------------------------------------

    @api.model
    def _run(self, connection):
        """Send what is due for ``connection`` until nothing is, or the provider is
        down, or the time is up."""
        run_batches(
            self.env, lambda size: self._run_batch(connection, size), BATCH_SIZE
        )

    @api.model
    def _run_batch(self, connection, size=BATCH_SIZE):
        if connection._is_tripped():
            return 0
        connection._defer_updates()
        commands = self._claim(connection, size)
        if not commands:
            return 0
        self._prepare(connection, commands)
        # From here on what will be sent is on record, whatever happens to this process.
        self.env["ir.cron"]._commit_progress(0)
        ready = commands.filtered(
            lambda command: command.state in OPEN_STATES and command.request
        )
        self._send(connection, ready)
        return len(commands)

    @api.model
    def _claim(self, connection, size):
        """The next due commands, oldest first, locked."""
        due = self.env["q2c.command"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", OPEN_STATES),
                ("next_attempt", "<=", fields.Datetime.now()),
            ],
            order="id",
            limit=size,
        )
        return due.try_lock_for_update()

    # ------------------------------------------------------------------
    # PREPARE
    # ------------------------------------------------------------------

    @api.model
    def _prepare(self, connection, commands):
        """Compose and write down what is to be sent for those that were not yet."""
        stale = commands.filtered(
            lambda command: (
                command.first_sent_at
                and fields.Datetime.now() - command.first_sent_at > KEY_WINDOW
            )
        )
        for command in stale:
            self._recover(connection, command)
        fresh = commands.filtered(
            lambda command: command.state in OPEN_STATES and not command.request
        )
        groups = fresh.grouped(lambda c: (c.kind, c.verb, c.res_model))
        for (kind, verb, model), share in groups.items():
            self._compose(connection, kind, verb, model, share)
        commands._tell_work_list()

    @api.model
    def _recover(self, connection, command):
        """The key may be forgotten at the provider: look before sending again."""
        service = connection._as_service()
        found = None
        if command.verb == "create":
            record = service.env[command.res_model].browse(command.res_id)
            try:
                found = connection._provider()._find(
                    connection, command.kind, connection._odoo_ref(record)
                )
            except Failure as failure:
                self._keep_unknown(command, failure)
                connection._heed(failure)
                return
        if found:
            self._record_success(connection, command, found["id"])
        else:
            command.write(dict.fromkeys(SENT, False))

    @api.model
    def _keep_unknown(self, command, failure):
        """It could not be looked for: whatever kept us from it says nothing about the
        request, which stays as it went out."""
        sent = {name: command[name] for name in SENT}
        command._fail(failure)
        command.write(sent)

    @api.model
    def _compose(self, connection, kind, verb, model, commands):
        service = connection._as_service()
        exporter = service.env[f"q2c.exporter.{kind}"]
        records = service.env[model].browse(commands.mapped("res_id")).exists()
        bindings = self.env["q2c.binding"]._of_records(
            connection, exporter._binding_kind(records), records
        )
        documents = exporter._documents(service, records)
        unsaid = {}
        if verb == "update":
            rules = self.env["q2c.ownership.rule"]
            linked = self.env["q2c.binding"].union(*bindings.values())
            unsaid = rules._unsaid(connection, kind, linked)
        for command in commands:
            record = records.browse(command.res_id)
            if record not in records:
                command._finish("skipped", "record_deleted")
                continue
            binding, document = bindings.get(record.id), documents[record]
            if isinstance(document, Document) and unsaid.get(binding):
                document = replace(document, unsaid=unsaid[binding])
            self._compose_one(connection, command, document, binding)

    @api.model
    def _compose_one(self, connection, command, document, binding):
        if isinstance(document, Exception):
            command._fail(document)
            return
        if command.verb == "create" and binding:
            command._finish("skipped", "exists", external_id=binding.external_id)
            return
        if command.verb == "update" and not binding:
            command._fail(
                Wait(
                    "dependency",
                    f"{command.record_name} is being created there first.",
                    needs=Ref(command.kind, f"{command.res_model},{command.res_id}"),
                )
            )
            return
        fingerprint = document.fingerprint()
        if binding and binding.sent_fingerprint == fingerprint:
            command._finish("skipped", "unchanged", external_id=binding.external_id)
            return
        try:
            request = connection._provider()._compose(
                connection,
                command.kind,
                command.verb,
                document,
                binding.external_id if binding else "",
            )
        except Failure as failure:
            command._fail(failure)
            return
        command._fix(request, fingerprint)

    # ------------------------------------------------------------------
    # SEND AND RECORD
    # ------------------------------------------------------------------

    @api.model
    def _send(self, connection, commands):
        by_key = {command.idempotency_key: command for command in commands}
        calls = [(key, command._fixed_request()) for key, command in by_key.items()]
        try:
            for outcomes in connection._provider()._send(connection, calls):
                if self._record_all(connection, by_key, outcomes):
                    return
        except Failure as failure:
            # It concerns the connection (a missing secret, a refused sign-in), so all
            # that was not sent yet.
            connection._heed(failure)
            for command in commands.filtered(lambda row: row.state in OPEN_STATES):
                command._fail(failure)
            commands._tell_work_list()

    @api.model
    def _record_all(self, connection, by_key, outcomes):
        """Write down what was carried out together, for good.

        :return: whether the provider is not worth asking now
        """
        down = None
        for key, outcome in outcomes:
            down = self._record(connection, by_key[key], outcome) or down
        recorded = self.env["q2c.command"].union(*(by_key[key] for key, _o in outcomes))
        recorded._tell_work_list()
        if down:
            connection._heed(down)
        else:
            connection._close_breaker()
        self.env["ir.cron"]._commit_progress(0)
        return bool(down)

    @api.model
    def _record(self, connection, command, outcome):
        """Write down what became of ``command``.

        :return: the failure, when it says that the provider is not worth asking now
        """
        failure = outcome.failure
        if failure is None:
            self._record_success(connection, command, outcome.id)
            return None
        command._fail(failure)
        self._mark_binding(connection, command, failure)
        _logger.info("Command %s: %s", command.id, failure)
        passing = isinstance(failure, Retry) and failure.code not in RECORD_FAULTS
        return failure if passing or is_refusal(failure) else None

    @api.model
    def _record_success(self, connection, command, external_id):
        kind = self.env[f"q2c.exporter.{command.kind}"]._binding_kind(
            self.env[command.res_model].browse(command.res_id)
        )
        ref = Ref(kind, external_id)
        values = {
            "res_model": command.res_model,
            "res_id": command.res_id,
            "sent_fingerprint": command.fingerprint,
            "sync_state": "synced",
            "message": False,
        }
        if command.trace:
            values["trace"] = command.trace
        binding = self.env["q2c.binding"]._resolve(connection, [ref]).get(ref)
        if command.kind == kind and (
            not binding or command.verb == "create" or binding.sent_at
        ):
            # A status is told about an object whose content is not ours to send, and a
            # foreign object of which a part is ours is not from here for that.
            values["sent_at"] = fields.Datetime.now()
        if binding:
            binding.write(values)
        else:
            self.env["q2c.binding"].create(
                {
                    **values,
                    "connection_id": connection.id,
                    "kind": kind,
                    "external_id": external_id,
                }
            )
        command._finish("done", external_id=external_id)
        self.env[f"q2c.exporter.{command.kind}"]._sent(connection, command)
        woken = [f"{kind}:{command.res_model},{command.res_id}", str(ref)]
        self.env["q2c.command"]._wake(woken)
        self.env["q2c.event"]._wake(woken)

    @api.model
    def _mark_binding(self, connection, command, failure):
        binding = self.env["q2c.binding"].search(
            [
                ("connection_id", "=", connection.id),
                ("res_model", "=", command.res_model),
                ("res_id", "=", command.res_id),
            ],
            limit=1,
        )
        state = "error" if command.state == "failed" else "pending"
        binding.write({"sync_state": state, "message": str(failure)})
