# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customers and contacts: one partner each, found by certain evidence."""

from dataclasses import replace

from odoo import Command
from odoo.tests import tagged

from ..canonical import Address, Contact, Customer
from .common import Q2CCase

BREWERY = Customer(
    id="001000000000001AAA",
    name="Brasserie SA",
    email="office@brasserie.example",
    phone="+32 2 555 01 10",
    website="https://brasserie.example",
    number="C-1001",
    billing=Address(
        street="Chaussée 12", city="Bruxelles", postal_code="1060", country="Belgium"
    ),
)


def brewery(**values):
    return replace(BREWERY, **values)


@tagged("post_install", "-at_install")
class TestCustomers(Q2CCase):
    def known_partner(self, **values):
        return self.env["res.partner"].create({"name": "Brasserie SA", **values})

    def test_customer_is_created_with_its_address(self):
        self.assert_done(self.apply(self.salesforce, BREWERY))
        partner = self.record_of(BREWERY, self.salesforce)
        self.assertEqual(
            (partner.name, partner.ref, partner.city, partner.country_id.code),
            ("Brasserie SA", "C-1001", "Bruxelles", "BE"),
        )
        self.assertTrue(partner.is_company)
        self.assertTrue(partner.q2c_in_salesforce)

    def test_country_and_state_by_code_or_name(self):
        address = Address(city="Austin", state="Texas", country="US")
        customers = [
            brewery(id="001000000000002AAA", billing=address),
            brewery(
                id="001000000000003AAA",
                billing=Address(city="Austin", state="TX", country="United States"),
            ),
        ]
        self.assert_done(self.apply(self.salesforce, *customers))
        for customer in customers:
            partner = self.record_of(customer, self.salesforce)
            self.assertEqual(partner.state_id, self.env.ref("base.state_us_44"))

    def test_origin_updates_what_changed(self):
        self.apply(self.salesforce, BREWERY)
        self.assert_done(self.apply(self.salesforce, brewery(phone="+32 2 000")))
        self.assertEqual(self.record_of(BREWERY, self.salesforce).phone, "+32 2 000")

    def test_rule_14_another_source_only_fills_in_what_is_empty(self):
        partner = self.known_partner(email="ours@brasserie.example", vat="US123")
        echo = Customer(
            id="cus_1",
            name="BRASSERIE",
            email="theirs@brasserie.example",
            phone="+32 9",
            odoo_ref=self.stripe._odoo_ref(partner),
        )
        self.assert_done(self.apply(self.stripe, echo))
        self.assertEqual(self.record_of(echo), partner)
        self.assertEqual(
            (partner.name, partner.email, partner.phone),
            ("Brasserie SA", "ours@brasserie.example", "+32 9"),
        )

    def test_rule_10_found_by_tax_id_however_it_is_written(self):
        partner = self.known_partner(
            name="Other name", vat="BE 0477.472.701", is_company=True
        )
        customer = brewery(vat="BE0477472701")
        self.assert_done(self.apply(self.salesforce, customer))
        self.assertEqual(self.record_of(BREWERY, self.salesforce), partner)

    def test_rule_10_found_by_email_and_name(self):
        partner = self.known_partner(email="OFFICE@brasserie.example", is_company=True)
        self.assert_done(self.apply(self.salesforce, BREWERY))
        self.assertEqual(self.record_of(BREWERY, self.salesforce), partner)

    def test_rule_10_name_alone_is_no_evidence(self):
        partner = self.known_partner(email="other@else.example", is_company=True)
        self.assert_done(self.apply(self.salesforce, BREWERY))
        self.assertNotEqual(self.record_of(BREWERY, self.salesforce), partner)

    def test_rule_10_two_candidates_are_not_guessed_from(self):
        for _number in range(2):
            self.known_partner(email="office@brasserie.example", is_company=True)
        before = self.env["res.partner"].search([("name", "=", "Brasserie SA")])
        self.assert_done(self.apply(self.salesforce, BREWERY))
        partner = self.record_of(BREWERY, self.salesforce)
        self.assertNotIn(partner, before)
        case = self.env["q2c.exception"].search(
            [("key", "=", f"duplicate:{BREWERY.ref}")]
        )
        self.assertEqual((case.category, case.partner_id), ("duplicate", partner))
        for known in before:
            self.assertIn(f"#{known.id}", case.message)
        self.assertIn("office@brasserie.example", case.message)

    def test_rule_10_many_stripe_customers_of_one_partner_are_normal(self):
        partner = self.known_partner(vat="US123", is_company=True)
        one, two = (
            Customer(id=identifier, name="Any", vat="US123")
            for identifier in ("cus_1", "cus_2")
        )
        self.assert_done(self.apply(self.stripe, one, two))
        self.assertEqual((self.record_of(one), self.record_of(two)), (partner, partner))

    def test_two_salesforce_accounts_are_two_partners(self):
        self.known_partner(vat="US123", is_company=True)
        one = brewery(vat="US123")
        two = brewery(id="001000000000002AAA", vat="US123")
        self.assert_done(self.apply(self.salesforce, one, two))
        self.assertNotEqual(
            self.record_of(one, self.salesforce), self.record_of(two, self.salesforce)
        )

    def test_rule_8_hierarchy_becomes_parent_companies(self):
        daughter = brewery(
            id="001000000000002AAA", name="Daughter", email="", parent_id=BREWERY.id
        )
        self.assert_done(self.apply(self.salesforce, daughter, BREWERY))
        self.assertEqual(
            self.record_of(daughter, self.salesforce).parent_id,
            self.record_of(BREWERY, self.salesforce),
        )

    def test_rule_8_person_account_is_one_individual(self):
        person = brewery(name="Ada Lovelace", is_company=False)
        self.assert_done(self.apply(self.salesforce, person))
        partner = self.record_of(person, self.salesforce)
        self.assertFalse(partner.is_company)
        self.assertFalse(partner.child_ids)

    def test_rule_9_deleted_is_archived(self):
        self.apply(self.salesforce, BREWERY)
        self.assert_done(self.apply(self.salesforce, brewery(deleted=True)))
        self.assertFalse(self.record_of(BREWERY, self.salesforce).active)

    def test_rule_9_undeleted_is_there_again(self):
        self.apply(self.salesforce, brewery())
        partner = self.record_of(brewery(), self.salesforce)
        self.apply(self.salesforce, brewery(deleted=True))
        self.assertFalse(partner.active)
        self.assert_done(self.apply(self.salesforce, brewery()))
        self.assertTrue(partner.active)
        # What a person archived stays where it was put.
        partner.active = False
        self.assert_done(self.apply(self.salesforce, brewery(phone="+49 30 1")))
        self.assertFalse(partner.active)

    def test_rule_9_deleted_and_never_seen_is_nothing(self):
        event = self.apply(self.salesforce, brewery(deleted=True))
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))

    def test_rule_9_merged_leads_to_the_winner(self):
        winner = brewery(id="001000000000002AAA", name="Winner", email="")
        self.apply(self.salesforce, BREWERY, winner)
        loser = self.record_of(BREWERY, self.salesforce)
        merged = brewery(deleted=True, merged_into=winner.id)
        self.assert_done(self.apply(self.salesforce, merged))
        self.assertEqual(
            self.record_of(BREWERY, self.salesforce),
            self.record_of(winner, self.salesforce),
        )
        self.assertFalse(loser.active)

    def test_rule_9_two_partners_in_the_books_need_an_approved_merge(self):
        winner = brewery(id="001000000000002AAA", name="Winner", email="")
        self.apply(self.salesforce, BREWERY, winner)
        loser = self.record_of(BREWERY, self.salesforce)
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": loser.id,
                "company_id": self.company.id,
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1})],
            }
        )
        invoice.action_post()
        event = self.apply(
            self.salesforce, brewery(deleted=True, merged_into=winner.id)
        )
        self.assert_held(event, "merge_needs_approval")
        self.assertTrue(loser.active)

    def test_queries_per_customer_fall_as_the_batch_grows(self):
        def queries(numbers):
            customers = [
                brewery(id=f"cus_{n}", name=f"N{n}", email=f"n{n}@x.example")
                for n in numbers
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assert_done(self.apply(self.stripe, *customers))
            self.env.flush_all()
            return (self.cr.sql_log_count - before) / len(customers)

        queries([0])
        single, many = queries([1]), queries(range(2, 22))
        self.assertLess(many, single / 4)


@tagged("post_install", "-at_install")
class TestContacts(Q2CCase):
    def setUp(self):
        super().setUp()
        self.apply(self.salesforce, BREWERY)
        self.company_partner = self.record_of(BREWERY, self.salesforce)
        self.contact = Contact(
            id="003000000000001AAA",
            name="Amélie Dupont",
            customer_id=BREWERY.id,
            email="amelie@brasserie.example",
            mobile="+32 475",
            function="CFO",
        )

    def test_contact_is_a_person_at_the_customer(self):
        self.assert_done(self.apply(self.salesforce, self.contact))
        person = self.record_of(self.contact, self.salesforce)
        self.assertEqual(
            (person.parent_id, person.function, person.phone),
            (self.company_partner, "CFO", "+32 475"),
        )

    def test_contact_with_the_address_is_found(self):
        person = self.env["res.partner"].create(
            {
                "name": "A. Dupont",
                "parent_id": self.company_partner.id,
                "email": "Amelie@brasserie.example",
            }
        )
        self.assert_done(self.apply(self.salesforce, self.contact))
        self.assertEqual(self.record_of(self.contact, self.salesforce), person)

    def test_contact_waits_for_its_customer(self):
        lonely = Contact(id="003000000000002AAA", name="X", customer_id="001x")
        event = self.apply(self.salesforce, lonely)
        self.assertEqual((event.state, event.waiting_for), ("waiting", "customer:001x"))
