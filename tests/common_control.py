# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A provider whose objects are canonical documents: listed, fetched and translated from
a dict, so that the books may be compared with whatever is planted there."""

import json
from datetime import date, datetime, timezone

from odoo import fields

from ..canonical import Envelope, Page, Reading, Ref, Retry
from .common_billing import BillingCase

SINCE = date(2026, 2, 1)
UNTIL = date(2026, 2, 28)


class ControlCase(BillingCase):
    """``account``: {ref: (document, when it was created)}. Of a list, ``page_size``
    objects are told at a time; ``listed``: the pages that were asked for, as (kind,
    cursor). ``outage``: a failure that every call raises. ``refused``: {kind: Hold} of
    its list; ``unreadable``: {ref: Hold} of its translation. ``faults``: of the
    endpoint."""

    page_size = 2

    def setUp(self):
        super().setUp()
        self.account, self.listed, self.faults = {}, [], []
        self.outage = None
        self.refused, self.unreadable = {}, {}
        provider = self.registry["q2c.provider.stripe"]
        case = self
        self.patch(provider, "_objects", lambda _p, *call: case._page(*call))
        self.patch(provider, "_fetch", lambda _p, _c, refs: case._fetched(refs))
        self.patch(provider, "_open", lambda _p, _c, _k, text: _open(text))
        self.patch(provider, "_envelope", lambda _p, _c, _k, ref: case._envelope(ref))
        self.patch(provider, "_translate", lambda _p, _c, _k, ref, _v: case._told(ref))
        self.patch(provider, "_endpoint_faults", lambda _p, _c: case._endpoint())

    # ------------------------------------------------------------------
    # THE PROVIDER
    # ------------------------------------------------------------------

    def plant(self, *documents, created=datetime(2026, 2, 5, tzinfo=timezone.utc)):
        """Have the provider know these."""
        for document in documents:
            self.account[document.ref] = (document, created)

    def _page(self, connection, kind, since, until, cursor):
        self._fail()
        if kind in self.refused:
            raise self.refused[kind]
        self.listed.append((kind, cursor.get("after", 0)))
        refs = [
            ref
            for ref, (_document, created) in self.account.items()
            if ref.kind == kind and since <= created < until
        ]
        begin = cursor.get("after", 0)
        end = begin + self.page_size
        return Page(
            envelopes=tuple(map(self._envelope, refs[begin:end])),
            cursor={"after": end},
            more=end < len(refs),
        )

    def _fetched(self, refs):
        if self.outage:
            return dict.fromkeys(refs, self.outage)
        return {ref: ref if ref in self.account else None for ref in refs}

    def _endpoint(self):
        self._fail()
        return self.faults

    def _fail(self):
        if self.outage:
            raise self.outage

    def _envelope(self, ref):
        document, _created = self.account[ref]
        return Envelope(
            external_id=f"{ref}@{document.fingerprint()[:12]}",
            type=f"{ref.kind}.fetched",
            kind=ref.kind,
            object_id=ref.id,
            partition="cus_1",
            occurred_at=self._next_moment(),
            payload=json.dumps([ref.kind, ref.id]),
        )

    def _told(self, ref):
        if ref in self.unreadable:
            raise self.unreadable[ref]
        return self.account[ref][0]

    def break_down(self):
        self.outage = Retry("unreachable", "Stripe did not answer.")

    def recover(self):
        self.outage = None
        self.stripe.breaker_until = False

    # ------------------------------------------------------------------
    # THE WORK
    # ------------------------------------------------------------------

    def told_and_applied(self, *documents, **options):
        """Known to the provider, come in and applied."""
        self.plant(*documents, **options)
        self.assert_done(self.apply(self.stripe, *documents))

    def reconcile(self, date_from=SINCE, date_to=UNTIL, pieces=None):
        """A run over the period; ``pieces``: stopped after that many."""
        run = self.env["q2c.reconciliation.run"].create(
            {
                "connection_id": self.stripe.id,
                "date_from": date_from,
                "date_to": date_to,
            }
        )
        run.action_start()
        self.go_on(pieces)
        return run

    def go_on(self, pieces=None):
        """Work as the scheduled action does; what was not written is forgotten after
        each piece, as if the process had been killed."""
        runs, done = self.env["q2c.reconciliation.run"], 0
        while runs._work_step(self.stripe):
            self.env.flush_all()
            self.env.invalidate_all()
            done += 1
            if done == pieces:
                break

    def run_lanes(self):
        """Apply what is due in the inbox."""
        while self.env["q2c.processor"]._run_batch(range(1024)):
            self.env.flush_all()

    def repair(self, later=True):
        """What the scheduled action does about differences, before and after the lanes;
        ``later``: some minutes on."""
        rows = self.env["q2c.reconciliation.difference"]
        while rows._work_step(self.stripe):
            self.env.flush_all()
        self.run_lanes()
        if later:
            backfilled = rows.search([("state", "=", "backfilled")])
            backfilled.checked_at = fields.Datetime.subtract(
                fields.Datetime.now(), minutes=10
            )
            while rows._work_step(self.stripe):
                self.env.flush_all()

    def line_of(self, run, kind):
        return run.line_ids.filtered(lambda line: line.kind == kind)

    def differences(self, run):
        """{object id: how it differs}"""
        return {row.external_id: row.sort for row in run.difference_ids}


def _open(text):
    """A stored payload: its content is the reference itself. What :meth:`Q2CCase.apply`
    stores says nothing."""
    content = json.loads(text)
    if not content:
        return Reading(content={}, complete=False)
    return Reading(content=Ref(*content))
