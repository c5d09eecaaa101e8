# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The addon's client looks at an org's set-up and creates what is missing."""

import pytest
from quote_to_cash.canonical import Hold, Retry
from quote_to_cash.providers.salesforce.preflight import check as checks
from quote_to_cash.providers.salesforce.preflight.install import install
from quote_to_cash.providers.salesforce.preflight.look import look
from quote_to_cash.providers.salesforce.preflight.needs import (
    Told,
    of_configuration,
)
from quote_to_cash.providers.salesforce.schema import Schema
from quote_to_cash.providers.salesforce.streams import STREAMS

from tests.simulators.salesforce_client_fixtures import USER
from tests.simulators.salesforce_client_helpers import requests_made, status

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]

SCHEMA = Schema(
    billing_interval="Q2C_Rhythm__c",
    billing_start="Q2C_Begin__c",
    vat="VAT__c",
    currency="EUR",
)
TOLD = (
    Told(sobject="Opportunity", field="Q2C_State__c", label="State", is_amount=False),
    Told(sobject="Opportunity", field="Q2C_Total__c", label="Total", is_amount=True),
)
NEW = {
    "Product2.Q2C_Rhythm__c",
    "Opportunity.Q2C_Begin__c",
    "Account.VAT__c",
    "Opportunity.Q2C_State__c",
    "Opportunity.Q2C_Total__c",
}


def findings(client):
    needs = of_configuration(STREAMS, "opportunity", SCHEMA, TOLD)
    session = client.session or client.sign_in()
    return checks.check(needs, look(client.connector, needs, session.user_id))


def by_result(found):
    results = {}
    for one in found:
        results.setdefault(one.result, set()).add(one.what)
    return results


def create(client, found):
    return install(client.connector, found, client.session.user_id)


def test_what_is_missing_is_found_in_two_calls(sim, client):
    results = by_result(findings(client))
    assert results[checks.MISSING] == NEW
    assert checks.NO_PERMISSION not in results
    requests = sim.control("state", "GET")["requests"]
    made = {call.rpartition("/v66.0/")[2]: n for call, n in requests.items()}
    assert (made["composite/batch"], made["tooling/query"]) == (1, 1)


def test_one_click_creates_and_opens_it(sim, client):
    assert create(client, findings(client)) == []
    after = by_result(findings(client))
    assert after[checks.OK] >= NEW
    assert checks.MISSING not in after
    client.descriptions.clear()
    account = client.describe("Account").fields
    assert account["VAT__c"].type == "string"


def test_what_was_created_is_told(sim, seeded, client):
    create(client, findings(client))
    deal = seeded["opportunity"]
    values = {"Q2C_State__c": "Confirmed", "Q2C_Total__c": 12.5}
    (outcome,) = client.update_many([status(deal, **values)])
    assert outcome.failure is None
    (row,) = client.query_all(f"SELECT Q2C_State__c FROM Opportunity WHERE Id='{deal}'")
    assert row["Q2C_State__c"] == "Confirmed"


def test_creating_again_changes_nothing(sim, client):
    found = findings(client)
    create(client, found)
    before = sim.control("state", "GET")["records"]
    assert create(client, found) == []
    assert create(client, findings(client)) == []
    assert sim.control("state", "GET")["records"] == before


def test_a_hidden_field_is_opened_not_created(sim, client):
    field = {"name": "VAT__c", "type": "string", "length": 32}
    sim.control("fields", object="Account", field=field, closed=True)
    results = by_result(findings(client))
    assert "Account.VAT__c" in results[checks.NO_PERMISSION]
    assert create(client, findings(client)) == []
    assert "Account.VAT__c" in by_result(findings(client))[checks.OK]


def test_a_field_that_may_only_be_read_is_opened_for_writing(sim, client):
    create(client, findings(client))
    rows = client.query_all(
        "SELECT Id FROM FieldPermissions WHERE Field = 'Opportunity.Q2C_State__c'"
    )
    path = f"sobjects/FieldPermissions/{rows[0]['Id']}"
    body = {"PermissionsEdit": False}
    client.connector.call("PATCH", path, "test", json=body)
    found = findings(client)
    assert "Opportunity.Q2C_State__c" in by_result(found)[checks.NO_PERMISSION]
    assert create(client, found) == []
    assert "Opportunity.Q2C_State__c" in by_result(findings(client))[checks.OK]


def test_a_closed_object_is_opened(sim, client):
    sim.control("close", object="Product2")
    assert "Product2" in by_result(findings(client))[checks.NO_PERMISSION]
    assert create(client, findings(client)) == []
    assert by_result(findings(client))[checks.OK] >= {"Product2", *NEW}


def test_who_may_not_create_is_told_for_each_field(sim, client):
    sim.control("permissions", user=USER, CustomizeApplication=False)
    refusals = create(client, findings(client))
    assert len(refusals) == len(NEW)
    assert {refusal.code for refusal in refusals} == {"insufficient_access"}
    assert all(isinstance(refusal, Hold) for refusal in refusals)
    assert not client.query_all(
        "SELECT Id FROM FieldPermissions WHERE Field = 'Account.VAT__c'"
    )
    assert by_result(findings(client))[checks.MISSING] == NEW


def test_who_may_not_look_into_setup_still_gets_an_answer(sim, client):
    sim.control("permissions", user=USER, ViewSetup=False)
    found = findings(client)
    assert by_result(found)[checks.MISSING] == NEW
    (one,) = [f for f in found if f.what == "Account.VAT__c"]
    assert "may also be there, but hidden" in one.remedy


def test_the_wrong_type_is_told(sim, client):
    field = {"name": "Q2C_Total__c", "type": "string", "length": 80}
    sim.control("fields", object="Opportunity", field=field)
    results = by_result(findings(client))
    assert results[checks.WRONG_TYPE] == {"Opportunity.Q2C_Total__c"}


def test_an_outage_is_no_finding(sim, client):
    client.sign_in()
    sim.control("faults", fault="SERVER_UNAVAILABLE", times=None)
    with pytest.raises(Retry):
        findings(client)


def test_the_allowance_is_shown(sim, client):
    sim.control("org", daily_limit=20_000)
    (one,) = [f for f in findings(client) if f.what == "API calls"]
    assert "20,000" in one.purpose
    assert requests_made(sim) < 30
