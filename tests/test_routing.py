# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where documents are booked, by the routing rules of the revision in force."""

import base64
import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..canonical import RECORD_TYPE, Customer
from ..models.policy.routing_terms import Facts, Terms, choose
from . import test_apply_deal as deals
from . import test_test_bench
from .common_billing import BillingCase


class RoutingCase(BillingCase):
    """``journal``, ``other_journal``: two sales journals; ``position``: a fiscal
    position."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        journals = [cls._journal(code) for code in ("RTA", "RTB")]
        cls.journal, cls.other_journal = journals
        cls.position = cls.env["account.fiscal.position"].create({"name": "Abroad"})

    @classmethod
    def _journal(cls, code, company=None):
        company = company or cls.company
        return cls.env["account.journal"].create(
            {
                "name": f"Sales {code}",
                "code": code,
                "type": "sale",
                "company_id": company.id,
            }
        )

    def rule(self, name="Rule", **values):
        """Values of a rule; records stand for their ids."""
        return {"name": name, **{n: getattr(v, "id", v) for n, v in values.items()}}

    def draft(self, *rules, **values):
        commands = [
            Command.create({"sequence": number, **rule})
            for number, rule in enumerate(rules)
        ]
        return self.env["q2c.policy"].create({"routing_ids": commands, **values})

    def in_force(self, *rules):
        """Put ``rules``, in this order, in force."""
        draft = self.draft(*rules)
        draft.action_put_in_force()
        return draft

    def booked(self, **values):
        """The invoice of a line over 100 that is applied now."""
        number = self._moment.second if hasattr(self, "_moment") else 0
        line = values.pop("lines", None) or [self.line(10000, tax=2000)]
        document = self.invoice(
            *line, id=f"in_r{number}", number=f"R-{number}", **values
        )
        self.assert_done(self.apply(self.stripe, document))
        return self.record_of(document)


@tagged("post_install", "-at_install")
class TestRouting(RoutingCase):
    # ------------------------------------------------------------------
    # CONDITIONS
    # ------------------------------------------------------------------

    def test_without_a_rule_nothing_changes(self):
        move = self.booked()
        self.assertEqual(move.journal_id, self.stripe.invoice_journal_id)
        self.assertFalse(move.fiscal_position_id)

    def test_a_rule_goes_before_mappings(self):
        self.env["q2c.mapping"].create(
            {
                "connection_id": self.stripe.id,
                "kind": "journal",
                "key": "prod_1",
                "journal_id": self.other_journal.id,
            }
        )
        self.price.product_id = self.product
        self.link(self.stripe, "price", "price_m", self.price)
        lines = [self.line(10000, tax=2000, product_id="prod_1")]
        self.assertEqual(self.booked(lines=lines).journal_id, self.other_journal)
        self.in_force(self.rule(journal_id=self.journal.id))
        self.assertEqual(self.booked(lines=lines).journal_id, self.journal)

    def test_each_condition(self):
        customer, germany = self.customer, self.env.ref("base.de")
        group = self.env["res.country.group"].create(
            {"name": "DACH", "country_ids": [Command.set(germany.ids)]}
        )
        parent = self.env["res.partner"].create({"name": "Group", "is_company": True})
        other = self._product("Other")
        second = self._connection("stripe", account_ref="acct_second")
        cases = (
            ({"connection_id": self.stripe.id}, {}, True),
            ({"connection_id": second.id}, {}, False),
            ({"partner_id": customer.id}, {}, True),
            ({"partner_id": parent.id}, {}, False),
            ({"partner_id": parent.id}, {"parent_id": parent.id}, True),
            ({"country_id": germany.id}, {"country_id": germany.id}, True),
            (
                {"country_id": germany.id},
                {"country_id": self.env.ref("base.fr").id},
                False,
            ),
            ({"country_group_id": group.id}, {"country_id": germany.id}, True),
            ({"country_group_id": group.id}, {}, False),
            ({"currency_id": self.company.currency_id.id}, {}, True),
            ({"currency_id": self.env.ref("base.CHF").id}, {}, False),
            ({"product_id": self.product.id}, {}, True),
            ({"product_id": other.id}, {}, False),
        )
        for conditions, partner, holds in cases:
            with self.subTest(conditions, **partner):
                customer.write({"parent_id": False, "country_id": False, **partner})
                self.in_force(self.rule(journal_id=self.journal.id, **conditions))
                expected = self.journal if holds else self.stripe.invoice_journal_id
                self.assertEqual(self.booked().journal_id, expected)

    def test_product_on_a_line_or_on_every_line(self):
        other = self._product("Other")
        self.link(self.stripe, "product", "prod_2", other)
        lines = [
            self.line(10000, tax=2000),
            self.line(5000, tax=1000, id="il_2", price_id="", product_id="prod_2"),
        ]
        for scope, expected in (
            ("any", self.journal),
            ("all", self.stripe.invoice_journal_id),
        ):
            with self.subTest(scope=scope):
                self.in_force(
                    self.rule(
                        product_id=self.product.id,
                        product_scope=scope,
                        journal_id=self.journal.id,
                    )
                )
                self.assertEqual(self.booked(lines=lines).journal_id, expected)

    def test_metadata_of_the_document_and_of_the_customer(self):
        self.in_force(
            self.rule("Doc", document_metadata="entity = de", journal_id=self.journal),
            self.rule(
                "Who", customer_metadata="region=emea", journal_id=self.other_journal
            ),
        )
        self.assertEqual(
            self.booked(metadata=(("entity", "de"),)).journal_id, self.journal
        )
        self.assertEqual(
            self.booked(metadata=(("entity", "fr"),)).journal_id,
            self.stripe.invoice_journal_id,
        )
        told = Customer(id="cus_1", name="Billed", metadata=(("region", "emea"),))
        self.assert_done(self.apply(self.stripe, told))
        self.assertEqual(self.booked().journal_id, self.other_journal)

    def test_record_type_of_the_salesforce_account(self):
        self.in_force(
            self.rule(record_type="Partner_Account", journal_id=self.journal.id)
        )
        self.link(
            self.salesforce, "customer", "001000000000001AAA", self.customer
        ).metadata = {RECORD_TYPE: "Partner_Account"}
        self.assertEqual(self.booked().journal_id, self.journal)

    # ------------------------------------------------------------------
    # ORDER
    # ------------------------------------------------------------------

    def test_first_rule_that_holds_decides_each_outcome(self):
        policy = self.in_force(
            self.rule(
                "Never",
                currency_id=self.env.ref("base.CHF").id,
                journal_id=self.other_journal.id,
            ),
            self.rule("Position", fiscal_position_id=self.position.id),
            self.rule("Journal", journal_id=self.journal.id),
            self.rule("Late", journal_id=self.other_journal.id),
        )
        move = self.booked()
        self.assertEqual(move.journal_id, self.journal)
        self.assertEqual(move.fiscal_position_id, self.position)
        again = self.env["q2c.policy"].create({})
        self.assertEqual(
            again.routing_ids.mapped("name"), policy.routing_ids.mapped("name")
        )
        again.routing_ids.filtered(lambda rule: rule.name == "Late").sequence = -1
        self.assertIn("Order of the rules", again.change_ids.mapped("label"))
        again.action_put_in_force()
        self.assertEqual(self.booked().journal_id, self.other_journal)

    def test_choice_is_pure(self):
        facts = Facts(1, frozenset({2, 3}), 4, frozenset({5}), "EUR", (6, 7))
        rules = [
            Terms("a", country=9, outcomes={"journal_id": 1}),
            Terms("b", product=6, every_line=True, outcomes={"journal_id": 2}),
            Terms("c", product=6, currency="EUR", outcomes={"journal_id": 3}),
        ]
        choice = choose(rules, facts)
        self.assertEqual(choice.checks, (("a", "country"), ("b", "product"), ("c", "")))
        self.assertEqual(choice.outcomes, {"journal_id": (3, "c")})

    # ------------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------------

    def test_credit_note_follows_its_invoice(self):
        self.in_force(
            self.rule(journal_id=self.journal.id, fiscal_position_id=self.position.id)
        )
        document = self.invoice(self.line(10000, tax=2000))
        self.assert_done(self.apply(self.stripe, document))
        self.in_force()
        self.in_force(self.rule(journal_id=self.other_journal.id))
        note = self.credit_note(self.line(2000, tax=400, invoice_line_id="il_1"))
        self.assert_done(self.apply(self.stripe, note))
        move = self.record_of(note)
        self.assertEqual(move.journal_id, self.journal)
        self.assertEqual(move.fiscal_position_id, self.position)

    def test_what_is_booked_stays_when_the_rules_change(self):
        document = self.invoice(self.line(10000, tax=2000))
        self.assert_done(self.apply(self.stripe, document))
        journal = self.record_of(document).journal_id
        self.in_force(self.rule(journal_id=self.journal.id))
        paid = self.invoice(self.line(10000, tax=2000), status="paid")
        self.assert_done(self.apply(self.stripe, paid))
        self.assertEqual(self.record_of(document).journal_id, journal)

    # ------------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------------

    def test_rule_that_says_nothing_or_is_malformed_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "says nothing"):
            self.draft(self.rule())
        with self.assertRaisesRegex(ValidationError, "is not name=value"):
            self.draft(
                self.rule(journal_id=self.journal.id, document_metadata="entity")
            )

    def test_journal_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self._journal("ELS", other)
        with self.assertRaisesRegex(ValidationError, "Elsewhere"):
            self.draft(self.rule(journal_id=foreign.id))

    # ------------------------------------------------------------------
    # REVISIONS
    # ------------------------------------------------------------------

    def _person(self, login, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            f"q2c_{login}",
            groups="base.group_user,quote_to_cash.group_finance",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_rule_takes_effect_when_another_person_approves_it(self):
        self.stripe.needs_approval = True
        author, reviewer = self._person("author"), self._person("reviewer")
        draft = (
            self.env["q2c.policy"]
            .with_user(author)
            .create(
                {"routing_ids": [Command.create(self.rule(journal_id=self.journal.id))]}
            )
        )
        self.assertEqual(draft.change_ids.about, "routing")
        self.assertIn("RTA", draft.change_ids.new_value)
        self.assertNotEqual(self.booked().journal_id, self.journal)
        with self.assertRaisesRegex(UserError, "a draft of your own"):
            draft.with_user(reviewer).routing_ids.sequence = 3
        draft.action_send()
        with self.assertRaisesRegex(UserError, "no draft any more"):
            draft.routing_ids.sequence = 3
        draft.with_user(reviewer).action_approve()
        self.assertEqual(self.booked().journal_id, self.journal)
        event = self.env["q2c.event"].search([("kind", "=", "invoice")], limit=1)
        self.assertEqual(event.policy_id, draft)

    def test_rebase_keeps_both_changes(self):
        self.in_force(self.rule("First", journal_id=self.journal.id))
        mine = self.env["q2c.policy"].create({})
        mine.routing_ids = [
            Command.create(self.rule("Mine", fiscal_position_id=self.position.id))
        ]
        theirs = self.env["q2c.policy"].create({})
        theirs.routing_ids.journal_id = self.other_journal
        theirs.action_put_in_force()
        mine.action_rebase()
        self.assertEqual(set(mine.routing_ids.mapped("name")), {"First", "Mine"})
        self.assertEqual(mine.routing_ids.journal_id, self.other_journal)
        self.assertEqual(mine.change_ids.label, "Mine")

    def test_moves_to_another_database_by_file(self):
        policy = self.in_force(
            self.rule(
                "All",
                connection_id=self.stripe.id,
                partner_id=self.customer.id,
                country_id=self.env.ref("base.de").id,
                currency_id=self.env.ref("base.EUR").id,
                product_id=self.product.id,
                product_scope="all",
                document_metadata="a=b",
                journal_id=self.journal.id,
                fiscal_position_id=self.position.id,
            ),
            self.rule("Second", journal_id=self.other_journal.id),
        )
        data = base64.b64decode(policy.export_file)
        self.in_force()
        draft = self.env["q2c.policy"]._import(data, self.company)
        self.assertFalse(draft.unmatched)
        self.assertEqual(
            [rule._told() for rule in draft.routing_ids], policy.content["routing"]
        )
        # A rule without one of its conditions would say more than it is meant to.
        content = json.loads(data)
        content["routing"][0]["partner_id"]["name"] = "Nobody"
        draft = self.env["q2c.policy"]._import(json.dumps(content), self.company)
        self.assertEqual(draft.routing_ids.name, "Second")
        self.assertIn("Customer Nobody", draft.unmatched)

    def test_file_of_before_there_was_routing(self):
        policy = self.in_force(self.rule(journal_id=self.journal.id))
        content = json.loads(base64.b64decode(policy.export_file))
        del content["routing"]
        draft = self.env["q2c.policy"]._import(json.dumps(content), self.company)
        self.assertFalse(draft.routing_ids)

    def test_other_companies_do_not_see_it(self):
        policy = self.in_force(self.rule(journal_id=self.journal.id))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        person = self._person("foreign", other)
        with self.assertRaises(AccessError):
            policy.routing_ids.with_user(person).read(["name"])

    # ------------------------------------------------------------------
    # TEST BENCH AND ORDERS
    # ------------------------------------------------------------------

    def test_bench_shows_which_rule_applied(self):
        self.in_force(
            self.rule(
                "Swiss",
                currency_id=self.env.ref("base.CHF").id,
                journal_id=self.other_journal.id,
            ),
            self.rule("Everybody", journal_id=self.journal.id),
        )
        document = self.invoice(self.line(10000, tax=2000))
        event = self.apply(self.stripe, document)
        self.assertEqual(event.state, "done")
        self.record_of(document).button_draft()
        self.record_of(document).unlink()
        self.env["q2c.binding"].search([("external_id", "=", "in_1")]).unlink()
        bench = self.env["q2c.test.bench"].create(
            {
                "connection_id": self.stripe.id,
                "source": "text",
                "payload": json.dumps(test_test_bench.TestBench.payload(self)),
            }
        )
        bench.action_preview()
        (route,) = bench.result["rules"]["routes"]
        self.assertEqual(
            [(c["rule"], c["unmet"], c["outcomes"]) for c in route["checks"]],
            [
                ("Swiss", "Currency", []),
                ("Everybody", "", [["Journal", self.journal.display_name]]),
            ],
        )
        self.assertIn("Does not hold: Currency", bench.overview)

    def test_fiscal_position_of_an_order(self):
        self.in_force(
            self.rule(
                connection_id=self.salesforce.id, fiscal_position_id=self.position.id
            )
        )
        order = self.ordered()
        self.assertEqual(order.fiscal_position_id, self.position)

    def ordered(self):
        self.apply(
            self.salesforce, deals.ACCOUNT, deals.PERSON, deals.SEAT, deals.SETUP
        )
        self.assert_done(self.apply(self.salesforce, deals.WON))
        lead = self.record_of(deals.WON, self.salesforce)
        return self.env["sale.order"].search([("opportunity_id", "=", lead.id)])
