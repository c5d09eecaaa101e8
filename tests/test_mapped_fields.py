# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fields, stages and payment terms of the CRM become Odoo's by mappings, without
code."""

import base64
from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..providers.salesforce.description import Description, Field
from .common import Q2CCase
from .test_apply_deal import ACCOUNT, LINES, OPEN, PERSON, SEAT, SETUP, WON


@tagged("post_install", "-at_install")
class TestMappedFields(Q2CCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segment = cls._own_field("res.partner", "x_segment", "char")
        cls.number = cls._own_field("sale.order", "x_po_number", "char")
        cls.site = cls._own_field("sale.order.line", "x_site", "char")

    @classmethod
    def _own_field(cls, model, name, ttype, **values):
        """A field that an administrator adds, as a target."""
        field = cls.env["ir.model.fields"].create(
            {
                "name": name,
                "model_id": cls.env["ir.model"]._get(model).id,
                "field_description": name.removeprefix("x_").capitalize(),
                "ttype": ttype,
                **values,
            }
        )
        return cls.env["q2c.target.field"].browse(field.id)

    def target(self, model, name):
        return self.env["q2c.target.field"].search(
            [("model", "=", model), ("name", "=", name)]
        )

    def map(self, key, field, kind="field", **values):
        return self.env["q2c.mapping"].create(
            {
                "connection_id": self.salesforce.id,
                "kind": kind,
                "key": key,
                "field_id": field.id,
                **values,
            }
        )

    def said(self, document, **extras):
        """``document`` with values of mapped fields; __ stands for the dot."""
        named = {name.replace("__", ".", 1): v for name, v in extras.items()}
        return replace(document, extras=tuple(sorted(named.items())))

    def account(self, **extras):
        document = self.said(ACCOUNT, **extras)
        self.assert_done(self.apply(self.salesforce, document))
        return self.record_of(document, self.salesforce)

    def unfit(self):
        return self.env["q2c.exception"].search(
            [("code", "=", "value_unfit"), ("state", "=", "open")]
        )

    # ------------------------------------------------------------------
    # WHAT IS TAKEN OVER
    # ------------------------------------------------------------------

    def test_mapped_field_follows_the_account(self):
        self.map("Account.Segment__c", self.segment)
        partner = self.account(Account__Segment__c="Enterprise")
        self.assertEqual(partner.x_segment, "Enterprise")
        partner.x_segment = "By hand"
        self.account(Account__Segment__c="Public")
        self.assertEqual(partner.x_segment, "Public")
        self.account(Account__Segment__c=None)
        self.assertFalse(partner.x_segment)
        self.assertFalse(self.unfit())

    def test_mapping_says_whose_the_field_is_on_a_partner_made_here_as_well(self):
        self.map("Account.Segment__c", self.segment)
        partner = self.env["res.partner"].create(
            {"name": "Brasserie SA", "x_segment": "Old"}
        )
        self.link(self.salesforce, "customer", ACCOUNT.id, partner)
        self.account(Account__Segment__c="New")
        self.assertEqual((partner.name, partner.x_segment), ("Brasserie SA", "New"))

    def test_what_is_not_mapped_is_left_alone(self):
        self.assertFalse(self.account(Account__Segment__c="Enterprise").x_segment)

    def test_each_type_is_taken_for_what_it_is(self):
        values = {
            "text": ("A\nB", "A\nB"),
            "integer": (Decimal(12), 12),
            "float": (Decimal("12.50"), 12.5),
            "monetary": (Decimal("9.99"), 9.99),
            "boolean": (True, True),
            "date": ("2026-05-01", "2026-05-01"),
            "datetime": ("2026-05-01T12:30:00.000+0200", "2026-05-01 10:30:00"),
        }
        for ttype in values:
            more = {"currency_field": "currency_id"} if ttype == "monetary" else {}
            field = self._own_field("res.partner", f"x_a_{ttype}", ttype, **more)
            self.map(f"Account.{ttype}__c", field)
        partner = self.account(
            **{f"Account__{t}__c": v for t, (v, _) in values.items()}
        )
        for ttype, (_value, kept) in values.items():
            found = partner[f"x_a_{ttype}"]
            if ttype.startswith("date"):
                found = str(found)
            self.assertEqual(found, kept, ttype)

    def test_selection_goes_by_value_or_label(self):
        size = self._own_field(
            "res.partner",
            "x_size",
            "selection",
            selection_ids=[
                (0, 0, {"value": "s", "name": "Small"}),
                (0, 0, {"value": "l", "name": "Large"}),
            ],
        )
        self.map("Account.Size__c", size)
        self.assertEqual(self.account(Account__Size__c="s").x_size, "s")
        self.assertEqual(self.account(Account__Size__c="LARGE").x_size, "l")

    def test_record_goes_by_code_e_mail_or_name(self):
        user = self.env["res.users"].create(
            {
                "name": "Sally",
                "login": "sally",
                "email": "sally@example.com",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        self.map("Account.Owner.Email", self.target("res.partner", "user_id"))
        industry = self.env["res.partner.industry"].create({"name": "Hops"})
        self.map("Account.Industry", self.target("res.partner", "industry_id"))
        partner = self.account(
            Account__Owner__c=None,
            **{"Account__Owner.Email": "SALLY@example.com"},
            Account__Industry="hops",
        )
        self.assertEqual((partner.user_id, partner.industry_id), (user, industry))

    def test_contact_lead_and_product_have_mapped_fields_too(self):
        self.map("Contact.Level__c", self.segment)
        revenue = self._own_field("crm.lead", "x_rank", "integer")
        self.map("Opportunity.Rank__c", revenue)
        shelf = self._own_field("product.template", "x_shelf", "char")
        self.map("Product2.Shelf__c", shelf)
        person = self.said(PERSON, Contact__Level__c="C")
        deal = self.said(OPEN, Opportunity__Rank__c=Decimal(3))
        seat = self.said(SEAT, Product2__Shelf__c="A7")
        self.assert_done(
            self.apply(self.salesforce, ACCOUNT, person, seat, SETUP, deal)
        )
        self.assertEqual(self.record_of(person, self.salesforce).x_segment, "C")
        self.assertEqual(self.record_of(deal, self.salesforce).x_rank, 3)
        self.assertEqual(self.record_of(seat, self.salesforce).x_shelf, "A7")

    # ------------------------------------------------------------------
    # ORDERS
    # ------------------------------------------------------------------

    def won(self, number, site):
        line = replace(LINES[0], extras=(("OpportunityLineItem.Site__c", site),))
        return replace(
            WON,
            lines=(line, LINES[1]),
            extras=(("Opportunity.PO_Number__c", number),),
        )

    def test_order_and_its_lines_have_mapped_fields_confirmed_or_not(self):
        self.map("Opportunity.PO_Number__c", self.number, "order_field")
        self.map("OpportunityLineItem.Site__c", self.site, "order_field")
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)
        self.assert_done(self.apply(self.salesforce, self.won("PO 7", "Hall 1")))
        lead = self.record_of(WON, self.salesforce)
        order = self.env["sale.order"].search([("opportunity_id", "=", lead.id)])
        first = order.order_line.filtered(
            lambda each: each.q2c_external_id == LINES[0].id
        )
        self.assertEqual(
            (order.state, order.x_po_number, first.x_site), ("sale", "PO 7", "Hall 1")
        )
        self.assert_done(self.apply(self.salesforce, self.won("PO 8", "Hall 2")))
        self.assertEqual((order.x_po_number, first.x_site), ("PO 8", "Hall 2"))

    def test_customer_reference_may_be_that_of_a_field(self):
        reference = self.target("sale.order", "client_order_ref")
        self.map("Opportunity.PO_Number__c", reference, "order_field")
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)
        self.assert_done(self.apply(self.salesforce, self.won("PO 7", None)))
        lead = self.record_of(WON, self.salesforce)
        order = self.env["sale.order"].search([("opportunity_id", "=", lead.id)])
        self.assertEqual(order.client_order_ref, "PO 7")

    # ------------------------------------------------------------------
    # WHAT DOES NOT FIT
    # ------------------------------------------------------------------

    def test_value_that_does_not_fit_leaves_its_field_and_is_one_exception(self):
        rank = self._own_field("res.partner", "x_rank", "integer")
        self.map("Account.Rank__c", rank)
        self.map("Account.Segment__c", self.segment)
        partner = self.account(Account__Rank__c=Decimal(4), Account__Segment__c="A")
        self.account(Account__Rank__c="four", Account__Segment__c="B")
        self.assertEqual((partner.x_rank, partner.x_segment), (4, "B"))
        case = self.unfit()
        self.assertEqual(len(case), 1)
        self.assertIn("Account.Rank__c is four", case.message)
        self.assertIn("Brasserie SA", case.message)
        self.assertEqual(case.res_id, partner.id)
        self.account(Account__Rank__c=Decimal(5), Account__Segment__c="B")
        self.assertEqual(partner.x_rank, 5)
        self.assertEqual(case.state, "resolved")

    def test_record_that_is_not_there_or_there_twice_is_not_guessed(self):
        self.map("Account.Industry", self.target("res.partner", "industry_id"))
        self.env["res.partner.industry"].create([{"name": "Hops"}, {"name": "hops"}])
        self.assertFalse(self.account(Account__Industry="Malt").industry_id)
        self.assertIn("no such record", self.unfit().message)
        self.assertFalse(self.account(Account__Industry="Hops").industry_id)
        self.assertIn("several", self.unfit().message)

    def test_amount_in_another_currency_is_not_taken_for_one_of_the_company(self):
        amount = self._own_field(
            "crm.lead", "x_budget", "monetary", currency_field="company_currency"
        )
        self.map("Opportunity.Budget__c", amount)
        self.env.ref("base.EUR").active = True
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)
        deal = self.said(
            replace(OPEN, currency="EUR", lines=(), amount=None),
            Opportunity__Budget__c=Decimal(100),
        )
        self.apply(self.salesforce, deal)
        case = self.unfit()
        lead = self.record_of(deal, self.salesforce)
        if lead:
            self.assertFalse(lead.x_budget)
            self.assertIn("it is in EUR", case.message)

    # ------------------------------------------------------------------
    # WHAT CAN BE MAPPED
    # ------------------------------------------------------------------

    def test_unsafe_fields_are_not_offered(self):
        for model, names in {
            "res.partner": (
                *("name", "vat", "parent_id", "property_payment_term_id", "id"),
                *("commercial_partner_id", "total_invoiced", "credit_limit"),
                *("property_account_receivable_id", "active", "bank_ids"),
            ),
            "crm.lead": ("stage_id", "expected_revenue", "won_status", "q2c_trace"),
            "sale.order": (
                *("amount_total", "pricelist_id", "fiscal_position_id", "partner_id"),
                *("state", "currency_id", "q2c_terms", "payment_term_id", "order_line"),
            ),
            "sale.order.line": ("price_unit", "discount", "tax_ids", "product_id"),
            "product.template": ("list_price", "categ_id", "taxes_id", "type"),
            "account.move": ("ref", "narration"),
        }.items():
            for name in names:
                self.assertFalse(self.target(model, name), f"{model}.{name}")
        for model, name in {
            "res.partner": "industry_id",
            "crm.lead": "referred",
            "sale.order": "commitment_date",
            "product.template": "weight",
        }.items():
            self.assertTrue(self.target(model, name), f"{model}.{name}")

    def test_mapping_is_refused_where_it_cannot_work(self):
        with self.assertRaisesRegex(ValidationError, "another kind of record"):
            self.map("Contact.Level__c", self.number)
        with self.assertRaisesRegex(ValidationError, "dot between them"):
            self.map("Segment__c", self.segment)
        with self.assertRaisesRegex(ValidationError, "one of Account"):
            self.map("Case.Segment__c", self.segment)
        with self.assertRaisesRegex(ValidationError, "is of type boolean"):
            rank = self._own_field("res.partner", "x_rank", "integer")
            self.map("Account.Vip__c", rank, details={"type": "boolean", "label": ""})
        with self.assertRaisesRegex(ValidationError, "no field that Stripe"):
            self.map("Account.X__c", self.segment, connection_id=self.stripe.id)

    def test_field_that_the_service_user_may_not_write_is_refused(self):
        self.salesforce.user_id = new_test_user(
            self.env,
            "service",
            groups="quote_to_cash.group_operator",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        field = self.env["res.partner"]._fields["x_segment"]
        self.patch(field, "groups", "base.group_system")
        with self.assertRaisesRegex(ValidationError, "service user may not write"):
            self.map("Account.Segment__c", self.segment)

    def test_finance_chooses_the_field_on_the_form(self):
        user = new_test_user(
            self.env,
            "finance",
            groups="quote_to_cash.group_finance",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        form = Form(self.env["q2c.mapping"].with_user(user).sudo(False))
        form.connection_id = self.salesforce
        form.kind = "field"
        form.key = "Account.Segment__c"
        self.assertEqual(form.field_model, "res.partner")
        form.field_id = self.segment
        mapping = form.save()
        self.assertEqual(mapping.target, "Segment (Contact)")
        self.assertEqual(mapping.state, "mapped")

    def test_fields_of_the_org_are_listed_with_a_suggestion(self):
        fields = [
            Field("Name", "string", True),
            Field("Segment__c", "picklist", True, label="Segment"),
            Field("Grade__c", "double", True, label="Grade"),
        ]
        account = Description("Account", {field.name: field for field in fields})
        empty = Description("Other", {})

        class Answering:
            def __enter__(self):
                return self

            def __exit__(self, *_args):
                """Nothing to give back."""

            def describe(self, sobject):
                return account if sobject == "Account" else empty

        self.patch(
            self.registry["q2c.provider.salesforce"],
            "_signed",
            lambda _self, _connection, fresh=False: Answering(),
        )
        for _twice in range(2):
            self.salesforce.action_read_fields()
        found = self.env["q2c.mapping"].search(
            [("connection_id", "=", self.salesforce.id)]
        )
        self.assertEqual(
            set(found.mapped("key")), {"Account.Segment__c", "Account.Grade__c"}
        )
        named = {row.key: row for row in found}
        segment = named["Account.Segment__c"]
        self.assertEqual(segment.label, "Segment")
        self.assertEqual(segment.suggestion, "Segment (Contact)")
        self.assertFalse(named["Account.Grade__c"].suggestion)
        segment.action_accept()
        self.assertEqual(segment.field_id, self.segment)

    # ------------------------------------------------------------------
    # WHAT SALESFORCE IS ASKED FOR
    # ------------------------------------------------------------------

    def test_mapped_fields_are_read_and_needed(self):
        provider = self.env["q2c.provider.salesforce"]
        self.assertFalse(provider._schema(self.salesforce).mapped)
        mapping = self.map("Account.Segment__c", self.segment)
        self.assertEqual(
            provider._schema(self.salesforce).mapped, ("Account.Segment__c",)
        )
        need = next(
            need
            for need in provider._needs(self.salesforce)
            if getattr(need, "field", "") == "Segment__c"
        )
        self.assertIn("picklist", need.types)
        self.assertFalse(need.creatable)
        mapping.field_id = False
        self.assertFalse(provider._schema(self.salesforce).mapped)

    # ------------------------------------------------------------------
    # REVISIONS
    # ------------------------------------------------------------------

    def test_rule_31_field_mapping_takes_effect_when_another_person_approves_it(self):
        self.salesforce.needs_approval = True
        author, reviewer = (
            new_test_user(
                self.env,
                login,
                groups="quote_to_cash.group_finance",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            for login in ("author", "reviewer")
        )
        values = {
            "connection_id": self.salesforce.id,
            "kind": "field",
            "key": "Account.Segment__c",
            "field_id": self.segment.id,
        }
        mapping = self.env["q2c.mapping"].with_user(author).create(values)
        self.assertEqual(mapping.state, "open")
        self.assertFalse(self.account(Account__Segment__c="A").x_segment)
        policy = mapping.proposal_ids.policy_id
        policy.with_user(author).action_send()
        self.assertEqual(policy.change_ids.new_value, "x_segment")
        policy.with_user(reviewer).action_approve()
        self.assertEqual(mapping.field_id, self.segment)
        partner = self.account(Account__Segment__c="B")
        self.assertEqual(partner.x_segment, "B")
        data = base64.b64decode(policy.export_file)
        mapping.sudo().unlink()
        draft = self.env["q2c.policy"].with_user(author)._import(data, self.company)
        self.assertFalse(draft.unmatched)
        self.assertEqual(draft.mapping_ids.target, "Segment (Contact)")

    # ------------------------------------------------------------------
    # STAGES AND PAYMENT TERMS
    # ------------------------------------------------------------------

    def mapping(self, kind, key):
        return self.env["q2c.mapping"].search([("kind", "=", kind), ("key", "=", key)])

    def test_stage_is_listed_as_it_is_seen_and_follows_its_mapping(self):
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)
        deal = replace(OPEN, stage="Needs Analysis", lines=())
        self.assert_done(self.apply(self.salesforce, deal))
        mapping = self.mapping("stage", "Needs Analysis")
        self.assertEqual((mapping.state, mapping.label), ("open", "Needs Analysis"))
        self.assertFalse(mapping.suggestion)
        qualified = self.env["crm.stage"].search([("name", "=", "Qualified")])
        mapping.stage_id = qualified
        self.assert_done(self.apply(self.salesforce, deal))
        self.assertEqual(self.record_of(deal, self.salesforce).stage_id, qualified)

    def test_stage_of_the_same_name_is_used_and_suggested(self):
        self.apply(self.salesforce, ACCOUNT, PERSON, SEAT, SETUP)
        self.assert_done(self.apply(self.salesforce, OPEN))
        lead = self.record_of(OPEN, self.salesforce)
        self.assertEqual(lead.stage_id.name, "Proposition")
        self.assertEqual(self.mapping("stage", "Proposition").suggestion, "Proposition")

    def test_payment_terms_of_account_and_deal(self):
        days = self.env["account.payment.term"].create(
            {
                "name": "A month",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )
        at_once = self.env.ref("account.account_payment_term_immediate")
        account = replace(ACCOUNT, payment_terms="Net 30")
        self.assert_done(self.apply(self.salesforce, account, PERSON, SEAT, SETUP))
        partner = self.record_of(ACCOUNT, self.salesforce).with_company(self.company)
        self.assertFalse(partner.property_payment_term_id)
        mapping = self.mapping("payment_term", "Net 30")
        self.assertIn("days", mapping.suggestion_reason)
        mapping.payment_term_id = days
        self.assert_done(self.apply(self.salesforce, account))
        self.assertEqual(partner.property_payment_term_id, days)
        self.assert_done(self.apply(self.salesforce, WON))
        lead = self.record_of(WON, self.salesforce)
        order = self.env["sale.order"].search([("opportunity_id", "=", lead.id)])
        self.assertEqual(order.payment_term_id, days)
        other = replace(
            WON, id="006000000000002AAA", name="Other", payment_terms="Prepaid"
        )
        self.env["q2c.mapping"].create(
            {
                "connection_id": self.salesforce.id,
                "kind": "payment_term",
                "key": "Prepaid",
                "payment_term_id": at_once.id,
            }
        )
        self.assert_done(self.apply(self.salesforce, other))
        lead = self.record_of(other, self.salesforce)
        order = self.env["sale.order"].search([("opportunity_id", "=", lead.id)])
        self.assertEqual(order.payment_term_id, at_once)
