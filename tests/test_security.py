# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who sees and does what, and only in the own companies."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..canonical import Envelope
from .common import NOW, Q2CCase

ADDON_MODELS = "q2c."


@tagged("post_install", "-at_install")
class TestSecurity(Q2CCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls._user("plain", "base.group_user")
        cls.user = cls._user("user", "quote_to_cash.group_user")
        cls.operator = cls._user("operator", "quote_to_cash.group_operator")
        cls.finance = cls._user("finance", "quote_to_cash.group_finance")
        cls.manager = cls._user("manager", "quote_to_cash.group_manager")
        envelope = Envelope(
            external_id="evt_1",
            type="customer.updated",
            kind="customer",
            object_id="cus_1",
            partition="cus_1",
            occurred_at=NOW,
            payload='{"email": "ada@example.com"}',
        )
        ids = cls.env["q2c.event"]._store(cls.stripe, [envelope], "webhook")
        cls.event = cls.env["q2c.event"].browse(ids)

    @classmethod
    def _user(cls, login, group):
        return new_test_user(
            cls.env,
            f"q2c_{login}",
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def addon_models(self):
        return [
            model
            for name, model in self.env.items()
            if name.startswith(ADDON_MODELS) and not model._abstract
        ]

    def test_every_model_has_access_rules(self):
        access = self.env["ir.model.access"].search([])
        ruled = set(access.model_id.mapped("model"))
        missing = [m._name for m in self.addon_models() if m._name not in ruled]
        self.assertFalse(missing)

    def test_every_model_with_a_company_has_a_record_rule(self):
        ruled = set(self.env["ir.rule"].search([]).model_id.mapped("model"))
        missing = [
            model._name
            for model in self.addon_models()
            if "company_id" in model._fields
            and not model._transient
            and model._name not in ruled
        ]
        self.assertFalse(missing)

    def test_without_a_role_nothing_is_seen(self):
        for model in self.addon_models():
            if model._transient:
                continue
            with self.subTest(model=model._name), self.assertRaises(AccessError):
                model.with_user(self.plain).search([]).read(["id"])

    def test_without_a_role_core_documents_still_open(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.link(self.stripe, "customer", "cus_1", partner)
        theirs = partner.with_user(self.plain)
        self.assertEqual(theirs.read(["name"])[0]["name"], "Ada")
        self.assertNotIn("q2c_sync_state", theirs.fields_get())

    def test_user_reads_the_log_without_payloads(self):
        event = self.event.with_user(self.user)
        self.assertEqual(event.read(["state"])[0]["state"], "queued")
        with self.assertRaises(AccessError):
            event.read(["payload"])
        with self.assertRaises(AccessError):
            event.write({"state": "done"})

    def test_user_may_not_retry_or_skip(self):
        event = self.event.with_user(self.user)
        for action in (event.action_retry, event.action_skip):
            with self.assertRaisesRegex(UserError, "Only operators"):
                action()

    def test_operator_moves_the_queue_but_edits_nothing(self):
        event = self.event.with_user(self.operator)
        self.assertIn("ada@example.com", event.read(["payload"])[0]["payload"])
        event.action_skip()
        self.assertEqual((self.event.state, self.event.reason), ("skipped", "by_user"))
        self.assertIn("q2c_operator", self.event.message)
        event.action_retry()
        self.assertEqual(self.event.state, "queued")
        with self.assertRaises(AccessError):
            event.write({"payload": "{}"})
        with self.assertRaises(AccessError):
            event.unlink()

    def test_done_is_not_retried(self):
        self.event._finish("done")
        with self.assertRaisesRegex(UserError, "can be retried"):
            self.event.with_user(self.operator).action_retry()

    def test_nobody_edits_links_or_log(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        binding = self.link(self.stripe, "customer", "cus_1", partner)
        for record in (binding, self.event):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).write({"external_id": "other"})

    def test_other_companies_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "q2c_foreign",
            groups="base.group_user,quote_to_cash.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.env["q2c.event"].with_user(foreign).search([]))
        self.assertFalse(
            self.env["q2c.connection"]
            .with_user(foreign)
            .search([("id", "=", self.stripe.id)])
        )
        with self.assertRaises(AccessError):
            self.stripe.with_user(foreign).read(["name"])

    def test_service_user_cannot_sign_in(self):
        service = self.env.ref("quote_to_cash.user_service")
        self.cr.execute("SELECT password FROM res_users WHERE id = %s", [service.id])
        self.assertFalse(self.cr.fetchone()[0])
        self.assertFalse(service.has_group("base.group_system"))
        self.assertFalse(service.has_group("quote_to_cash.group_manager"))

    def test_finance_chooses_the_accounts_of_balance_categories(self):
        mappings = self.stripe.category_account_ids
        values = {
            "connection_id": self.stripe.id,
            "category": "tax",
            "account_id": self.stripe.fee_account_id.id,
        }
        for user in (self.user, self.operator):
            with self.assertRaises(AccessError):
                mappings.with_user(user).create(values)
        made = mappings.with_user(self.finance).create(values)
        self.assertEqual(made.with_user(self.user).category, "tax")
        made.with_user(self.manager).unlink()

    def test_disputes_are_read_only(self):
        dispute = self.env["q2c.dispute"].create(
            {
                "name": "dp_1",
                "connection_id": self.stripe.id,
                "status": "lost",
                "currency_id": self.company.currency_id.id,
            }
        )
        self.assertEqual(dispute.with_user(self.user).state, "lost")
        for user in (self.user, self.operator, self.finance, self.manager):
            with self.assertRaises(AccessError):
                dispute.with_user(user).write({"status": "won"})
