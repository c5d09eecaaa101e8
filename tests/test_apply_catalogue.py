# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products, prices and tax rates become records, each once."""

from decimal import Decimal

from odoo.tests import tagged

from ..canonical import Money, Package, Price, Product, TaxRate, Tier, UnitAmount
from .common import Q2CCase

SEAT = Product(id="01t000000000001AAA", name="Seat", code="SEAT", interval="month")


def price(identifier="pri_1", amount="49.00", **values):
    values = {"product_id": SEAT.id, "currency": "USD", "interval": "month", **values}
    unit = UnitAmount.of_major(Decimal(amount), "USD") if amount else None
    return Price(id=identifier, unit_amount=unit, **values)


def rate(identifier="txr_1", percentage="20", **values):
    return TaxRate(id=identifier, name="VAT", percentage=Decimal(percentage), **values)


@tagged("post_install", "-at_install")
class TestProducts(Q2CCase):
    def test_product_is_created_with_its_interval(self):
        self.assert_done(self.apply(self.salesforce, SEAT))
        product = self.record_of(SEAT, self.salesforce)
        self.assertEqual(
            (product.name, product.default_code, product.q2c_interval, product.type),
            ("Seat", "SEAT", "month", "service"),
        )

    def test_product_with_the_code_is_found(self):
        product = self.env["product.product"].create(
            {"name": "Our Seat", "default_code": "SEAT"}
        )
        self.assert_done(self.apply(self.salesforce, SEAT))
        self.assertEqual(self.record_of(SEAT, self.salesforce), product)
        self.assertEqual(product.name, "Our Seat", "the origin's name stays")

    def test_two_products_with_the_code_are_not_guessed_from(self):
        for name in ("One", "Two"):
            self.env["product.product"].create({"name": name, "default_code": "SEAT"})
        self.assert_done(self.apply(self.salesforce, SEAT))
        self.assertEqual(self.record_of(SEAT, self.salesforce).name, "Seat")

    def test_our_own_product_comes_back_as_itself(self):
        product = self.env["product.product"].create({"name": "Seat"})
        echo = Product(
            id="prod_1", name="Seat", odoo_ref=self.stripe._odoo_ref(product)
        )
        self.assert_done(self.apply(self.stripe, echo))
        self.assertEqual(self.record_of(echo), product)

    def test_reference_of_another_database_is_not_ours(self):
        product = self.env["product.product"].create({"name": "Seat"})
        foreign = Product(
            id="prod_1", name="Other", odoo_ref=f"other:product.product:{product.id}"
        )
        self.assert_done(self.apply(self.stripe, foreign))
        self.assertNotEqual(self.record_of(foreign), product)

    def test_batch_or_one_by_one_two_objects_with_a_code_are_one_product(self):
        first = Product(id="prod_1", name="Seat", code="SEAT")
        second = Product(id="prod_2", name="Seat", code="SEAT", description="Soft")
        self.assert_done(self.apply(self.stripe, first, second))
        self.assertEqual(self.record_of(first), self.record_of(second))
        self.assertEqual(self.record_of(first).description_sale, "Soft")

    def test_code_given_here_stays_where_the_provider_has_none(self):
        plain = Product(id="prod_1", name="Seat")
        self.apply(self.stripe, plain)
        self.record_of(plain).default_code = "OURS"
        self.assert_done(self.apply(self.stripe, Product(id="prod_1", name="Chair")))
        product = self.record_of(plain)
        self.assertEqual((product.name, product.default_code), ("Chair", "OURS"))

    def test_copy_that_is_deleted_takes_no_product_away(self):
        product = self.env["product.product"].create({"name": "Seat"})
        ref = self.stripe._odoo_ref(product)
        self.apply(self.stripe, Product(id="prod_1", name="Seat", odoo_ref=ref))
        gone = Product(id="prod_1", name="Seat", odoo_ref=ref, deleted=True)
        self.assert_done(self.apply(self.stripe, gone))
        self.assertTrue(product.active)

    def test_archived_product_is_archived(self):
        self.apply(self.salesforce, SEAT)
        gone = Product(id=SEAT.id, name="Seat", code="SEAT", active=False)
        self.assert_done(self.apply(self.salesforce, gone))
        self.assertFalse(self.record_of(SEAT, self.salesforce).active)


@tagged("post_install", "-at_install")
class TestPrices(Q2CCase):
    def setUp(self):
        super().setUp()
        self.apply(self.stripe, SEAT)

    def test_equal_prices_are_one_record(self):
        self.assert_done(self.apply(self.stripe, price("pri_1"), price("pri_2")))
        record = self.record_of(price("pri_1"))
        self.assertEqual(record, self.record_of(price("pri_2")))
        self.assertEqual((record.unit_amount, record.interval), (49.0, "month"))

    def test_changed_amount_is_another_price(self):
        self.apply(self.stripe, price())
        before = self.record_of(price())
        self.assert_done(self.apply(self.stripe, price(amount="59.00")))
        after = self.record_of(price())
        self.assertEqual((before.unit_amount, after.unit_amount), (49.0, 59.0))

    def test_tiered_price_has_no_amount_and_stays_itself(self):
        tiered = price("pri_t", amount=None)
        self.assert_done(self.apply(self.stripe, tiered))
        record = self.record_of(tiered)
        self.assertFalse(record.is_flat)
        self.assert_done(
            self.apply(self.stripe, price("pri_t", amount=None, active=False))
        )
        self.assertEqual(self.record_of(tiered), record)

    def test_tiers_are_kept_exactly_and_tell_what_a_unit_costs_on_average(self):
        tiers = (
            Tier(up_to=10, unit_amount=Decimal("500.000000000001")),
            Tier(up_to=None, unit_amount=Decimal(300), flat_amount=Decimal(1000)),
        )
        graduated = price("pri_t", amount=None, tiers=tiers, tiers_mode="graduated")
        volume = price("pri_v", amount=None, tiers=tiers, tiers_mode="volume")
        self.assert_done(self.apply(self.stripe, graduated, volume))
        record = self.record_of(graduated)
        self.assertEqual((record.pricing, record.is_flat), ("graduated", False))
        self.assertEqual(record._canonical_tiers(), tiers)
        self.assertAlmostEqual(record._unit_cost(Decimal(20)), 4.5)
        self.assertEqual(self.record_of(volume)._unit_cost(Decimal(20)), 3.5)
        self.assertEqual(record._unit_cost(Decimal(0)), 0)
        self.assertEqual(
            record.terms, "1–10: 5.00000000000001 USD\n11–…: 3 USD + 10 USD"
        )

    def test_packages_tell_what_a_unit_costs_on_average(self):
        package = Package(size=10, amount=Decimal(4900))
        packaged = price("pri_p", amount=None, package=package)
        self.assert_done(self.apply(self.stripe, packaged))
        record = self.record_of(packaged)
        self.assertEqual((record.pricing, record.unit_amount), ("package", 49))
        self.assertEqual(record._unit_cost(Decimal(14)), 7)
        self.assertEqual(record.terms, "49 USD for each 10")

    def test_rule_15_prices_that_differ_in_the_twelfth_decimal_are_two(self):
        one = UnitAmount(Decimal("0.000000000001"), "USD")
        other = UnitAmount(Decimal("0.000000000002"), "USD")
        prices = [
            Price(id=f"pri_{n}", product_id=SEAT.id, currency="USD", unit_amount=unit)
            for n, unit in enumerate((one, other))
        ]
        self.assert_done(self.apply(self.stripe, *prices))
        first, second = map(self.record_of, prices)
        self.assertNotEqual(first, second)
        self.assertEqual(first.terms, "0.00000000000001 USD")
        exporter = self.env["q2c.exporter.price"]
        for record, unit in ((first, one), (second, other)):
            found = exporter._document(self.stripe, record)
            self.assertEqual(found.unit_amount, unit)

    def test_a_metered_price_is_not_that_of_an_order(self):
        self.assert_done(self.apply(self.stripe, price(), price("pri_m", metered=True)))
        metered = self.record_of(price("pri_m"))
        self.assertTrue(metered.is_metered)
        self.assertNotEqual(self.record_of(price()), metered)

    def test_price_waits_for_its_product(self):
        lonely = price(product_id="prod_unknown")
        event = self.apply(self.stripe, lonely)
        self.assertEqual(event.state, "waiting")
        self.assertEqual(event.waiting_for, "product:prod_unknown")

    def test_unknown_currency_is_held(self):
        self.env.ref("base.EUR").active = False
        event = self.apply(
            self.stripe,
            Price(
                id="pri_e",
                product_id=SEAT.id,
                currency="EUR",
                unit_amount=UnitAmount(Decimal(100), "EUR"),
            ),
        )
        self.assert_held(event, "currency_inactive")


@tagged("post_install", "-at_install")
class TestTaxRates(Q2CCase):
    def tax(self, amount=20, **values):
        return self.env["account.tax"].create(
            {
                "name": f"Sales {amount} {values.get('name', '')}",
                "amount": amount,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                **{key: value for key, value in values.items() if key != "name"},
            }
        )

    def test_the_one_tax_with_the_percentage(self):
        tax = self.tax()
        self.tax(price_include_override="tax_included", name="incl")
        self.assert_done(self.apply(self.stripe, rate()))
        self.assertEqual(self.record_of(rate()), tax)

    def test_inclusive_rate_is_the_inclusive_tax(self):
        self.tax(22)
        included = self.tax(22, price_include_override="tax_included", name="incl")
        inclusive = rate(percentage="22", inclusive=True)
        self.assert_done(self.apply(self.stripe, inclusive))
        self.assertEqual(self.record_of(inclusive), included)

    def test_no_tax_is_held_with_a_remedy(self):
        event = self.apply(self.stripe, rate(percentage="21"))
        self.assert_held(event, "tax_not_mapped")
        self.assertIn("21 %", event.message)
        tax = self.tax(21)
        event.action_retry()
        self.assert_done(self.apply(self.stripe, rate(percentage="21")))
        self.assertEqual(self.record_of(rate()), tax)

    def test_several_taxes_are_held_unless_one_is_the_default(self):
        first, second = self.tax(name="a"), self.tax(name="b")
        self.assert_held(self.apply(self.stripe, rate()), "tax_not_mapped")
        self.company.account_sale_tax_id = second
        self.assert_done(self.apply(self.stripe, rate()))
        self.assertEqual(self.record_of(rate()), second)
        self.assertNotEqual(first, second)

    def test_other_country_is_another_tax(self):
        self.tax(country_id=self.company.account_fiscal_country_id.id)
        event = self.apply(self.stripe, rate(country="JP"))
        self.assert_held(event, "tax_not_mapped")

    def test_tax_is_created_where_that_is_wanted(self):
        self.stripe.create_taxes = True
        self.assert_done(self.apply(self.stripe, rate(percentage="21.5")))
        tax = self.record_of(rate())
        default = self.company.account_sale_tax_id
        self.assertEqual((tax.amount, tax.type_tax_use), (21.5, "sale"))
        self.assertEqual(
            tax.invoice_repartition_line_ids.mapped("account_id"),
            default.invoice_repartition_line_ids.mapped("account_id"),
        )

    def test_created_tax_is_not_reported_as_the_default_one(self):
        self.stripe.create_taxes = True
        tag = self.env["account.account.tag"].create(
            {
                "name": "Grid 20",
                "applicability": "taxes",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        default = self.company.account_sale_tax_id
        default.invoice_repartition_line_ids.tag_ids = tag
        self.assert_done(self.apply(self.stripe, rate(percentage="21.5")))
        tax = self.record_of(rate())
        self.assertFalse(tax.repartition_line_ids.tag_ids)
        self.assertEqual(default.invoice_repartition_line_ids.tag_ids, tag)
        notes = self.env["mail.message"].search(
            [("model", "=", "account.tax"), ("res_id", "=", tax.id)]
        )
        self.assertIn("txr_1", "".join(notes.mapped("body")))

    def test_a_fee_of_a_fixed_amount_is_the_tax_of_that_amount(self):
        fee = rate(percentage="0", flat_amount=Money(29, "USD"))
        self.tax(0.29)
        event = self.apply(self.stripe, fee)
        self.assert_held(event, "tax_not_mapped")
        self.assertIn("0.29 USD", event.message)
        fixed = self.tax(0.29, amount_type="fixed", name="fee")
        event.action_retry()
        self.assert_done(self.apply(self.stripe, fee))
        self.assertEqual(self.record_of(fee), fixed)

    def test_a_fee_is_created_where_that_is_wanted(self):
        self.stripe.create_taxes = True
        fee = rate(percentage="0", flat_amount=Money(29, "USD"))
        self.assert_done(self.apply(self.stripe, fee))
        tax = self.record_of(fee)
        self.assertEqual((tax.amount_type, tax.amount), ("fixed", 0.29))
        self.assertEqual(tax.name, "VAT 0.29 USD")
