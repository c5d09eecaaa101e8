# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Signing in to Salesforce with the browser: who may, what is kept, what is refused,
and what becomes of it."""

import os
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode, urlsplit

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from ..canonical import Hold
from ..models.connection import environment
from ..models.provider import provider_salesforce
from .common import Q2CCase
from .common_sign_in import ORG, OTHER_ORG, FakeOrg

AUTHORIZE = "/services/oauth2/authorize"
TOKEN = "/services/oauth2/token"


class SignInCase(Q2CCase, HttpCase):
    def setUp(self):
        super().setUp()
        provider_salesforce._SESSIONS.clear()
        self.org = FakeOrg()
        self.startPatcher(self.org.patched())
        self.manager = self.person("manager")
        self.connection = self.env["q2c.connection"].create(
            {
                "name": "Acme",
                "provider": "salesforce",
                "company_id": self.company.id,
                "salesforce_sign_in": "web",
                "salesforce_client_id": "3MVG9.key",
                "salesforce_client_secret": "hush",
                "salesforce_login_url": "https://acme.my.salesforce.com",
            }
        )

    def person(self, group):
        return new_test_user(
            self.env,
            f"sign_in_{group}",
            groups=f"base.group_user,quote_to_cash.group_{group}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def leave(self, user=None, connection=None):
        """Press the button.

        :return: what Salesforce is told in the address
        """
        connection = connection or self.connection
        action = connection.with_user(user or self.manager).action_sign_in()
        self.assertEqual(action["type"], "ir.actions.act_url")
        parts = urlsplit(action["url"])
        self.assertEqual(parts.path, AUTHORIZE)
        return {name: texts[0] for name, texts in parse_qs(parts.query).items()}

    def come_back(self, user=None, **query):
        user = user or self.manager
        self.authenticate(user.login, user.login)
        answer = self.url_open(
            f"/q2c/salesforce/return?{urlencode(query)}", allow_redirects=False
        )
        self.env.invalidate_all()
        return answer

    def sign_in(self, **options):
        state = self.leave(**options)["state"]
        answer = self.come_back(state=state, code="code")
        self.assertEqual(answer.status_code, 303, answer.text)
        return answer

    def assert_refused(self, answer, *words):
        self.assertEqual(answer.status_code, 400)
        for word in (*words, "Nothing was changed"):
            self.assertIn(word, answer.text)

    def token(self, connection=None):
        """As it is stored now, by whichever transaction."""
        self.env.invalidate_all()
        stored = (connection or self.connection)._secrets("refresh_token")
        return stored[0] if stored else ""


@tagged("post_install", "-at_install")
class TestSignIn(SignInCase):
    def test_the_browser_is_sent_there_and_comes_back_signed_in(self):
        self.assertEqual(self.connection.next_step, "sign_in")
        asked = self.leave()
        self.assertEqual(asked["client_id"], "3MVG9.key")
        self.assertEqual(asked["redirect_uri"], self.connection.salesforce_callback_url)
        answer = self.come_back(state=asked["state"], code="the code")
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(
            answer.headers["Location"].endswith(
                f"/odoo/q2c-connections/{self.connection.id}"
            )
        )
        (form,) = self.org.forms("authorization_code")
        self.assertEqual(form["code"], "the code")
        self.assertEqual(form["redirect_uri"], asked["redirect_uri"])
        self.assertEqual(form["client_secret"], "hush")
        self.assertGreaterEqual(len(form["code_verifier"]), 43)
        self.assertEqual(self.connection.account_ref, ORG)
        self.assertEqual(
            self.connection.salesforce_instance_url, "https://acme.my.salesforce.com"
        )
        self.assertEqual(self.connection.salesforce_signed_in_as, "admin@acme.example")
        self.assertEqual(self.connection.health, "ok")
        self.assertEqual(self.connection.next_step, "activate")

    def test_rule_29_tokens_are_encrypted_and_nowhere_else(self):
        asked = self.leave()
        self.cr.execute("SELECT state_hash, verifier, redirect_uri FROM q2c_sign_in")
        self.assertNotIn(asked["state"], str(self.cr.fetchall()))
        answer = self.come_back(state=asked["state"], code="code")
        token = self.token()
        self.assertIn(token, self.org.tokens)
        self.cr.execute("SELECT token FROM q2c_secret")
        self.assertNotIn(token, str(self.cr.fetchall()))
        self.assertNotIn(token, answer.text)
        self.assertNotIn(token, str(self.connection.message_ids.mapped("body")))

    def test_a_state_is_good_once(self):
        state = self.leave()["state"]
        self.assertEqual(self.come_back(state=state, code="code").status_code, 303)
        answer = self.come_back(state=state, code="code")
        self.assert_refused(answer, "completed already", "Sign In with Salesforce")
        self.assertEqual(len(self.org.forms("authorization_code")), 1)

    def test_a_state_is_used_up_even_by_a_refusal(self):
        state = self.leave()["state"]
        self.org.refused[TOKEN] = (
            400,
            {
                "error": "invalid_grant",
                "error_description": "expired authorization code",
            },
        )
        self.assert_refused(self.come_back(state=state, code="code"), "again")
        self.org.refused.clear()
        self.assert_refused(self.come_back(state=state, code="code"), "already")

    def test_a_state_of_nobody_is_refused(self):
        self.leave()
        for state in ("", "made up"):
            answer = self.come_back(state=state, code="code")
            self.assert_refused(answer, "was not begun by you")
        self.assertFalse(self.org.asked)

    def test_a_state_does_not_last(self):
        state = self.leave()["state"]
        self.env["q2c.sign.in"].search([]).expires_at = fields.Datetime.now()
        self.assert_refused(self.come_back(state=state, code="code"), "15 minutes")
        self.env["q2c.sign.in"]._gc_expired()
        self.assertFalse(self.env["q2c.sign.in"].search([]))

    def test_a_state_is_of_one_user(self):
        state = self.leave()["state"]
        stranger = new_test_user(
            self.env,
            "sign_in_stranger",
            groups="base.group_user,quote_to_cash.group_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        answer = self.come_back(user=stranger, state=state, code="code")
        self.assert_refused(answer, "was not begun by you")
        # That somebody else tried does not use it up.
        self.assertEqual(self.come_back(state=state, code="code").status_code, 303)

    def test_only_managers_sign_in_and_out(self):
        operator = self.person("operator")
        connection = self.connection.with_user(operator)
        for action in (connection.action_sign_in, connection.action_sign_out):
            with self.assertRaisesRegex(UserError, "Only managers"):
                action()

    def test_who_is_no_manager_any_more_does_not_complete_it(self):
        state = self.leave()["state"]
        self.manager.group_ids = [
            (3, self.env.ref("quote_to_cash.group_manager").id),
            (4, self.env.ref("quote_to_cash.group_operator").id),
        ]
        answer = self.come_back(state=state, code="code")
        self.assert_refused(answer, "Only managers")
        self.assertFalse(self.org.asked)

    def test_nobody_who_is_not_signed_in_here_completes_it(self):
        state = self.leave()["state"]
        self.authenticate(None, None)
        query = urlencode({"state": state, "code": "code"})
        answer = self.url_open(f"/q2c/salesforce/return?{query}", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
        self.assertFalse(self.org.asked)

    def test_a_refusal_of_the_person_is_said(self):
        answer = self.come_back(
            state=self.leave()["state"],
            error="access_denied",
            error_description="end-user denied authorization",
        )
        self.assert_refused(answer, "end-user denied", "allow the access")
        self.assertFalse(self.org.asked)

    def test_a_refusal_cannot_write_into_the_page(self):
        answer = self.come_back(
            state=self.leave()["state"],
            error="x",
            error_description="<script>alert(1)</script>",
        )
        self.assertNotIn("<script>alert", answer.text)

    def test_another_org_is_refused_and_its_token_given_back(self):
        self.connection.account_ref = OTHER_ORG
        answer = self.come_back(state=self.leave()["state"], code="code")
        self.assert_refused(answer, ORG, OTHER_ORG)
        self.assertFalse(self.org.tokens)
        self.assertFalse(self.token())
        self.assertEqual(self.connection.account_ref, OTHER_ORG)

    def test_a_live_org_on_a_test_connection_is_refused(self):
        self.org.sandbox = False
        answer = self.come_back(state=self.leave()["state"], code="code")
        self.assert_refused(answer, "live", "test")
        self.assertFalse(self.org.tokens)

    def test_a_sandbox_on_a_live_connection_is_refused(self):
        production = {environment.ENVIRONMENT_VARIABLE: "production"}
        self.startPatcher(patch.dict(os.environ, production))
        self.connection.environment = "live"
        answer = self.come_back(state=self.leave()["state"], code="code")
        self.assert_refused(answer, "test ones", "live")
        self.assertFalse(self.org.tokens)

    def test_two_orgs_side_by_side(self):
        second = self.connection.copy({"name": "Acme UAT"})
        second.salesforce_client_secret = "hush"
        self.assertTrue(second.salesforce_is_signed_out)
        self.sign_in()
        self.org.organization = OTHER_ORG
        self.sign_in(connection=second)
        self.assertEqual(
            (self.connection.account_ref, second.account_ref), (ORG, OTHER_ORG)
        )
        self.assertEqual(len({self.token(), self.token(second)}), 2)

    def test_signing_in_again_gives_the_former_token_back(self):
        self.sign_in()
        former = self.token()
        self.sign_in()
        self.assertEqual(self.org.revoked(), [former])
        self.assertEqual(self.org.tokens, {self.token()})

    def test_signing_out_revokes(self):
        self.sign_in()
        token = self.token()
        self.connection.with_user(self.manager).action_sign_out()
        self.env.invalidate_all()
        self.assertEqual(self.org.revoked(), [token])
        self.assertFalse(self.token())
        self.assertTrue(self.connection.salesforce_is_signed_out)
        with self.assertRaisesRegex(UserError, "is signed out"):
            self.connection.action_sign_out()

    def test_what_could_not_be_revoked_stays_signed_in(self):
        self.sign_in()
        self.org.refused["/services/oauth2/revoke"] = (403, {"error": "no"})
        with self.assertRaisesRegex(UserError, "did not revoke"):
            self.connection.action_sign_out()
        self.assertTrue(self.token())

    def test_a_neutralized_copy_is_signed_out(self):
        self.sign_in()
        self.leave()
        self.env.flush_all()
        with (
            self.env.registry.cursor() as cr,
            open(f"{os.path.dirname(__file__)}/../data/neutralize.sql") as script,
        ):
            cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.token())
        self.assertFalse(self.env["q2c.sign.in"].search([]))

    def test_without_a_consumer_key_or_with_another_flow_nobody_leaves(self):
        self.connection.salesforce_client_id = False
        with self.assertRaisesRegex(UserError, "consumer key"):
            self.connection.action_sign_in()
        self.assertEqual(self.connection.next_step, "credentials")
        self.connection.salesforce_sign_in = "jwt"
        with self.assertRaisesRegex(UserError, "does not sign in with the browser"):
            self.connection.action_sign_in()


@tagged("post_install", "-at_install")
class TestSignedIn(SignInCase):
    def setUp(self):
        super().setUp()
        self.sign_in()
        self.connection.write(
            {"state": "active", "database_uuid": self.connection._current_uuid()}
        )
        self.provider = self.connection._provider()

    def health(self):
        """Each asks for a session of its own."""
        return self.connection._check_health()

    def ask(self):
        """What any verb does."""
        with provider_salesforce._Signed(self.provider, self.connection) as client:
            client.organization()

    def refusal(self):
        """Of a verb. Not assertRaises, which would roll back what was committed."""
        try:
            self.ask()
        except Hold as failure:
            self.env.invalidate_all()
            return failure
        return self.fail("It was not refused.")

    def case(self):
        return self.env["q2c.exception"].search(
            [("connection_id", "=", self.connection.id), ("code", "=", "signed_out")]
        )

    def test_a_token_that_salesforce_keeps_is_kept(self):
        token = self.token()
        self.assertIn("Connected to Acme", self.health())
        self.assertEqual(self.token(), token)

    def test_a_token_that_salesforce_replaces_is_replaced(self):
        self.org.rotates = True
        seen = {self.token()}
        for _time in range(3):
            self.assertIn("Connected to Acme", self.health())
            self.assertNotIn(self.token(), seen)
            seen.add(self.token())
        used = [form["refresh_token"] for form in self.org.forms("refresh_token")]
        self.assertEqual(len(used), len(set(used)))

    def test_a_session_is_used_until_it_ends(self):
        for _time in range(2):
            self.ask()
        self.assertEqual(len(self.org.forms("refresh_token")), 1)

    def test_who_signs_in_anew_does_not_go_on_with_the_old_session(self):
        for _time in range(2):
            self.ask()
            later = self.connection.salesforce_signed_in_at + timedelta(minutes=1)
            self.connection.salesforce_signed_in_at = later
        self.assertEqual(len(self.org.forms("refresh_token")), 2)

    def test_a_revoked_token_is_one_exception_and_everything_waits(self):
        self.org.tokens.clear()
        for _time in range(2):
            failure = self.refusal()
            self.assertEqual(failure.code, "signed_out")
            self.assertIn("Sign In with Salesforce", failure.remedy)
        # What is known to be of no use is not tried again.
        self.assertEqual(len(self.org.forms("refresh_token")), 1)
        self.assertEqual(len(self.case()), 1)
        self.assertEqual(self.case().severity, "critical")
        self.assertIn("Sign In with Salesforce", self.case().remedy)
        self.assertTrue(self.connection._is_tripped())
        self.assertEqual(self.connection._breaker_failure().code, "signed_out")
        self.assertFalse(self.connection.is_breaker_open)

    def test_signing_in_again_resolves_it_and_wakes_what_waits(self):
        self.org.tokens.clear()
        partner = self.env["res.partner"].create({"name": "Ada"})
        command = self.env["q2c.command"].create(
            {
                "connection_id": self.connection.id,
                "kind": "status",
                "verb": "update",
                "res_model": "res.partner",
                "res_id": partner.id,
                "record_name": "Ada",
            }
        )
        failure = self.refusal()
        for _time in range(20):
            command._fail(failure)
        self.assertEqual((command.state, command.reason), ("waiting", "signed_out"))
        self.sign_in()
        self.assertEqual(self.case().state, "resolved")
        self.assertFalse(self.connection._is_tripped())
        self.assertLessEqual(command.next_attempt, fields.Datetime.now())
        self.assertEqual(self.connection.health, "ok")

    def test_a_wrong_consumer_secret_does_not_sign_out(self):
        self.org.refused[TOKEN] = (
            400,
            {"error": "invalid_client", "error_description": "invalid credentials"},
        )
        self.assertIn("consumer key and secret", self.health())
        self.assertTrue(self.token())
        self.assertFalse(self.case())


@tagged("post_install", "-at_install")
class TestApiVersion(SignInCase):
    def test_the_pinned_one_is_the_default(self):
        self.assertEqual(self.connection.salesforce_api_version, "66.0")

    def test_what_the_org_offers_can_be_chosen_and_is_spoken(self):
        self.org.versions.append("67.0")
        self.sign_in()
        self.assertEqual(self.connection.salesforce_api_versions, "67.0,66.0,65.0,64.0")
        choices = self.connection.fields_get(["salesforce_api_version"])
        selection = choices["salesforce_api_version"]["selection"]
        self.assertEqual(selection[0], ("67.0", "67.0"))
        self.connection.salesforce_api_version = "67.0"
        self.connection._check_health()
        self.assertEqual(self.connection.health, "ok")
        self.assertTrue(self.org.asked[-1][0].startswith("/services/data/v67.0/"))

    def test_what_the_org_does_not_offer_is_refused(self):
        self.sign_in()
        with self.assertRaisesRegex(ValidationError, "does not offer.*66.0, 65.0"):
            self.connection.salesforce_api_version = "62.0"

    def test_an_old_one_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "too old"):
            self.connection.salesforce_api_version = "59.0"

    def test_an_org_that_does_not_offer_ours_yet_says_which(self):
        self.org.versions = ["64.0", "65.0"]
        answer = self.come_back(state=self.leave()["state"], code="code")
        self.assert_refused(answer, "66.0", "65.0, 64.0")
        self.assertFalse(self.org.tokens)
        self.connection.salesforce_api_version = "65.0"
        self.sign_in()
