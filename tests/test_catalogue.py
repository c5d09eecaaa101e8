# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products and price lists go from their owner to the others, and what differs is
listed."""

import dataclasses
from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..canonical import Outcome, Price, PriceList, Product, Ref, UnitAmount
from .common import Q2CCase

SEAT = Product(id="01t000000000001AAA", name="Seat", code="SEAT", interval="month")
STANDARD = PriceList(id="01s000000000001AAA", name="Standard Price Book", standard=True)
EUROPE = PriceList(id="01s000000000002AAA", name="Europe")


def amount(value, currency="USD"):
    return UnitAmount.of_major(Decimal(value), currency)


def entry(identifier, value, book=STANDARD, currency="USD", **values):
    values = {"product_id": SEAT.id, "interval": "month", **values}
    return Price(
        id=identifier,
        unit_amount=amount(value, currency),
        currency=currency,
        price_list_id=book.id,
        **values,
    )


class CatalogueCase(Q2CCase):
    """``sent``: requests that went out, oldest first; each is answered by an id."""

    def setUp(self):
        super().setUp()
        self.sent = []
        for connection in (self.stripe, self.salesforce):
            provider = self.registry[f"q2c.provider.{connection.provider}"]
            self.patch(provider, "_send", self._send)
        self.euro = self.env.ref("base.EUR")
        self.euro.active = True

    def _send(self, connection, calls):
        for key, request in calls:
            self.sent.append((connection.provider, request))
            number = len(self.sent)
            made = request.id if request.verb == "update" else f"new_{number}"
            if connection.provider == "salesforce" and request.verb != "update":
                made = f"01x{number:012}AAA"
            yield [(key, Outcome(id=made))]

    def send(self, connection=None, times=4):
        """Everything that is due, and what follows from it; what was sent by it."""
        before = len(self.sent)
        for _turn in range(times):
            for each in connection or (self.stripe | self.salesforce):
                self.env["q2c.sender"]._run(each)
        return [request for _provider, request in self.sent[before:]]

    def own(self, subject, owner):
        """A rule of the revision that is in force."""
        policy = self.env["q2c.policy"]._in_force(self.company)
        policy = policy or self.env["q2c.policy"].create(
            {"company_id": self.company.id, "state": "in_force"}
        )
        self.env["q2c.ownership.rule"].create(
            {
                "policy_id": policy.id,
                "subject": subject,
                "owner": owner,
                "date_from": "2020-01-01",
            }
        )

    def make(self, **values):
        return self.env["product.product"].create(
            {
                "name": "Seat",
                "default_code": "SEAT",
                "type": "service",
                "list_price": 49,
                "q2c_interval": "month",
                "taxes_id": False,
                **values,
            }
        )

    def check(self, product, **values):
        self.env.flush_all()
        self.env["q2c.catalogue.check"].invalidate_model()
        rows = self.env["q2c.catalogue.check"].search([("product_id", "=", product.id)])
        for name, value in values.items():
            rows = rows.filtered(lambda row, n=name, v=value: row[n] == v)
        return rows


@tagged("post_install", "-at_install")
class TestPriceBooks(CatalogueCase):
    """Salesforce → Odoo."""

    def setUp(self):
        super().setUp()
        self.apply(self.salesforce, SEAT, STANDARD, EUROPE)
        self.seat = self.record_of(SEAT, self.salesforce)

    def price(self, book, currency, product=None):
        pricelist = self.record_of(book, self.salesforce)._q2c_in(currency)
        return pricelist._get_product_price(
            product or self.seat, 1, currency=currency, date=False
        )

    def test_standard_price_is_the_sales_price(self):
        self.assert_done(
            self.apply(self.salesforce, entry("01u000000000001AAA", "49.50"))
        )
        self.assertEqual(self.seat.list_price, 49.5)
        self.assert_done(self.apply(self.salesforce, entry("01u000000000001AAA", "59")))
        self.assertEqual(self.seat.list_price, 59)

    def test_further_currencies_are_lists_of_their_own(self):
        self.assert_done(
            self.apply(
                self.salesforce,
                entry("01u000000000001AAA", "49"),
                entry("01u000000000002AAA", "45", currency="EUR"),
                entry("01u000000000003AAA", "40", EUROPE, "EUR"),
                entry("01u000000000004AAA", "44", EUROPE),
            )
        )
        europe = self.record_of(EUROPE, self.salesforce)
        usd = self.company.currency_id
        self.assertEqual(self.price(STANDARD, self.euro), 45)
        self.assertEqual(self.price(EUROPE, self.euro), 40)
        self.assertEqual(self.price(EUROPE, usd), 44)
        self.assertEqual(
            europe.currency_id, self.euro, "an empty one takes the first it has"
        )
        self.assertEqual(europe._q2c_in(usd).q2c_main_id, europe)

    def test_archived_entry_leaves_its_list_and_comes_back(self):
        line = entry("01u000000000003AAA", "40", EUROPE, "EUR")
        self.apply(self.salesforce, entry("01u000000000001AAA", "49"), line)
        europe = self.record_of(EUROPE, self.salesforce)
        self.assertEqual(len(europe.item_ids), 1)
        self.assert_done(
            self.apply(self.salesforce, dataclasses.replace(line, active=False))
        )
        self.assertFalse(europe.item_ids)
        self.assert_done(self.apply(self.salesforce, line))
        self.assertEqual(europe.item_ids.fixed_price, 40)

    def test_archived_book_is_an_archived_list_in_all_currencies(self):
        self.apply(
            self.salesforce,
            entry("01u000000000003AAA", "40", EUROPE, "EUR"),
            entry("01u000000000004AAA", "44", EUROPE),
        )
        europe = self.record_of(EUROPE, self.salesforce)
        further = europe._q2c_in(self.company.currency_id)
        gone = dataclasses.replace(EUROPE, name="Europe 2026", active=False)
        self.assert_done(self.apply(self.salesforce, gone))
        for pricelist in europe | further:
            self.assertEqual((pricelist.name, pricelist.active), ("Europe 2026", False))

    def test_entry_stays_what_it_is_linked_to_whatever_it_costs(self):
        self.apply(self.salesforce, entry("01u000000000001AAA", "49"))
        before = self.record_of(entry("01u000000000001AAA", "49"), self.salesforce)
        self.apply(self.salesforce, entry("01u000000000001AAA", "59"))
        after = self.record_of(entry("01u000000000001AAA", "59"), self.salesforce)
        self.assertEqual((before, before._name), (after, "q2c.price.entry"))

    def test_prices_that_odoo_owns_are_not_taken(self):
        self.own("price", "odoo")
        self.seat.list_price = 70
        self.assert_done(
            self.apply(
                self.salesforce,
                entry("01u000000000001AAA", "49"),
                entry("01u000000000003AAA", "40", EUROPE, "EUR"),
            )
        )
        self.assertEqual(self.seat.list_price, 70)
        self.assertEqual(
            self.price(EUROPE, self.euro), 40, "what Odoo has no price of is filled in"
        )
        self.assertEqual(self.check(self.seat, is_standard=True).issue, "amount")

    def test_a_price_book_is_nobody_s_pricelist_by_itself(self):
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        others = self.env["product.pricelist"].search([("q2c_is_book", "=", False)])
        others.active = False
        self.apply(self.salesforce, entry("01u000000000003AAA", "40", EUROPE, "EUR"))
        partner = self.env["res.partner"].create({"name": "New"})
        self.assertFalse(
            partner.with_company(self.company).property_product_pricelist.q2c_is_book
        )

    def test_thousands_of_entries_cost_few_queries_each(self):
        products = [
            Product(id=f"01t{number:012}AAA", name=f"P{number}", code=f"P{number}")
            for number in range(60)
        ]
        self.apply(self.salesforce, *products)
        lines = [
            entry(
                f"01u{number:012}AAA", "10", product_id=product.id, interval="one_time"
            )
            for number, product in enumerate(products)
        ]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assert_done(self.apply(self.salesforce, *lines))
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 10 * len(lines))


@tagged("post_install", "-at_install")
class TestStripeCatalogue(CatalogueCase):
    """Odoo → Stripe, and back."""

    def publish(self, what="marked", connection=None):
        (connection or self.stripe).publish_catalogue = what

    def test_nothing_is_published_unless_asked_for(self):
        product = self.make()
        self.assertFalse(self.commands("product", product))

    def test_only_recurring_and_marked_products_are_published(self):
        self.publish()
        seat, once = self.make(), self.make(q2c_interval="one_time")
        marked = self.make(q2c_interval="one_time", q2c_publish=True)
        self.assertTrue(self.commands("product", seat))
        self.assertFalse(self.commands("product", once))
        self.assertTrue(self.commands("product", marked))

    def test_a_category_is_published_with_those_below(self):
        top = self.env["product.category"].create({"name": "Sold"})
        below = self.env["product.category"].create(
            {"name": "Software", "parent_id": top.id}
        )
        with self.assertRaises(ValidationError):
            self.publish("category")
        self.stripe.write(
            {"publish_catalogue": "category", "publish_category_id": top.id}
        )
        inside = self.make(categ_id=below.id, q2c_interval="one_time")
        self.assertTrue(self.commands("product", inside))
        self.assertFalse(self.commands("product", self.make()))

    def test_product_and_price_are_created_and_the_price_named(self):
        self.publish()
        product = self.make()
        requests = self.send()
        self.assertEqual(
            [(r.verb, r.resource) for r in requests],
            [("create", "products"), ("create", "prices"), ("update", "products")],
        )
        price = requests[1].params
        self.assertEqual(
            (price["unit_amount"], price["currency"], price["recurring"]),
            (4900, "usd", {"interval": "month", "interval_count": 1}),
        )
        self.assertEqual(price["lookup_key"], f"odoo-{product.id}-usd-1-month")
        self.assertEqual(requests[2].params["default_price"], "new_2")
        self.assertFalse(self.send(), "nothing is sent twice")

    def test_another_amount_takes_over_then_the_former_price_is_archived(self):
        self.publish()
        product = self.make()
        self.send()
        product.list_price = 59
        requests = self.send()
        self.assertEqual(
            [(r.verb, r.resource) for r in requests],
            [("create", "prices"), ("update", "products"), ("update", "prices")],
        )
        self.assertEqual(requests[0].params["unit_amount"], 5900)
        self.assertTrue(requests[0].params["transfer_lookup_key"])
        self.assertEqual(
            (requests[2].id, requests[2].params), ("new_2", {"active": False})
        )
        product.list_price = 49
        requests = self.send()
        self.assertEqual(
            [(r.verb, r.resource, r.id, r.params.get("active")) for r in requests],
            [
                ("update", "prices", "new_2", True),
                ("update", "products", "new_1", True),
                ("update", "prices", requests[2].id, False),
            ],
        )

    def test_an_archived_price_is_put_on_sale_before_it_is_sold(self):
        self.publish()
        product = self.make()
        self.send()
        product.list_price = 59
        self.send()
        order = self.env["sale.order"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.partner_a.id,
                "order_line": [
                    (
                        0,
                        0,
                        {"product_id": product.id, "price_unit": 49, "tax_ids": False},
                    )
                ],
            }
        )
        order.action_confirm()
        requests = self.send()
        self.assertEqual(
            (requests[0].id, requests[0].params.get("active")), ("new_2", True)
        )
        self.assertIn("subscriptions", [request.resource for request in requests])

    def test_an_archived_product_is_archived_there(self):
        self.publish()
        product = self.make()
        self.send()
        product.active = False
        [request] = self.send()
        self.assertEqual(
            (request.resource, request.params["active"]), ("products", False)
        )

    def test_further_currencies_of_standard_prices_are_prices_too(self):
        self.publish()
        product = self.make()
        self.send()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Euro",
                "currency_id": self.euro.id,
                "company_id": self.company.id,
                "q2c_is_standard": True,
                "item_ids": [
                    (
                        0,
                        0,
                        {
                            "product_tmpl_id": product.product_tmpl_id.id,
                            "fixed_price": 45,
                        },
                    )
                ],
            }
        )
        [request] = self.send()
        self.assertEqual(
            (request.params["currency"], request.params["unit_amount"]), ("eur", 4500)
        )
        pricelist.item_ids.unlink()
        [request] = self.send()
        self.assertEqual((request.verb, request.params), ("update", {"active": False}))

    def test_prices_of_an_order_are_not_archived(self):
        self.publish()
        product = self.make()
        self.send()
        agreed = self.env["q2c.price"]._obtain(
            [(product, self.company.currency_id, 40.0, "month", 1, False, False)]
        )
        [agreed] = agreed.values()
        self.link(self.stripe, "price", "price_agreed", agreed, sent_at="2026-01-01")
        product.list_price = 59
        self.send()
        self.assertTrue(agreed.active)

    def test_what_salesforce_owns_goes_to_stripe_through_odoo(self):
        self.publish()
        self.apply(self.salesforce, SEAT, STANDARD, entry("01u000000000001AAA", "49"))
        requests = self.send()
        self.assertEqual(
            [r.params.get("unit_amount") for r in requests if r.resource == "prices"],
            [4900],
        )
        self.apply(self.salesforce, dataclasses.replace(SEAT, name="Chair"))
        self.apply(self.salesforce, entry("01u000000000001AAA", "59"))
        requests = self.send()
        self.assertIn("Chair", [r.params.get("name") for r in requests])
        self.assertIn(5900, [r.params.get("unit_amount") for r in requests])

    def test_what_stripe_owns_becomes_the_sales_price(self):
        stool = Product(id="prod_1", name="Stool")
        price = Price(
            id="price_1",
            product_id="prod_1",
            unit_amount=amount("15"),
            currency="USD",
            interval="month",
            interval_count=3,
        )
        euro = dataclasses.replace(
            price, id="price_2", unit_amount=amount("14", "EUR"), currency="EUR"
        )
        self.assert_done(self.apply(self.stripe, stool, price, euro))
        product = self.record_of(stool)
        self.assertEqual(product.list_price, 15)
        self.assertEqual(
            (product.q2c_interval, product.q2c_interval_count), ("month", 3)
        )
        standard = self.env["product.pricelist"]._q2c_standard(self.company, self.euro)
        self.assertEqual(standard.item_ids.fixed_price, 14)
        newer = dataclasses.replace(price, id="price_3", unit_amount=amount("19"))
        self.apply(self.stripe, newer)
        self.assertEqual(product.list_price, 15, "two are on sale: which is not said")
        self.assertEqual(
            self.check(product, currency_id=self.company.currency_id).issue, "double"
        )
        self.apply(self.stripe, dataclasses.replace(price, active=False))
        self.assertEqual(product.list_price, 19)

    def test_what_stripe_owns_goes_to_salesforce_through_odoo(self):
        self.publish("marked", self.salesforce)
        self.apply(self.salesforce, STANDARD)
        stool = Product(id="prod_1", name="Stool")
        price = Price(
            id="price_1",
            product_id="prod_1",
            unit_amount=amount("15"),
            currency="USD",
            interval="month",
        )
        self.assert_done(self.apply(self.stripe, stool, price))
        requests = self.send(self.salesforce)
        self.assertEqual(
            [request.resource for request in requests],
            ["Product2/Q2C_Odoo_Ref__c", "PricebookEntry"],
        )
        self.assertEqual(requests[1].params["UnitPrice"], 15)
        self.assertFalse(self.send(self.stripe), "its own change does not come back")


@tagged("post_install", "-at_install")
class TestSalesforceCatalogue(CatalogueCase):
    """Odoo → Salesforce."""

    def setUp(self):
        super().setUp()
        self.apply(self.salesforce, STANDARD)
        self.salesforce.publish_catalogue = "marked"

    def test_product_and_standard_entry_are_created(self):
        product = self.make(description_sale="A chair")
        requests = self.send()
        self.assertEqual(
            [(r.verb, r.resource) for r in requests],
            [("upsert", "Product2/Q2C_Odoo_Ref__c"), ("create", "PricebookEntry")],
        )
        self.assertEqual(requests[0].id, self.salesforce._odoo_ref(product))
        self.assertEqual(
            requests[0].params,
            {
                "Name": "Seat",
                "ProductCode": "SEAT",
                "Description": "A chair",
                "IsActive": True,
            },
        )
        self.assertEqual(
            requests[1].params,
            {
                "Pricebook2Id": STANDARD.id,
                "Product2Id": "01x000000000001AAA",
                "UnitPrice": 49,
                "IsActive": True,
                "CurrencyIsoCode": "USD",
            },
        )

    def test_changes_are_updates_of_the_same_entry(self):
        product = self.make()
        self.send()
        product.write({"list_price": 59.9, "name": "Chair"})
        requests = self.send()
        self.assertEqual(
            [(r.verb, r.resource) for r in requests],
            [("update", "PricebookEntry"), ("update", "Product2")],
        )
        self.assertEqual(requests[0].params, {"UnitPrice": 59.9, "IsActive": True})
        self.assertEqual(requests[1].params["Name"], "Chair")

    def test_a_published_list_is_a_price_book_after_its_standard_prices(self):
        product = self.make()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Partners",
                "company_id": self.company.id,
                "q2c_publish": True,
                "item_ids": [
                    (0, 0, {"product_id": product.id, "fixed_price": 40}),
                ],
            }
        )
        requests = self.send(times=6)
        self.assertEqual(
            [request.resource for request in requests],
            [
                "Product2/Q2C_Odoo_Ref__c",
                "Pricebook2/Q2C_Odoo_Ref__c",
                "PricebookEntry",
                "PricebookEntry",
            ],
        )
        self.assertEqual([r.params["UnitPrice"] for r in requests[2:]], [49, 40])
        self.assertEqual(requests[3].params["Pricebook2Id"], "01x000000000002AAA")
        pricelist.item_ids.unlink()
        [request] = self.send()
        self.assertEqual(request.params, {"IsActive": False})
        pricelist.active = False
        self.assertIn(
            {"Name": "Partners", "IsActive": False}, [r.params for r in self.send()]
        )

    def test_a_list_without_standard_price_says_what_to_do(self):
        product = self.make()
        self.env["product.pricelist"].create(
            {
                "name": "Euro Partners",
                "currency_id": self.euro.id,
                "company_id": self.company.id,
                "q2c_publish": True,
                "item_ids": [(0, 0, {"product_id": product.id, "fixed_price": 40})],
            }
        )
        self.send()
        failed = self.env["q2c.command"].search([("state", "=", "failed")])
        self.assertEqual(failed.reason, "no_standard_price")
        self.assertIn("Standard Prices", failed.remedy)

    def test_what_salesforce_owns_is_left_alone(self):
        self.apply(self.salesforce, SEAT, entry("01u000000000001AAA", "49"))
        seat = self.record_of(SEAT, self.salesforce)
        seat.write({"name": "Chair", "list_price": 70})
        self.assertFalse(self.send())
        self.assertEqual(self.check(seat).issue, "amount")

    def test_by_a_rule_odoo_owns_what_came_from_salesforce(self):
        self.own("product", "odoo")
        self.own("price", "odoo")
        self.apply(self.salesforce, SEAT, entry("01u000000000001AAA", "49"))
        seat = self.record_of(SEAT, self.salesforce)
        seat.write({"name": "Chair", "list_price": 70})
        requests = self.send()
        self.assertEqual(
            [(r.resource, r.id) for r in requests],
            [("PricebookEntry", "01u000000000001AAA"), ("Product2", SEAT.id)],
        )
        self.assertEqual(requests[0].params["UnitPrice"], 70)
        self.assertEqual(requests[1].params["Name"], "Chair")

    def test_one_command_for_many_changes(self):
        product = self.make()
        self.send()
        for value in (50, 51, 52):
            product.list_price = value
        [request] = self.send()
        self.assertEqual(request.params["UnitPrice"], 52)


@tagged("post_install", "-at_install")
class TestCatalogueCheck(CatalogueCase):
    def setUp(self):
        super().setUp()
        self.apply(
            self.salesforce, SEAT, STANDARD, EUROPE, entry("01u000000000001AAA", "49")
        )
        self.seat = self.record_of(SEAT, self.salesforce)
        self.there = Product(id="prod_1", name="Seat", code="SEAT")
        self.apply(self.stripe, self.there)

    def stripe_price(self, identifier="price_1", value="49", **values):
        return Price(
            **{
                "id": identifier,
                "product_id": "prod_1",
                "unit_amount": amount(value),
                "currency": "USD",
                "interval": "month",
            }
            | values
        )

    def row(self, **values):
        row = self.check(self.seat, **values)
        self.assertEqual(len(row), 1)
        return row

    def test_what_agrees_agrees(self):
        self.apply(self.stripe, self.stripe_price())
        row = self.row()
        self.assertEqual(
            (row.issue, row.our_amount, row.salesforce_amount, row.stripe_amount),
            ("none", 49, 49, 49),
        )

    def test_amounts_that_differ(self):
        self.apply(self.stripe, self.stripe_price(value="50"))
        self.assertEqual((self.row().issue, self.row().stripe_amount), ("amount", 50))

    def test_archived_at_one_and_on_sale_at_another(self):
        self.apply(self.stripe, self.stripe_price(active=False))
        self.assertEqual(self.row().issue, "active")
        self.apply(self.stripe, self.stripe_price())
        self.assertEqual(self.row().issue, "none")
        self.apply(self.stripe, dataclasses.replace(self.there, active=False))
        self.assertEqual(self.row().issue, "active", "a price of an archived product")

    def test_a_counterpart_that_is_missing(self):
        self.assertEqual(self.row().issue, "none", "nothing is published to Stripe")
        self.stripe.publish_catalogue = "marked"
        self.assertEqual(self.row().issue, "missing")

    def test_a_currency_and_an_interval_without_counterpart(self):
        self.apply(
            self.stripe,
            self.stripe_price(),
            self.stripe_price(
                "price_2", currency="EUR", unit_amount=amount("40", "EUR")
            ),
            self.stripe_price("price_3", value="490", interval="year"),
        )
        self.assertEqual(self.row(currency_id=self.euro).issue, "missing")
        row = self.row(interval="year")
        self.assertEqual(
            (row.issue, row.has_ours, row.stripe_amount), ("missing", False, 490)
        )
        with self.assertRaisesRegex(UserError, "another interval"):
            row.action_take_stripe()

    def test_names_and_codes_that_differ(self):
        self.apply(self.stripe, self.stripe_price())
        self.apply(self.stripe, dataclasses.replace(self.there, name="Stool"))
        self.assertEqual(self.row().issue, "name")
        self.apply(self.stripe, dataclasses.replace(self.there, code="ST"))
        self.assertEqual(self.row().issue, "code")

    def test_prices_of_orders_are_no_difference(self):
        self.apply(self.stripe, self.stripe_price())
        agreed = self.env["q2c.price"]._obtain(
            [(self.seat, self.company.currency_id, 40.0, "month", 1, False, False)]
        )
        [agreed] = agreed.values()
        self.link(self.stripe, "price", "price_x", agreed, sent_at="2026-01-01")
        self.assertEqual(self.row().issue, "none")

    def test_push_brings_ours_to_where_it_differs(self):
        self.apply(self.stripe, self.stripe_price(value="50"))
        self.seat.list_price = 70
        self.row().action_push()
        requests = self.send()
        self.assertIn(7000, [r.params.get("unit_amount") for r in requests])
        self.assertIn(70, [r.params.get("UnitPrice") for r in requests])

    def test_theirs_can_be_taken(self):
        self.apply(self.stripe, self.stripe_price(value="50"))
        self.row().action_take_stripe()
        self.assertEqual(self.seat.list_price, 50)
        self.row().action_take_salesforce()
        self.assertEqual(self.seat.list_price, 49)

    def test_a_price_in_a_currency_without_list_is_taken_into_one(self):
        self.apply(
            self.stripe,
            self.stripe_price(currency="EUR", unit_amount=amount("40", "EUR")),
        )
        self.row(currency_id=self.euro).action_take_stripe()
        row = self.row(currency_id=self.euro)
        self.assertEqual((row.our_amount, row.stripe_amount), (40, 40))
        self.assertTrue(row.pricelist_id.q2c_is_standard)

    def test_a_second_price_is_archived(self):
        self.apply(
            self.stripe, self.stripe_price(), self.stripe_price("price_2", value="39")
        )
        self.assertEqual(self.row().issue, "double")
        self.row().action_archive()
        [request] = self.send()
        self.assertEqual((request.id, request.params), ("price_2", {"active": False}))
        self.apply(self.stripe, self.stripe_price("price_2", value="39", active=False))
        self.assertEqual(self.row().issue, "none")

    def test_reading_again_brings_the_state_of_now(self):
        self.apply(self.stripe, self.stripe_price())
        asked = []

        def fetch(_provider, _connection, refs):
            asked.extend(refs)
            return dict.fromkeys(refs)

        for provider in ("stripe", "salesforce"):
            self.patch(self.registry[f"q2c.provider.{provider}"], "_fetch", fetch)
        self.row().action_read_again()
        self.assertLessEqual(
            {
                Ref("product", "prod_1"),
                Ref("price", "price_1"),
                Ref("product", SEAT.id),
            },
            set(asked),
        )

    def test_only_those_with_a_role_may_decide(self):
        self.apply(self.stripe, self.stripe_price(value="50"))
        user = new_test_user(
            self.env,
            "looks-only",
            "base.group_user,quote_to_cash.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        row = self.row().with_user(user)
        self.assertEqual(row.issue, "amount")
        for action in ("push", "take_stripe", "archive", "read_again"):
            with self.assertRaises(UserError):
                getattr(row, f"action_{action}")()
