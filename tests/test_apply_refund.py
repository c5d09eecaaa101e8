# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refunds go out of the clearing account, and are settled by credit notes or by opening
the debt again, whatever comes first."""

from datetime import date, datetime, timezone

from odoo.tests import tagged

from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestApplyRefund(BillingCase):
    def setUp(self):
        super().setUp()
        self.assert_done(
            self.apply(
                self.stripe,
                self.invoice(self.line(10000, tax=2000, id="il_1")),
                self.transaction(12000, 378),
                self.payment(12000, "in_1", balance_transaction_id="txn_1"),
            )
        )
        self.bill = self.linked("invoice", "in_1")
        self.paid = self.linked("payment", "pi_1")

    def pay_back(self, *documents):
        """Apply refunds, each with its balance transaction, and other documents."""
        moved = [
            self.transaction(
                -document.amount.amount,
                id=document.balance_transaction_id,
                category="refund",
                source_id=document.id,
                currency=document.amount.currency,
            )
            for document in documents
            if document.KIND == "refund"
        ]
        events = self.apply(self.stripe, *moved, *documents)
        self.assert_done(events)
        return self.linked("refund", "re_1")

    def note(self, amount=10000, tax=2000, **values):
        line = self.line(amount, tax=tax, price_id="", invoice_line_id="il_1")
        values.setdefault("refunds", [("re_1", amount + tax)])
        return self.credit_note(line, **values)

    def failed(self, amount=12000):
        """The refund, whose money came back."""
        back = self.transaction(
            amount,
            id="txn_f",
            category="refund_failure",
            source_id="re_1",
            created=datetime(2026, 2, 20, tzinfo=timezone.utc),
        )
        refund = self.refund(amount, status="failed", failure_transaction_id="txn_f")
        self.assert_done(self.apply(self.stripe, back, refund))

    def assert_returned(self, refund):
        """Dr clearing, Cr receivable, on the day on which the money came back."""
        entry = refund.q2c_return_move_id
        self.assertEqual((refund.state, refund.move_id.state), ("rejected", "posted"))
        self.assertEqual(self.entries(entry), [("AR", 0, 120), ("CLR", 120, 0)])
        self.assertEqual(entry.state, "posted")
        mirror = self.linked("balance_transaction", "txn_f")
        self.assertEqual((mirror.move_id, mirror.unbooked), (entry, 0))

    def proposal(self):
        return self.env["account.move"].search(
            [("q2c_refund_payment_id", "!=", False), ("state", "!=", "cancel")]
        )

    def owed(self):
        return self.balance(self.receivable)

    def assert_credited_and_refunded(self):
        """The end of a full refund with a credit note, whatever came first."""
        note, refund = self.linked("credit_note", "cn_1"), self.linked("refund", "re_1")
        self.assertEqual(
            self.entries(note), [("AR", 0, 120), ("REV", 100, 0), ("TAX", 20, 0)]
        )
        self.assertEqual(
            self.entries(refund.move_id), [("AR", 120, 0), ("CLR", 0, 120)]
        )
        self.assertEqual(note.amount_residual, 0)
        self.assertTrue(refund.is_reconciled)
        self.assertEqual(note.reversed_entry_id, self.bill)
        self.assertFalse(self.proposal())
        self.assertEqual(self.bill.payment_state, "paid")
        # The fee stays an expense.
        self.assertEqual(self.balance(self.clearing), -3.78)
        self.assertEqual(self.balance(self.stripe.fee_account_id), 3.78)
        self.assertEqual(self.owed(), 0)
        refunds = self.env["account.payment"].search(
            [("payment_type", "=", "outbound")]
        )
        self.assertEqual(refunds, refund)

    # ------------------------------------------------------------------
    # WITH A CREDIT NOTE
    # ------------------------------------------------------------------

    def test_ledger_full_refund_with_credit_note(self):
        refund = self.pay_back(self.note(), self.refund(12000))
        self.assert_credited_and_refunded()
        self.assertRecordValues(
            refund,
            [
                {
                    "payment_type": "outbound",
                    "amount": 120,
                    "date": date(2026, 2, 10),
                    "partner_id": self.customer.id,
                    "journal_id": self.stripe.payment_journal_id.id,
                    "memo": "pi_1 - re_1 - requested by customer",
                    "payment_reference": "re_1",
                    "q2c_refunded_payment_id": self.paid.id,
                    "state": "paid",
                }
            ],
        )

    def test_rule_20_credit_note_first(self):
        self.assert_done(self.apply(self.stripe, self.note()))
        note = self.linked("credit_note", "cn_1")
        self.assertEqual(note.amount_residual, 120)
        self.pay_back(self.refund(12000))
        self.assert_credited_and_refunded()

    def test_rule_20_refund_first(self):
        self.pay_back(self.refund(12000))
        self.assertEqual(self.proposal().state, "draft")
        self.assert_done(self.apply(self.stripe, self.note()))
        self.assert_credited_and_refunded()

    def test_rule_20_refund_first_with_the_debt_reopened(self):
        self.stripe.refund_policy = "reopen"
        self.pay_back(self.refund(12000))
        self.assertEqual(self.bill.amount_residual, 120)
        self.assert_done(self.apply(self.stripe, self.note()))
        note = self.linked("credit_note", "cn_1")
        self.assertEqual((self.bill.amount_residual, note.amount_residual), (0, 0))
        self.assertEqual(self.owed(), 0)

    def test_rule_21_each_refund_reopens_what_it_gives_back(self):
        self.stripe.refund_policy = "reopen"
        self.pay_back(self.refund(2400))
        self.assertEqual(self.bill.amount_residual, 24)
        self.pay_back(self.refund(1200, id="re_2"))
        self.assertEqual(self.bill.amount_residual, 36)
        self.assertEqual(self.owed(), 36)
        for number in (1, 2):
            self.assertTrue(self.linked("refund", f"re_{number}").is_reconciled)

    def test_rule_20_refund_and_balance_of_one_credit_note(self):
        """Of 36, 24 are refunded, 12 credited."""
        note = self.note(3000, 600, refunds=[("re_1", 2400)], to_balance=1200)
        self.pay_back(self.refund(2400), note)
        move = self.linked("credit_note", "cn_1")
        self.assertEqual(move.amount_residual, 0)
        self.assertTrue(self.linked("refund", "re_1").is_reconciled)
        self.assertEqual(self.balance(self.stripe.customer_credit_account_id), -12)
        self.assertEqual(self.owed(), 0)

    def test_rule_21_several_refunds_of_one_payment(self):
        first = self.note(2000, 400, refunds=[("re_1", 2400)])
        second = self.note(
            3000, 600, id="cn_2", number="CN-2", refunds=[("re_2", 3600)]
        )
        self.pay_back(self.refund(2400), self.refund(3600, id="re_2"), first, second)
        for number in (1, 2):
            self.assertTrue(self.linked("refund", f"re_{number}").is_reconciled)
            self.assertEqual(
                self.linked("credit_note", f"cn_{number}").amount_residual, 0
            )
        self.assertEqual(self.balance(self.clearing), 120 - 3.78 - 60)

    def test_credit_note_for_what_finance_has_credited_is_held(self):
        self.pay_back(self.refund(12000))
        self.proposal().action_post()
        event = self.apply(self.stripe, self.note())
        self.assert_held(event, "already_credited")
        self.assertIn(self.proposal().name, event.message)

    # ------------------------------------------------------------------
    # WITHOUT A CREDIT NOTE
    # ------------------------------------------------------------------

    def test_ledger_refund_without_a_credit_note(self):
        refund = self.pay_back(self.refund(12000))
        self.assertEqual(
            self.entries(refund.move_id), [("AR", 120, 0), ("CLR", 0, 120)]
        )
        proposal = self.proposal()
        self.assertRecordValues(
            proposal,
            [
                {
                    "state": "draft",
                    "move_type": "out_refund",
                    "partner_id": self.customer.id,
                    "amount_untaxed": 100,
                    "amount_tax": 20,
                    "amount_total": 120,
                    "q2c_refund_payment_id": refund.id,
                }
            ],
        )
        self.assertIn("has no credit note", "".join(self.messages(proposal)))
        self.assertEqual(self.owed(), 120)
        proposal.action_post()
        self.assertEqual(
            self.entries(proposal), [("AR", 0, 120), ("REV", 100, 0), ("TAX", 20, 0)]
        )
        self.assertEqual(proposal.amount_residual, 0)
        self.assertTrue(refund.is_reconciled)
        self.assertEqual(self.owed(), 0)

    def messages(self, record):
        return record.message_ids.mapped("body")

    def test_proposal_is_in_proportion_to_lines_and_taxes_to_the_cent(self):
        """A third of 33.33 + 6.67, of 8.01 with 1.99 in it, and of 7.75: the cent that
        rounding down leaves goes to the first tax."""
        lines = (
            self.line(3333, tax=667, id="il_a"),
            self.line(1000, tax=199, rate="txr_in", id="il_b"),
            self.line(775, rate="", id="il_c"),
        )
        total = 3333 + 667 + 1000 + 775
        invoice = self.invoice(*lines, id="in_2", number="INV-2")
        paid = self.payment(total, "in_2", id="pi_2")
        self.assert_done(self.apply(self.stripe, invoice, paid))
        self.pay_back(self.refund(1925, payment_id="pi_2"))
        proposal = self.proposal()
        self.assertEqual(proposal.amount_total, 19.25)
        self.assertEqual(
            proposal.invoice_line_ids.mapped("price_subtotal"), [11.11, 2.67, 2.58]
        )
        taxes = proposal.line_ids.filtered("tax_line_id").mapped("balance")
        self.assertEqual(sorted(taxes), [0.66, 2.23])

    def test_policy_the_debt_is_open_again(self):
        self.stripe.refund_policy = "reopen"
        refund = self.pay_back(self.refund(2400))
        self.assertFalse(self.proposal())
        self.assertEqual(
            (self.bill.payment_state, self.bill.amount_residual), ("partial", 24)
        )
        self.assertTrue(refund.is_reconciled)
        self.assertTrue(self.paid.is_reconciled)
        self.assertEqual(refund.q2c_reopened_move_ids, self.bill)
        self.assertIn("owed again", "".join(self.messages(self.bill)))
        self.assertEqual(self.owed(), 24)

    def test_refund_of_money_on_account_is_said(self):
        extra = self.payment(5000, id="pi_2")
        self.assert_done(self.apply(self.stripe, extra))
        refund = self.pay_back(self.refund(5000, payment_id="pi_2"))
        self.assertFalse(self.proposal())
        self.assertIn("settles no invoice", "".join(self.messages(refund)))

    # ------------------------------------------------------------------
    # FAILED
    # ------------------------------------------------------------------

    def test_ledger_failed_refund_with_a_credit_note(self):
        refund = self.pay_back(self.note(), self.refund(12000))
        self.failed()
        note = self.linked("credit_note", "cn_1")
        self.assert_returned(refund)
        self.assertEqual(note.amount_residual, 120)
        self.assertEqual(self.balance(self.clearing), 116.22)
        self.assertEqual(self.owed(), -120)

    def test_ledger_failed_refund_withdraws_the_proposal(self):
        refund = self.pay_back(self.refund(12000))
        self.failed()
        self.assert_returned(refund)
        self.assertFalse(self.proposal())
        self.assertEqual((self.bill.payment_state, self.owed()), ("paid", 0))

    def test_ledger_failed_refund_settles_the_debt_again(self):
        self.stripe.refund_policy = "reopen"
        refund = self.pay_back(self.refund(12000))
        self.assertEqual(self.bill.payment_state, "not_paid")
        self.failed()
        self.assert_returned(refund)
        self.assertEqual((self.bill.payment_state, self.owed()), ("paid", 0))
        self.assertEqual(self.balance(self.clearing), 116.22)

    def test_rule_5_older_state_of_a_failed_refund_is_not_booked_again(self):
        refund = self.pay_back(self.refund(12000))
        clearing = self.balance(refund.outstanding_account_id)
        self.failed()
        self.assertEqual(self.balance(refund.outstanding_account_id), clearing + 120)
        failed = {"status": "failed", "failure_transaction_id": "txn_f"}
        for late in ({}, {**failed, "reason": "duplicate"}):
            event = self.apply(self.stripe, self.refund(12000, **late))
            self.assertEqual((event.state, event.reason), ("skipped", "ignored"))
            balance = self.balance(refund.outstanding_account_id)
            self.assertEqual(balance, clearing + 120)
        self.assertEqual(self.linked("refund", "re_1"), refund)

    def test_rule_21_failed_refund_of_a_closed_month(self):
        refund = self.pay_back(self.note(), self.refund(12000))
        self.company.fiscalyear_lock_date = date(2026, 2, 15)
        self.failed()
        self.assert_returned(refund)
        self.assertEqual(refund.move_id.date, date(2026, 2, 10))
        self.assertEqual(refund.q2c_return_move_id.date, date(2026, 2, 20))

    # ------------------------------------------------------------------
    # STATES AND HOLDS
    # ------------------------------------------------------------------

    def test_rule_21_void_of_an_uncaptured_charge_is_nothing(self):
        event = self.apply(self.stripe, self.refund(12000, balance_transaction_id=""))
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))

    def test_failed_before_it_came_has_both_its_days(self):
        out = self.transaction(-12000, id="txn_re_1", category="refund")
        back = self.transaction(
            12000,
            id="txn_f",
            category="refund_failure",
            created=datetime(2026, 2, 20, tzinfo=timezone.utc),
        )
        refund = self.refund(12000, status="failed", failure_transaction_id="txn_f")
        self.assert_done(self.apply(self.stripe, out, back, refund))
        record = self.linked("refund", "re_1")
        self.assert_returned(record)
        self.assertEqual(record.date, date(2026, 2, 10))
        self.assertEqual(record.q2c_return_move_id.date, date(2026, 2, 20))
        self.assertFalse(self.proposal())
        self.assertEqual((self.bill.payment_state, self.owed()), ("paid", 0))
        self.assertEqual(self.balance(self.clearing), 116.22)

    def test_failed_without_having_left_the_balance_is_nothing(self):
        failed = self.refund(12000, status="failed", balance_transaction_id="")
        event = self.apply(self.stripe, failed)
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))
        self.assertFalse(self.linked("refund", "re_1"))

    def test_pending_refund_has_left_the_balance(self):
        refund = self.pay_back(self.refund(12000, status="pending"))
        self.assertEqual(self.balance(self.clearing), -3.78)
        self.assertEqual(self.pay_back(self.refund(12000)), refund)

    def test_invariant_1_the_same_again_changes_nothing(self):
        refund = self.pay_back(self.refund(12000))
        proposal = self.proposal()
        again = self.pay_back(self.refund(12000, reason="duplicate"))
        self.assertEqual((again, self.proposal()), (refund, proposal))
        self.assertEqual(self.balance(self.clearing), -3.78)

    def test_changed_amount_is_held(self):
        self.pay_back(self.refund(12000))
        event = self.apply(self.stripe, self.refund(11000))
        self.assert_held(event, "refund_changed")

    def test_it_waits_for_payment_and_balance_transaction(self):
        event = self.apply(self.stripe, self.refund(12000))
        self.assertEqual(event.waiting_for, "balance_transaction:txn_re_1")
        moved = self.transaction(-12000, id="txn_re_1", category="refund")
        refund = self.refund(12000, payment_id="pi_9")
        event = self.apply(self.stripe, moved, refund)[1]
        self.assertEqual(event.waiting_for, "payment:pi_9")

    def test_without_a_payment_it_is_held(self):
        moved = self.transaction(-12000, id="txn_re_1", category="refund")
        refund = self.refund(12000, payment_id="")
        event = self.apply(self.stripe, moved, refund)[1]
        self.assert_held(event, "no_payment")

    def test_rule_26_locked_period_is_held(self):
        moved = self.transaction(-12000, id="txn_re_1", category="refund")
        self.assert_done(self.apply(self.stripe, moved))
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.refund(12000))
        self.assert_held(event, "period_locked")

    def test_without_an_outgoing_clearing_account_it_is_held(self):
        methods = self.stripe.payment_journal_id.outbound_payment_method_line_ids
        methods.payment_account_id = False
        moved = self.transaction(-12000, id="txn_re_1", category="refund")
        event = self.apply(self.stripe, moved, self.refund(12000))[1]
        self.assert_held(event, "no_clearing_account")

    def test_the_books_balance(self):
        self.pay_back(self.note(2000, 400), self.refund(2400))
        items = self.env["account.move.line"].search(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")]
        )
        self.assertEqual(round(sum(items.mapped("balance")), 2), 0)
        told = self.env["q2c.balance.transaction"].search([])
        self.assertEqual(self.balance(self.clearing), round(sum(told.mapped("net")), 2))
