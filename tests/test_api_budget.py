# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 13: a share of the daily allocation; status updates wait first, then polls, and
never what a webhook needs; nothing is lost."""

from contextlib import suppress
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..canonical import Outcome, Page, Ref, Retry
from .common import Q2CCase


@tagged("post_install", "-at_install")
class TestApiBudget(Q2CCase):
    def setUp(self):
        super().setUp()
        self.salesforce.api_share = 50
        self.sent, self.listed = [], []
        provider = self.registry["q2c.provider.salesforce"]
        self.patch(provider, "_send", self._send)
        self.patch(provider, "_list", self._list)
        self.salesforce.status_field_ids = [
            (
                0,
                0,
                {
                    "kind": "customer",
                    "field_name": "Q2C_Account_Status__c",
                    "value": "account_status",
                },
            )
        ]

    def _send(self, _connection, calls):
        self.sent += calls
        yield [(key, Outcome(id=request.id)) for key, request in calls]

    def _list(self, _connection, code, cursor):
        self.listed.append(code)
        return Page(envelopes=(), cursor=cursor, more=False)

    def note(self, calls, used=None, allowed=1000, hours_ago=0):
        told = None if used is None else (used, allowed)
        self.env["q2c.api.use"]._note(self.salesforce, calls, told)
        self.env.cr.execute(
            "UPDATE q2c_api_use SET at = at - %s * interval '1 hour'"
            " WHERE id = (SELECT max(id) FROM q2c_api_use)",
            [hours_ago],
        )
        self.salesforce.invalidate_recordset()

    def updates(self, count=3):
        """Status updates of so many partners, in line."""
        partners = self.env["res.partner"].create(
            [{"name": f"Ada {n}"} for n in range(count)]
        )
        for partner in partners:
            self.env["q2c.binding"].create(
                {
                    "connection_id": self.salesforce.id,
                    "kind": "customer",
                    "external_id": f"001{partner.id:012d}AAA",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
            )
        self.env["q2c.status"]._enqueue("customer", partners)
        return self.env["q2c.command"].search([("res_id", "in", partners.ids)])

    def run_sender(self):
        self.env["q2c.sender"]._run(self.salesforce)

    def poll(self):
        self.salesforce.stream_ids.next_run = "2000-01-01"
        self.salesforce.stream_ids._poll()

    # ------------------------------------------------------------------
    # THE GAUGE
    # ------------------------------------------------------------------

    def test_rule_13_use_is_ours_and_the_accounts(self):
        self.note(100, used=300)
        self.note(25, used=330)
        self.assertEqual(self.salesforce.api_calls, 125)
        self.assertEqual(
            (self.salesforce.api_used, self.salesforce.api_allowed), (330, 1000)
        )
        self.assertEqual(self.salesforce.api_budget, 500)
        self.assertEqual(self.salesforce.api_budget_used, 33)
        self.assertFalse(self.salesforce.api_waits)

    def test_rule_13_the_day_rolls(self):
        self.note(480, used=480, hours_ago=25)
        self.note(10, used=20)
        self.assertEqual(self.salesforce.api_calls, 10)

    def test_rule_13_old_counts_are_removed(self):
        self.note(1, used=1, hours_ago=49)
        self.note(1, used=2)
        self.env["q2c.api.use"]._gc_old()
        self.env.cr.execute("SELECT count(*) FROM q2c_api_use")
        self.assertEqual(self.env.cr.fetchone(), (1,))

    def test_rule_13_what_is_not_metered_has_no_budget(self):
        self.assertFalse(self.stripe.is_metered)
        self.assertIsNone(self.stripe._budget_failure())
        self.assertEqual(self.stripe.api_budget_used, 0)

    def test_a_share_is_a_percentage(self):
        for share in (0, 101):
            with (
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.salesforce.api_share = share
                self.salesforce.flush_recordset()

    # ------------------------------------------------------------------
    # WHAT WAITS
    # ------------------------------------------------------------------

    def test_rule_13_status_updates_wait_first_and_go_out_later(self):
        commands = self.updates()
        self.note(455, used=455)
        self.run_sender()
        self.assertEqual(set(commands.mapped("state")), {"waiting"})
        self.assertEqual(set(commands.mapped("reason")), {"api_budget"})
        self.assertIn("455 of its 500 calls", commands[0].message)
        self.assertFalse(self.sent)
        self.assertEqual(self.salesforce.api_waits, "updates")
        self.poll()
        self.assertTrue(self.listed, "polls go on")
        self.env.cr.execute("DELETE FROM q2c_api_use")
        commands.next_attempt = "2000-01-01"
        self.run_sender()
        self.assertEqual(set(commands.mapped("state")), {"done"})
        self.assertEqual(len(self.sent), 3)

    def test_rule_13_waiting_for_calls_is_no_failed_try(self):
        commands = self.updates(1)
        self.note(500, used=500)
        for _time in range(15):
            commands.next_attempt = "2000-01-01"
            self.run_sender()
        self.assertEqual((commands.state, commands.attempts), ("waiting", 0))
        self.assertFalse(self.salesforce.breaker_until)

    def test_rule_13_many_updates_wait_by_as_many_queries_as_few(self):
        self.note(500, used=500)
        self.updates(2)
        self.run_sender()
        self.updates(30)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.run_sender()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 15)

    def test_rule_13_polls_wait_next_and_keep_their_place(self):
        stream = self.salesforce.stream_ids[0]
        stream.cursor = {"modstamp": "2026-02-01T00:00:00.000Z"}
        self.note(490, used=490)
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.poll()
        self.assertFalse(self.listed)
        self.assertEqual(stream.cursor, {"modstamp": "2026-02-01T00:00:00.000Z"})
        self.assertIn("490 of its 500", stream.message)
        self.assertGreater(
            stream.next_run, fields.Datetime.now() + timedelta(minutes=4)
        )
        self.assertFalse(self.salesforce.breaker_until, "the provider is not down")
        self.assertEqual(self.salesforce.api_waits, "polls")
        self.env.cr.execute("DELETE FROM q2c_api_use")
        self.poll()
        self.assertTrue(self.listed)

    def test_rule_13_webhooks_are_worked_on_without_calls_left(self):
        self.note(1000, used=1000)
        ref = Ref("customer", "001000000000001AAA")
        self.remote = {ref: {"Id": ref.id}}
        found = self.env["q2c.processor"]._fetch(self.salesforce, [ref])
        self.assertEqual(found[ref], {"Id": ref.id})

    # ------------------------------------------------------------------
    # UNTIL WHEN
    # ------------------------------------------------------------------

    def test_rule_13_waits_until_enough_calls_left_the_window(self):
        self.note(100, used=100, hours_ago=23.75)
        self.note(400, used=500)
        failure = self.salesforce._budget_failure()
        minutes = failure.after.total_seconds() / 60
        self.assertAlmostEqual(minutes, 15, delta=1)

    def test_rule_13_others_use_the_account_too(self):
        self.note(10, used=980)
        self.assertIsInstance(self.salesforce._budget_failure(for_polls=True), Retry)

    def test_rule_13_what_others_used_an_hour_ago_is_asked_again(self):
        self.note(10, used=980, hours_ago=1.1)
        self.assertIsNone(self.salesforce._budget_failure())

    # ------------------------------------------------------------------
    # COUNTING
    # ------------------------------------------------------------------

    def signed(self, calls, usage):
        """The client of a provider that was asked so often."""
        signed = self.salesforce._provider()._signed(self.salesforce)
        signed.client.connector.calls = calls
        signed.client.connector.usage = usage
        return signed

    def setup_credentials(self):
        self.salesforce.salesforce_sign_in = "client_credentials"
        self.salesforce._put_secret("client_secret", "secret")

    def test_rule_13_every_call_counts_failed_ones_too(self):
        self.setup_credentials()
        with self.signed(3, (40, 1000)):
            pass
        # Odoo's assertRaises would undo what was counted.
        with suppress(Retry), self.signed(2, (42, 1000)):
            raise Retry("unreachable", "No answer.")
        with self.signed(0, None):
            pass
        self.salesforce.invalidate_recordset()
        self.assertEqual(self.salesforce.api_calls, 5)
        self.assertEqual(self.salesforce.api_used, 42)

    def test_a_broken_transaction_is_not_written_to(self):
        self.setup_credentials()

        with suppress(ZeroDivisionError), self.signed(3, (40, 1000)):
            raise ZeroDivisionError
        self.assertEqual(self.salesforce.api_calls, 0)
