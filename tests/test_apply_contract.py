# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Contracts that orders are made under, and who plays which part in a deal."""

from dataclasses import replace
from datetime import date

from odoo.tests import new_test_user, tagged

from ..canonical import Contact, ContactRole, Contract, Order
from .common import Q2CCase
from .test_apply_deal import ACCOUNT, LINES, OPEN, PERSON, SEAT, SETUP, WON

CONTRACT = Contract(
    id="800000000000001AAA",
    number="00000100",
    customer_id=ACCOUNT.id,
    status="Activated",
    is_active=True,
    start_date=date(2026, 1, 1),
    end_date=date(2026, 12, 31),
    term=12,
)
OTHER = Contact(id="003000000000002AAA", name="Tom", customer_id=ACCOUNT.id)
BUYER = ContactRole(PERSON.id, "Economic Buyer", True)
USER = ContactRole(OTHER.id, "Business User")


@tagged("post_install", "-at_install")
class TestContracts(Q2CCase):
    def setUp(self):
        super().setUp()
        self.apply(self.salesforce, ACCOUNT, PERSON, OTHER, SEAT, SETUP)

    def bring(self, *documents):
        self.assert_done(self.apply(self.salesforce, *documents))
        return self.record_of(documents[0], self.salesforce)

    def order(self):
        lead = self.record_of(WON, self.salesforce)
        return self.env["sale.order"].search([("opportunity_id", "=", lead.id)])

    # ------------------------------------------------------------------
    # CONTRACTS
    # ------------------------------------------------------------------

    def test_contract_is_mirrored(self):
        contract = self.bring(CONTRACT)
        self.assertEqual(
            (contract.name, contract.status, contract.is_active, contract.term),
            ("00000100", "Activated", True, 12),
        )
        self.assertEqual(contract.partner_id.name, "Brasserie SA")
        self.assertEqual(contract.company_id, self.company)
        self.bring(replace(CONTRACT, status="Expired", is_active=False))
        self.assertEqual((contract.status, contract.is_active), ("Expired", False))
        self.apply(self.salesforce, replace(CONTRACT, deleted=True))
        self.assertFalse(contract.active)

    def test_order_of_a_deal_shows_its_contract_confirmed_or_not(self):
        deal = replace(WON, contract_id=CONTRACT.id)
        event = self.apply(self.salesforce, deal)
        self.assertEqual(event.waiting_for, f"contract:{CONTRACT.id}")
        contract = self.bring(CONTRACT)
        self.bring(deal)
        order = self.order()
        self.assertEqual((order.state, order.q2c_contract_id), ("sale", contract))
        self.assertEqual(order.q2c_contract_end, date(2026, 12, 31))
        renewal = replace(CONTRACT, id="800000000000002AAA", number="00000101")
        renewed = self.bring(renewal)
        self.bring(replace(WON, contract_id=renewal.id))
        self.assertEqual((order.q2c_contract_id, order.state), (renewed, "sale"))
        self.assertEqual(renewed.order_ids, order)

    def test_order_of_the_crm_shows_its_contract(self):
        self.salesforce.order_source = "order"
        contract = self.bring(CONTRACT)
        order = self.bring(
            Order(
                id="801000000000001AAA",
                number="00000200",
                customer_id=ACCOUNT.id,
                contract_id=CONTRACT.id,
                activated=True,
                currency="USD",
                effective_date=date(2026, 2, 1),
                lines=LINES,
            )
        )
        self.assertEqual(order.q2c_contract_id, contract)

    # ------------------------------------------------------------------
    # ROLES
    # ------------------------------------------------------------------

    def roles(self, lead):
        return [
            (role.partner_id.name, role.role, role.is_primary)
            for role in lead.q2c_contact_role_ids
        ]

    def test_roles_of_contacts_follow_the_deal(self):
        lead = self.bring(replace(OPEN, roles=(BUYER, USER)))
        self.assertEqual(
            self.roles(lead),
            [("Amélie", "Economic Buyer", True), ("Tom", "Business User", False)],
        )
        kept = lead.q2c_contact_role_ids[0]
        evaluator = replace(USER, role="Evaluator")
        self.bring(replace(OPEN, roles=(BUYER, evaluator)))
        lead.invalidate_recordset(["q2c_contact_role_ids"])
        self.assertEqual(lead.q2c_contact_role_ids[0], kept)
        self.assertEqual(self.roles(lead)[1], ("Tom", "Evaluator", False))
        self.bring(OPEN)
        lead.invalidate_recordset(["q2c_contact_role_ids"])
        self.assertFalse(self.roles(lead))

    def test_roles_of_another_company_are_not_seen(self):
        lead = self.bring(replace(OPEN, roles=(BUYER,)))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "stranger",
            groups="quote_to_cash.group_manager,sales_team.group_sale_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        roles = self.env["q2c.contact.role"].with_user(user)
        self.assertFalse(roles.search([("lead_id", "=", lead.id)]))
        contract = self.bring(CONTRACT)
        contracts = self.env["q2c.contract"].with_user(user)
        self.assertFalse(contracts.search([("id", "=", contract.id)]))
