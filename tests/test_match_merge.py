# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules 9 and 10: two contacts become one, and every id still leads there."""

from dataclasses import replace

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..canonical import Customer
from .common_matching import ACCOUNT, HALDEN, MatchCase, halden

WINNER = Customer(id="001D000000IqhSMIAZ", name="Winner")


@tagged("post_install", "-at_install")
class TestMerge(MatchCase):
    def test_rule_10_merged_contact_has_all_links(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        invoice = self.post_invoice(created)
        self.link(self.salesforce, "customer", ACCOUNT.id, created, is_origin=True)
        match.with_user(self.operator).action_merge()
        self.assertFalse(created.exists())
        self.assertEqual(invoice.partner_id, candidate)
        self.assertEqual(self.record_of(HALDEN), candidate)
        self.assertEqual(self.record_of(ACCOUNT, self.salesforce), candidate)
        self.assertFalse(candidate.q2c_binding_ids.filtered("is_origin"))
        self.assertEqual((match.state, self.case().state), ("merged", "resolved"))
        self.assertIn(f"#{created.id}", match.decision_ids.filtered("note").note)

    def test_rule_9_two_with_posted_entries_need_somebody_else(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        self.post_invoice(candidate)
        self.post_invoice(created)
        match.with_user(self.finance).action_merge()
        self.assertEqual((match.state, created.exists()), ("approval", created))
        self.assertEqual(self.case().code, "merge_needs_approval")
        self.assertFalse(match.with_user(self.finance).may_approve)
        with self.assertRaisesRegex(UserError, "somebody else"):
            match.with_user(self.finance).action_approve_merge()
        with self.assertRaisesRegex(UserError, "role Finance"):
            match.with_user(self.operator).action_approve_merge()
        self.assertTrue(match.with_user(self.other_finance).may_approve)
        match.with_user(self.other_finance).action_approve_merge()
        self.assertFalse(created.exists())
        self.assertEqual((match.state, self.case().state), ("merged", "resolved"))
        self.assertEqual(
            match.decision_ids.mapped("state"), ["merged", "approval", "review"]
        )

    def test_rule_9_approval_is_refused(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        self.post_invoice(candidate)
        self.post_invoice(created)
        match.with_user(self.operator).action_merge()
        match.with_user(self.finance).action_reject()
        self.assertEqual((match.state, created.exists()), ("rejected", created))

    def test_rule_9_one_contact_is_not_merged(self):
        self.stripe.match_policy = "hold"
        _candidate, match = self.doubt()
        with self.assertRaisesRegex(UserError, "one contact only"):
            match.action_merge()

    def test_rule_10_hashed_entries_keep_their_contact(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        self.assertEqual(match.survivor_id, candidate)
        self.post_invoice(created).inalterable_hash = "$1$x"
        match.invalidate_recordset(["survivor_id"])
        self.assertEqual(match.survivor_id, created)
        self.post_invoice(candidate).inalterable_hash = "$1$y"
        with self.assertRaisesRegex(UserError, "secured by a hash"):
            match.with_user(self.operator).action_merge()

    # ------------------------------------------------------------------
    # ALIASES
    # ------------------------------------------------------------------

    def test_rule_9_merged_in_odoo_is_remembered_for_ever(self):
        self.apply(self.salesforce, ACCOUNT, WINNER)
        loser = self.record_of(ACCOUNT, self.salesforce)
        winner = self.record_of(WINNER, self.salesforce)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((loser | winner).ids, winner)
        for document in (ACCOUNT, WINNER):
            self.assertEqual(self.record_of(document, self.salesforce), winner)
        self.assert_done(self.apply(self.salesforce, replace(ACCOUNT, phone="+1 617")))
        self.assertEqual((winner.name, winner.phone), ("Winner", "+1 617"))

    def test_rule_9_both_kinds_of_merges_one_after_the_other(self):
        """In Salesforce, then in Odoo, then an id of 15 characters in Stripe."""
        self.apply(self.salesforce, ACCOUNT, WINNER)
        gone = replace(ACCOUNT, deleted=True, merged_into=WINNER.id)
        self.assert_done(self.apply(self.salesforce, gone))
        winner = self.record_of(WINNER, self.salesforce)
        last = self.known("Last")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((winner | last).ids, last)
        self.assertEqual(self.record_of(ACCOUNT, self.salesforce), last)
        customer = Customer(id="cus_1", name="x", counterparts=(ACCOUNT.id[:15],))
        self.assert_done(self.apply(self.stripe, customer))
        self.assertEqual(self.record_of(customer), last)

    def test_rule_10_what_a_merged_contact_was_called_is_remembered(self):
        customer = Customer(id="cus_1", name="x", counterparts=(ACCOUNT.id,))
        self.apply(self.stripe, customer)
        loser, winner = self.record_of(customer), self.known("Winner")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((loser | winner).ids, winner)
        self.assert_done(self.apply(self.salesforce, ACCOUNT))
        self.assertEqual(self.record_of(ACCOUNT, self.salesforce), winner)

    def test_rule_10_merge_of_two_candidates_leaves_one_question(self):
        one, two = (self.known(email=HALDEN.email) for _number in range(2))
        self.apply(self.stripe, HALDEN)
        self.assertEqual(len(self.matches()), 2)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((one | two).ids, one)
        self.assertEqual(self.matches().partner_id, one)

    def test_rule_10_merged_by_odoos_own_wizard_is_decided(self):
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((candidate | created).ids, candidate)
        self.assertEqual((match.state, self.case().state), ("merged", "resolved"))
        self.assertEqual(self.record_of(HALDEN), candidate)

    def test_rule_9_merge_in_the_crm_is_approved_here(self):
        self.apply(self.salesforce, ACCOUNT, WINNER)
        loser = self.record_of(ACCOUNT, self.salesforce)
        winner = self.record_of(WINNER, self.salesforce)
        self.post_invoice(loser)
        self.post_invoice(winner)
        merged = replace(ACCOUNT, deleted=True, merged_into=WINNER.id)
        event = self.apply(self.salesforce, merged)
        self.assert_held(event, "merge_needs_approval")
        match = self.matches(ACCOUNT, self.salesforce)
        self.assertEqual((match.partner_id, match.other_partner_id), (winner, loser))
        self.assertEqual(match.evidence_text, "Merged in the CRM +100")
        match.with_user(self.operator).action_merge()
        match.with_user(self.finance).action_approve_merge()
        self.assertEqual((event.state, loser.exists()), ("queued", loser.browse()))
        self.assert_done(self.apply(self.salesforce, merged))
        self.assertEqual(self.record_of(ACCOUNT, self.salesforce), winner)
        self.assertTrue(winner.active)

    def test_rule_10_merge_needs_both_to_be_seen_once(self):
        """The same question about the same two is settled with it."""
        candidate, match = self.doubt()
        created = self.record_of(HALDEN)
        pair = self.env["q2c.match"].create(
            {"partner_id": created.id, "other_partner_id": candidate.id}
        )
        match.action_merge()
        self.assertEqual((match.state, pair.exists().state), ("merged", "merged"))

    def test_rule_10_undo_of_a_merge_is_refused(self):
        _candidate, match = self.doubt(halden())
        match.action_merge()
        with self.assertRaisesRegex(UserError, "Accepted, Rejected"):
            match.action_undo()
