# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products, price books and their entries, written by the addon's client."""

import dataclasses
from decimal import Decimal

import pytest
from quote_to_cash.canonical import Price, PriceList, Product, Retry, UnitAmount
from quote_to_cash.providers.salesforce import catalogue, translate

from tests.simulators.salesforce_client_helpers import SCHEMA

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]

REFERENCE = "Q2C_Odoo_Ref__c"
PUBLISHING = dataclasses.replace(SCHEMA, reference=REFERENCE, currency="USD")


@pytest.fixture
def publisher(sim, client):
    for sobject in ("Product2", "Pricebook2"):
        field = {
            "name": REFERENCE,
            "type": "string",
            "external_id": True,
            "unique": True,
        }
        sim.control("fields", object=sobject, field=field)
    client.schema = PUBLISHING
    return client


def send(client, document, record_id=""):
    request = catalogue.request_of(document, record_id, PUBLISHING)
    [outcome] = client.update_many([request])
    return outcome


def product(**values):
    return Product(
        **{"id": "", "odoo_ref": "db:product.product:7", "name": "Seat"} | values
    )


def price(product_id, book, amount, **values):
    return Price(
        **{
            "id": "",
            "product_id": product_id,
            "price_list_id": book,
            "unit_amount": UnitAmount.of_major(Decimal(amount), "USD"),
            "currency": "USD",
        }
        | values
    )


def test_a_product_is_created_once_however_often_it_is_sent(sim, publisher):
    publisher.describe("Product2")
    sim.control("faults", fault="drop_response", path="composite/sobjects")
    assert isinstance(send(publisher, product()).failure, Retry)
    again = send(publisher, product(code="SEAT"))
    assert again.failure is None
    found = publisher.query_all(
        f"SELECT Id, ProductCode FROM Product2 WHERE {REFERENCE} != null"
    )
    assert [(row["Id"], row["ProductCode"]) for row in found] == [(again.id, "SEAT")]


def test_what_was_created_comes_back_with_our_reference(publisher):
    created = send(publisher, product(code="SEAT", description="A chair"))
    record = publisher.retrieve_many("product", [created.id])[created.id]
    document = translate.translate("product", record, PUBLISHING)
    assert (document.odoo_ref, document.code) == ("db:product.product:7", "SEAT")


def test_an_update_leaves_out_what_is_not_said(publisher):
    created = send(publisher, product(code="SEAT", description="A chair"))
    document = product(name="Chair", active=False, unsaid=frozenset({"description"}))
    assert send(publisher, document, created.id).failure is None
    record = publisher.retrieve_many("product", [created.id])[created.id]
    assert (record["Name"], record["IsActive"]) == ("Chair", False)
    assert (record["ProductCode"], record["Description"]) == (None, "A chair")


def test_a_price_book_and_its_entries(sim, publisher):
    standard = sim.control("org", "GET")["standard_pricebook_id"]
    item = send(publisher, product()).id
    book = PriceList(id="", odoo_ref="db:product.pricelist:3", name="Partners")
    book_id = send(publisher, book).id
    early = send(publisher, price(item, book_id, "8"))
    assert "standard price" in early.failure.message
    assert send(publisher, price(item, standard, "10.50")).failure is None
    entry = send(publisher, price(item, book_id, "8"))
    assert entry.failure is None
    twice = send(publisher, price(item, book_id, "9"))
    assert "already exists" in twice.failure.message
    changed = send(publisher, price(item, book_id, "9", active=False), entry.id)
    assert changed.failure is None
    record = publisher.retrieve_many("price", [entry.id])[entry.id]
    document = translate.translate("price", record, PUBLISHING)
    assert document.price_list_id == book_id
    assert (document.unit_amount.major, document.active) == (Decimal(9), False)
    read = publisher.retrieve_many("price_list", [book_id])[book_id]
    found = translate.translate("price_list", read, PUBLISHING)
    assert (found.name, found.standard, found.odoo_ref) == (
        "Partners",
        False,
        "db:product.pricelist:3",
    )


def test_hundreds_of_entries_go_in_two_calls(sim, publisher):
    standard = sim.control("org", "GET")["standard_pricebook_id"]
    products = [
        catalogue.request_of(
            product(name=f"P{number}", odoo_ref=f"db:product.product:{number}"),
            "",
            PUBLISHING,
        )
        for number in range(201)
    ]
    made = publisher.update_many(products)
    assert not [outcome.failure for outcome in made if outcome.failure]
    publisher.describe("PricebookEntry")
    before = publisher.calls
    entries = publisher.update_many(
        [
            catalogue.request_of(price(outcome.id, standard, "5"), "", PUBLISHING)
            for outcome in made
        ]
    )
    assert not [outcome.failure for outcome in entries if outcome.failure]
    assert publisher.calls - before == 2
