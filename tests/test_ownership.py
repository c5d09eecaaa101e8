# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose value wins, and what becomes of the other one."""

from dataclasses import replace
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..canonical import Address, Customer, Product
from .common import Q2CCase

HOME = Address(street="Chaussée 12", city="Bruxelles", country="BE")
ACCOUNT = Customer(
    id="001000000000001AAA",
    name="Brasserie SA",
    email="office@brasserie.example",
    phone="+32 2 555",
    billing=HOME,
)


@tagged("post_install", "-at_install")
class TestOwnership(Q2CCase):
    def setUp(self):
        super().setUp()
        self.assert_done(self.apply(self.salesforce, ACCOUNT))
        self.partner = self.record_of(ACCOUNT, self.salesforce)
        # The same customer in Stripe, where nothing differs.
        self.customer = replace(
            ACCOUNT, id="cus_1", odoo_ref=self.stripe._odoo_ref(self.partner)
        )

    def rule(self, subject, owner, date_from="2020-01-01", company=None):
        """A rule of the revision that is in force."""
        company = company or self.company
        policy = self.env["q2c.policy"]._in_force(company)
        policy = policy or self.env["q2c.policy"].create(
            {"company_id": company.id, "state": "in_force"}
        )
        return self.env["q2c.ownership.rule"].create(
            {
                "policy_id": policy.id,
                "subject": subject,
                "owner": owner,
                "date_from": date_from,
            }
        )

    def say(self, **values):
        """Stripe says something else of the customer."""
        self.customer = replace(self.customer, **values)
        self.assert_done(self.apply(self.stripe, self.customer))

    def conflicts(self, state="open"):
        return self.env["q2c.conflict"].search(
            [("state", "=", state), ("company_id", "=", self.company.id)], order="id"
        )

    def case(self):
        return self.env["q2c.exception"].search(
            [("code", "=", "ownership_conflict"), ("state", "=", "open")]
        )

    def somebody(self, group):
        return new_test_user(
            self.env,
            f"q2c_{group}",
            groups=f"base.group_user,quote_to_cash.group_{group}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def updates(self):
        return self.commands("customer", self.partner, "update")

    # ------------------------------------------------------------------
    # WHOSE VALUE WINS
    # ------------------------------------------------------------------

    def test_rule_14_change_of_another_is_a_conflict_with_both_values(self):
        self.say(email="billing@brasserie.example", phone="")
        self.assertEqual(self.partner.email, "office@brasserie.example")
        conflict = self.conflicts()
        self.assertEqual(
            (conflict.word, conflict.our_value, conflict.their_value, conflict.owner),
            (
                "email",
                "office@brasserie.example",
                "billing@brasserie.example",
                "salesforce",
            ),
        )
        self.assertEqual(conflict._record(), self.partner)
        case = self.case()
        self.assertEqual(
            (case.category, case.severity, case.partner_id),
            ("conflict", "info", self.partner),
        )
        for value in (conflict.our_value, conflict.their_value, "Salesforce owns"):
            self.assertIn(value, case.message)

    def test_rule_14_same_values_are_no_conflict(self):
        self.say(website="")
        self.assertFalse(self.conflicts())
        self.assertFalse(self.case())

    def test_rule_14_odoo_owns_what_was_created_here(self):
        ours = self.env["res.partner"].create({"name": "Ours"})
        theirs = Customer(
            id="cus_9", name="Theirs", odoo_ref=self.stripe._odoo_ref(ours)
        )
        self.assert_done(self.apply(self.stripe, theirs))
        self.assertEqual((ours.name, self.conflicts().owner), ("Ours", "odoo"))

    def test_rule_14_owner_by_a_rule_wins_over_the_origin(self):
        self.rule("customer.email", "stripe")
        self.say(email="billing@brasserie.example", phone="+1")
        self.assertEqual(self.partner.email, "billing@brasserie.example")
        self.assertEqual(self.conflicts().word, "phone")
        self.assert_done(
            self.apply(self.salesforce, replace(ACCOUNT, phone="+2", email="new@x.be"))
        )
        self.assertEqual(
            (self.partner.email, self.partner.phone),
            ("billing@brasserie.example", "+2"),
        )
        theirs = self.conflicts().filtered(
            lambda row: row.connection_id == self.salesforce
        )
        self.assertEqual((theirs.word, theirs.owner), ("email", "stripe"))

    def test_rule_14_odoo_owns_against_the_origin(self):
        self.rule("customer", "odoo")
        self.rule("customer.phone", "salesforce")
        self.assert_done(
            self.apply(self.salesforce, replace(ACCOUNT, name="New", phone="+3"))
        )
        self.assertEqual(
            (self.partner.name, self.partner.phone), ("Brasserie SA", "+3")
        )
        self.assertEqual(self.conflicts().word, "name")

    def test_rule_14_a_rule_holds_from_its_day_on(self):
        today = fields.Date.today()
        old = self.rule("customer.email", "stripe", today - timedelta(days=9))
        current = self.rule("customer.email", "salesforce", today - timedelta(days=1))
        new = self.rule("customer.email", "odoo", today + timedelta(days=1))
        self.assertEqual(
            (old | current | new).mapped("state"), ["past", "current", "future"]
        )
        self.say(email="billing@brasserie.example")
        self.assertEqual(self.conflicts().owner, "salesforce")

    def test_rule_14_rules_are_those_of_the_own_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rule("customer.email", "stripe", company=other)
        self.say(email="billing@brasserie.example")
        self.assertEqual(self.partner.email, "office@brasserie.example")

    def test_rule_14_of_several_customers_the_first_is_asked(self):
        self.rule("customer.email", "stripe")
        self.say(email="first@brasserie.example")
        second = replace(self.customer, id="cus_2", email="second@brasserie.example")
        self.assert_done(self.apply(self.stripe, second))
        self.assertEqual(self.partner.email, "first@brasserie.example")
        self.assertEqual(self.conflicts().external_id, "cus_2")

    def test_rule_14_address_is_one_thing(self):
        away = Address(street="High Street 1", postal_code="E1", country="GB")
        self.say(billing=away)
        self.assertEqual((self.partner.city, self.partner.zip), ("Bruxelles", False))
        conflict = self.conflicts()
        self.assertEqual(conflict.word, "address")
        self.assertEqual(
            (conflict.our_value, conflict.their_value),
            ("Chaussée 12, Bruxelles, Belgium", "High Street 1, E1, United Kingdom"),
        )
        conflict.action_take_theirs()
        self.assertEqual(
            (self.partner.street, self.partner.city, self.partner.country_id.code),
            ("High Street 1", False, "GB"),
        )

    def test_rule_14_language_and_kind_need_a_rule(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "en_US"
        self.say(language="fr", is_company=False)
        self.assertFalse(self.conflicts())
        self.rule("customer.language", "odoo")
        self.rule("customer.is_company", "odoo")
        self.say(phone="")
        self.assertEqual(
            set(self.conflicts().mapped("word")), {"language", "is_company"}
        )
        self.assertEqual(
            self.conflicts().filtered(lambda c: c.word == "is_company").their_value,
            "No",
        )

    def test_rule_14_products_and_their_templates(self):
        product = Product(id="01t000000000001AAA", name="Seat", code="S-1")
        self.assert_done(self.apply(self.salesforce, product))
        record = self.record_of(product, self.salesforce)
        self.rule("product.name", "odoo")
        self.assert_done(self.apply(self.salesforce, replace(product, name="Chair")))
        self.assertEqual((record.name, self.conflicts().their_value), ("Seat", "Chair"))
        record.product_tmpl_id.name = "Chair"
        self.assertEqual(self.conflicts("resolved").resolution, "same")

    def test_conflicts_of_a_batch_cost_the_same_queries(self):
        def queries(numbers):
            customers = []
            for number in numbers:
                partner = self.env["res.partner"].create({"name": f"N{number}"})
                customers.append(
                    Customer(
                        id=f"cus_{number}",
                        name=f"Other {number}",
                        odoo_ref=self.stripe._odoo_ref(partner),
                    )
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assert_done(self.apply(self.stripe, *customers))
            self.env.flush_all()
            return (self.cr.sql_log_count - before) / len(customers)

        queries([100])
        single, many = queries([101]), queries(range(102, 122))
        self.assertLess(many, single / 4)

    def test_changed_objects_of_a_batch_cost_the_same_queries(self):
        """All say another phone number, which is written, and settle their name."""
        partners = {
            number: self.env["res.partner"].create({"name": f"N{number}"})
            for number in range(22)
        }

        def customer(number, **values):
            return Customer(
                id=f"cus_{number}",
                odoo_ref=self.stripe._odoo_ref(partners[number]),
                **{"name": f"N{number}", **values},
            )

        self.rule("customer.phone", "stripe")
        others = [customer(number, name="Other") for number in partners]
        self.assert_done(self.apply(self.stripe, *others))
        self.assertEqual(len(self.conflicts()), len(partners))

        def queries(numbers):
            documents = [customer(number, phone=f"+{number}") for number in numbers]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assert_done(self.apply(self.stripe, *documents))
            self.env.flush_all()
            return (self.cr.sql_log_count - before) / len(documents)

        queries([0])
        single, many = queries([1]), queries(range(2, 22))
        self.assertFalse(self.conflicts())
        self.assertLess(many, single / 2)

    def test_rule_14_taken_value_settles_what_others_say_as_well(self):
        self.rule("customer.email", "odoo")
        self.say(email="new@brasserie.example")
        self.assert_done(
            self.apply(self.salesforce, replace(ACCOUNT, email="new@brasserie.example"))
        )
        self.assertEqual(len(self.conflicts()), 2)
        self.conflicts()[0].action_take_theirs()
        self.assertFalse(self.conflicts())

    # ------------------------------------------------------------------
    # SETTLED
    # ------------------------------------------------------------------

    def test_rule_14_settled_once_they_say_the_same(self):
        self.say(email="billing@brasserie.example")
        case = self.case()
        self.say(email="office@brasserie.example")
        self.assertEqual(self.conflicts("resolved").resolution, "same")
        self.assertEqual(case.state, "resolved")
        self.say(email="billing@brasserie.example")
        self.assertEqual((len(self.conflicts()), case.state), (1, "open"))

    def test_rule_14_settled_once_we_say_the_same(self):
        self.say(email="billing@brasserie.example", phone="+9")
        self.partner.email = "billing@brasserie.example"
        self.assertEqual(self.conflicts().word, "phone")
        self.assertEqual(self.case().state, "open")
        self.partner.phone = "+9"
        self.assertFalse(self.conflicts())
        self.assertFalse(self.case())

    def test_rule_14_keep_ours_tells_the_other_side_that_field_only(self):
        self.say(email="billing@brasserie.example", phone="+9")
        conflict = self.conflicts().filtered(lambda row: row.word == "email")
        conflict.with_user(self.somebody("operator")).action_keep_ours()
        self.assertEqual((conflict.state, conflict.resolution), ("resolved", "kept"))
        self.assertEqual(conflict.resolved_by_id.login, "q2c_operator")
        self.assertIn("was kept", self.partner.message_ids[0].body)
        self.assertEqual(self.conflicts().word, "phone", "nobody decided about it")
        command = self.updates()
        self.env["q2c.sender"]._prepare(self.stripe, command)
        params = command._fixed_request().params
        self.assertEqual(params["email"], "office@brasserie.example")
        self.assertEqual(params.keys(), {"email", "metadata"})

    def test_rule_14_what_was_kept_stays_until_they_say_something_new(self):
        self.say(email="billing@brasserie.example")
        self.conflicts().action_keep_ours()
        self.updates()._finish("done")
        self.say(phone="+32 2 555", website="https://new.example")
        self.assertFalse(self.conflicts())
        self.say(email="third@brasserie.example")
        self.assertEqual(self.conflicts().their_value, "third@brasserie.example")

    def test_rule_14_take_theirs_for_several_at_once(self):
        self.say(email="billing@brasserie.example", phone="+9")
        case = self.case()
        self.conflicts().with_user(self.somebody("operator")).action_take_theirs()
        self.assertEqual(
            (self.partner.email, self.partner.phone),
            ("billing@brasserie.example", "+9"),
        )
        self.assertEqual(
            set(self.conflicts("resolved").mapped("resolution")), {"taken"}
        )
        self.assertEqual(case.state, "resolved")
        self.assertIn("was taken", self.partner.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "resolved already"):
            self.conflicts("resolved").action_take_theirs()

    def test_rule_14_what_they_were_not_told_yet_is_no_conflict(self):
        self.link(self.stripe, "customer", "cus_1", self.partner, sent_at="2026-01-01")
        self.partner.email = "new@brasserie.example"
        self.assertTrue(self.updates())
        self.say(website="https://b.example")
        self.assertFalse(self.conflicts())

    # ------------------------------------------------------------------
    # TOLD
    # ------------------------------------------------------------------

    def test_rule_14_what_odoo_owns_is_sent_to_a_foreign_customer(self):
        self.say()
        self.partner.phone = "+1"
        self.assertFalse(self.updates())
        self.rule("customer.phone", "odoo")
        self.partner.email = "untold@brasserie.example"
        self.assertFalse(self.updates())
        self.partner.phone = "+2"
        self.env["q2c.sender"]._prepare(self.stripe, self.updates())
        params = self.updates()._fixed_request().params
        self.assertEqual(params.keys(), {"phone", "metadata"})
        self.assertEqual(params["phone"], "+2")

    def test_rule_14_an_update_leaves_out_what_the_provider_owns(self):
        self.rule("customer.email", "stripe")
        self.link(self.stripe, "customer", "cus_1", self.partner, sent_at="2026-01-01")
        self.partner.phone = "+2"
        self.env["q2c.sender"]._prepare(self.stripe, self.updates())
        params = self.updates()._fixed_request().params
        self.assertNotIn("email", params)
        self.assertEqual((params["phone"], params["description"]), ("+2", ""))

    def test_rule_14_product_that_odoo_owns_is_sent(self):
        product = self.env["product.product"].create({"name": "Seat"})
        self.link(self.stripe, "product", "prod_1", product)
        product.name = "Chair"
        self.assertFalse(self.commands("product", product, "update"))
        self.rule("product.name", "odoo")
        product.product_tmpl_id.name = "Seat"
        command = self.commands("product", product, "update")
        self.env["q2c.sender"]._prepare(self.stripe, command)
        params = command._fixed_request().params
        self.assertEqual((params["name"], "description" in params), ("Seat", False))

    def test_rule_14_newer_value_of_ours_settles_what_can_be_told(self):
        self.rule("customer.phone", "odoo")
        self.say(phone="+9")
        self.partner.phone = "+8"
        self.assertEqual(self.conflicts("resolved").resolution, "kept")
        self.assertTrue(self.updates())

    # ------------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------------

    def test_rule_31_who_may_decide(self):
        self.say(email="billing@brasserie.example")
        conflict = self.conflicts()
        user = self.somebody("user")
        self.assertEqual(conflict.with_user(user).their_value, conflict.their_value)
        with self.assertRaisesRegex(UserError, "Only operators and finance"):
            conflict.with_user(user).action_keep_ours()
        with self.assertRaises(AccessError):
            conflict.with_user(self.somebody("manager")).write({"state": "resolved"})
        self.assertEqual(conflict.state, "open")
