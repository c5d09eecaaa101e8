# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a product costs, from Odoo to Stripe and Salesforce, and back to the check."""

from decimal import Decimal

import pytest
from story import connect
from story.waiting import until

FIELDS = ("our_amount", "salesforce_amount", "stripe_amount", "issue")


@pytest.fixture(scope="module")
def connections(odoo, org, account):
    """Salesforce and Stripe, to both of which the catalogue is published."""
    connect.set_up_company(odoo, 20)
    for sobject in ("Product2", "Pricebook2"):
        field = {
            "name": "Q2C_Odoo_Ref__c",
            "type": "string",
            "external_id": True,
            "unique": True,
        }
        org.control("fields", object=sobject, field=field)
    salesforce = connect.connect_salesforce(odoo, org)
    stripe = connect.connect_stripe(odoo, account)
    odoo.write("q2c.connection", [salesforce, stripe], publish_catalogue="marked")
    return salesforce, stripe


@pytest.fixture(scope="module")
def seat(odoo, connections):
    return odoo.create(
        "product.product",
        name="Seat",
        default_code="SEAT",
        type="service",
        list_price=49.5,
        q2c_interval="month",
        taxes_id=[],
    )


def row(odoo, org, seat, connections, amount):
    """The row of the check, once all three say ``amount``."""

    def agrees():
        odoo.call("q2c.connection", "action_poll_now", [connections[0]])
        rows = odoo.find("q2c.catalogue.check", [("product_id", "=", seat)], *FIELDS)
        same = [each for each in rows if {each[n] for n in FIELDS[:3]} == {amount}]
        return same and len(rows) == 1 and same[0]["issue"] == "none" and rows

    return until(agrees, f"The catalogue saying {amount}")[0]


def test_a_new_product_and_another_amount_reach_both(
    odoo, org, account, connections, seat
):
    row(odoo, org, seat, connections, 49.5)
    odoo.write("product.product", [seat], list_price=59)
    row(odoo, org, seat, connections, 59)
    products = org.query("SELECT Id, ProductCode FROM Product2 WHERE Name = 'Seat'")
    assert [product["ProductCode"] for product in products] == ["SEAT"]
    entries = org.query(
        f"SELECT UnitPrice FROM PricebookEntry WHERE Product2Id = '{products[0]['Id']}'"
    )
    assert [Decimal(str(each["UnitPrice"])) for each in entries] == [Decimal(59)]
    prices = list(account.all_of("prices"))
    found = {price["unit_amount"]: price for price in prices}
    assert {amount: price["active"] for amount, price in found.items()} == {
        4950: False,
        5900: True,
    }
    [product] = list(account.all_of("products"))
    assert product["default_price"] == found[5900]["id"]
    assert found[5900]["lookup_key"] == f"odoo-{seat}-usd-1-month"


def test_no_command_failed(odoo, seat):
    failed = odoo.find("q2c.command", [("state", "=", "failed")], "message")
    assert not failed
