# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The outbox: written with the change, sent under one key, nothing created twice."""

import json
from datetime import timedelta
from http import HTTPStatus

import requests

from odoo import fields
from odoo.tests import tagged

from ..canonical import Hold, Outcome, Ref, Retry
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

    def test_rule_28_what_cannot_be_looked_for_is_not_sent_anew(self):
        def forbid(_self, _connection, _kind, _ref):
            raise Hold("insufficient_access", "Searching is not allowed.", "Allow it.")

        command = self.enqueue()
        self.answers = [Retry("unreachable", "No answer.")]
        self.run_sender()
        key = command.idempotency_key
        command.first_sent_at = fields.Datetime.now() - timedelta(hours=25)
        self.patch(self.registry["q2c.provider.stripe"], "_find", forbid)
        self.due(command)
        self.run_sender()
        self.assert_held(command, "insufficient_access")
        self.assertEqual(command.idempotency_key, key)
        command.action_retry()
        self.run_sender()
        self.assertEqual(len(self.sent), 1, "nobody knows what became of it")

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


class Edge:
    """Stripe as seen from the network: knows ``keys`` and refuses all others.

    ``calls``: (method, path, idempotency key) of what was asked.
    """

    def __init__(self, *keys):
        self.keys, self.calls = set(keys), []

    def send(self, _session, request, **_options):
        key = request.headers["Authorization"].removeprefix("Bearer ")
        path = request.path_url.partition("?")[0]
        self.calls.append(
            (request.method, path, request.headers.get("Idempotency-Key"))
        )
        if key not in self.keys:
            refusal = {"type": "invalid_request_error", "message": "Invalid API Key."}
            return _response(HTTPStatus.UNAUTHORIZED, {"error": refusal})
        if path == "/v1/account":
            return _response(HTTPStatus.OK, {"id": "acct_test", "object": "account"})
        made = {"id": f"cus_{len(self.calls)}", "object": "customer"}
        return _response(HTTPStatus.OK, made)


def _response(status, content):
    response = requests.Response()
    response.status_code = status
    response._content = json.dumps(content).encode()
    return response


@tagged("post_install", "-at_install")
class TestRefusedKey(Q2CCase):
    """It concerns the connection, whatever record it was found out with."""

    def setUp(self):
        super().setUp()
        self.edge = edge = Edge("sk_test_valid")
        self.patch(
            requests.Session, "send", lambda session, r, **o: edge.send(session, r, **o)
        )
        self.stripe.stripe_api_key = "sk_test_revoked"
        names = [{"name": name} for name in ("Ada", "Bob", "Cyd")]
        self.partners = self.env["res.partner"].create(names)
        self.enqueue(self.partners)

    def enqueue(self, partners):
        self.env["q2c.command"]._enqueue(self.stripe, "create", "customer", partners)

    def all_commands(self):
        return self.commands("customer", self.partners)

    def run_sender(self):
        self.env["q2c.sender"]._run(self.stripe)

    def exceptions(self):
        return self.env["q2c.exception"].search(
            [("connection_id", "=", self.stripe.id), ("state", "=", "open")]
        )

    def test_it_is_one_exception_that_names_connection_and_remedy(self):
        self.run_sender()
        [case] = self.exceptions()
        self.assertEqual((case.code, case.severity), ("invalid_key", "critical"))
        self.assertIn("the connection Stripe", case.message)
        self.assertIn("Invalid API Key", case.message)
        self.assertIn("Create a new key", case.remedy)
        self.assertIn("press Test Connection", case.remedy)
        self.assertEqual((case.res_model, case.res_id), self.target(self.stripe))

    def target(self, record):
        return record._name, record.id

    def test_nobody_else_is_tried_and_all_stay_in_line(self):
        self.run_sender()
        self.run_sender()
        self.assertEqual(len(self.edge.calls), 1)
        self.assertEqual(
            set(self.all_commands().mapped("state")), {"waiting", "queued"}
        )
        self.assertTrue(self.stripe._is_tripped())
        self.assertEqual(self.stripe.health, "error")

    def test_time_alone_does_not_try_again(self):
        self.run_sender()
        self.all_commands().next_attempt = "2000-01-01"
        self.stripe.breaker_until = False
        self.run_sender()
        self.assertEqual(len(self.edge.calls), 1)

    def test_a_test_that_fails_leaves_them_in_line(self):
        self.run_sender()
        self.stripe.stripe_api_key = "sk_test_revoked_too"
        self.assertEqual(self.stripe.action_test()["params"]["type"], "danger")
        self.run_sender()
        self.assertEqual(len(self.exceptions()), 1)
        self.assertFalse(self.all_commands().filtered(lambda c: c.state == "done"))

    def test_they_go_out_once_a_valid_key_is_entered_and_the_test_passes(self):
        self.run_sender()
        first_key = self.edge.calls[0][2]
        self.stripe.stripe_api_key = "sk_test_valid"
        said = self.stripe.action_test()["params"]
        self.assertEqual(said["type"], "success", said["message"])
        self.assertFalse(self.exceptions())
        self.run_sender()
        self.assertEqual(set(self.all_commands().mapped("state")), {"done"})
        keys = [key for method, _p, key in self.edge.calls if method == "POST"]
        # What became of an earlier attempt may be unknown: nothing is made twice.
        self.assertEqual(keys.count(first_key), 2)
        self.assertEqual(len(set(keys)), 3)

    def test_a_missing_key_is_no_other_matter(self):
        self.env["q2c.secret"].search([("connection_id", "=", self.stripe.id)]).unlink()
        self.run_sender()
        self.assertEqual(self.exceptions().mapped("code"), ["secret_missing"])
        self.assertEqual(set(self.all_commands().mapped("state")), {"waiting"})
        self.stripe.stripe_api_key = "sk_test_valid"
        said = self.stripe.action_test()["params"]
        self.assertEqual(said["type"], "success", said["message"])
        self.run_sender()
        self.assertEqual(set(self.all_commands().mapped("state")), {"done"})

    def test_rule_28_an_unknown_outcome_stays_unknown(self):
        self.stripe.stripe_api_key = "sk_test_valid"
        command = self.all_commands()[0]
        answers = [requests.ConnectionError("reset")]
        self.interrupt(answers)
        self.run_sender()
        self.assertEqual((command.state, command.reason), ("waiting", "unreachable"))
        key = command.idempotency_key
        self.stripe.write({"breaker_until": False, "stripe_api_key": "sk_test_revoked"})
        command.next_attempt = "2000-01-01"
        self.run_sender()
        self.assertEqual(command.reason, "invalid_key")
        self.assertEqual(command.idempotency_key, key)

    def interrupt(self, answers):
        """Have the network fail instead of the next answers."""
        send = requests.Session.send

        def interrupted(session, request, **options):
            if answers:
                raise answers.pop(0)
            return send(session, request, **options)

        self.patch(requests.Session, "send", interrupted)

    def test_what_came_in_and_must_be_read_there_waits_too(self):
        refusal = Hold("invalid_key", "Invalid API Key.", "Create a new key.")
        provider = self.registry["q2c.provider.stripe"]
        asked = []

        def refuse(_self, _connection, refs):
            asked.append(list(refs))
            return dict.fromkeys(refs, refusal)

        self.patch(provider, "_fetch", refuse)
        processor = self.env["q2c.processor"]
        refs = [Ref("invoice", "in_1"), Ref("invoice", "in_2")]
        found = processor._fetch(self.stripe, refs)
        self.assertEqual(set(found.values()), {refusal})
        again = processor._fetch(self.stripe, refs)
        self.assertEqual({f.code for f in again.values()}, {"invalid_key"})
        self.assertEqual(len(asked), 1)
        self.assertEqual(len(self.exceptions()), 1)
