# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 3: the nightly comparison of provider, inbox and Odoo, and what it repairs."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..canonical import Hold
from .common_control import UNTIL, ControlCase
from .common_payouts import PayoutCase

MARCH = datetime(2026, 3, 5, tzinfo=timezone.utc)


class RunCase(ControlCase, PayoutCase):
    def setUp(self):
        super().setUp()
        self.first = self.invoice(self.line(10000, tax=2000))
        self.second = self.invoice(self.line(5000, tax=1000), id="in_2", number="I-2")


@tagged("post_install", "-at_install")
class TestReconciliationRun(RunCase):
    def test_rule_3_what_agrees_is_clean(self):
        paid = self.payment(12000, "in_1", balance_transaction_id="txn_1")
        self.told_and_applied(self.first, self.second)
        self.told_and_applied(self.transaction(12000, 378), paid)
        run = self.reconcile()
        self.assertEqual((run.state, run.result, run.progress), ("done", "clean", 100))
        self.assertFalse(run.difference_ids)
        self.assertEqual(run.object_count, 4)
        line = self.line_of(run, "invoice")
        self.assertEqual(line.currency_id, self.company.currency_id)
        self.assertEqual(
            (line.provider_count, line.applied_count, line.odoo_count), (2, 2, 2)
        )
        self.assertEqual(
            (line.provider_amount, line.applied_amount, line.odoo_amount),
            (180.0, 180.0, 180.0),
        )
        transactions = self.line_of(run, "balance_transaction")
        self.assertEqual(transactions.odoo_amount, 116.22)
        self.assertEqual(self.line_of(run, "payment").odoo_amount, 120.0)
        # A kind of which there is nothing is shown as such.
        self.assertEqual(self.line_of(run, "refund").provider_count, 0)
        self.assertTrue(run.started_at and run.finished_at)
        self.assertFalse(self.env["q2c.reconciliation.seen"].search([]))

    def test_rule_3_drafts_and_failures_count_nowhere(self):
        draft = self.invoice(self.line(100), id="in_d", status="draft")
        self.plant(draft, self.payment(500, id="pi_f", status="failed"))
        run = self.reconcile()
        self.assertEqual(run.result, "clean")
        self.assertEqual(self.line_of(run, "invoice").provider_count, 0)
        self.assertEqual(self.line_of(run, "payment").provider_count, 0)

    def test_rule_3_only_the_period_is_compared(self):
        self.plant(self.first, created=MARCH)
        self.assertEqual(self.reconcile().result, "clean")
        run = self.reconcile(date(2026, 3, 5), date(2026, 3, 5))
        self.assertEqual(self.differences(run), {"in_1": "missing"})

    # ------------------------------------------------------------------
    # EVERY SORT OF DIFFERENCE
    # ------------------------------------------------------------------

    def test_rule_3_missing_in_the_inbox(self):
        self.told_and_applied(self.first)
        self.plant(self.second)
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_2": "missing"})
        self.assertEqual(run.result, "differences")
        row = run.difference_ids
        self.assertEqual(
            (row.provider_amount, row.odoo_amount, row.difference), (60.0, 0.0, 60.0)
        )
        self.assertIn("in_2", row.message)
        self.assertTrue(row.remedy)
        line = self.line_of(run, "invoice")
        self.assertEqual((line.count_difference, line.amount_difference), (1, 60.0))
        self.assertEqual((line.applied_count, line.applied_amount), (1, 120.0))

    def test_rule_3_not_applied_yet(self):
        self.plant(self.first)
        ids = self.env["q2c.event"]._store(
            self.stripe, [self._envelope(self.first.ref)], "webhook"
        )
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_1": "not_applied"})
        self.assertEqual(run.difference_ids.event_id.ids, ids)

    def test_rule_3_skipped_by_somebody(self):
        self.plant(self.first)
        self.env["q2c.event"]._store(
            self.stripe, [self._envelope(self.first.ref)], "webhook"
        )
        self.env["q2c.event"].search([("object_id", "=", "in_1")]).action_skip()
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_1": "not_applied"})
        run.difference_ids.action_backfill()
        self.repair()
        self.assertEqual(run.result, "repaired")
        self.assertTrue(self.linked("invoice", "in_1"))

    def test_rule_3_held_for_a_reason(self):
        self.plant(self.first)
        self.stripe.invoice_journal_id = False
        [event] = self.apply(self.stripe, self.first)
        self.assert_held(event, "no_journal")
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_1": "held"})
        row = run.difference_ids
        self.assertEqual((row.message, row.remedy), (event.message, event.remedy))
        self.assertEqual(row.event_id, event)

    def test_rule_3_the_amount_differs(self):
        self.told_and_applied(self.first)
        self.plant(self.invoice(self.line(10500, tax=2100)))
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_1": "differs"})
        row = run.difference_ids
        self.assertEqual((row.provider_amount, row.odoo_amount), (126.0, 120.0))
        self.assertEqual(row.res_id, self.record_of(self.first).id)
        self.assertIn("126", row.message)
        self.assertEqual(self.line_of(run, "invoice").amount_difference, 6.0)

    def test_rule_3_a_missed_void_differs(self):
        self.told_and_applied(self.first)
        self.plant(replace(self.first, status="void"))
        run = self.reconcile()
        row = run.difference_ids
        self.assertEqual(
            (row.sort, row.provider_amount, row.odoo_amount), ("differs", 0.0, 120.0)
        )
        line = self.line_of(run, "invoice")
        self.assertEqual((line.provider_count, line.odoo_count), (0, 1))
        row.action_backfill()
        self.repair()
        self.assertEqual(self.record_of(self.first).payment_state, "reversed")
        self.assertEqual(row.state, "resolved")

    def test_rule_3_not_known_to_the_provider(self):
        self.told_and_applied(self.first, self.second)
        del self.account[self.second.ref]
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_2": "extra"})
        self.assertEqual(run.difference_ids.odoo_amount, 60.0)
        self.assertEqual(self.line_of(run, "invoice").amount_difference, -60.0)
        self.assertFalse(run.difference_ids.is_repairable)
        with self.assertRaisesRegex(UserError, "Nothing here"):
            run.action_backfill()

    def test_rule_3_of_another_period_is_not_extra(self):
        """Dated in the period, but created before it."""
        created = datetime(2026, 1, 31, 23, 30, tzinfo=timezone.utc)
        self.told_and_applied(self.first, created=created)
        run = self.reconcile()
        self.assertEqual(run.result, "clean")
        self.assertEqual(self.line_of(run, "invoice").odoo_count, 0)

    def test_rule_3_still_a_draft(self):
        self.told_and_applied(self.first)
        self.record_of(self.first).button_draft()
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_1": "not_posted"})
        self.assertEqual(self.line_of(run, "invoice").odoo_amount, 0.0)

    def test_drafts_by_policy_are_no_difference(self):
        self.stripe.invoice_posting = "draft"
        self.told_and_applied(self.first)
        run = self.reconcile()
        self.assertEqual(run.result, "clean")
        self.assertEqual(self.line_of(run, "invoice").odoo_amount, 120.0)

    def test_rule_3_what_cannot_be_understood_is_told(self):
        self.plant(self.first)
        self.unreadable[self.first.ref] = Hold(
            "unknown_currency", "The currency XTS is not known.", "Ask."
        )
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_1": "unreadable"})
        self.assertIn("XTS", run.difference_ids.message)

    def test_rule_25_what_the_bank_returned_counts_nowhere(self):
        paid = self.payment(12000, "in_1")
        self.told_and_applied(self.first)
        self.told_and_applied(paid)
        self.told_and_applied(replace(paid, status="failed", paid_at=None))
        run = self.reconcile()
        self.assertEqual(run.result, "clean")
        self.assertEqual(self.line_of(run, "payment").odoo_count, 0)

    def test_rules_22_and_23_disputes_and_payouts_are_compared(self):
        self.told_and_applied(self.first)
        self.told_and_applied(self.payment(12000, "in_1"))
        self.told_and_applied(self.dispute("warning_needs_response"))
        self.told_and_applied(self.left(5000), self.transaction(5000, id="txn_in"))
        self.told_and_applied(self.manual(5000))
        self.plant(self.manual(700, id="po_2"), self.failed(900, id="po_3"))
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"po_2": "missing"})
        self.assertEqual(self.line_of(run, "dispute").odoo_amount, 120.0)
        payouts = self.line_of(run, "payout")
        self.assertEqual((payouts.provider_amount, payouts.odoo_amount), (57.0, 50.0))

    def test_negative_invoices_and_credit_notes_have_their_sign(self):
        self.told_and_applied(self.first)
        negative = self.invoice(
            self.line(-2500, tax=-500),
            id="in_n",
            number="I-N",
            status="paid",
            ending_balance=self.money(-3000),
        )
        note = self.credit_note(self.line(2000, tax=400, price_id=""))
        self.told_and_applied(negative)
        self.told_and_applied(note)
        run = self.reconcile()
        self.assertEqual(run.result, "clean")
        self.assertEqual(self.line_of(run, "invoice").odoo_amount, 90.0)
        self.assertEqual(self.line_of(run, "credit_note").odoo_amount, 24.0)

    # ------------------------------------------------------------------
    # BACKFILL
    # ------------------------------------------------------------------

    def test_rule_3_backfill_repairs_and_says_which_gap_it_filled(self):
        self.plant(self.first, self.second)
        run = self.reconcile()
        self.assertEqual(set(self.differences(run).values()), {"missing"})
        run.action_backfill()
        self.assertEqual(set(run.difference_ids.mapped("state")), {"backfill"})
        self.repair(later=False)
        self.assertEqual(set(run.difference_ids.mapped("state")), {"backfilled"})
        event = run.difference_ids[0].event_id
        self.assertEqual((event.source, event.state), ("backfill", "done"))
        self.assertIn(run.name, event.gap)
        self.assertIn("Missing in the inbox", event.gap)
        self.repair()
        self.assertEqual(run.result, "repaired")
        self.assertEqual(self.linked("invoice", "in_2").amount_total, 60.0)
        self.assertEqual(self.reconcile().result, "clean")

    def test_rule_3_backfill_of_a_held_one_takes_its_event_up_again(self):
        self.plant(self.first)
        journal = self.stripe.invoice_journal_id
        self.stripe.invoice_journal_id = False
        [event] = self.apply(self.stripe, self.first)
        run = self.reconcile()
        run.difference_ids.action_backfill()
        self.repair()
        row = run.difference_ids
        self.assertEqual((row.state, row.sort), ("open", "held"))
        self.stripe.invoice_journal_id = journal
        row.action_backfill()
        self.repair()
        self.assertEqual((row.state, event.state), ("resolved", "done"))
        self.assertEqual(
            len(self.env["q2c.event"].search([("object_id", "=", "in_1")])), 1
        )

    def test_backfill_of_what_cannot_be_followed_says_why(self):
        self.told_and_applied(self.first)
        self.plant(self.invoice(self.line(10500, tax=2100)))
        run = self.reconcile()
        run.action_backfill()
        self.repair()
        row = run.difference_ids
        self.assertEqual((row.state, row.sort), ("open", "held"))
        self.assertIn("is booked as", row.message)

    def test_backfill_applies_a_state_that_came_in_before(self):
        """Put into the inbox in the same state, and applied; its record is gone."""
        self.plant(self.first)
        self.env["q2c.event"]._store(
            self.stripe, [self._envelope(self.first.ref)], "fetch"
        )
        self.run_lanes()
        move = self.record_of(self.first)
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        run = self.reconcile()
        self.assertEqual(self.differences(run), {"in_1": "not_applied"})
        run.action_backfill()
        self.repair()
        self.assertEqual(run.result, "repaired")
        self.assertEqual(self.record_of(self.first).state, "posted")

    def test_what_is_gone_meanwhile_is_settled(self):
        self.plant(self.first)
        run = self.reconcile()
        del self.account[self.first.ref]
        run.action_backfill()
        self.repair()
        self.assertEqual(run.result, "repaired")

    def test_an_outage_leaves_the_backfill_in_line(self):
        self.plant(self.first)
        run = self.reconcile()
        run.action_backfill()
        self.break_down()
        self.repair(later=False)
        self.assertEqual(run.difference_ids.state, "backfill")
        self.assertTrue(self.stripe._is_tripped())
        self.recover()
        self.repair()
        self.assertEqual(run.difference_ids.state, "resolved")

    def test_check_again_settles_what_is_right_by_now(self):
        self.plant(self.first)
        run = self.reconcile()
        self.assert_done(self.apply(self.stripe, self.first))
        run.difference_ids.action_check_again()
        self.assertEqual(
            (run.difference_ids.state, run.result), ("resolved", "repaired")
        )

    def test_a_later_run_settles_what_an_earlier_one_found(self):
        self.plant(self.first, self.second)
        before = self.reconcile()
        self.assert_done(self.apply(self.stripe, self.first))
        after = self.reconcile()
        states = {row.external_id: row.state for row in before.difference_ids}
        self.assertEqual(states, {"in_1": "resolved", "in_2": "superseded"})
        self.assertEqual(self.differences(after), {"in_2": "missing"})
        self.assertEqual((before.result, after.result), ("repaired", "differences"))

    # ------------------------------------------------------------------
    # THE WORK LIST
    # ------------------------------------------------------------------

    def exceptions(self, category="difference"):
        """{external id: exception} of the connection, as far as they are open."""
        found = self.env["q2c.exception"].search(
            [
                ("connection_id", "=", self.stripe.id),
                ("category", "=", category),
                ("state", "=", "open"),
            ]
        )
        return {case.external_id: case for case in found}

    def test_rule_3_each_difference_is_an_exception_until_it_is_settled(self):
        self.plant(self.first, self.second)
        run = self.reconcile()
        cases = self.exceptions()
        self.assertEqual(set(cases), {"in_1", "in_2"})
        case = cases["in_1"]
        self.assertEqual((case.code, case.category), ("missing_in_inbox", "difference"))
        self.assertIn("in_1", case.message)
        self.assertEqual(case.res_model, "q2c.reconciliation.difference")
        action = run.action_view_exceptions()
        listed = self.env["q2c.exception"].search(action["domain"])
        self.assertEqual(set(listed), set(cases.values()))
        # Found again, it is the same matter.
        self.reconcile()
        self.assertEqual(set(self.exceptions().values()), set(cases.values()))
        self.reconcile().action_backfill()
        self.repair()
        self.assertFalse(self.exceptions())
        self.assertEqual(case.state, "resolved")

    def test_what_is_held_is_on_the_work_list_once(self):
        self.plant(self.first)
        self.stripe.invoice_journal_id = False
        self.apply(self.stripe, self.first)
        self.reconcile()
        self.assertFalse(self.exceptions())
        self.assertEqual(set(self.exceptions("hold")), {"in_1"})

    def test_invariant_the_clearing_account_is_proven_with_it(self):
        self.told_and_applied(self.transaction(12000, 378))
        run = self.reconcile()
        self.assertEqual(run.clearing_proof_ids.connection_id, self.stripe)
        self.assertEqual(set(run.clearing_proof_ids.mapped("date")), {UNTIL})

    # ------------------------------------------------------------------
    # KILLED, REFUSED, UNREACHABLE
    # ------------------------------------------------------------------

    def test_a_killed_run_goes_on_where_it_was(self):
        invoices = [
            self.invoice(self.line(1000), id=f"in_{n}", number=f"I-{n}")
            for n in range(5)
        ]
        self.plant(*invoices)
        self.assert_done(self.apply(self.stripe, *invoices[:3]))
        run = self.reconcile(pieces=5)
        self.assertEqual(run.state, "running")
        self.assertTrue(0 < run.progress < 100)
        asked = len(self.listed)
        while run.state != "done":
            self.go_on(pieces=1)
        # No page is asked for twice.
        self.assertEqual(len(self.listed), len(set(self.listed)))
        self.assertGreater(len(self.listed), asked)
        self.assertEqual(self.differences(run), {"in_3": "missing", "in_4": "missing"})
        line = self.line_of(run, "invoice")
        self.assertEqual((line.provider_count, line.odoo_count), (5, 3))
        self.assertEqual((line.provider_amount, line.odoo_amount), (50.0, 30.0))

    def test_an_object_that_is_told_twice_counts_once(self):
        """A cursor whose object was deleted begins again with its second."""
        self.plant(self.first, self.second)
        run = self.reconcile(pieces=1)
        kinds = run._listed_kinds()
        for _again in range(2):
            run.place = {"phase": "objects", "kind": kinds.index("invoice")}
            run._step()
        self.assertEqual(self.line_of(run, "invoice").provider_count, 2)
        self.assertEqual(len(run.difference_ids), 2)

    def test_an_outage_keeps_the_place(self):
        self.plant(self.first)
        run = self.reconcile(pieces=3)
        place = run.place
        self.break_down()
        self.go_on()
        self.assertEqual((run.state, run.place), ("running", place))
        self.assertIn("did not answer", run.message)
        self.assertTrue(self.stripe._is_tripped())
        asked = len(self.listed)
        self.outage = None
        # As long as the breaker is open, nobody asks.
        self.go_on()
        self.assertEqual(len(self.listed), asked)
        self.recover()
        self.go_on()
        self.assertEqual((run.state, run.message), ("done", False))
        self.assertEqual(self.differences(run), {"in_1": "missing"})

    def test_refused_credentials_keep_the_place_and_are_one_matter(self):
        self.plant(self.first)
        run = self.reconcile(pieces=3)
        place = run.place
        self.outage = Hold("invalid_key", "Invalid API Key.", "Enter another.")
        self.go_on()
        self.go_on()
        self.assertEqual((run.state, run.place), ("running", place))
        cases = self.env["q2c.exception"].search([("code", "=", "invalid_key")])
        self.assertEqual((len(cases), cases.state), (1, "open"))
        self.outage = None
        self.stripe._close_breaker()
        self.go_on()
        self.assertEqual((run.state, cases.state), ("done", "resolved"))

    def test_invariant_6_a_kind_that_is_refused_stops_itself_only(self):
        self.refused["credit_note"] = Hold(
            "insufficient_access", "The key may not read credit notes.", "Edit it."
        )
        self.told_and_applied(self.first)
        run = self.reconcile()
        self.assertEqual((run.state, run.result), ("done", "incomplete"))
        self.assertIn("may not read credit notes. Edit it.", run.notes)
        self.assertEqual(self.line_of(run, "invoice").provider_count, 1)

    def test_a_canceled_run_stops(self):
        self.plant(self.first)
        run = self.reconcile(pieces=2)
        run.action_cancel()
        asked = len(self.listed)
        self.go_on()
        self.assertEqual((run.state, len(self.listed)), ("canceled", asked))

    def test_a_run_needs_an_active_connection_and_a_past(self):
        self.stripe.action_pause()
        with self.assertRaisesRegex(UserError, "Activate"):
            self.reconcile()
        with self.assertRaisesRegex(ValidationError, "future"):
            self.reconcile(UNTIL, UNTIL + timedelta(days=30000))


@tagged("post_install", "-at_install")
class TestNightly(RunCase):
    def plan(self, moment="2026-03-04 02:00:00"):
        with freeze_time(moment):
            return self.env["q2c.reconciliation.run"]._plan_nightly(self.stripe)

    def test_every_night_the_last_days(self):
        run = self.plan()
        self.assertEqual((run.origin, run.state), ("nightly", "queued"))
        self.assertEqual(
            (run.date_from, run.date_to), (date(2026, 3, 1), date(2026, 3, 3))
        )
        self.assertFalse(self.plan("2026-03-04 03:00:00"))
        self.assertTrue(self.plan("2026-03-05 01:30:00"))

    def test_not_before_the_day_has_settled(self):
        self.assertFalse(self.plan("2026-03-04 00:30:00"))

    def test_month_to_date(self):
        self.stripe.reconcile_period = "month"
        self.assertEqual(self.plan().date_from, date(2026, 3, 1))
        run = self.plan("2026-04-01 02:00:00")
        self.assertEqual(
            (run.date_from, run.date_to), (date(2026, 3, 1), date(2026, 3, 31))
        )

    def test_switched_off(self):
        self.stripe.reconcile_nightly = False
        self.assertFalse(self.plan())

    def test_the_scheduled_action_follows_the_connection(self):
        cron = self.stripe.control_cron_id
        self.assertTrue(cron.active)
        self.assertIn("_run_control", cron.code)
        self.stripe.action_pause()
        self.assertFalse(cron.active)

    def test_salesforce_has_nothing_to_compare(self):
        with freeze_time("2026-03-04 02:00:00"):
            runs = self.env["q2c.reconciliation.run"]
            self.assertFalse(runs._plan_nightly(self.salesforce))

    def test_what_is_left_open_is_compared_again_every_night(self):
        self.plant(self.first)
        run = self.reconcile()
        self.assert_done(self.apply(self.stripe, self.first))
        rows = self.env["q2c.reconciliation.difference"]
        self.assertFalse(rows._work_step(self.stripe))
        run.difference_ids.checked_at -= timedelta(days=1)
        rows._work_step(self.stripe)
        self.assertEqual(run.difference_ids.state, "resolved")

    # ------------------------------------------------------------------
    # THE ENDPOINT
    # ------------------------------------------------------------------

    def test_rule_3_the_state_of_the_endpoint_is_polled_and_alarmed(self):
        self.faults = [Hold("endpoint_disabled", "The endpoint is off.", "Enable it.")]
        run = self.reconcile()
        self.assertEqual(run.endpoint_note, "The endpoint is off. Enable it.")
        self.assertEqual(self.stripe.health, "error")
        self.assertEqual(self.stripe.health_message, run.endpoint_note)
        case = self.env["q2c.exception"].search([("code", "=", "endpoint_disabled")])
        self.assertEqual((case.state, case.severity), ("open", "critical"))
        self.faults = []
        run = self.reconcile()
        self.assertFalse(run.endpoint_note)
        self.assertEqual(case.state, "resolved")
        self.assertEqual((self.stripe.health, self.stripe.endpoint_message), ("ok", ""))

    def test_another_fault_of_the_connection_stays(self):
        self.stripe._set_health("error", "The key is refused.")
        self.reconcile()
        self.assertEqual(self.stripe.health, "error")


@tagged("post_install", "-at_install")
class TestRoles(RunCase):
    def person(self, role):
        return new_test_user(
            self.env,
            f"q2c_run_{role}",
            groups=f"base.group_user,quote_to_cash.group_{role}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_operators_and_finance_start_and_repair_but_edit_no_evidence(self):
        self.plant(self.first)
        for role in ("operator", "finance"):
            user = self.person(role)
            run = (
                self.env["q2c.reconciliation.run"]
                .with_user(user)
                .create(
                    {
                        "connection_id": self.stripe.id,
                        "date_from": date(2026, 2, 1),
                        "date_to": UNTIL,
                    }
                )
            )
            run.action_start()
            self.go_on()
            self.assertEqual(run.state, "done")
            run.action_backfill()
            for values in ({"notes": "nothing"}, {"state": "draft"}):
                with self.assertRaises(AccessError):
                    run.write(values)
            with self.assertRaises(AccessError):
                run.difference_ids.write({"state": "resolved"})
            with self.assertRaises(AccessError):
                run.unlink()

    def test_users_look_only(self):
        self.plant(self.first)
        run = self.reconcile().with_user(self.person("user"))
        self.assertEqual(run.result, "differences")
        self.assertTrue(run.difference_ids.message)
        for action in (run.action_backfill, run.action_cancel):
            with self.assertRaisesRegex(UserError, "Only operators and finance"):
                action()
        with self.assertRaises(AccessError):
            run.create({"connection_id": self.stripe.id})

    def test_the_statement_says_what_was_compared(self):
        self.told_and_applied(self.first)
        self.plant(self.second)
        run = self.reconcile()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "quote_to_cash.q2c_reconciliation_run_report", run.ids
        )
        for word in (run.name, "acct_test", "in_2", "Missing in the inbox", "180.00"):
            self.assertIn(word, html.decode())

    def test_history_is_kept(self):
        run = self.reconcile()
        with self.assertRaisesRegex(UserError, "evidence"):
            run.unlink()
