# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Drafts are posted when the connection says, and only what ties out."""

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestPosting(BillingCase):
    def setUp(self):
        super().setUp()
        self.stripe.invoice_posting = "window"

    def done(self, *documents):
        events = self.apply(self.stripe, *documents)
        self.assert_done(events)
        return events

    def bill(self, id="in_1", **values):
        invoice = self.invoice(
            self.line(10000, tax=2000), id=id, number=f"N-{id}", **values
        )
        self.done(invoice)
        return self.linked("invoice", id)

    def spoil(self, move):
        move.invoice_line_ids.price_unit = 101

    def finance(self):
        return new_test_user(
            self.env,
            "q2c_finance",
            groups="base.group_user,quote_to_cash.group_finance",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    # ------------------------------------------------------------------
    # THE WINDOW
    # ------------------------------------------------------------------

    def test_rule_17_drafts_tie_out_at_once(self):
        line = self.line(10000, tax=2000)
        wrong = self.invoice(line, id="in_2", untaxed=self.money(10001))
        good, bad = self.apply(self.stripe, self.invoice(line), wrong)
        self.assert_done(good)
        self.assertEqual(self.linked("invoice", "in_1").state, "draft")
        self.assert_held(bad, "does_not_tie_out")
        self.assertIsNone(self.linked("invoice", "in_2"))

    def test_rule_2_window_posts_what_ties_out_and_says_why_not_the_rest(self):
        good, bad = self.bill("in_1"), self.bill("in_2")
        self.spoil(bad)
        self.stripe.next_posting = datetime(2020, 1, 1)
        self.env["q2c.connection"]._run_posting()
        self.assertEqual((good.state, bad.state), ("posted", "draft"))
        self.assertIn("101.00 USD instead of 100.00 USD", bad.q2c_hold_reason)
        self.assertFalse(good.q2c_hold_reason)
        self.assertIn("1 drafts were posted", self.stripe.message_ids[0].body)
        case = self.env["q2c.exception"].search([("code", "=", "draft_refused")])
        self.assertEqual((case.state, case.res_id), ("open", bad.id))
        self.assertIn("101.00 USD", case.message)
        bad.invoice_line_ids.price_unit = 100
        bad.action_post()
        self.assertEqual((case.state, bad.q2c_hold_reason), ("resolved", False))

    def test_refused_draft_that_was_put_right_is_posted_in_the_next_window(self):
        move = self.bill()
        self.spoil(move)
        for price, state in ((101, "draft"), (100, "posted")):
            move.invoice_line_ids.price_unit = price
            self.stripe.next_posting = datetime(2020, 1, 1)
            self.env["q2c.connection"]._run_posting()
            self.assertEqual(move.state, state)
        self.assertFalse(move.q2c_hold_reason)

    def test_nothing_is_posted_before_the_window(self):
        move = self.bill()
        self.env["q2c.connection"]._run_posting()
        self.assertEqual(move.state, "draft")

    def test_window_is_at_the_same_hour_of_the_zone_in_summer_and_winter(self):
        self.stripe.write({"posting_time": 2.5, "posting_tz": "Europe/Berlin"})
        for now, expected in (
            ("2026-03-27 12:00:00", datetime(2026, 3, 28, 1, 30)),
            ("2026-04-01 00:15:00", datetime(2026, 4, 1, 0, 30)),
            ("2026-04-01 00:45:00", datetime(2026, 4, 2, 0, 30)),
        ):
            with freeze_time(now):
                self.assertEqual(self.stripe._next_window(), expected)

    def test_window_goes_on_to_the_next_day(self):
        self.stripe.next_posting = datetime(2020, 1, 1)
        self.env["q2c.connection"]._run_posting()
        self.assertGreater(self.stripe.next_posting, datetime.now())

    def test_paused_connection_posts_nothing(self):
        move = self.bill()
        self.stripe.write({"state": "paused", "next_posting": datetime(2020, 1, 1)})
        self.env["q2c.connection"]._run_posting()
        self.assertEqual(move.state, "draft")

    def test_what_a_person_reset_to_draft_is_theirs(self):
        move = self.bill()
        move.action_post()
        move.button_draft()
        self.stripe.next_posting = datetime(2020, 1, 1)
        self.env["q2c.connection"]._run_posting()
        self.assertEqual(move.state, "draft")

    # ------------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------------

    def test_finance_posts_what_ties_out_on_the_connection(self):
        self.stripe.invoice_posting = "draft"
        good, bad = self.bill("in_1"), self.bill("in_2")
        self.spoil(bad)
        self.assertEqual(self.stripe.draft_count, 2)
        action = self.stripe.with_user(self.finance()).action_post_drafts()
        self.assertEqual((good.state, bad.state), ("posted", "draft"))
        self.assertIn("1 posted, 1 not", action["params"]["message"])
        self.assertIn("N-in_2", action["params"]["message"])

    def test_others_may_not_post_on_the_connection(self):
        user = new_test_user(
            self.env,
            "q2c_operator",
            groups="base.group_user,quote_to_cash.group_operator",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaisesRegex(UserError, "Only finance"):
            self.stripe.with_user(user).action_post_drafts()

    def test_selected_drafts_are_posted(self):
        first, second = self.bill("in_1"), self.bill("in_2")
        first.action_q2c_post_drafts()
        self.assertEqual((first.state, second.state), ("posted", "draft"))
        with self.assertRaisesRegex(UserError, "None of these"):
            first.action_q2c_post_drafts()

    # ------------------------------------------------------------------
    # MONEY THAT COMES BEFORE IT IS POSTED
    # ------------------------------------------------------------------

    def test_payment_of_a_draft_settles_it_once_it_is_posted(self):
        move = self.bill()
        self.done(self.payment(12000, "in_1"))
        self.assertEqual(self.balance(self.clearing), 120)
        self.stripe.action_post_drafts()
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0))

    def test_payment_of_a_draft_that_was_edited_settles_it_all_the_same(self):
        move = self.bill()
        self.done(self.payment(12000, "in_1"))
        self.spoil(move)
        move.invoice_line_ids.price_unit = 100
        self.stripe.action_post_drafts()
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0))

    def test_payment_of_a_draft_that_is_voided_stays_on_account(self):
        move = self.bill()
        self.done(self.payment(12000, "in_1"))
        self.done(
            self.invoice(self.line(10000, tax=2000), number="N-in_1", status="void")
        )
        payment = self.linked("payment", "pi_1")
        self.assertEqual((move.state, payment.is_reconciled), ("cancel", False))
        self.assertEqual(self.balance(self.receivable), -120)

    def test_rule_19_balance_that_pays_a_draft(self):
        move = self.bill(
            starting_balance=self.money(-2400), ending_balance=self.money(0)
        )
        self.stripe.action_post_drafts()
        self.assertEqual(move.amount_residual, 96)
        self.assertEqual(self.balance(self.stripe.customer_credit_account_id), 24)

    def test_rule_20_draft_credit_note_of_a_draft_invoice(self):
        move = self.bill()
        self.done(self.credit_note(self.line(2000, tax=400, invoice_line_id="il_1")))
        note = self.linked("credit_note", "cn_1")
        self.assertEqual(note.state, "draft")
        self.stripe.action_post_drafts()
        self.assertEqual((move.state, note.state), ("posted", "posted"))
        self.assertEqual((move.amount_residual, note.amount_residual), (96, 0))

    def test_rule_20_credit_note_posted_later_belongs_to_its_invoice(self):
        """Else the void of an invoice that was credited in part would reverse all."""
        self.stripe.invoice_posting = "post"
        move = self.bill()
        self.stripe.invoice_posting = "draft"
        self.done(self.credit_note(self.line(2000, tax=400, invoice_line_id="il_1")))
        note = self.linked("credit_note", "cn_1")
        note.action_post()
        self.assertEqual(note.reversed_entry_id, move)
        self.assertEqual((move.amount_residual, note.amount_residual), (96, 0))
        void = self.invoice(self.line(10000, tax=2000), number="N-in_1", status="void")
        self.assert_held(self.apply(self.stripe, void), "void_after_credit")

    def test_rule_20_refund_of_a_draft_credit_note(self):
        move = self.bill(status="paid")
        self.done(self.payment(12000, "in_1"))
        self.done(
            self.transaction(-2400, id="txn_re_1"),
            self.refund(2400),
            self.credit_note(
                self.line(2000, tax=400, invoice_line_id="il_1"),
                refunds=[("re_1", 2400)],
            ),
        )
        self.stripe.action_post_drafts()
        note, refund = self.linked("credit_note", "cn_1"), self.linked("refund", "re_1")
        self.assertEqual(note.state, "posted")
        self.assertEqual((move.amount_residual, note.amount_residual), (0, 0))
        self.assertEqual((move.payment_state, refund.is_reconciled), ("paid", True))
