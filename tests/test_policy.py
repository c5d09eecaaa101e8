# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rules change by a revision that another person approves."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..canonical import Customer
from .common_billing import BillingCase


@tagged("post_install", "-at_install")
class TestPolicy(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.author = cls._user("author", "finance")
        cls.reviewer = cls._user("reviewer", "finance")
        cls.stripe.needs_approval = True

    @classmethod
    def _user(cls, login, group):
        return new_test_user(
            cls.env,
            f"q2c_{login}",
            groups=f"base.group_user,quote_to_cash.group_{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def draft(self, *rules, user=None):
        """A draft of the author with all ``rules``: (subject, owner)."""
        return (
            self.env["q2c.policy"]
            .with_user(user or self.author)
            .create(
                {
                    "rule_ids": [
                        Command.create(
                            {
                                "subject": subject,
                                "owner": owner,
                                "date_from": "2026-01-01",
                            }
                        )
                        for subject, owner in rules
                    ]
                }
            )
        )

    def approve(self, policy):
        policy.with_user(self.author).action_send()
        policy.with_user(self.reviewer).action_approve()
        return policy

    def in_force(self):
        return self.env["q2c.policy"]._in_force(self.company)

    def mapping(self, key="card", kind="payment_method", **values):
        return self.env["q2c.mapping"].create(
            {"connection_id": self.stripe.id, "kind": kind, "key": key, **values}
        )

    def account(self):
        return self.company_data["default_account_revenue"].copy()

    # ------------------------------------------------------------------
    # APPROVED BY ANOTHER PERSON
    # ------------------------------------------------------------------

    def test_rule_31_from_draft_to_superseded(self):
        first = self.draft(("customer.email", "stripe"))
        self.assertEqual((first.state, first.number), ("draft", 1))
        self.assertEqual(first.author_id, self.author)
        first.action_send()
        self.assertFalse(self.in_force())
        first.with_user(self.reviewer).action_approve()
        self.assertEqual((first.state, first.reviewer_id), ("in_force", self.reviewer))
        second = self.approve(self.draft(("customer.email", "odoo")))
        self.assertEqual((second.number, second.base_id), (2, first))
        self.assertEqual((first.state, second.state), ("superseded", "in_force"))
        self.assertIn("Odoo", second.matrix)
        self.assertNotIn("Odoo", first.matrix)
        self.assertEqual(
            self.env["q2c.ownership.rule"]._owners(self.company, "customer"),
            {"email": "odoo"},
        )

    def test_rule_31_nobody_approves_his_own(self):
        draft = self.draft(("customer.email", "stripe"))
        with self.assertRaisesRegex(UserError, "not sent for review"):
            draft.with_user(self.reviewer).action_approve()
        draft.action_send()
        with self.assertRaisesRegex(UserError, "is your own"):
            draft.action_approve()
        # Neither by writing what only buttons write.
        for values in (
            {"state": "in_force"},
            {"author_id": self.reviewer.id},
            {"reviewer_id": self.reviewer.id},
            {"base_id": False},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                draft.write(values)
        forged = (
            self.env["q2c.policy"]
            .with_user(self.author)
            .create({"state": "in_force", "author_id": self.reviewer.id})
        )
        self.assertEqual((forged.state, forged.author_id), ("draft", self.author))
        self.assertFalse(self.in_force())
        with self.assertRaisesRegex(UserError, "need the approval"):
            forged.action_put_in_force()

    def test_rule_31_who_changes_a_draft_is_its_author(self):
        draft = self.draft(("customer.email", "stripe"))
        theirs = draft.with_user(self.reviewer)
        with self.assertRaisesRegex(UserError, "a draft of your own"):
            theirs.rule_ids.owner = "odoo"
        with self.assertRaisesRegex(UserError, "a draft of your own"):
            theirs.rule_ids.unlink()
        with self.assertRaisesRegex(UserError, "a draft of your own"):
            theirs.action_send()

    def test_rule_31_what_was_sent_is_not_changed(self):
        draft = self.draft(("customer.email", "stripe"))
        draft.action_send()
        with self.assertRaisesRegex(UserError, "no draft any more"):
            draft.rule_ids.owner = "odoo"
        with self.assertRaisesRegex(UserError, "no draft any more"):
            draft.write({"date_from": "2030-01-01"})
        draft.with_user(self.reviewer).action_approve()
        with self.assertRaisesRegex(UserError, "no draft any more"):
            draft.rule_ids.unlink()
        with self.assertRaisesRegex(UserError, "Only drafts"):
            draft.unlink()

    def test_rule_31_roles(self):
        user, operator = self._user("user", "user"), self._user("op", "operator")
        draft = self.draft(("customer.email", "stripe"))
        draft.action_send()
        for person in (user, operator):
            self.assertEqual(draft.with_user(person).change_ids.sort, "added")
            with self.assertRaises(AccessError):
                self.draft(user=person)
            with self.assertRaisesRegex(UserError, "finance and managers"):
                draft.with_user(person).action_approve()
        manager = self._user("chief", "manager")
        draft.with_user(manager).action_approve()
        self.assertEqual(draft.state, "in_force")

    def test_rule_31_not_seen_in_other_companies(self):
        draft = self.draft(("customer.email", "stripe"))
        other = self.env["res.company"].create({"name": "Other"})
        foreigner = new_test_user(
            self.env,
            "q2c_foreigner",
            groups="base.group_user,quote_to_cash.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for records in (draft, draft.rule_ids, draft.change_ids):
            theirs = records.with_user(foreigner).with_context(
                allowed_company_ids=other.ids
            )
            self.assertTrue(records)
            self.assertFalse(theirs.search([("id", "in", records.ids)]))

    def test_without_approval_the_author_puts_it_in_force(self):
        self.stripe.needs_approval = False
        draft = self.draft(("customer.email", "stripe"))
        draft.action_put_in_force()
        self.assertEqual((draft.state, draft.reviewer_id.id), ("in_force", False))

    def test_live_connections_ask_for_approval(self):
        self.assertFalse(self.salesforce.needs_approval)
        self.salesforce.write({"state": "paused", "environment": "live"})
        self.assertTrue(self.salesforce.needs_approval)

    # ------------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------------

    def test_rule_31_in_force_from_its_day(self):
        draft = self.draft(("customer.email", "stripe"))
        today = fields.Date.today()
        draft.date_from = today + timedelta(days=3)
        self.approve(draft)
        self.env["q2c.policy"]._run_begin()
        self.assertEqual(draft.state, "approved")
        draft.sudo().date_from = today
        self.env["q2c.policy"]._run_begin()
        self.assertEqual(draft.state, "in_force")

    def test_rule_31_does_not_undo_what_came_into_force_meanwhile(self):
        self.approve(self.draft(("customer.email", "stripe")))
        late = self.draft(("customer.email", "stripe"), ("product.name", "odoo"))
        self.approve(
            self.draft(("customer.email", "odoo"), ("customer.phone", "stripe"))
        )
        self.assertTrue(late.is_outdated)
        with self.assertRaisesRegex(UserError, "would undo it"):
            late.action_send()
        late.action_rebase()
        self.assertEqual(late.change_ids.mapped("sort"), ["added"])
        self.approve(late)
        self.assertEqual(
            {rule.subject: rule.owner for rule in late.rule_ids},
            {
                "customer.email": "odoo",
                "customer.phone": "stripe",
                "product.name": "odoo",
            },
        )

    def test_rule_31_events_keep_their_revision(self):
        def told(name):
            event = self.apply(self.stripe, Customer(id="cus_7", name=name))
            self.assert_done(event)
            return event

        before = told("A")
        first = self.approve(self.draft(("customer.email", "stripe")))
        under_first = told("B")
        second = self.approve(self.draft(("customer.email", "odoo")))
        self.assertEqual(told("C").policy_id, second)
        self.assertEqual((before | under_first).policy_id, first)
        self.assertFalse(before.policy_id)

    # ------------------------------------------------------------------
    # COMPARED AND PREVIEWED
    # ------------------------------------------------------------------

    def test_rule_31_versions_are_compared(self):
        self.approve(
            self.draft(("customer.email", "stripe"), ("customer.phone", "odoo"))
        )
        draft = self.draft(("customer.email", "odoo"), ("product.name", "salesforce"))
        self.assertEqual(
            {
                (row.sort, row.label, row.old_value, row.new_value)
                for row in draft.change_ids
            },
            {
                (
                    "changed",
                    "Customer: E-mail, from 2026-01-01",
                    "Stripe",
                    "Odoo",
                ),
                ("removed", "Customer: Phone, from 2026-01-01", "Odoo", False),
                ("added", "Product: Name, from 2026-01-01", False, "Salesforce"),
            },
        )
        with self.assertRaisesRegex(UserError, "changes nothing"):
            self.env["q2c.policy"].with_user(self.author).create({}).action_send()

    def test_rule_31_any_two_revisions_are_compared(self):
        first = self.approve(self.draft(("customer.email", "stripe")))
        self.approve(self.draft(("customer.email", "odoo"), ("product", "stripe")))
        third = self.approve(self.draft(("customer.email", "salesforce")))
        action = (first | third).with_user(self.author).action_compare()
        comparison = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((comparison.old_id, comparison.new_id), (first, third))
        [line] = comparison.line_ids
        self.assertEqual(
            (line.sort, line.old_value, line.new_value),
            ("changed", "Stripe", "Salesforce"),
        )
        comparison.old_id = third.base_id
        self.assertEqual(
            set(comparison.line_ids.mapped("sort")), {"changed", "removed"}
        )

    def test_one_revision_is_compared_with_what_it_changes(self):
        first = self.approve(self.draft(("customer.email", "stripe")))
        with self.assertRaisesRegex(UserError, "choose two"):
            first.action_compare()
        draft = self.draft(("customer.email", "odoo"))
        action = draft.action_compare()
        comparison = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(comparison.old_id, first)

    def test_rule_14_preview_shows_what_a_changed_rule_alters(self):
        ours = Customer(
            id="cus_1",
            name="Billed Customer",
            email="there@x.example",
            phone="+1",
        )
        self.customer.write({"email": "here@x.example", "phone": "+2"})
        self.assert_done(self.apply(self.stripe, ours))
        draft = self.draft(("customer.email", "stripe"))
        preview = draft.preview_ids
        self.assertEqual(
            (preview.record_name, preview.our_value, preview.their_value),
            ("Billed Customer", "here@x.example", "there@x.example"),
        )
        self.assertIn(
            "E-mail will be owned by Stripe; 1 linked objects", draft.preview_note
        )
        self.assertIn("Not known", draft.preview_note)
        self.assertEqual(self.customer.email, "here@x.example")
        self.approve(draft)
        self.assertEqual(
            (self.customer.email, self.customer.phone), ("there@x.example", "+2")
        )
        self.assertEqual((preview.state, preview.resolution), ("resolved", "rule"))
        self.assertFalse(draft.preview_ids)
        self.assert_done(
            self.apply(self.stripe, replace(ours, email="newer@x.example"))
        )
        self.assertEqual(self.customer.email, "newer@x.example")

    # ------------------------------------------------------------------
    # MAPPINGS
    # ------------------------------------------------------------------

    def test_rule_31_mapping_takes_effect_when_approved(self):
        old, new = self.account(), self.account()
        mapping = self.mapping("price_1", "income", account_id=old.id)
        mapping.with_user(self.author).account_id = new
        self.assertEqual(mapping.account_id, old)
        draft = self.env["q2c.policy"].search([("author_id", "=", self.author.id)])
        self.assertIn(draft.display_name, mapping.proposal)
        self.assertEqual(
            (draft.change_ids.sort, draft.change_ids.about), ("changed", "mapping")
        )
        self.assertIn(new.code, draft.change_ids.new_value)
        move = self.bill()
        self.assertEqual(move.invoice_line_ids.account_id, old)
        self.approve(draft)
        self.assertEqual(mapping.account_id, new)
        self.assertFalse(mapping.proposal)
        self.assertEqual(self.bill(id="in_2").invoice_line_ids.account_id, new)

    def bill(self, **values):
        document = self.invoice(self.line(10000, tax=2000), **values)
        self.assert_done(self.apply(self.stripe, document))
        return self.linked("invoice", document.id)

    def test_rule_31_suggestions_are_proposed_together(self):
        names = ("Card", "SEPA debit")
        line = self.stripe.payment_journal_id.inbound_payment_method_line_ids[0]
        for name in names:
            line.copy({"name": name, "payment_account_id": self.clearing.id})
        mappings = self.mapping("card") + self.mapping("sepa_debit")
        told = mappings.with_user(self.author).action_accept()["params"]["message"]
        self.assertIn("2 proposed", told)
        self.assertEqual(set(mappings.mapped("state")), {"open"})
        draft = self.env["q2c.policy"].search([])
        self.assertEqual(draft.mapping_ids.mapping_id, mappings)
        self.approve(draft)
        self.assertEqual(set(mappings.mapped("state")), {"mapped"})

    def test_rule_31_tax_rate_goes_on_when_its_mapping_is_approved(self):
        mapping = self.mapping("txr_9", "tax_rate")
        mapping.with_user(self.author).tax_id = self.tax
        self.assertEqual(mapping.state, "open")
        self.approve(self.env["q2c.policy"].search([]))
        self.assertEqual((mapping.state, mapping.tax_id), ("mapped", self.tax))

    def test_rule_31_proposals_are_checked_and_taken_back(self):
        mapping = self.mapping("card").with_user(self.author)
        line = self.stripe.payment_journal_id.inbound_payment_method_line_ids[0]
        elsewhere = line.copy({"payment_account_id": self.receivable.id})
        with self.assertRaisesRegex(ValidationError, "mirrors the provider"):
            mapping.payment_method_line_id = elsewhere
        fitting = line.copy({"name": "Card", "payment_account_id": self.clearing.id})
        mapping.payment_method_line_id = fitting
        self.assertTrue(mapping.proposal)
        mapping.payment_method_line_id = False
        self.assertFalse(mapping.proposal)

    def test_rule_31_new_mapping_of_a_person_is_proposed(self):
        account = self.account()
        mapping = (
            self.env["q2c.mapping"]
            .with_user(self.author)
            .create(
                {
                    "connection_id": self.stripe.id,
                    "kind": "income",
                    "key": "line=services",
                    "account_id": account.id,
                }
            )
        )
        self.assertEqual(mapping.state, "open")
        self.approve(self.env["q2c.policy"].search([]))
        self.assertEqual(mapping.account_id, account)
        for change in (
            lambda: mapping.write({"key": "line=other"}),
            mapping.unlink,
        ):
            with self.assertRaisesRegex(UserError, "need approval"):
                change()

    def test_without_approval_mappings_are_written_at_once(self):
        self.stripe.needs_approval = False
        account = self.account()
        mapping = self.mapping("prod_1", "income")
        mapping.with_user(self.author).account_id = account
        self.assertEqual(mapping.account_id, account)
        self.assertFalse(self.env["q2c.policy"].search([]))

    # ------------------------------------------------------------------
    # MOVED
    # ------------------------------------------------------------------

    def test_rule_31_moved_from_test_to_production(self):
        account, journal = self.account(), self.stripe.invoice_journal_id
        self.mapping("line=services", "income", account_id=account.id)
        self.mapping("EUR", "journal", journal_id=journal.id)
        self.mapping("txr_test", "tax_rate", details=self.details, tax_id=self.tax.id)
        self.mapping("prod_test", "income", account_id=account.id)
        policy = self.approve(self.draft(("customer.email", "stripe")))
        data = base64.b64decode(policy.export_file)
        text = data.decode()
        for word in ('"code": "' + account.code, '"line=services"', '"stripe"'):
            self.assertIn(word, text)
        self.assertNotIn(f": {account.id},", text)

        # Another database: the same words, no mapping, ids of another mode.
        self.env["q2c.mapping"].search([]).unlink()
        self.env["q2c.policy"].search([]).sudo().state = "superseded"
        live = self.mapping("txr_live", "tax_rate", details=self.details)
        wizard = (
            self.env["q2c.policy.import"]
            .with_user(self.author)
            .create({"file": base64.b64encode(data)})
        )
        draft = self.env["q2c.policy"].browse(wizard.action_import()["res_id"])
        self.assertEqual((draft.state, draft.author_id), ("draft", self.author))
        self.assertEqual(draft.rule_ids.mapped("owner"), ["stripe"])
        self.assertEqual(
            {row.key: row._target() for row in draft.mapping_ids},
            {"line=services": account, "EUR": journal, "txr_live": self.tax},
        )
        self.assertEqual(len(draft.unmatched.splitlines()), 1)
        self.assertIn("prod_test", draft.unmatched)
        self.approve(draft)
        self.assertEqual(live.tax_id, self.tax)

    details = {"name": "VAT", "amount_type": "percent", "amount": 20.0}

    def test_import_lists_what_is_not_here(self):
        account = self.account()
        self.mapping("line=services", "income", account_id=account.id)
        policy = self.approve(self.draft(("customer.email", "stripe")))
        content = json.loads(base64.b64decode(policy.export_file))
        content["mappings"][0]["target"]["code"] = "999999999"
        content["ownership"].append(
            {"subject": "customer.shoe_size", "owner": "odoo", "from": "2026-01-01"}
        )
        draft = (
            self.env["q2c.policy"]
            .with_user(self.author)
            ._import(json.dumps(content).encode(), self.company)
        )
        self.assertIn("999999999", draft.unmatched)
        self.assertIn("shoe_size", draft.unmatched)
        self.assertFalse(draft.change_ids)

    def test_what_is_no_revision_is_refused(self):
        for data in (b"", b"[]", b'{"format": "x"}', b"\xff\xfe", b"null"):
            with self.subTest(data), self.assertRaisesRegex(UserError, "no file of"):
                self.env["q2c.policy"].with_user(self.author)._import(
                    data, self.company
                )
