# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Demo data load, and fill the screens that they are there for."""

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

ADDON = "quote_to_cash"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for file in Manifest.for_addon(ADDON)["demo"]:
            convert_file(cls.env, ADDON, file, {}, mode="init", noupdate=True)

    def demo(self, name):
        return self.env.ref(f"{ADDON}.{name}")

    def states(self, record):
        return {row.figure: row.state for row in record.q2c_proof_ids}

    def test_paid_invoice_agrees_and_the_other_waits_for_its_payment(self):
        states = self.states(self.demo("invoice_halden_1"))
        self.assertEqual(set(states.values()), {"tied"})
        self.assertLessEqual({"untaxed", "tax", "total", "paid"}, states.keys())
        states = self.states(self.demo("invoice_halden_2"))
        self.assertEqual((states["total"], states["paid"]), ("tied", "transit"))

    def test_payments_agree_with_their_fees(self):
        payments = self.demo("invoice_halden_1").matched_payment_ids + self.demo(
            "payment_petrel"
        )
        for payment in payments:
            self.assertEqual(
                self.states(payment),
                {"amount": "tied", "settled": "tied", "fee": "tied"},
            )

    def test_a_deal_of_a_further_company_is_all_its_own(self):
        order = self.demo("order_spree")
        subscription, invoice = order.q2c_subscription_ids, self.demo("invoice_spree")
        self.assertEqual(order.order_line.invoice_lines.move_id, invoice)
        self.assertEqual(subscription.connection_id, self.demo("connection_stripe"))
        self.assertEqual(order.invoice_status, "invoiced")
        for record in (order, order.opportunity_id, subscription, invoice):
            self.assertEqual(record.company_id, self.demo("company_europe"))

    def test_mappings_are_of_every_sort(self):
        connections = (
            self.demo("mapping_card") + self.demo("mapping_stage")
        ).connection_id
        mappings = self.env["q2c.mapping"].search(
            [("connection_id", "in", connections.ids)]
        )
        kinds = dict(mappings._fields["kind"].selection)
        self.assertEqual(set(mappings.mapped("kind")), set(kinds))
        opened = mappings.filtered(lambda mapping: mapping.state == "open")
        self.assertTrue(mappings - opened)
        self.assertTrue(opened.filtered("suggestion"))
        self.assertEqual(
            opened.filtered(lambda mapping: not mapping.suggestion),
            self.demo("mapping_czech"),
        )
        opened.action_accept()
        self.assertEqual(
            mappings.filtered(lambda mapping: mapping.state == "open"),
            self.demo("mapping_czech"),
        )

    def test_the_catalogue_differs_in_every_way(self):
        self.env.flush_all()
        company = self.demo("connection_stripe").company_id
        rows = self.env["q2c.catalogue.check"].search([("company_id", "=", company.id)])
        found = {
            (row.product_id, row.currency_id.name, row.interval): row.issue
            for row in rows
        }
        platform = self.demo("product_platform")
        self.assertEqual(found[platform, "USD", "month"], "none")
        self.assertEqual(found[platform, "EUR", "month"], "none")
        self.assertEqual(found[platform, "EUR", "year"], "missing")
        self.assertEqual(found[self.demo("product_support"), "USD", "year"], "amount")
        self.assertEqual(
            found[self.demo("product_onboarding"), "USD", "one_time"], "active"
        )
        self.assertEqual(
            found[self.demo("product_analytics"), "USD", "month"], "double"
        )

    def test_nothing_is_active_and_nothing_is_secret(self):
        connections = self.env["q2c.connection"].search([])
        self.assertNotIn("active", connections.mapped("state"))
        self.assertFalse(self.env["q2c.secret"].sudo().search([]))
