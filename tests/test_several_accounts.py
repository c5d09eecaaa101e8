# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several Stripe accounts of one company: the same ids and numbers do not meet."""

from dataclasses import replace
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..canonical import Customer, Envelope
from .common import NOW
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestSeveralAccounts(BillingCase):
    """``second``: another account of the same company, in which cus_1, price_1 and
    txr_20 are other objects than in the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._connection("stripe", account_ref="acct_second")
        cls.second.name = "Stripe Shop"
        cls.second._set_up_accounting()
        cls.other_customer = cls.env["res.partner"].create(
            {"name": "Customer of the Shop", "is_company": True}
        )
        cls.other_product = cls._product("Goods")
        for kind, external_id, record in (
            ("customer", "cus_1", cls.other_customer),
            ("product", "prod_1", cls.other_product),
            ("price", "price_1", cls._price(cls.other_product, 100)),
            ("tax_rate", "txr_20", cls.tax),
        ):
            cls.link(cls, cls.second, kind, external_id, record)

    def both(self, *documents):
        """Apply the same documents to both accounts; their records, one pair for each
        document."""
        for connection in (self.stripe, self.second):
            self.assert_done(self.apply(connection, *documents))
        return [
            (self.record_of(document), self.record_of(document, self.second))
            for document in documents
        ]

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def test_a_dozen_accounts_find_free_journal_codes(self):
        journals = self.second.invoice_journal_id
        for number in range(3, 14):
            code = self.stripe._free_journal_code(self.company, "STRII")
            journals |= journals[0].copy({"code": code, "name": f"Shop {number}"})
        codes = journals.mapped("code")
        self.assertEqual(len(set(codes)), 12)
        self.assertEqual(max(map(len, codes)), 5)

    def test_each_account_has_journals_and_accounts_of_its_own(self):
        for name in (
            "invoice_journal_id",
            "payment_journal_id",
            "fee_account_id",
            "customer_credit_account_id",
            "transit_account_id",
            "dispute_account_id",
        ):
            with self.subTest(field=name):
                self.assertTrue(self.second[name])
                self.assertNotEqual(self.stripe[name], self.second[name])
        journals = self.stripe.invoice_journal_id | self.second.invoice_journal_id
        journals |= self.stripe.payment_journal_id | self.second.payment_journal_id
        self.assertEqual(len(set(journals.mapped("code"))), 4)
        self.assertNotEqual(
            self.stripe._clearing_account(), self.second._clearing_account()
        )

    def test_what_is_set_up_for_the_second_is_told_apart_by_its_name(self):
        for record in (
            self.second.invoice_journal_id,
            self.second.payment_journal_id,
            self.second._clearing_account(),
            self.second.fee_account_id,
            self.second.transit_account_id,
        ):
            self.assertIn("Stripe Shop", record.name)

    # ------------------------------------------------------------------
    # WHICH ONE BILLS
    # ------------------------------------------------------------------

    def order(self, partner=None, **values):
        """Of a product that is billed monthly, confirmed."""
        product = self._product("Seat")
        product.q2c_interval = "month"
        line = {"product_id": product.id, "price_unit": 49, "tax_ids": False}
        order = self.env["sale.order"].create(
            {
                "company_id": self.company.id,
                "partner_id": (partner or self.partner_a).id,
                "order_line": [(0, 0, line)],
                **values,
            }
        )
        order.action_confirm()
        return order

    def billed_by(self, order):
        self.assertEqual(
            order.q2c_billing_connection_id, order.q2c_subscription_ids.connection_id
        )
        return order.q2c_billing_connection_id

    def test_new_customers_are_billed_by_the_first_that_takes_them(self):
        self.assertEqual(self.billed_by(self.order()), self.stripe)
        self.second.sequence = self.stripe.sequence - 1
        self.assertEqual(self.billed_by(self.order(self.partner_b)), self.second)
        self.second.bills_new_customers = False
        self.assertEqual(self.billed_by(self.order(self.partner_b)), self.stripe)

    def test_customers_are_billed_where_they_are(self):
        contact = self.env["res.partner"].create(
            {"name": "Cashier", "parent_id": self.other_customer.id}
        )
        self.assertEqual(self.billed_by(self.order(contact)), self.second)
        self.second.bills_new_customers = False
        self.assertEqual(self.billed_by(self.order(contact)), self.second)

    def test_a_customer_of_both_is_billed_by_the_first(self):
        self.link(self.stripe, "customer", "cus_2", self.other_customer)
        self.assertEqual(self.billed_by(self.order(self.other_customer)), self.stripe)

    def test_what_the_order_says_goes_before(self):
        order = self.order(
            self.other_customer, q2c_billing_connection_id=self.stripe.id
        )
        self.assertEqual(self.billed_by(order), self.stripe)

    def test_where_nothing_says_it_the_order_has_to(self):
        (self.stripe | self.second).bills_new_customers = False
        with self.assertRaisesRegex(UserError, "Billed Through"):
            self.order()
        order = self.order(q2c_billing_connection_id=self.second.id)
        self.assertEqual(self.billed_by(order), self.second)

    def test_what_is_billed_once_needs_no_account(self):
        (self.stripe | self.second).bills_new_customers = False
        order = self.env["sale.order"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.partner_a.id,
                "order_line": [(0, 0, {"product_id": self._product("Once").id})],
            }
        )
        order.action_confirm()
        self.assertEqual((order.state, len(order.q2c_subscription_ids)), ("sale", 0))

    # ------------------------------------------------------------------
    # INBOX AND LINKS
    # ------------------------------------------------------------------

    def test_same_event_id_is_an_event_of_each(self):
        envelope = Envelope(
            external_id="evt_1",
            type="customer.updated",
            kind="customer",
            object_id="cus_1",
            partition="cus_1",
            occurred_at=NOW,
            payload="{}",
        )
        events = self.env["q2c.event"]
        first = events._store(self.stripe, [envelope], "webhook")
        second = events._store(self.second, [envelope], "webhook")
        self.assertEqual((len(first), len(second)), (1, 1))
        self.assertFalse(events._store(self.second, [envelope], "webhook"))
        one, other = events.browse(first), events.browse(second)
        self.assertEqual(one.connection_id, self.stripe)
        self.assertEqual(other.connection_id, self.second)

    def test_same_customer_id_is_two_customers(self):
        one = Customer(id="cus_same", name="Aldgate Bakery")
        self.assert_done(self.apply(self.stripe, one))
        self.assert_done(self.apply(self.second, replace(one, name="Zebra Optics")))
        self.assertEqual(self.record_of(one).name, "Aldgate Bakery")
        self.assertEqual(self.record_of(one, self.second).name, "Zebra Optics")

    def test_same_tax_id_is_one_partner_of_both(self):
        """Certain evidence links across accounts: a customer of both is one."""
        document = Customer(id="cus_a", name="Aldgate Bakery", vat="GB980780684")
        self.assert_done(self.apply(self.stripe, document))
        again = replace(document, id="cus_b")
        self.assert_done(self.apply(self.second, again))
        self.assertEqual(self.record_of(document), self.record_of(again, self.second))

    def test_failure_of_one_is_no_exception_of_the_other(self):
        self.second.invoice_journal_id.default_account_id = False
        document = self.invoice(self.line(10000, rate="", price_id=""))
        self.assert_done(self.apply(self.stripe, document))
        held = self.apply(self.second, document)
        self.assert_held(held, "no_income_account")
        cases = self.env["q2c.exception"].search(
            [("external_id", "=", "in_1"), ("state", "=", "open")]
        )
        self.assertEqual(cases.connection_id, self.second)
        # News of the first resolves nothing of the second.
        paid = replace(document, status="paid", paid=document.total)
        self.apply(self.stripe, paid)
        self.assertEqual(cases.state, "open")

    # ------------------------------------------------------------------
    # BOOKS
    # ------------------------------------------------------------------

    def test_same_invoice_id_and_number_are_two_invoices(self):
        (pair,) = self.both(self.invoice(self.line(10000, tax=2000)))
        one, other = pair
        self.assertNotEqual(one, other)
        self.assertEqual(one.journal_id, self.stripe.invoice_journal_id)
        self.assertEqual(other.journal_id, self.second.invoice_journal_id)
        self.assertEqual(
            (one.partner_id, other.partner_id), (self.customer, self.other_customer)
        )
        self.assertEqual(one.invoice_line_ids.product_id, self.product)
        self.assertEqual(other.invoice_line_ids.product_id, self.other_product)
        self.assertEqual((one.ref, other.ref), ("INV-1", "INV-1"))
        self.assertEqual((one.state, other.state), ("posted", "posted"))
        self.assertNotEqual(one.name, other.name)

    def test_payments_settle_invoices_of_their_own_account(self):
        invoices, payments = self.both(
            self.invoice(self.line(10000, tax=2000)), self.payment(12000, "in_1")
        )
        for invoice, payment, connection in zip(
            invoices, payments, (self.stripe, self.second), strict=True
        ):
            with self.subTest(connection=connection.name):
                self.assertIn(invoice.payment_state, ("paid", "in_payment"))
                self.assertEqual(payment.journal_id, connection.payment_journal_id)
                self.assertEqual(self.balance(connection._clearing_account()), 120)

    def test_payment_of_one_leaves_the_invoice_of_the_other_open(self):
        document = self.invoice(self.line(10000, tax=2000))
        self.both(document)
        self.assert_done(self.apply(self.second, self.payment(12000, "in_1")))
        self.assertEqual(self.record_of(document).payment_state, "not_paid")
        self.assertEqual(self.balance(self.stripe._clearing_account()), 0)

    def test_balances_are_kept_apart(self):
        """The same id of a balance transaction, and a fee each."""
        invoice = self.invoice(self.line(10000, tax=2000))
        payment = self.payment(12000, "in_1", balance_transaction_id="txn_1")
        self.both(invoice, self.transaction(12000, fee=378), payment)
        for connection in (self.stripe, self.second):
            with self.subTest(connection=connection.name):
                clearing = connection._clearing_account()
                self.assertEqual(self.balance(clearing), 116.22)
                self.assertEqual(self.balance(connection.fee_account_id), 3.78)

    def test_mappings_are_of_one_account(self):
        account = self.company_data["default_account_revenue"].copy()
        self.env["q2c.mapping"].create(
            [
                {
                    "connection_id": self.second.id,
                    "kind": "income",
                    "key": "price_1",
                    "account_id": account.id,
                }
            ]
        )
        (pair,) = self.both(self.invoice(self.line(10000, tax=2000)))
        one, other = pair
        self.assertNotEqual(one.invoice_line_ids.account_id, account)
        self.assertEqual(other.invoice_line_ids.account_id, account)

    def test_closed_periods_follow_the_policy_of_each(self):
        self.company.sale_lock_date = date(2026, 2, 28)
        self.second.lock_policy = "next_open"
        document = self.invoice(self.line(10000, tax=2000))
        self.assert_held(self.apply(self.stripe, document), "period_locked")
        self.assert_done(self.apply(self.second, document))
        self.assertEqual(self.record_of(document, self.second).date, date(2026, 3, 1))
