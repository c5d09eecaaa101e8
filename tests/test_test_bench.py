# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A payload is shown step by step, and nothing of it stays."""

import json
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..canonical import Customer, Ref
from ..providers.pasted import MAX_CHARACTERS
from .common_billing import BillingCase
from .test_preview import TRACES

FEBRUARY, MARCH = 1769904000, 1772323200
ACCOUNT = "001D000000IRFma"
HOSTILE = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestBench(BillingCase):
    # ------------------------------------------------------------------
    # PAYLOADS
    # ------------------------------------------------------------------

    def payload(self, rate="txr_20", **values):
        """An invoice of 100 and 20 % as Stripe writes it."""
        tax = {
            "amount": 2000,
            "tax_behavior": "exclusive",
            "tax_rate_details": {"tax_rate": rate},
            "taxability_reason": "standard_rated",
            "taxable_amount": 10000,
            "type": "tax_rate_details",
        }
        line = {
            "id": "il_1",
            "object": "line_item",
            "amount": 10000,
            "currency": self.code.lower(),
            "description": "Plan, February",
            "discount_amounts": [],
            "discounts": [],
            "period": {"start": FEBRUARY, "end": MARCH},
            "pricing": {
                "type": "price_details",
                "price_details": {"price": "price_1", "product": "prod_1"},
                "unit_amount_decimal": "10000",
            },
            "quantity": 1,
            "subtotal": 10000,
            "taxes": [tax],
        }
        return {
            "id": "in_1",
            "object": "invoice",
            "number": "A-0001",
            "status": "open",
            "currency": self.code.lower(),
            "customer": "cus_1",
            "created": FEBRUARY,
            "due_date": MARCH,
            "effective_at": FEBRUARY,
            "status_transitions": {"finalized_at": FEBRUARY, "paid_at": None},
            "subtotal": 10000,
            "subtotal_excluding_tax": 10000,
            "total_excluding_tax": 10000,
            "total": 12000,
            "total_taxes": [tax],
            "total_discount_amounts": [],
            "amount_due": 12000,
            "amount_paid": 0,
            "amount_remaining": 12000,
            "starting_balance": 0,
            "billing_reason": "manual",
            "livemode": False,
            "parent": None,
            "discounts": [],
            "lines": {"object": "list", "has_more": False, "data": [line]},
            "metadata": {},
            **values,
        }

    def event(self, content, **values):
        return {
            "id": "evt_1",
            "object": "event",
            "type": "invoice.finalized",
            "created": MARCH,
            "api_version": "2026-10-28.endive",
            "livemode": False,
            "data": {"object": content},
            **values,
        }

    def customer_payload(self, **values):
        return {
            "id": "cus_new",
            "object": "customer",
            "name": "Halden Robotics, Inc.",
            "email": "billing@halden.example",
            "livemode": False,
            "metadata": {},
            "tax_ids": {"object": "list", "data": [], "has_more": False},
            **values,
        }

    # ------------------------------------------------------------------
    # LOOKING
    # ------------------------------------------------------------------

    def bench(self, text, connection=None, user=None):
        values = {
            "connection_id": (connection or self.stripe).id,
            "source": "text",
            "payload": text if isinstance(text, str) else json.dumps(text),
        }
        model = self.env["q2c.test.bench"]
        if user:
            model = self.env(user=user, su=False, context={})["q2c.test.bench"]
        return model.create(values)

    def looked(self, text, connection=None, user=None):
        """The sheet after the preview, which must leave nothing behind."""
        bench = self.bench(text, connection, user)
        before = self.counts()
        bench.action_preview()
        self.assertEqual(self.counts(), before)
        return bench

    def counts(self):
        self.env.flush_all()
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in (*TRACES, "q2c.mapping", "q2c.match", "q2c.match.key")
        }

    def user_with(self, role, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            f"q2c_bench_{role}_{company.id}",
            groups=f"base.group_user,quote_to_cash.group_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def own(self, bench):
        (event,) = bench._events()
        return event

    # ------------------------------------------------------------------
    # THE FIVE STEPS
    # ------------------------------------------------------------------

    def test_step_1_says_what_it_was_read_as(self):
        event = self.own(self.looked(self.event(self.payload())))
        self.assertEqual(
            (event["kind"], event["object_id"], event["type"]),
            ("invoice", "in_1", "invoice.finalized"),
        )
        self.assertEqual(event["read"]["api_version"], "2026-10-28.endive")
        self.assertEqual(event["read"]["fetched"], "")

    def test_step_1_says_that_the_whole_is_read_from_the_provider(self):
        content = self.payload()
        self.remote[self.invoice(id="in_1").ref] = content
        shortened = self.payload(
            lines={"object": "list", "has_more": True, "data": content["lines"]["data"]}
        )
        bench = self.looked(self.event(shortened))
        self.assertEqual(self.own(bench)["read"]["fetched"], "incomplete")
        self.assertTrue(bench.is_fine)

    def test_step_2_shows_amounts_in_major_units(self):
        document = self.own(self.looked(self.payload()))["document"]
        rows = dict(document["rows"])
        self.assertEqual(rows["Total"], f"120.00 {self.code}")
        self.assertEqual(rows["Customer"], "cus_1")
        # What is empty is not told.
        self.assertNotIn("Unsaid", rows)
        (lines,) = document["tables"]
        (line,) = (dict(zip(lines["head"], row, strict=True)) for row in lines["rows"])
        self.assertEqual(line["Amount"], f"100.00 {self.code}")
        self.assertIn("txr_20", line["Taxes"])

    def test_step_3_tells_the_mappings_that_were_looked_up(self):
        account = self.company_data["default_account_revenue"].copy()
        self.env["q2c.mapping"].create(
            {
                "connection_id": self.stripe.id,
                "kind": "income",
                "key": "prod_1",
                "account_id": account.id,
            }
        )
        bench = self.looked(self.payload())
        told = [
            (mapping["word"], mapping["target"])
            for mapping in bench.result["rules"]["mappings"]
            if mapping["kind"] == "Income account"
        ]
        # The nearer one was asked first, and said nothing.
        self.assertEqual(
            told, [("price_1", ""), ("prod_1", account.with_env(self.env).display_name)]
        )

    def test_step_3_tells_whose_values_win(self):
        links = {
            link["id"]: link
            for link in self.looked(self.payload()).result["rules"]["links"]
        }
        self.assertEqual(links["cus_1"]["record"], "Billed Customer")
        self.assertFalse(links["cus_1"]["is_origin"])
        self.assertTrue(links["in_1"]["is_new"])
        self.assertTrue(links["in_1"]["is_origin"])
        self.assertEqual(links["txr_20"]["record"], self.tax.display_name)

    def test_step_3_tells_the_fields_that_each_owns(self):
        self.assert_done(self.apply(self.stripe, Customer(id="cus_new", name="Old")))
        self.remote[Ref("customer", "cus_new")] = self.customer_payload()
        (own,) = (
            link
            for link in self.looked(self.customer_payload()).result["rules"]["links"]
            if link["id"] == "cus_new"
        )
        self.assertTrue(own["is_origin"])
        self.assertIn("Name", own["fields"]["written"])

    def test_step_3_tells_the_policies(self):
        self.stripe.write({"invoice_posting": "draft", "lock_policy": "next_open"})
        rules = self.looked(self.payload()).result["rules"]
        told = [value for _label, value in rules["policies"]]
        self.assertIn("Leave as drafts until finance posts them", told)
        self.assertIn("Book on the first open day", told)
        (dated,) = rules["dates"]
        self.assertEqual((dated["date"], dated["locked"]), ("2026-02-01", False))

    def test_step_3_tells_the_evidence_for_who_a_customer_is(self):
        self.env["res.partner"].create(
            {
                "name": "Halden Robotics GmbH",
                "is_company": True,
                "email": "billing@halden.example",
            }
        )
        bench = self.looked(self.customer_payload())
        (found,) = bench.result["rules"]["candidates"]
        (proposal,) = found["proposals"]
        self.assertTrue(found["linked"])
        self.assertEqual(proposal["name"], "Halden Robotics GmbH")
        self.assertEqual(
            proposal["score"], sum(line["points"] for line in proposal["evidence"])
        )
        self.assertIn("E-mail address", bench.overview)

    def test_step_4_shows_the_entry(self):
        bench = self.looked(self.payload())
        (entry,) = bench.result["entries"]
        self.assertEqual(
            sorted((line["debit"], line["credit"]) for line in entry["lines"]),
            [(0, 20), (0, 100), (120, 0)],
        )
        self.assertTrue(bench.is_fine)
        self.assertFalse(bench.stop)

    def test_step_4_says_why_an_entry_bears_another_date(self):
        self.stripe.lock_policy = "next_open"
        self.company.sale_lock_date = date(2026, 2, 28)
        bench = self.looked(self.payload())
        (entry,) = bench.result["entries"]
        self.assertEqual(entry["date"], "2026-03-01")
        self.assertIn("locked", entry["date_reason"])
        self.assertTrue(bench.result["rules"]["dates"][0]["locked"])

    def test_step_5_leads_to_what_is_to_be_put_right(self):
        self.stripe.create_taxes = False
        rate = {
            "id": "txr_new",
            "object": "tax_rate",
            "display_name": "VAT",
            "percentage": 20,
            "inclusive": False,
            "livemode": False,
            "country": None,
            "active": True,
            "metadata": {},
        }
        bench = self.looked({**rate, "percentage": 12.5})
        self.assertFalse(bench.is_fine)
        self.assertIn("txr_new", bench.stop)
        self.assertTrue(bench.stop_remedy)
        action = bench.action_put_right()
        self.assertEqual(action["res_model"], "q2c.mapping")
        self.assertEqual(action["context"]["default_key"], "txr_new")
        known = self.env["q2c.mapping"].create(
            {
                "connection_id": self.stripe.id,
                "kind": "tax_rate",
                "key": "txr_new",
                "label": "VAT",
            }
        )
        self.assertEqual(bench.action_put_right()["res_id"], known.id)

    def test_step_5_leads_to_the_connection_for_what_it_lacks(self):
        self.company.sale_lock_date = date(2026, 2, 28)
        bench = self.looked(self.payload())
        self.assertEqual(self.own(bench)["reason"], "period_locked")
        action = bench.action_put_right()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("q2c.connection", self.stripe.id),
        )

    def test_what_is_not_worked_on_has_no_document(self):
        event = self.event({"id": "x_1", "object": "x"}, type="x.created")
        bench = self.looked(event)
        self.assertEqual(self.own(bench)["state"], "skipped")
        self.assertIn("Nothing that is worked on", bench.overview)

    def test_salesforce_record(self):
        record = {"Id": ACCOUNT, "Name": "Acme GmbH", "BillingCity": "Berlin"}
        bench = self.looked(record, self.salesforce)
        self.assertEqual(self.own(bench)["kind"], "customer")
        self.assertTrue(bench.is_fine, bench.stop)
        self.assertIn("Acme GmbH", [r["name"] for r in bench.result["records"]])

    # ------------------------------------------------------------------
    # EVENTS OF THE INBOX
    # ------------------------------------------------------------------

    def test_event_of_the_inbox(self):
        provider = self.stripe._provider()
        envelope = provider._recognize(self.stripe, self.event(self.payload()))
        ids = self.env["q2c.event"]._store(self.stripe, [envelope], "webhook")
        event = self.env["q2c.event"].browse(ids)
        bench = self.env["q2c.test.bench"].create(
            {"connection_id": self.stripe.id, "event_id": event.id}
        )
        before = event.read()
        bench.action_preview()
        self.assertEqual(event.read(), before)
        self.assertTrue(bench.is_fine)

    def test_pasted_event_is_not_the_one_in_the_inbox(self):
        """What is pasted is shown, though the inbox has another of that id."""
        provider = self.stripe._provider()
        kept = provider._recognize(self.stripe, self.event(self.payload()))
        self.env["q2c.event"]._store(self.stripe, [kept], "webhook")
        bench = self.looked(self.event(self.payload(number="B-7")))
        self.assertEqual(dict(self.own(bench)["document"]["rows"])["Number"], "B-7")

    # ------------------------------------------------------------------
    # HOSTILE TEXT
    # ------------------------------------------------------------------

    def test_text_is_shown_escaped(self):
        bench = self.looked(self.customer_payload(name=HOSTILE))
        self.assertNotIn("<script", bench.overview)
        self.assertIn("&lt;script&gt;", bench.overview)

    def test_text_is_json_or_nothing(self):
        for text in ("", "__import__('os')", "[1]", '{"id": 1e999999999}'):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.bench(text).action_preview()

    def test_outlandish_shapes_are_refused_in_words(self):
        for content in (
            {"object": [], "id": "x"},
            {"object": "event"},
            {"object": "event", "id": 7, "type": {}, "data": {"object": {}}},
            self.event({"id": "x" * 300, "object": "invoice"}),
            self.event(self.payload(), api_version=["x"]),
            self.event(self.payload(), created="never"),
        ):
            with self.subTest(content=content), self.assertRaises(UserError):
                self.looked(content)

    def test_outlandish_content_stops_itself(self):
        bench = self.looked(self.payload(lines="none"))
        self.assertTrue(bench.stop)

    def test_size_is_limited(self):
        with self.assertRaises(ValidationError):
            self.bench(" " * (MAX_CHARACTERS + 1))

    # ------------------------------------------------------------------
    # WHO MAY
    # ------------------------------------------------------------------

    def test_operators_finance_and_managers_may(self):
        for role in ("operator", "finance", "manager"):
            with self.subTest(role=role):
                bench = self.looked(self.payload(), user=self.user_with(role))
                self.assertTrue(bench.is_fine, bench.stop)

    def test_others_may_not(self):
        with self.assertRaises(AccessError):
            self.bench(self.payload(), user=self.user_with("user"))

    def test_other_companies_connections_are_not_looked_through(self):
        other = self.env["res.company"].create({"name": "Another Company"})
        bench = self.bench(self.payload(), user=self.user_with("finance", other))
        with self.assertRaises(AccessError):
            bench.action_preview()
        self.assertFalse(bench.result)

    def test_sheet_is_its_users_alone(self):
        bench = self.looked(self.payload(), user=self.user_with("operator"))
        finance = self.user_with("finance")
        with self.assertRaises(AccessError):
            bench.with_user(finance).read(["payload"])
