# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 30: a replay shows its effect on the books first, and leaves nothing behind."""

import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..canonical import Customer, Envelope, Hold, Reading
from ..models.engine.queued import SLOTS
from .common_billing import BillingCase

# Whatever a preview could leave something in.
TRACES = (
    "q2c.event",
    "q2c.command",
    "q2c.binding",
    "q2c.exception",
    "q2c.balance.transaction",
    "account.move",
    "account.move.line",
    "account.payment",
    "account.partial.reconcile",
    "res.partner",
    "mail.message",
    "mail.mail",
    "ir.cron.trigger",
)


class PreviewCase(BillingCase):
    """``documents``: {object id: canonical document, or what reading it ends with}."""

    def setUp(self):
        super().setUp()
        self.documents = {}
        provider = self.registry["q2c.provider.stripe"]
        self.patch(
            provider,
            "_open",
            lambda _s, _c, _k, payload: Reading(content={"id": payload}),
        )
        self.patch(provider, "_translate", self._translate)
        self.patch(provider, "_fetch", self._fetch)
        self.patch(
            provider,
            "_envelope",
            lambda _s, _c, kind, content: self.envelope(kind, content["id"], "fetched"),
        )

    def _translate(self, _connection, _kind, content, _api_version):
        document = self.documents[content["id"]]
        if isinstance(document, Exception):
            raise document
        return document

    def _fetch(self, _connection, refs):
        return {
            ref: {"id": ref.id} if ref.id in self.documents else None for ref in refs
        }

    def envelope(self, kind, object_id, name="evt"):
        return Envelope(
            external_id=f"{name}_{object_id}",
            type=f"{kind}.changed",
            kind=kind,
            object_id=object_id,
            partition="cus_1",
            occurred_at=self._next_moment(),
            payload=object_id,
        )

    def envelopes(self, *documents):
        self.documents |= {document.id: document for document in documents}
        return [self.envelope(document.KIND, document.id) for document in documents]

    def stored(self, *documents):
        """Events of ``documents`` that wait in the inbox."""
        envelopes = self.envelopes(*documents)
        ids = self.env["q2c.event"]._store(self.stripe, envelopes, "webhook")
        return self.env["q2c.event"].browse(ids)

    def counts(self):
        self.env.flush_all()
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in TRACES
        }

    def of_events(self, events):
        """The preview; it must leave nothing behind."""
        before, values = self.counts(), events.read()
        result = self.env["q2c.preview"]._of_events(events)
        self.assertEqual(self.counts(), before)
        self.assertEqual(events.read(), values)
        json.dumps(result)
        return result

    def outcomes(self, result):
        return {e["object_id"]: (e["state"], e["reason"]) for e in result["events"]}

    def account_changes(self, result):
        return {a["code"]: a["balance"] for a in result["accounts"]}

    def code_of(self, account):
        return account.with_company(self.company).code

    def user_with(self, role):
        return new_test_user(
            self.env,
            f"q2c_preview_{role}",
            groups=f"base.group_user,quote_to_cash.group_{role}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )


@tagged("post_install", "-at_install")
class TestPreview(PreviewCase):
    def test_rule_30_invoice_and_payment_show_their_entries(self):
        events = self.stored(
            self.invoice(self.line(10000, tax=2000)), self.payment(12000, "in_1")
        )
        result = self.of_events(events)
        self.assertEqual(
            self.outcomes(result), {"in_1": ("done", ""), "pi_1": ("done", "")}
        )
        invoice, payment = result["entries"]
        self.assertEqual(
            sorted((line["debit"], line["credit"]) for line in invoice["lines"]),
            [(0, 20), (0, 100), (120, 0)],
        )
        self.assertEqual((invoice["state"], invoice["ref"]), ("posted", "INV-1"))
        self.assertEqual(invoice["partner"], "Billed Customer")
        self.assertEqual(
            [
                (line["code"], line["debit"], line["credit"])
                for line in payment["lines"]
            ],
            [(self.code_of(self.clearing), 120, 0), (self.receivable.code, 0, 120)],
        )
        self.assertEqual(
            self.account_changes(result),
            {
                self.code_of(self.clearing): 120,
                self.receivable.code: 0,
                self.company_data["default_account_revenue"].code: -100,
                self.company_data["default_account_tax_sale"].code: -20,
            },
        )
        (match,) = result["reconciliations"]
        self.assertEqual((match["amount"], match["currency"]), (120, self.code))

    def test_what_it_shows_is_what_the_replay_does(self):
        events = self.stored(
            self.invoice(self.line(10000, tax=2000)), self.payment(12000, "in_1")
        )
        result = self.of_events(events)
        self.env["q2c.processor"]._run(list(range(SLOTS)))
        self.assert_done(events)
        for entry, record in zip(
            result["entries"],
            (
                self.linked("invoice", "in_1"),
                self.linked("payment", "pi_1").move_id,
            ),
            strict=True,
        ):
            told = sorted(
                (li["code"], li["debit"], li["credit"]) for li in entry["lines"]
            )
            done = sorted(
                (line.account_id.code, line.debit, line.credit)
                for line in record.line_ids
            )
            self.assertEqual(told, done)
            self.assertEqual(entry["name"], record.name, "the number was not used up")

    def test_failures_are_told_with_their_sentence(self):
        events = self.stored(
            self.invoice(self.line(10000, tax=2000, rate="txr_20"), id="in_1"),
            self.invoice(
                self.line(10000), id="in_2", number="INV-2", total=self.money(1)
            ),
        )
        result = self.of_events(events)
        (event,) = (e for e in result["events"] if e["object_id"] == "in_2")
        self.assertEqual(
            (event["state"], event["reason"]), ("failed", "does_not_tie_out")
        )
        self.assertIn("INV-2", event["message"])
        self.assertTrue(event["remedy"])
        self.assertEqual(len(result["entries"]), 1, "the other one would be booked")

    def test_a_bug_is_a_failure_too(self):
        events = self.stored(self.invoice(self.line(10000)))
        self.documents["in_1"] = KeyError("nonsense")
        (event,) = self.of_events(events)["events"]
        self.assertEqual((event["state"], event["reason"]), ("failed", "error"))

    def test_dependencies_are_fetched_and_not_kept(self):
        self.documents["cus_9"] = Customer(id="cus_9", name="Fetched")
        events = self.stored(self.invoice(self.line(10000), customer_id="cus_9"))
        result = self.of_events(events)
        fetched = {e["object_id"] for e in result["events"] if e["fetched"]}
        self.assertEqual(fetched, {"cus_9"})
        names = {r["name"] for r in result["records"] if r["is_new"]}
        self.assertIn("Fetched", names)
        self.assertEqual(result["entries"][0]["partner"], "Fetched")

    def test_nothing_is_committed(self):
        self.documents["cus_9"] = Customer(id="cus_9", name="Fetched")
        events = self.stored(self.invoice(self.line(10000), customer_id="cus_9"))
        with patch.object(self.registry["ir.cron"], "_commit_progress") as commit:
            self.of_events(events)
        commit.assert_not_called()

    def test_nobody_is_called_after_the_commit(self):
        events = self.stored(self.invoice(self.line(10000)))
        kept = self.cr.postcommit
        called = []
        kept.add(lambda: called.append("before"))
        self.of_events(events)
        self.assertIs(self.cr.postcommit, kept)
        kept.run()
        self.assertEqual(called, ["before"])

    def test_what_a_change_would_change(self):
        self.assert_done(self.apply(self.stripe, self.invoice(self.line(10000))))
        result = self.of_events(self.stored(self.payment(10000, "in_1")))
        (record,) = (r for r in result["records"] if r["model"] == "account.move")
        self.assertFalse(record["is_new"])
        changes = {c["field"]: (c["before"], c["after"]) for c in record["changes"]}
        self.assertEqual(changes["payment_state"], ("Not Paid", "Paid"))
        self.assertEqual(changes["amount_residual"], ("100.0", "0.0"))

    def test_envelopes_that_are_not_stored(self):
        envelopes = self.envelopes(self.invoice(self.line(10000)))
        before = self.counts()
        result = self.env["q2c.preview"]._of_envelopes(self.stripe, envelopes)
        self.assertEqual(self.counts(), before)
        self.assertEqual(self.outcomes(result), {"in_1": ("done", "")})
        self.assertEqual(len(result["entries"]), 1)
        json.dumps(result)

    def test_a_hold_that_stays_leaves_the_work_list_as_it_is(self):
        events = self.stored(self.invoice(self.line(10000)))
        self.documents["in_1"] = Hold("no_journal", "No journal.", "Choose one.")
        self.env["q2c.processor"]._run(list(range(SLOTS)))
        case = self.env["q2c.exception"].search([("event_id", "=", events.id)])
        before = case.read()
        self.of_events(events)
        self.assertEqual(case.read(), before)

    def test_several_events_of_one_object(self):
        first = self.stored(self.invoice(self.line(10000)))
        envelope = self.envelope("invoice", "in_1", "again")
        ids = self.env["q2c.event"]._store(self.stripe, [envelope], "webhook")
        result = self.of_events(first + self.env["q2c.event"].browse(ids))
        self.assertEqual(
            sorted(e["state"] for e in result["events"]), ["done", "skipped"]
        )
        self.assertEqual(len(result["entries"]), 1)


@tagged("post_install", "-at_install")
class TestReplay(PreviewCase):
    def held(self):
        events = self.stored(
            self.invoice(self.line(10000)),
            self.invoice(self.line(5000), id="in_2", number="INV-2"),
        )
        good = dict(self.documents)
        for name in good:
            self.documents[name] = Hold("no_journal", f"{name} is held.", "Retry.")
        self.env["q2c.processor"]._run(list(range(SLOTS)))
        self.assertEqual(set(events.mapped("state")), {"failed"})
        self.documents = good
        return events

    def test_rule_30_group_replay_with_a_look_first(self):
        events = self.held()
        cases = self.env["q2c.exception"].search([("event_id", "in", events.ids)])
        operator = self.user_with("operator")
        action = cases.with_user(operator).action_preview()
        replay = self.env["q2c.replay"].with_user(operator).browse(action["res_id"])
        self.assertFalse(replay.is_stuck)
        self.assertIn("2 would be applied", replay.summary)
        for text in ("INV-1", "INV-2", "150.00", self.receivable.code):
            self.assertIn(text, replay.overview)
        self.assertEqual(set(events.mapped("state")), {"failed"})
        replay.action_replay()
        self.assertEqual(set(events.mapped("state")), {"queued"})
        self.env["q2c.processor"]._run(list(range(SLOTS)))
        self.assert_done(events)
        self.assertEqual(set(cases.mapped("state")), {"resolved"})

    def test_what_fails_again_is_said(self):
        events = self.held()
        self.documents["in_2"] = Hold("no_journal", "<b>Still</b> held.", "Retry.")
        action = events.with_user(self.user_with("finance")).action_preview()
        replay = self.env["q2c.replay"].browse(action["res_id"])
        self.assertTrue(replay.is_stuck)
        self.assertIn("1 would be applied, 1 would fail", replay.summary)
        self.assertIn("&lt;b&gt;Still&lt;/b&gt; held.", replay.overview)

    def test_who_may_not(self):
        events = self.held()
        user = self.user_with("user")
        with self.assertRaisesRegex(UserError, "Operator and Finance"):
            events.with_user(user).action_preview()

    def test_an_exception_without_event_has_no_preview(self):
        case = self.env["q2c.exception"]._report(self.stripe, "overpaid", "W.", key="k")
        with self.assertRaisesRegex(UserError, "no event behind it"):
            case.action_preview()
