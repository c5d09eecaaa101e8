# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Coupons, and what they take off subscriptions for how long."""

from datetime import date, datetime, timezone
from decimal import Decimal

from odoo.tests import tagged

from ..canonical import Coupon, Discount
from .common_billing import BillingCase


def coupon(identifier="co_1", percent=None, amount=None, **values):
    percent = None if percent is None else Decimal(percent)
    return Coupon(
        id=identifier, name="", percent_off=percent, amount_off=amount, **values
    )


@tagged("post_install", "-at_install")
class TestCoupons(BillingCase):
    def obtain(self, *terms):
        return self.env["q2c.coupon"]._obtain([terms])[terms]

    def test_each_coupon_of_the_provider_is_a_record(self):
        one, two = coupon("co_1", "10"), coupon("co_2", "10.00")
        self.assert_done(self.apply(self.stripe, one, two))
        first, second = self.record_of(one), self.record_of(two)
        self.assertNotEqual(first, second)
        self.assertEqual((first.percent_off, first.name), (10, "10 % off"))
        self.assertFalse(first.made_here)

    def test_a_coupon_of_an_amount(self):
        five = coupon(amount=self.money(500), duration="repeating", months=3)
        self.assert_done(self.apply(self.stripe, five))
        record = self.record_of(five)
        self.assertEqual((record.amount_off, record.months), (5, 3))
        self.assertEqual(record.name, "$\xa05.00 off for 3 months")

    def test_a_coupon_for_some_products(self):
        some = coupon("co_1", "10", products=("prod_1", "prod_gone"))
        self.remote = {}
        self.assert_done(self.apply(self.stripe, some))
        record = self.record_of(some)
        self.assertEqual((record.is_limited, record.product_ids), (True, self.product))

    def test_what_orders_grant_is_one_coupon_for_equal_terms(self):
        forever = self.obtain(10.0, "forever", 0)
        self.assertEqual(forever, self.obtain(10.0, "forever", 12))
        self.assertNotEqual(forever, self.obtain(10.0, "once", 0))
        self.assertEqual(self.obtain(10.0, "repeating", 3).months, 3)
        # What the provider made may no longer be redeemed: it is not granted.
        self.apply(self.stripe, coupon("co_9", "20"))
        self.assertNotEqual(
            self.record_of(coupon("co_9")), self.obtain(20.0, "forever", 0)
        )

    def test_our_own_comes_back_as_itself(self):
        ours = self.obtain(10.0, "once", 0)
        echo = coupon("co_1", "10", odoo_ref=self.stripe._odoo_ref(ours))
        self.assert_done(self.apply(self.stripe, echo))
        self.assertEqual(self.record_of(echo), ours)
        self.assertEqual(ours.duration, "once")

    def test_deleted_coupon_of_orders_is_not_granted_again(self):
        ours = self.obtain(10.0, "forever", 0)
        echo = coupon("co_1", "10", odoo_ref=self.stripe._odoo_ref(ours))
        self.apply(self.stripe, echo)
        self.apply(self.stripe, coupon("co_1", deleted=True))
        self.assertIsNone(self.record_of(echo))
        self.assertTrue(ours.exists())

    def test_deleted_coupon_of_the_provider_is_archived(self):
        self.apply(self.stripe, coupon("co_1", "10"))
        record = self.record_of(coupon("co_1"))
        self.apply(self.stripe, coupon("co_1", deleted=True))
        self.assertFalse(record.active)

    def test_finer_than_is_kept_is_held(self):
        fine = coupon("co_1", "33.3333333")
        self.assert_held(self.apply(self.stripe, fine), "discount_too_fine")
        odd = coupon("co_1", "10", duration="weekly")
        self.assert_held(self.apply(self.stripe, odd), "unknown_duration")


@tagged("post_install", "-at_install")
class TestDiscounts(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seat = cls._price(cls._product("Seat"), 10, "month")
        cls.link(cls, cls.stripe, "price", "price_seat", seat)

    def setUp(self):
        super().setUp()
        amount = self.money(2000)
        self.apply(
            self.stripe,
            coupon("ten", "10"),
            coupon("half", "50", duration="once"),
            coupon("three", "20", duration="repeating", months=3),
            coupon("twenty", amount=amount),
            coupon("plan", amount=amount, products=("prod_1",)),
        )

    def subscribe(self, *coupons, items=None, **values):
        event = self.apply(
            self.stripe,
            self.subscription(
                *(items or (self.item(),)), discounts=self.discounts(*coupons), **values
            ),
        )
        self.assert_done(event)
        return self.env["q2c.subscription"].browse(event.res_id)

    def discounts(self, *coupons):
        return tuple(Discount(coupon_id=each) for each in coupons)

    def seats(self, *coupons, number=10):
        return self.item(
            "si_2",
            "price_seat",
            1000,
            quantity=Decimal(number),
            discounts=self.discounts(*coupons),
        )

    def test_one_for_the_first_invoice_is_not_for_life(self):
        contract = self.subscribe("half")
        self.assertEqual((contract.mrr, contract.item_ids.discount), (100, 0))
        self.assertEqual(contract.discount_ids.coupon_id.duration, "once")

    def test_one_for_some_months_counts_until_it_is_gone(self):
        until = datetime(2026, 5, 1, tzinfo=timezone.utc)
        event = self.apply(
            self.stripe,
            self.subscription(
                discounts=(
                    Discount(
                        coupon_id="three", promotion_code="WELCOME", ends_at=until
                    ),
                )
            ),
        )
        self.assert_done(event)
        contract = self.env["q2c.subscription"].browse(event.res_id)
        self.assertEqual(contract.mrr, 80)
        self.assertRecordValues(
            contract.discount_ids,
            [{"promotion_code": "WELCOME", "ends_on": date(2026, 5, 1)}],
        )
        self.subscribe()
        self.assertEqual((contract.mrr, contract.discount_ids.ids), (100, []))

    def test_several_are_applied_one_after_the_other(self):
        contract = self.subscribe("twenty", "ten")
        self.assertEqual((contract.mrr, contract.item_ids.discount), (72, 28))
        contract = self.subscribe("ten", "twenty")
        self.assertEqual(contract.mrr, 70)

    def test_an_amount_off_the_whole_is_shared_by_the_items(self):
        contract = self.subscribe("twenty", items=(self.item(), self.seats()))
        self.assertEqual(contract.item_ids.mapped("net_amount"), [90, 90])
        self.assertEqual(contract.mrr, 180)

    def test_discounts_of_items_go_first(self):
        items = (self.item(), self.seats("half", "ten"))
        contract = self.subscribe("twenty", items=items)
        # 100 and 90 are left of the items; 20 are shared in that proportion.
        self.assertEqual(contract.item_ids.mapped("net_amount"), [89.47, 80.53])
        self.assertEqual(contract.mrr, 170)

    def test_one_for_some_products_leaves_the_others_alone(self):
        contract = self.subscribe("plan", items=(self.item(), self.seats()))
        self.assertEqual(contract.item_ids.mapped("net_amount"), [80, 100])

    def test_more_than_there_is_leaves_nothing(self):
        contract = self.subscribe("twenty", items=(self.seats(number=1),))
        self.assertEqual((contract.mrr, contract.item_ids.discount), (0, 100))

    def test_one_that_cannot_be_read_any_more_is_left_out(self):
        contract = self.subscribe("deleted", "ten")
        self.assertEqual(contract.mrr, 90)

    def test_what_is_the_same_is_not_written_again(self):
        contract = self.subscribe("ten", items=(self.item(), self.seats("ten")))
        before = contract.all_discount_ids
        self.subscribe("ten", items=(self.item(), self.seats("ten", number=20)))
        self.assertEqual(contract.all_discount_ids, before)
        self.assertEqual(contract.mrr, 90 + 162)

    # ------------------------------------------------------------------
    # FROM ORDERS
    # ------------------------------------------------------------------

    def order(self, **values):
        self.product.product_tmpl_id.q2c_interval = "month"
        line = {
            "product_id": self.product.id,
            "price_unit": 100,
            "discount": 25,
            "tax_ids": False,
            **values,
        }
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [(0, 0, line)]}
        )
        order.action_confirm()
        return order.q2c_subscription_ids

    def sent(self, contract):
        """The coupons that the subscription is sent with."""
        coupons = contract.item_ids.discount_ids.coupon_id
        for number, record in enumerate(coupons):
            self.link(self.stripe, "coupon", f"co_own_{number}", record)
        document = self.env["q2c.exporter.subscription"]._document(
            self.stripe, contract
        )
        [item] = document.items
        exporter = self.env["q2c.exporter.coupon"]
        terms = [exporter._document(self.stripe, record) for record in coupons]
        self.assertEqual(
            [each.coupon_id for each in item.discounts],
            [f"co_own_{number}" for number in range(len(coupons))],
        )
        return [(each.percent_off, each.duration, each.months) for each in terms]

    def test_the_discount_of_an_order_is_for_life_by_default(self):
        contract = self.order()
        self.assertEqual(contract.mrr, 75)
        self.assertEqual(self.sent(contract), [(25, "forever", 0)])

    def test_the_discount_of_an_order_for_the_first_invoice(self):
        contract = self.order(q2c_discount_duration="once")
        self.assertEqual(contract.mrr, 100)
        self.assertEqual(self.sent(contract), [(25, "once", 0)])

    def test_the_discount_of_an_order_for_some_months(self):
        contract = self.order(q2c_discount_duration="repeating", q2c_discount_months=6)
        self.assertEqual(contract.mrr, 75)
        self.assertEqual(self.sent(contract), [(25, "repeating", 6)])
