# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One Stripe account that collects for several companies: each invoice is in the books
of its company, the money in those of the holder, who owes it."""

import base64
import json
from datetime import date, datetime, timezone
from decimal import Decimal

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..canonical import Ref, TaxRate
from . import test_test_bench
from .common_companies import CompaniesCase

FAR = datetime(2026, 2, 20, 9, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestIntercompany(CompaniesCase):
    # ------------------------------------------------------------------
    # SHORT WAYS
    # ------------------------------------------------------------------

    def german_invoice(self, amount=10000, **values):
        values = {"id": "in_de", "number": "DE-1", **values}
        line = self.line(amount, tax=amount // 5)
        return self.invoice(line, metadata=(("entity", "de"),), **values)

    def booked_invoice(self, **values):
        document = self.german_invoice(**values)
        self.assert_done(self.apply(self.stripe, document))
        return self.record_of(document)

    def pay(self, *allocations, amount=12000, fee=378, id="pi_1", **values):
        """Charge it, with its balance transaction."""
        moved = self.transaction(amount, fee, id=f"txn_{id}")
        document = self.payment(
            amount, *allocations, id=id, balance_transaction_id=moved.id, **values
        )
        self.assert_done(self.apply(self.stripe, moved, document))
        return self.record_of(document)

    def give_back(self, amount, **values):
        moved = self.transaction(-amount, id="txn_re_1", category="refund")
        document = self.refund(amount, **values)
        self.assert_done(self.apply(self.stripe, moved, document))
        return self.record_of(document)

    def mirror_of(self, record):
        return record.move_id.q2c_mirror_ids

    def items(self, move):
        """{(account type, or the name of a field of the entity): balance}"""
        names = {
            self.entity[name]: name
            for name in ("due_from_account_id", "due_to_account_id")
        }
        names[self.entity.chargeback_account_id] = "loss"
        names[self.stripe._clearing_account()] = "clearing"
        names[self.stripe.dispute_account_id] = "disputed"
        return {
            names.get(line.account_id, line.account_id.account_type): (
                line.amount_currency
            )
            for line in move.line_ids
        }

    def assert_equal_between_companies(self, code=None, amount=None):
        self.env.invalidate_all()
        rows = self.env["q2c.intercompany"].search([])
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(row.difference, 0, row.currency_id.name)
        if amount is not None:
            row = rows.filtered(lambda row: row.currency_id.name == (code or self.code))
            self.assertEqual((row.due_to, row.due_from), (amount, amount))

    def assert_clearing_agrees(self):
        """The clearing account is what the provider's balance was moved by."""
        moved = self.env["q2c.balance.transaction"].search(
            [("connection_id", "=", self.stripe.id)]
        )
        items = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.stripe._clearing_account().id),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertAlmostEqual(
            sum(items.mapped("balance")), sum(moved.mapped("net")), 2
        )
        self.assertEqual(items.company_id, self.company)
        self.assertFalse(any(moved.mapped("unbooked")))

    # ------------------------------------------------------------------
    # INVOICES
    # ------------------------------------------------------------------

    def test_invoice_is_posted_in_its_company_with_its_accounts(self):
        move = self.booked_invoice()
        self.assertEqual((move.company_id, move.state), (self.german, "posted"))
        self.assertEqual(move.journal_id, self.entity.invoice_journal_id)
        self.assertEqual(move.amount_total, 120)
        self.assertEqual(move.line_ids.tax_line_id, self.german_tax)
        # In its own currency: a dollar is half a euro there.
        self.assertEqual(abs(move.amount_total_signed), 60)
        self.assertEqual(move.line_ids.company_id, self.german)
        self.assertLessEqual(
            set(move.line_ids.account_id.company_ids.ids), set(self.german.ids)
        )

    def test_other_invoices_stay_with_the_holder(self):
        self.assertEqual(self.booked().company_id, self.company)

    def test_what_differs_is_held_in_any_company(self):
        document = self.german_invoice()
        wrong = self.line(10000, tax=2001)
        self.entity.rounding_account_id = False
        event = self.apply(
            self.stripe,
            self.invoice(
                wrong,
                id="in_de",
                metadata=document.metadata,
                untaxed=self.money(9999),
                total=self.money(12000),
            ),
        )
        self.assert_held(event, "does_not_tie_out")
        self.assertFalse(
            self.env["account.move"].search([("company_id", "=", self.german.id)])
        )

    def test_unmapped_tax_is_held_and_goes_on_when_it_is_mapped(self):
        self.mapping.unlink()
        event = self.apply(self.stripe, self.german_invoice())
        self.assert_held(event, "tax_not_mapped")
        mapping = self.env["q2c.mapping"].search(
            [("entity_id", "=", self.entity.id), ("key", "=", "txr_20")]
        )
        self.assertEqual(mapping.company_id, self.german)
        self.assertEqual(mapping.suggestion, self.german_tax.display_name)
        mapping.tax_id = self.german_tax
        self.assertEqual(event.state, "queued")
        # The holder's link of the rate is as it was.
        link = self.env["q2c.binding"]._resolve(
            self.stripe, [Ref("tax_rate", "txr_20")]
        )
        self.assertEqual(link[Ref("tax_rate", "txr_20")]._record(), self.tax)

    def test_rate_that_only_the_company_bears(self):
        """The holder need not have a tax of 19 %."""
        tax = self.german_tax.copy({"name": "USt 19 %", "amount": 19})
        rate = TaxRate(
            id="txr_19",
            name="USt",
            percentage=Decimal(19),
            country=self.german.account_fiscal_country_id.code,
        )
        self.assert_done(self.apply(self.stripe, rate))
        line = self.line(10000, tax=1900, rate="txr_19")
        document = self.invoice(line, id="in_de", metadata=(("entity", "de"),))
        self.assert_done(self.apply(self.stripe, document))
        self.assertEqual(self.record_of(document).line_ids.tax_line_id, tax)
        mapping = self.env["q2c.mapping"].search([("key", "=", "txr_19")])
        self.assertEqual((mapping.entity_id, mapping.tax_id), (self.entity, tax))
        # An invoice of the holder's own must not be booked under it.
        own = self.invoice(line, id="in_own", number="INV-2")
        self.assert_held(self.apply(self.stripe, own), "tax_not_mapped")

    def test_drafts_of_the_company_are_posted_in_the_window(self):
        self.stripe.invoice_posting = "window"
        move = self.booked_invoice()
        self.assertEqual(move.state, "draft")
        posting = self.env["q2c.posting"]
        self.assertEqual(posting._run(self.stripe._as_service()), (1, 0))
        self.assertEqual(move.state, "posted")

    def test_bench_shows_the_company(self):
        content = test_test_bench.TestBench.payload(self)
        content["metadata"] = {"entity": "de"}
        found = self.env["q2c.bench"]._of_text(self.stripe, json.dumps(content))
        (route,) = found["rules"]["routes"]
        self.assertEqual(
            route["checks"][0]["outcomes"], [["Book In", self.german.name]]
        )
        (entry,) = found["entries"]
        self.assertEqual(entry["company"], self.german.name)
        self.assertFalse(
            self.env["account.move"].search([("company_id", "=", self.german.id)])
        )

    def test_rules_move_with_the_company_and_its_journal(self):
        journal = self._journal("DEX", self.german)
        policy = self.in_force(
            self.rule(routed_company_id=self.german, journal_id=journal)
        )
        self.assertEqual(self.booked_invoice().journal_id, journal)
        data = base64.b64decode(policy.export_file)
        self.in_force(self.rule(routed_company_id=self.german))
        draft = self.env["q2c.policy"]._import(data, self.company)
        self.assertFalse(draft.unmatched)
        self.assertEqual(draft.routing_ids.journal_id, journal)
        with self.assertRaisesRegex(ValidationError, "books in"):
            self.draft(
                self.rule(routed_company_id=self.german, journal_id=self.journal)
            )

    def test_routed_company_must_be_served_and_set_up(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        policy = self.env["q2c.policy"].create({})
        policy.routing_ids.routed_company_id = other
        policy.action_put_in_force()
        event = self.apply(self.stripe, self.german_invoice())
        self.assert_held(event, "company_not_served")
        self.assertIn("Elsewhere", event.message)
        policy = self.env["q2c.policy"].create({})
        policy.routing_ids.routed_company_id = self.german
        policy.action_put_in_force()
        self.entity.due_from_account_id = False
        event = self.apply(self.stripe, self.german_invoice())
        self.assert_held(event, "entity_incomplete")
        self.assertIn("Due From Holder", event.message)

    def test_service_user_without_the_company(self):
        self.stripe.user_id.company_ids = [Command.unlink(self.german.id)]
        event = self.apply(self.stripe, self.german_invoice())
        self.assert_held(event, "no_company_access")
        self.assertIn(self.german.name, event.remedy)

    def test_customer_balance_is_not_moved_between_companies(self):
        event = self.apply(
            self.stripe,
            self.german_invoice(
                starting_balance=self.money(-500), ending_balance=self.money(0)
            ),
        )
        self.assert_held(event, "not_across_companies")

    def test_rules_that_change_leave_what_is_booked(self):
        move = self.booked_invoice()
        self.in_force()
        policy = self.env["q2c.policy"].create({})
        policy.routing_ids.unlink()
        policy.action_put_in_force()
        void = self.german_invoice(status="void")
        self.assert_done(self.apply(self.stripe, void))
        self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(move.reversal_move_ids.company_id, self.german)

    def test_uncollectible_is_written_off_in_its_company(self):
        self.stripe.uncollectible_policy = "write_off"
        move = self.booked_invoice()
        self.assert_done(
            self.apply(self.stripe, self.german_invoice(status="uncollectible"))
        )
        entry = move.q2c_write_off_move_id
        self.assertEqual(entry.company_id, self.german)
        self.assertEqual(move.amount_residual, 0)
        self.pay("in_de")
        self.assertFalse(move.q2c_write_off_move_id)
        self.assertEqual(move.payment_state, "paid")

    # ------------------------------------------------------------------
    # PAYMENTS
    # ------------------------------------------------------------------

    def test_payment_is_the_holders_and_owed_to_the_company(self):
        move = self.booked_invoice()
        payment = self.pay("in_de")
        self.assertEqual(payment.company_id, self.company)
        self.assertEqual(
            self.items(payment.move_id), {"clearing": 120, "due_to_account_id": -120}
        )
        mirror = self.mirror_of(payment)
        self.assertEqual((mirror.company_id, mirror.state), (self.german, "posted"))
        self.assertEqual(
            self.items(mirror), {"due_from_account_id": 120, "asset_receivable": -120}
        )
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(mirror.q2c_trace, payment.q2c_trace)
        self.assert_equal_between_companies(amount=120)
        self.assert_clearing_agrees()
        due = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.entity.due_to_account_id
        )
        self.assertEqual(due.partner_id, self.german.partner_id)

    def test_the_crm_is_told_of_the_invoices_of_all_companies(self):
        self.booked_invoice()
        own = self.invoice(self.line(5000, tax=1000), id="in_own", number="OWN-1")
        self.assert_done(self.apply(self.stripe, own))
        status = self.env["q2c.status"].with_user(self.salesforce.user_id)
        status = status.with_context(allowed_company_ids=self.company.ids)

        def told(*names):
            values = status._values(self.customer.with_env(status.env))
            return [(values[name].amount, values[name].currency) for name in names]

        self.assertEqual(
            told("amount_invoiced", "amount_due"), [(18000, "USD"), (18000, "USD")]
        )
        self.pay(("in_de", 12000))
        self.assertEqual(
            told("amount_paid", "amount_due"), [(12000, "USD"), (6000, "USD")]
        )

    def test_payment_of_invoices_of_two_companies_splits(self):
        german = self.booked_invoice()
        own = self.invoice(self.line(5000, tax=1000))
        self.assert_done(self.apply(self.stripe, own))
        payment = self.pay(("in_de", 12000), ("in_1", 6000), amount=18000)
        self.assertEqual(
            self.items(payment.move_id),
            {"clearing": 180, "due_to_account_id": -120, "asset_receivable": -60},
        )
        self.assertEqual(german.payment_state, "paid")
        self.assertEqual(self.record_of(own).amount_residual, 0)
        self.assert_equal_between_companies(amount=120)
        # A part given back cannot be told; all of it can.
        moved = self.transaction(-3000, id="txn_re_9", category="refund")
        part = self.refund(3000, id="re_9")
        events = self.apply(self.stripe, moved, part)
        self.assert_held(events[1], "not_across_companies")
        self.env["q2c.event"].browse(events.ids).action_skip()
        self.give_back(18000)
        self.assert_equal_between_companies(amount=0)

    def test_what_is_left_of_a_payment_stays_with_the_holder(self):
        self.booked_invoice()
        payment = self.pay(("in_de", 12000), amount=13000)
        self.assertEqual(
            self.items(payment.move_id),
            {"clearing": 130, "due_to_account_id": -120, "asset_receivable": -10},
        )
        self.assert_equal_between_companies(amount=120)
        self.assertTrue(self.env["q2c.exception"].search([("code", "=", "overpaid")]))
        self.give_back(13000)
        self.assert_equal_between_companies(amount=0)

    def test_payment_without_an_invoice_is_the_holders(self):
        payment = self.pay()
        self.assertFalse(self.mirror_of(payment))
        self.assertEqual(
            self.items(payment.move_id), {"clearing": 120, "asset_receivable": -120}
        )

    def test_payment_that_the_bank_returns(self):
        move = self.booked_invoice()
        payment = self.pay("in_de", fee=0)
        back = self.transaction(
            -12000, id="txn_back", category="charge_failure", created=FAR
        )
        gone = self.payment(
            12000,
            "in_de",
            status="failed",
            balance_transaction_id="txn_pi_1",
            failure_transaction_id="txn_back",
        )
        self.assert_done(self.apply(self.stripe, back, gone))
        self.assertEqual(payment.state, "rejected")
        self.assertEqual(move.amount_residual, 120)
        self.assert_equal_between_companies(amount=0)
        self.assert_clearing_agrees()

    def test_payment_before_the_draft_is_posted(self):
        self.stripe.invoice_posting = "draft"
        move = self.booked_invoice()
        self.pay("in_de")
        move.invoice_date_due = date(2026, 3, 4)
        move.action_post()
        self.assertEqual(move.amount_residual, 0)

    def test_charge_that_settles_in_another_currency(self):
        line = self.line(10000, tax=2000, code="EUR")
        euro = self.invoice(
            line,
            id="in_eur",
            number="DE-2",
            currency="EUR",
            metadata=(("entity", "de"),),
            starting_balance=self.money(0, "EUR"),
        )
        self.assert_done(self.apply(self.stripe, euro))
        moved = self.transaction(25000, 500, id="txn_fx")
        paid = self.payment(
            12000, "in_eur", currency="EUR", balance_transaction_id="txn_fx"
        )
        self.assert_done(self.apply(self.stripe, moved, paid))
        self.assertEqual(self.record_of(euro).payment_state, "paid")
        self.assert_equal_between_companies("EUR", 120)
        self.assert_clearing_agrees()

    def test_payout_is_the_holders_alone(self):
        self.booked_invoice()
        payment = self.pay("in_de")
        charge = self.transaction(12000, 378, id="txn_pi_1")
        document = self.payout(11622, charge)
        self.assert_done(self.apply(self.stripe, self.left(11622), document))
        self.assertEqual(self.record_of(document).move_id.company_id, self.company)
        clearing = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.stripe._clearing_account()
        )
        self.assertTrue(clearing.reconciled)
        self.assert_equal_between_companies(amount=120)
        self.assert_clearing_agrees()

    def test_locked_period_of_the_company_holds_its_payment(self):
        self.booked_invoice()
        self.german.fiscalyear_lock_date = date(2026, 2, 28)
        moved = self.transaction(12000, 0)
        document = self.payment(12000, "in_de", balance_transaction_id="txn_1")
        events = self.apply(self.stripe, moved, document)
        self.assert_held(events[1], "period_locked")
        self.assertIn(self.german.name, events[1].message)

    # ------------------------------------------------------------------
    # REFUNDS, CREDIT NOTES, DISPUTES
    # ------------------------------------------------------------------

    def german_note(self, amount=10000, **values):
        line = self.line(amount, tax=amount // 5, invoice_line_id="il_1")
        return self.credit_note(line, invoice_id="in_de", **values)

    def test_credit_note_with_its_refund(self):
        move = self.booked_invoice()
        self.pay("in_de")
        refund = self.give_back(12000)
        note = self.german_note(refunds=[("re_1", 12000)])
        self.assert_done(self.apply(self.stripe, note))
        credit = self.record_of(note)
        self.assertEqual(credit.company_id, self.german)
        self.assertEqual(credit.journal_id, move.journal_id)
        self.assertEqual(credit.amount_residual, 0)
        self.assertEqual(
            self.items(self.mirror_of(refund)),
            {"due_from_account_id": -120, "asset_receivable": 120},
        )
        self.assert_equal_between_companies(amount=0)
        self.assert_clearing_agrees()

    def test_credit_note_before_payment(self):
        move = self.booked_invoice()
        note = self.german_note(2000)
        self.assert_done(self.apply(self.stripe, note))
        self.assertEqual(move.amount_residual, 96)
        self.pay("in_de", amount=9600)
        self.assertEqual(move.payment_state, "paid")
        self.assert_equal_between_companies(amount=96)

    def test_credit_to_the_customer_balance_is_held(self):
        self.booked_invoice()
        self.pay("in_de")
        event = self.apply(self.stripe, self.german_note(to_balance=12000))
        self.assert_held(event, "not_across_companies")

    def test_refund_without_a_credit_note_by_policy(self):
        move = self.booked_invoice()
        self.pay("in_de")
        refund = self.give_back(6000)
        note = self.env["account.move"].search(
            [("q2c_refund_payment_id", "=", refund.id)]
        )
        self.assertEqual((note.company_id, note.state), (self.german, "draft"))
        self.assertEqual(note.amount_total, 60)
        note.action_post()
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(move.payment_state, "paid")
        self.assert_equal_between_companies(amount=60)

    def test_refund_that_opens_the_debt_again_and_fails(self):
        self.stripe.refund_policy = "reopen"
        move = self.booked_invoice()
        self.pay("in_de")
        refund = self.give_back(12000)
        self.assertEqual(move.amount_residual, 120)
        back = self.transaction(
            12000, id="txn_fail", category="refund_failure", created=FAR
        )
        failed = self.refund(12000, status="failed", failure_transaction_id="txn_fail")
        self.assert_done(self.apply(self.stripe, back, failed))
        self.assertEqual(refund.state, "rejected")
        self.assertEqual(move.amount_residual, 0)
        self.assert_equal_between_companies(amount=120)
        self.assert_clearing_agrees()

    def lose(self):
        """The invoice of the company is paid, disputed, and lost."""
        move = self.booked_invoice()
        self.pay("in_de")
        taken = self.transaction(-12000, 1500, id="txn_dp", category="dispute")
        events = self.apply(self.stripe, taken, self.dispute("needs_response", taken))
        self.assert_done(events)
        record = self.record_of(self.dispute("needs_response", taken))
        self.assertEqual(record.invoice_ids, move)
        self.assert_equal_between_companies(amount=120)
        self.assert_done(self.apply(self.stripe, self.dispute("lost", taken)))
        return move, record, taken

    def test_lost_dispute_is_the_companys_loss(self):
        move, record, taken = self.lose()
        loss = record.loss_move_ids
        self.assertEqual(self.items(loss), {"due_to_account_id": 120, "disputed": -120})
        self.assertEqual(
            self.items(loss.q2c_mirror_ids), {"loss": 120, "due_from_account_id": -120}
        )
        self.assertEqual(move.payment_state, "paid")
        self.assert_equal_between_companies(amount=0)
        self.assert_clearing_agrees()
        # Won after all: as though it had never been lost.
        back = self.transaction(12000, id="txn_won", category="dispute_reversal")
        won = self.dispute("won", taken, back)
        self.assert_done(self.apply(self.stripe, back, won))
        self.assert_equal_between_companies(amount=120)
        self.assert_clearing_agrees()

    def test_lost_dispute_that_is_owed_again(self):
        self.stripe.dispute_loss_policy = "credit_note"
        move, record, _taken = self.lose()
        mirror = record.loss_move_ids.q2c_mirror_ids
        self.assertEqual(
            self.items(mirror), {"asset_receivable": 120, "due_from_account_id": -120}
        )
        note = self.env["account.move"].search([("q2c_dispute_id", "=", record.id)])
        note = note.filtered(lambda each: each.move_type == "out_refund")
        self.assertEqual((note.company_id, note.amount_total), (self.german, 120))
        self.assert_equal_between_companies(amount=0)

    def test_books_that_disagree_are_somebodys_task(self):
        self.booked_invoice()
        payment = self.pay("in_de")
        mirror = self.mirror_of(payment)
        mirror.button_draft()
        self.env.invalidate_all()
        exceptions = self.env["q2c.exception"]
        balances = self.env["q2c.intercompany"]
        balances._report_differences(self.stripe)
        case = exceptions.search([("code", "=", "intercompany_difference")])
        self.assertIn(self.german.name, case.message)
        self.assertEqual(case.state, "open")
        mirror.action_post()
        self.env.invalidate_all()
        balances._report_differences(self.stripe)
        self.assertEqual(case.state, "resolved")

    # ------------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------------

    def person(self, company, login, role="finance"):
        return new_test_user(
            self.env,
            f"q2c_{login}",
            groups=f"base.group_user,account.group_account_invoice,"
            f"quote_to_cash.group_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def as_user(self, records, user):
        # What others have read is in the cache for everybody.
        self.env.invalidate_all()
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def test_users_of_either_company(self):
        move = self.booked_invoice()
        payment = self.pay("in_de")
        self.assert_done(self.apply(self.stripe, self.german_invoice(status="paid")))
        theirs = self.person(self.german, "german")
        ours = self.person(self.company, "american")
        seen = self.as_user(move, theirs)
        self.assertEqual(seen.q2c_sync_state, "synced")
        self.assertTrue(seen.q2c_proof_ids)
        self.assertEqual({row.state for row in seen.q2c_proof_ids}, {"tied"})
        self.assertTrue(seen.action_q2c_view_bindings())
        self.assertIn("stripe.com", seen.action_q2c_open_stripe()["url"])
        events = self.env["q2c.event"].search([])
        self.assertFalse(self.as_user(events, theirs).search([]))
        with self.assertRaises(AccessError):
            self.as_user(payment, theirs).read(["amount"])
        with self.assertRaises(AccessError):
            self.as_user(move, ours).read(["name"])
        links = self.env["q2c.binding"]
        self.assertFalse(
            self.as_user(links, ours).search([("external_id", "=", "in_de")])
        )
        self.assertTrue(
            self.as_user(links, ours).search([("external_id", "=", "pi_1")])
        )
        mirror = self.mirror_of(payment)
        self.assertEqual(
            self.as_user(mirror, theirs).read(["state"])[0]["state"], "posted"
        )
        self.assertFalse(self.as_user(payment.move_id, ours).q2c_mirror_ids)
        # Both sides of a pair are for whoever has both.
        for user in (theirs, ours):
            self.assertFalse(
                self.as_user(self.env["q2c.intercompany"], user).search([])
            )

    def test_company_maps_its_own_taxes(self):
        finance = self.person(self.german, "german")
        self.stripe.needs_approval = True
        mapping = self.as_user(self.mapping, finance)
        other = self.german_tax.copy({"name": "USt 20 % neu"})
        mapping.tax_id = other.id
        self.assertEqual(mapping.proposal_ids.policy_id.company_id, self.german)
        self.assertEqual(self.mapping.tax_id, self.german_tax)

    # ------------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------------

    def test_accounts_of_a_pair_are_its_own(self):
        third = self.setup_other_company(name="Third")["company"]
        entity = self.env["q2c.connection.entity"].create(
            {"connection_id": self.stripe.id, "company_id": third.id}
        )
        with (
            self.assertRaisesRegex(ValidationError, "is used for"),
            self.cr.savepoint(),
        ):
            entity.due_to_account_id = self.entity.due_to_account_id
        entity.action_set_up()
        self.assertNotEqual(entity.due_to_account_id, self.entity.due_to_account_id)
        with self.assertRaisesRegex(ValidationError, "holds the account"):
            self.env["q2c.connection.entity"].create(
                {"connection_id": self.stripe.id, "company_id": self.company.id}
            )

    def test_second_account_of_the_same_pair_shares_its_accounts(self):
        second = self._connection("stripe", account_ref="acct_second", name="Shop")
        second._set_up_accounting()
        entity = self.env["q2c.connection.entity"].create(
            {"connection_id": second.id, "company_id": self.german.id}
        )
        entity.action_set_up()
        for name in ("due_to_account_id", "due_from_account_id"):
            self.assertEqual(entity[name], self.entity[name])

    def test_entity_with_documents_stays(self):
        self.booked_invoice()
        with self.assertRaisesRegex(Exception, "has documents"):
            self.entity.unlink()
