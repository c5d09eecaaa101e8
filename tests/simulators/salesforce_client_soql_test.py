# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every query that the addon sends, as it arrived, before a published parser."""

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from quote_to_cash.providers.salesforce.preflight.check import check
from quote_to_cash.providers.salesforce.preflight.install import install
from quote_to_cash.providers.salesforce.preflight.look import look
from quote_to_cash.providers.salesforce.preflight.needs import Told, of_configuration
from quote_to_cash.providers.salesforce.streams import (
    KIND_OF_SOBJECT,
    STREAMS,
    stream_of,
)

from tests.simulators.salesforce_client_helpers import FUTURE, SCHEMA, poll
from tests.soql_parser import refused

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]
MAPPED = (
    *("Account.Industry", "Account.Owner.Email", "Opportunity.NextStep"),
    "Lead.LeadSource",
)


def sent(sim):
    return sim.control("queries", "GET")["queries"]


def object_of(query):
    return query.split(" FROM ")[1].split()[0]


@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
def test_the_published_parser_takes_every_query_that_is_sent(sim, client, rich):
    sim.control("org", multi_currency=rich, person_accounts=rich)
    seeded = sim.control("seed")
    lead = sim.salesforce().Lead.create({"LastName": "Lang", "Company": "Lang & Co"})
    client.schema = replace(SCHEMA, vat="Fax", mapped=MAPPED)
    until = datetime.now(timezone.utc) + FUTURE
    for code in STREAMS:
        _records, position, _more = poll(client, code, limit=1)
        poll(client, code, position, limit=1)
        client.count(stream_of(code), "", until)
        client.begin_load(stream_of(code), "2026-01-01T00:00:00.000Z", until)
    ids = {
        "Account": seeded["accounts"],
        "Contact": seeded["contacts"],
        "Contract": ["800000000000001AAA"],
        "Lead": [lead["id"]],
        "Opportunity": [seeded["opportunity"]],
        "Product2": list(seeded["products"].values()),
        "Pricebook2": [seeded["pricebook"]],
        "PricebookEntry": list(seeded["entries"].values()),
        "Order": ["801000000000001AAA"],
    }
    assert ids.keys() == KIND_OF_SOBJECT.keys()
    for sobject, kind in KIND_OF_SOBJECT.items():
        client.retrieve_many(kind, ids[sobject])
    client.organization()
    client.username()
    needs = of_configuration(STREAMS, "order", client.schema, TOLD)
    user = client.session.user_id
    found = check(needs, look(client.connector, needs, user))
    assert install(client.connector, found, user) == []
    queries = sent(sim)
    assert {object_of(query) for query in queries} >= {
        *(stream.sobject for stream in STREAMS.values()),
        *("Organization", "User", "CustomField", "PermissionSet"),
        *("PermissionSetAssignment", "ObjectPermissions", "FieldPermissions"),
    }
    assert any("CurrencyIsoCode" in query for query in queries) == rich
    assert refused(queries) == []


TOLD = (
    Told(sobject="Opportunity", field="Q2C_State__c", label="State", is_amount=False),
)
