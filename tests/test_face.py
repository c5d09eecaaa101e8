# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What screens show to whom."""

import json
import os
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..canonical import Envelope, Hold, Retry
from ..models.connection import vault
from .common import NOW, Q2CCase

ROLES = ("user", "operator", "finance", "manager")
SYNCED = (
    "res.partner",
    "product.template",
    "product.product",
    "crm.lead",
    "sale.order",
    "account.move",
    "account.payment",
    "account.tax",
)


class FaceCase(Q2CCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            role: cls._user(role, f"quote_to_cash.group_{role}") for role in ROLES
        }
        # Core's documents need core's roles.
        core = "sales_team.group_sale_salesman_all_leads,account.group_account_invoice"
        cls.outsider = cls._user("outsider", core)
        cls.seller = cls._user("seller", f"{core},quote_to_cash.group_user")

    @classmethod
    def _user(cls, login, group):
        return new_test_user(
            cls.env,
            f"q2c_face_{login}",
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def arch(self, model, kind, user, view=None):
        model = self.env[model].with_user(user).with_company(self.company)
        return etree.fromstring(model.get_view(view, kind)["arch"])

    def event(self, name="evt_1", **values):
        envelope = Envelope(
            external_id=name,
            type="invoice.paid",
            kind="invoice",
            object_id="in_1",
            partition="cus_1",
            occurred_at=NOW,
            payload='{"id": "in_1"}',
        )
        ids = self.env["q2c.event"]._store(self.stripe, [envelope], "webhook")
        event = self.env["q2c.event"].browse(ids)
        event.write(values)
        return event


@tagged("post_install", "-at_install")
class TestViews(FaceCase):
    def own_views(self):
        return self.env["ir.ui.view"].search([("model", "=like", "q2c.%")])

    def test_every_view_loads_for_every_role(self):
        for view in self.own_views():
            for role, user in self.roles.items():
                if view.group_ids and not view.group_ids & user.all_group_ids:
                    continue
                with self.subTest(view=view.name, role=role):
                    self.arch(view.model, view.type, user, view.id)

    def test_core_views_load_without_a_role_and_show_nothing_of_us(self):
        for model in SYNCED:
            for kind in ("form", "list", "search"):
                with self.subTest(model=model, kind=kind):
                    arch = self.arch(model, kind, self.outsider)
                    ours = arch.xpath("//*[contains(@name, 'q2c_')]")
                    self.assertFalse([node.get("name") for node in ours])

    def test_core_views_show_the_sync_state_to_users(self):
        for model in SYNCED:
            with self.subTest(model=model):
                form = self.arch(model, "form", self.seller)
                self.assertTrue(
                    form.xpath("//button[@name='action_q2c_view_bindings']")
                )
                self.assertTrue(form.xpath("//button[@name='action_q2c_open_stripe']"))

    def test_every_form_opens_for_every_role(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        product = self.env["product.product"].create({"name": "Platform"})
        key = (product, self.company.currency_id, 49.0, "month", 1, False, False)
        price = self.env["q2c.price"]._obtain([key])[key]
        order = self.env["sale.order"].create(
            {"partner_id": partner.id, "company_id": self.company.id}
        )
        subscription = self.env["q2c.subscription"].create(
            {
                "company_id": self.company.id,
                "connection_id": self.stripe.id,
                "partner_id": partner.id,
                "order_id": order.id,
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    (
                        0,
                        0,
                        {
                            "price_id": price.id,
                            "quantity": 1,
                            "tax_ids": [(6, 0, self.tax_sale_a.ids)],
                        },
                    )
                ],
            }
        )
        self.env["q2c.command"]._enqueue(self.stripe, "create", "customer", partner)
        moved = {
            "connection_id": self.stripe.id,
            "currency_id": self.company.currency_id.id,
        }
        payout = self.env["q2c.payout"].create(
            {**moved, "name": "po_1", "amount": 1, "status": "paid"}
        )
        transaction = self.env["q2c.balance.transaction"].create(
            {**moved, "name": "txn_1", "amount": 1, "net": 1, "payout_id": payout.id}
        )
        proof = self.env["q2c.clearing.proof"].create(
            {
                **moved,
                "account_id": self.stripe._clearing_account().id,
                "date": NOW.date(),
                "line_ids": [(0, 0, {"kind": "stranger", "amount": 1})],
            }
        )
        records = (
            payout,
            transaction,
            proof,
            self.event(res_model="res.partner", res_id=partner.id),
            self.commands("customer", partner),
            self.link(self.stripe, "subscription", "sub_1", subscription),
            price,
            subscription,
            self.dispute(),
            self.stripe,
            self.salesforce,
            self.env["q2c.exception"]._report(
                self.stripe, "overpaid", "Wrong.", "Do it.", key="k", record=partner
            ),
        )
        for record in records:
            for role, user in self.roles.items():
                with self.subTest(model=record._name, role=role):
                    self.env.invalidate_all()
                    Form(record.with_user(user))

    def dispute(self):
        """With an invoice and an entry, which not every role may see."""
        moves = self.init_invoice("out_invoice", amounts=[100], post=True)
        dispute = self.env["q2c.dispute"].create(
            {
                "name": "dp_1",
                "connection_id": self.stripe.id,
                "status": "needs_response",
                "currency_id": self.company.currency_id.id,
                "invoice_ids": [(6, 0, moves.ids)],
            }
        )
        moves.q2c_dispute_id = dispute
        return dispute

    def test_lists_read_no_payload(self):
        manager = self.roles["manager"]
        for model in ("q2c.event", "q2c.command"):
            for kind in ("list", "kanban"):
                arch = self.arch(model, kind, manager)
                shown = set(arch.xpath("//field/@name"))
                heavy = {"payload", "payload_pretty", "request", "request_pretty"}
                self.assertFalse(shown & (heavy | {"traceback"}), (model, kind))

    def test_buttons_follow_the_role(self):
        for role, expected in (("user", False), ("finance", False), ("operator", True)):
            for model in ("q2c.event", "q2c.command"):
                for kind in ("list", "form"):
                    arch = self.arch(model, kind, self.roles[role])
                    for name in ("action_retry", "action_skip"):
                        found = bool(arch.xpath(f"//button[@name='{name}']"))
                        self.assertEqual(found, expected, (role, model, kind, name))

    def test_credentials_are_for_managers(self):
        for role in ROLES:
            arch = self.arch("q2c.connection", "form", self.roles[role])
            found = bool(arch.xpath("//field[@name='stripe_api_key']"))
            self.assertEqual(found, role == "manager", role)

    def test_secrets_are_typed_into_password_inputs(self):
        arch = self.arch("q2c.connection", "form", self.roles["manager"])
        for name in ("stripe_api_key", "stripe_signing_secret"):
            (node,) = arch.xpath(f"//field[@name='{name}']")
            self.assertEqual(node.get("password"), "True")
            self.assertIn(f"{name}_hint", node.get("options"))

    def test_every_list_says_what_to_do_when_it_is_empty(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "=like", "q2c.%"), ("view_mode", "!=", "form")]
        )
        self.assertTrue(actions)
        for action in actions:
            self.assertIn("o_view_nocontent", action.help or "", action.name)


@tagged("post_install", "-at_install")
class TestOverview(FaceCase):
    def draft(self, provider="stripe"):
        return self.env["q2c.connection"].create(
            {"name": "New", "provider": provider, "company_id": self.company.id}
        )

    def test_next_steps_lead_to_activation(self):
        connection = self.draft()
        self.assertEqual(connection.next_step, "credentials")
        connection._put_secret("api_key", "sk_test_51AbCdEfGh0123456789")
        connection.invalidate_recordset()
        self.assertEqual(connection.next_step, "accounting")
        connection.action_set_up_accounting()
        connection.invalidate_recordset()
        self.assertEqual(connection.next_step, "webhook")
        connection._put_secret("signing_secret", "whsec_0123456789")
        connection.invalidate_recordset()
        self.assertEqual(connection.next_step, "test")
        connection._set_health("ok", "Connected.")
        connection.invalidate_recordset()
        self.assertEqual(connection.next_step, "activate")
        self.assertIn("Press Activate", connection.next_step_help)
        self.assertEqual(self.stripe.next_step, "none")

    def test_next_step_is_told_to_users_too(self):
        connection = self.draft("salesforce")
        seen = connection.with_user(self.roles["user"])
        self.assertEqual(seen.next_step, "credentials")

    def test_next_step_of_a_new_form(self):
        form = Form(self.env["q2c.connection"].with_company(self.company))
        self.assertEqual(form.next_step, "none")
        form.provider = "stripe"
        self.assertEqual(form.next_step, "credentials")

    def test_counters_open_the_filtered_list(self):
        self.event(state="failed")
        self.assertEqual(self.stripe.failed_event_count, 1)
        action = self.stripe.with_context(
            search_default_failed=1, default_name="x"
        ).action_view_events()
        self.assertEqual(action["context"], {"search_default_failed": 1})
        self.assertEqual(action["domain"], [("connection_id", "=", self.stripe.id)])

    def test_graph_counts_the_last_days(self):
        now = fields.Datetime.now()
        self.event("evt_1", received_at=now)
        self.event("evt_2", received_at=now - timedelta(days=1))
        self.event("evt_3", received_at=now - timedelta(days=30))
        (graph,) = json.loads(self.stripe.dashboard_graph)
        values = [point["value"] for point in graph["values"]]
        self.assertEqual((len(values), sum(values), values[-1]), (7, 2, 1))
        self.assertFalse(self.salesforce.last_event_at)

    def test_a_successful_test_closes_the_breaker(self):
        self.stripe._trip(Retry("unreachable", "Stripe did not answer."))
        self.assertTrue(self.stripe.is_breaker_open)
        health = type("Health", (), {})()
        health.account_id, health.account_name, health.live = "acct_test", "", False
        provider = self.registry["q2c.provider.stripe"]
        self.patch(provider, "_health", lambda _self, _connection: health)
        self.stripe.action_test()
        self.stripe.invalidate_recordset()
        self.assertFalse(self.stripe.is_breaker_open)
        self.assertEqual(self.stripe.health, "ok")


@tagged("post_install", "-at_install")
class TestLinks(FaceCase):
    def test_what_needs_a_person_stands_first_on_a_board(self):
        self.event()
        groups = self.env["q2c.event"].web_read_group(
            [("connection_id", "=", self.stripe.id)], ["state"], ["__count"]
        )["groups"]
        states = [group["state"] for group in groups]
        self.assertEqual(states[0], "queued")
        expanded = self.env["q2c.event"].with_context(read_group_expand=True)
        groups = expanded.web_read_group(
            [("connection_id", "=", self.stripe.id)], ["state"], ["__count"]
        )["groups"]
        self.assertEqual([group["state"] for group in groups][0], "failed")

    def test_open_record(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        event = self.event(res_model="res.partner", res_id=partner.id)
        action = event.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", partner.id)
        )
        self.assertEqual((event.record_name, event.record_type), ("Ada", "Contact"))
        partner.unlink()
        event.invalidate_recordset()
        self.assertEqual(event.record_name, "")
        with self.assertRaisesRegex(UserError, "is not there"):
            event.action_open_record()

    def test_event_without_record(self):
        event = self.event()
        self.assertEqual((event.record_name, event.record_type), ("", ""))
        with self.assertRaisesRegex(UserError, "is not there"):
            event.action_open_record()

    def test_provider_that_has_no_page(self):
        event = self.event()
        provider = self.registry["q2c.provider.stripe"]

        def refuse(_self, _connection, _ref):
            raise Hold("unknown_kind", "There is nothing like that.", "Look elsewhere.")

        self.patch(provider, "_url", refuse)
        with self.assertRaisesRegex(UserError, "nothing like that. Look elsewhere"):
            event.action_open_provider()

    def test_template_sums_up_its_variants(self):
        product = self.env["product.product"].create({"name": "Platform"})
        template = product.product_tmpl_id
        user = self.roles["user"]
        self.assertEqual(template.with_user(user).q2c_sync_state, "none")
        self.link(self.stripe, "product", "prod_1", product)
        self.link(self.salesforce, "product", "01t1", product, sync_state="error")
        self.env.invalidate_all()
        seen = template.with_user(user)
        self.assertEqual((seen.q2c_binding_count, seen.q2c_sync_state), (2, "error"))
        self.assertTrue(seen.q2c_in_stripe and seen.q2c_in_salesforce)
        found = self.env["product.template"].search([("q2c_sync_state", "=", "error")])
        self.assertEqual(found, template)
        action = template.action_q2c_view_bindings()
        self.assertIn(("res_id", "in", product.ids), action["domain"])

    def test_partner_counts_its_subscriptions(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.env["q2c.subscription"].create(
            {
                "company_id": self.company.id,
                "connection_id": self.stripe.id,
                "partner_id": partner.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        self.assertEqual(partner.q2c_subscription_count, 1)


@tagged("post_install", "-at_install")
class TestSettings(FaceCase):
    def settings(self, **values):
        return self.env["res.config.settings"].create(values)

    def test_number_of_lanes(self):
        before = self.env["q2c.lane"]._count()
        self.assertEqual(self.settings().q2c_lanes, before)
        self.settings(q2c_lanes=before + 2).execute()
        self.assertEqual(len(self.env["q2c.lane"]._crons()), before + 2)
        with self.assertRaisesRegex(ValidationError, "at least 1 lane"):
            self.settings(q2c_lanes=0)

    def test_missing_key_is_said(self):
        self.assertFalse(self.settings().q2c_key_problem)
        with patch.dict(os.environ, {vault.ENVIRONMENT_VARIABLE: ""}):
            self.assertIn("No encryption key", self.settings().q2c_key_problem)

    def test_environment(self):
        with patch.dict(os.environ, {"Q2C_ENVIRONMENT": "production"}):
            self.assertEqual(self.settings().q2c_environment, "production")
        with patch.dict(os.environ, {"Q2C_ENVIRONMENT": ""}):
            self.assertEqual(self.settings().q2c_environment, "test")

    def test_encrypting_anew_is_for_managers(self):
        self.stripe._put_secret("api_key", "sk_test_51AbCdEfGh0123456789")
        secret = self.env["q2c.secret"].search([], limit=1)
        before = secret.token
        action = self.settings().action_q2c_rotate_secrets()
        self.assertEqual(action["params"]["type"], "success")
        self.assertNotEqual(secret.token, before)
        settings = self.env["res.config.settings"].with_user(self.roles["operator"])
        with self.assertRaisesRegex(UserError, "Only managers"):
            settings.browse(self.settings().id).action_q2c_rotate_secrets()
