# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An order follows its deal to the cent until it is confirmed, and no further."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..canonical import Customer, Opportunity, Order, OrderLine, Product, UnitAmount
from .common import Q2CCase

ACCOUNT = Customer(id="001000000000001AAA", name="Brasserie SA")
SEAT = Product(id="01t000000000001AAA", name="Seat", code="SEAT", interval="month")


def line(number, quantity, price, discount="0", **values):
    return OrderLine(
        id=f"00k00000000000{number}AAA",
        product_id=SEAT.id,
        name=f"Seat {number}",
        quantity=Decimal(quantity),
        unit_price=UnitAmount.of_major(Decimal(price), "USD"),
        discount=Decimal(discount),
        **values,
    )


WON = Opportunity(
    id="006000000000001AAA",
    trace="006000000000001AAA",
    name="25 seats",
    customer_id=ACCOUNT.id,
    stage="Closed Won",
    is_closed=True,
    is_won=True,
    currency="USD",
    billing_start=date(2026, 4, 1),
    lines=(line(1, "25", "49.00", "10"),),
)
LOST = replace(WON, stage="Closed Lost", is_won=False)
OPEN = replace(WON, stage="Negotiation", is_won=False, is_closed=False)
DELETED = replace(WON, deleted=True)


@tagged("post_install", "-at_install")
class TestOrderOfDeal(Q2CCase):
    def setUp(self):
        super().setUp()
        self.apply(self.salesforce, ACCOUNT, SEAT)
        self.sale = self.env["sale.order"]

    def lead(self):
        return self.record_of(WON, self.salesforce)

    def order(self):
        return self.sale.search([("q2c_trace", "=", WON.id)])

    def quote(self, deal=WON):
        """A deal whose order stays a quotation."""
        self.salesforce.order_confirmation = "quotation"
        self.assert_done(self.apply(self.salesforce, deal))
        return self.order()

    # ------------------------------------------------------------------
    # WHAT IS WRITTEN
    # ------------------------------------------------------------------

    def test_start_of_billing_and_interval_reach_the_contract(self):
        yearly = replace(WON, lines=(line(1, "25", "49.00", interval="year"),))
        self.assert_done(self.apply(self.salesforce, yearly))
        contract = self.order().q2c_subscription_ids
        self.assertEqual(contract.start_date, date(2026, 4, 1))
        self.assertEqual(
            (contract.item_ids.interval, contract.item_ids.interval_count), ("year", 1)
        )

    def test_invoice_goes_to_the_invoice_address(self):
        account = self.record_of(ACCOUNT, self.salesforce)
        billing = self.env["res.partner"].create(
            {"name": "Billing", "type": "invoice", "parent_id": account.id}
        )
        self.apply(self.salesforce, WON)
        self.assertEqual(self.order().partner_invoice_id, billing)
        self.assertEqual(self.order().q2c_subscription_ids.partner_id, account)

    def test_won_deal_of_nobody_is_held(self):
        event = self.apply(self.salesforce, replace(WON, customer_id=""))
        self.assert_held(event, "no_customer")
        self.assertIn("25 seats", event.message)

    def test_what_odoo_refuses_is_for_a_person(self):
        def refuse(orders):
            raise UserError(orders.env._("An analytic account is missing."))

        self.patch(self.registry["sale.order"], "action_confirm", refuse)
        event = self.apply(self.salesforce, WON)
        self.assert_held(event, "refused")
        self.assertEqual(
            event.message, "Odoo refuses it: An analytic account is missing."
        )
        self.assertFalse(self.order(), "nothing of it is left")

    def test_agreed_price_stays_when_someone_changes_the_quantity(self):
        order = self.quote()
        order.order_line.product_uom_qty = 30
        self.assertEqual(order.order_line.price_unit, 49)

    # ------------------------------------------------------------------
    # QUOTATIONS FOLLOW
    # ------------------------------------------------------------------

    def test_quotation_follows_in_its_head_too(self):
        order = self.quote()
        later = replace(WON, billing_start=date(2026, 5, 1), quote_number="Q-7")
        self.assert_done(self.apply(self.salesforce, later))
        self.assertEqual(
            (order.q2c_billing_start, order.client_order_ref), (date(2026, 5, 1), "Q-7")
        )

    def test_quotation_keeps_its_lines_by_their_ids(self):
        order = self.quote()
        kept = order.order_line
        more = replace(WON, lines=(line(1, "30", "49.00"), line(2, "1", "5.00")))
        self.assert_done(self.apply(self.salesforce, more))
        self.assertIn(kept, order.order_line)
        self.assertEqual((kept.product_uom_qty, kept.price_unit), (30, 49))
        self.assertEqual(order.amount_untaxed, 1475)

    def test_lost_deal_takes_its_quotation_along_and_back(self):
        order = self.quote()
        self.assert_done(self.apply(self.salesforce, LOST))
        self.assertEqual((self.lead().won_status, order.state), ("lost", "cancel"))
        self.salesforce.order_confirmation = "confirm"
        self.assert_done(self.apply(self.salesforce, replace(WON, description="Back")))
        self.assertEqual((self.order(), order.state), (order, "sale"))
        self.assertEqual(self.lead().won_status, "won")

    def test_order_that_a_person_cancelled_stays_so(self):
        order = self.quote()
        order._action_cancel()
        self.assert_done(self.apply(self.salesforce, replace(WON, description="x")))
        self.assertEqual((self.order(), order.state), (order, "cancel"))

    # ------------------------------------------------------------------
    # CONFIRMED ORDERS DO NOT
    # ------------------------------------------------------------------

    def test_what_was_agreed_here_is_not_questioned_by_unrelated_news(self):
        self.apply(self.salesforce, WON)
        self.order().order_line.product_uom_qty = 26
        self.assert_done(self.apply(self.salesforce, replace(WON, description="News")))
        self.assertEqual(self.order().order_line.product_uom_qty, 26)

    def test_change_that_was_made_on_both_sides_is_settled(self):
        self.apply(self.salesforce, WON)
        more = replace(WON, lines=(line(1, "30", "49.00", "10"),))
        self.assert_held(self.apply(self.salesforce, more), "order_confirmed")
        self.order().order_line.product_uom_qty = 30
        self.assert_done(self.apply(self.salesforce, more))

    def test_open_again_after_confirmation_is_held(self):
        self.apply(self.salesforce, WON)
        self.assert_held(self.apply(self.salesforce, OPEN), "order_confirmed")
        self.assertEqual(self.order().state, "sale")

    def test_deleted_after_confirmation_is_held(self):
        self.apply(self.salesforce, WON)
        self.assert_held(self.apply(self.salesforce, DELETED), "order_confirmed")
        self.assertTrue(self.lead().active)

    def test_deleted_deal_makes_no_order(self):
        self.apply(self.salesforce, OPEN)
        self.assert_done(self.apply(self.salesforce, DELETED))
        self.assertFalse(self.order())
        self.assertFalse(self.lead().active)

    # ------------------------------------------------------------------
    # TO THE CENT
    # ------------------------------------------------------------------

    def test_rule_16_a_cent_for_each_line_is_too_much(self):
        """Three digits of a quantity that Odoo rounds to two."""
        lines = tuple(line(n, "0.333", "3.00") for n in range(1, 4))
        event = self.apply(self.salesforce, replace(WON, lines=lines))
        self.assert_held(event, "order_total_mismatch")
        self.assertIn("3.00", event.message)

    def test_half_a_cent_may_be_rounded_either_way(self):
        lines = tuple(line(n, "1", "0.015") for n in range(1, 4))
        self.assert_done(self.apply(self.salesforce, replace(WON, lines=lines)))

    def test_rounding_for_the_whole_document_is_held(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        lines = tuple(line(n, "1", "0.333") for n in range(1, 4))
        event = self.apply(self.salesforce, replace(WON, lines=lines))
        self.assert_held(event, "order_total_mismatch")

    def test_prices_with_tax_inside_are_compared_with_tax(self):
        tax = self.company.account_sale_tax_id
        tax.price_include_override = "tax_included"
        self.assert_done(self.apply(self.salesforce, WON))
        self.assertEqual(self.order().amount_total, 1102.5)

    # ------------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------------

    def test_won_and_lost_without_an_order(self):
        self.salesforce.order_source = "none"
        for deal, status in ((WON, "won"), (LOST, "lost"), (WON, "won")):
            self.assert_done(self.apply(self.salesforce, deal))
            self.assertEqual(self.lead().won_status, status)
        self.assert_done(self.apply(self.salesforce, replace(OPEN, probability=30)))
        lead = self.lead()
        self.assertEqual((lead.won_status, lead.probability), ("pending", 30))

    def test_lead_stays_in_the_company_though_nobody_has_it(self):
        self.apply(self.salesforce, OPEN)
        self.assertFalse(self.lead().user_id)
        other = replace(ACCOUNT, id="001000000000002AAA", name="Other")
        moved = replace(OPEN, customer_id=other.id)
        self.assert_done(self.apply(self.salesforce, other, moved)[1])
        self.assertEqual(self.lead().company_id, self.company)

    def test_amount_in_a_currency_without_a_rate_is_held(self):
        self.env.ref("base.EUR").active = True
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.env.ref("base.EUR").id)]
        ).unlink()
        deal = replace(OPEN, currency="EUR", amount=Decimal(100), lines=())
        self.assert_held(self.apply(self.salesforce, deal), "rate_missing")


@tagged("post_install", "-at_install")
class TestOrderOfSalesforce(Q2CCase):
    def setUp(self):
        super().setUp()
        self.salesforce.order_source = "order"
        self.apply(self.salesforce, ACCOUNT, SEAT)
        self.document = Order(
            id="801000000000001AAA",
            trace=WON.id,
            number="00000101",
            customer_id=ACCOUNT.id,
            opportunity_id=WON.id,
            activated=True,
            currency="USD",
            lines=WON.lines,
        )

    def orders(self):
        return self.env["sale.order"].search([("q2c_trace", "=", WON.id)])

    def test_held_order_leaves_nothing_that_retry_would_double(self):
        wrong = replace(self.document, lines=(line(1, "0.333", "300.00"),))
        _deal, event = self.apply(self.salesforce, WON, wrong)
        self.assert_held(event, "order_total_mismatch")
        self.assert_done(self.apply(self.salesforce, self.document))
        self.assertEqual(len(self.orders()), 1)

    def test_deal_that_was_ordered_before_the_source_changed_is_held(self):
        self.salesforce.order_source = "opportunity"
        self.assert_done(self.apply(self.salesforce, WON))
        self.salesforce.order_source = "order"
        event = self.apply(self.salesforce, self.document)
        self.assert_held(event, "ordered_already")
        self.assertEqual(len(self.orders()), 1)

    def test_deactivated_after_confirmation_is_held(self):
        self.apply(self.salesforce, WON, self.document)
        draft = replace(self.document, activated=False)
        self.assert_held(self.apply(self.salesforce, draft), "order_confirmed")

    def test_two_orders_of_one_deal_are_two(self):
        second = replace(
            self.document,
            id="801000000000002AAA",
            number="102",
            lines=(line(2, "1", "5"),),
        )
        self.assert_done(self.apply(self.salesforce, WON, self.document, second))
        self.assertEqual(sorted(self.orders().mapped("amount_untaxed")), [5, 1102.5])
