# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The way of a run: the provider's endpoint, its lists, what they lack, its balance."""

from datetime import time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...canonical import explain
from ..engine.reasons import concerns_all
from . import compare

PHASES = ("endpoint", "objects", "extra", "proof")
# Records that the provider is asked about, one call each.
EXTRA_SIZE = 50
# Yesterday's last events have come in and were applied by then (UTC).
NIGHT = time(1)


class ReconciliationRun(models.Model):
    _inherit = "q2c.reconciliation.run"

    _open_states = ("queued", "running")

    # ------------------------------------------------------------------
    # A STEP
    # ------------------------------------------------------------------

    def _begin(self):
        result = super()._begin()
        if self.state == "queued":
            self.write(
                {"state": "running", "place": self.place or {"phase": PHASES[0]}}
            )
        return result

    def _step(self):
        phase = self.place["phase"]
        if phase in ("objects", "extra") and self._kind() is None:
            self._move_on()
        else:
            getattr(self, f"_step_{phase}")()

    def _leave_out(self, failure):
        """The rest can be compared all the same."""
        if self.place["phase"] not in ("objects", "extra"):
            self._move_on()
            return explain(failure)
        said = f"{self._label(self._kind())}: {explain(failure)}"
        self._next_kind()
        return said

    # ------------------------------------------------------------------
    # THE PLACE
    # ------------------------------------------------------------------

    def _kind(self):
        """The one in hand; None behind the last."""
        return next(iter(self._listed_kinds()[self.place.get("kind", 0) :]), None)

    def _label(self, kind):
        kinds = self.env["q2c.event"]._fields["kind"]._description_selection(self.env)
        return dict(kinds).get(kind, "")

    def _next_kind(self):
        number = self.place.get("kind", 0) + 1
        self.place = {"phase": self.place["phase"], "kind": number}

    def _move_on(self):
        """To the next phase; behind the last one, it is done."""
        behind = PHASES[PHASES.index(self.place["phase"]) + 1 :]
        if behind:
            self.place = {"phase": behind[0]}
        else:
            self._conclude()

    def _reached(self):
        """Lists take longer than the rest."""
        if self.state == "done":
            return 100
        share = {"endpoint": (0, 0), "objects": (1, 80), "extra": (81, 15)}
        begin, width = share.get(self.place["phase"], (97, 0))
        kinds = len(self._listed_kinds()) or 1
        return begin + width * min(self.place.get("kind", 0) / kinds, 1)

    # ------------------------------------------------------------------
    # PHASES
    # ------------------------------------------------------------------

    def _step_endpoint(self):
        faults = self.connection_id._check_endpoint()
        self.endpoint_note = "\n".join(map(explain, faults))
        self._move_on()

    def _step_objects(self):
        """A page of what was created in the period."""
        connection, kind = self.connection_id, self._kind()
        place = self.place
        page = connection._provider()._objects(
            connection,
            kind,
            *self._days(self.date_from, self.date_to),
            place.get("cursor", {}),
        )
        met = self.env["q2c.reconciliation.seen"]._add(
            self, [envelope.ref for envelope in page.envelopes]
        )
        new = [envelope for envelope in page.envelopes if envelope.ref in met]
        self._take(kind, compare.of_envelopes(connection, kind, new))
        if page.more:
            self.place = {**place, "cursor": page.cursor}
        else:
            self._next_kind()

    def _step_extra(self):
        """Records of the period whose objects were not among them: created at another
        time, or not known to the provider at all."""
        connection, kind = self.connection_id, self._kind()
        bindings = self._unmet(kind)
        if not bindings:
            self._next_kind()
            return
        refs = [binding._ref() for binding in bindings]
        contents = connection._provider()._fetch(connection, refs)
        for answer in contents.values():
            if concerns_all(answer):
                raise answer
        self.env["q2c.reconciliation.seen"]._add(self, refs)
        compared = compare.of_contents(connection, kind, contents)
        # Those of another period have their place in its counts.
        gone = [each for each in compared if each.sort == compare.EXTRA]
        self._take(kind, gone)
        self._take_differences([each for each in compared if each not in gone])
        if len(bindings) < EXTRA_SIZE:
            self._next_kind()

    def _unmet(self, kind):
        """Links of records of the period to objects that were not listed."""
        comparison = self.env[f"q2c.comparison.{kind}"]
        domain = comparison._period_domain(self.date_from, self.date_to)
        if domain is None:
            return self.env["q2c.binding"]
        records = self.env[comparison._target]._search(domain)
        seen = self.env["q2c.reconciliation.seen"]._search(
            Domain("run_id", "=", self.id) & Domain("kind", "=", kind)
        )
        return self.env["q2c.binding"].search(
            Domain("connection_id", "=", self.connection_id.id)
            & Domain("kind", "=", kind)
            & Domain("res_model", "=", comparison._target)
            & Domain("res_id", "in", records)
            & Domain("external_id", "not in", seen.subselect("external_id")),
            order="id",
            limit=EXTRA_SIZE,
        )

    def _step_proof(self):
        """The clearing account: of last night as it is now, since the provider tells
        its balance of this moment only."""
        day = None if self.origin == "nightly" else self.date_to
        proofs = self.env["q2c.clearing.proof"]._prove(self.connection_id, day)
        self.clearing_proof_ids = proofs
        self.env["q2c.intercompany"]._report_differences(self.connection_id)
        self._move_on()

    # ------------------------------------------------------------------
    # WHAT WAS FOUND
    # ------------------------------------------------------------------

    def _take(self, kind, compared):
        """Count ``compared``, and write down what differs."""
        currencies = self._currencies(compared)
        lines = self.env["q2c.reconciliation.line"]
        number = self._listed_kinds().index(kind)
        lines._tally(self, number, kind, compared, currencies)
        if not self.line_ids.filtered(lambda line: line.kind == kind):
            lines._obtain(self, number, kind, self.env["res.currency"])
        self._take_differences(compared)

    def _take_differences(self, compared):
        self.object_count += len(compared)
        self.env["q2c.reconciliation.difference"]._keep(
            self, compared, self._currencies(compared)
        )

    def _conclude(self):
        self.env["q2c.reconciliation.seen"]._forget(self)
        self.write({"state": "done", "finished_at": fields.Datetime.now()})
        self._message_log(body=self._summary())

    def _summary(self):
        count = len(self.difference_ids)
        if not count:
            return self.env._("%s objects compared: no difference.", self.object_count)
        return self.env._(
            "%(objects)s objects compared, %(count)s of them differ.",
            objects=self.object_count,
            count=count,
        )

    # ------------------------------------------------------------------
    # EVERY NIGHT
    # ------------------------------------------------------------------

    @api.model
    def _plan_nightly(self, connection):
        """A run up to yesterday, unless there is one."""
        now = fields.Datetime.now()
        yesterday = now.date() - timedelta(days=1)
        listed = connection._provider()._listed_kinds
        if not (listed and connection.reconcile_nightly) or now.time() < NIGHT:
            return self.browse()
        domain = [
            ("connection_id", "=", connection.id),
            ("origin", "=", "nightly"),
            ("date_to", ">=", yesterday),
        ]
        if self.search_count(domain, limit=1):
            return self.browse()
        return self.create(
            {
                "connection_id": connection.id,
                "origin": "nightly",
                "date_from": connection._reconcile_from(yesterday),
                "date_to": yesterday,
                "state": "queued",
            }
        )
