# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 17: small differences go to a rounding account on the document itself."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestRounding(BillingCase):
    def setUp(self):
        super().setUp()
        self.stripe.rounding_tolerance = 1
        self.rounding = self.stripe.rounding_account_id

    def done(self, *documents):
        events = self.apply(self.stripe, *documents)
        self.assert_done(events)
        return events

    def bill(self, *lines, **values):
        document = self.invoice(*lines, **values)
        self.done(document)
        return self.linked("invoice", document.id)

    def rounded(self, move):
        return move.line_ids.filtered(lambda line: line.account_id == self.rounding)

    def states(self, move):
        move.invalidate_recordset(["q2c_proof_ids"])
        return {row.figure: row.state for row in move.q2c_proof_ids}

    def test_ledger_rounding_difference_within_tolerance(self):
        move = self.bill(
            self.line(10000, tax=2000),
            total=self.money(12001),
            remaining=self.money(12001),
        )
        line = self.rounded(move)
        self.assertEqual((line.credit, line.tax_ids.ids), (0.01, []))
        self.assertRecordValues(
            move,
            [{"state": "posted", "amount_tax": 20, "amount_total": 120.01}],
        )
        self.assertEqual(
            self.states(move),
            {
                "untaxed": "tied",
                "tax": "tied",
                "rounding": "explained",
                "total": "tied",
                "paid": "tied",
                "remaining": "tied",
            },
        )

    def test_ledger_rounding_difference_the_other_way(self):
        move = self.bill(self.line(10000, tax=2000), total=self.money(11999))
        self.assertEqual((self.rounded(move).debit, move.amount_total), (0.01, 119.99))

    def test_rule_17_beyond_the_tolerance_it_is_held(self):
        event = self.apply(
            self.stripe,
            self.invoice(self.line(10000, tax=2000), total=self.money(12002)),
        )
        self.assert_held(event, "does_not_tie_out")
        self.assertIsNone(self.linked("invoice", "in_1"))

    def test_rule_17_without_a_tolerance_it_is_held(self):
        self.stripe.rounding_tolerance = 0
        event = self.apply(
            self.stripe,
            self.invoice(self.line(10000, tax=2000), total=self.money(12001)),
        )
        self.assert_held(event, "does_not_tie_out")

    def test_rule_17_each_figure_must_be_within_the_tolerance(self):
        """Two differences that cancel each other are no rounding."""
        event = self.apply(
            self.stripe,
            self.invoice(
                self.line(10000, tax=2000),
                untaxed=self.money(10005),
                total=self.money(12000),
            ),
        )
        self.assert_held(event, "does_not_tie_out")

    def test_without_a_rounding_account_it_is_held(self):
        self.stripe.rounding_account_id = False
        event = self.apply(
            self.stripe,
            self.invoice(self.line(10000, tax=2000), total=self.money(12001)),
        )
        self.assert_held(event, "no_rounding_account")

    def test_credit_note_is_rounded_with_the_other_sign(self):
        self.bill(self.line(10000, tax=2000))
        note = self.credit_note(
            self.line(2000, tax=400, invoice_line_id="il_1"),
            total=self.money(2401),
            before_payment=self.money(2401),
        )
        self.done(note)
        move = self.linked("credit_note", "cn_1")
        self.assertEqual((self.rounded(move).debit, move.amount_total), (0.01, 24.01))
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 95.99)

    def test_currency_that_odoo_rounds_coarser(self):
        """Stripe counts forints in hundredths, Odoo may not: two lines of 10.50 are
        booked as 11 each, and are 21 together all the same."""
        self.stripe.rounding_tolerance = 100
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.setup_other_currency("HUF", rates=[("2026-01-01", 360)], rounding=1)
        line = self.line(1050, rate="", code="HUF")
        move = self.bill(line, line, currency="HUF")
        self.assertEqual(move.amount_total, 21)
        self.assertEqual(self.rounded(move).amount_currency, 1)
        self.assertEqual(
            self.states(move),
            {
                "untaxed": "explained",
                "rounding": "explained",
                "total": "tied",
                "paid": "tied",
                "remaining": "tied",
            },
        )

    def test_total_that_odoo_cannot_hold_is_held(self):
        self.stripe.rounding_tolerance = 100
        self.setup_other_currency("HUF", rates=[("2026-01-01", 360)], rounding=1)
        line = self.line(1050, rate="", code="HUF")
        event = self.apply(self.stripe, self.invoice(line, currency="HUF"))
        self.assert_held(event, "does_not_tie_out")

    def test_rounded_invoice_is_followed_voided_and_posted_like_any_other(self):
        self.stripe.invoice_posting = "draft"
        values = {"total": self.money(12001)}
        line = self.line(10000, tax=2000)
        move = self.bill(line, **values)
        self.rounded(move).price_unit = 0.02
        with self.assertRaisesRegex(UserError, "120.02 USD instead of 120.01 USD"):
            move.action_post()
        self.rounded(move).price_unit = 0.01
        move.action_post()
        self.done(self.invoice(line, status="uncollectible", **values))
        self.done(self.invoice(line, status="void", **values))
        self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(self.balance(self.rounding), 0)

    def test_tolerance_that_is_taken_back_does_not_touch_what_is_booked(self):
        values = {"total": self.money(12001)}
        line = self.line(10000, tax=2000)
        move = self.bill(line, **values)
        self.stripe.rounding_tolerance = 0
        self.done(self.invoice(line, memo="Seen", **values))
        self.assertEqual(move.amount_total, 120.01)
