# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 26: what is dated in a closed period waits, moves with a reason, or stands there
by somebody's leave."""

from datetime import date, datetime, timedelta, timezone

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common_billing import BillingCase

FEBRUARY = date(2026, 2, 28)
OPEN = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestPeriods(BillingCase):
    def done(self, *documents, **values):
        events = self.apply(self.stripe, *documents, **values)
        self.assert_done(events)
        return events

    def bill(self, **values):
        invoice = self.invoice(self.line(10000, tax=2000), **values)
        return self.apply(self.stripe, invoice)

    def close(self, field="fiscalyear_lock_date", until=FEBRUARY):
        self.company[field] = until

    def policy(self, code):
        self.stripe.lock_policy = code

    # ------------------------------------------------------------------
    # WAIT
    # ------------------------------------------------------------------

    def test_rule_26_hold_names_what_is_locked_and_what_to_do(self):
        for field in (
            "fiscalyear_lock_date",
            "sale_lock_date",
            "tax_lock_date",
            "hard_lock_date",
        ):
            with self.subTest(field=field), self.env.cr.savepoint() as savepoint:
                self.close(field)
                event = self.bill(id=f"in_{field}")
                self.assert_held(event, "period_locked")
                self.assertIn("2026-02-01", event.message)
                if field == "hard_lock_date":
                    self.assertIn("first open day", event.remedy)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_tax_lock_does_not_concern_what_bears_no_tax(self):
        self.close("tax_lock_date")
        self.done(self.invoice(self.line(10000, rate="")))

    def test_sales_lock_does_not_concern_payments(self):
        self.assert_done(self.bill())
        self.close("sale_lock_date")
        self.done(self.payment(12000, "in_1"))

    def test_held_goes_on_when_the_period_is_opened(self):
        self.close()
        event = self.bill()
        self.assert_held(event, "period_locked")
        self.company.fiscalyear_lock_date = False
        self.assert_done(self.bill())

    # ------------------------------------------------------------------
    # FIRST OPEN DAY
    # ------------------------------------------------------------------

    def test_rule_26_first_open_day_with_the_reason_on_the_invoice(self):
        self.policy("next_open")
        self.close()
        self.assert_done(self.bill())
        move = self.linked("invoice", "in_1")
        self.assertRecordValues(
            move,
            [{"state": "posted", "date": OPEN, "invoice_date": date(2026, 2, 1)}],
        )
        self.assertIn("Of 02/01/2026", move.q2c_date_reason)
        self.assertIn("Global Lock Date", move.q2c_date_reason)
        self.assertEqual(set(move.line_ids.mapped("date")), {OPEN})
        case = self.env["q2c.exception"].search([("code", "=", "period_moved")])
        self.assertEqual((case.severity, case.res_id), ("info", move.id))

    def test_rule_26_first_open_day_after_all_locks(self):
        self.policy("next_open")
        self.close()
        self.close("tax_lock_date", date(2026, 3, 31))
        self.close("hard_lock_date", date(2026, 1, 31))
        self.assert_done(self.bill())
        self.assertEqual(self.linked("invoice", "in_1").date, date(2026, 4, 1))

    def test_what_is_not_locked_keeps_its_date_and_needs_no_reason(self):
        self.policy("next_open")
        self.close(until=date(2026, 1, 31))
        self.assert_done(self.bill())
        move = self.linked("invoice", "in_1")
        self.assertEqual((move.date, move.q2c_date_reason), (date(2026, 2, 1), False))

    def test_no_day_is_open_yet(self):
        self.policy("next_open")
        self.close(until=fields.Date.today() + timedelta(days=30))
        self.assert_held(self.bill(), "period_locked")

    def test_rule_26_payment_fee_and_refund_on_the_first_open_day(self):
        self.assert_done(self.bill())
        self.policy("next_open")
        self.close()
        self.done(
            self.transaction(12000, fee=378),
            self.transaction(-12000, id="txn_re_1"),
            self.payment(12000, "in_1", balance_transaction_id="txn_1"),
            self.refund(12000),
        )
        payment, refund = self.linked("payment", "pi_1"), self.linked("refund", "re_1")
        fee = self.linked("balance_transaction", "txn_1").fee_move_id
        for move in (payment.move_id, refund.move_id, fee):
            self.assertEqual((move.state, move.date), ("posted", OPEN))
            self.assertTrue(move.q2c_date_reason)
        self.assertEqual(payment.date, date(2026, 2, 2))
        self.assertIn("locked", payment.q2c_date_reason)
        self.assertEqual(self.linked("invoice", "in_1").payment_state, "paid")
        self.assertEqual(self.balance(self.clearing), -3.78)

    def test_rule_26_credit_note_on_the_first_open_day(self):
        self.assert_done(self.bill())
        self.policy("next_open")
        self.close("sale_lock_date")
        self.done(self.credit_note(self.line(2000, tax=400, invoice_line_id="il_1")))
        note = self.linked("credit_note", "cn_1")
        self.assertEqual((note.date, note.invoice_date), (OPEN, date(2026, 2, 10)))
        self.assertTrue(note.q2c_date_reason)
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 96)

    def test_rule_26_void_on_the_first_open_day(self):
        self.assert_done(self.bill())
        self.policy("next_open")
        self.close()
        self.done(
            self.invoice(self.line(10000, tax=2000), status="void"),
            occurred_at=datetime(2026, 2, 20, tzinfo=timezone.utc),
        )
        move = self.linked("invoice", "in_1")
        reversal = move.reversal_move_ids
        self.assertEqual((reversal.state, reversal.date), ("posted", OPEN))
        self.assertTrue(reversal.q2c_date_reason)
        self.assertEqual(
            (move.payment_state, move.date), ("reversed", date(2026, 2, 1))
        )

    def test_rule_26_balance_entry_on_the_first_open_day(self):
        self.policy("next_open")
        self.close()
        self.done(
            self.invoice(
                self.line(10000, tax=2000),
                starting_balance=self.money(-2400),
                ending_balance=self.money(0),
            )
        )
        move = self.linked("invoice", "in_1")
        self.assertEqual(move.q2c_balance_move_id.date, OPEN)
        self.assertEqual(move.amount_residual, 96)

    def test_rule_26_foreign_currency_keeps_the_rate_of_its_day(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-03-01", 1 / 1.2)]
        )
        self.policy("next_open")
        self.close()
        self.done(
            self.invoice(self.line(10000, rate="", code="EUR"), currency="EUR"),
            self.payment(10000, "in_1", currency="EUR"),
        )
        move, payment = self.linked("invoice", "in_1"), self.linked("payment", "pi_1")
        self.assertEqual(self.entries(move), [("AR", 110, 0), ("REV", 0, 110)])
        self.assertEqual(
            self.entries(payment.move_id), [("AR", 0, 110), ("CLR", 110, 0)]
        )

    def test_rule_26_returned_payment_is_reversed_on_the_first_open_day(self):
        self.assert_done(self.bill())
        self.done(self.payment(12000, "in_1"))
        payment = self.linked("payment", "pi_1")
        self.policy("next_open")
        self.close()
        self.done(
            self.payment(12000, "in_1", status="failed"),
            occurred_at=datetime(2026, 2, 20, tzinfo=timezone.utc),
        )
        reversal = payment.move_id.reversal_move_ids
        self.assertEqual(payment.state, "rejected")
        self.assertEqual(
            (payment.move_id.state, payment.move_id.date), ("posted", date(2026, 2, 2))
        )
        self.assertEqual((reversal.state, reversal.date), ("posted", OPEN))
        self.assertTrue(reversal.q2c_date_reason)
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 120)
        self.assertEqual(self.balance(self.clearing), 0)
        again = self.apply(self.stripe, self.payment(12000, "in_1", status="canceled"))
        self.assertEqual(again.reason, "ignored")
        self.assertEqual(payment.move_id.reversal_move_ids, reversal)

    # ------------------------------------------------------------------
    # DRAFTS WHOSE PERIOD WAS CLOSED MEANWHILE
    # ------------------------------------------------------------------

    def test_rule_26_draft_is_not_moved_without_a_word(self):
        self.stripe.invoice_posting = "draft"
        self.assert_done(self.bill())
        move = self.linked("invoice", "in_1")
        self.close()
        with self.assertRaisesRegex(UserError, "locked"):
            move.action_post()
        self.stripe.action_post_drafts()
        self.assertEqual(move.state, "draft")
        self.assertIn("locked", move.q2c_hold_reason)
        self.policy("next_open")
        self.stripe.action_post_drafts()
        self.assertEqual((move.state, move.date), ("posted", OPEN))
        self.assertTrue(move.q2c_date_reason)

    def test_entries_of_others_are_none_of_our_business(self):
        move = self.init_invoice(
            "out_invoice", invoice_date="2026-02-01", amounts=[100]
        )
        self.close()
        move.action_post()
        self.assertEqual((move.state, move.q2c_date_reason), ("posted", False))
        self.assertGreater(move.date, FEBRUARY)

    # ------------------------------------------------------------------
    # BY LEAVE
    # ------------------------------------------------------------------

    def adviser(self):
        return new_test_user(
            self.env,
            "q2c_adviser",
            groups="account.group_account_manager,quote_to_cash.group_finance",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def approve(self, user, **values):
        action = self.stripe.with_user(user).action_approve_lock_exception()
        approval = (
            self.env["q2c.lock.approval"]
            .with_user(user)
            .with_context(**action["context"])
            .create({"reason": "Late, agreed", "open_from": "2026-02-01", **values})
        )
        self.assertEqual(len(approval.event_ids), self.stripe.locked_count)
        return approval.action_approve()

    def test_rule_26_approved_exception_is_named_on_the_entry(self):
        self.policy("exception")
        self.close()
        self.close("tax_lock_date")
        event = self.bill()
        self.assert_held(event, "period_locked")
        self.assertIn("Approve a lock date exception", event.remedy)
        self.approve(self.adviser())
        self.assertEqual(event.state, "queued")
        self.assertIn("Late, agreed", self.stripe.message_ids[0].body)
        self.assert_done(self.bill())
        move = self.linked("invoice", "in_1")
        self.assertEqual((move.state, move.date), ("posted", date(2026, 2, 1)))
        self.assertIn("Late, agreed", move.q2c_date_reason)
        self.assertIn("q2c_adviser", move.q2c_date_reason)

    def test_exception_is_the_service_users_alone(self):
        self.policy("exception")
        self.close()
        self.assert_held(self.bill(), "period_locked")
        self.approve(self.adviser())
        exception = self.env["account.lock_exception"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(exception.user_id, self.stripe.user_id)
        self.assertTrue(exception.end_datetime)

    def test_exception_that_is_over_opens_nothing(self):
        self.policy("exception")
        self.close()
        self.assert_held(self.bill(), "period_locked")
        self.approve(self.adviser(), until=datetime(2020, 1, 1))
        self.assert_held(self.bill(), "period_locked")

    def test_hard_lock_admits_no_exception(self):
        self.policy("exception")
        self.close("hard_lock_date")
        self.assert_held(self.bill(), "period_locked")
        with self.assertRaisesRegex(UserError, "hard lock"):
            self.approve(self.adviser())

    def test_finance_without_the_rights_of_an_adviser_approves_nothing(self):
        self.policy("exception")
        self.close()
        self.assert_held(self.bill(), "period_locked")
        user = new_test_user(
            self.env,
            "q2c_clerk",
            groups="base.group_user,quote_to_cash.group_finance",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(UserError):
            self.approve(user)
        self.assertFalse(self.env["account.lock_exception"].search([]))
