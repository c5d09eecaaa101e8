# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opportunities become leads and, once won, one confirmed order and one contract."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..canonical import Contact, Customer, Opportunity, Order, OrderLine, UnitAmount
from ..canonical import Product as CanonicalProduct
from .common import Q2CCase

ACCOUNT = Customer(id="001000000000001AAA", name="Brasserie SA")
PERSON = Contact(id="003000000000001AAA", name="Amélie", customer_id=ACCOUNT.id)
SEAT = CanonicalProduct(
    id="01t000000000001AAA", name="Seat", code="SEAT", interval="month"
)
SETUP = CanonicalProduct(
    id="01t000000000002AAA", name="Setup", code="SETUP", interval="one_time"
)


def line(number, product, quantity, price, discount="0", currency="USD"):
    return OrderLine(
        id=f"00k00000000000{number}AAA",
        product_id=product.id,
        name=f"{product.name} line",
        quantity=Decimal(quantity),
        unit_price=UnitAmount.of_major(Decimal(price), currency),
        discount=Decimal(discount),
    )


LINES = (line(1, SEAT, "25", "49.00", "10"), line(2, SETUP, "1", "1500.00", "50"))
OPEN = Opportunity(
    id="006000000000001AAA",
    trace="006000000000001AAA",
    name="Brasserie - 25 seats",
    customer_id=ACCOUNT.id,
    contact_id=PERSON.id,
    stage="Proposition",
    probability=Decimal(40),
    amount=Decimal("1852.50"),
    currency="USD",
    close_date=date(2026, 3, 15),
    lines=LINES,
)
WON = replace(OPEN, stage="Closed Won", is_closed=True, is_won=True)
LOST = replace(OPEN, stage="Closed Lost", is_closed=True)


@tagged("post_install", "-at_install")
class TestDeals(Q2CCase):
    def setUp(self):
        super().setUp()
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)

    def lead(self):
        return self.record_of(OPEN, self.salesforce)

    def orders(self):
        return self.env["sale.order"].search([("opportunity_id", "=", self.lead().id)])

    def test_open_opportunity_is_a_lead(self):
        self.assert_done(self.apply(self.salesforce, OPEN))
        lead = self.lead()
        self.assertEqual(
            (lead.type, lead.stage_id.name, lead.probability, lead.expected_revenue),
            ("opportunity", "Proposition", 40, 1852.5),
        )
        self.assertEqual(lead.partner_id.parent_id.name, "Brasserie SA")
        self.assertFalse(self.orders())

    def test_rule_9_an_undeleted_deal_is_there_again(self):
        for document in (OPEN, LOST, WON):
            with self.subTest(document.stage):
                told = replace(
                    document, id=f"{document.id[:14]}{document.stage[-1]}AAA"
                )
                told = replace(told, trace=told.id, lines=())
                self.apply(self.salesforce, told)
                lead = self.record_of(told, self.salesforce)
                was = lead.active, lead.won_status
                self.apply(self.salesforce, replace(told, deleted=True))
                self.assertFalse(lead.active)
                self.apply(self.salesforce, told)
                self.assertEqual((lead.active, lead.won_status), was)

    def test_owner_becomes_the_salesperson(self):
        user = self.env["res.users"].create(
            {
                "name": "Sally",
                "login": "sally",
                "email": "sally@example.com",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        self.apply(self.salesforce, replace(OPEN, owner_email="Sally@example.com"))
        self.assertEqual(self.lead().user_id, user)

    def test_won_opportunity_is_a_confirmed_order_to_the_cent(self):
        self.assert_done(self.apply(self.salesforce, WON))
        order = self.orders()
        self.assertEqual(len(order), 1)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_untaxed, 1852.5)
        self.assertEqual(order.order_line.mapped("discount"), [10, 50])
        self.assertEqual(order.partner_invoice_id.name, "Brasserie SA")
        self.assertEqual(order.q2c_trace, WON.id)
        self.assertEqual(self.lead().won_status, "won")

    def test_order_becomes_one_subscription_to_be_created(self):
        self.apply(self.salesforce, WON)
        subscription = self.orders().q2c_subscription_ids
        self.assertEqual(len(subscription), 1)
        self.assertEqual(subscription.connection_id, self.stripe)
        self.assertEqual(
            subscription.item_ids.mapped("interval"), ["month", "one_time"]
        )
        self.assertEqual(subscription.mrr, 1102.5)
        command = self.commands("subscription", subscription)
        self.assertEqual((command.state, command.trace), ("queued", WON.id))
        self.assertFalse(self.orders().order_line.filtered("qty_to_invoice"))

    def test_applied_again_it_is_the_same_order(self):
        self.apply(self.salesforce, WON)
        order = self.orders()
        self.assert_done(self.apply(self.salesforce, replace(WON, description="More")))
        self.assertEqual(self.orders(), order)
        self.assertEqual(len(order.q2c_subscription_ids), 1)

    def test_won_without_products_is_held_and_made_up_for(self):
        event = self.apply(self.salesforce, replace(WON, lines=()))
        self.assert_held(event, "no_lines")
        self.assertIn("Brasserie - 25 seats", event.message)
        self.assertFalse(self.orders())
        self.assert_done(self.apply(self.salesforce, WON))
        self.assertEqual(self.orders().state, "sale")

    def test_held_deal_is_looked_at_again_though_nothing_changed(self):
        empty = replace(WON, lines=())
        self.apply(self.salesforce, empty)
        self.assert_held(self.apply(self.salesforce, empty), "no_lines")

    def test_quotation_follows_the_deal_until_it_is_confirmed(self):
        self.salesforce.order_confirmation = "quotation"
        self.apply(self.salesforce, WON)
        order = self.orders()
        self.assertEqual(order.state, "draft")
        fewer = replace(WON, lines=(line(1, SEAT, "20", "49.00", "10"),))
        self.assert_done(self.apply(self.salesforce, fewer))
        self.assertEqual(self.orders(), order)
        self.assertEqual(order.amount_untaxed, 882)
        self.assertEqual(len(order.order_line), 1)

    def test_change_after_confirmation_is_held(self):
        self.apply(self.salesforce, WON)
        more = replace(WON, lines=(line(1, SEAT, "30", "49.00", "10"), LINES[1]))
        event = self.apply(self.salesforce, more)
        self.assert_held(event, "order_confirmed")
        self.assertEqual(self.orders().amount_untaxed, 1852.5)

    def test_lost_after_confirmation_is_held(self):
        self.apply(self.salesforce, WON)
        self.assert_held(self.apply(self.salesforce, LOST), "order_confirmed")
        self.assertEqual(self.orders().state, "sale")

    def test_lost_and_open_again(self):
        self.apply(self.salesforce, OPEN)
        lead = self.lead()
        self.assert_done(self.apply(self.salesforce, LOST))
        self.assertEqual((lead.active, lead.won_status), (False, "lost"))
        self.assert_done(self.apply(self.salesforce, replace(OPEN, description="On")))
        self.assertEqual((lead.active, lead.won_status), (True, "pending"))

    def test_cancelled_order_is_not_made_again(self):
        self.apply(self.salesforce, WON)
        order = self.orders()
        order._action_cancel()
        self.assert_done(self.apply(self.salesforce, replace(WON, description="x")))
        self.assertEqual((self.orders(), order.state), (order, "cancel"))

    def test_foreign_currency_is_the_orders(self):
        eur = self.env.ref("base.EUR")
        eur.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 0.9,
                "currency_id": eur.id,
                "company_id": self.company.id,
            }
        )
        foreign = replace(
            WON,
            currency="EUR",
            lines=(line(1, SEAT, "2", "49.00", currency="EUR"),),
        )
        self.assert_done(self.apply(self.salesforce, foreign))
        self.assertEqual(self.orders().currency_id, eur)
        self.assertEqual(self.orders().amount_untaxed, 98)

    def test_finer_quantity_than_odoo_keeps_is_held(self):
        fine = replace(WON, lines=(line(1, SEAT, "0.333", "30"),))
        event = self.apply(self.salesforce, fine)
        self.assert_held(event, "order_total_mismatch")
        self.assertNotEqual(self.orders().state, "sale")

    def test_one_bad_deal_lets_the_others_go(self):
        bad = replace(WON, id="006000000000002AAA", trace="", lines=())
        good, held = self.apply(self.salesforce, WON, bad)
        self.assert_done(good)
        self.assert_held(held, "no_lines")
        self.assertEqual(self.orders().state, "sale")

    def test_salesforce_owns_no_orders(self):
        self.salesforce.order_source = "none"
        self.assert_done(self.apply(self.salesforce, WON))
        self.assertFalse(self.orders())

    def test_queries_per_deal_fall_as_the_batch_grows(self):
        def queries(numbers):
            deals = [
                replace(WON, id=f"006q{n}", trace=f"006q{n}", name=f"Deal {n}")
                for n in numbers
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assert_done(self.apply(self.salesforce, *deals))
            self.env.flush_all()
            return (self.cr.sql_log_count - before) / len(deals)

        queries([0])
        single, many = queries([1]), queries(range(2, 22))
        self.assertLess(many, single / 2)


@tagged("post_install", "-at_install")
class TestOrders(Q2CCase):
    def setUp(self):
        super().setUp()
        self.salesforce.order_source = "order"
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)
        self.order = Order(
            id="801000000000001AAA",
            trace=WON.id,
            number="00000101",
            customer_id=ACCOUNT.id,
            opportunity_id=WON.id,
            activated=True,
            currency="USD",
            lines=LINES,
        )

    def test_activated_order_is_the_sales_order(self):
        self.assert_done(self.apply(self.salesforce, WON, self.order))
        order = self.record_of(self.order, self.salesforce)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 1852.5))
        self.assertEqual(order.opportunity_id, self.record_of(WON, self.salesforce))
        self.assertEqual(order.client_order_ref, "00000101")
        self.assertEqual(
            self.env["sale.order"].search_count([("q2c_trace", "=", WON.id)]), 1
        )

    def test_draft_order_is_not_here_yet(self):
        draft = replace(self.order, activated=False)
        _deal, event = self.apply(self.salesforce, WON, draft)
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))

    def test_changed_after_confirmation_is_held(self):
        self.apply(self.salesforce, WON, self.order)
        event = self.apply(self.salesforce, replace(self.order, lines=LINES[:1]))
        self.assert_held(event, "order_confirmed")
