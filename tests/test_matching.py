# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 10: matching is by evidence with a score."""

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..canonical import Customer
from ..models.matching.match_key import MOST_HOLDERS
from .common_matching import ACCOUNT, ACCOUNT_15, HALDEN, MatchCase, halden


@tagged("post_install", "-at_install")
class TestEvidence(MatchCase):
    def linked(self, document, connection=None):
        self.assert_done(self.apply(connection or self.stripe, document))
        return self.record_of(document, connection)

    # ------------------------------------------------------------------
    # WHAT COUNTS
    # ------------------------------------------------------------------

    def test_rule_10_name_and_domain_are_doubtful(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        self.assertNotEqual(created, candidate)
        self.assertEqual(
            (match.state, match.score, match.partner_id, match.other_partner_id),
            ("review", 70, candidate, created),
        )
        self.assertEqual(self.evidence(match), {"name": 40, "domain": 30})
        self.assertEqual(match.evidence_text, "Name +40, E-mail or web domain +30")

    def test_rule_10_enough_of_it_together_is_certain(self):
        candidate = self.known(
            website="halden.example",
            phone="+1 617 555 01 10",
            street="200 Foundry St.",
            zip="02110",
        )
        customer = halden(phone="(617) 555-0110")
        self.assertEqual(self.linked(customer), candidate)
        match = self.matches()
        self.assertTrue(match.automatic)
        self.assertEqual((match.state, match.score), ("accepted", 110))

    def test_rule_10_name_in_the_same_town_is_doubtful(self):
        self.known(city="BOSTON", country_id=self.env.ref("base.us").id)
        self.linked(halden(email=""))
        self.assertEqual(self.evidence(self.matches()), {"name": 40, "town": 10})

    def test_rule_10_similar_name_adds_to_what_they_share(self):
        self.known("Halden Robotics International", email="hello@halden.example")
        self.linked(HALDEN)
        self.assertEqual(self.evidence(self.matches()), {"domain": 30, "alike": 20})

    def test_rule_10_address_of_a_person_leads_to_the_company(self):
        company = self.known()
        self.env["res.partner"].create(
            {"name": "Ines", "parent_id": company.id, "email": "BILLING@halden.example"}
        )
        self.assertEqual(self.linked(HALDEN), company)

    def test_rule_10_domains_of_free_mail_do_not_count(self):
        self.known(email="halden.robotics@gmail.com", phone="617 555 0110")
        self.linked(halden(name="Ada", email="ada@gmail.com", phone="617 555 0110"))
        self.assertFalse(self.matches())

    def test_rule_10_what_many_share_says_nothing(self):
        for number in range(MOST_HOLDERS + 1):
            self.known(f"Member {number}", website="halden.example", phone="6175550110")
        self.linked(halden(name="Ada", phone="6175550110"))
        self.assertFalse(self.matches())

    def test_rule_10_a_company_of_many_people_is_one(self):
        company = self.known("Halden Group", email="info@halden.example")
        self.env["res.partner"].create(
            [
                {
                    "name": f"Person {number}",
                    "parent_id": company.id,
                    "email": f"p{number}@halden.example",
                    "phone": "617 555 0110",
                }
                for number in range(MOST_HOLDERS + 10)
            ]
        )
        self.linked(halden(name="Ada", phone="617 555 0110"))
        match = self.matches()
        self.assertEqual(match.partner_id, company)
        self.assertEqual(self.evidence(match), {"domain": 30, "phone": 20})

    def test_rule_10_two_tax_ids_never_match(self):
        self.known(email=HALDEN.email, vat="US111", website="halden.example")
        self.linked(halden(vat="US222"))
        self.assertFalse(self.matches())

    def test_rule_10_tax_id_with_and_without_its_country(self):
        candidate = self.known("Other", vat="136695976")
        candidate.country_id = self.env.ref("base.de")
        self.assertEqual(self.linked(halden(vat="DE 136 695 976")), candidate)

    def test_rule_10_tax_id_goes_before_what_else_is_shared(self):
        self.known(email=HALDEN.email)
        certain = self.known(email=HALDEN.email, vat="US111")
        self.assertEqual(self.linked(halden(vat="US111")), certain)

    def test_rule_10_archived_partners_and_other_companies_are_none(self):
        self.known(email=HALDEN.email).active = False
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.known(email=HALDEN.email, company_id=elsewhere.id)
        self.linked(HALDEN)
        self.assertFalse(self.matches())

    # ------------------------------------------------------------------
    # IDS
    # ------------------------------------------------------------------

    def test_rule_10_stripe_names_the_account_of_the_crm(self):
        """Rule 7: with 15 characters, as people copy it from an address."""
        partner = self.linked(ACCOUNT, self.salesforce)
        customer = Customer(
            id="cus_1", name="Other name", counterparts=(ACCOUNT_15, "not an id")
        )
        self.assertEqual(self.linked(customer), partner)
        self.assertEqual(self.evidence(self.matches(customer)), {"id": 100})

    def test_rule_10_stripe_came_first_and_named_it(self):
        customer = Customer(id="cus_1", name="Other name", counterparts=(ACCOUNT.id,))
        partner = self.linked(customer)
        self.assertEqual(self.linked(ACCOUNT, self.salesforce), partner)

    def test_rule_10_account_names_the_customer(self):
        customer = Customer(id="cus_1", name="Other name")
        partner = self.linked(customer)
        account = Customer(id=ACCOUNT.id, name="Ada", counterparts=("cus_1",))
        self.assertEqual(self.linked(account, self.salesforce), partner)

    def test_rule_10_account_came_first_and_named_the_customer(self):
        account = Customer(id=ACCOUNT.id, name="Ada", counterparts=("cus_1",))
        partner = self.linked(account, self.salesforce)
        self.assertEqual(self.linked(Customer(id="cus_1", name="Other")), partner)

    def test_rule_10_two_customers_that_name_one_account(self):
        one, two = (
            Customer(id=i, name=i, counterparts=(ACCOUNT.id,))
            for i in ("cus_1", "cus_2")
        )
        self.assert_done(self.apply(self.stripe, one, two))
        self.assertEqual(self.record_of(one), self.record_of(two))

    def test_rule_10_id_and_two_tax_ids_are_for_a_person(self):
        account = Customer(id=ACCOUNT.id, name="Ada", vat="US111")
        partner = self.linked(account, self.salesforce)
        customer = halden(vat="US222", counterparts=(ACCOUNT.id,))
        self.assertNotEqual(self.linked(customer), partner)
        match = self.matches()
        self.assertEqual((match.state, match.barred), ("review", "vat"))
        self.assertIn("tax ids differ", match.reservation)

    # ------------------------------------------------------------------
    # POLICY
    # ------------------------------------------------------------------

    def test_rule_10_points_and_thresholds_are_the_connections(self):
        self.stripe.match_link_at = 70
        candidate, match = self.doubt()
        self.assertEqual(self.record_of(HALDEN), candidate)
        self.assertTrue(match.automatic)

    def test_rule_10_evidence_without_points_does_not_count(self):
        self.stripe.match_points_domain = 0
        _candidate, match = self.doubt()
        self.assertFalse(match)

    def test_rule_10_thresholds_are_in_order(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.stripe.match_review_at = 101
            self.stripe.flush_recordset()

    def test_rule_10_no_evidence_speaks_against(self):
        with self.assertRaises(ValidationError):
            self.stripe.match_points_name = -1

    # ------------------------------------------------------------------
    # TOGETHER
    # ------------------------------------------------------------------

    def test_rule_10_two_new_ones_of_a_batch_are_compared_once(self):
        other = halden(id="cus_2", email="office@halden.example")
        self.assert_done(self.apply(self.stripe, HALDEN, other))
        first, second = self.record_of(HALDEN), self.record_of(other)
        self.assertNotEqual(first, second)
        found = self.matches() | self.matches(other)
        self.assertEqual((found.partner_id, found.other_partner_id), (first, second))

    def test_rule_10_same_number_of_queries_for_ten_and_five_hundred(self):
        self.known(website="halden.example")

        def documents(first, count):
            return [
                halden(
                    id=f"cus_{n}",
                    name=f"Customer {n}",
                    email=f"c{n}@c{n}.example",
                    vat=f"US{n:09}",
                    phone=f"+1 617 {n:07}",
                    counterparts=(f"001D0000{n:07}",),
                )
                for n in range(first, first + count)
            ]

        def queries(items):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            matching = self.registry["q2c.applier.customer"]
            found = matching._match(self.applier, batch(items), items)
            self.assertFalse(found)
            return self.cr.sql_log_count - before

        from ..models.engine.batch import Batch, Item

        def batch(items):
            made = Batch(self.stripe._as_service(), items, {})
            made.lookup = self.applier._lookup(made)
            return made

        self.applier = self.stripe._as_service().env["q2c.applier.customer"]

        def items(first, count):
            event = self.env["q2c.event"]
            return [
                Item(event=event, ref=d.ref, occurred_at=None, document=d)
                for d in documents(first, count)
            ]

        queries(items(0, 2))
        few, many = queries(items(10, 10)), queries(items(100, 500))
        self.assertEqual(few, many)

    def test_rule_10_same_number_of_queries_however_many_are_found(self):
        """Candidates and evidence of all are read together, too."""

        def queries(numbers):
            self.env["res.partner"].create(
                [
                    {"name": f"N{n}", "is_company": True, "website": f"n{n}.example"}
                    for n in numbers
                ]
            )
            customers = [
                Customer(id=f"cus_{n}", name=f"N{n} Ltd", email=f"a@n{n}.example")
                for n in numbers
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assert_done(self.apply(self.stripe, *customers))
            self.env.flush_all()
            self.assertEqual(len(self.matches(customers[-1])), 1)
            return (self.cr.sql_log_count - before) / len(customers)

        queries(range(1))
        single, many = queries(range(1, 2)), queries(range(2, 42))
        self.assertLess(many, single / 4)
