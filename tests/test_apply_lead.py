# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A lead of the CRM is one of Odoo's, and becomes the opportunity that it is converted
to, in whichever order the two are told."""

from dataclasses import replace

from odoo.tests import tagged

from ..canonical import Address, Contact, Customer, Hold, Lead, Opportunity
from ..providers.salesforce.streams import STREAMS
from .common import Q2CCase

LEAD = Lead(
    id="00Q000000000001AAA",
    name="Lena Lang",
    company="Lang & Co",
    email="lena@lang.example",
    phone="+49 40 1",
    function="Owner",
    website="lang.example",
    address=Address(street="Kai 4", city="Hamburg", country="DE"),
    description="Met at the fair",
)
ACCOUNT = Customer(id="001000000000001AAA", name="Lang & Co")
PERSON = Contact(id="003000000000001AAA", name="Lena Lang", customer_id=ACCOUNT.id)
DEAL = Opportunity(
    id="006000000000001AAA",
    trace="006000000000001AAA",
    name="Lang & Co-",
    customer_id=ACCOUNT.id,
    contact_id=PERSON.id,
    stage="Qualified",
)
CONVERTED = replace(
    LEAD,
    is_converted=True,
    customer_id=ACCOUNT.id,
    contact_id=PERSON.id,
    opportunity_id=DEAL.id,
)


@tagged("post_install", "-at_install")
class TestLeads(Q2CCase):
    def bring(self, *documents):
        events = self.apply(self.salesforce, *documents)
        self.assert_done(events)
        return self.record_of(documents[0], self.salesforce)

    def leads(self):
        leads = self.env["crm.lead"].with_context(active_test=False)
        return leads.search([("company_id", "=", self.company.id)])

    def test_lead_is_a_lead(self):
        user = self.env["res.users"].create(
            {
                "name": "Sally",
                "login": "sally",
                "email": "sally@example.com",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        lead = self.bring(replace(LEAD, owner_email="sally@example.com"))
        self.assertEqual(
            (lead.type, lead.name, lead.partner_name, lead.contact_name),
            ("lead", "Lang & Co", "Lang & Co", "Lena Lang"),
        )
        self.assertEqual(
            (lead.email_from, lead.function, lead.city, lead.country_id.code),
            ("lena@lang.example", "Owner", "Hamburg", "DE"),
        )
        self.assertEqual((lead.user_id, lead.company_id), (user, self.company))
        self.assertIn("fair", lead.description)
        self.assertFalse(lead.partner_id)
        self.bring(replace(LEAD, phone="", company="Lang GmbH"))
        self.assertEqual((lead.partner_name, lead.phone), ("Lang GmbH", False))

    def test_converted_lead_becomes_the_opportunity_that_comes_later(self):
        lead = self.bring(LEAD)
        lead.message_post(body="Called")
        self.bring(CONVERTED)
        self.assertEqual((lead.type, bool(lead.date_conversion)), ("opportunity", True))
        self.bring(ACCOUNT, PERSON)
        self.assertEqual(self.bring(DEAL), lead)
        self.assertEqual(self.leads(), lead)
        self.assertEqual(
            (lead.name, lead.partner_id.name, lead.stage_id.name),
            ("Lang & Co-", "Lena Lang", "Qualified"),
        )
        self.assertEqual(lead.q2c_trace, DEAL.id)
        self.assertIn("Called", "".join(lead.message_ids.mapped("body")))

    def test_lead_and_its_opportunity_in_one_batch_are_one_record(self):
        lead = self.bring(LEAD)
        self.bring(DEAL, CONVERTED, ACCOUNT, PERSON)
        self.assertEqual(self.leads(), lead)
        self.assertEqual(self.record_of(CONVERTED, self.salesforce), lead)

    def test_opportunity_that_came_first_takes_over_what_was_said_of_the_lead(self):
        lead = self.bring(LEAD)
        lead.message_post(body="Called")
        self.bring(ACCOUNT, PERSON)
        deal = self.bring(DEAL)
        self.assertNotEqual(deal, lead)
        self.assertEqual(self.bring(CONVERTED), deal)
        self.assertFalse(lead.active)
        self.assertTrue(deal.active)
        self.assertIn("Called", "".join(deal.message_ids.mapped("body")))
        self.assertEqual((deal.name, deal.type), ("Lang & Co-", "opportunity"))

    def test_news_of_a_converted_lead_change_nothing_of_its_opportunity(self):
        self.bring(LEAD)
        self.bring(CONVERTED)
        self.bring(ACCOUNT, PERSON)
        deal = self.bring(DEAL)
        self.bring(replace(CONVERTED, company="Other"))
        self.assertEqual((deal.name, deal.type), ("Lang & Co-", "opportunity"))

    def test_lead_that_became_no_opportunity_is_archived_with_its_contact(self):
        lead = self.bring(LEAD)
        over = replace(CONVERTED, opportunity_id="")
        event = self.apply(self.salesforce, over)
        self.assertEqual(event.state, "waiting", event.message)
        self.bring(ACCOUNT, PERSON)
        self.bring(over)
        self.assertEqual(
            (lead.active, lead.partner_id.name, lead.type), (False, "Lena Lang", "lead")
        )

    def test_lead_that_was_converted_before_it_was_seen_leaves_nothing(self):
        event = self.apply(self.salesforce, CONVERTED)
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))
        self.assertFalse(self.leads())

    def test_rule_9_merged_lead_leads_to_the_winner_for_ever(self):
        other = replace(LEAD, id="00Q000000000002AAA", name="Lena L.")
        winner, loser = self.bring(LEAD), self.bring(other)
        loser.message_post(body="Called")
        gone = replace(other, deleted=True, merged_into=LEAD.id)
        self.apply(self.salesforce, gone)
        self.assertEqual(self.record_of(gone, self.salesforce), winner)
        self.assertEqual((winner.active, loser.active), (True, False))
        self.assertIn("Called", "".join(winner.message_ids.mapped("body")))

    def test_rule_9_deleted_lead_is_archived_and_an_opportunity_of_it_stays(self):
        lead = self.bring(LEAD)
        self.apply(self.salesforce, replace(LEAD, deleted=True))
        self.assertFalse(lead.active)
        lead.active = True
        self.bring(CONVERTED)
        self.apply(self.salesforce, replace(CONVERTED, deleted=True))
        self.assertTrue(lead.active)

    # ------------------------------------------------------------------
    # WANTED OR NOT
    # ------------------------------------------------------------------

    def stream(self):
        streams = self.env["q2c.stream"].with_context(active_test=False)
        return streams.search(
            [("connection_id", "=", self.salesforce.id), ("code", "=", "lead")]
        )

    def test_leads_are_taken_in_only_where_the_connection_wants_them(self):
        self.assertTrue(self.stream().active)
        self.salesforce.takes_leads = False
        self.assertFalse(self.stream().active)
        event = self.apply(self.salesforce, LEAD)
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))
        self.salesforce.takes_leads = True
        self.assertTrue(self.stream().active)

    def test_connection_that_is_older_than_a_stream_is_given_it(self):
        streams = self.salesforce.stream_ids
        streams.filtered(lambda stream: stream.code in ("contract", "lead")).unlink()
        for place, stream in enumerate(self.salesforce.stream_ids):
            stream.sequence = place
        self.salesforce.state = "active"
        self.salesforce.invalidate_recordset(["stream_ids"])
        codes = self.salesforce.stream_ids.sorted().mapped("code")
        self.assertEqual(codes, list(STREAMS))

    def test_leads_that_salesforce_does_not_show_are_no_fault(self):
        class Closed:
            def __enter__(self):
                return self

            def __exit__(self, *_args):
                """Nothing to give back."""

            def describe(self, sobject):
                raise Hold("invalid_object", f"{sobject} is not there", "")

        provider = self.registry["q2c.provider.salesforce"]
        self.patch(
            provider, "_signed", lambda _self, _connection, fresh=False: Closed()
        )
        stream = self.stream()
        stream._poll_one()
        self.assertFalse(stream.message)
        self.assertFalse(stream.cursor)
        self.assertEqual(list(STREAMS).index("lead"), stream.sequence)
