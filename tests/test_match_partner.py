# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 10: contacts that people enter are compared, too."""

from odoo.tests import Form, new_test_user, tagged

from .common_matching import HALDEN, MatchCase


@tagged("post_install", "-at_install")
class TestPartners(MatchCase):
    def keys(self, partner):
        self.cr.execute(
            "SELECT kind, value FROM q2c_match_key WHERE partner_id = %s", [partner.id]
        )
        return set(self.cr.fetchall())

    # ------------------------------------------------------------------
    # KEYS
    # ------------------------------------------------------------------

    def test_rule_10_keys_follow_what_is_written(self):
        partner = self.known("Ada GmbH", email="a@ada.example", vat="DE136695976")
        self.assertEqual(
            self.keys(partner),
            {
                ("name", "ada"),
                ("email", "a@ada.example"),
                ("domain", "ada.example"),
                ("vat", "DE136695976"),
                ("vat", "136695976"),
            },
        )
        partner.write({"name": "Grace", "email": False, "vat": False})
        self.assertEqual(self.keys(partner), {("name", "grace")})
        partner.unlink()
        self.assertFalse(self.keys(partner))

    def test_rule_10_person_of_a_company_has_only_how_it_is_reached(self):
        person = self.env["res.partner"].create(
            {"name": "Ines", "parent_id": self.known().id, "email": "i@halden.example"}
        )
        self.assertEqual(
            self.keys(person),
            {("email", "i@halden.example"), ("domain", "halden.example")},
        )

    def test_rule_10_contacts_that_were_there_before_get_keys(self):
        partner = self.known("Ada GmbH")
        self.cr.execute("DELETE FROM q2c_match_key")
        self.env["q2c.match.key"]._build()
        self.assertEqual(self.keys(partner), {("name", "ada")})

    def test_rule_10_many_are_created_with_one_statement_for_their_keys(self):
        def queries(count):
            before = self.cr.sql_log_count
            self.env["res.partner"].create([{"name": f"N{n}"} for n in range(count)])
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(1)
        self.assertLess(queries(50), queries(1) + 10)

    # ------------------------------------------------------------------
    # THE FORM
    # ------------------------------------------------------------------

    def test_rule_10_whoever_enters_a_contact_is_told(self):
        known = self.known(website="halden.example")
        seller = new_test_user(
            self.env,
            "q2c_match_seller",
            groups="base.group_partner_manager,quote_to_cash.group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with Form(self.env["res.partner"].with_user(seller)) as form:
            form.company_type = "company"
            form.name = "Halden Robotics"
            self.assertFalse(form.q2c_likely_partner_id)
            form.email = "info@halden.example"
            self.assertEqual(form.q2c_likely_partner_id, known)
            self.assertIn("Name +40", form.q2c_likely_evidence)
        self.assertTrue(form.record, "it does not keep anybody from saving")

    def test_rule_10_group_of_companies_and_people_are_no_duplicates(self):
        parent = self.known(website="halden.example")
        daughter = self.known(website="halden.example", parent_id=parent.id)
        person = self.env["res.partner"].create(
            {"name": "Ines", "parent_id": parent.id, "website": "halden.example"}
        )
        for partner in (parent, daughter, person):
            self.assertFalse(partner.q2c_likely_partner_id)

    def test_rule_10_nobody_learns_of_other_companies_contacts(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.known(website="halden.example", company_id=elsewhere.id)
        mine = self.known(website="halden.example")
        self.assertFalse(mine.with_user(self.operator).q2c_likely_partner_id)

    def test_rule_10_two_contacts_are_compared_and_told_apart(self):
        known = self.known(website="halden.example")
        entered = self.known("Halden Robotics", email="x@halden.example")
        self.assertEqual(entered.q2c_likely_partner_id, known)
        action = entered.with_user(self.operator).action_q2c_compare()
        match = self.env["q2c.match"].browse(action["res_id"])
        self.assertEqual((match.partner_id, match.other_partner_id), (known, entered))
        again = known.with_user(self.operator).action_q2c_compare()
        self.assertEqual(again["res_id"], match.id, "either way it is one question")
        self.assertEqual(entered.with_user(self.user).q2c_match_count, 1)
        match.with_user(self.operator).action_reject()
        self.env.invalidate_all()
        self.assertFalse(entered.q2c_likely_partner_id)
        self.assertFalse(known.q2c_likely_partner_id)
        self.assertEqual(entered.with_user(self.user).q2c_match_count, 0)

    def test_rule_10_two_contacts_are_merged(self):
        known = self.known(website="halden.example")
        entered = self.known("Halden Robotics", email="x@halden.example")
        action = entered.with_user(self.operator).action_q2c_compare()
        match = self.env["q2c.match"].browse(action["res_id"]).with_user(self.operator)
        match.action_merge()
        self.assertFalse(entered.exists())
        self.assertEqual(known.email, "x@halden.example")

    def test_rule_10_a_new_customer_is_seen_on_both_contacts(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        for partner in (candidate, created):
            partner = partner.with_user(self.user)
            self.assertEqual(partner.q2c_match_count, 1)
            self.assertEqual(partner.action_q2c_view_matches()["res_id"], match.id)
