# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the provider calls something is mapped once, and what was held goes on."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..canonical import TaxAmount, TaxRate
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestMapping(BillingCase):
    def mapping(self, kind, key):
        return self.env["q2c.mapping"].search([("kind", "=", kind), ("key", "=", key)])

    def rate(self, **values):
        return TaxRate(
            **{"id": "txr_7", "name": "VAT", "percentage": Decimal(7), **values}
        )

    def bill(self, *lines, **values):
        document = self.invoice(*(lines or [self.line(10000, tax=2000)]), **values)
        self.assert_done(self.apply(self.stripe, document))
        return self.linked("invoice", document.id)

    def pay(self, **values):
        document = self.payment(12000, "in_1", **values)
        self.assert_done(self.apply(self.stripe, document))
        return self.linked("payment", document.id)

    # ------------------------------------------------------------------
    # TAX RATES
    # ------------------------------------------------------------------

    def test_rule_30_held_tax_rate_is_listed_with_a_suggestion_and_goes_on(self):
        first, second = (self._tax(f"7 % {word}", 7, False) for word in "AB")
        event = self.apply(self.stripe, self.rate())
        self.assert_held(event, "tax_not_mapped")
        self.assertIn("Mappings", event.remedy)
        mapping = self.mapping("tax_rate", "txr_7")
        self.assertEqual((mapping.state, mapping.label), ("open", "VAT 7 %"))
        self.assertEqual(mapping.suggestion, first.display_name)
        self.assertIn("Same amount", mapping.suggestion_reason)
        waiting = self.apply(
            self.stripe, self.invoice(self.line(10000, tax=700, rate="txr_7"))
        )
        self.assertEqual(waiting.waiting_for, "tax_rate:txr_7")
        mapping.tax_id = second
        self.assertEqual((mapping.state, event.state), ("mapped", "queued"))
        self.assertFalse(mapping.suggestion)
        self.assert_done(self.apply(self.stripe, self.rate()))
        self.assertEqual(self.linked("tax_rate", "txr_7"), second)
        self.assertFalse(waiting.waiting_for)
        self.assertLessEqual(waiting.next_attempt, fields.Datetime.now())

    def test_suggestions_are_accepted_together(self):
        fitting = self._tax("7 % in", 7, True)
        self._tax("7 % on top", 7, False)
        self._tax("7 % on top again", 7, False)
        self._tax("7 % in again", 7, True)
        self.apply(
            self.stripe,
            self.rate(inclusive=True),
            self.rate(id="txr_8", percentage=Decimal("8.8")),
        )
        inclusive = self.mapping("tax_rate", "txr_7")
        unknown = self.mapping("tax_rate", "txr_8")
        self.assertFalse(unknown.suggestion)
        (inclusive + unknown).action_accept()
        self.assertEqual(inclusive.tax_id, fitting)
        self.assertEqual(unknown.state, "open")
        with self.assertRaisesRegex(UserError, "nothing to suggest"):
            unknown.action_accept()

    def test_tax_rate_that_is_mapped_again_bears_the_new_tax_from_now_on(self):
        old = self.bill()
        other = self._tax("20 % other", 20, False)
        self.env["q2c.mapping"].create(
            {
                "connection_id": self.stripe.id,
                "kind": "tax_rate",
                "key": "txr_20",
                "label": "VAT 20 %",
                "tax_id": other.id,
            }
        )
        new = self.bill(id="in_2")
        self.assertEqual(new.invoice_line_ids.tax_ids, other)
        self.assertEqual(old.invoice_line_ids.tax_ids, self.tax)

    # ------------------------------------------------------------------
    # PAYMENT METHODS
    # ------------------------------------------------------------------

    def method_line(self, account):
        journal = self.stripe.payment_journal_id
        line = journal.inbound_payment_method_line_ids[0]
        return line.copy({"name": "Card", "payment_account_id": account.id})

    def test_payment_method_is_listed_and_its_mapping_used(self):
        self.bill()
        usual = self.stripe.payment_journal_id.inbound_payment_method_line_ids[0]
        self.assertEqual(self.pay().payment_method_line_id, usual)
        mapping = self.mapping("payment_method", "card")
        self.assertEqual((mapping.state, mapping.label), ("open", "Card"))
        card = self.method_line(self.clearing)
        self.assertEqual(mapping._suggest()[0], card)
        mapping.payment_method_line_id = card
        self.assertEqual(self.pay(id="pi_2").payment_method_line_id, card)
        other = self.pay(id="pi_3", method="sepa_debit")
        self.assertEqual(other.payment_method_line_id, usual)

    def test_money_in_the_balance_is_not_mapped_elsewhere(self):
        self.bill()
        self.pay()
        elsewhere = self.method_line(self.receivable)
        with self.assertRaisesRegex(ValidationError, "mirrors the provider"):
            self.mapping("payment_method", "card").payment_method_line_id = elsewhere

    # ------------------------------------------------------------------
    # TAX SITUATIONS
    # ------------------------------------------------------------------

    def test_tax_situation_shows_its_fiscal_position_and_keeps_the_taxes(self):
        belgium = self.env.ref("base.be")
        self.customer.country_id = belgium
        tax = TaxAmount(rate_id="txr_20", amount=self.money(0), reason="reverse_charge")
        line = self.line(10000, taxes=(tax,))
        self.assertFalse(self.bill(line).fiscal_position_id)
        mapping = self.mapping("tax_situation", "reverse_charge:BE")
        self.assertEqual(mapping.label, "Reverse charge (Belgium)")
        position = self.env["account.fiscal.position"].create(
            {"name": "Intra-Community", "country_id": belgium.id}
        )
        self.assertEqual(mapping.suggestion, position.display_name)
        mapping.action_accept()
        move = self.bill(line, id="in_2")
        self.assertEqual(move.fiscal_position_id, position)
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax)
        self.assertEqual((move.amount_tax, move.amount_total), (0, 100))

    def test_standard_taxes_are_no_situation(self):
        tax = TaxAmount(
            rate_id="txr_20", amount=self.money(2000), reason="standard_rated"
        )
        self.bill(self.line(10000, taxes=(tax,)))
        self.assertFalse(self.env["q2c.mapping"].search([]))

    # ------------------------------------------------------------------
    # INCOME
    # ------------------------------------------------------------------

    def test_income_of_a_price_goes_before_that_of_its_product(self):
        by_product = self.company_data["default_account_revenue"].copy()
        by_price = self.company_data["default_account_revenue"].copy()
        for key, account in (("prod_1", by_product), ("price_9", by_price)):
            self.env["q2c.mapping"].create(
                {
                    "connection_id": self.stripe.id,
                    "kind": "income",
                    "key": key,
                    "label": key,
                    "account_id": account.id,
                }
            )
        self.link(
            self.stripe, "price", "price_9", self._price(self.product, 5, "month")
        )
        move = self.bill(
            self.line(10000, tax=2000, product_id="prod_1"),
            self.line(500, rate="", product_id="prod_1", price_id="price_9"),
        )
        first, second = move.invoice_line_ids
        self.assertEqual((first.account_id, second.account_id), (by_product, by_price))
        self.assertEqual(move.invoice_line_ids.product_id, self.product)

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_finance_maps_and_others_look(self):
        self.bill()
        self.pay()
        mapping = self.mapping("payment_method", "card")
        users = {
            role: new_test_user(
                self.env,
                f"q2c_map_{role}",
                groups=f"base.group_user,quote_to_cash.group_{role}",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            for role in ("finance", "operator")
        }
        with self.assertRaises(AccessError):
            mapping.with_user(users["operator"]).label = "Cards"
        mapping.with_user(users["finance"]).label = "Cards"
        self.assertEqual(mapping.label, "Cards")
