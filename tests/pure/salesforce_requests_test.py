# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Going out: status updates, links, and what errors mean."""

import json
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Hold, Retry, StatusUpdate
from quote_to_cash.providers.salesforce import api_error, links
from quote_to_cash.providers.salesforce.requests import update_of

OPPORTUNITY = "006D000000CzT1eIAF"


def status(**values):
    return StatusUpdate(id=OPPORTUNITY, object_name="Opportunity", values=values)


def test_a_status_becomes_a_json_able_update():
    request = update_of(
        status(
            Order_Number__c="S00042",
            Paid__c=True,
            Due__c=date(2027, 1, 31),
            At__c=datetime(2027, 1, 31, 8, tzinfo=timezone.utc),
            Amount__c=Decimal("1234567.89"),
            Count__c=Decimal("3.00"),
            Cleared__c=None,
        )
    )
    assert (request.verb, request.resource, request.id) == (
        "update",
        "Opportunity",
        OPPORTUNITY,
    )
    assert json.loads(json.dumps(request.params)) == {
        "Order_Number__c": "S00042",
        "Paid__c": True,
        "Due__c": "2027-01-31",
        "At__c": "2027-01-31T08:00:00.000Z",
        "Amount__c": 1234567.89,
        "Count__c": 3,
        "Cleared__c": None,
    }


@given(st.decimals(-(10**12), 10**12, places=2))
def test_amounts_arrive_as_the_decimal_that_they_were(amount):
    params = update_of(status(Amount__c=amount)).params
    assert json.loads(json.dumps(params), parse_float=Decimal)["Amount__c"] == amount


def test_the_id_of_the_link_wins_and_is_completed():
    update = StatusUpdate(id="", object_name="Opportunity", values={"A__c": 1})
    assert update_of(update, OPPORTUNITY[:15]).id == OPPORTUNITY


def test_a_record_of_another_object_is_held():
    with pytest.raises(Hold) as caught:
        update_of(StatusUpdate(id=OPPORTUNITY, object_name="Account", values={}))
    assert caught.value.code == "wrong_object"


def test_a_field_name_that_is_none_is_held():
    with pytest.raises(Hold) as caught:
        update_of(status(**{"A__c, B__c": 1}))
    assert caught.value.code == "malformed_name"


@pytest.mark.parametrize(
    ("instance", "page"),
    [
        ("https://acme.my.salesforce.com", "https://acme.lightning.force.com"),
        (
            "https://acme--uat.sandbox.my.salesforce.com/",
            "https://acme--uat.sandbox.lightning.force.com",
        ),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_a_record_is_one_click_away(instance, page):
    url = links.record_url(instance, "opportunity", OPPORTUNITY[:15])
    assert url == f"{page}/lightning/r/Opportunity/{OPPORTUNITY}/view"


# ----------------------------------------------------------------------
# ERRORS
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("UNABLE_TO_LOCK_ROW", "record_locked"),
        ("REQUEST_LIMIT_EXCEEDED", "api_limit"),
        ("SERVER_UNAVAILABLE", "unavailable"),
    ],
)
def test_passing_faults_are_retried(theirs, ours):
    failure = api_error.failure_of(theirs, "busy")
    assert isinstance(failure, Retry)
    assert failure.code == ours


def test_a_spent_daily_allocation_is_not_asked_again_at_once():
    after = api_error.failure_of("REQUEST_LIMIT_EXCEEDED", "x").after
    assert after.total_seconds() >= 600


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "validation_rule"),
        ("DUPLICATES_DETECTED", "duplicate_rule"),
        ("INVALID_FIELD", "invalid_field"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient_access"),
        ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient_access"),
        ("REQUIRED_FIELD_MISSING", "required_field_missing"),
        ("ENTITY_IS_DELETED", "missing"),
        ("NOT_FOUND", "missing"),
        ("A_CODE_OF_NEXT_YEAR", "refused"),
    ],
)
def test_what_a_person_must_decide_names_record_fields_and_remedy(theirs, ours):
    failure = api_error.failure_of(theirs, "No.", ["Name"], "Account 001")
    assert isinstance(failure, Hold)
    assert failure.code == ours
    assert failure.remedy
    for part in ("Account 001", "No.", theirs, "Name"):
        assert part in failure.message


def test_a_rule_stops_a_record_even_if_it_was_locked_too():
    errors = [
        {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "locked", "fields": []},
        {"statusCode": "DUPLICATES_DETECTED", "message": "twice", "fields": []},
    ]
    assert api_error.failure_of_result(errors, "x").code == "duplicate_rule"
    assert api_error.failure_of_result(errors[:1], "x").code == "record_locked"
    assert api_error.failure_of_result([], "x").code == "refused"


@pytest.mark.parametrize(
    ("status_code", "content", "code"),
    [
        (400, [{"errorCode": "MALFORMED_QUERY", "message": "unexpected"}], "refused"),
        (401, None, "session_refused"),
        (403, "<html>", "insufficient_access"),
        (404, [], "missing"),
        (410, {}, "api_version"),
    ],
)
def test_refused_calls_are_understood_even_without_a_code(status_code, content, code):
    assert api_error.failure_of_answer(status_code, content, "query").code == code
