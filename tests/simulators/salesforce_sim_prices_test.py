# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the organisation computes: line totals, amounts, stages, names."""

import pytest

pytest_plugins = ["tests.simulators.salesforce_fixtures"]


@pytest.fixture
def deal(salesforce, seeded):
    """Reads the seeded deal anew."""
    return lambda: salesforce.Opportunity.get(seeded["opportunity"])


def test_amount_is_the_sum_of_the_lines(salesforce, seeded, deal):
    """25 seats at 49.00 less 10 %, 480.00, 1500.00 less 50 %."""
    assert deal()["Amount"] == 1102.5 + 480 + 750
    assert deal()["HasOpportunityLineItem"] is True
    salesforce.OpportunityLineItem.update(seeded["lines"][1], {"Quantity": 2})
    assert deal()["Amount"] == 1102.5 + 960 + 750
    salesforce.OpportunityLineItem.delete(seeded["lines"][2])
    assert deal()["Amount"] == 1102.5 + 960


def test_a_written_amount_is_ignored_while_there_are_lines(salesforce, seeded, deal):
    salesforce.Opportunity.update(seeded["opportunity"], {"Amount": 1})
    assert deal()["Amount"] == 2332.5
    for line in seeded["lines"]:
        salesforce.OpportunityLineItem.delete(line)
    salesforce.Opportunity.update(seeded["opportunity"], {"Amount": 1})
    assert (deal()["Amount"], deal()["HasOpportunityLineItem"]) == (1, False)


def test_a_changed_line_stamps_its_deal(sim, salesforce, seeded, deal):
    before = deal()["SystemModstamp"]
    sim.control("clock", advance=60)
    salesforce.OpportunityLineItem.update(seeded["lines"][0], {"Discount": 20})
    assert deal()["SystemModstamp"] > before


def test_a_line_copies_its_product(salesforce, seeded):
    line = salesforce.OpportunityLineItem.get(seeded["lines"][0])
    assert line["Product2Id"] == seeded["products"]["monthly"]
    assert line["ProductCode"] == "SEAT-M"
    assert (line["ListPrice"], line["UnitPrice"]) == (49, 49)
    assert (line["Subtotal"], line["TotalPrice"]) == (1225, 1102.5)


def test_half_cents_round_up(salesforce, seeded):
    values = {"Quantity": 3, "UnitPrice": 0.35, "Discount": 50}
    salesforce.OpportunityLineItem.update(seeded["lines"][1], values)
    line = salesforce.OpportunityLineItem.get(seeded["lines"][1])
    assert (line["Subtotal"], line["TotalPrice"]) == (1.05, 0.53)


def test_a_written_total_gives_the_unit_price(salesforce, seeded):
    salesforce.OpportunityLineItem.update(seeded["lines"][0], {"TotalPrice": 1000})
    line = salesforce.OpportunityLineItem.get(seeded["lines"][0])
    assert (line["UnitPrice"], line["TotalPrice"], line["Discount"]) == (40, 1000, None)


def test_a_line_of_another_price_book_is_refused(sim, rest, seeded):
    standard = sim.control("org", "GET")["standard_pricebook_id"]
    query = (
        f"SELECT Id FROM PricebookEntry WHERE Pricebook2Id = '{standard}'"
        " AND ProductCode = 'READER'"
    )
    entry = rest("GET", "query", params={"q": query}).json()["records"][0]["Id"]
    body = {"OpportunityId": seeded["opportunity"], "Quantity": 1}
    body["PricebookEntryId"] = entry
    answer = rest("POST", "sobjects/OpportunityLineItem", json=body)
    assert answer.json()[0]["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"
    assert "different pricebook" in answer.json()[0]["message"]


def test_a_custom_price_needs_a_standard_one(rest, salesforce, seeded):
    product = salesforce.Product2.create({"Name": "New", "IsActive": True})["id"]
    body = {"Product2Id": product, "UnitPrice": 5, "IsActive": True}
    body["Pricebook2Id"] = seeded["pricebook"]
    answer = rest("POST", "sobjects/PricebookEntry", json=body)
    assert answer.json()[0]["errorCode"] == "STANDARD_PRICE_NOT_DEFINED"


def test_the_stage_decides_closed_won_and_probability(sim, salesforce, seeded, deal):
    assert (deal()["IsClosed"], deal()["IsWon"], deal()["Probability"]) == (
        False,
        False,
        90,
    )
    sim.control(f"opportunities/{seeded['opportunity']}/close_won")
    assert (deal()["IsClosed"], deal()["IsWon"], deal()["Probability"]) == (
        True,
        True,
        100,
    )
    salesforce.Opportunity.update(seeded["opportunity"], {"StageName": "Closed Lost"})
    assert (deal()["IsClosed"], deal()["IsWon"], deal()["Probability"]) == (
        True,
        False,
        0,
    )


def test_a_contact_has_a_full_name(salesforce, seeded):
    contact = seeded["contacts"][0]
    assert salesforce.Contact.get(contact)["Name"] == "Amélie Dupont"
    salesforce.Contact.update(contact, {"FirstName": None})
    assert salesforce.Contact.get(contact)["Name"] == "Dupont"


def test_a_quote_totals_its_lines(salesforce, seeded):
    quote = salesforce.Quote.create(
        {
            "Name": "Offer",
            "OpportunityId": seeded["opportunity"],
            "Pricebook2Id": seeded["pricebook"],
            "Tax": 10,
        }
    )["id"]
    for key, quantity, discount in (("monthly", 10, 10), ("setup", 1, 0)):
        salesforce.QuoteLineItem.create(
            {
                "QuoteId": quote,
                "PricebookEntryId": seeded["entries"][key],
                "Quantity": quantity,
                "Discount": discount,
            }
        )
    record = salesforce.Quote.get(quote)
    assert (record["Subtotal"], record["TotalPrice"]) == (1990, 1941)
    assert (record["Discount"], record["GrandTotal"]) == (2.46, 1951)
    assert record["QuoteNumber"] == "00000001"
    assert record["AccountId"] == seeded["accounts"][0]


def test_an_order_totals_its_items(sim, salesforce, seeded):
    order = salesforce.Order.create(
        {
            "AccountId": seeded["accounts"][0],
            "EffectiveDate": "2026-12-01",
            "Status": "Draft",
            "Pricebook2Id": seeded["pricebook"],
        }
    )["id"]
    item = {"OrderId": order, "PricebookEntryId": seeded["entries"]["device"]}
    salesforce.OrderItem.create({**item, "Quantity": 3, "UnitPrice": 100.25})
    assert salesforce.Order.get(order)["TotalAmount"] == 300.75
