# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a routing rule gives to a further company is sold, ordered and billed there."""

from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..canonical import Order, Subscription, SubscriptionItem, UnitAmount, Wait
from .common_companies import CompaniesCase
from .test_apply_deal import ACCOUNT, OPEN, PERSON, SEAT, SETUP, WON


@tagged("post_install", "-at_install")
class TestOrderCompanies(CompaniesCase):
    """What the customers of ``germany`` buy is sold by ``german``, through the Stripe
    account of the other company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesforce = cls.salesforce.with_env(cls.env)
        cls.env["q2c.connection.entity"].create(
            {"connection_id": cls.salesforce.id, "company_id": cls.german.id}
        )
        cls.germany = cls.env.ref("base.de")

    def setUp(self):
        super().setUp()
        self.in_force(
            self.rule(
                country_id=self.germany, routed_company_id=self.german, sequence=1
            )
        )
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)
        self.account = self.record_of(ACCOUNT, self.salesforce)
        self.account.country_id = self.germany

    def lead(self):
        return self.record_of(OPEN, self.salesforce)

    def order(self):
        return self.env["sale.order"].search([("opportunity_id", "=", self.lead().id)])

    def crm_order(self, **values):
        return Order(
            id="801000000000001AAA",
            number="00000100",
            customer_id=ACCOUNT.id,
            currency="USD",
            activated=True,
            lines=WON.lines,
            **values,
        )

    def won(self):
        self.assert_done(self.apply(self.salesforce, WON))
        return self.order()

    def person(self, login, *companies):
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "company_id": companies[0].id,
                "company_ids": [Command.set([company.id for company in companies])],
            }
        )

    # ------------------------------------------------------------------
    # ORDERS
    # ------------------------------------------------------------------

    def test_opportunity_and_order_are_of_the_company(self):
        order = self.won()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.company_id, self.german)
        self.assertEqual(self.lead().company_id, self.german)
        # Of the deal, which is not the company's own one.
        self.assertEqual(order.currency_id.name, "USD")
        self.assertEqual(order.pricelist_id.company_id, self.german)
        self.assertEqual(order.amount_untaxed, 1852.5)
        self.assertEqual(order.order_line.tax_ids.company_id, self.german)

    def test_what_no_rule_gives_away_stays(self):
        self.account.country_id = self.env.ref("base.fr")
        self.assertEqual(self.won().company_id, self.company)
        self.assertEqual(self.lead().company_id, self.company)

    def test_orders_stay_where_the_crm_names_no_further_company(self):
        self.salesforce.entity_ids.unlink()
        self.assertEqual(self.won().company_id, self.company)

    def test_an_order_stays_in_its_company(self):
        order = self.won()
        self.account.country_id = self.env.ref("base.fr")
        self.assert_done(self.apply(self.salesforce, replace(WON, description="More")))
        self.assertEqual(self.order(), order)
        self.assertEqual(order.company_id, self.german)
        self.assertEqual(self.lead().company_id, self.german)

    def test_one_batch_has_orders_of_both_companies(self):
        other = replace(ACCOUNT, id="001000000000002AAA", name="Bistro SARL")
        twin = replace(
            WON,
            id="006000000000002AAA",
            trace="006000000000002AAA",
            customer_id=other.id,
            contact_id="",
            lines=tuple(replace(each, id=f"{each.id[:-4]}9AAA") for each in WON.lines),
        )
        self.apply(self.salesforce, other)
        self.assert_done(self.apply(self.salesforce, WON, twin))
        leads = self.lead() | self.record_of(twin, self.salesforce)
        orders = self.env["sale.order"].search([("opportunity_id", "in", leads.ids)])
        self.assertEqual(
            orders.grouped("company_id").keys(), {self.company, self.german}
        )
        for order in orders:
            self.assertEqual(order.opportunity_id.company_id, order.company_id)

    def test_an_order_goes_where_its_opportunity_is(self):
        self.salesforce.order_source = "order"
        self.assert_done(self.apply(self.salesforce, WON))
        # Its customer has moved since.
        self.account.country_id = self.env.ref("base.fr")
        document = self.crm_order(opportunity_id=WON.id)
        self.assert_done(self.apply(self.salesforce, document))
        order = self.record_of(document, self.salesforce)
        self.assertEqual(order.opportunity_id, self.lead())
        self.assertEqual(order.company_id, self.german)

    def test_a_company_that_the_crm_does_not_name_leaves_it_at_home(self):
        """No later rule gets what the first one gave away."""
        data = self.setup_other_company(name="Filiale SARL")
        branch = data["company"].with_env(self.env)
        self.in_force(
            self.rule("First", country_id=self.germany, routed_company_id=branch),
            self.rule("Second", routed_company_id=self.german),
        )
        self.assertEqual(self.won().company_id, self.company)

    def test_revenue_without_a_rate_is_held(self):
        self.env["res.currency.rate"].search(
            [("company_id", "=", self.german.id)]
        ).unlink()
        self.assert_held(self.apply(self.salesforce, OPEN), "rate_missing")

    def test_a_conflict_is_the_affair_of_the_company_with_the_rules(self):
        self.won()
        link = self.env["q2c.binding"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead().id)]
        )
        self.assertEqual(link.company_id, self.german)
        conflict = self.env["q2c.conflict"].create(
            {"binding_id": link.id, "word": "name", "owner": "odoo"}
        )
        self.assertEqual(conflict.company_id, self.company)

    def test_an_order_of_the_crm_is_of_the_company(self):
        self.salesforce.order_source = "order"
        document = self.crm_order()
        self.assert_done(self.apply(self.salesforce, document))
        order = self.record_of(document, self.salesforce)
        self.assertEqual((order.company_id, order.state), (self.german, "sale"))

    def test_the_links_are_seen_by_the_company_alone(self):
        lead = self.won().opportunity_id
        for company, sees in ((self.german, True), (self.company, False)):
            with self.subTest(company.name):
                seller = new_test_user(
                    self.env,
                    f"seller of {company.id}",
                    "quote_to_cash.group_user,sales_team.group_sale_manager",
                    company_id=company.id,
                    company_ids=[Command.set(company.ids)],
                )
                links = self.env["q2c.binding"].with_user(seller)
                links = links.with_context(allowed_company_ids=company.ids)
                found = links.search(
                    [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
                )
                self.assertEqual(bool(found), sees)

    # ------------------------------------------------------------------
    # WHAT CANNOT BE
    # ------------------------------------------------------------------

    def test_without_access_it_is_held(self):
        self.salesforce.user_id.company_ids -= self.german
        event = self.apply(self.salesforce, WON)
        self.assert_held(event, "no_company_access")
        self.salesforce.user_id.company_ids += self.german
        self.assertEqual(self.won().company_id, self.german)

    def test_payment_terms_of_one_company_are_held(self):
        terms = self.env["account.payment.term"].create(
            {"name": "Net 45", "company_id": self.company.id}
        )
        self.env["q2c.mapping"].create(
            {
                "connection_id": self.salesforce.id,
                "kind": "payment_term",
                "key": "Net 45",
                "payment_term_id": terms.id,
            }
        )
        event = self.apply(self.salesforce, replace(WON, payment_terms="Net 45"))
        self.assert_held(event, "not_shared")

    def test_no_account_bills_for_a_company_that_it_does_not_name(self):
        order = self.won()
        second = self._connection("stripe", account_ref="acct_second")
        with self.assertRaisesRegex(ValidationError, "Tochter GmbH"):
            order.q2c_billing_connection_id = second

    # ------------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------------

    def test_salesperson_and_team_are_of_the_company(self):
        seller = self.person("sally", self.company, self.german)
        teams = self.env["crm.team"].create(
            [
                {
                    "name": company.name,
                    "company_id": company.id,
                    "sequence": number,
                    "member_ids": [Command.link(seller.id)],
                }
                for number, company in enumerate((self.company, self.german))
            ]
        )
        event = self.apply(
            self.salesforce, replace(WON, owner_email="sally@example.com")
        )
        self.assert_done(event)
        self.assertEqual(self.lead().user_id, seller)
        self.assertEqual(self.lead().team_id, teams[1])
        self.assertEqual(self.order().team_id, teams[1])

    def test_a_salesperson_without_access_is_left_out(self):
        self.person("sally", self.company)
        event = self.apply(
            self.salesforce, replace(WON, owner_email="sally@example.com")
        )
        self.assert_done(event)
        self.assertFalse(self.lead().user_id)

    def test_a_lead_that_changes_its_company_leaves_what_is_not_shared(self):
        self.account.country_id = self.env.ref("base.fr")
        seller = self.person("sally", self.company)
        team = self.env["crm.team"].create(
            {
                "name": "Home",
                "company_id": self.company.id,
                "member_ids": [Command.link(seller.id)],
            }
        )
        told = replace(OPEN, owner_email="sally@example.com")
        self.assert_done(self.apply(self.salesforce, told))
        self.assertEqual((self.lead().user_id, self.lead().team_id), (seller, team))
        self.account.country_id = self.germany
        told = replace(told, description="More")
        self.assert_done(self.apply(self.salesforce, told))
        self.assertEqual(self.lead().company_id, self.german)
        link = self.env["q2c.binding"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead().id)]
        )
        self.assertEqual(link.company_id, self.german)
        self.assertFalse(self.lead().user_id)
        self.assertFalse(self.lead().team_id)

    # ------------------------------------------------------------------
    # BILLING
    # ------------------------------------------------------------------

    def test_it_is_billed_through_the_account_that_names_the_company(self):
        subscription = self.won().q2c_subscription_ids
        self.assertEqual(subscription.connection_id, self.stripe)
        self.assertEqual(subscription.company_id, self.german)
        self.assertEqual(self.commands("subscription", subscription).state, "queued")

    def test_the_contract_bears_the_taxes_of_the_company(self):
        order = self.won()
        subscription, lines = order.q2c_subscription_ids, order.order_line
        prices = subscription.item_ids.price_id
        for number, price in enumerate(prices):
            self.link(self.stripe, "price", f"price_de{number}", price)
        self.link(self.stripe, "customer", "cus_de", subscription.partner_id)
        for number, coupon in enumerate(subscription.all_discount_ids.coupon_id):
            self.link(self.stripe, "coupon", f"coupon_{number}", coupon)
        self.assertEqual(lines.tax_ids.company_id, self.german)
        service = self.stripe._as_service()
        exporter = service.env["q2c.exporter.subscription"]
        record = subscription.with_env(service.env)
        # The tax of the company is created at the provider first.
        self.assertIsInstance(exporter._documents(service, record)[record], Wait)
        self.assertTrue(self.commands("tax_rate", lines.tax_ids))
        self.link(self.stripe, "tax_rate", "txr_de", lines.tax_ids)
        document = exporter._documents(service, record)[record]
        self.assertEqual(document.items[0].tax_rates, ("txr_de",))

    def test_an_account_of_its_own_goes_before(self):
        own = self._connection("stripe", account_ref="acct_german")
        own.with_company(self.german).company_id = self.german
        own.state = "active"
        self.assertEqual(self.won().q2c_subscription_ids.connection_id, own)

    def test_invoices_of_the_order_are_booked_where_it_was_sold(self):
        order = self.won()
        self.link(self.stripe, "subscription", "sub_de", order.q2c_subscription_ids)
        # No rule speaks any more: what was sold by a company is billed by it.
        self.in_force(self.rule(journal_id=self.journal))
        document = self.invoice(
            self.line(10000, tax=2000),
            id="in_de9",
            number="DE-9",
            subscription_id="sub_de",
        )
        self.assert_done(self.apply(self.stripe, document))
        move = self.record_of(document)
        self.assertEqual(move.company_id, self.german)
        self.assertEqual(move.journal_id, self.entity.invoice_journal_id)

    def test_a_subscription_made_at_the_provider_is_of_its_orders_company(self):
        self.stripe.subscription_owner = "provider"
        order = self.won()
        self.assertFalse(order.q2c_subscription_ids)
        document = Subscription(
            id="sub_made",
            customer_id="cus_1",
            status="active",
            currency="USD",
            order_name=order.name,
            items=(
                SubscriptionItem(
                    id="si_1",
                    price_id="price_1",
                    quantity=Decimal(1),
                    unit_amount=UnitAmount.of_major(Decimal(49), "USD"),
                    interval="month",
                    interval_count=1,
                ),
            ),
        )
        self.assert_done(self.apply(self.stripe, document))
        self.assertEqual(order.q2c_subscription_ids.company_id, self.german)
        self.assertEqual(order.q2c_subscription_ids.connection_id, self.stripe)

    def test_the_crm_is_told_of_orders_and_contracts_of_the_company(self):
        order = self.won()
        subscription = order.q2c_subscription_ids
        subscription.sudo().status = "active"
        status = self.salesforce._as_service().env["q2c.status"]
        told = status._values(self.lead().with_env(status.env))
        self.assertEqual(told["order_number"], order.name)
        self.assertEqual(told["subscription_status"], "Active")
        told = status._values(self.account.with_env(status.env))
        self.assertEqual(told["account_status"], "Active")
