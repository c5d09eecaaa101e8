# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices of the provider become entries that agree to the cent."""

from datetime import date, datetime, timezone
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..canonical import TaxAmount, UnitAmount
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestApplyInvoice(BillingCase):
    def book(self, *invoices, **values):
        events = self.apply(self.stripe, *invoices, **values)
        self.assert_done(events)
        moves = self.env["account.move"].browse(events.mapped("res_id"))
        return moves

    # ------------------------------------------------------------------
    # THE LEDGER
    # ------------------------------------------------------------------

    def test_ledger_invoice_100_plus_20_percent(self):
        move = self.book(self.invoice(self.line(10000, tax=2000), memo="Thank you"))
        self.assertEqual(
            self.entries(move),
            [("AR", 120, 0), ("REV", 0, 100), ("TAX", 0, 20)],
        )
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": "out_invoice",
                    "journal_id": self.stripe.invoice_journal_id.id,
                    "partner_id": self.customer.id,
                    "invoice_date": date(2026, 2, 1),
                    "date": date(2026, 2, 1),
                    "invoice_date_due": date(2026, 3, 3),
                    "ref": "INV-1",
                    "payment_reference": "INV-1",
                    "q2c_status": "open",
                    "amount_residual": 120,
                }
            ],
        )
        self.assertIn("Thank you", move.narration)
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {
                    "product_id": self.product.id,
                    "name": "Plan, February",
                    "quantity": 1,
                    "price_unit": 100,
                    "tax_ids": self.tax.ids,
                    "q2c_period_start": date(2026, 2, 1),
                    "q2c_period_end": date(2026, 3, 1),
                }
            ],
        )

    def test_ledger_coupon_10_percent(self):
        move = self.book(self.invoice(self.line(10000, tax=1800, discount=1000)))
        self.assertEqual(
            self.entries(move),
            [("AR", 108, 0), ("REV", 0, 90), ("TAX", 0, 18)],
        )
        self.assertEqual(move.invoice_line_ids.discount, 10)
        self.assertEqual(move.invoice_line_ids.price_unit, 100)

    def test_ledger_negative_net_becomes_a_credit_note(self):
        move = self.book(
            self.invoice(
                self.line(-3500, tax=-700, proration=True),
                self.line(1000, tax=200),
            )
        )
        self.assertEqual(move.move_type, "out_refund")
        self.assertEqual(move.amount_total, 30)
        self.assertEqual(
            self.entries(move),
            [("AR", 0, 30), ("REV", 0, 10), ("REV", 35, 0), ("TAX", 5, 0)],
        )

    def test_ledger_invoice_in_a_foreign_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 1 / 1.1)])
        move = self.book(
            self.invoice(self.line(10000, tax=2000, code="EUR"), currency="EUR")
        )
        self.assertEqual(move.currency_id, euro)
        self.assertEqual(move.amount_total, 120)
        self.assertEqual(
            self.entries(move),
            [("AR", 132, 0), ("REV", 0, 110), ("TAX", 0, 22)],
        )

    # ------------------------------------------------------------------
    # LINES
    # ------------------------------------------------------------------

    def test_rule_17_taxes_are_the_providers_to_the_cent(self):
        """3 x 33.33 = 99.99, of which Stripe takes 20.01, not 20.00, in two lines."""
        unit = UnitAmount(3333, self.code)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            move = self.book(
                self.invoice(
                    self.line(9999, tax=2001, quantity=Decimal(3), unit_amount=unit),
                    self.line(9999, tax=1999, quantity=Decimal(3), unit_amount=unit),
                    id=f"in_{method}",
                )
            )
            self.assertEqual(move.amount_untaxed, 199.98)
            self.assertEqual(move.amount_tax, 40.00)
            self.assertEqual(move.invoice_line_ids.mapped("quantity"), [3, 3])
            self.assertEqual(move.invoice_line_ids.mapped("price_unit"), [33.33, 33.33])
            self.assertEqual(move.invoice_line_ids.mapped("price_total"), [120, 119.98])

    def test_inclusive_taxes_are_taken_out_of_the_price(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            move = self.book(
                self.invoice(
                    self.line(1000, tax=167, rate="txr_in"),
                    # One cent off what Odoo would compute.
                    self.line(1000, tax=166, rate="txr_in"),
                    id=f"in_{method}",
                )
            )
            self.assertEqual(move.amount_untaxed, 16.67)
            self.assertEqual(move.amount_tax, 3.33)
            self.assertEqual(move.amount_total, 20.00)
            self.assertEqual(move.invoice_line_ids.mapped("price_unit"), [10, 10])

    def test_inclusive_tax_linked_to_an_exclusive_one(self):
        self.env["q2c.binding"].search([("external_id", "=", "txr_in")]).write(
            {"res_id": self.tax.id}
        )
        move = self.book(self.invoice(self.line(1000, tax=167, rate="txr_in")))
        self.assertEqual(move.invoice_line_ids.price_unit, 8.33)
        self.assertEqual((move.amount_untaxed, move.amount_tax), (8.33, 1.67))

    def test_several_taxes_on_a_line(self):
        city = self._tax("City", 1.5, False)
        self.link(self.stripe, "tax_rate", "txr_city", city)
        taxes = (
            TaxAmount(rate_id="txr_20", amount=self.money(2000)),
            TaxAmount(rate_id="txr_city", amount=self.money(151)),
        )
        move = self.book(self.invoice(self.line(10000, taxes=taxes)))
        sums = {
            line.tax_line_id: line.credit for line in move.line_ids if line.tax_line_id
        }
        self.assertEqual(sums, {self.tax: 20, city: 1.51})

    def test_lines_without_a_tax_get_none(self):
        move = self.book(self.invoice(self.line(10000, rate="")))
        self.assertFalse(move.invoice_line_ids.tax_ids)
        self.assertEqual(move.amount_total, 100)

    def test_quantity_is_kept_only_where_it_makes_the_amount(self):
        calls = UnitAmount("0.35", self.code)
        move = self.book(
            self.invoice(
                self.line(350, rate="", quantity=Decimal(1000), unit_amount=calls),
                self.line(117, rate="", quantity=Decimal(333), unit_amount=calls),
                self.line(
                    117,
                    tax=23,
                    quantity=Decimal(333),
                    unit_amount=calls,
                ),
                self.line(1234, tax=247, quantity=Decimal(7)),
            )
        )
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {"quantity": 1000, "price_unit": 0.0035, "price_subtotal": 3.50},
                {"quantity": 1, "price_unit": 1.17, "price_subtotal": 1.17},
                {"quantity": 333, "price_unit": 0.0035, "price_subtotal": 1.17},
                {"quantity": 1, "price_unit": 12.34, "price_subtotal": 12.34},
            ],
        )
        self.assertEqual(move.amount_total, 20.88)

    def test_discount_is_shown_only_where_it_is_exact(self):
        move = self.book(
            self.invoice(
                self.line(10000, rate="", discount=3333),
                self.line(333, rate="", discount=100),
            )
        )
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {"discount": 33.33, "price_unit": 100, "price_subtotal": 66.67},
                {"discount": 0, "price_unit": 2.33, "price_subtotal": 2.33},
            ],
        )

    def test_rule_18_negative_proration_lines_stay(self):
        move = self.book(
            self.invoice(
                self.line(-5000, tax=-1000, proration=True),
                self.line(15000, tax=3000, proration=True),
            )
        )
        self.assertEqual(move.invoice_line_ids.mapped("price_unit"), [-50, 150])
        self.assertEqual(move.amount_total, 120)

    def test_zero_total_is_booked_and_settled(self):
        move = self.book(
            self.invoice(self.line(10000, tax=0, discount=10000), status="paid")
        )
        self.assertEqual((move.state, move.payment_state), ("posted", "paid"))

    def test_free_lines_use_the_fallback_product_or_account(self):
        account = self.stripe.invoice_journal_id.default_account_id
        free = self.line(500, rate="", price_id="")
        move = self.book(self.invoice(free))
        self.assertFalse(move.invoice_line_ids.product_id)
        self.assertEqual(move.invoice_line_ids.account_id, account)
        self.stripe.fallback_product_id = self._product("Other")
        move = self.book(self.invoice(free, id="in_2"))
        self.assertEqual(
            move.invoice_line_ids.product_id, self.stripe.fallback_product_id
        )

    def test_free_line_without_an_account_is_held(self):
        self.stripe.invoice_journal_id.default_account_id = False
        free = self.line(500, rate="", price_id="")
        event = self.apply(self.stripe, self.invoice(free))
        self.assert_held(event, "no_income_account")

    def test_invoice_goes_to_the_invoice_address(self):
        office = self.env["res.partner"].create(
            {"name": "Books", "type": "invoice", "parent_id": self.customer.id}
        )
        move = self.book(self.invoice(self.line(10000, tax=2000)))
        self.assertEqual(move.partner_id, office)
        self.assertEqual(move.commercial_partner_id, self.customer)

    # ------------------------------------------------------------------
    # WHAT IS NOT BOOKED
    # ------------------------------------------------------------------

    def test_drafts_and_early_voids_are_ignored(self):
        line = self.line(10000, tax=2000)
        events = self.apply(
            self.stripe,
            self.invoice(line, status="draft", issued_on=None),
            self.invoice(line, id="in_2", status="void"),
        )
        self.assertEqual(events.mapped("state"), ["skipped", "skipped"])
        self.assertEqual(events.mapped("reason"), ["ignored", "ignored"])
        self.assertIsNone(self.linked("invoice", "in_1"))

    def test_invoice_waits_for_its_customer_and_price(self):
        line = self.line(10000, tax=2000)
        events = self.apply(
            self.stripe,
            self.invoice(line, customer_id="cus_9"),
            self.invoice(self.line(10000, tax=2000, price_id="price_9"), id="in_2"),
            self.invoice(line, id="in_3"),
        )
        self.assertEqual(events.mapped("state"), ["waiting", "waiting", "done"])
        self.assertEqual(
            events.mapped("waiting_for"), ["customer:cus_9", "price:price_9", False]
        )

    def test_invariant_2_what_does_not_tie_out_is_held_alone(self):
        bad = self.invoice(
            self.line(10000, tax=2000),
            id="in_bad",
            number="INV-BAD",
            untaxed=self.money(10001),
            total=self.money(12001),
        )
        good = self.invoice(self.line(10000, tax=2000), id="in_good")
        held, done = self.apply(self.stripe, bad, good)
        self.assert_held(held, "does_not_tie_out")
        self.assertIn("INV-BAD", held.message)
        self.assertIn(
            "the untaxed amount is 100.00 USD instead of 100.01 USD", held.message
        )
        self.assert_done(done)
        move = self.linked("invoice", "in_good")
        self.assertEqual(move.sequence_number, 1)
        self.assertFalse(
            self.env["account.move"].search([("ref", "=", "INV-BAD")]),
        )

    def test_tie_out_names_the_tax_that_differs(self):
        reverse = [Command.create({"repartition_type": "tax", "factor_percent": -100})]
        self.tax.write(
            {
                "invoice_repartition_line_ids": reverse,
                "refund_repartition_line_ids": reverse,
            }
        )
        event = self.apply(self.stripe, self.invoice(self.line(10000, tax=2000)))
        self.assert_held(event, "does_not_tie_out")
        self.assertIn(self.tax.name, event.message)

    def test_posting_policy_draft(self):
        self.stripe.invoice_posting = "draft"
        move = self.book(self.invoice(self.line(10000, tax=2000)))
        self.assertEqual(move.state, "draft")
        move.invoice_line_ids.price_unit = 101
        with self.assertRaisesRegex(UserError, "101.00 USD instead of 100.00 USD"):
            move.action_post()
        move.invoice_line_ids.price_unit = 100
        move.action_post()
        self.assertEqual((move.state, move.amount_total), ("posted", 120))

    def test_rule_26_locked_period_is_held(self):
        self.company.sale_lock_date = date(2026, 2, 28)
        event = self.apply(self.stripe, self.invoice(self.line(10000, tax=2000)))
        self.assert_held(event, "period_locked")
        self.assertIn("2026-02-01", event.message)
        self.assertIsNone(self.linked("invoice", "in_1"))

    def test_currency_must_be_active_and_rated(self):
        line = self.line(10000, rate="", code="CHF")
        invoice = self.invoice(line, currency="CHF")
        franc = self.env.ref("base.CHF")
        franc.active = False
        self.assert_held(self.apply(self.stripe, invoice), "currency_inactive")
        franc.active = True
        franc.rate_ids.unlink()
        self.assert_held(self.apply(self.stripe, invoice), "rate_missing")
        self.env["res.currency.rate"].create(
            {"currency_id": franc.id, "name": "2026-01-01", "rate": 0.8}
        )
        self.assertEqual(self.book(invoice).amount_total_signed, 125)

    def test_a_tax_group_is_held(self):
        self.tax.write(
            {"amount_type": "group", "children_tax_ids": [Command.set(self.tax_in.ids)]}
        )
        event = self.apply(self.stripe, self.invoice(self.line(10000, tax=2000)))
        self.assert_held(event, "tax_unusable")

    # ------------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------------

    def test_redelivery_refreshes_status_and_addresses_only(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        again = self.book(
            self.invoice(
                line, status="paid", hosted_url="https://pay", pdf_url="https://pdf"
            )
        )
        self.assertEqual(again, move)
        self.assertRecordValues(
            move,
            [
                {
                    "q2c_status": "paid",
                    "q2c_hosted_url": "https://pay",
                    "q2c_pdf_url": "https://pdf",
                    "amount_residual": 120,
                }
            ],
        )

    def test_uncollectible_keeps_the_status_only(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        self.book(self.invoice(line, status="uncollectible"))
        self.assertEqual(move.q2c_status, "uncollectible")
        self.assertEqual((move.state, move.amount_residual), ("posted", 120))

    def test_changed_amounts_of_a_posted_invoice_are_held(self):
        move = self.book(self.invoice(self.line(10000, tax=2000)))
        event = self.apply(self.stripe, self.invoice(self.line(10000, tax=1999)))
        self.assert_held(event, "invoice_changed")
        self.assertIn("19.99 USD instead of 20.00 USD", event.message)
        self.assertEqual(move.amount_total, 120)

    def test_rule_25_void_is_reversed_on_its_date(self):
        line = self.line(10000, tax=2000)
        moves = self.book(self.invoice(line), self.invoice(line, id="in_2"))
        self.book(
            self.invoice(line, status="void"),
            self.invoice(line, id="in_2", status="void"),
            occurred_at=datetime(2026, 3, 5, 23, 30, tzinfo=timezone.utc),
        )
        self.assertEqual(moves.mapped("payment_state"), ["reversed", "reversed"])
        self.assertEqual(moves.mapped("q2c_status"), ["void", "void"])
        reversal = moves[0].reversal_move_ids
        self.assertRecordValues(
            reversal,
            [{"state": "posted", "date": date(2026, 3, 5), "amount_total": 120}],
        )
        self.assertEqual(
            self.entries(reversal),
            [("AR", 0, 120), ("REV", 100, 0), ("TAX", 20, 0)],
        )
        self.book(self.invoice(line, status="void", hosted_url="https://x"))
        self.assertEqual(moves[0].reversal_move_ids, reversal)
        self.book(self.invoice(line, status="open", hosted_url="https://y"))
        self.assertEqual(moves[0].q2c_status, "void")

    def test_rule_25_void_is_reversed_on_its_date_though_it_is_told_later(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        self.book(
            self.invoice(line, status="void", voided_on=date(2026, 3, 5)),
            occurred_at=datetime(2026, 4, 2, 9, tzinfo=timezone.utc),
        )
        self.assertEqual(move.reversal_move_ids.date, date(2026, 3, 5))

    def test_void_in_a_foreign_currency_takes_the_same_amounts_back(self):
        self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 1 / 1.1), ("2026-03-01", 1 / 1.2)]
        )
        line = self.line(10000, rate="", code="EUR")
        move = self.book(self.invoice(line, currency="EUR"))
        self.book(
            self.invoice(line, currency="EUR", status="void"),
            occurred_at=datetime(2026, 3, 5, tzinfo=timezone.utc),
        )
        reversal = move.reversal_move_ids
        self.assertEqual(self.entries(reversal), [("AR", 0, 110), ("REV", 110, 0)])
        self.assertFalse(move.line_ids.matched_credit_ids.exchange_move_id)

    def test_void_of_a_draft_cancels_it(self):
        self.stripe.invoice_posting = "draft"
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        self.book(self.invoice(line, status="void"))
        self.assertEqual((move.state, move.q2c_status), ("cancel", "void"))

    def test_void_after_a_part_was_credited_is_held(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        credit = move._reverse_moves([{"invoice_date": date(2026, 2, 5)}])
        credit.invoice_line_ids.write({"price_unit": 20, "extra_tax_data": False})
        credit.action_post()
        event = self.apply(self.stripe, self.invoice(line, status="void"))
        self.assert_held(event, "void_after_credit")
        self.assertEqual((move.q2c_status, move.amount_residual), ("open", 96))

    def test_deleted_at_the_provider_but_booked_is_held(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        event = self.apply(self.stripe, self.invoice(line, deleted=True))
        self.assert_held(event, "booked_but_deleted")
        self.assertEqual(move.state, "posted")

    def test_void_in_a_locked_period_is_held(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        event = self.apply(self.stripe, self.invoice(line, status="void"))
        self.assert_held(event, "period_locked")
        self.assertEqual((move.payment_state, move.q2c_status), ("not_paid", "open"))

    # ------------------------------------------------------------------
    # SET-BASED
    # ------------------------------------------------------------------

    def count_queries(self, size, first):
        """SQL queries to apply ``size`` one-line invoices, each of another customer,
        numbered from ``first``."""
        invoices = [
            self.invoice(
                self.line(10000, tax=2000),
                id=f"in_{number}",
                number=f"B-{number}",
                customer_id=customer_id,
            )
            for number, customer_id in enumerate(self.customers(size, first), first)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.book(*invoices)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_per_invoice_fall_with_the_batch(self):
        self.count_queries(1, first=1)
        one = self.count_queries(1, first=2)
        twenty = self.count_queries(20, first=100) / 20
        hundred = self.count_queries(100, first=200) / 100
        self.assertLess(twenty, one / 3)
        self.assertLess(hundred, twenty)
        self.assertLessEqual(hundred, 18)
