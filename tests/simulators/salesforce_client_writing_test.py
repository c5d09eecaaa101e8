# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 13: the addon's updates and upserts against the simulator."""

from decimal import Decimal

import pytest
from quote_to_cash.canonical import Hold, Request, Retry

from tests.simulators.salesforce_client_helpers import poll, status

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]


def test_rule_13_updates_have_an_outcome_each(sim, client, seeded):
    deal = seeded["opportunity"]
    outcomes = client.update_many(
        [
            status(deal, Q2C_Order_Number__c="S00042", Q2C_Amount_Paid__c=Decimal(10)),
            status("006000000000000AAA", Q2C_Order_Number__c="S00043"),
            status(deal, Nowhere__c="x"),
            status(deal, Amount=Decimal(1)),
        ]
    )
    codes = [outcome.failure and outcome.failure.code for outcome in outcomes]
    assert codes[:3] == [None, "missing", "invalid_field"]
    answer = sim.rest()("GET", f"sobjects/Opportunity/{deal}").json()
    assert (answer["Q2C_Order_Number__c"], answer["Q2C_Amount_Paid__c"]) == (
        "S00042",
        10.0,
    )


@pytest.mark.parametrize(
    ("fault", "failure", "code"),
    [
        ("UNABLE_TO_LOCK_ROW", Retry, "record_locked"),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", Hold, "validation_rule"),
        ("DUPLICATES_DETECTED", Hold, "duplicate_rule"),
    ],
)
def test_rule_13_faults_of_one_record(sim, client, seeded, fault, failure, code):
    request = status(seeded["opportunity"], Q2C_Order_Number__c="S1")
    client.update_many([request])
    sim.control("faults", fault=fault)
    [outcome] = client.update_many([request])
    assert isinstance(outcome.failure, failure)
    assert outcome.failure.code == code


@pytest.mark.parametrize("fault", ["REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"])
def test_rule_13_faults_of_the_whole_org_are_retried(sim, client, seeded, fault):
    client.organization()
    sim.control("faults", fault=fault, retry_after=11)
    with pytest.raises(Retry) as caught:
        client.organization()
    assert caught.value.after
    sim.control("faults", fault=fault)
    request = status(seeded["opportunity"], Q2C_Order_Number__c="S1")
    [outcome] = client.update_many([request])
    assert isinstance(outcome.failure, Retry)


def test_an_answer_that_was_lost_does_no_harm_when_repeated(sim, client, seeded):
    deal = seeded["opportunity"]
    request = status(deal, Q2C_Order_Number__c="S00042")
    client.describe("Opportunity")
    sim.control("faults", fault="drop_response", path="composite/sobjects")
    [lost] = client.update_many([request])
    assert isinstance(lost.failure, Retry)
    [again] = client.update_many([request])
    assert (again.failure, again.id) == (None, deal)


def test_a_field_that_is_added_later_works_at_the_next_try(sim, client, seeded):
    request = status(seeded["opportunity"], Later__c="x")
    [outcome] = client.update_many([request])
    assert outcome.failure.code == "invalid_field"
    sim.control(
        "fields", object="Opportunity", field={"name": "Later__c", "type": "string"}
    )
    [outcome] = client.update_many([request])
    assert outcome.failure is None


def test_a_field_that_is_removed_later_stops_one_poll_only(sim, client, seeded):
    poll(client, "product")
    sim.control("fields/Product2/Q2C_Billing_Interval__c", "DELETE")
    with pytest.raises(Hold) as caught:
        poll(client, "product")
    assert caught.value.code == "invalid_field"
    assert len(poll(client, "product")[0]) == 4


def test_upserts_find_the_record_by_external_id(sim, client):
    request = Request(
        verb="upsert",
        resource="Account/Q2C_Odoo_Id__c",
        id="res.partner,7",
        params={"Name": "Acme"},
    )
    [created] = client.update_many([request])
    [updated] = client.update_many([request])
    assert created.failure is None
    assert (created.answer["created"], updated.answer["created"]) == (True, False)
    assert created.id == updated.id
