# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The mirror of the contract follows the provider."""

from datetime import date, datetime, timezone
from decimal import Decimal

from odoo.tests import tagged

from ..canonical import Coupon, Discount
from .common_billing import END, BillingCase


@tagged("post_install", "-at_install")
class TestApplySubscription(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_product = cls._product("Set-up")
        cls.setup_price = cls._price(cls.setup_product, 50)
        cls.seat = cls._price(cls._product("Seat"), 10, "month")
        for external_id, record in (
            ("price_setup", cls.setup_price),
            ("price_seat", cls.seat),
        ):
            cls.link(cls, cls.stripe, "price", external_id, record)
        cls.product.product_tmpl_id.q2c_interval = "month"

    def subscribe(self, document):
        event = self.apply(self.stripe, document)
        self.assert_done(event)
        return self.env["q2c.subscription"].browse(event.res_id)

    def order(self, **values):
        prices = {self.product: 100, self.setup_product: 50}
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "q2c_trace": "T-7",
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "price_unit": price,
                            "tax_ids": False,
                        },
                    )
                    for product, price in prices.items()
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    # ------------------------------------------------------------------
    # CREATE
    # ------------------------------------------------------------------

    def test_foreign_subscription_is_mirrored(self):
        self.apply(self.stripe, Coupon(id="co_10", name="Ten", percent_off=Decimal(10)))
        subscription = self.subscribe(
            self.subscription(
                self.item(
                    quantity=Decimal(3),
                    discounts=(Discount(coupon_id="co_10"),),
                    tax_rates=("txr_20",),
                ),
                cancel_at_period_end=True,
                collection="send_invoice",
                days_until_due=14,
                trace="T-1",
            )
        )
        self.assertRecordValues(
            subscription,
            [
                {
                    "status": "active",
                    "partner_id": self.customer.id,
                    "order_id": False,
                    "collection": "send_invoice",
                    "days_until_due": 14,
                    "start_date": date(2026, 2, 1),
                    "period_start": date(2026, 2, 1),
                    "period_end": date(2026, 3, 1),
                    "cancel_at": date(2026, 3, 1),
                    "mrr": 270,
                    "trace": "T-1",
                }
            ],
        )
        self.assertRecordValues(
            subscription.item_ids,
            [
                {
                    "external_id": "si_1",
                    "price_id": self.price.id,
                    "quantity": 3,
                    "unit_amount": 100,
                    "discount": 10,
                    "tax_ids": self.tax.ids,
                }
            ],
        )

    def test_provider_owned_subscription_finds_its_order_by_name(self):
        self.stripe.subscription_owner = "provider"
        order = self.order()
        subscription = self.subscribe(
            self.subscription(
                self.item(),
                self.item("si_2", "price_seat", 1000),
                order_name=order.name,
            )
        )
        self.assertEqual(subscription.order_id, order)
        self.assertEqual(subscription.trace, "T-7")
        self.assertEqual(
            subscription.item_ids.mapped("order_line_id"), order.order_line[0]
        )

    def test_provider_owned_subscription_finds_its_order_by_opportunity(self):
        self.stripe.subscription_owner = "provider"
        lead = self.env["crm.lead"].create({"name": "D", "type": "opportunity"})
        self.link(self.salesforce, "opportunity", "006A", lead)
        order = self.order(opportunity_id=lead.id)
        subscription = self.subscribe(self.subscription(opportunity_id="006A"))
        self.assertEqual(subscription.order_id, order)
        # The order is billed: a second one does not get it.
        order.order_line[1].product_id = False
        second = self.subscribe(self.subscription(id="sub_2", opportunity_id="006A"))
        self.assertEqual(second.item_ids.order_line_id, self.env["sale.order.line"])

    # ------------------------------------------------------------------
    # MATCH AND UPDATE
    # ------------------------------------------------------------------

    def made_here(self):
        order = self.order()
        subscription = order.q2c_subscription_ids
        self.assertEqual(len(subscription.item_ids), 2)
        return subscription

    def answer(self, record, **values):
        """What Stripe says of a subscription that was made here."""
        recurring = record.item_ids.filtered(lambda item: item.interval == "month")
        return self.subscription(
            self.item(odoo_ref=self.stripe._odoo_ref(recurring)),
            odoo_ref=self.stripe._odoo_ref(record),
            **values,
        )

    def test_subscription_made_here_is_recognised_by_its_reference(self):
        record = self.made_here()
        subscription = self.subscribe(self.answer(record))
        self.assertEqual(subscription, record)
        self.assertEqual(record.status, "active")
        recurring, once = record.item_ids.sorted("interval")
        self.assertEqual(recurring.external_id, "si_1")
        self.assertEqual((once.interval, once.quantity), ("one_time", 1))
        copied = self.answer(record)
        other = self.subscribe(
            self.subscription(id="sub_copy", odoo_ref=copied.odoo_ref)
        )
        self.assertNotEqual(other, record)

    def test_reference_of_another_database_is_not_ours(self):
        record = self.made_here()
        foreign = f"other:q2c.subscription:{record.id}"
        subscription = self.subscribe(self.subscription(odoo_ref=foreign))
        self.assertNotEqual(subscription, record)

    def test_items_follow(self):
        record = self.subscribe(self.subscription())
        first = record.item_ids
        self.subscribe(
            self.subscription(
                self.item("si_2", "price_seat", 1000, quantity=Decimal(5))
            )
        )
        second = record.item_ids - first
        self.assertEqual((first.quantity, first.mrr), (0, 0))
        self.assertEqual((second.quantity, second.price_id), (5, self.seat))
        self.assertEqual(record.mrr, 50)
        self.subscribe(
            self.subscription(
                self.item("si_2", "price_seat", 1000, quantity=Decimal(6))
            )
        )
        self.assertEqual(record.mrr, 60)
        self.assertEqual(len(record.item_ids), 2)

    def test_rule_5_no_way_back_from_the_end(self):
        record = self.subscribe(self.subscription())
        self.subscribe(self.subscription(status="canceled", ended_at=END))
        self.assertEqual((record.status, record.mrr), ("canceled", 0))
        self.subscribe(self.subscription(status="active", ended_at=END))
        self.assertEqual(record.status, "canceled")
        self.assertEqual(record.ended_on, date(2026, 3, 1))

    def test_unknown_status_and_currency_are_held(self):
        self.assert_held(
            self.apply(self.stripe, self.subscription(status="odd")), "unknown_status"
        )
        self.env.ref("base.CHF").active = False
        self.assert_held(
            self.apply(self.stripe, self.subscription(currency="CHF")),
            "currency_inactive",
        )

    def test_subscription_waits_for_its_price(self):
        event = self.apply(
            self.stripe, self.subscription(self.item(price_id="price_9"))
        )
        self.assertEqual((event.state, event.waiting_for), ("waiting", "price:price_9"))

    def test_status_changes_are_told_to_the_crm(self):
        self.link(self.salesforce, "customer", "001", self.customer)
        self.env["q2c.status.field"].create(
            {
                "connection_id": self.salesforce.id,
                "kind": "customer",
                "value": "subscription_status",
                "field_name": "Subscription_Status__c",
            }
        )
        self.subscribe(self.subscription())
        command = self.commands("status", self.customer, "update")
        self.assertEqual(command.state, "queued")
        command.state = "done"
        later = datetime(2026, 4, 1, tzinfo=timezone.utc)
        self.subscribe(self.subscription(cancel_at=later))
        self.assertEqual(self.commands("status", self.customer, "update"), command)
        self.subscribe(self.subscription(status="past_due", cancel_at=later))
        self.assertEqual(len(self.commands("status", self.customer, "update")), 2)

    # ------------------------------------------------------------------
    # INVOICES OF IT
    # ------------------------------------------------------------------

    def test_its_invoice_names_subscription_order_and_salesperson(self):
        record = self.made_here()
        self.assert_done(
            self.apply(
                self.stripe,
                self.answer(record),
                self.invoice(
                    self.line(10000, rate="", subscription_item_id="si_1"),
                    self.line(5000, rate="", price_id="price_setup"),
                    subscription_id="sub_1",
                ),
            )
        )
        move = self.linked("invoice", "in_1")
        order = record.order_id
        self.assertEqual(move.q2c_subscription_id, record)
        self.assertEqual(move.invoice_origin, order.name)
        self.assertEqual(move.invoice_user_id, order.user_id)
        self.assertEqual(move.q2c_trace, "T-7")
        self.assertEqual(
            move.invoice_line_ids.mapped("sale_line_ids"), order.order_line
        )
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0, 0])

    def test_queries_fall_with_the_batch(self):
        def count(size, first):
            documents = [
                self.subscription(id=f"sub_{number}", customer_id=customer_id)
                for number, customer_id in enumerate(self.customers(size, first), first)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assert_done(self.apply(self.stripe, *documents))
            self.env.flush_all()
            return (self.env.cr.sql_log_count - before) / size

        count(1, first=1)
        one, twenty = count(1, first=2), count(20, first=100)
        self.assertLess(twenty, one / 3)
