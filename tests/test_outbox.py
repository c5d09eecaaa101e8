# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The outbox: written with the change, sent under one key, nothing created twice."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..canonical import Hold, Outcome, Retry
from .common import Q2CCase


@tagged("post_install", "-at_install")
class TestOutbox(Q2CCase):
    def setUp(self):
        super().setUp()
        self.sent = []
        self.answers = []
        self.found = {}
        provider = self.registry["q2c.provider.stripe"]
        self.patch(provider, "_send", self._send)
        self.patch(provider, "_find", lambda _s, _c, kind, ref: self.found.get(ref))
        self.partner = self.env["res.partner"].create({"name": "Ada"})

    def _send(self, _connection, calls):
        for key, request in calls:
            self.sent.append((key, request))
            answer = self.answers.pop(0) if self.answers else f"cus_{len(self.sent)}"
            failure = answer if isinstance(answer, Exception) else None
            outcome = Outcome(id="" if failure else answer, failure=failure)
            yield [(key, outcome)]

    def enqueue(self, verb="create", partner=None):
        partner = partner or self.partner
        self.env["q2c.command"]._enqueue(self.stripe, verb, "customer", partner)
        return self.commands("customer", partner, verb)

    def run_sender(self):
        self.env["q2c.sender"]._run(self.stripe)

    def due(self, command):
        command.next_attempt = "2000-01-01"
        self.stripe.breaker_until = False

    def bindings(self):
        return self.env["q2c.binding"].search([("res_id", "=", self.partner.id)])

    def test_creation_links_the_record(self):
        command = self.enqueue()
        self.run_sender()
        self.assertEqual((command.state, command.external_id), ("done", "cus_1"))
        binding = self.bindings()
        self.assertEqual((binding.external_id, binding.kind), ("cus_1", "customer"))
        self.assertEqual(self.partner.q2c_sync_state, "synced")

    def test_asked_for_twice_created_once(self):
        self.enqueue()
        self.assertEqual(len(self.enqueue()), 1)
        self.run_sender()
        again = self.enqueue()
        self.run_sender()
        self.assertEqual(len(self.sent), 1)
        self.assertEqual(set(again.mapped("state")), {"done", "skipped"})

    def test_rule_28_unknown_outcome_is_repeated_under_the_same_key(self):
        command = self.enqueue()
        self.answers = [Retry("unreachable", "No answer.")]
        self.run_sender()
        self.assertEqual(command.state, "waiting")
        self.partner.name = "Changed since"
        self.due(command)
        self.run_sender()
        (first_key, first), (second_key, second) = self.sent[:2]
        self.assertEqual(first_key, second_key)
        self.assertEqual(first, second)
        self.assertEqual(command.state, "done")

    def test_change_during_creation_is_sent_after_it(self):
        command = self.enqueue()
        self.answers = [Retry("unreachable", "No answer.")]
        self.run_sender()
        self.partner.name = "Changed since"
        update = self.commands("customer", self.partner, "update")
        self.assertEqual(len(update), 1)
        self.due(command)
        self.run_sender()
        self.assertEqual((command.state, update.state), ("done", "done"))
        self.assertEqual(self.sent[-1][1].verb, "update")
        self.assertEqual(self.sent[-1][1].params["name"], "Changed since")

    def test_unknown_outcome_is_never_created_beside(self):
        command = self.enqueue()
        self.answers = [Retry("unreachable", "No answer.")]
        self.run_sender()
        self.assertEqual(self.enqueue(), command)
        command.write({"state": "failed", "reason": "unreachable"})
        self.assertEqual(self.enqueue(), command, "its outcome is still unknown")

    def test_refused_is_composed_anew_under_a_new_key(self):
        command = self.enqueue()
        self.answers = [Hold("invalid", "The name is bad.", "Mend it.")]
        self.run_sender()
        self.assertEqual((command.state, command.reason), ("failed", "invalid"))
        self.assertEqual(self.sent[0][1].params["name"], "Ada")
        self.partner.name = "Better"
        command.action_retry()
        self.run_sender()
        self.assertNotEqual(self.sent[0][0], self.sent[1][0])
        self.assertEqual(self.sent[1][1].params["name"], "Better")

    def test_rule_28_after_the_key_window_the_state_is_compared(self):
        command = self.enqueue()
        self.answers = [Retry("unreachable", "No answer.")]
        self.run_sender()
        command.first_sent_at = fields.Datetime.now() - timedelta(hours=25)
        self.found[self.stripe._odoo_ref(self.partner)] = {"id": "cus_there"}
        self.due(command)
        self.run_sender()
        self.assertEqual(len(self.sent), 1, "it was found, not sent again")
        self.assertEqual(self.bindings().external_id, "cus_there")

    def test_rule_28_not_found_after_the_key_window_is_sent_anew(self):
        command = self.enqueue()
        self.answers = [Retry("unreachable", "No answer.")]
        self.run_sender()
        command.first_sent_at = fields.Datetime.now() - timedelta(hours=25)
        self.due(command)
        self.run_sender()
        self.assertEqual(len(self.sent), 2)
        self.assertNotEqual(self.sent[0][0], self.sent[1][0])

    def test_rule_13_provider_that_is_down_opens_the_breaker(self):
        others = self.env["res.partner"].create([{"name": "Bob"}, {"name": "Cyd"}])
        commands = self.enqueue()
        for other in others:
            commands |= self.enqueue(partner=other)
        self.answers = [Retry("rate_limited", "Slow down.", after=timedelta(minutes=7))]
        self.run_sender()
        self.assertEqual(len(self.sent), 1, "nobody else was tried")
        self.assertGreater(
            self.stripe.breaker_until, fields.Datetime.now() + timedelta(minutes=6)
        )
        self.assertEqual(set(commands[1:].mapped("state")), {"queued"})
        self.run_sender()
        self.assertEqual(len(self.sent), 1)
        for command in commands:
            self.due(command)
        self.run_sender()
        self.assertEqual(set(commands.mapped("state")), {"done"})
        self.assertFalse(self.stripe.breaker_trips)

    def test_fault_of_one_record_lets_the_others_go(self):
        other = self.env["res.partner"].create({"name": "Bob"})
        locked, free = self.enqueue(), self.enqueue(partner=other)
        self.answers = [Retry("record_locked", "The record is locked.")]
        self.run_sender()
        self.assertEqual((locked.state, free.state), ("waiting", "done"))

    def test_updates_are_coalesced(self):
        self.link(self.stripe, "customer", "cus_1", self.partner, sent_at="2026-01-01")
        self.partner.name = "One"
        self.partner.email = "one@example.com"
        self.assertEqual(len(self.commands("customer", self.partner, "update")), 1)
        self.run_sender()
        ((_key, request),) = self.sent
        self.assertEqual((request.verb, request.id), ("update", "cus_1"))
        self.assertEqual(request.params["email"], "one@example.com")

    def test_what_says_nothing_new_is_not_sent(self):
        self.enqueue()
        self.run_sender()
        update = self.enqueue("update")
        self.run_sender()
        self.assertEqual((update.state, update.reason), ("skipped", "unchanged"))
        self.assertEqual(len(self.sent), 1)

    def test_deleted_record_is_skipped(self):
        command = self.enqueue()
        self.partner.unlink()
        self.run_sender()
        self.assertEqual((command.state, command.reason), ("skipped", "record_deleted"))

    def test_missing_secret_fails_all_with_a_remedy(self):
        def refuse(_self, connection, _calls):
            connection._secret("api_key")
            yield []

        self.patch(self.registry["q2c.provider.stripe"], "_send", refuse)
        command = self.enqueue()
        self.run_sender()
        self.assert_held(command, "secret_missing")

    def test_bug_in_one_document_stops_only_that(self):
        exporter = self.registry["q2c.exporter.customer"]
        document = exporter._document

        def explode(model, connection, record):
            if record == self.partner:
                raise RuntimeError("boom")
            return document(model, connection, record)

        self.patch(exporter, "_document", explode)
        other = self.env["res.partner"].create({"name": "Bob"})
        bad, good = self.enqueue(), self.enqueue(partner=other)
        self.run_sender()
        self.assertEqual((bad.state, bad.reason), ("failed", "error"))
        self.assertIn("boom", bad.traceback)
        self.assertEqual(good.state, "done")
