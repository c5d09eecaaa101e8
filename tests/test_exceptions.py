# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The work list: what stands still is on it once, and leaves it by itself."""

from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..canonical import Customer, Envelope, Hold, Outcome, Reading, Ref
from ..models.engine.queued import SLOTS
from ..models.engine.reasons import REASONS, label_of
from .common import Q2CCase
from .common_billing import BillingCase


class ExceptionCase(Q2CCase):
    """``documents``: {object id: the canonical document, or the failure that reading it
    ends with}."""

    def setUp(self):
        super().setUp()
        self.documents = {}
        provider = self.registry["q2c.provider.stripe"]
        self.patch(
            provider,
            "_open",
            lambda _s, _c, _k, payload: Reading(content={"id": payload}),
        )
        self.patch(
            provider, "_fetch", lambda _s, _c, refs: {r: {"id": r.id} for r in refs}
        )
        self.patch(provider, "_translate", self._translate)

    def _translate(self, _connection, _kind, content, _api_version):
        document = self.documents[content["id"]]
        if isinstance(document, Exception):
            raise document
        return document

    def store(self, external_id, object_id="cus_1", partition="cus_1"):
        envelope = Envelope(
            external_id=external_id,
            type="customer.updated",
            kind="customer",
            object_id=object_id,
            partition=partition,
            occurred_at=self._next_moment(),
            payload=object_id,
        )
        self.env["q2c.event"]._store(self.stripe, [envelope], "webhook")
        return self.env["q2c.event"].search([("external_id", "=", external_id)])

    def run_lanes(self):
        self.env["q2c.processor"]._run(list(range(SLOTS)))

    def hold(self, external_id="evt_1", object_id="cus_1", code="no_journal"):
        """An event that is held."""
        self.documents[object_id] = Hold(
            code, f"The object {object_id} cannot be booked.", "Set it up, then retry."
        )
        event = self.store(external_id, object_id)
        self.run_lanes()
        return event

    def cases(self, *states):
        states = states or ("open", "resolved", "dismissed")
        return self.env["q2c.exception"].search(
            [("connection_id", "=", self.stripe.id), ("state", "in", states)]
        )

    def report(self, key="k", code="overpaid", message="Wrong.", **values):
        return self.env["q2c.exception"]._report(
            self.stripe, code, message, "Do it.", key=key, **values
        )

    def user_with(self, role):
        return new_test_user(
            self.env,
            f"q2c_case_{role}",
            groups=f"base.group_user,quote_to_cash.group_{role}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )


@tagged("post_install", "-at_install")
class TestReporting(ExceptionCase):
    def test_reported_again_it_is_refreshed(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        case = self.report(record=partner, ref=Ref("payment", "pi_1"))
        self.assertEqual((case.reason_label, case.count), ("Money left over", 1))
        self.assertEqual((case.record_name, case.partner_id), ("Ada", partner))
        self.assertEqual((case.kind, case.external_id), ("payment", "pi_1"))
        again = self.report(message="Still wrong.", severity="critical")
        self.assertEqual(again, case)
        self.assertEqual((case.count, case.message), (2, "Still wrong."))
        self.assertEqual(case.severity, "critical")

    def test_unknown_codes_are_called_by_their_words(self):
        self.assertEqual(
            self.report(code="moon_too_full").reason_label, "Moon too full"
        )

    def test_resolved_it_opens_again(self):
        case = self.report()
        self.env["q2c.exception"]._resolve_keys(self.stripe, ["k", "other"])
        self.assertEqual((case.state, case.resolution), ("resolved", "Settled"))
        self.assertTrue(case.resolved_at)
        self.report()
        self.assertEqual((case.state, case.resolution), ("open", False))
        self.assertFalse(case.resolved_at or case.resolved_by_id)
        self.assertIn("Open again", case.message_ids[:1].body)

    def test_dismissed_it_stays_so_until_it_says_something_else(self):
        case = self.report()
        case._close("dismissed", "Agreed with the customer")
        self.report()
        self.assertEqual((case.state, case.count), ("dismissed", 2))
        self.report(message="Even more wrong.")
        self.assertEqual(case.state, "open")

    def test_keys_are_of_one_connection(self):
        case = self.report()
        other = self.env["q2c.exception"]._report(
            self.salesforce, "overpaid", "Wrong.", key="k"
        )
        self.env["q2c.exception"]._resolve_keys(self.salesforce, {"k"})
        self.assertEqual((case.state, other.state), ("open", "resolved"))

    def test_many_take_no_more_queries_than_few(self):
        def cases(prefix, number):
            return [
                {"key": f"{prefix}{n}", "code": "overpaid", "message": "Wrong."}
                for n in range(number)
            ]

        exceptions = self.env["q2c.exception"]
        exceptions._report_many(self.stripe, cases("warm", 2))
        counts = []
        for prefix, number in (("few", 2), ("many", 40)):
            before = self.cr.sql_log_count
            exceptions._report_many(self.stripe, cases(prefix, number))
            exceptions._resolve_keys(self.stripe, ["nothing"])
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_the_same_key_twice_in_one_report_is_one(self):
        case = {"key": "k", "code": "overpaid", "message": "Wrong."}
        made = self.env["q2c.exception"]._report_many(self.stripe, [case, dict(case)])
        self.assertEqual(len(made), 1)


@tagged("post_install", "-at_install")
class TestHolds(ExceptionCase):
    def test_rule_30_a_hold_says_what_is_wrong_and_what_to_do(self):
        event = self.hold()
        case = self.cases()
        self.assertEqual((case.state, case.category), ("open", "hold"))
        self.assertEqual((case.code, case.reason_label), ("no_journal", "No journal"))
        self.assertEqual(case.message, "The object cus_1 cannot be booked.")
        self.assertEqual(case.remedy, "Set it up, then retry.")
        self.assertEqual(case.event_id, event)
        self.assertEqual(event.reason_label, "No journal")

    def test_redelivery_does_not_multiply_it(self):
        self.hold()
        event = self.hold("evt_2", code="no_income_account")
        case = self.cases()
        self.assertEqual(len(case), 1)
        self.assertEqual((case.count, case.event_id), (2, event))
        self.assertEqual(case.code, "no_income_account")

    def test_when_the_retry_succeeds_it_is_resolved(self):
        event = self.hold()
        self.documents["cus_1"] = Customer(id="cus_1", name="Ada")
        event.action_retry()
        self.assertEqual(self.cases().state, "open")
        self.run_lanes()
        self.assert_done(event)
        self.assertEqual(
            (self.cases().state, self.cases().resolution), ("resolved", "Settled")
        )

    def test_a_newer_event_that_succeeds_settles_the_older_ones(self):
        older = self.hold()
        self.documents["cus_1"] = Customer(id="cus_1", name="Ada")
        newer = self.store("evt_2")
        self.run_lanes()
        self.assert_done(newer)
        self.assertEqual((older.state, older.reason), ("skipped", "superseded"))
        self.assertEqual(self.cases().state, "resolved")

    def test_skipped_by_a_person_says_by_whom(self):
        event = self.hold()
        operator = self.user_with("operator")
        event.with_user(operator).action_skip()
        case = self.cases()
        self.assertEqual(case.state, "resolved")
        self.assertEqual(case.resolved_by_id, operator)
        self.assertIn("q2c_case_operator", case.resolution)

    def test_one_skipped_of_two_failed_is_not_the_end(self):
        first = self.hold()
        second = self.hold("evt_2")
        first.action_skip()
        self.assertEqual(self.cases().state, "open")
        second.action_skip()
        self.assertEqual(self.cases().state, "resolved")

    def test_a_bug_is_critical(self):
        self.documents["cus_1"] = KeyError("nonsense")
        self.store("evt_1")
        with self.assertLogs("odoo.addons.quote_to_cash", "ERROR"):
            self.run_lanes()
        case = self.cases()
        self.assertEqual((case.code, case.severity), ("error", "critical"))
        self.assertNotIn("Traceback", case.message)

    def test_it_knows_the_customer(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.link(self.stripe, "customer", "cus_9", partner)
        self.documents["cus_1"] = Hold("no_journal", "Held.", "Retry.")
        self.store("evt_1", partition="cus_9")
        self.run_lanes()
        self.assertEqual(self.cases().partner_id, partner)

    def test_success_costs_one_query_a_batch(self):
        def batch(prefix, number):
            for n in range(number):
                name = f"{prefix}{n}"
                self.documents[name] = Customer(id=name, name=name)
                self.store(f"evt_{name}", name)
            self.run_lanes()

        asked = []
        execute = type(self.cr).execute

        def spy(cursor, query, *args, **kwargs):
            if "q2c_exception" in str(getattr(query, "code", query)):
                asked.append(query)
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.cr), "execute", spy)
        batch("many", 20)
        self.assertEqual(len(asked), 1)

    def test_a_refused_command_is_an_exception_until_it_is_sent(self):
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.env["q2c.command"]._enqueue(self.stripe, "create", "customer", partner)
        answers = [
            Outcome(
                failure=Hold("validation_rule", "Name it.", "Name it, then retry.")
            ),
            Outcome(id="cus_1"),
        ]
        provider = self.registry["q2c.provider.stripe"]
        self.patch(
            provider,
            "_send",
            lambda _s, _c, calls: [[(calls[0][0], answers.pop(0))]],
        )
        self.env["q2c.sender"]._run(self.stripe)
        command = self.commands("customer", partner)
        case = self.cases()
        self.assertEqual((case.command_id, case.code), (command, "validation_rule"))
        self.assertEqual((case.record_name, case.partner_id), ("Ada", partner))
        command.action_retry()
        self.env["q2c.sender"]._run(self.stripe)
        self.assertEqual((command.state, case.state), ("done", "resolved"))


@tagged("post_install", "-at_install")
class TestRoles(ExceptionCase):
    def test_what_it_says_is_changed_by_nobody(self):
        case = self.report()
        manager = case.with_user(self.user_with("manager"))
        for vals in ({"message": "Fine."}, {"state": "resolved"}, {"severity": "info"}):
            with self.assertRaises(AccessError):
                manager.write(vals)
        manager.user_id = manager.env.user
        self.assertEqual(case.user_id, manager.env.user)

    def test_users_see_it_and_talk_about_it(self):
        case = self.report().with_user(self.user_with("user"))
        self.assertEqual(case.read(["message"])[0]["message"], "Wrong.")
        case.message_post(body="I called them.")
        with self.assertRaises(AccessError):
            case.user_id = case.env.user
        with self.assertRaisesRegex(UserError, "Quote to Cash role"):
            case.action_take()

    def test_other_companies_do_not_see_it(self):
        self.report()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "q2c_case_foreign",
            groups="base.group_user,quote_to_cash.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.env["q2c.exception"].with_user(foreign).search([]))

    def test_what_is_closed_is_nobodys_task(self):
        case = self.report()
        case.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        self.env["q2c.exception"]._resolve_keys(self.stripe, ["k"])
        self.assertFalse(case.activity_ids)


@tagged("post_install", "-at_install")
class TestUnsettled(BillingCase):
    """Money that settles nothing, until somebody says what it is for."""

    def setUp(self):
        super().setUp()
        self.assert_done(self.apply(self.stripe, self.invoice(self.line(10000))))
        self.bill = self.linked("invoice", "in_1")

    def case(self, key):
        return self.env["q2c.exception"].search(
            [("connection_id", "=", self.stripe.id), ("key", "=", key)]
        )

    def give_back(self, amount):
        """Refund pi_1."""
        refund = self.refund(amount)
        moved = self.transaction(
            -amount, id="txn_re_1", category="refund", source_id="re_1"
        )
        return self.apply(self.stripe, moved, refund)

    def match(self, payment, move):
        """As an accountant does it."""
        lines = (payment.move_id + move).line_ids.filtered(
            lambda line: line.account_id == self.receivable and not line.reconciled
        )
        lines.reconcile()

    def test_rule_25_over_payment_stays_on_account_and_is_raised(self):
        self.assert_done(self.apply(self.stripe, self.payment(12000, ("in_1", 12000))))
        payment = self.linked("payment", "pi_1")
        case = self.case("settle:pi_1")
        self.assertEqual((case.category, case.code), ("payment", "overpaid"))
        self.assertEqual((case.state, case._record()), ("open", payment))
        self.assertEqual(case.partner_id, self.customer)
        self.assertIn("20.00", case.message)
        self.assertIn(self.bill.name, case.message)

    def test_rule_25_second_payment_is_raised_and_resolved_when_it_is_matched(self):
        self.assert_done(self.apply(self.stripe, self.payment(10000, "in_1")))
        self.assertFalse(self.case("settle:pi_1"))
        again = self.payment(10000, "in_1", id="pi_2")
        self.assert_done(self.apply(self.stripe, again))
        case = self.case("settle:pi_2")
        self.assertEqual(case.state, "open")
        other = self.invoice(self.line(10000), id="in_2", number="INV-2")
        self.assert_done(self.apply(self.stripe, other))
        self.match(self.linked("payment", "pi_2"), self.linked("invoice", "in_2"))
        self.assertEqual((case.state, case.resolution), ("resolved", "Matched in full"))

    def test_proposed_credit_note_is_for_finance_until_it_is_posted(self):
        self.assert_done(self.apply(self.stripe, self.payment(10000, "in_1")))
        self.assert_done(self.give_back(4000))
        case = self.case("settle:re_1")
        proposal = self.env["account.move"].search(
            [("q2c_refund_payment_id", "=", self.linked("refund", "re_1").id)]
        )
        self.assertEqual(
            (case.category, case.code), ("refund", "refund_without_credit_note")
        )
        self.assertEqual((case.state, case._record()), ("open", proposal))
        proposal.action_post()
        self.assertEqual(case.state, "resolved")

    def test_refund_of_no_invoice_is_raised(self):
        self.assert_done(self.apply(self.stripe, self.payment(5000)))
        self.assert_done(self.give_back(5000))
        case = self.case("settle:re_1")
        self.assertEqual((case.code, case.state), ("refund_on_account", "open"))
        self.match(
            self.linked("payment", "pi_1"), self.linked("refund", "re_1").move_id
        )
        self.assertEqual(case.state, "resolved")


@tagged("post_install", "-at_install")
class TestDeciding(ExceptionCase):
    """What people do about exceptions, each role its part."""

    def test_operator_retries_with_one_click(self):
        event = self.hold()
        case = self.cases().with_user(self.user_with("operator"))
        self.assertEqual(case.work_state, "stuck")
        case.action_retry()
        self.assertEqual((event.state, case.work_state), ("queued", "in_line"))
        with self.assertRaisesRegex(UserError, "nothing to retry"):
            case.action_retry()

    def test_finance_retries_too(self):
        event = self.hold()
        self.cases().with_user(self.user_with("finance")).action_retry()
        self.assertEqual(event.state, "queued")

    def test_user_decides_nothing(self):
        self.hold()
        case = self.cases().with_user(self.user_with("user"))
        self.assertFalse(case.may_decide)
        for action in (case.action_retry, case.action_skip, case.action_dismiss):
            with self.assertRaisesRegex(UserError, "role"):
                action()

    def test_skip_sets_aside_all_that_is_stuck_with_it(self):
        events = self.hold() + self.hold("evt_2")
        other = self.hold("evt_3", "cus_2")
        case = self.cases().filtered(lambda c: c.external_id == "cus_1")
        case.with_user(self.user_with("operator")).action_skip()
        self.assertEqual(set(events.mapped("state")), {"skipped"})
        self.assertEqual((case.state, other.state), ("resolved", "failed"))
        self.assertIn("q2c_case_operator", case.resolution)

    def test_money_is_for_finance_to_decide(self):
        self.hold(code="does_not_tie_out")
        case = self.cases()
        self.assertEqual((case.category, case.severity), ("difference", "critical"))
        operator = case.with_user(self.user_with("operator"))
        for action in (operator.action_skip, operator.action_dismiss):
            with self.assertRaisesRegex(UserError, "role Finance"):
                action()
        self.assertFalse(operator.may_decide)
        finance = case.with_user(self.user_with("finance"))
        self.assertTrue(finance.may_decide)
        finance.action_skip()
        self.assertEqual(case.state, "resolved")

    def test_what_is_no_event_is_dismissed_with_a_reason(self):
        case = self.report(category="payment")
        finance = self.user_with("finance")
        mine = case.with_user(finance)
        with self.assertRaisesRegex(UserError, "Dismiss it with a reason"):
            mine.action_skip()
        action = mine.action_dismiss()
        wizard = self.env[action["res_model"]].with_user(finance)
        wizard = wizard.with_context(**action["context"]).create(
            {"reason": "Kept for the next invoice"}
        )
        wizard.action_dismiss()
        self.assertEqual(
            (case.state, case.resolution, case.resolved_by_id),
            ("dismissed", "Kept for the next invoice", finance),
        )
        with self.assertRaisesRegex(UserError, "Only what is open"):
            mine.action_dismiss()
        mine.action_reopen()
        self.assertEqual((case.state, case.resolution), ("open", False))

    def test_wizard_of_another_role_dismisses_nothing(self):
        case = self.report(category="payment")
        wizard = self.env["q2c.exception.dismiss"].with_user(self.user_with("operator"))
        wizard = wizard.create({"exception_ids": case.ids, "reason": "No."})
        with self.assertRaisesRegex(UserError, "role Finance"):
            wizard.action_dismiss()
        self.assertEqual(case.state, "open")

    def test_taken_over_by_whoever_presses_the_button(self):
        case = self.report()
        operator = self.user_with("operator")
        case.with_user(operator).action_take()
        self.assertEqual(case.user_id, operator)

    def test_reasons_are_grouped_and_searched_by_what_they_are_called(self):
        self.report("a", "overpaid")
        self.report("b", "moon_too_full")
        exceptions = self.env["q2c.exception"]
        domain = [("connection_id", "=", self.stripe.id)]
        groups = exceptions.formatted_read_group(domain, ["code"], ["__count"])
        self.assertEqual(
            {group["code"] for group in groups}, {"Money left over", "Moon too full"}
        )
        for group in groups:
            found = exceptions.search(domain + group["__extra_domain"])
            self.assertEqual(found.reason_label, group["code"])
        for text, code in (("left ov", "overpaid"), ("moon too", "moon_too_full")):
            found = exceptions.search(domain + [("reason_label", "ilike", text)])
            self.assertEqual(found.code, code)

    def test_no_two_reasons_are_called_the_same(self):
        labels = [label_of(self.env, code) for code in REASONS]
        self.assertEqual(len(labels), len(set(labels)))

    def test_age_filters(self):
        old, young = self.report("old"), self.report("young")
        old.opened_at = fields.Datetime.now() - timedelta(days=9)
        action = self.env.ref("quote_to_cash.q2c_exception_action")
        arch = etree.fromstring(action.search_view_id.arch)
        for name in ("old", "older"):
            (node,) = arch.xpath(f"//filter[@name='{name}']")
            found = self.cases().filtered_domain(literal_eval(node.get("domain")))
            self.assertEqual(found, old)
        self.assertEqual((old.age, young.age), (9, 0))

    def test_counter_of_the_overview(self):
        self.report()
        self.assertEqual(self.stripe.exception_count, 1)
        action = self.stripe.action_view_exceptions()
        self.assertEqual(action["res_model"], "q2c.exception")

    def test_records_say_that_something_is_open_about_them(self):
        partner = self.env["res.partner"].create({"name": "Brewery"})
        person = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": partner.id}
        )
        other = self.env["res.partner"].create({"name": "Other"})
        case = self.report(record=person)
        for record in (person, partner):
            self.assertEqual(record.q2c_exception_count, 1)
            self.assertEqual(record.q2c_exception_message, "Wrong.")
            self.assertEqual(record.action_q2c_view_exceptions()["res_id"], case.id)
        self.assertFalse(other.q2c_exception_count)
        case._close("dismissed", "Fine.")
        self.env.invalidate_all()
        self.assertFalse(partner.q2c_exception_count)
        self.assertIn("domain", partner.action_q2c_view_exceptions())
