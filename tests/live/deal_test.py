# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One deal, from the open opportunity to the reconciled payment and back."""

from decimal import Decimal

import pytest
from story import books
from story.deal import Deal, Line
from story.story import Story
from story.trials import Trials

# Tax per line would come to a cent more than tax on the whole, and the discounts leave
# fractions of cents: nothing is equal by luck.
DEAL = Deal(
    name="Awkward amounts",
    account="Königliche Brauerei Müller & Söhne",
    contact=("Žofie", "O'Hára", "zofie@brauerei.example"),
    lines=(
        Line("Seat", "SEAT", "month", 7, Decimal("49.99"), Decimal("12.5")),
        Line("Setup", "SETUP", "one_time", 1, Decimal("1499.99"), Decimal("33.33")),
        Line("Reader", "READER", "one_time", 3, Decimal("129.57")),
        Line("Cable", "CABLE", "one_time", 1, Decimal("9.93")),
    ),
)


@pytest.fixture(scope="module")
def story(odoo, org, account):
    """The deal, played to its end."""
    story = Story(odoo, org, account, DEAL)
    for _title, act in story.steps():
        act()
    return story


def test_the_amounts_are_those_agreed(story):
    """By this file's own arithmetic, not the addon's or the simulator's."""
    assert (DEAL.untaxed, DEAL.tax, DEAL.total) == (
        Decimal("1704.87"),
        Decimal("340.97"),
        Decimal("2045.84"),
    )
    assert DEAL.ordered_tax != DEAL.tax
    assert books.money(story.move["amount_untaxed"]) == DEAL.untaxed
    assert books.money(story.move["amount_tax"]) == DEAL.tax
    assert books.money(story.move["amount_total"]) == DEAL.total


def test_rule_17_invoice_equals_stripes_to_the_cent(story, odoo, account):
    invoice = account.invoice(story.stripe["invoice"])
    books.check_invoice(odoo, story.move, invoice)
    nets = [untaxed for untaxed, _tax in books.booked_lines(odoo, story.move["id"])]
    assert nets == sorted(line.net for line in DEAL.lines)


def test_the_payment_settles_the_invoice_through_the_clearing_account(
    story, odoo, account
):
    assert story.move["payment_state"] == "paid"
    assert story.payment["state"] == "paid"
    assert odoo.count("account.payment") == 1
    net = account.net_of(story.stripe["payment"])
    assert net < DEAL.total
    assert books.clearing_balance(odoo, story.stripe_connection) == net


def test_a_salesforce_account_shows_what_was_paid(story, org):
    record = org.read("Account", story.ids["account"])
    assert record["Q2C_Account_Status__c"] == "Active"
    assert record["Q2C_Payment_Status__c"] == "Paid"
    assert Decimal(str(record["Q2C_Amount_Paid__c"])) == DEAL.total
    opportunity = org.read("Opportunity", story.ids["opportunity"])
    assert opportunity["Q2C_Order_Number__c"] == story.order["name"]
    assert opportunity["Q2C_Invoice_Number__c"] == story.move["name"]


def test_rule_30_one_trace_follows_the_deal(story, odoo):
    places = (
        ("crm.lead", story.lead["id"], "q2c_trace"),
        ("sale.order", story.order["id"], "q2c_trace"),
        ("q2c.subscription", story.subscription["id"], "trace"),
        ("account.move", story.move["id"], "q2c_trace"),
        ("account.payment", story.payment["id"], "q2c_trace"),
    )
    traces = {model: odoo.read(model, id_, name)[name] for model, id_, name in places}
    assert len(set(traces.values())) == 1, traces
    assert traces["crm.lead"]


def test_rule_28_everything_exists_once_in_stripe(story, account):
    objects = account.state()["objects"]
    made = {
        kind: objects.get(kind, 0)
        for kind in ("customer", "product", "price", "subscription", "invoice")
    }
    assert made == {
        "customer": 1,
        "product": len(DEAL.lines),
        "price": len(DEAL.lines),
        "subscription": 1,
        "invoice": 1,
    }


def test_rule_2_repeated_and_forged_webhooks_change_nothing(story):
    for _title, act in Trials(story).steps():
        act()


def test_odoo_logged_no_error(story, stage):
    assert not stage.faults()
