# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Customers that may be contacts, and the people who decide."""

from dataclasses import replace

from odoo import Command
from odoo.tests import new_test_user

from ..canonical import Address, Customer
from .common import Q2CCase

BOSTON = Address(
    street="200 Foundry Street", city="Boston", postal_code="02110", country="US"
)
HALDEN = Customer(
    id="cus_halden",
    name="Halden Robotics, Inc.",
    email="billing@halden.example",
    billing=BOSTON,
)
ACCOUNT_15 = "001D000000IqhSL"
ACCOUNT = Customer(id="001D000000IqhSLIAZ", name="Halden Robotics")


def halden(**values):
    return replace(HALDEN, **values)


class MatchCase(Q2CCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._user("user")
        cls.operator = cls._user("operator")
        cls.finance = cls._user("finance")
        cls.other_finance = cls._user("finance", "other_finance")

    @classmethod
    def _user(cls, role, login=None):
        return new_test_user(
            cls.env,
            f"q2c_match_{login or role}",
            groups=f"base.group_user,quote_to_cash.group_{role}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def known(self, name="HALDEN ROBOTICS GmbH", **values):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    def matches(self, document=HALDEN, connection=None):
        return self.env["q2c.match"].search(
            [
                ("connection_id", "=", (connection or self.stripe).id),
                ("external_id", "=", document.id),
            ]
        )

    def doubt(self, document=HALDEN, **values):
        """Apply a customer that may be ``known``: (candidate, match)."""
        candidate = self.known(website="https://www.halden.example", **values)
        self.apply(self.stripe, document)
        return candidate, self.matches(document)

    def case(self, document=HALDEN):
        return self.env["q2c.exception"].search(
            [("key", "=", f"duplicate:{document.ref}")]
        )

    def evidence(self, match):
        return {line["kind"]: line["points"] for line in match.evidence}

    def post_invoice(self, partner):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "company_id": self.company.id,
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1})],
            }
        )
        move.action_post()
        return move
