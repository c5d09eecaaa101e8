# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the provider calls something is mapped once, and what was held goes on."""

from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..canonical import Price, Product, TaxAmount, TaxRate, UnitAmount
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestMapping(BillingCase):
    def mapping(self, kind, key):
        return self.env["q2c.mapping"].search([("kind", "=", kind), ("key", "=", key)])

    def rate(self, **values):
        return TaxRate(
            **{"id": "txr_7", "name": "VAT", "percentage": Decimal(7), **values}
        )

    def map(self, kind, key, **values):
        return self.env["q2c.mapping"].create(
            {
                "connection_id": self.stripe.id,
                "kind": kind,
                "key": key,
                **values,
            }
        )

    def account(self):
        return self.company_data["default_account_revenue"].copy()

    def journal(self, name, **values):
        return self.env["account.journal"].create(
            {
                "name": name,
                "type": "sale",
                "code": name[:4].upper(),
                "company_id": self.company.id,
                **values,
            }
        )

    def dearer(self, id, product_id, amount, **values):
        return Price(
            id=id,
            product_id=product_id,
            unit_amount=UnitAmount(amount, self.code),
            currency=self.code,
            **values,
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
        told = (inclusive + unknown).action_accept()["params"]
        self.assertIn("1 mapped as suggested", told["message"])
        self.assertEqual(told["type"], "warning")
        self.assertEqual(inclusive.tax_id, fitting)
        self.assertEqual(unknown.state, "open")
        with self.assertRaisesRegex(UserError, "nothing to suggest"):
            unknown.action_accept()

    def test_tax_of_another_country_is_not_suggested(self):
        self._tax("7 % home", 7, False)
        self.apply(self.stripe, self.rate(country="BE"))
        self.assertFalse(self.mapping("tax_rate", "txr_7").suggestion)

    def test_tax_of_the_same_name_goes_first(self):
        self._tax("7 % Food", 7, False)
        named = self._tax("7 % Reduced VAT", 7, False)
        self.apply(self.stripe, self.rate(name="Reduced"))
        mapping = self.mapping("tax_rate", "txr_7")
        self.assertEqual(mapping._suggest()[mapping][0], named)
        self.assertIn("Same name", mapping.suggestion_reason)

    def test_tax_rate_that_is_mapped_again_bears_the_new_tax_from_now_on(self):
        old = self.bill()
        other = self._tax("20 % other", 20, False)
        self.map("tax_rate", "txr_20", tax_id=other.id)
        new = self.bill(id="in_2")
        self.assertEqual(new.invoice_line_ids.tax_ids, other)
        self.assertEqual(old.invoice_line_ids.tax_ids, self.tax)

    # ------------------------------------------------------------------
    # PAYMENT METHODS
    # ------------------------------------------------------------------

    def method_line(self, account, name="Card"):
        journal = self.stripe.payment_journal_id
        line = journal.inbound_payment_method_line_ids[0]
        return line.copy({"name": name, "payment_account_id": account.id})

    def test_payment_method_is_listed_and_its_mapping_used(self):
        self.bill()
        usual = self.stripe.payment_journal_id.inbound_payment_method_line_ids[0]
        self.assertEqual(self.pay().payment_method_line_id, usual)
        mapping = self.mapping("payment_method", "card")
        self.assertEqual((mapping.state, mapping.label), ("open", "Card"))
        card = self.method_line(self.clearing)
        self.assertEqual(mapping._suggest()[mapping][0], card)
        mapping.payment_method_line_id = card
        self.assertEqual(self.pay(id="pi_2").payment_method_line_id, card)
        other = self.pay(id="pi_3", method="sepa_debit")
        self.assertEqual(other.payment_method_line_id, usual)
        sepa = self.method_line(self.clearing, "SEPA Direct Debit")
        mapping = self.mapping("payment_method", "sepa_debit")
        self.assertEqual(mapping.label, "SEPA debit")
        self.assertEqual(mapping._suggest()[mapping], (sepa, "Same name"))

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

    def standard_line(self):
        tax = TaxAmount(
            rate_id="txr_20", amount=self.money(2000), reason="standard_rated"
        )
        return self.line(10000, taxes=(tax,))

    def test_standard_taxes_are_no_situation(self):
        self.customer.country_id = self.company.account_fiscal_country_id
        self.bill(self.standard_line())
        self.bill(self.line(10000, rate=""), id="in_2")
        self.assertFalse(self.env["q2c.mapping"].search([]))

    def test_standard_taxes_of_another_country_are_one(self):
        self.customer.country_id = self.env.ref("base.fr")
        position = self.env["account.fiscal.position"].create(
            {"name": "OSS B2C", "country_id": self.customer.country_id.id}
        )
        self.assertFalse(self.bill(self.standard_line()).fiscal_position_id)
        mapping = self.mapping("tax_situation", "standard_rated:FR")
        self.assertEqual(mapping.label, "Standard rated (France)")
        mapping.action_accept()
        move = self.bill(self.standard_line(), id="in_2")
        self.assertEqual(move.fiscal_position_id, position)
        self.assertEqual(move.amount_tax, 20)

    def test_position_that_asks_for_a_number_is_for_whoever_owes_the_tax(self):
        europe = self.env.ref("base.europe").id
        consumers, traders = (
            self.env["account.fiscal.position"].create(
                {
                    "name": name,
                    "country_group_id": europe,
                    "vat_required": name == "Traders",
                }
            )
            for name in ("Consumers", "Traders")
        )
        suggested = self.map(
            "tax_situation", "reverse_charge:BE", details={"country": "BE"}
        )
        self.assertEqual(suggested._suggest()[suggested][0], traders)
        suggested = self.map(
            "tax_situation", "standard_rated:BE", details={"country": "BE"}
        )
        self.assertEqual(suggested._suggest()[suggested][0], consumers)
        far = self.map(
            "tax_situation", "not_subject_to_tax:JP", details={"country": "JP"}
        )
        self.assertFalse(far.suggestion)

    # ------------------------------------------------------------------
    # INCOME
    # ------------------------------------------------------------------

    def test_income_of_a_price_goes_before_that_of_its_product(self):
        by_product, by_price = self.account(), self.account()
        self.map("income", "prod_1", account_id=by_product.id)
        self.map("income", "price_9", account_id=by_price.id)
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

    def test_metadata_of_products_and_prices_name_the_account(self):
        by_line, by_tier = self.account(), self.account()
        self.map("income", "line = services", account_id=by_line.id)
        self.map("income", "tier=gold", account_id=by_tier.id)
        catalogue = self.apply(
            self.stripe,
            Product(id="prod_7", name="Hours", metadata=(("line", "services"),)),
            self.dearer("price_7", "prod_7", 700),
            self.dearer("price_8", "prod_7", 800, metadata=(("tier", "gold"),)),
        )
        self.assert_done(catalogue)
        move = self.bill(
            self.line(700, rate="", product_id="prod_7", price_id="price_7"),
            self.line(800, rate="", product_id="prod_7", price_id="price_8"),
            self.line(900, rate=""),
        )
        usual = self.company_data["default_account_revenue"]
        self.assertEqual(
            move.invoice_line_ids.mapped("account_id"), by_line + by_tier + usual
        )

    # ------------------------------------------------------------------
    # JOURNALS
    # ------------------------------------------------------------------

    def test_foreign_currency_is_listed_and_gets_its_journal(self):
        code = "EUR" if self.code != "EUR" else "USD"
        euro = self.env.ref(f"base.{code}")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 2,
                "currency_id": euro.id,
                "company_id": self.company.id,
            }
        )
        usual = self.stripe.invoice_journal_id
        first = self.bill(self.line(10000, rate="", code=code), currency=code)
        self.assertEqual(first.journal_id, usual)
        mapping = self.mapping("journal", code)
        self.assertEqual(
            (mapping.state, mapping.label), ("open", f"Invoices in {code}")
        )
        self.assertEqual(mapping.suggestion, usual.display_name)
        journal = self.journal("Abroad", currency_id=euro.id)
        mapping.invalidate_recordset()
        self.assertEqual(mapping.suggestion, journal.display_name)
        mapping.action_accept()
        second = self.bill(
            self.line(10000, rate="", code=code), id="in_2", currency=code
        )
        self.assertEqual(second.journal_id, journal)
        self.assertEqual(self.bill(id="in_3").journal_id, usual)
        self.assertEqual(first.journal_id, usual)

    def test_lines_that_agree_name_the_journal(self):
        journal = self.journal("Services")
        self.map("journal", "price_1", journal_id=journal.id)
        self.map("journal", self.code, journal_id=self.journal("Dollars").id)
        self.assertEqual(self.bill().journal_id, journal)
        mixed = self.bill(
            self.line(10000, tax=2000),
            self.line(500, rate="", price_id="", product_id="prod_1"),
            id="in_2",
        )
        self.assertEqual(mixed.journal_id, journal)

    def test_lines_that_disagree_leave_it_to_the_currency(self):
        lines = (
            self.line(10000, tax=2000),
            self.line(500, rate="", price_id="", product_id="prod_1"),
        )
        self.map("journal", "price_1", journal_id=self.journal("Services").id)
        self.map("journal", "prod_1", journal_id=self.journal("Goods").id)
        self.assertEqual(self.bill(*lines).journal_id, self.stripe.invoice_journal_id)
        dollars = self.journal("Dollars")
        self.map("journal", self.code, journal_id=dollars.id)
        self.assertEqual(self.bill(*lines, id="in_2").journal_id, dollars)

    def test_credit_note_is_booked_where_its_invoice_is(self):
        journal = self.journal("Services")
        mapping = self.map("journal", "price_1", journal_id=journal.id)
        self.bill()
        mapping.unlink()
        note = self.credit_note(
            self.line(2000, tax=400, price_id="", invoice_line_id="il_1")
        )
        self.assert_done(self.apply(self.stripe, note))
        self.assertEqual(self.linked("credit_note", "cn_1").journal_id, journal)

    # ------------------------------------------------------------------
    # THE LIST
    # ------------------------------------------------------------------

    def test_what_is_added_by_hand_is_called_like_its_record(self):
        made = self.map("income", "prod_1", account_id=self.account().id)
        self.assertEqual(made.label, self.product.display_name)
        self.assertEqual(
            (made.state, made.target), ("mapped", made.account_id.display_name)
        )
        plain = self.map("income", " line =  a = b ")
        self.assertEqual((plain.key, plain.label), ("line=a = b", "line=a = b"))

    def test_connection_counts_what_is_not_mapped(self):
        self.map("income", "prod_1", account_id=self.account().id)
        self.map("payment_method", "card")
        self.map("payment_method", "link")
        self.assertEqual(self.stripe.open_mapping_count, 2)
        self.assertFalse(self.salesforce.open_mapping_count)
        action = self.stripe.action_view_mappings()
        found = self.env["q2c.mapping"].search(action["domain"])
        self.assertEqual(len(found), 3)

    def test_suggestions_for_many_are_read_together(self):
        self.apply(
            self.stripe,
            *(self.rate(id=f"txr_{n}", percentage=Decimal(n)) for n in range(30, 50)),
        )
        mappings = self.env["q2c.mapping"].search([("kind", "=", "tax_rate")])
        self.assertEqual(len(mappings), 20)
        mappings[:1].mapped("suggestion")
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            mappings.mapped("suggestion")

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
