# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 25: invoices that were given up stay open, or are a bad debt until they are paid
or voided after all."""

from datetime import date

from odoo.tests import tagged

from .common_billing import BillingCase

GIVEN_UP = date(2026, 2, 20)


@tagged("post_install", "-at_install")
class TestApplyUncollectible(BillingCase):
    def setUp(self):
        super().setUp()
        self.stripe.uncollectible_policy = "write_off"
        self.assert_done(self.apply(self.stripe, self.told("open")))
        self.bill = self.linked("invoice", "in_1")

    def told(self, status, **values):
        if status == "uncollectible":
            values.setdefault("uncollectible_on", GIVEN_UP)
        return self.invoice(self.line(10000, tax=2000), status=status, **values)

    def give_up(self, **values):
        self.assert_done(self.apply(self.stripe, self.told("uncollectible", **values)))
        return self.bill.q2c_write_off_move_id

    def bad_debts(self):
        return self.balance(self.stripe.bad_debt_account_id)

    def tax_balance(self):
        return self.balance(self.company_data["default_account_tax_sale"])

    # ------------------------------------------------------------------
    # GIVEN UP
    # ------------------------------------------------------------------

    def test_ledger_uncollectible_is_left_open_by_policy(self):
        self.stripe.uncollectible_policy = "open"
        self.assertFalse(self.give_up())
        self.assertEqual(
            (self.bill.q2c_status, self.bill.amount_residual), ("uncollectible", 120)
        )
        flagged = self.env["account.move"].search(
            [("q2c_status", "=", "uncollectible")]
        )
        self.assertIn(self.bill, flagged)

    def test_ledger_uncollectible_is_written_off(self):
        entry = self.give_up()
        self.assertEqual(self.entries(entry), [("AR", 0, 120), ("BAD", 120, 0)])
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "posted",
                    "move_type": "entry",
                    "date": GIVEN_UP,
                    "ref": "Uncollectible: INV-1",
                }
            ],
        )
        self.assertEqual(
            (self.bill.q2c_status, self.bill.amount_residual), ("uncollectible", 0)
        )
        # The tax is owed all the same.
        self.assertEqual((self.tax_balance(), self.bad_debts()), (-20, 120))

    def test_ledger_uncollectible_with_its_taxes(self):
        self.stripe.bad_debt_tax = True
        entry = self.give_up()
        self.assertEqual(
            self.entries(entry),
            [("AR", 0, 120), ("BAD", 100, 0), ("TAX", 20, 0)],
        )
        self.assertEqual((entry.move_type, entry.state), ("out_refund", "posted"))
        self.assertEqual(entry.invoice_date, GIVEN_UP)
        self.assertEqual(self.bill.amount_residual, 0)
        self.assertEqual((self.tax_balance(), self.bad_debts()), (0, 100))
        self.assertEqual(self.balance(self.receivable), 0)

    def test_rule_25_what_was_paid_before_is_not_written_off(self):
        paid = self.payment(3000, "in_1")
        self.assert_done(self.apply(self.stripe, paid))
        self.assertEqual(self.entries(self.give_up()), [("AR", 0, 90), ("BAD", 90, 0)])

    def test_rule_25_what_was_paid_before_keeps_its_taxes(self):
        self.stripe.bad_debt_tax = True
        self.assert_done(self.apply(self.stripe, self.payment(3000, "in_1")))
        self.give_up()
        self.assertEqual((self.tax_balance(), self.bad_debts()), (-5, 75))
        self.assertEqual(self.bill.amount_residual, 0)

    def test_rule_25_given_up_before_it_came(self):
        lost = self.told("uncollectible", id="in_2", number="INV-2")
        self.assert_done(self.apply(self.stripe, lost))
        bill = self.linked("invoice", "in_2")
        self.assertEqual(bill.amount_residual, 0)
        self.assertEqual(self.bad_debts(), 120)

    def test_rule_24_written_off_at_the_rate_of_the_invoice(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-02-10", 1 / 1.3)]
        )
        lines = self.line(10000, rate="", code="EUR")
        told = {"id": "in_2", "number": "INV-2", "currency": "EUR"}
        self.assert_done(self.apply(self.stripe, self.invoice(lines, **told)))
        lost = self.invoice(
            lines, status="uncollectible", uncollectible_on=GIVEN_UP, **told
        )
        self.assert_done(self.apply(self.stripe, lost))
        self.assertEqual(self.linked("invoice", "in_2").amount_residual, 0)
        self.assertEqual(self.bad_debts(), 110)

    def test_invariant_1_the_same_again_changes_nothing(self):
        entry = self.give_up()
        self.assertEqual(self.give_up(hosted_url="https://pay.example"), entry)
        self.assertEqual(self.bad_debts(), 120)

    def test_the_crm_does_not_take_it_for_paid(self):
        status = self.env["q2c.status"]
        for taxed in (False, True):
            self.stripe.bad_debt_tax = taxed
            self.give_up(hosted_url=f"https://pay.example/{taxed}")
            self.assertEqual(status._payment_status(self.bill), "Uncollectible")
            self.assert_done(self.apply(self.stripe, self.told("open")))

    # ------------------------------------------------------------------
    # UNDONE
    # ------------------------------------------------------------------

    def assert_paid(self, entry):
        self.assertEqual(
            (self.bill.payment_state, self.bill.amount_residual), ("paid", 0)
        )
        self.assertEqual(entry.state, "posted")
        self.assertEqual(entry.reversal_move_ids.state, "posted")
        self.assertFalse(self.bill.q2c_write_off_move_id)
        self.assertEqual((self.bad_debts(), self.balance(self.receivable)), (0, 0))
        self.assertEqual(self.tax_balance(), -20)
        self.assertEqual(self.balance(self.clearing), 120)

    def test_ledger_uncollectible_is_paid_after_all(self):
        entry = self.give_up()
        self.assert_done(self.apply(self.stripe, self.payment(12000, "in_1")))
        self.assert_paid(entry)
        self.assert_done(self.apply(self.stripe, self.told("paid")))
        self.assert_paid(entry)

    def test_rule_25_the_invoice_is_told_to_be_paid_before_the_payment(self):
        entry = self.give_up()
        self.assert_done(self.apply(self.stripe, self.told("paid")))
        self.assertEqual(self.bill.amount_residual, 120)
        self.assert_done(self.apply(self.stripe, self.payment(12000, "in_1")))
        self.assert_paid(entry)

    def test_rule_25_paid_after_all_with_its_taxes(self):
        self.stripe.bad_debt_tax = True
        entry = self.give_up()
        self.assert_done(self.apply(self.stripe, self.payment(12000, "in_1")))
        self.assert_paid(entry)

    def test_rule_25_a_part_is_paid_after_all(self):
        self.give_up()
        self.assert_done(self.apply(self.stripe, self.payment(5000, "in_1")))
        self.assertEqual((self.bill.amount_residual, self.bad_debts()), (70, 0))
        self.give_up(hosted_url="https://pay.example")
        self.assertEqual((self.bill.amount_residual, self.bad_debts()), (0, 70))

    def test_rule_25_uncollectible_is_voided_after_all(self):
        for taxed in (False, True):
            with self.subTest(taxed=taxed):
                self.stripe.bad_debt_tax = taxed
                number = f"in_v{taxed}"
                told = {"id": number, "number": number}
                self.assert_done(self.apply(self.stripe, self.told("open", **told)))
                before = self.tax_balance()
                lost = self.told("uncollectible", **told)
                self.assert_done(self.apply(self.stripe, lost))
                self.assert_done(self.apply(self.stripe, self.told("void", **told)))
                bill = self.linked("invoice", number)
                self.assertEqual(bill.payment_state, "reversed")
                self.assertEqual((self.bad_debts(), bill.amount_residual), (0, 0))
                self.assertEqual(self.tax_balance(), before + 20)
                self.assertEqual(self.balance(self.receivable), 120)

    # ------------------------------------------------------------------
    # HOLDS
    # ------------------------------------------------------------------

    def test_without_a_bad_debt_account_it_is_held(self):
        account = self.stripe.bad_debt_account_id
        self.stripe.bad_debt_account_id = False
        event = self.apply(self.stripe, self.told("uncollectible"))
        self.assert_held(event, "no_bad_debt_account")
        self.assertEqual(self.bill.q2c_status, "uncollectible")
        self.stripe.bad_debt_account_id = account
        self.assertTrue(self.give_up())

    def test_rule_26_undoing_it_in_a_locked_period_is_held(self):
        early = self.payment(12000)
        self.assert_done(self.apply(self.stripe, early))
        self.give_up()
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.payment(12000, "in_1"))
        self.assert_held(event, "period_locked")
        self.assertEqual(self.bad_debts(), 120)

    def test_rule_26_locked_period_is_held(self):
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.told("uncollectible"))
        self.assert_held(event, "period_locked")
        self.assertEqual(self.bill.amount_residual, 120)
