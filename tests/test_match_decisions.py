# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 10: doubtful → a person decides; every decision can be undone."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..canonical import Customer
from .common_matching import ACCOUNT, HALDEN, MatchCase, halden


@tagged("post_install", "-at_install")
class TestDecisions(MatchCase):
    # ------------------------------------------------------------------
    # CREATED MEANWHILE
    # ------------------------------------------------------------------

    def test_rule_10_doubt_is_on_the_work_list_until_it_is_decided(self):
        candidate, match = self.doubt()
        case = self.case()
        self.assertEqual((case.code, case.state), ("possible_duplicate", "open"))
        self.assertIn(f"#{candidate.id}", case.message)
        self.assertEqual(case.action_view_matches()["res_id"], match.id)
        match.with_user(self.operator).action_reject()
        self.assertEqual(case.state, "resolved")
        self.assertIn(self.operator.name, case.resolution)

    def test_rule_10_accepted_is_linked_and_the_new_contact_archived(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        person = self.env["res.partner"].create(
            {"name": "Ines", "parent_id": created.id}
        )
        match.with_user(self.operator).action_accept()
        self.assertEqual(self.record_of(HALDEN), candidate)
        self.assertEqual((match.state, created.active), ("accepted", False))
        self.assertEqual(match.decided_by_id, self.operator)
        self.assertEqual(person.parent_id, candidate)
        self.assertEqual(self.case().state, "resolved")

    def test_rule_10_accepted_customer_fills_in_what_is_empty(self):
        candidate, match = self.doubt()
        match.action_accept()
        self.assertEqual(match.event_id.state, "queued", "it is applied anew")
        self.assert_done(self.apply(self.stripe, halden(phone="+1 617")))
        self.assertEqual(
            (candidate.name, candidate.phone), ("HALDEN ROBOTICS GmbH", "+1 617")
        )

    def test_rule_10_accept_is_undone(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        person = self.env["res.partner"].create(
            {"name": "Ines", "parent_id": created.id}
        )
        self.link(self.salesforce, "customer", ACCOUNT.id, created, is_origin=True)
        match.action_accept()
        self.assertEqual(self.record_of(ACCOUNT, self.salesforce), candidate)
        match.with_user(self.finance).action_undo()
        self.assertEqual(self.record_of(HALDEN), created)
        self.assertEqual(self.record_of(ACCOUNT, self.salesforce), created)
        self.assertTrue(created.active)
        self.assertEqual(person.parent_id, created)
        self.assertTrue(created.q2c_binding_ids.filtered("is_origin"))
        self.assertEqual((match.state, self.case().state), ("review", "open"))
        match.invalidate_recordset()
        self.assertEqual(
            match.decision_ids.mapped("state"), ["undone", "accepted", "review"]
        )

    def test_rule_10_what_has_entries_is_merged_not_linked(self):
        _candidate, match = self.doubt()
        self.post_invoice(self.record_of(HALDEN))
        with self.assertRaisesRegex(UserError, "Merge the two contacts"):
            match.action_accept()
        self.assertEqual(match.state, "review")

    def test_rule_10_rejected_is_never_proposed_again(self):
        _candidate, match = self.doubt()
        match.action_reject()
        binding = self.env["q2c.binding"]._resolve(self.stripe, [HALDEN.ref])
        binding[HALDEN.ref].unlink()
        self.record_of(HALDEN) or self.apply(self.stripe, halden(phone="1"))
        self.assertEqual(match.state, "rejected")
        self.assertEqual(self.case().state, "resolved")

    def test_rule_10_reject_is_undone(self):
        _candidate, match = self.doubt()
        match.action_reject()
        match.action_undo()
        self.assertEqual((match.state, self.case().state), ("review", "open"))

    def test_rule_10_one_of_several_is_chosen(self):
        one, two = (self.known(email=HALDEN.email) for _number in range(2))
        self.apply(self.stripe, HALDEN)
        chosen, other = self.matches().sorted(lambda m: m.partner_id != two)
        self.assertEqual({chosen.barred, other.barred}, {"several", False})
        chosen.action_accept()
        self.assertEqual((chosen.partner_id, other.partner_id), (two, one))
        self.assertEqual((self.record_of(HALDEN), other.state), (two, "overtaken"))
        self.assertEqual(self.case().state, "resolved")
        chosen.action_undo()
        self.assertEqual((chosen.state, other.state), ("review", "review"))

    def test_rule_10_several_at_once(self):
        _candidate, match = self.doubt()
        second = halden(id="cus_2", name="Petrel, LLC", email="a@petrel.example")
        self.known("Petrel", website="petrel.example")
        self.apply(self.stripe, second)
        both = match | self.matches(second)
        both.with_user(self.operator).action_reject()
        self.assertEqual(set(both.mapped("state")), {"rejected"})

    def test_rule_10_an_account_is_one_contact(self):
        partner = self.known(website="halden.example")
        self.link(self.salesforce, "customer", ACCOUNT.id, partner)
        self.stripe.match_policy = "hold"
        other = Customer(id="001D000000IqhSMIAZ", name="x")
        match = self.env["q2c.match"].create(
            {
                "connection_id": self.salesforce.id,
                "company_id": self.company.id,
                "external_id": other.id,
                "partner_id": partner.id,
            }
        )
        with self.assertRaisesRegex(UserError, "Merge the two accounts there"):
            match.action_accept()

    # ------------------------------------------------------------------
    # CERTAIN
    # ------------------------------------------------------------------

    def test_rule_10_what_was_linked_by_itself_is_undone(self):
        candidate = self.known(email=HALDEN.email)
        event = self.apply(self.stripe, HALDEN)
        match = self.matches()
        self.assertTrue(match.automatic)
        match.with_user(self.operator).action_undo()
        self.assertIsNone(self.record_of(HALDEN))
        self.assertEqual((match.state, event.state), ("undone", "queued"))
        self.assert_done(self.apply(self.stripe, HALDEN))
        self.assertNotEqual(self.record_of(HALDEN), candidate)
        self.assertEqual((match.state, match.barred), ("review", "undone"))

    # ------------------------------------------------------------------
    # HELD
    # ------------------------------------------------------------------

    def held(self):
        self.stripe.match_policy = "hold"
        candidate, match = self.doubt()
        return candidate, match, match.event_id

    def test_rule_10_policy_hold_creates_nothing(self):
        before = self.env["res.partner"].search_count([])
        candidate, match, event = self.held()
        self.assertEqual((event.state, event.reason), ("waiting", "match_review"))
        self.assertEqual(self.env["res.partner"].search_count([]), before + 1)
        self.assertEqual(
            (match.partner_id, match.other_partner_id.id), (candidate, False)
        )
        self.assertEqual(
            (self.case().code, self.case().state), ("match_review", "open")
        )

    def test_rule_10_held_and_tried_again_is_one_question(self):
        _candidate, match, _event = self.held()
        self.apply(self.stripe, HALDEN)
        self.assertEqual(self.matches(), match)
        self.assertEqual(len(match.decision_ids), 1)

    def test_rule_10_held_and_accepted_is_linked(self):
        candidate, match, event = self.held()
        match.with_user(self.operator).action_accept()
        self.assertEqual((event.state, self.record_of(HALDEN)), ("queued", candidate))
        self.assert_done(self.apply(self.stripe, halden(phone="+1 617")))
        self.assertEqual(candidate.phone, "+1 617")

    def test_rule_10_held_and_accepted_is_undone(self):
        _candidate, match, event = self.held()
        match.action_accept()
        match.action_undo()
        self.assertEqual((match.state, event.state), ("undone", "queued"))
        again = self.apply(self.stripe, HALDEN)
        self.assertEqual((match.state, again.reason), ("review", "match_review"))

    def test_rule_10_held_and_rejected_is_created(self):
        candidate, match, event = self.held()
        match.action_reject()
        self.assertEqual(event.state, "queued")
        self.assert_done(self.apply(self.stripe, HALDEN))
        self.assertNotEqual(self.record_of(HALDEN), candidate)
        match.action_undo()
        self.assertEqual(match.other_partner_id, self.record_of(HALDEN))

    def test_rule_10_hold_concerns_the_second_of_a_batch_as_well(self):
        self.stripe.match_policy = "hold"
        other = halden(id="cus_2", email="office@halden.example")
        first, second = self.apply(self.stripe, HALDEN, other)
        self.assertEqual((first.state, second.reason), ("done", "match_review"))

    # ------------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------------

    def test_rule_31_users_see_and_do_not_decide(self):
        _candidate, match = self.doubt()
        theirs = match.with_user(self.user)
        self.assertEqual(theirs.score, 70)
        for action in ("action_accept", "action_reject", "action_undo", "action_merge"):
            with self.subTest(action=action), self.assertRaisesRegex(UserError, "Only"):
                getattr(theirs, action)()

    def test_rule_31_nobody_edits_what_was_decided(self):
        _candidate, match = self.doubt()
        for user in (self.operator, self.finance):
            with self.assertRaises(AccessError):
                match.with_user(user).write({"state": "accepted"})
            with self.assertRaises(AccessError):
                match.decision_ids.with_user(user).write({"note": "x"})
            with self.assertRaises(AccessError):
                match.with_user(user).unlink()

    def test_rule_31_matches_of_other_companies_are_not_seen(self):
        _candidate, match = self.doubt()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.operator.write(
            {"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id}
        )
        mine = self.env["q2c.match"].with_user(self.operator)
        self.assertFalse(mine.search([("id", "=", match.id)]))
        with self.assertRaises(AccessError):
            match.with_user(self.operator).action_reject()

    # ------------------------------------------------------------------
    # SIDE BY SIDE
    # ------------------------------------------------------------------

    def test_rule_10_differences_are_marked(self):
        _candidate, match = self.doubt(city="Chicago")
        table = match.with_user(self.user).comparison
        for text in ("Halden Robotics, Inc.", "Chicago", "Boston", "table-warning"):
            self.assertIn(text, table)
        self.assertIn("halden.example", table)

    def test_rule_10_what_others_wrote_is_text(self):
        _candidate, match = self.doubt(halden(name="<b>Halden Robotics</b>"))
        match = self.matches() or match
        self.apply(self.stripe, halden(id="cus_x", phone="<script>1</script>"))
        shown = self.matches(halden(id="cus_x")).comparison
        self.assertNotIn("<script>", shown)
