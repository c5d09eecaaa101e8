# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Connections: secrets, environments, health, journals, polls."""

import os
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..canonical import Envelope, Health, Page, Retry
from ..models.connection import environment, vault
from .common import Q2CCase

KEY = "sk_test_51AbCdEfGh0123456789"


@tagged("post_install", "-at_install")
class TestSecrets(Q2CCase):
    def stored(self):
        return self.env["q2c.secret"].search([("connection_id", "=", self.stripe.id)])

    def test_secret_is_encrypted_and_never_shown_again(self):
        self.stripe.stripe_api_key = KEY
        self.env.flush_all()
        self.stripe.invalidate_recordset()
        self.assertFalse(self.stripe.stripe_api_key)
        self.assertEqual(self.stripe.stripe_api_key_hint, "Stored, ends in 6789")
        self.assertEqual(self.stripe._secret("api_key"), KEY)
        self.cr.execute("SELECT token FROM q2c_secret WHERE id = %s", self.stored().ids)
        self.assertNotIn(KEY, self.cr.fetchone()[0])

    def test_secret_is_in_no_export_message_or_copy(self):
        self.stripe.stripe_api_key = KEY
        # What is asked for in a later request.
        self.env.flush_all()
        self.env.invalidate_all()
        names = ["stripe_api_key", "name"]
        exported = self.stripe.export_data(names)["datas"]
        self.assertNotIn(KEY, str(exported))
        self.assertNotIn(KEY, str(self.stripe.message_ids.mapped("body")))
        copy = self.stripe.copy()
        self.assertFalse(copy._secrets("api_key"))
        self.assertNotEqual(copy.webhook_token, self.stripe.webhook_token)

    def test_manager_cannot_read_tokens(self):
        self.stripe.stripe_api_key = KEY
        manager = self._user("quote_to_cash.group_manager")
        secrets = self.env["q2c.secret"].with_user(manager)
        with self.assertRaises(AccessError):
            secrets.browse(self.stored().ids).read(["hint"])
        with self.assertRaises(AccessError):
            self.stripe.with_user(manager).read(["secret_ids"])

    def test_rule_1_two_signing_secrets_live_while_one_rotates(self):
        self.stripe.stripe_signing_secret = "whsec_first_0123456789"
        self.stripe.stripe_signing_secret = "whsec_second_0123456789"
        self.assertEqual(
            self.stripe._secrets("signing_secret"),
            ["whsec_second_0123456789", "whsec_first_0123456789"],
        )
        self.stored().filtered("expires_at").expires_at = "2000-01-01"
        self.assertEqual(
            self.stripe._secrets("signing_secret"), ["whsec_second_0123456789"]
        )

    def test_new_api_key_replaces_the_old_at_once(self):
        self.stripe.stripe_api_key = KEY
        self.stripe.stripe_api_key = KEY + "new"
        self.assertEqual(self.stripe._secrets("api_key"), [KEY + "new"])

    def test_saving_the_form_without_a_secret_keeps_it(self):
        self.stripe.stripe_api_key = KEY
        self.stripe.write({"stripe_api_key": False, "name": "Renamed"})
        self.assertEqual(self.stripe._secret("api_key"), KEY)

    def test_no_encryption_key_is_a_clear_error(self):
        with (
            patch.dict(os.environ, {vault.ENVIRONMENT_VARIABLE: ""}),
            self.assertRaisesRegex(UserError, "No encryption key is configured"),
        ):
            self.stripe.stripe_api_key = KEY
            self.env.flush_all()

    def test_malformed_encryption_key_is_a_clear_error(self):
        with (
            patch.dict(os.environ, {vault.ENVIRONMENT_VARIABLE: "short"}),
            self.assertRaisesRegex(UserError, "malformed"),
        ):
            vault.encrypt(self.env, "text")

    def test_keys_rotate_without_losing_a_secret(self):
        self.stripe.stripe_api_key = KEY
        old = os.environ[vault.ENVIRONMENT_VARIABLE]
        new = Fernet.generate_key().decode()
        with patch.dict(os.environ, {vault.ENVIRONMENT_VARIABLE: f"{new},{old}"}):
            self.assertEqual(self.stripe._secret("api_key"), KEY)
            self.env["q2c.secret"]._rotate_all()
        with patch.dict(os.environ, {vault.ENVIRONMENT_VARIABLE: new}):
            self.assertEqual(self.stripe._secret("api_key"), KEY)

    def test_lost_key_is_a_clear_error(self):
        self.stripe.stripe_api_key = KEY
        other = Fernet.generate_key().decode()
        with (
            patch.dict(os.environ, {vault.ENVIRONMENT_VARIABLE: other}),
            self.assertRaisesRegex(UserError, "cannot be decrypted"),
        ):
            self.stripe._secrets("api_key")

    def test_rule_29_live_key_is_refused_on_a_test_connection(self):
        with self.assertRaisesRegex(ValidationError, "live key"):
            self.stripe.stripe_api_key = "sk_live_51AbCdEfGh0123456789"

    def test_publishable_key_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no secret key"):
            self.stripe.stripe_api_key = "pk_test_51AbCdEfGh0123456789"

    def _user(self, group):
        return self.env["res.users"].create(
            {
                "name": group,
                "login": group,
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref(group).ids)],
            }
        )


@tagged("post_install", "-at_install")
class TestConnection(Q2CCase):
    def health(self, **values):
        health = Health(
            **{
                "account_id": "acct_test",
                "account_name": "Acme",
                "live": False,
                "details": {"instance_url": "https://test.my.salesforce.com"},
                **values,
            }
        )
        self.patch(
            self.registry["q2c.provider.stripe"], "_health", lambda _s, _c: health
        )

    def test_live_connection_needs_a_production_host(self):
        self.stripe.action_pause()
        self.stripe.environment = "live"
        self.health(live=True)
        self.stripe._put_secret("signing_secret", "whsec_0123456789abcdef")
        with self.assertRaisesRegex(ValidationError, "not the production one"):
            self.stripe.action_activate()
        production = {environment.ENVIRONMENT_VARIABLE: "production"}
        with patch.dict(os.environ, production):
            self.stripe.action_activate()
        self.assertEqual(self.stripe.state, "active")

    def test_neutralized_database_is_never_production(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        with patch.dict(os.environ, {environment.ENVIRONMENT_VARIABLE: "production"}):
            self.assertFalse(environment.is_production(self.env))

    def test_rule_29_another_account_is_refused(self):
        self.health(account_id="acct_other")
        message = self.stripe._check_health()
        self.assertIn("acct_other", message)
        self.assertEqual(self.stripe.health, "error")
        self.assertEqual(self.stripe.account_ref, "acct_test")

    def test_live_credentials_on_a_test_connection_are_refused(self):
        self.health(live=True)
        self.assertIn("live ones", self.stripe._check_health())
        self.assertEqual(self.stripe.health, "error")

    def test_activation_needs_a_signing_secret(self):
        self.health()
        with self.assertRaisesRegex(UserError, "no signing secret"):
            self.stripe.action_activate()

    def test_connection_test_says_who_answered(self):
        self.health()
        action = self.stripe.action_test()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("Acme", action["params"]["message"])

    def test_accounting_is_set_up_once(self):
        journals = self.stripe.invoice_journal_id + self.stripe.payment_journal_id
        self.assertEqual(journals.mapped("type"), ["sale", "bank"])
        self.stripe.action_set_up_accounting()
        self.assertEqual(
            self.stripe.invoice_journal_id + self.stripe.payment_journal_id, journals
        )
        clearing = self.stripe.payment_journal_id.default_account_id
        self.assertEqual(clearing.account_type, "asset_current")
        self.assertTrue(clearing.reconcile)
        lines = self.stripe.payment_journal_id.inbound_payment_method_line_ids
        self.assertEqual(lines.payment_account_id, clearing)

    def test_second_account_gets_journals_of_its_own(self):
        other = self._connection("stripe", name="Stripe 2")
        other._set_up_accounting()
        self.assertNotEqual(other.payment_journal_id, self.stripe.payment_journal_id)
        self.assertNotEqual(
            other.payment_journal_id.default_account_id,
            self.stripe.payment_journal_id.default_account_id,
        )

    def test_service_user_needs_the_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = self.env["res.users"].create(
            {
                "name": "Narrow",
                "login": "narrow",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
            }
        )
        with self.assertRaisesRegex(ValidationError, "no access to the company"):
            self.stripe.user_id = user

    def test_linked_connection_is_not_deleted(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.link(self.stripe, "customer", "cus_1", partner)
        with self.assertRaisesRegex(UserError, "Pause it instead"):
            self.stripe.unlink()

    def test_crons_follow_the_connection(self):
        connection = self._connection("stripe", name="Third")
        crons = connection.poll_cron_id + connection.send_cron_id
        self.assertEqual(set(crons.mapped("active")), {True})
        connection.action_pause()
        self.assertEqual(set(crons.mapped("active")), {False})
        connection.unlink()
        self.assertFalse(crons.exists())

    def test_only_managers_change_connections(self):
        user = self.env["res.users"].create(
            {
                "name": "Operator",
                "login": "operator",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, self.env.ref("quote_to_cash.group_operator").ids)],
            }
        )
        stripe = self.stripe.with_user(user)
        for action in (stripe.action_test, stripe.action_pause, stripe.action_activate):
            with self.assertRaisesRegex(UserError, "Only managers"):
                action()
        with self.assertRaises(AccessError):
            stripe.name = "Mine"
        with self.assertRaises(AccessError):
            stripe.read(["webhook_token"])
        stripe.action_poll_now()
        self.assertTrue(self.stripe.poll_cron_id.active)


@tagged("post_install", "-at_install")
class TestStream(Q2CCase):
    def setUp(self):
        super().setUp()
        self.cursors = []
        self.pages = []
        self.patch(self.registry["q2c.provider.stripe"], "_list", self._list)
        self.stream = self.stripe.stream_ids

    def _list(self, _connection, code, cursor):
        self.cursors.append(cursor)
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page

    def page(self, *ids, at=0, more=False):
        moment = datetime(2026, 3, 1, tzinfo=timezone.utc) + timedelta(seconds=at)
        envelopes = tuple(
            Envelope(
                external_id=identifier,
                type="made.up",
                kind="",
                object_id=identifier,
                partition="x",
                occurred_at=moment,
                payload="{}",
            )
            for identifier in ids
        )
        cursor = {"created": int(moment.timestamp()), "id": ids[-1] if ids else ""}
        return Page(envelopes=envelopes, cursor=cursor, more=more)

    def poll(self):
        self.stream.next_run = "2000-01-01"
        self.stream._poll()

    def test_rule_11_begins_where_the_connection_begins(self):
        self.pages = [self.page("evt_1")]
        self.poll()
        begin = self.stripe.sync_from.replace(tzinfo=timezone.utc)
        self.assertEqual(self.cursors, [{"created": int(begin.timestamp())}])

    def test_rule_11_pages_then_overlap(self):
        self.pages = [self.page("evt_1", more=True), self.page("evt_2", at=600)]
        self.poll()
        self.assertEqual(self.stream.last_count, 2)
        self.assertEqual(self.cursors[1]["id"], "evt_1")
        self.pages = [self.page("evt_2", at=600)]
        self.poll()
        seen = int(datetime(2026, 3, 1, 0, 10, tzinfo=timezone.utc).timestamp())
        self.assertEqual(self.cursors[2], {"created": seen - self.stream.overlap})
        self.assertEqual(self.stream.last_count, 0, "the overlap brings nothing twice")

    def test_rule_3_row_says_that_it_filled_a_gap(self):
        self.pages = [self.page("evt_1")]
        self.poll()
        event = self.env["q2c.event"].search([("external_id", "=", "evt_1")])
        self.assertEqual(event.source, "sweep")

    def test_fault_keeps_the_cursor_and_says_why(self):
        self.pages = [self.page("evt_1", more=True), Retry("unreachable", "No answer.")]
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.poll()
        self.assertEqual(self.stream.cursor["id"], "evt_1")
        self.assertEqual(self.stream.message, "No answer.")
        self.assertTrue(self.stripe._is_tripped())
        self.assertGreater(self.stream.next_run, fields.Datetime.now())

    def test_not_due_is_left_alone(self):
        self.stream.next_run = fields.Datetime.now() + timedelta(minutes=1)
        self.stream._poll()
        self.assertFalse(self.cursors)
