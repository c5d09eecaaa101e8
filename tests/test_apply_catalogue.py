# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products, prices, coupons and tax rates become records, each once."""

from decimal import Decimal

from odoo.tests import tagged

from ..canonical import Coupon, Price, Product, TaxRate, UnitAmount
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
class TestCoupons(Q2CCase):
    def test_coupon_is_its_percentage(self):
        one = Coupon(id="co_1", name="Ten", percent_off=Decimal(10))
        two = Coupon(id="co_2", name="Also ten", percent_off=Decimal("10.00"))
        self.assert_done(self.apply(self.stripe, one, two))
        self.assertEqual(self.record_of(one), self.record_of(two))
        self.assertEqual(self.record_of(one).percent_off, 10)

    def test_deleted_coupon_is_not_granted_again(self):
        coupon = Coupon(id="co_1", name="Ten", percent_off=Decimal(10))
        self.apply(self.stripe, coupon)
        record = self.record_of(coupon)
        gone = Coupon(id="co_1", name="", percent_off=Decimal(0), deleted=True)
        self.apply(self.stripe, gone)
        self.assertIsNone(self.record_of(coupon))
        self.assertTrue(record.exists())

    def test_finer_than_a_discount_is_held(self):
        fine = Coupon(id="co_1", name="Fine", percent_off=Decimal("33.333"))
        self.assert_held(self.apply(self.stripe, fine), "discount_too_fine")


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
