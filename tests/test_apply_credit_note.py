# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Credit notes, and what customers have to their credit."""

from datetime import date

from odoo.tests import tagged

from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestApplyCreditNote(BillingCase):
    def setUp(self):
        super().setUp()
        self.bill = self.book(self.invoice(self.line(10000, tax=2000, id="il_1")))
        self.credit_account = self.stripe.customer_credit_account_id

    def book(self, *documents, **values):
        events = self.apply(self.stripe, *documents, **values)
        self.assert_done(events)
        return self.env["account.move"].browse(events.mapped("res_id"))

    def pay(self, amount=12000, *allocations, **values):
        payment = self.payment(amount, *(allocations or ("in_1",)), **values)
        self.assert_done(self.apply(self.stripe, payment))

    def note(self, amount=2000, tax=400, **values):
        """A credit note of 20 + 4."""
        line = self.line(amount, tax=tax, price_id="", invoice_line_id="il_1")
        return self.credit_note(line, **values)

    def owed(self):
        """By the customer, all items together."""
        return self.balance(self.receivable)

    # ------------------------------------------------------------------
    # BEFORE PAYMENT
    # ------------------------------------------------------------------

    def test_ledger_credit_note_24_before_payment(self):
        move = self.book(self.note(reason="order_change", memo="Sorry"))
        self.assertEqual(
            self.entries(move), [("AR", 0, 24), ("REV", 20, 0), ("TAX", 4, 0)]
        )
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": "out_refund",
                    "journal_id": self.stripe.invoice_journal_id.id,
                    "partner_id": self.customer.id,
                    "reversed_entry_id": self.bill.id,
                    "invoice_date": date(2026, 2, 10),
                    "date": date(2026, 2, 10),
                    "ref": "CN-1",
                    "invoice_origin": "INV-1",
                    "payment_state": "paid",
                    "amount_residual": 0,
                    "q2c_status": "issued",
                }
            ],
        )
        self.assertEqual(move.invoice_line_ids.product_id, self.product)
        self.assertIn("Order change", move.narration)
        self.assertEqual(
            (self.bill.payment_state, self.bill.amount_residual), ("partial", 96)
        )
        self.pay(9600)
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertEqual(self.owed(), 0)

    def test_in_one_batch_with_its_invoice(self):
        line = self.line(10000, tax=2000, id="il_2")
        invoice = self.invoice(line, id="in_2", number="INV-2")
        self.book(self.note(invoice_id="in_2"), invoice)
        self.assertEqual(self.linked("invoice", "in_2").amount_residual, 96)

    def test_rule_17_taxes_are_the_providers_to_the_cent(self):
        """24.01 of 20.00 + 4.01, which no rate of 20 % makes."""
        move = self.book(self.note(tax=401))
        self.assertEqual(
            (move.amount_untaxed, move.amount_tax, move.amount_total), (20, 4.01, 24.01)
        )

    def test_line_of_its_own_goes_to_the_default_account(self):
        line = self.line(500, rate="", price_id="", description="Service credit")
        move = self.book(self.credit_note(line))
        account = self.stripe.invoice_journal_id.default_account_id
        self.assertEqual(move.invoice_line_ids.account_id, account)
        self.assertEqual(self.bill.amount_residual, 115)

    def test_credit_note_in_a_foreign_currency_has_the_rate_of_its_invoice(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-02-10", 1 / 1.2)]
        )
        line = self.line(10000, tax=2000, id="il_2", code="EUR")
        invoice = self.book(self.invoice(line, id="in_2", currency="EUR"))
        line = self.line(2000, tax=400, code="EUR", invoice_line_id="il_2")
        move = self.book(self.credit_note(line, invoice_id="in_2", currency="EUR"))
        self.assertEqual(
            self.entries(move), [("AR", 0, 26.4), ("REV", 22, 0), ("TAX", 4.4, 0)]
        )
        self.assertEqual(invoice.amount_residual, 96)
        self.assertFalse(move.line_ids.matched_debit_ids.exchange_move_id)

    # ------------------------------------------------------------------
    # AFTER PAYMENT
    # ------------------------------------------------------------------

    def test_ledger_credit_note_24_after_payment_to_customer_balance(self):
        self.pay()
        move = self.book(self.note(to_balance=2400))
        self.assertEqual(
            self.entries(move), [("AR", 0, 24), ("REV", 20, 0), ("TAX", 4, 0)]
        )
        entry = move.q2c_balance_move_id
        self.assertEqual(self.entries(entry), [("AR", 24, 0), ("CCB", 0, 24)])
        self.assertEqual((entry.state, entry.date), ("posted", date(2026, 2, 10)))
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self.bill.payment_state, "paid")
        # The customer's balance at Stripe is -24.
        self.assertEqual(self.balance(self.credit_account), -24)
        self.assertEqual(self.owed(), 0)

    def test_rule_20_credit_after_a_payment_that_is_not_here_yet(self):
        move = self.book(self.note(to_balance=2400))
        self.assertEqual(self.bill.amount_residual, 120)
        self.pay()
        self.assertEqual((self.bill.payment_state, move.amount_residual), ("paid", 0))
        self.assertEqual(self.owed(), 0)

    def test_rule_20_a_part_before_and_a_part_after(self):
        """Of 48, 12 reduce what is due, 36 are credited."""
        self.pay(10800)
        move = self.book(self.note(4000, 800, to_balance=3600))
        self.assertEqual(
            (self.bill.payment_state, self.bill.amount_residual), ("paid", 0)
        )
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self.balance(self.credit_account), -36)

    def test_rule_20_a_part_before_of_a_payment_that_is_not_here_yet(self):
        """Of 48, 12 reduce what is due, 36 are to be refunded."""
        self.book(self.note(4000, 800, refunds=[("re_1", 3600)]))
        move = self.linked("credit_note", "cn_1")
        self.assertEqual((self.bill.amount_residual, move.amount_residual), (120, 48))
        self.pay(10800)
        self.assertEqual((self.bill.amount_residual, move.amount_residual), (0, 36))
        self.assertEqual(self.owed(), -36)

    def test_out_of_band_stays_open_for_the_bank_statement(self):
        self.pay()
        move = self.book(self.note(out_of_band=2400))
        self.assertEqual((move.payment_state, move.amount_residual), ("not_paid", 24))

    # ------------------------------------------------------------------
    # THE CUSTOMER'S BALANCE ON INVOICES
    # ------------------------------------------------------------------

    def next_invoice(self, starting, ending, amount=10000, tax=2000, **values):
        """Invoice in_2 of 120."""
        return self.invoice(
            self.line(amount, tax=tax),
            id="in_2",
            number="INV-2",
            starting_balance=self.money(starting),
            ending_balance=self.money(ending),
            **values,
        )

    def test_ledger_next_invoice_120_with_that_balance_applied(self):
        self.pay()
        self.book(self.note(to_balance=2400))
        move = self.book(self.next_invoice(-2400, 0))
        self.assertEqual(
            self.entries(move), [("AR", 120, 0), ("REV", 0, 100), ("TAX", 0, 20)]
        )
        entry = move.q2c_balance_move_id
        self.assertEqual(self.entries(entry), [("AR", 0, 24), ("CCB", 24, 0)])
        self.assertEqual(move.amount_residual, 96)
        self.pay(9600, "in_2", id="pi_2")
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual((self.balance(self.credit_account), self.owed()), (0, 0))

    def test_rule_19_voiding_gives_the_balance_back(self):
        move = self.book(self.next_invoice(-2400, 0))
        self.assertEqual(self.balance(self.credit_account), 24)
        self.book(self.next_invoice(-2400, 0, status="void"))
        self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(self.balance(self.credit_account), 0)
        self.assertEqual(self.owed(), 120)
        self.assertFalse(move.q2c_balance_move_id.line_ids.filtered("amount_residual"))

    def test_ledger_invoice_with_a_negative_net(self):
        move = self.book(self.next_invoice(0, -3000, amount=-2500, tax=-500))
        self.assertEqual(
            self.entries(move), [("AR", 0, 30), ("REV", 25, 0), ("TAX", 5, 0)]
        )
        entry = move.q2c_balance_move_id
        self.assertEqual(self.entries(entry), [("AR", 30, 0), ("CCB", 0, 30)])
        self.assertEqual(move.amount_residual, 0)

    def test_debt_that_is_put_on_an_invoice_is_owed(self):
        move = self.book(self.next_invoice(1000, 0))
        entry = move.q2c_balance_move_id
        self.assertEqual(self.entries(entry), [("AR", 10, 0), ("CCB", 0, 10)])
        self.assertEqual(self.owed(), 250)
        self.pay(13000, "in_2", id="pi_2")
        self.assertEqual((move.payment_state, self.owed()), ("paid", 120))
        self.assertTrue(self.linked("payment", "pi_2").is_reconciled)

    def test_rule_19_balance_is_applied_once(self):
        move = self.book(self.next_invoice(-2400, 0))
        entry = move.q2c_balance_move_id
        again = self.next_invoice(-2400, 0, status="paid")
        self.assertEqual(self.book(again).q2c_balance_move_id, entry)
        self.assertEqual(self.balance(self.credit_account), 24)

    def test_without_a_credit_account_it_is_held(self):
        self.stripe.customer_credit_account_id = False
        event = self.apply(self.stripe, self.next_invoice(-2400, 0))
        self.assert_held(event, "no_credit_account")
        event = self.apply(self.stripe, self.note(to_balance=2400))
        self.assert_held(event, "no_credit_account")
        self.assertFalse(self.linked("credit_note", "cn_1"))

    # ------------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------------

    def test_rule_25_void_is_reversed_on_its_date(self):
        move = self.book(self.note())
        void = self.note(status="void", voided_on=date(2026, 2, 20))
        self.assertEqual(self.book(void), move)
        reversal = move.reversal_move_ids
        self.assertEqual((reversal.date, reversal.state), (date(2026, 2, 20), "posted"))
        self.assertEqual(
            self.entries(reversal), [("AR", 24, 0), ("REV", 0, 20), ("TAX", 0, 4)]
        )
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self.bill.amount_residual, 120)
        self.assertEqual(move.q2c_status, "void")
        self.book(void)
        self.assertEqual(len(move.reversal_move_ids), 1)
        self.assertEqual(self.bill.amount_residual, 120)

    def test_rule_5_payment_before_the_void_settles_what_is_owed_again(self):
        self.book(self.note())
        self.pay()
        payment = self.linked("payment", "pi_1")
        self.assertFalse(payment.is_reconciled)
        self.book(self.note(status="void", voided_on=date(2026, 2, 20)))
        self.assertTrue(payment.is_reconciled)
        self.assertEqual((self.bill.amount_residual, self.owed()), (0, 0))
        case = self.env["q2c.exception"].search([("key", "=", "settle:pi_1")])
        self.assertEqual(case.state, "resolved")

    def test_void_of_what_was_credited_is_held(self):
        self.pay()
        self.book(self.note(to_balance=2400))
        event = self.apply(self.stripe, self.note(to_balance=2400, status="void"))
        self.assert_held(event, "void_after_settlement")

    def test_what_was_void_before_it_came_is_nothing(self):
        event = self.apply(self.stripe, self.note(status="void"))
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))

    def test_invariant_1_the_same_again_changes_nothing(self):
        move = self.book(self.note())
        again = self.book(self.note(pdf_url="https://stripe.test/cn.pdf"))
        self.assertEqual(again, move)
        self.assertEqual(move.q2c_pdf_url, "https://stripe.test/cn.pdf")
        self.assertEqual(self.bill.amount_residual, 96)

    def test_changed_amounts_are_held(self):
        self.book(self.note())
        self.assert_held(
            self.apply(self.stripe, self.note(3000, 600)), "credit_note_changed"
        )

    def test_it_waits_for_its_invoice(self):
        event = self.apply(self.stripe, self.note(invoice_id="in_9"))
        self.assertEqual((event.state, event.waiting_for), ("waiting", "invoice:in_9"))

    def test_rule_26_locked_period_is_held(self):
        self.company.sale_lock_date = date(2026, 2, 28)
        self.assert_held(self.apply(self.stripe, self.note()), "period_locked")

    def test_posting_policy_draft(self):
        self.stripe.invoice_posting = "draft"
        move = self.book(self.note())
        self.assertEqual(move.state, "draft")
        move.action_post()
        self.assertEqual(self.bill.amount_residual, 96)

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def test_set_up_accounting_creates_the_liability_once(self):
        account = self.credit_account
        self.assertEqual(
            (account.name, account.account_type),
            ("Stripe Customer Credit", "liability_current"),
        )
        self.stripe._set_up_accounting()
        self.assertEqual(self.stripe.customer_credit_account_id, account)
