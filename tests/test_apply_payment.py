# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Payments of the provider go to the clearing account and settle their invoices."""

from datetime import date, datetime, timedelta, timezone

from odoo import fields
from odoo.tests import tagged

from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestApplyPayment(BillingCase):
    def setUp(self):
        super().setUp()
        self.bill("in_1")

    def bill(self, invoice_id, amount=10000, **values):
        line = self.line(amount, tax=amount // 5, code=values.get("currency"))
        invoice = self.invoice(line, id=invoice_id, number=f"N-{invoice_id}", **values)
        self.assert_done(self.apply(self.stripe, invoice))
        return self.linked("invoice", invoice_id)

    def pay(self, *payments, **values):
        events = self.apply(self.stripe, *payments, **values)
        self.assert_done(events)
        return self.env["account.payment"].browse(events.mapped("res_id"))

    # ------------------------------------------------------------------
    # THE LEDGER
    # ------------------------------------------------------------------

    def test_ledger_charge_120(self):
        payment = self.pay(self.payment(12000, "in_1"))
        invoice = self.linked("invoice", "in_1")
        self.assertEqual(
            self.entries(payment.move_id), [("AR", 0, 120), ("CLR", 120, 0)]
        )
        self.assertRecordValues(
            payment,
            [
                {
                    "date": date(2026, 2, 2),
                    "amount": 120,
                    "partner_id": self.customer.id,
                    "journal_id": self.stripe.payment_journal_id.id,
                    "memo": "N-in_1 - pi_1 - card",
                    "payment_reference": "pi_1",
                    "state": "paid",
                }
            ],
        )
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
        self.assertEqual(payment.reconciled_invoice_ids, invoice)

    def test_part_payment_leaves_what_remains(self):
        self.pay(self.payment(5000, "in_1"))
        invoice = self.linked("invoice", "in_1")
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual), ("partial", 70)
        )
        self.pay(self.payment(7000, "in_1", id="pi_2"))
        self.assertEqual(invoice.payment_state, "paid")

    def test_two_payments_of_one_invoice_in_one_batch(self):
        first, second = self.pay(
            self.payment(5000, "in_1"), self.payment(9000, "in_1", id="pi_2")
        )
        self.assertEqual(self.linked("invoice", "in_1").payment_state, "paid")
        self.assertFalse(self.notes(first))
        self.assertIn("20.00", self.notes(second))

    def test_one_payment_of_several_invoices_as_the_provider_allots_it(self):
        self.bill("in_2")
        payment = self.pay(self.payment(15000, ("in_1", 7000), ("in_2", 8000)))
        self.assertEqual(
            self.entries(payment.move_id),
            [("AR", 0, 70), ("AR", 0, 80), ("CLR", 150, 0)],
        )
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 50)
        self.assertEqual(self.linked("invoice", "in_2").amount_residual, 40)
        self.assertFalse(self.notes(payment))

    def test_rule_25_overpayment_stays_on_account(self):
        payment = self.pay(self.payment(15000, ("in_1", 12000)))
        self.assertEqual(self.linked("invoice", "in_1").payment_state, "paid")
        open_items = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.receivable and not line.reconciled
        )
        self.assertEqual(open_items.amount_residual, -30)
        self.assertIn("30.00", self.notes(payment))

    def test_rule_25_payment_of_a_settled_invoice_stays_on_account(self):
        self.pay(self.payment(12000, "in_1"))
        second = self.pay(self.payment(12000, "in_1", id="pi_2"))
        self.assertFalse(second.is_reconciled)
        self.assertIn("120.00", self.notes(second))

    def test_foreign_currency_difference_is_booked(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-02-02", 1 / 1.08)]
        )
        invoice = self.bill("in_2", currency="EUR")
        payment = self.pay(self.payment(12000, "in_2", currency="EUR"))
        self.assertEqual(
            self.entries(payment.move_id), [("AR", 0, 129.6), ("CLR", 129.6, 0)]
        )
        exchange = invoice.line_ids.matched_credit_ids.exchange_move_id
        self.assertEqual(self.entries(exchange), [("AR", 0, 2.4), ("FX", 2.4, 0)])
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual_signed), ("paid", 0)
        )

    def test_divided_payment_in_a_foreign_currency_balances(self):
        self.setup_other_currency("EUR", rates=[("2026-01-01", 3)])
        self.bill("in_2", currency="EUR")
        self.bill("in_3", currency="EUR")
        payment = self.pay(
            self.payment(10000, ("in_2", 5000), ("in_3", 5000), currency="EUR")
        )
        self.assertEqual(
            self.entries(payment.move_id),
            [("AR", 0, 16.66), ("AR", 0, 16.67), ("CLR", 33.33, 0)],
        )
        self.assertEqual(self.linked("invoice", "in_3").amount_residual, 70)

    # ------------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------------

    def test_bank_debit_processing_succeeded_returned(self):
        invoice = self.linked("invoice", "in_1")
        pending = self.apply(self.stripe, self.payment(12000, "in_1", status="pending"))
        self.assertEqual((pending.state, pending.reason), ("skipped", "ignored"))
        payment = self.pay(self.payment(12000, "in_1", method="sepa_debit"))
        self.assertEqual(payment.memo, "N-in_1 - pi_1 - sepa debit")
        self.pay(self.payment(12000, "in_1", status="failed"))
        self.assertEqual((payment.state, payment.move_id.state), ("rejected", "posted"))
        self.assertEqual(
            (invoice.payment_state, invoice.amount_residual), ("not_paid", 120)
        )
        again = self.pay(self.payment(12000, "in_1", method="card"))
        self.assertNotEqual(again, payment)
        self.assertEqual(invoice.payment_state, "paid")

    def test_failed_and_canceled_attempts_are_nothing(self):
        events = self.apply(
            self.stripe,
            self.payment(12000, "in_1", status="failed"),
            self.payment(12000, "in_1", id="pi_2", status="canceled"),
        )
        self.assertEqual(events.mapped("reason"), ["ignored", "ignored"])
        self.assertFalse(
            self.env["account.payment"].search([("partner_id", "=", self.customer.id)])
        )

    def test_rule_26_return_in_a_locked_period_is_held(self):
        payment = self.pay(self.payment(12000, "in_1"))
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.payment(12000, "in_1", status="failed"))
        self.assert_done(event)
        # It is the day of the return that counts.
        self.assertEqual(payment.q2c_return_move_id.date, date(2026, 3, 1))
        self.company.fiscalyear_lock_date = False
        again = self.pay(self.payment(12000, "in_1"))
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        event = self.apply(self.stripe, self.payment(12000, "in_1", status="failed"))
        self.assert_held(event, "period_locked")
        self.assertEqual(again.state, "paid")

    def test_the_same_payment_again_changes_nothing(self):
        payment = self.pay(self.payment(12000, "in_1"))
        again = self.pay(self.payment(12000, "in_1", charge_id="ch_1"))
        self.assertEqual(again, payment)
        self.assertEqual(len(payment.move_id.line_ids), 2)
        self.assertFalse(self.notes(payment))

    def test_allocation_that_comes_later_is_reconciled(self):
        payment = self.pay(self.payment(12000))
        invoice = self.linked("invoice", "in_1")
        self.assertEqual(invoice.payment_state, "not_paid")
        self.pay(self.payment(12000, "in_1"))
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(payment.reconciled_invoice_ids, invoice)

    def test_changed_amount_is_held(self):
        self.pay(self.payment(12000, "in_1"))
        event = self.apply(self.stripe, self.payment(11000, "in_1"))
        self.assert_held(event, "payment_changed")

    def test_payment_of_an_unposted_invoice_settles_it_when_it_is_posted(self):
        self.stripe.invoice_posting = "draft"
        invoice = self.bill("in_2")
        self.pay(self.payment(12000, "in_2"))
        self.assertEqual(invoice.state, "draft")
        invoice.action_post()
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))

    # ------------------------------------------------------------------
    # OUT OF BAND
    # ------------------------------------------------------------------

    def test_out_of_band_leaves_the_invoice_open(self):
        out = self.payment(12000, "in_1", id="inpay_1", out_of_band=True, method="")
        event = self.apply(self.stripe, out)
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))
        self.assertEqual(self.linked("invoice", "in_1").payment_state, "not_paid")

    def test_out_of_band_goes_to_its_journal(self):
        journal = self.company_data["default_journal_bank"]
        self.stripe.out_of_band_journal_id = journal
        out = self.payment(12000, "in_1", id="inpay_1", out_of_band=True, method="")
        payment = self.pay(out)
        self.assertEqual(payment.journal_id, journal)
        self.assertNotIn(self.clearing, payment.move_id.line_ids.account_id)
        self.assertEqual(payment.memo, "N-in_1 - inpay_1 - out of band")
        self.assertEqual(self.linked("invoice", "in_1").payment_state, "paid")

    # ------------------------------------------------------------------
    # HOLDS
    # ------------------------------------------------------------------

    def test_without_clearing_account_it_is_held(self):
        methods = self.stripe.payment_journal_id.inbound_payment_method_line_ids
        methods.payment_account_id = False
        event = self.apply(self.stripe, self.payment(12000, "in_1"))
        self.assert_held(event, "no_clearing_account")

    def test_payment_of_nobody_is_held(self):
        event = self.apply(self.stripe, self.payment(12000, customer_id=""))
        self.assert_held(event, "no_customer")

    def test_payment_waits_for_its_invoice(self):
        event = self.apply(self.stripe, self.payment(12000, "in_9"))
        self.assertEqual((event.state, event.waiting_for), ("waiting", "invoice:in_9"))

    def test_locked_period_is_held(self):
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.payment(12000, "in_1"))
        self.assert_held(event, "period_locked")

    # ------------------------------------------------------------------
    # THE CRM IS TOLD
    # ------------------------------------------------------------------

    def status_fields(self):
        self.env["q2c.status.field"].create(
            [
                {
                    "connection_id": self.salesforce.id,
                    "kind": kind,
                    "value": "payment_status",
                    "field_name": "Payment_Status__c",
                }
                for kind in ("customer", "opportunity")
            ]
        )

    def deal(self):
        """A subscription of an order of an opportunity, all linked."""
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "partner_id": self.customer.id}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": lead.id,
                "order_line": [(0, 0, {"product_id": self.product.id})],
            }
        )
        self.stripe.subscription_owner = "provider"
        order.action_confirm()
        subscription = self.subscription(order_name=order.name)
        self.assert_done(self.apply(self.stripe, subscription))
        self.link(self.salesforce, "customer", "001", self.customer)
        self.link(self.salesforce, "opportunity", "006", lead)
        self.status_fields()
        return lead, order

    def told(self, record):
        """Whether the CRM is about to be told about ``record``; starts anew."""
        commands = self.commands("status", record, "update").filtered(
            lambda command: command.state == "queued"
        )
        commands.state = "done"
        return len(commands)

    def test_posting_and_paying_is_told_to_the_crm(self):
        lead, order = self.deal()
        self.told(lead)
        self.told(self.customer)
        values = {"subscription_id": "sub_1", "trace": "T-1"}
        invoice = self.bill("in_2", **values)
        self.assertEqual((self.told(lead), self.told(self.customer)), (1, 1))
        self.assertEqual(invoice.q2c_trace, "T-1")
        self.pay(self.payment(12000, "in_2"))
        self.assertEqual((self.told(lead), self.told(self.customer)), (1, 1))
        self.assertEqual(self.linked("payment", "pi_1").q2c_trace, "T-1")
        self.apply(self.stripe, self.payment(12000, "in_2", status="failed"))
        self.assertEqual((self.told(lead), self.told(self.customer)), (1, 1))
        self.assertEqual(order.invoice_ids, invoice)
        self.assertEqual(order.order_line.qty_invoiced, 1)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_what_the_crm_is_told(self):
        lead, order = self.deal()
        self.bill("in_2", subscription_id="sub_1")
        self.pay(self.payment(5000, "in_2"))
        status = self.stripe._as_service().env["q2c.status"]
        values = status._values(lead.with_env(status.env))
        invoice = self.linked("invoice", "in_2")
        # Due since 3 March 2026.
        self.assertEqual(
            values,
            {
                "order_number": order.name,
                "order_status": "Sales Order",
                "order_amount": self.money(round(order.amount_total * 100)),
                "subscription_status": "Active",
                "invoice_number": invoice.name,
                "invoice_status": "Posted",
                "payment_status": "Overdue",
                "amount_invoiced": self.money(12000),
                "amount_due": self.money(7000),
                "amount_paid": self.money(5000),
                "amount_overdue": self.money(7000),
                "overdue_since": invoice.invoice_date_due,
                "dunning_status": "Overdue",
                "next_attempt": None,
            },
        )
        # The customer has in_1 as well.
        values = status._values(self.customer.with_env(status.env))
        self.assertEqual(values["account_status"], "Past due")
        self.assertEqual(values["amount_invoiced"], self.money(24000))
        self.assertEqual(values["amount_paid"], self.money(5000))

    def test_the_state_of_dunning_is_told_to_the_crm(self):
        lead, _order = self.deal()
        line = self.line(10000, tax=2000)
        self.told(lead)
        values = {"number": "N-in_2", "subscription_id": "sub_1"}
        again = fields.Date.to_date("2026-03-09")
        states = []
        for document in (
            self.invoice(line, id="in_2", **values),
            self.invoice(line, id="in_2", next_attempt_on=again, **values),
            self.subscription(status="unpaid", order_name=_order.name),
            self.invoice(line, id="in_2", status="uncollectible", **values),
        ):
            self.assert_done(self.apply(self.stripe, document))
            status = self.stripe._as_service().env["q2c.status"]
            told = status._values(lead.with_env(status.env))
            states.append(
                (told["dunning_status"], told["next_attempt"], self.told(lead))
            )
        self.assertEqual(
            states,
            [
                ("Overdue", None, 1),
                ("Retrying", again, 1),
                ("Attempts exhausted", again, 1),
                ("Given up", None, 1),
            ],
        )

    def test_what_becomes_overdue_by_itself_is_told_the_day_after(self):
        lead, _order = self.deal()
        invoice = self.bill("in_2", subscription_id="sub_1")
        status = self.env["q2c.status"]
        for days, told in ((-1, 0), (1, 1), (2, 1), (30, 0)):
            due = fields.Date.today() - timedelta(days=days)
            invoice.line_ids.filtered("date_maturity").date_maturity = due
            invoice.invoice_date_due = due
            self.told(lead)
            status._run_overdue()
            self.assertEqual(self.told(lead), told, days)

    def test_voided_invoices_are_neither_due_nor_paid(self):
        line = self.line(10000, tax=2000)
        void = self.invoice(line, number="N-in_1", status="void")
        self.assert_done(self.apply(self.stripe, void))
        status = self.stripe._as_service().env["q2c.status"]
        values = status._values(self.customer.with_env(status.env))
        self.assertIsNone(values["payment_status"])
        self.assertEqual(values["invoice_status"], "Reversed")
        for name in ("amount_invoiced", "amount_due", "amount_paid"):
            self.assertEqual(values[name], self.money(0))

    # ------------------------------------------------------------------
    # SET-BASED
    # ------------------------------------------------------------------

    def count_queries(self, size, first):
        """SQL queries to apply and reconcile ``size`` payments, each of another
        customer, numbered from ``first``."""
        customers = self.customers(size, first)
        invoices = [
            self.invoice(
                self.line(10000, tax=2000), id=f"in_q{number}", customer_id=customer_id
            )
            for number, customer_id in enumerate(customers, first)
        ]
        self.assert_done(self.apply(self.stripe, *invoices))
        payments = [
            self.payment(
                12000, f"in_q{number}", id=f"pi_q{number}", customer_id=customer_id
            )
            for number, customer_id in enumerate(customers, first)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        # Within a transaction PostgreSQL knows nothing of its rows, and plans some of
        # Odoo's own queries so that they take minutes.
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_payment")
        before = self.env.cr.sql_log_count
        self.pay(*payments)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_per_payment_fall_with_the_batch(self):
        self.count_queries(1, first=1)
        one = self.count_queries(1, first=2)
        twenty = self.count_queries(20, first=100) / 20
        hundred = self.count_queries(100, first=200) / 100
        self.assertLess(twenty, one / 3)
        self.assertLess(hundred, twenty)
        self.assertLessEqual(hundred, 40)

    def notes(self, payment):
        """What the chatter says of money that is left over."""
        messages = payment.message_ids.filtered(
            lambda message: "stays on" in (message.body or "")
        )
        return " ".join(messages.mapped("body"))

    def test_books_balance_and_residual_is_the_providers(self):
        invoices = [
            self.invoice(
                self.line(9999, tax=2000),
                id=f"in_b{n}",
                remaining=self.money(11999 - n * 1000),
            )
            for n in range(3)
        ]
        self.assert_done(self.apply(self.stripe, *invoices))
        payments = [
            self.payment(n * 1000, f"in_b{n}", id=f"pi_b{n}") for n in range(1, 3)
        ]
        self.pay(*payments, occurred_at=datetime(2026, 3, 2, tzinfo=timezone.utc))
        for invoice in invoices:
            move = self.linked("invoice", invoice.id)
            self.assertEqual(move.amount_residual, float(invoice.remaining))
        items = self.env["account.move.line"].search(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")]
        )
        self.assertEqual(round(sum(items.mapped("balance")), 2), 0)
        cleared = items.filtered(lambda item: item.account_id == self.clearing)
        self.assertEqual(sum(cleared.mapped("balance")), 30)
