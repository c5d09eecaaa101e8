# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people do in the browser, and what they may not."""

from odoo.tests import HttpCase, new_test_user, tagged

from ..canonical import Address, Customer, Envelope, Hold
from .common import NOW, Q2CCase


@tagged("post_install", "-at_install")
class TestTours(Q2CCase, HttpCase):
    def setUp(self):
        super().setUp()
        envelope = Envelope(
            external_id="evt_tour",
            type="invoice.finalized",
            kind="invoice",
            object_id="in_tour",
            partition="cus_tour",
            occurred_at=NOW,
            payload='{"id": "in_tour"}',
        )
        ids = self.env["q2c.event"]._store(self.stripe, [envelope], "webhook")
        self.event = self.env["q2c.event"].browse(ids)
        self.event._fail(
            Hold(
                "totals_differ",
                "The tax rate txr_1 of the invoice in_tour is linked to no tax.",
                "Link the tax rate to the tax that it stands for, then retry.",
            )
        )

    def sign_up(self, group):
        login = f"tour_{group}"
        new_test_user(
            self.env,
            login,
            groups=f"base.group_user,quote_to_cash.group_{group}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        return login

    def test_manager_connects_stripe_and_retries(self):
        self.start_tour("/odoo", "q2c_manager", login=self.sign_up("manager"))
        self.assertEqual((self.event.state, self.event.message), ("queued", False))
        connection = self.env["q2c.connection"].search(
            [("name", "=", "Stripe on Tour"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(connection._secret("api_key"), "sk_test_51AbCdEfGh0123456789")
        self.assertEqual(
            connection._secrets("signing_secret"), ["whsec_0123456789abcdefWXYZ"]
        )
        self.assertEqual(connection.payment_journal_id.company_id, self.company)
        self.assertEqual(connection.state, "draft")

    def test_user_reads_the_log_and_no_more(self):
        self.start_tour("/odoo/q2c-events", "q2c_user", login=self.sign_up("user"))
        self.assertEqual(self.event.state, "failed")

    def test_operator_works_an_exception_off(self):
        self.event._tell_work_list()
        left = self.env["q2c.exception"]._report(
            self.stripe,
            "possible_duplicate",
            "The contact Ada settles nothing by being there twice.",
            "Merge the two.",
            key="tour",
            category="duplicate",
        )
        login = self.sign_up("operator")
        self.start_tour("/odoo/q2c-to-do", "q2c_work_list", login=login)
        case = self.env["q2c.exception"].search([("event_id", "=", self.event.id)])
        self.assertEqual(case.user_id.login, login)
        self.assertEqual((self.event.state, case.state), ("queued", "open"))
        self.assertEqual(
            (left.state, left.resolution), ("dismissed", "Known to the customer")
        )

    def test_rule_10_operator_decides_who_a_customer_is(self):
        candidate = self.env["res.partner"].create(
            {
                "name": "Halden Robotics GmbH",
                "is_company": True,
                "website": "halden.example",
                "city": "Chicago",
            }
        )
        customer = Customer(
            id="cus_tour",
            name="Halden Robotics, Inc.",
            email="billing@halden.example",
            billing=Address(city="Boston", country="US"),
        )
        self.apply(self.stripe, customer)
        login = self.sign_up("operator")
        self.start_tour("/odoo/q2c-duplicates", "q2c_possible_duplicate", login=login)
        self.assertEqual(self.record_of(customer), candidate)
        match = self.env["q2c.match"].search([("external_id", "=", "cus_tour")])
        self.assertEqual((match.state, match.decided_by_id.login), ("accepted", login))
