# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The way of an event: claimed, read, translated, completed, applied, settled."""

import logging
import time
from itertools import takewhile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...canonical import KINDS, Failure, Hold, Retry
from .batch import Batch, Item
from .concurrency import is_concurrency, run_batches
from .reasons import is_refusal

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100
# Of a load there are thousands, and nobody waits for one of them: what a batch costs as
# such is shared by more, at some seconds for each transaction.
# Not more: a lock for what each customer is found by is held as long, and the database
# has room for some thousands.
LOAD_BATCH_SIZE = 200


class Processor(models.AbstractModel):
    _name = "q2c.processor"
    _description = "Inbox Processor"

    # ------------------------------------------------------------------
    # THE LOOP
    # ------------------------------------------------------------------

    @api.model
    def _run(self, slots):
        """Work on what is due in ``slots`` until nothing is, or the time is up."""
        slots = set(slots)
        run_batches(self.env, lambda size: self._run_batch(slots, size), BATCH_SIZE)

    @api.model
    def _run_batch(self, slots, size=BATCH_SIZE):
        """Work on one batch of up to ``size`` events.

        :return: how many events were settled
        """
        events = self._claim(slots, size)
        for connection, share in events.grouped("connection_id").items():
            self._process(connection, share)
        return len(events)

    @api.model
    def _claim(self, slots, size):
        """The next due events of ``slots``, oldest first, locked: more of them where
        all are of a load and ``size`` is that of a full batch."""
        connections = self.env["q2c.connection"].search([("state", "=", "active")])
        connections = connections._runnable()
        if not connections:
            return self.env["q2c.event"]
        self.env["q2c.event"].flush_model()
        rows = self._due(connections, slots, size)
        if len(rows) == BATCH_SIZE and _are_loaded(rows):
            room = LOAD_BATCH_SIZE - BATCH_SIZE
            more = self._due(connections, slots, room, after=rows[-1][0])
            # Not past anything else, so that the order is kept.
            rows += takewhile(lambda row: _are_loaded([row]), more)
        return self.env["q2c.event"].browse(event_id for event_id, _source in rows)

    @api.model
    def _due(self, connections, slots, limit, after=0):
        """[(id, source)] of due events with an id above ``after``, locked."""
        return self.env.execute_query(
            SQL(
                """
                SELECT id, source FROM q2c_event
                 WHERE state IN ('queued', 'waiting')
                   AND id > %s
                   AND next_attempt <= %s
                   AND connection_id IN %s
                   AND slot = ANY(%s)
                 ORDER BY id
                 LIMIT %s
                   FOR UPDATE SKIP LOCKED
                """,
                after,
                fields.Datetime.now(),
                tuple(connections.ids),
                list(slots),
                limit,
            )
        )

    # ------------------------------------------------------------------
    # ONE BATCH
    # ------------------------------------------------------------------

    @api.model
    def _process(self, connection, events):
        started = time.monotonic()
        items, extra, bindings = self._gather(connection, events)
        self._apply(connection, [i for i in items if i.open] + extra, bindings)
        # Written with what became of them. Those that were handed over are another
        # lane's by now.
        mine = events.union(*(item.event for item in items))
        mine.duration = (time.monotonic() - started) * 1000 / len(events)
        self._settle(connection, items + extra)

    @api.model
    def _gather(self, connection, events):
        """All that is asked of the provider, before a business record is touched.

        :return: the items of ``events``, but for those that are another lane's by now;
            the items of what was fetched for them; and {ref: binding} of both, and of
            what they depend on
        """
        items = [
            Item(event=event, ref=event._ref(), occurred_at=event.occurred_at)
            for event in events
        ]
        self._set_aside(connection, items)
        work = [item for item in items if item.open]
        bindings = self._resolve(connection, work)
        self._read(connection, work, bindings)
        stay = self._hand_over(connection, work)
        moved = set(work).difference(stay)
        self._translate(connection, stay)
        extra = self._complete(connection, stay, bindings)
        return [item for item in items if item not in moved], extra, bindings

    @api.model
    def _set_aside(self, connection, items):
        """Sort out what needs no work: unused types, and all but the newest event of
        each object, whose state contains theirs."""
        newest = {}
        for item in items:
            if not item.ref.kind:
                item.result = "ignored"
                continue
            rival = newest.get(item.ref)
            if rival is None or rival.occurred_at <= item.occurred_at:
                same_time = rival and rival.occurred_at == item.occurred_at
                item.ambiguous = bool(same_time)
                newest[item.ref] = item
        for item in items:
            if item.open and newest[item.ref] is not item:
                item.result = "superseded"
            elif item.open and item.event.live and connection.environment == "test":
                item.failure = Hold(
                    "environment_mismatch",
                    f"The event {item.event.external_id} is about live data, but the "
                    f"connection {connection.name} is a test one.",
                    "Remove this address from the webhook endpoints of the live "
                    "account; then skip the event.",
                )

    @api.model
    def _resolve(self, connection, items):
        return self.env["q2c.binding"]._resolve(
            connection, [item.ref for item in items]
        )

    # ------------------------------------------------------------------
    # READ AND TRANSLATE
    # ------------------------------------------------------------------

    @api.model
    def _read(self, connection, items, bindings):
        """Give every item its content: from the payload where that is certain to be the
        newest and whole, else from the provider, as it is now."""
        provider = connection._provider()
        seen = self._seen(connection, items, bindings)
        unsure = {}
        for item in items:
            try:
                item.reading = provider._open(
                    connection, item.ref.kind, item.event.payload
                )
            except Failure as failure:
                item.failure = failure
                continue
            older = item.ref in seen and item.occurred_at <= seen[item.ref]
            if not item.reading.complete or item.ambiguous or older:
                unsure[item.ref] = item
        for ref, content in self._fetch(connection, unsure).items():
            if content is None and ref in seen and ref not in bindings:
                # It came and went, and left nothing behind.
                unsure[ref].result = "superseded"
            else:
                self._take_fetched(connection, unsure[ref], content, seen.get(ref))

    @api.model
    def _take_fetched(self, connection, item, content, seen):
        """
        :param content: what :meth:`_fetch` gives
        :param seen: the time of the newest state that was worked on, if any
        """
        if isinstance(content, Exception):
            item.failure = content
        elif content is None:
            item.failure = Hold(
                "missing",
                f"The {item.ref.kind.replace('_', ' ')} {item.ref.id} does not exist "
                f"at {connection.name} any more.",
                "Nothing can be applied. Skip the event.",
            )
        else:
            item.reading = type(item.reading)(content=content)
            item.occurred_at = max(filter(None, (item.occurred_at, seen)))

    @api.model
    def _seen(self, connection, items, bindings):
        """{ref: the time of the newest state that was worked on}. Also of what left
        nothing behind: what was void before it came here must not be booked because
        news of its beginning comes later."""
        new = [item.ref for item in items if item.ref not in bindings]
        return {
            **self.env["q2c.event"]._last_settled(connection, new),
            **{ref: link.version for ref, link in bindings.items() if link.version},
        }

    @api.model
    def _hand_over(self, connection, items):
        """An event that does not say whose its object is (an invoice payment) goes to
        the lane of the customer that the object, now read, names.

        :return: the items that stay
        """
        provider, moved = connection._provider(), {}
        for item in items:
            unsaid = item.event.partition == item.ref.id
            if item.open and unsaid and item.ref.kind != "customer":
                content = item.reading.content
                envelope = provider._envelope(connection, item.ref.kind, content)
                if item.event._move_to(envelope.partition):
                    moved[item] = item.event
        if moved:
            self.env["q2c.event"].union(*moved.values())._wake_workers()
        return [item for item in items if item not in moved]

    @api.model
    def _fetch(self, connection, refs):
        """{ref: content | None | the failure that kept us from it}."""
        refs = list(refs)
        if not refs:
            return {}
        if connection._is_tripped():
            return dict.fromkeys(refs, connection._breaker_failure())
        try:
            found = connection._provider()._fetch(connection, refs)
        except Failure as failure:
            found = dict.fromkeys(refs, failure)
        refusal = next(filter(is_refusal, found.values()), None)
        if refusal:
            connection._heed(refusal)
        return found

    @api.model
    def _translate(self, connection, items):
        provider = connection._provider()
        for item in items:
            if not item.open:
                continue
            try:
                item.document = provider._translate(
                    connection,
                    item.ref.kind,
                    item.reading.content,
                    item.event.api_version or "",
                )
            except Failure as failure:
                item.failure = failure
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # A payload of an unforeseen shape must stop itself only. It is a bug
                # here all the same, so its traceback is kept.
                item.failure = error

    # ------------------------------------------------------------------
    # APPLY
    # ------------------------------------------------------------------

    @api.model
    def _apply(self, connection, items, bindings):
        """Bring the documents into Odoo, kind by kind in the order of dependence."""
        self._drop_unchanged(items, bindings)
        service = connection._as_service()
        batch = Batch(service, items, bindings)
        for kind in KINDS:
            share = [item for item in items if item.open and item.ref.kind == kind]
            for level in _levels(share):
                self._apply_group(kind, batch, level)

    @api.model
    def _drop_unchanged(self, items, bindings):
        """Our own echo, and whatever else says nothing new. It is the newest that was
        heard nevertheless: what is older and comes later must not be taken for news."""
        for item in items:
            binding = bindings.get(item.ref)
            if not (item.open and binding and binding.fingerprint):
                continue
            if binding.fingerprint == item.document.fingerprint():
                item.result = "unchanged"
                item.record = binding
                if not binding.version or binding.version < item.occurred_at:
                    # sudo: links are the engine's own
                    binding.sudo().version = item.occurred_at

    @api.model
    def _apply_group(self, kind, batch, items):
        """Apply together; what fails is halved until the culprit stands alone."""
        items = [item for item in items if item.open]
        if not items:
            return
        known = dict(batch.bindings)
        try:
            applier = batch.env[f"q2c.applier.{kind}"]
            with self.env.cr.savepoint():
                applier._apply(batch.of(items))
        except Exception as error:
            if is_concurrency(error):
                raise
            # Whatever it is, it must stop only what depends on it: it is recorded on
            # the row with its traceback, where a person sees it.
            batch.bindings.clear()
            batch.bindings.update(known)
            for item in items:
                item.result = ""
                item.record = None
            if len(items) == 1:
                items[0].failure = _explained(error)
                return
            middle = len(items) // 2
            self._apply_group(kind, batch, items[:middle])
            self._apply_group(kind, batch, items[middle:])

    # ------------------------------------------------------------------
    # SETTLE
    # ------------------------------------------------------------------

    @api.model
    def _settle(self, connection, items):
        """Write down what became of every event, and wake what waited for it."""
        events = self.env["q2c.event"]
        for result, share in _by_result(items).items():
            rows = events.union(*(item.event for item in share))
            if result in ("done", "unchanged"):
                rows._finish("done", result == "unchanged" and result)
                self._note_records(share)
            else:
                rows._finish("skipped", result)
        for item in items:
            if item.document and item.document.trace:
                item.event.trace = item.document.trace
            if item.failure is not None:
                self._settle_failure(item)
        events.union(*(item.event for item in items))._tell_work_list()
        # What was linked is there for others, even if not all of it could be booked.
        bound = [
            str(item.ref)
            for item in items
            if item.result == "done" or (item.failure is not None and item.record)
        ]
        events._wake(bound)
        self.env["q2c.command"]._wake(bound)

    @api.model
    def _note_records(self, items):
        """Let the events say which record each is about."""
        for item in items:
            if item.record:
                is_link = item.record._name == "q2c.binding"
                model = item.record.res_model if is_link else item.record._name
                number = item.record.res_id if is_link else item.record.id
                item.event.write({"res_model": model, "res_id": number})

    @api.model
    def _settle_failure(self, item):
        if not isinstance(item.failure, Failure):
            _logger.error(
                "Event %s failed", item.event.external_id, exc_info=item.failure
            )
        elif not isinstance(item.failure, Retry):
            _logger.info("Event %s: %s", item.event.external_id, item.failure)
        item.event._fail(item.failure)


def _explained(error):
    """What Odoo or another module refuses in words is for a person to put right, and
    no bug."""
    if not isinstance(error, UserError):
        return error
    _logger.info("Refused by Odoo", exc_info=error)
    return Hold(
        "refused",
        f"Odoo refuses it: {' '.join(str(error).split())}",
        "Put right what it says, then retry; or skip the event.",
    )


def _levels(items):
    """The items in groups of which none depends on itself (a parent company goes before
    its subsidiaries)."""
    waiting, levels = list(items), []
    while waiting:
        refs = {item.ref for item in waiting}
        level = [
            item
            for item in waiting
            if not refs.intersection(item.document.dependencies()) - {item.ref}
        ]
        # In a circle nobody is first: let them go together.
        level = level or waiting
        levels.append(level)
        waiting = [item for item in waiting if item not in level]
    return levels


def _by_result(items):
    """{result: items} of those that have one."""
    groups = {}
    for item in items:
        if item.result:
            groups.setdefault(item.result, []).append(item)
    return groups


def _are_loaded(rows):
    """:param rows: [(id, source)]"""
    return all(source == "load" for _id, source in rows)
