# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Shipping, odd taxes and prices, revisions: what invoices have besides plain lines."""

from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from ..canonical import TaxAmount, UnitAmount
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestApplyInvoiceKinds(BillingCase):
    def book(self, *invoices, **values):
        events = self.apply(self.stripe, *invoices, **values)
        self.assert_done(events)
        return self.env["account.move"].browse(events.mapped("res_id"))

    def shipping(self, amount=500, tax=100, invoice_id="in_1", **values):
        return self.line(
            amount,
            **{
                "id": f"{invoice_id}:shipping",
                "tax": tax,
                "description": "Express",
                "is_shipping": True,
                "price_id": "",
                "period_start": None,
                "period_end": None,
                **values,
            },
        )

    def tax_amount(self, rate, amount, **values):
        return TaxAmount(rate_id=rate, amount=self.money(amount), **values)

    # ------------------------------------------------------------------
    # SHIPPING
    # ------------------------------------------------------------------

    def test_ledger_shipping_is_a_line_of_its_own(self):
        goods, shipping = self.line(10000, tax=2000), self.shipping()
        move = self.book(self.invoice(goods, shipping))
        self.assertEqual(
            self.entries(move),
            [("AR", 126, 0), ("REV", 0, 5), ("REV", 0, 100), ("TAX", 0, 21)],
        )
        line = move.invoice_line_ids[1]
        self.assertEqual((line.name, line.product_id.id), ("Express", False))
        self.stripe.shipping_product_id = self._product("Delivery")
        move = self.book(self.invoice(goods, shipping, id="in_2"))
        delivery = move.invoice_line_ids[1].product_id
        self.assertEqual(delivery, self.stripe.shipping_product_id)

    def test_rule_20_shipping_is_credited_to_where_it_was_booked(self):
        self.stripe.shipping_product_id = self._product("Delivery")
        self.book(self.invoice(self.line(10000, tax=2000), self.shipping()))
        credited = self.shipping(invoice_id="cn_1", invoice_line_id="in_1:shipping")
        event = self.apply(self.stripe, self.credit_note(credited))
        self.assert_done(event)
        note = self.linked("credit_note", "cn_1")
        self.assertEqual(note.amount_total, 6)
        self.assertEqual(
            note.invoice_line_ids.product_id, self.stripe.shipping_product_id
        )
        self.assertEqual(self.linked("invoice", "in_1").amount_residual, 120)

    # ------------------------------------------------------------------
    # TAXES
    # ------------------------------------------------------------------

    def fixed_tax(self, amount=0.29):
        tax = self._tax("Delivery Fee", amount, False)
        tax.amount_type = "fixed"
        self.link(self.stripe, "tax_rate", "txr_fee", tax)
        return tax

    def test_rule_17_a_fee_of_a_fixed_amount(self):
        tax = self.fixed_tax()
        both = (self.tax_amount("txr_20", 2000), self.tax_amount("txr_fee", 29))
        move = self.book(
            self.invoice(
                self.line(10000, taxes=both, quantity=Decimal(4)),
                self.line(5000, tax=1000),
            )
        )
        self.assertEqual((move.amount_untaxed, move.amount_total), (150, 180.29))
        fee = move.line_ids.filtered(lambda line: line.tax_line_id == tax)
        self.assertEqual(fee.credit, 0.29)

    def test_rule_17_a_fee_on_what_costs_nothing(self):
        self.fixed_tax()
        fee = (self.tax_amount("txr_fee", 29),)
        move = self.book(self.invoice(self.line(10000, discount=10000, taxes=fee)))
        self.assertEqual((move.amount_untaxed, move.amount_total), (0, 0.29))

    def test_rule_17_inclusive_and_exclusive_on_one_line(self):
        both = (
            self.tax_amount("txr_in", 1999, inclusive=True),
            self.tax_amount("txr_20", 2001),
        )
        move = self.book(self.invoice(self.line(11999, taxes=both)))
        self.assertEqual(
            (move.amount_untaxed, move.amount_tax, move.amount_total), (100, 40, 140)
        )

    def test_reverse_charge_is_reported_where_it_belongs(self):
        none = (self.tax_amount("txr_20", 0, reason="reverse_charge"),)
        move = self.book(self.invoice(self.line(10000, taxes=none)))
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual((move.amount_tax, move.amount_total), (0, 100))
        self.stripe.reverse_charge_tax_id = self._tax("Reverse charge", 0, False)
        move = self.book(self.invoice(self.line(10000, taxes=none), id="in_2"))
        chosen = self.stripe.reverse_charge_tax_id
        self.assertEqual(move.invoice_line_ids.tax_ids, chosen)
        self.assertEqual((move.amount_tax, move.amount_total), (0, 100))

    def test_the_exempt_are_reported_as_such(self):
        self.stripe.exempt_tax_id = self._tax("Exempt", 0, False)
        none = (self.tax_amount("txr_in", 0, reason="customer_exempt", inclusive=True),)
        other = (self.tax_amount("txr_20", 0, reason="not_collecting"),)
        move = self.book(
            self.invoice(
                self.line(10000, taxes=none),
                self.line(5000, taxes=other),
                self.line(1000, tax=200),
            )
        )
        self.assertEqual(
            [line.tax_ids for line in move.invoice_line_ids],
            [self.stripe.exempt_tax_id, self.tax, self.tax],
        )
        self.assertEqual((move.amount_tax, move.amount_total), (2, 162))

    # ------------------------------------------------------------------
    # QUANTITIES
    # ------------------------------------------------------------------

    def test_tiers_and_usage_show_what_a_unit_cost_on_average(self):
        move = self.book(
            self.invoice(
                self.line(3750, rate="", quantity=Decimal(25)),
                self.line(1000, tax=200, quantity=Decimal(7)),
                # The amount of a package, not of a unit.
                self.line(
                    9800,
                    rate="",
                    quantity=Decimal(20),
                    unit_amount=UnitAmount(4900, self.code),
                ),
            )
        )
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {"quantity": 25, "price_unit": 1.5, "price_subtotal": 37.5},
                {"quantity": 1, "price_unit": 10, "price_subtotal": 10},
                {"quantity": 20, "price_unit": 4.9, "price_subtotal": 98},
            ],
        )
        self.assertEqual(move.amount_total, 147.5)

    def test_rule_15_a_price_of_twelve_decimals(self):
        unit = UnitAmount(Decimal("0.000000000125"), self.code)
        used = Decimal(8 * 10**11)
        move = self.book(
            self.invoice(self.line(100, tax=20, quantity=used, unit_amount=unit))
        )
        self.assertEqual((move.amount_untaxed, move.amount_total), (1, 1.2))

    # ------------------------------------------------------------------
    # WHAT ELSE IS PRINTED
    # ------------------------------------------------------------------

    def test_custom_fields_memo_and_footer_are_printed(self):
        move = self.book(
            self.invoice(
                self.line(10000, tax=2000),
                custom_fields=(("PO number", "4711"),),
                memo="Thank you",
                footer="Registered in Vienna",
                pdf_url="https://pay.stripe.com/x/pdf",
            )
        )
        for text in ("PO number: 4711", "Thank you", "Registered in Vienna"):
            self.assertIn(text, move.narration)
        self.assertEqual(move.q2c_pdf_url, "https://pay.stripe.com/x/pdf")

    # ------------------------------------------------------------------
    # REVISIONS AND STATES
    # ------------------------------------------------------------------

    def test_rule_25_a_revised_invoice_is_void_and_the_new_one_booked(self):
        old = self.invoice(self.line(10000, tax=2000))
        new = self.invoice(
            self.line(8000, tax=1600), id="in_2", number="INV-2", revises_id="in_1"
        )
        first = self.book(old)
        second = self.book(new)
        self.assertEqual(second.q2c_revises_id, first)
        self.assertEqual(first.q2c_revised_by_id, second)
        self.book(replace(old, status="void", revised_by_id="in_2"))
        self.assertEqual((first.payment_state, first.q2c_status), ("reversed", "void"))
        self.assertEqual(second.amount_residual, 96)
        self.assertEqual(self.balance(self.receivable), 96)

    def test_rule_25_revisions_are_linked_in_any_order(self):
        new = self.invoice(self.line(8000, tax=1600), id="in_2", revises_id="in_1")
        second = self.book(new)
        self.assertFalse(second.q2c_revises_id)
        first = self.book(
            self.invoice(self.line(10000, tax=2000), revised_by_id="in_2")
        )
        self.assertEqual(second.q2c_revises_id, first)
        self.assertEqual(first.q2c_revised_by_id, second)

    def test_rule_5_no_way_back_from_paid_or_given_up(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        for status, expected in (
            ("uncollectible", "uncollectible"),
            ("open", "uncollectible"),
            ("paid", "paid"),
            ("uncollectible", "paid"),
            ("open", "paid"),
        ):
            self.book(self.invoice(line, status=status))
            self.assertEqual(move.q2c_status, expected)

    def test_rule_25_given_up_and_voided_after_all(self):
        line = self.line(10000, tax=2000)
        move = self.book(self.invoice(line))
        self.book(self.invoice(line, status="uncollectible"))
        self.book(self.invoice(line, status="void"))
        self.assertEqual((move.payment_state, move.q2c_status), ("reversed", "void"))

    def test_rule_18_a_negative_total_of_several_rates_is_credited(self):
        self.book(
            self.invoice(
                self.line(-6000, tax=-1200, proration=True),
                self.line(-1200, tax=-200, rate="txr_in", proration=True),
                self.line(2000, tax=400),
                ending_balance=self.money(-6000),
            )
        )
        move = self.linked("invoice", "in_1")
        self.assertEqual((move.move_type, move.amount_total), ("out_refund", 60))
        self.assertEqual(move.amount_residual, 0)
        credit = self.stripe.customer_credit_account_id
        self.assertEqual(self.balance(credit), -60)

    # ------------------------------------------------------------------
    # CREDITS THAT WERE SOLD
    # ------------------------------------------------------------------

    def choose_sold_credits(self):
        """The account, and that what sells the credits is booked to it."""
        account = self.stripe._create_account(
            self.company, "Sold Credits", "liability_current"
        )
        self.stripe.sold_credit_account_id = account
        pack = self._product("Credit Pack")
        pack.property_account_income_id = account
        self.link(self.stripe, "product", "prod_pack", pack)
        return account

    def used(self, **values):
        """100.00, of which 30.00 are paid with credits: taxed are 70.00."""
        prepaid = self.money(3000)
        return self.line(10000, **{"tax": 1400, "prepaid": prepaid, **values})

    def test_rule_19_credits_that_were_sold_are_used_against_their_liability(self):
        self.choose_sold_credits()
        move = self.book(self.invoice(self.used()))
        self.assertEqual(
            self.entries(move),
            [("AR", 84, 0), ("REV", 0, 100), ("SOLD", 30, 0), ("TAX", 0, 14)],
        )
        self.assertEqual(
            (move.amount_untaxed, move.amount_tax, move.amount_total), (70, 14, 84)
        )
        [_billed, off] = move.invoice_line_ids
        self.assertEqual(off.name, "Paid with credits: Plan, February")
        # What the tax is reported to be of is what Stripe taxed.
        taxed = move.line_ids.filtered("tax_ids")
        self.assertEqual(sum(taxed.mapped("balance")), -70)

    def test_rule_19_all_that_was_sold_is_used_up(self):
        account = self.choose_sold_credits()
        pack = self.line(5000, price_id="", product_id="prod_pack")
        self.book(self.invoice(pack, number="INV-0", id="in_0"))
        self.assertEqual(self.balance(account), -50)
        whole = self.line(5000, prepaid=self.money(5000))
        move = self.book(self.invoice(whole, id="in_2", status="paid"))
        self.assertEqual(self.balance(account), 0)
        self.assertEqual((move.amount_total, move.amount_residual), (0, 0))
        self.assertEqual(self.entries(move), [("REV", 0, 50), ("SOLD", 50, 0)])

    def test_rule_19_a_discount_comes_off_before_the_credits(self):
        self.choose_sold_credits()
        move = self.book(self.invoice(self.used(discount=2000, tax=1000)))
        self.assertEqual(
            self.entries(move),
            [("AR", 60, 0), ("REV", 0, 80), ("SOLD", 30, 0), ("TAX", 0, 10)],
        )

    def test_rule_25_a_void_gives_them_back(self):
        account = self.choose_sold_credits()
        self.book(self.invoice(self.used()))
        self.assertEqual(self.balance(account), 30)
        self.book(self.invoice(self.used(), status="void"))
        self.assertEqual(self.balance(account), 0)

    def test_credits_that_were_sold_wait_for_their_account(self):
        [event] = self.apply(self.stripe, self.invoice(self.used()))
        self.assert_held(event, "no_sold_credit_account")
        self.choose_sold_credits()
        self.book(self.invoice(self.used()))
